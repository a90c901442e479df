from odoo import models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["mrp.tolerance.level.by.company", "product.template"]

    _next_category = "categ_id"
