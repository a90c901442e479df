from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    # Read with all else that is read of a product: what was planned is kept with its
    # cost, and takes no statement for that.
    standard_price = fields.Float(prefetch=True)
