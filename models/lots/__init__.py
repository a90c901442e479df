"""Which lots are used, who chose them, and which may not be.

It may call rules, access, turns and the posting room's plan. It must not post: it
refuses, or says what was chosen.
"""

from . import mrp_production
from . import res_company
from . import stock_lot
from . import stock_move
from . import stock_move_line
