"""Reordering rules of products that have none."""

from odoo import models

from .core_methods import may_pass_by


class StockMove(models.Model):
    _inherit = "stock.move"

    def _update_orderpoints(self):
        """Core searches for the rules of each move's product, each time a move
        changes; of most products the cache knows that there are none."""
        moves = self._get_moves_with_orderpoints()
        return super(StockMove, moves)._update_orderpoints() if moves else None

    def _get_moves_with_orderpoints(self):
        if not may_pass_by(self.env, "find reordering rules"):
            return self
        return self.filtered(lambda move: move.product_id.sudo().orderpoint_ids)
