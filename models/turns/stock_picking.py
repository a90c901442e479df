"""Transfers take turns with the orders that use what they move."""

from odoo import models

from .turns import take_turns

# What moves stock, or frees it.
_MOVING = {
    "location_dest_id",
    "location_id",
    "move_ids",
    "move_line_ids",
    "move_line_ids_without_package",
    "owner_id",
}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _take_turns(self):
        if self.company_id._has_turns():
            take_turns(self.env, self.move_ids.product_id)

    def write(self, vals):
        # Often with its validation, in one transaction.
        if vals.keys() & _MOVING:
            self._take_turns()
        return super().write(vals)

    def action_confirm(self):
        self._take_turns()
        return super().action_confirm()

    def action_assign(self):
        self._take_turns()
        return super().action_assign()

    def do_unreserve(self):
        self._take_turns()
        return super().do_unreserve()

    def button_validate(self):
        self._take_turns()
        return super().button_validate()

    def action_cancel(self):
        self._take_turns()
        return super().action_cancel()
