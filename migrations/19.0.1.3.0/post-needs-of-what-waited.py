"""What completed orders needed of components of which something was not in stock.

Until 19.0.1.2.0 what waited from the completion on was counted twice: 10 needed and 3
waiting were stored as 13. What a component needed by its quantity per finished unit
tells which of the two it was: what was issued before its order's completion, and
waited then, was counted right. Of orders that were completed before 19.0.1.2.0, whose
quantity reported isn't stored, the update to that version has worked it out, right.
"""

from odoo import SUPERUSER_ID, api

from odoo.addons.mrp_backflush.models.access.system_fields import by_system


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    exceptions = env["mrp.backflush.exception"].search(
        [
            ("move_id", "!=", False),
            ("costed_quantity", ">", 0),
            ("production_id.state", "=", "done"),
        ]
    )
    for component, waited in exceptions.grouped("move_id").items():
        if (
            component.needed_quantity
            and component.reported_quantity
            and component.quantity_per_unit
        ):
            _lower_need(component, waited)


def _lower_need(component, exceptions):
    unit = component.product_uom
    waited = sum(
        exception.product_uom_id._compute_quantity(
            exception.costed_quantity, unit, round=False
        )
        for exception in exceptions
    )
    expected = component.quantity_per_unit * component.reported_quantity
    if component.is_fixed_issued:
        expected += component.fixed_quantity
    needed = component.needed_quantity
    if abs(needed - waited - expected) < abs(needed - expected):
        with by_system(component.env):
            component.needed_quantity = unit.round(needed - waited)
