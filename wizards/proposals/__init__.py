from . import mrp_bom_proposal_reject
from . import mrp_bom_proposal_orders
