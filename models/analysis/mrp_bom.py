from odoo import models


class MrpBom(models.Model):
    _name = "mrp.bom"
    _inherit = ["mrp.bom", "mrp.deviation.button"]

    def _get_consumption_domain(self):
        return [("raw_material_production_id.bom_id", "=", self.id)]

    def _get_analysis_domain(self):
        return [("bom_id", "=", self.id)]
