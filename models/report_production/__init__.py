"""Production reported without an order: one is made, completed, and undone.

It may call every room but speed, by what orders offer. It must not post by itself:
each order is completed as by core's button.
"""

from . import mrp_production_report
from . import barcode
from . import mrp_production
from . import product_product
from . import stock_move
from . import stock_move_line
