"""How a component is issued, and from where: the levels, and what a person chooses.

It may call rules and access, and the posting room to have a component start over. It
must not post, plan or ask what is in stock.
"""

from . import issue_method_level
from . import mrp_bom_line
from . import mrp_production
from . import mrp_workcenter
from . import product_category
from . import product_template
from . import res_company
from . import stock_move
