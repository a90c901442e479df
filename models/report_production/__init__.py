"""Production reported: an order is made for it, or a planned one is completed; undone.

It may call every room but speed, by what orders offer. It must not post by itself:
each order is completed as by core's button.
"""

from . import mrp_production_report
from . import barcode
from . import component_lots
from . import product_description
from . import product_search
from . import reported_order
from . import mrp_production
from . import product_product
from . import stock_lot
from . import stock_move
from . import stock_move_line
