from odoo import models


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "mrp.backflush.exception.count"]

    def _get_exception_path(self):
        return "product_id"
