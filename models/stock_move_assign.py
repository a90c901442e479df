"""Reserving what was produced for those who wait for it."""

from odoo import models

_KEY = "assigns_while_stock_lasts"
# Compared by identity: a client can send a key and a value, but not this object.
_WHILE_STOCK_LASTS = object()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _trigger_assign(self):
        if not self or not all(move.production_id for move in self):
            return super()._trigger_assign()
        # Core tries to reserve for everybody who waits for the product, with each
        # order that is completed, also when nothing is left.
        produced = self.with_context(**{_KEY: _WHILE_STOCK_LASTS})
        return super(StockMove, produced)._trigger_assign()

    def _action_assign(self, force_qty=False):
        if self.env.context.get(_KEY) is not _WHILE_STOCK_LASTS:
            return super()._action_assign(force_qty=force_qty)
        return self.with_context(**{_KEY: None})._assign_while_stock_lasts(force_qty)

    def _assign_while_stock_lasts(self, force_qty):
        """Reserve in the order of these moves, and stop where nothing is left: those
        behind would get nothing."""
        by_place = self.grouped(lambda move: (move.product_id, move.location_id))
        for (product, location), waiting in by_place.items():
            if not product.is_storable or location.should_bypass_reservation():
                waiting._action_assign(force_qty=force_qty)
                continue
            while waiting and (left := waiting._get_quantity_left(product, location)):
                first = waiting._get_first_to_serve(left)
                waiting -= first
                first._action_assign(force_qty=force_qty)

    def _get_quantity_left(self, product, location):
        """In the product's unit, 0 if there is none."""
        quants = self.env["stock.quant"]
        left = quants._get_available_quantity(product, location)
        return left if product.uom_id.compare(left, 0) > 0 else 0.0

    def _get_first_to_serve(self, left):
        """As many of these as that quantity may be enough for, and one at least."""
        first = self.browse()
        for move in self:
            first |= move
            left -= move.product_qty - move._get_held()
            if move.product_id.uom_id.compare(left, 0) <= 0:
                break
        return first
