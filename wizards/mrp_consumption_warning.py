from odoo import models


class MrpConsumptionWarning(models.TransientModel):
    _inherit = "mrp.consumption.warning"

    def action_set_qty(self):
        for line in self.mrp_consumption_warning_line_ids:
            line._set_quantity_per_component()
        return super().action_set_qty()


class MrpConsumptionWarningLine(models.TransientModel):
    _inherit = "mrp.consumption.warning.line"

    def _set_quantity_per_component(self):
        """Give each component of the product its own part of the quantity.

        Core gives all of it to the first one and 0 to the others, which would issue
        a manual component out of a backflushed one. A line that was dealt with is
        taken out of the warning.
        """
        self.ensure_one()
        components = self.mrp_production_id.move_raw_ids.filtered(
            lambda move: (
                move.product_id == self.product_id
                and move.state not in ("done", "cancel")
            )
        )
        # The quantity expected is that of the BoM: what was added to it had none.
        planned = components.filtered("bom_line_id")
        if len(components) < 2 or not planned or not components._has_manual():
            return
        rest = self.product_expected_qty_uom
        for component in planned:
            unit = component.product_uom
            if component == planned[-1]:
                quantity = self.product_uom_id._compute_quantity(rest, unit)
            else:
                quantity = component.should_consume_qty
            rest -= unit._compute_quantity(quantity, self.product_uom_id, round=False)
            component.write({"quantity": max(quantity, 0), "picked": True})
        (components - planned).filtered("picked").quantity = 0
        self.unlink()
