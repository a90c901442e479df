from odoo import api, fields, models


class MrpWorkcenter(models.Model):
    _name = "mrp.workcenter"
    _inherit = ["mrp.workcenter", "mrp.issue.method.level"]

    issue_method = fields.Selection(
        help="How components of operations at this work center are issued where "
        "neither the BoM line, the product nor its category says anything. Empty: as "
        "the company says.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_issue_method_inherited(self):
        return super()._compute_issue_method_inherited()

    def _resolve_issue_method(self):
        company = self.company_id or self.env.company
        return company._resolve_issue_method()
