"""What it costs, where accounting is installed: products, work in progress, analytics.

It may read what posting has issued and shortage has parked. It must not import what may
not be installed, nor decide about quantities: it wraps methods.
"""

from . import analytic
from . import cost
from . import wip
