"""What core compares an order with, without what it does not read of it."""

from odoo import models

from ..call_scope import CallScope
from .shortcuts import is_taken

# Values of the components that orders are expected to use, of which only products and
# quantities are read, by what decides about them.
_EXPECTED = CallScope("expected_components")


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _get_consumption_issues(self):
        if len(self.move_raw_ids) < 2 or not is_taken(self.env, "expected"):
            return super()._get_consumption_issues()
        # Components are made for a comparison alone.
        with _EXPECTED.hold(self.env, {}):
            return super()._get_consumption_issues()

    def _get_moves_raw_values(self):
        expected = _EXPECTED.get(self.env)
        if expected is None:
            return super()._get_moves_raw_values()
        key = self._get_explosion_key()
        if key not in expected:
            expected[key] = super()._get_moves_raw_values()
        return expected[key]

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
        if _EXPECTED.get(self.env) is not None:
            return {
                "product_id": product.id,
                "product_uom_qty": product_uom_qty,
                "product_uom": product_uom.id,
                "bom_line_id": bom_line.id if bom_line else False,
            }
        return super()._get_move_raw_values(
            product, product_uom_qty, product_uom, operation_id, bom_line
        )
