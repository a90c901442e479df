"""Stock at a past date: what a correction took later wasn't gone by then.

Core reads what was posted after that date from the moves. A correction upwards posts
lines of its own day beside those that a component had, on a move of an earlier day.
"""

from odoo import fields, models
from odoo.fields import Domain


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _compute_quantities_dict(
        self, lot_id, owner_id, package_id, from_date=False, to_date=False
    ):
        quantities = super()._compute_quantities_dict(
            lot_id, owner_id, package_id, from_date, to_date
        )
        moment = fields.Datetime.to_datetime(to_date)
        if not moment or moment >= fields.Datetime.now():
            return quantities
        for line in self._find_corrected_after(moment, owner_id):
            for name in ("qty_available", "free_qty", "virtual_available"):
                quantities[line.product_id.id][name] += line.quantity_product_uom
        return quantities

    def _get_value_corrected_after(self, moment, lot=None):
        """:return: what the moves of lines of ``_find_corrected_after`` say of them,
        with accounting installed; 0 without a moment, which means now
        """
        if not moment:
            return 0.0
        value = 0.0
        for line in self._find_corrected_after(moment, None):
            whole = line.move_id._get_valued_qty()
            if whole and (not lot or line.lot_id == lot):
                value += line.move_id.value * line.quantity_product_uom / whole
        return value

    def _find_corrected_after(self, moment, owner_id):
        """:return: lines that were posted after that moment, beside lines that their
        move had
        """
        *_places, leaves_places = self._get_domain_locations()
        taken = Domain(leaves_places) & Domain(
            [
                ("raw_material_production_id.state", "=", "done"),
                ("state", "=", "done"),
                ("date", "<=", moment),
            ]
        )
        if owner_id is not None:
            taken &= Domain("restrict_partner_id", "=", owner_id)
        lines = self.env["stock.move.line"].search(
            [
                ("product_id", "in", self.ids),
                ("state", "=", "done"),
                ("date", ">", moment),
                ("move_id", "any", taken),
            ]
        )
        # A person may date a move back, and its lines stay as they are.
        return lines.filtered(
            lambda line: line.date > min(line.move_id.move_line_ids.mapped("date"))
        )
