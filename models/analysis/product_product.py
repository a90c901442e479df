from odoo import fields, models

from ..access.arguments import check_record


class ProductProduct(models.Model):
    _inherit = "product.product"

    # Read with all else that is read of a product: what was planned is kept with its
    # cost, and takes no statement for that.
    standard_price = fields.Float(prefetch=True)

    def action_view_deviation(self):
        """As that of all variants of the product."""
        check_record(self)
        return self.product_tmpl_id.action_view_deviation()
