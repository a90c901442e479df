"""The story of a component's line: what of which lot is taken from where, as somebody
says, or as core chooses. As ``stock_move.py``.
"""

from odoo import api, models

from .correction.stock_move_line import STATED_FIELDS

# What says something of the line of a component.
_SAID = STATED_FIELDS | {"lot_origin"}


class StockMoveLine(models.Model):
    _name = "stock.move.line"
    _inherit = ["stock.move.line", "mrp.checked.fields"]

    @api.model_create_multi
    def create(self, vals_list):
        if not vals_list:
            # Core makes none for moves that need no reservation.
            return self.browse()
        corrected = self._get_corrected_moves(vals_list)
        if corrected:
            return self._create_corrections(vals_list, corrected)
        origin = self._get_lot_origin_of_choice()
        self._state_lot_origins(vals_list, origin)
        lines = super().create(vals_list)
        lines._correct_lot_origins(origin)
        return lines

    def write(self, vals):
        if not self:
            return True
        if _SAID.isdisjoint(vals):
            if not self._get_guarded_fields().isdisjoint(vals):
                self._check_said([vals])
            return super().write(vals)
        if STATED_FIELDS.isdisjoint(vals):
            return self._write_lot_origin(vals)
        return self._write_correction(vals)

    def _write_plainly(self, vals):
        """Write what the rooms made of the values, as core does."""
        if not self._get_guarded_fields().isdisjoint(vals):
            self._check_said([vals])
        return super().write(vals)
