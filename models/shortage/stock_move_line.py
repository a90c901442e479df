"""Taken although others have reserved it."""

from odoo import models

from ..call_scope import TAKEN_RESERVATIONS
from ..posting.stock_quant import RESERVING_STATES


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _free_reservation(
        self, product_id, location_id, quantity, lot_id=None, *args, **kwargs
    ):
        taken = TAKEN_RESERVATIONS.is_open() and TAKEN_RESERVATIONS.get(self.env)
        if (
            not taken
            or not self.company_id.tell_taken_reservations
            or not self._is_of_component()
        ):
            return super()._free_reservation(
                product_id, location_id, quantity, lot_id, *args, **kwargs
            )
        holders = self.search(
            [
                ("state", "in", RESERVING_STATES),
                ("product_id", "=", product_id.id),
                ("location_id", "=", location_id.id),
                ("lot_id", "=", lot_id.id if lot_id else False),
                ("picked", "=", False),
                ("move_id", "!=", self.move_id.id),
            ]
        ).move_id
        held = {move: move._get_held() for move in holders}
        result = super()._free_reservation(
            product_id, location_id, quantity, lot_id, *args, **kwargs
        )
        production = self.move_id.raw_material_production_id
        for move, before in held.items():
            # Core may have found other stock for it.
            lost = before - move._get_held()
            if product_id.uom_id.compare(lost, 0) > 0:
                taken.add(production, move, lost)
        return result
