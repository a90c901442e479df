from odoo import api, fields, models

from ..rules.issue_method import ISSUE_METHODS_HELP


class MrpWorkcenter(models.Model):
    _name = "mrp.workcenter"
    _inherit = ["mrp.workcenter", "mrp.issue.method.level"]

    issue_method = fields.Selection(
        help=f"{ISSUE_METHODS_HELP}\n"
        "For components of operations at this work center, if neither their BoM line, "
        "their product nor its category has a method. Empty: as the company.",
    )
    supply_location_id = fields.Many2one(
        "stock.location",
        domain="[('usage', '=', 'internal')]",
        check_company=True,
        help="Where components of operations at this work center are taken from when "
        "they are issued automatically, unless their BoM line has a supply location. "
        "Manual components are taken from the order's source location. Empty: from "
        "the order's source location.",
    )

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_issue_method_inherited(self):
        return super()._compute_issue_method_inherited()

    def _resolve_issue_method(self):
        company = self.company_id or self.env.company
        return company._resolve_issue_method()
