from odoo import api, fields, models


class MrpBomLine(models.Model):
    _name = "mrp.bom.line"
    _inherit = ["mrp.bom.line", "mrp.issue.method.level"]

    issue_method = fields.Selection(
        help="How this component is issued: wins over the product, its category, the "
        "work center and the company. Only a person on the order may say otherwise. "
        "Empty: inherited.",
    )
    supply_location_id = fields.Many2one(
        "stock.location",
        domain="[('usage', '=', 'internal')]",
        check_company=True,
        help="Where this component is taken from when it is backflushed: wins over "
        "the work center and over the source location of the order. Manual "
        "components are taken from the order's source location. Empty: as the work "
        "center says, else the order.",
    )

    @api.depends("product_id", "operation_id", "company_id")
    @api.depends_context("company")
    def _compute_issue_method_inherited(self):
        with_product = self.filtered("product_id")
        (self - with_product).issue_method_inherited = False
        return super(MrpBomLine, with_product)._compute_issue_method_inherited()

    def _resolve_issue_method(self):
        return self._get_issue_method_company()._resolve_issue_method(
            self.product_id, workcenter=self.operation_id.workcenter_id
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
            return self.env._("Backflush at Completion, as with every subcontractor")
        operation = line.operation_id or (operation or line.operation_id).sudo()
        method, source, record = line._get_issue_method_company()._resolve_issue_method(
            line.product_id, bom_line=line, workcenter=operation.workcenter_id
        )
        return self._describe_issue_method(method, source, record)
