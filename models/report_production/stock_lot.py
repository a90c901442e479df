from odoo import models


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _is_expired(self):
        """As ``product_expiry`` says, where it is installed: core asks about these
        when an order is completed."""
        return "product_expiry_alert" in self._fields and self.product_expiry_alert
