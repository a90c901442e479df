from . import mrp_complete_orders
from . import mrp_consumption_warning
from . import mrp_production_serials
