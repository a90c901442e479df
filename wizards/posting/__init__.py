from . import component_scan
from . import mrp_backflush_preview
from . import mrp_component_issue
from . import mrp_component_return
