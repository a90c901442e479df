"""Moves take turns where shortages are no longer core's: what is short is asked of the
stock, and must not change meanwhile."""

from odoo import models

from .turns import join_turns, wait_for_turn


class StockMove(models.Model):
    _inherit = "stock.move"

    def _wait_for_turn(self):
        """Where it was not possible before the transaction did anything."""
        wait_for_turn(self.env, self.product_id)

    def _join_turns(self):
        join_turns(self.env, self.product_id)
