from odoo import models

from ..rules.component_quantity import EXPLOSION, OrderExplosion


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    def explode(self, product, quantity, *args, **kwargs):
        boms_done, lines_done = super().explode(product, quantity, *args, **kwargs)
        explosion = self.env.context.get(EXPLOSION)
        # Kits that are sold or delivered are exploded without an order.
        if isinstance(explosion, OrderExplosion) and explosion.is_for(self):
            explosion.adjust(lines_done, quantity)
        return boms_done, lines_done
