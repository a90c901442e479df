"""What was planned of components of open orders that were issued before completion, or
wait for stock.

Since 19.0.1.2.0 it is kept at the first issue. Of what was issued until then only the
demand, the issues and what waits tell it, together: whichever of them changed next, a
return for example, would have changed the plan as well.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    components = env["stock.move"].search(
        [
            ("raw_material_production_id", "!=", False),
            ("issue_component_id", "=", False),
            ("state", "not in", ("done", "cancel")),
            *("|", ("is_issued_early", "=", True), ("is_parked", "=", True)),
        ]
    )
    components._keep_whole()
