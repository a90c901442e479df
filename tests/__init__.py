from . import test_issue_method
from . import test_manual_components
