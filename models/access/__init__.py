"""What clients may say: arguments, the values of fields, and what they may not delete.

It may call core alone. It must not know what a value is for: which fields are the
system's is a table here, what follows from them is in their rooms.
"""

from . import checked_fields
from . import kept_records
from . import system_fields
