"""What completed orders needed, where their backorders are still open.

Until 19.0.1.1.0 it wasn't stored: a quantity that differed from the need by less than
two of the smallest quantities was taken for rounding, and anything else for what a
person had stated. That is what these orders were completed by. Open orders go on with
the demands that they show.
"""

from odoo import SUPERUSER_ID, api
from odoo.tools.float_utils import float_round

from odoo.addons.mrp_backflush.models.access.system_fields import by_system


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    components = env["stock.move"].search(
        [
            ("raw_material_production_id.state", "=", "done"),
            (
                "raw_material_production_id.production_group_id.production_ids.state",
                "in",
                ("draft", "confirmed", "progress", "to_close"),
            ),
            ("issue_component_id", "=", False),
        ]
    )
    for parts in components.grouped(lambda move: move._get_first_component()).values():
        _note_needs(
            parts.sorted(
                lambda move: move.raw_material_production_id.date_finished or move.date
            )
        )
    _keep_plan_of_issued(env)


def _note_needs(parts):
    """:param parts: one component on the completed orders of a chain, in their order"""
    rounding = parts[0].product_uom.rounding
    exact = settled = 0.0
    for part in parts:
        exact += (
            part._get_quantity_per_unit() * part.raw_material_production_id.qty_produced
        )
        need = max(_round(_round(exact, rounding) - settled, rounding), 0.0)
        fixed = part.fixed_quantity if part.is_fixed_issued else 0.0
        issued = part._get_issued_early() + part._get_parked() - fixed
        if part.state == "done":
            issued += part.quantity
        if abs(issued - need) < 2 * rounding:
            need = _round(issued, rounding)
        settled += need
        with by_system(part.env):
            part.needed_quantity = need + fixed


def _round(quantity, rounding):
    return float_round(quantity, precision_rounding=rounding, rounding_method="HALF-UP")


def _keep_plan_of_issued(env):
    """Where more was issued than needed, the demand doesn't tell the plan any more."""
    issued = env["stock.move"].search(
        [
            ("is_issued_early", "=", True),
            ("issue_component_id", "=", False),
            ("product_uom_qty", "=", 0),
            ("state", "not in", ("done", "cancel")),
        ]
    )
    for move in issued:
        quantity = move.raw_material_production_id.product_qty
        move._start_whole(move._plan_quantity(quantity), quantity)
