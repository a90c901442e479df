from odoo import fields, models

from ...models.access.arguments import check_record


class MrpBackflushExceptionCancel(models.TransientModel):
    _name = "mrp.backflush.exception.cancel"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Cancel Waiting Components"

    exception_ids = fields.Many2many(
        "mrp.backflush.exception",
        string="Waiting Components",
        required=True,
        help="What is cancelled: all of it for the same reason.",
    )
    reason = fields.Text(
        required=True,
        help="Why they are not issued. Kept for whoever looks for the difference "
        "later.",
    )

    def action_cancel_exceptions(self):
        check_record(self)
        self.exception_ids.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
