"""Counts take turns with those who use what is counted, and so does whatever else
changes the stock, where shortages are no longer core's."""

from odoo import api, models

from .turns import announce, join_turns, take_turns

# What a person writes who has counted.
_COUNTED = {
    "inventory_quantity",
    "inventory_quantity_auto_apply",
    "inventory_diff_quantity",
}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _is_in_turns(self, location):
        """Whether it matters what is there."""
        company = location.company_id or self.env.company
        return company._has_turns()

    def _take_turns(self):
        if self.location_id and self._is_in_turns(self.location_id[:1]):
            take_turns(self.env, self.product_id)

    def action_apply_inventory(self, date=None):
        self._take_turns()
        return super().action_apply_inventory(date)

    def write(self, vals):
        # Before: the row that a count is written on is locked by it, and core passes
        # over what is locked.
        if vals.keys() & _COUNTED:
            self._take_turns()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        counted = list(filter(_COUNTED.intersection, vals_list))
        if counted:
            self._take_turns_to_create(counted)
        quants = super().create(vals_list)
        companies = quants.location_id.company_id | self.env.company
        if companies._has_turns():
            quants._announce()
        return quants

    @api.model
    def _take_turns_to_create(self, vals_list):
        """Somebody has counted where nothing was, or seemed to be."""
        locations = self.env["stock.location"].browse(
            vals["location_id"] for vals in vals_list if vals.get("location_id")
        )
        if any(self._is_in_turns(location) for location in locations):
            product_ids = {vals.get("product_id") for vals in vals_list}
            take_turns(self.env, self.env["product.product"].browse(product_ids))

    def _announce(self):
        """What is created here, others don't see yet: they would create a second."""
        for location, created in self.grouped("location_id").items():
            if self._is_in_turns(location):
                announce(self.env, created.product_id)

    def _update_available_quantity(self, product_id, location_id, *args, **kwargs):
        """Whatever else changes it: core passes over a quant that is locked."""
        # As ``_is_in_turns``: asked with each line that is posted.
        company = location_id.company_id or self.env.company
        if company._has_turns():
            join_turns(self.env, product_id)
        return super()._update_available_quantity(
            product_id, location_id, *args, **kwargs
        )
