from odoo import api, models

from ..choice_log import hold_line


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

    def _hold_tolerance(self, name):
        # A line has no chatter of its own, and the three fields are one thing.
        text = self.env._("Inherited")
        if self.has_own_tolerance:
            company = self._get_tolerance_company()
            text = company._describe_tolerance(company._read_tolerance(self))
        hold_line(
            self.bom_id,
            self.env._("Components"),
            self,
            self.env._("%s, Tolerance", self.product_id.display_name),
            text,
        )
