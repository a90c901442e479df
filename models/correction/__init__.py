"""What is changed of orders that were completed: corrected, unbuilt, undone.

It may call rules, access, lots, posting, shortage and turns, and wraps methods that
value stock. It must not change how an order is completed.
"""

from . import corrected_stock_at_date
from . import mrp_backflush_exception
from . import mrp_production
from . import mrp_unbuild
from . import stock_move
from . import stock_move_line
from . import undo_valuation
