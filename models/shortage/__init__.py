"""What happens to what isn't there: the rule, what is parked, and its settlement.

It may call rules, access, posting and turns. It must not decide what is needed or which
stock is taken: the plan does.
"""

from . import arrivals
from . import backflush_exception_count
from . import blocked
from . import mrp_backflush_exception
from . import cancellation
from . import next_step
from . import reservation
from . import mrp_production
from . import product_category
from . import product_product
from . import res_company
from . import settlement
from . import stock_move
from . import stock_move_line
