"""Components that were taken out of an order, or never were in it, although its bill of
materials calls for them."""

from odoo import models

from ..access.system_fields import create_by_system


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _prepare_taken_out(self, product):
        """:return: values of the components of the product that the bill of materials
        calls for, as core explodes it
        """
        self.ensure_one()
        return [
            vals
            for vals in self._get_moves_raw_values()
            if vals["product_id"] == product.id
        ]

    def _put_back_unused(self, product):
        """Put the components of the product back, needed as the bill of materials says
        and recorded as not used: why that is so is noted there, and the analysis finds
        it.

        :return: the components; none where the bill of materials doesn't call for it
        """
        return create_by_system(
            self.env["stock.move"],
            [self._prepare_unused(vals) for vals in self._prepare_taken_out(product)],
        )

    def _prepare_unused(self, vals):
        """
        :param vals: of a component, as core explodes the bill of materials
        """
        fixed = vals.get("fixed_quantity") or 0.0
        if not self._demands_fixed_quantities():
            fixed = 0.0
        return {
            **vals,
            "fixed_quantity": fixed,
            # Nothing is to be brought or reserved, whatever part is reported.
            "product_uom_qty": 0.0,
            "whole_demand": max(vals["product_uom_qty"] - fixed, 0.0),
            "whole_quantity": self.product_qty,
            "state": "assigned",
            # Core neither splits nor copies it with the order.
            "additional": True,
            "picked": True,
            "is_recorded": True,
        }
