from odoo import api, fields, models

from ..access.system_fields import is_by_system
from ..rules.from_server import QuantityFromServer, is_from_server

PLAN_FIELDS = {"net_quantity_per_unit", "component_scrap", "planned_unit_cost"}


class StockMove(models.Model):
    """What the bill of materials said of a component, and what it cost then: neither
    can be known afterwards."""

    _inherit = "stock.move"

    # No compute: there are millions of moves, and none is to be written at install.
    net_quantity_per_unit = fields.Float(
        string="Net Quantity per Unit",
        readonly=True,
        help="What the bill of materials calls for, for one unit of the order's own "
        "unit of measure, without component scrap and what is fixed per order; in the "
        "unit that the component is stocked in, not rounded.",
    )
    component_scrap = fields.Float(
        string="Component Scrap %",
        readonly=True,
        help="What the bill of materials adds because it is lost, in percent.",
    )
    planned_unit_cost = fields.Float(
        copy=False,
        readonly=True,
        help="What the component cost when it was planned, for one unit that it is "
        "stocked in, in the company's currency.",
    )

    @api.model
    def _fill_in_plans(self, vals_list):
        """What the bill of materials and the product say of new components."""
        planned = [vals for vals in vals_list if vals.get("raw_material_production_id")]
        if not planned:
            return
        orders = self.env["mrp.production"].browse(
            vals["raw_material_production_id"] for vals in planned
        )
        products = self.env["product.product"].browse(
            vals.get("product_id") for vals in planned
        )
        # Of one prefetch, all of them.
        for order, product, vals in zip(orders, products, planned, strict=True):
            self._forget_said_plan(vals)
            if not vals.get("planned_unit_cost"):
                vals["planned_unit_cost"] = self._get_cost_today(product, order)
            if not vals.get("net_quantity_per_unit") and vals.get("bom_line_id"):
                line = self.env["mrp.bom.line"].browse(vals["bom_line_id"])
                vals.update(order._get_planned_quantity(line))

    @api.model
    def _forget_said_plan(self, vals):
        """Of what a client says: it is worked out anew. Copies and exploded bills of
        materials bring it along."""
        if not is_by_system(self.env):
            for name in PLAN_FIELDS & vals.keys():
                if not is_from_server(vals[name]):
                    del vals[name]

    @api.model
    def _get_cost_today(self, product, order):
        """:return: for one unit that the product is stocked in"""
        in_company = product.sudo().with_company(order.company_id)
        return QuantityFromServer(in_company.standard_price)

    def _without_said_plan(self, vals):
        """:return: these values without what a client says of the plan, and with the
        cost of another product"""
        vals = dict(vals)
        self._forget_said_plan(vals)
        orders = self.raw_material_production_id
        product = self.env["product.product"].browse(vals.get("product_id"))
        if orders and product and self.product_id != product:
            vals["planned_unit_cost"] = self._get_cost_today(product, orders[0])
        return vals
