"""Counting what lies where backflush takes from, and who used what is missing.

May call rules, access, method, turns, and posting for what was issued; asks shortage
for open exceptions. Nothing of it runs, and nothing is shown, where no company counts.
"""

from . import res_company
from . import ir_http
from . import mrp_line_count
from . import mrp_line_count_line
from . import mrp_consumption_share
from . import at_count
from . import kept_until_counted
from . import validation
from . import cancellation
from . import counting
from . import due
from . import mrp_backflush_exception
from . import mrp_production
from . import stock_move
