from odoo import api, fields, models

from ..rules.issue_method import ISSUE_METHODS_HELP


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = [
        "product.template",
        "mrp.issue.method.level",
        "mrp.backflush.exception.count",
    ]

    issue_method = fields.Selection(
        company_dependent=True,
        copy=True,
        help=f"{ISSUE_METHODS_HELP}\n"
        "For this product as a component of manufacturing orders. A BoM line or a "
        "person on the order may choose another one. Empty: as its category, else the "
        "work center, else the company.",
    )

    @api.depends("categ_id")
    @api.depends_context("company")
    def _compute_issue_method_inherited(self):
        return super()._compute_issue_method_inherited()

    def _resolve_issue_method(self):
        return self.env.company._resolve_issue_method(category=self.categ_id)

    def _may_work_center_differ(self):
        return self.env.company._has_work_center_with_issue_method()

    def _get_exception_path(self):
        return "product_id.product_tmpl_id"
