from . import mrp_consumption_warning
