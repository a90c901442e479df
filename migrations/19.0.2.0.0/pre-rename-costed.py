"""What waits is *costed* at completion; *counted* is what people count.

Databases of 19.0.1.4.0, which was never published, have it done already.
"""

from odoo.tools.sql import column_exists, rename_column

_TABLE = "mrp_backflush_exception"
_RENAMED = {
    "counted_quantity": "costed_quantity",
    "counted_value": "costed_value",
    "counted_unbuilt_value": "costed_unbuilt_value",
}


def migrate(cr, version):
    for old, new in _RENAMED.items():
        if column_exists(cr, _TABLE, old):
            rename_column(cr, _TABLE, old, new)
