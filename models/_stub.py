from odoo import fields, models
class M(models.Model):
    _inherit = "stock.move"
    quantity_per_unit = fields.Float(digits=False)
    fixed_quantity = fields.Float()
    def _get_quantity_per_unit(self):
        o = self.raw_material_production_id
        if self.quantity_per_unit or self.fixed_quantity:
            return self.quantity_per_unit
        return self.product_uom_qty / ((o.product_qty - o.qty_produced) or 1)
    supply_location_source = fields.Selection([("order","Order"),("production","P")])
    def _scale(self):
        return self
class L(models.Model):
    _inherit = "stock.move.line"
    lot_origin = fields.Selection([("inferred","I"),("confirmed","C")])
