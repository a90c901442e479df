from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_spoken_name(self):
        """As people call it: with its variant, without its reference."""
        self.ensure_one()
        return self.with_context(display_default_code=False).display_name
