"""Two stories, of an order and of a component, and a room for each capability.

The order of these lines, and of those at the doors of the rooms, makes no difference,
but that a model of this module's is made before others extend it, and that speed comes
last, around all others.
"""

from importlib import import_module
from pathlib import Path

from . import access
from . import choice_log
from . import shortage
from . import method
from . import quantity
from . import lots
from . import posting
from . import turns
from . import completion
from . import report_production
from . import correction
from . import accounting
from . import count
from . import analysis
from . import proposals
from . import tolerance
from . import wrapped_methods
from . import handover
from . import mrp_production
from . import mrp_workorder
from . import res_company
from . import res_config_settings
from . import stock_move
from . import stock_move_line

# The module does without it: see there.
if (Path(__file__).parent / "speed").is_dir():
    import_module(f"{__name__}.speed")
