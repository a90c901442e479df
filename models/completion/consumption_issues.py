"""What core asks about consumption before an order is completed, restated."""

from odoo import models

from ..rules.product_demand import ProductDemand


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _restate_consumption_issues(self, issues):
        """:param issues: in core's form"""
        return [
            issue
            for order, product, consumed, expected in issues
            for issue in order._restate_consumption_issue(product, consumed, expected)
        ]

    def _restate_consumption_issue(self, product, consumed, expected):
        """Core compares with a share of the rounded demand. Where the order asks for
        what the BoM says, its need is what is expected; and what was issued beyond it
        goes over to the backorder.

        :return: no issue or one, in core's form
        """
        components = self._get_components_of(product)
        demand = ProductDemand(
            product, components._get_needs(), components._get_whole_order_needs()
        )
        used, needed = self._get_consumed(product), expected
        # Nothing produced, serial numbers named: core expects nothing then. What isn't
        # in the order was taken out, or is another module's to say.
        is_as_planned = bool(components and self.qty_producing) and demand.asks_for(
            expected * self.product_qty / self.qty_producing
        )
        if is_as_planned:
            # Not each rounded: 14.8 pieces less 9.9 are 0.82 packs of 6, not 0.85.
            used -= demand.carried_over if self._may_be_backordered() else 0.0
            needed = demand.needed
            consumed, expected = product.uom_id.round(used), demand.expected
            if product.uom_id.compare(consumed, expected) == 0:
                return []
        if self._is_tolerated(product, used, needed, is_as_planned):
            return []
        return [(self, product, consumed, expected)]

    def _get_consumed(self, product):
        """What is posted of a product, or filled in to be, or waits for stock, or is
        left to a count; in its unit and not rounded: two lines of 5 pieces are 1.67
        packs of 6."""
        moves = self.move_raw_ids.filtered(
            lambda move: move.product_id == product and move.picked
        )
        consumed = sum(move._get_exact_quantity(product.uom_id) for move in moves)
        parked = sum(
            move.product_uom._compute_quantity(
                move._get_parked(), product.uom_id, round=False
            )
            for move in self.move_raw_ids
            if move.product_id == product
        )
        return consumed + parked + self._get_left_to_count(product)

    def _may_be_backordered(self):
        """Whether less was produced, and nobody said that this is all."""
        self.ensure_one()
        if self.product_uom_id.compare(self.qty_producing, self.product_qty) >= 0:
            return False
        if self.env.context.get("skip_backorder"):
            # As core reads it, and any client may send.
            stated = self.env.context.get("mo_ids_to_backorder")
            return isinstance(stated, list | tuple) and self.id in stated
        return self.picking_type_id.create_backorder != "never"
