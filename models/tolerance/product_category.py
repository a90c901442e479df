from odoo import api, fields, models


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["mrp.tolerance.level", "product.category"]

    has_own_tolerance = fields.Boolean(company_dependent=True)
    tolerance_over = fields.Float(company_dependent=True)
    tolerance_under = fields.Float(company_dependent=True)

    @api.depends("parent_id")
    @api.depends_context("company")
    def _compute_tolerance_text(self):
        return super()._compute_tolerance_text()

    def _resolve_inherited_tolerance(self):
        return self.env.company._resolve_tolerance(category=self.parent_id)
