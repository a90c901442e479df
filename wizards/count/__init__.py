from . import mrp_line_count_cancel
from . import mrp_line_count_validation
from . import mrp_exception_count
