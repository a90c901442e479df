from . import test_component_quantity
from . import test_issue_method
from . import test_manual_components
from . import test_performance
from . import test_reports
from . import test_security
from . import test_subcontracting
from . import test_tours
