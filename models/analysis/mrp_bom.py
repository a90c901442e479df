from odoo import api, fields, models


class MrpBom(models.Model):
    _name = "mrp.bom"
    _inherit = ["mrp.bom", "mrp.deviation.button"]

    standard_lot = fields.Float(
        digits="Product Unit",
        help="The quantity that what is fixed per order is planned for, in the unit of "
        "the bill of materials: an order of 40 is planned with 40 of 100 parts of it. "
        "0: for the quantity of each order when it is confirmed.",
    )

    _standard_lot_positive = models.Constraint(
        "CHECK (standard_lot >= 0)", "The Standard Lot can't be negative."
    )

    @api.constrains("standard_lot")
    def _plan_draft_orders_anew(self):
        orders = self.env["mrp.production"].sudo()
        drafts = orders.search([("bom_id", "in", self.ids), ("state", "=", "draft")])
        self.env.add_to_compute(orders._fields["planned_lot_size"], drafts)

    def _get_consumption_domain(self):
        return [("raw_material_production_id.bom_id", "=", self.id)]

    def _get_analysis_domain(self):
        return [("bom_id", "=", self.id)]
