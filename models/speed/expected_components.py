"""What core compares an order with, without what it does not read of it."""

from odoo import models

from .core_methods import may_pass_by

_CONTEXT_KEY = "expected_components"


class ExpectedComponents:
    """Values of the components that orders are expected to use, of which only products
    and quantities are read: the same for all orders of a product and quantity.

    For the length of one comparison. A client can send the key, but no such object.
    """

    def __init__(self):
        # By what decides about them.
        self.values = {}


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _get_consumption_issues(self):
        orders = self._with_expected_components()
        return [
            (order.with_env(self.env), *issue)
            for order, *issue in super(MrpProduction, orders)._get_consumption_issues()
        ]

    def _with_expected_components(self):
        """These orders, whose values of components are made for a comparison alone."""
        if not may_pass_by(self.env, "expect components"):
            return self
        return self.with_context(**{_CONTEXT_KEY: ExpectedComponents()})

    def _get_moves_raw_values(self):
        expected = self._get_expected_components()
        if not expected:
            return super()._get_moves_raw_values()
        key = self._get_explosion_key()
        if key not in expected.values:
            expected.values[key] = super()._get_moves_raw_values()
        return expected.values[key]

    def _get_explosion_key(self):
        """What decides about the products and quantities of an order's components."""
        return (
            self.bom_id,
            self.product_id,
            self.product_qty,
            self.product_uom_id,
            self.company_id,
            self.backorder_sequence,
            self.never_product_template_attribute_value_ids,
        )

    def _get_move_raw_values(
        self, product, product_uom_qty, product_uom, operation_id=False, bom_line=False
    ):
        if self._get_expected_components():
            return {
                "product_id": product.id,
                "product_uom_qty": product_uom_qty,
                "product_uom": product_uom.id,
                "bom_line_id": bom_line.id if bom_line else False,
            }
        return super()._get_move_raw_values(
            product, product_uom_qty, product_uom, operation_id, bom_line
        )

    def _get_expected_components(self):
        """:return: None where orders are not being compared"""
        expected = self.env.context.get(_CONTEXT_KEY)
        return expected if isinstance(expected, ExpectedComponents) else None
