from odoo import models


class ProductTemplate(models.Model):
    """A product as a component: what more was used of it."""

    _name = "product.template"
    _inherit = ["product.template", "mrp.deviation.button"]

    def _get_consumption_domain(self):
        return [("product_id", "in", self.product_variant_ids.ids)]

    def _get_analysis_domain(self):
        return [("product_id", "in", self.product_variant_ids.ids)]
