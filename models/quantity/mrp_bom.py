from odoo import models

from ..call_scope import ORDER_EXPLOSION


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    def explode(self, product, quantity, *args, **kwargs):
        boms_done, lines_done = super().explode(product, quantity, *args, **kwargs)
        explosion = ORDER_EXPLOSION.is_open() and ORDER_EXPLOSION.get(self.env)
        # Kits that are sold or delivered are exploded without an order.
        if explosion and explosion.is_for(self):
            explosion.adjust(lines_done, quantity)
        return boms_done, lines_done
