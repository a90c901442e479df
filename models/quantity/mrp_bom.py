from odoo import models

from ..call_scope import ORDER_EXPLOSION


class MrpBom(models.Model):
    _inherit = "mrp.bom"

    def write(self, vals):
        changed = self.filtered(
            lambda bom: any(
                name in vals
                and bom._fields[name].convert_to_write(bom[name], bom) != vals[name]
                for name in ("product_qty", "product_uom_id")
            )
        )
        result = super().write(vals)
        changed.bom_line_ids._note_change()
        return result

    def explode(self, product, quantity, *args, **kwargs):
        boms_done, lines_done = super().explode(product, quantity, *args, **kwargs)
        explosion = ORDER_EXPLOSION.is_open() and ORDER_EXPLOSION.get(self.env)
        # Kits that are sold or delivered are exploded without an order.
        if explosion and explosion.is_for(self):
            explosion.adjust(lines_done, quantity)
        return boms_done, lines_done
