"""Who waits for whom: two that use the same stock or lots at once take turns.

It may call core, and ask a company whether it has shortage rules or counts. It must not
change anything that is stored: it locks, and reads what is to be locked.
"""

from . import mrp_production
from . import mrp_unbuild
from . import res_company
from . import stock_move
from . import stock_picking
from . import stock_quant
from . import stock_scrap
