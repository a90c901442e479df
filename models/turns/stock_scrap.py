"""What is thrown away is taken in turns with the orders that use it."""

from odoo import models

from .turns import take_turns


class StockScrap(models.Model):
    _inherit = "stock.scrap"

    def _take_turns(self):
        if self.company_id._has_turns():
            take_turns(self.env, self.product_id)

    def action_validate(self):
        self._take_turns()
        return super().action_validate()

    def do_scrap(self):
        # Core's dialog comes here.
        self._take_turns()
        return super().do_scrap()
