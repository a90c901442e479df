from . import change_production_qty
from . import mrp_backflush_exception_cancel
from . import mrp_backflush_preview
from . import mrp_complete_orders
from . import mrp_component_issue
from . import mrp_component_return
from . import mrp_consumption_warning
from . import mrp_production_serials
