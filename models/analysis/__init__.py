"""What was planned of a component against what was used of it, in quantity and money.

The facts that this compares are kept by every order, whatever the settings; the rest is
shown where a company analyses its consumption. May call rules and access, and reads
what all other rooms have posted. It posts nothing.
"""

from . import deviation_button
from . import mrp_bom
from . import mrp_consumption_analysis
from . import mrp_production
from . import product_product
from . import product_template
from . import res_company
from . import stock_move
