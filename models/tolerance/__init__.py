"""How far a component may deviate until somebody is asked, and why it did.

It may call rules, access, method, posting and correction, and the completion room for
what orders look like at completion. It must not post, nor ask by itself: the completion
room asks it what is tolerated. Where no company uses tolerances nothing of it runs or
is shown.
"""

from . import mrp_deviation_reason
from . import tolerance_level
from . import tolerance_level_by_company
from . import mrp_bom_line
from . import product_category
from . import product_template
from . import res_company
from . import stock_move
from . import mrp_production
from . import taken_out
from . import stated_reasons
from . import stale_reasons
