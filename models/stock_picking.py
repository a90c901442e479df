"""Transfers take turns with the orders that use what they move."""

from odoo import models

from .turns import take_turns


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _take_turns(self):
        if self.company_id._has_any_shortage_rules():
            take_turns(self.env, self.move_ids.product_id)

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
