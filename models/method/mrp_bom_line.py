from odoo import api, fields, models

from ..choice_log import hold_line
from ..rules.issue_method import ISSUE_METHODS_HELP
from .issue_method_words import describe_issue_method, describe_level


class MrpBomLine(models.Model):
    _name = "mrp.bom.line"
    _inherit = ["mrp.bom.line", "mrp.issue.method.level"]

    issue_method = fields.Selection(
        help=f"{ISSUE_METHODS_HELP}\n"
        "Set here, it wins over the product, its category, the work center and the "
        "company; only a person on the order may choose another one. Empty: inherited.",
    )
    issue_method_from = fields.Char(
        string="Method from",
        compute="_compute_issue_method_from",
        help="Where the issue method of this component is set.",
    )
    is_kit = fields.Boolean(
        string="Kit",
        compute="_compute_is_kit",
        help="The component is a kit: its own components are issued, not the kit.",
    )
    supply_location_id = fields.Many2one(
        "stock.location",
        domain="[('usage', '=', 'internal')]",
        check_company=True,
        help="Where this component is taken from when it is issued automatically: "
        "wins over the work center and over the source location of the order. Manual "
        "components are taken from the order's source location. Empty: from the work "
        "center's supply location, else the order's source location.",
    )

    @api.depends("product_id", "operation_id", "company_id")
    @api.depends_context("company")
    def _compute_issue_method_inherited(self):
        with_product = self.filtered("product_id")
        for line in self - with_product:
            line.issue_method_inherited = False
            line.issue_method_inherited_short = False
            line.issue_method_inherited_label = False
        return super(MrpBomLine, with_product)._compute_issue_method_inherited()

    @api.depends("issue_method", "product_id", "operation_id", "company_id")
    @api.depends_context("company")
    def _compute_issue_method_from(self):
        for line in self:
            line.issue_method_from = False
            if line.product_id and not line.is_kit:
                _method, source, record = line._resolve_effective_issue_method()
                line.issue_method_from = describe_level(source, record)

    @api.depends("child_bom_id")
    def _compute_is_kit(self):
        for line in self:
            line.is_kit = line.child_bom_id.type == "phantom"

    def _resolve_issue_method(self):
        return self._get_issue_method_company()._resolve_issue_method(
            self.product_id, workcenter=self.operation_id.workcenter_id
        )

    def _hold_logged(self, name):
        # A line has no chatter of its own.
        self.ensure_one()
        label, text = self._describe_logged(name)
        hold_line(
            self.bom_id,
            self.env._("Components"),
            self,
            f"{self.product_id.display_name}, {label}",
            text,
        )

    def _get_issue_method_company(self):
        return self.company_id or self.env.company

    def _get_effective_issue_method_text(self, operation=None):
        """How a component of this line would be issued, and what says so, in words.

        :param operation: that of the kit which the line belongs to, where it has none
            of its own
        """
        self.ensure_one()
        line = self.sudo()
        if line.bom_id.type == "subcontract":
            return self.env._("At Completion (subcontractor)")
        return describe_issue_method(*line._resolve_effective_issue_method(operation))

    def _resolve_effective_issue_method(self, operation=None):
        """Return (method, source, record), this line's own method before all others.

        :param operation: as above
        """
        line = self.sudo()
        operation = line.operation_id or (operation or line.operation_id).sudo()
        return line._get_issue_method_company()._resolve_issue_method(
            line.product_id, bom_line=line, workcenter=operation.workcenter_id
        )
