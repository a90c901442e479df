from odoo import fields, models


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
    exception_attempt_limit = fields.Integer(
        related="company_id.exception_attempt_limit", readonly=False
    )
