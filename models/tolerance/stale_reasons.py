"""Reasons that were given, of what doesn't deviate any more."""

from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _get_compared(self):
        """Those that are compared with a bill of materials: of the others a reason is
        what a person says."""
        return self.filtered("bom_id.bom_line_ids")

    def _get_explained(self):
        return self.move_raw_ids.filtered(
            lambda move: move.deviation_reason_id and move._is_component()
        )

    def _forget_reasons_of_unbuilt(self):
        """Of what was taken apart as a whole nothing is used, nor planned."""
        for order in self.filtered(lambda order: order._get_explained()):
            unit = order.product_id.uom_id
            if unit.compare(order._get_left_to_unbuild(), 0) <= 0:
                order._get_explained()._forget_reasons_but(order.product_id.browse())

    def _deviates_still(self, product):
        """Whether a completed order used a product beyond the tolerance, all that was
        corrected counted."""
        used, needed = self._get_part_use(product)
        components, unit = self._get_components_of(product), product.uom_id
        planned = sum(move._get_need_by_plan() for move in components)
        roundings = unit.rounding + sum(
            move._in_product_unit(move.product_uom.rounding, is_exact=True)
            for move in components
        )
        is_as_planned = abs(needed - planned) <= roundings * 1.000001
        if not is_as_planned:
            # A person changed the demand: core compares with the bill of materials.
            needed = planned
        if unit.compare(unit.round(used), unit.round(needed)) == 0:
            return False
        return not self._is_tolerated(product, used, needed, is_as_planned)


class StockMove(models.Model):
    _inherit = "stock.move"

    def _forget_reasons_but(self, products):
        """:param products: of which the reason still holds"""
        stale = self.filtered(
            lambda move: move.deviation_reason_id and move.product_id not in products
        )
        if stale:
            # Who corrects what was used needn't be one who says why.
            stale.sudo().deviation_reason_id = False

    def _forget_stale_reasons(self):
        """Of completed orders: what these components used was corrected."""
        explained = self.filtered("deviation_reason_id")
        for order, components in explained.grouped(
            "raw_material_production_id"
        ).items():
            if order.state != "done" or not order._get_compared():
                continue
            products = components.product_id.filtered(order._deviates_still)
            components._forget_reasons_but(products)

    def _get_need_by_plan(self):
        """What the bill of materials called for when the order was planned, for the
        quantity that was reported; in the product's unit and not rounded."""
        self.ensure_one()
        net = self.net_quantity_per_unit * (1 + self.component_scrap / 100)
        fixed = self.fixed_quantity if self.is_fixed_issued else 0.0
        return net * self.reported_quantity + self._in_product_unit(
            fixed, is_exact=True
        )
