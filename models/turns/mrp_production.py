"""Orders take turns with whoever moves the same stock."""

from odoo import models

from .turns import take_turns

# What moves stock, or frees it, where a person or a script writes it.
MOVING_FIELDS = frozenset(
    {
        *("bom_id", "location_src_id", "lot_producing_ids", "move_byproduct_ids"),
        *("move_finished_ids", "move_raw_ids", "product_qty", "qty_producing"),
    }
)


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _take_turns(self, always=False, lots=()):
        """Wait for whoever moves the same stock, where it matters what is there.

        :param always: whatever the rules: many orders are to be completed, by several
            workers perhaps
        :param lots: as of the function ``take_turns``: it always matters who makes or
            uses them
        """
        products = self.env["product.product"]
        if always:
            products = self._read_products_moved()
        elif self.company_id._has_turns():
            products = self.move_raw_ids.product_id | self.move_finished_ids.product_id
        if products or lots:
            take_turns(self.env, products, lots)

    def _read_products_moved(self):
        """Without the moves themselves: what is read before a turn is read again."""
        [[products]] = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    "|",
                    ("raw_material_production_id", "in", self.ids),
                    ("production_id", "in", self.ids),
                ],
                [],
                ["product_id:recordset"],
            )
        )
        return products

    def action_confirm(self):
        self._take_turns()
        return super().action_confirm()

    def action_assign(self):
        self._take_turns()
        return super().action_assign()

    def do_unreserve(self):
        self._take_turns()
        return super().do_unreserve()

    def action_cancel(self):
        self._take_turns()
        return super().action_cancel()
