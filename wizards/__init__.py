from . import dialog
from . import posting
from . import completion
from . import shortage
from . import quantity
from . import count
from . import proposals
