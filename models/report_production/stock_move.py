from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _release_from(self, moves):
        """Have these transfers not wait for, or serve, moves that are undone. Core
        merges those of several orders into one where their pickings are the same.

        :param moves: of the order that was undone
        """
        for move in self.filtered(lambda move: move.state not in ("done", "cancel")):
            move._do_unreserve()
            linked = moves & (move.move_orig_ids | move.move_dest_ids)
            left = move.product_uom_qty - sum(
                other.product_uom._compute_quantity(other.quantity, move.product_uom)
                for other in linked
            )
            others = (move.move_orig_ids | move.move_dest_ids) - linked
            is_shared = bool(others.filtered(lambda other: other.state != "cancel"))
            if is_shared and move.product_uom.compare(left, 0) > 0:
                move.move_orig_ids -= linked
                move.move_dest_ids -= linked
                move.product_uom_qty = left
                move._action_assign()
            else:
                move._action_cancel()
