from odoo import api, fields, models

from .access.arguments import check_record
from .rules.shortage import ALLOW, PARK


class ResConfigSettings(models.TransientModel):  # pylint: disable=no-wizard-in-models
    _name = "res.config.settings"
    _inherit = ["res.config.settings", "mrp.checked.record"]

    issue_method = fields.Selection(
        related="company_id.issue_method", readonly=False, required=True
    )
    unissued_rule = fields.Selection(
        related="company_id.unissued_rule", readonly=False, required=True
    )
    lot_rule = fields.Selection(
        related="company_id.lot_rule", readonly=False, required=True
    )
    serial_rule = fields.Selection(
        related="company_id.serial_rule", readonly=False, required=True
    )
    expired_lot_rule = fields.Selection(
        related="company_id.expired_lot_rule", readonly=False, required=True
    )
    shortage_rule = fields.Selection(
        related="company_id.shortage_rule", readonly=False, required=True
    )
    tell_taken_reservations = fields.Boolean(
        related="company_id.tell_taken_reservations", readonly=False
    )
    use_line_count = fields.Boolean(related="company_id.use_line_count", readonly=False)
    count_share_limit = fields.Float(
        related="company_id.count_share_limit", readonly=False
    )
    count_interval_days = fields.Integer(
        related="company_id.count_interval_days", readonly=False
    )
    use_consumption_analysis = fields.Boolean(
        related="company_id.use_consumption_analysis", readonly=False
    )
    proposal_least_deviation = fields.Float(
        related="company_id.proposal_least_deviation", readonly=False
    )
    proposal_least_value = fields.Monetary(
        related="company_id.proposal_least_value",
        readonly=False,
        currency_field="proposal_currency_id",
    )
    proposal_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of Proposals"
    )
    use_consumption_tolerance = fields.Boolean(
        related="company_id.use_consumption_tolerance", readonly=False
    )
    tolerance_over = fields.Float(related="company_id.tolerance_over", readonly=False)
    tolerance_under = fields.Float(related="company_id.tolerance_under", readonly=False)
    is_reason_required = fields.Boolean(
        related="company_id.is_reason_required", readonly=False
    )
    # Settings that a rule needs are shown where the company or a category has it.
    has_allowed_shortages = fields.Boolean(compute="_compute_shortage_rules_in_use")
    has_waiting_shortages = fields.Boolean(compute="_compute_shortage_rules_in_use")
    exception_attempt_limit = fields.Integer(
        related="company_id.exception_attempt_limit", readonly=False
    )

    @api.depends("company_id", "shortage_rule")
    def _compute_shortage_rules_in_use(self):
        for settings in self:
            rules = settings.company_id._get_category_shortage_rules()
            rules.add(settings.shortage_rule)
            settings.has_allowed_shortages = ALLOW in rules
            settings.has_waiting_shortages = PARK in rules

    def action_open_log(self):
        """Who changed these settings: in the chatter of the company's contact."""
        check_record(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Changes"),
            "res_model": "res.partner",
            "res_id": self.company_id.partner_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
