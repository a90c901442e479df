from collections import defaultdict

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
                move.product_id == self.product_id and move._is_open_component()
            )
        )
        if any(components.mapped("is_issued_early")):
            # Core would write on what is posted.
            components._record_open_need()
            self.unlink()
            return
        # The quantity expected is that of the BoM: what was added to it had none.
        planned = components.filtered("bom_line_id")
        if len(components) < 2 or not planned or not components._has_manual():
            return
        shares = self._get_expected_shares()
        rest = self.product_expected_qty_uom
        for component in planned:
            line_shares = shares[component.bom_line_id.id]
            quantity = line_shares.pop(0) if line_shares else 0
            if component == planned[-1]:
                quantity = max(rest, 0)
            rest -= quantity
            quantity = self.product_uom_id._compute_quantity(
                quantity, component.product_uom
            )
            component.write({"quantity": quantity, "picked": True})
        (components - planned).filtered("picked").quantity = 0
        self.unlink()

    def _get_expected_shares(self):
        """What each BoM line calls for, as core explodes the BoM for its warning.

        :return: by BoM line's id the quantities of its components, in the product's
            unit
        """
        order = self.mrp_production_id
        shares = defaultdict(list)
        for values in order._get_moves_raw_values():
            if values["product_id"] == self.product_id.id:
                unit = self.env["uom.uom"].browse(values["product_uom"])
                quantity = unit._compute_quantity(
                    values["product_uom_qty"], self.product_uom_id
                )
                shares[values["bom_line_id"]].append(
                    quantity * order.qty_producing / order.product_qty
                )
        return shares
