"""Posting many lines at once."""

from odoo import models

from .locked_quants import with_locked_quants
from .stock_quant import get_place


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _action_done(self):
        if not self._are_of_orders():
            return super()._action_done()
        # Core would read these of one lot at a time, where it creates quants.
        self.lot_id.fetch(["lot_properties"])
        # No cache: on the way core gives lines other lots than they have now.
        locked, _cache = self.env["stock.quant"]._read_and_lock(self._get_places())
        lines = with_locked_quants(self, locked)
        return super(StockMoveLine, lines)._action_done()

    def _are_of_orders(self):
        """Whether all of these issue components, or bring in what is produced."""
        return bool(self) and all(
            move.raw_material_production_id or move.production_id
            for move in self.move_id
        )

    def _get_places(self):
        """Where these lines take stock from, and where they bring it: pairs of a
        product id and a Place."""
        places = set()
        for line in self:
            place = get_place(line)
            product = line.product_id.id
            places.add((product, place))
            places.add(
                (
                    product,
                    place._replace(
                        location=line.location_dest_id.id,
                        package=line.result_package_id.id or None,
                    ),
                )
            )
        return places
