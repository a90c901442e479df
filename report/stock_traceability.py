from odoo import api, models

from ..models.lots.lot_origin import CONFIRMED, INFERRED


class StockTraceabilityReport(models.TransientModel):
    _inherit = "stock.traceability.report"

    @api.model
    def _get_reference(self, move_line):
        count = move_line.move_id.line_count_id
        if count:
            return count._name, count.id, count.name
        return super()._get_reference(move_line)

    @api.model
    def _make_dict_move(self, level, parent_id, move_line, unfoldable=False):
        data = super()._make_dict_move(level, parent_id, move_line, unfoldable)
        for line in data:
            line["lot_origin"] = move_line.lot_origin
        return data

    @api.model
    def _final_vals_to_lines(self, final_vals, level):
        lines = super()._final_vals_to_lines(final_vals, level)
        words = {
            INFERRED: self.env._("inferred"),
            CONFIRMED: self.env._("confirmed"),
        }
        for line, values in zip(lines, final_vals, strict=True):
            origin = values.get("lot_origin")
            line["lot_origin"] = origin
            line["lot_origin_label"] = words.get(origin)
        return lines
