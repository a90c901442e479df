"""Reserving what was produced for those who wait for it."""

from odoo import models
from odoo.fields import Domain

from .shortcuts import is_taken

# How many who wait are looked at at a time.
SLICE = 20


class StockMove(models.Model):
    _inherit = "stock.move"

    def _trigger_assign(self):
        """Core tries to reserve for everybody who waits for the product, with each
        order that is completed and also when nothing is left. For what was produced
        it goes on in core's order only as long as something is there."""
        parameters = self.env["ir.config_parameter"].sudo()
        if (
            not all(move.production_id and move.product_id.is_storable for move in self)
            or parameters.get_param("stock.picking_no_auto_reserve")
            or any(move.location_dest_id.should_bypass_reservation() for move in self)
            or not is_taken(self.env, "waiting")
        ):
            return super()._trigger_assign()
        by_place = self.grouped(lambda move: (move.product_id, move.location_dest_id))
        for (product, location), produced in by_place.items():
            domain = Domain(produced._get_domain_of_waiting(product, location))
            if not self.env["stock.move"].search_count(domain, limit=1):
                continue
            if produced.reference_ids:
                # Who ordered it for this very purpose goes before all.
                related = Domain("reference_ids", "in", produced.reference_ids.ids)
                self._assign_while_stock_lasts(product, location, domain & related)
                domain &= ~related
            self._assign_while_stock_lasts(product, location, domain)
        return None

    def _assign_while_stock_lasts(self, product, location, domain):
        """Reserve for these, and stop where nothing is left: those behind would get
        nothing."""
        moves = self.env["stock.move"]
        order = "priority desc, date asc, id asc"
        seen = []
        while waiting := moves.search(
            domain & Domain("id", "not in", seen), order=order, limit=SLICE
        ):
            seen += waiting.ids
            while waiting:
                left = self._get_quantity_left(product, location)
                if not left:
                    return
                first = waiting._get_first_to_serve(left)
                waiting -= first
                first._action_assign()

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
