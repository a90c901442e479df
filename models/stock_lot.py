from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _is_past_removal(self, moment):
        """Whether the lot should not be used any more. Only with ``product_expiry``
        there is a date that says so."""
        removal_date = "removal_date" in self._fields and self.removal_date
        return bool(removal_date) and removal_date < moment
