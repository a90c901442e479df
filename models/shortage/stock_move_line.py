"""Taken although others have reserved it."""

from contextlib import contextmanager

from odoo import models

from ..call_scope import TAKEN_RESERVATIONS
from ..posting.stock_quant import RESERVING_STATES


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @contextmanager
    def _noting_taken_reservations(self, product, location, lot):
        """Within this block core takes stock for the line although it is reserved."""
        taken = TAKEN_RESERVATIONS.get(self.env)
        if (
            not taken
            or not self.company_id.tell_taken_reservations
            or not self._is_of_component()
        ):
            yield
            return
        holders = self.search(
            [
                ("state", "in", RESERVING_STATES),
                ("product_id", "=", product.id),
                ("location_id", "=", location.id),
                ("lot_id", "=", lot.id if lot else False),
                ("picked", "=", False),
                ("move_id", "!=", self.move_id.id),
            ]
        ).move_id
        held = {move: move._get_held() for move in holders}
        yield
        production = self.move_id.raw_material_production_id
        for move, before in held.items():
            # Core may have found other stock for it.
            lost = before - move._get_held()
            if product.uom_id.compare(lost, 0) > 0:
                taken.add(production, move, lost)
