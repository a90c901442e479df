from odoo import models


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _is_expired(self, moment):
        """Whether the lot should not be used any more. Only with ``product_expiry``
        there is a date that says so."""
        self.ensure_one()
        removal_date = "removal_date" in self._fields and self.removal_date
        return bool(removal_date) and removal_date < moment

    def _sort_for_removal(self, product, location):
        """The stock of a product at a location and below, in the order in which core
        takes it: the removal strategy's, lots first."""
        quants = self.filtered(lambda quant: quant.location_id._child_of(location))
        strategy = self._get_removal_strategy(product, location)
        order = self._get_removal_strategy_order(strategy)
        if order:
            quants = quants.sorted(order)
        else:
            quants = quants.sorted(
                lambda quant: (quant.location_id.complete_name, -quant.id)
            )
        return quants.sorted(lambda quant: not quant.lot_id)
