from odoo import models


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["mrp.tolerance.level.by.company", "product.category"]

    _next_category = "parent_id"
