from odoo import api, fields, models

from ..rules.issue_method import ISSUE_METHODS_HELP


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "mrp.issue.method.level"]

    issue_method = fields.Selection(
        company_dependent=True,
        copy=True,
        help=f"{ISSUE_METHODS_HELP}\n"
        "For products of this category and of those below it, as components. The "
        "product, a BoM line or a person on the order may choose another one. Empty: "
        "as the parent category, else the work center, else the company.",
    )

    @api.depends("parent_id")
    @api.depends_context("company")
    def _compute_issue_method_inherited(self):
        return super()._compute_issue_method_inherited()

    def _resolve_issue_method(self):
        return self.env.company._resolve_issue_method(category=self.parent_id)

    def _may_work_center_differ(self):
        return self.env.company._has_work_center_with_issue_method()
