"""From what is needed to what leaves the stock and comes back: need, plan, posting.

It may call rules, access, method, quantity and lots, and ask the shortage room what
happens to what isn't there. It must not know when: the stories and dialogs say that.
"""

from . import component_list
from . import give_back
from . import issue
from . import issue_by_hand
from . import mrp_production
from . import need
from . import pick_list
from . import plan
from . import post
from . import preview
from . import record
from . import stock_deficit
from . import stock_move_line
from . import stock_quant
