"""The same as without it, in less time.

It may call all that there is. Nothing may import it or call what it alone defines, and
it may not change a row: without this folder only time differs, and with the system
parameter ``mrp_backflush.speed`` (see ``shortcuts``).
"""

from . import average_replay
from . import ir_config_parameter
from . import mrp_production
from . import stock_move
from . import stock_move_line
from . import stock_quant
