"""What the BoM calls for: scrap, what is fixed per order, and what changes of it.

It may call rules and access, and read what posting and shortage have issued and parked.
It must not post or reserve: demands are what it writes.
"""

from . import mrp_bom
from . import mrp_bom_line
from . import mrp_production
from . import stock_move
from . import uom_uom
