"""Several orders completed at once: what to expect, the run, and what it came to.

It may call every room but speed, by what orders offer. It must not post by itself:
each order is completed as by core's button.
"""

from . import consumption_issues
from . import forecast
from . import mrp_completion_run
from . import mrp_production
from . import work_at_hand
