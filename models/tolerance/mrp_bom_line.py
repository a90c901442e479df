from odoo import api, models

from .tolerance_level import TOLERANCE_FIELDS


class MrpBomLine(models.Model):
    _name = "mrp.bom.line"
    _inherit = ["mrp.tolerance.level", "mrp.bom.line"]

    @api.depends("product_id", "company_id")
    @api.depends_context("company")
    def _compute_tolerance_text(self):
        with_product = self.filtered("product_id")
        for line in self - with_product:
            line.tolerance_text = line.tolerance_inherited = False
        return super(MrpBomLine, with_product)._compute_tolerance_text()

    def _resolve_inherited_tolerance(self):
        return self._get_tolerance_company()._resolve_tolerance(self.product_id)

    def _get_tolerance_company(self):
        return self.company_id or self.env.company

    def _describe_logged(self, name):
        if name not in TOLERANCE_FIELDS:
            return super()._describe_logged(name)
        # The three are one thing.
        text = self.env._("Inherited")
        if self.has_own_tolerance:
            company = self._get_tolerance_company()
            text = company._describe_tolerance(company._read_tolerance(self))
        return self.env._("Tolerance"), text
