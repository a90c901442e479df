"""The analytic lines of components: kept up to date as ``stock_account`` does it."""

from odoo import fields, models

from ..wrapped_methods import wrapping


class StockMove(models.Model):
    _inherit = "stock.move"

    def _inverse_picked(self):
        result = super()._inverse_picked()
        self._remove_analytic_lines()
        return result

    def _update_analytic_lines(self):
        """Make the analytic lines say what these moves are, as ``stock_account`` does
        where it sees them change; no-op without it."""
        if "analytic_account_line_ids" in self._fields:
            self._remove_analytic_lines()
            self.sudo()._create_analytic_move()

    def _remove_analytic_lines(self):
        """Nothing is used of a component that isn't picked any more. ``stock_account``
        leaves its analytic lines: core never takes back that something is picked."""
        if "analytic_account_line_ids" in self._fields:
            unpicked = self.filtered(
                lambda move: not move.picked and move._is_open_component()
            )
            unpicked.sudo().analytic_account_line_ids.unlink()


@wrapping("stock.move", "_get_analytic_distribution", "issue_component_id")
def _distribute_as_component(get_distribution, move):
    """What is returned leaves its order: its cost on the day of the issue stays, and
    what comes back is on the day of the return."""
    if move.state == "done" and not move.raw_material_production_id:
        return move.issue_component_id._get_analytic_distribution()
    return get_distribution()


@wrapping("stock.move", "_prepare_analytic_line_values", "issue_component_id")
def _date_as_posted(prepare_values, move, *args, **kwargs):
    """What was issued before completion has its cost on the day of the issue, also
    where it comes to another order or project later."""
    values = prepare_values(*args, **kwargs)
    if move._is_posted_issue():
        values["date"] = fields.Date.context_today(move, move.date)
        if not move.raw_material_production_id:
            component = move.issue_component_id
            as_component = component._prepare_analytic_line_values(*args, **kwargs)
            values["category"] = as_component["category"]
    return values
