from odoo import fields, models

from ...models.access.arguments import check_record


class MrpLineCountCancel(models.TransientModel):
    _name = "mrp.line.count.cancel"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Cancel a Line Count"

    count_id = fields.Many2one("mrp.line.count", required=True, ondelete="cascade")
    state = fields.Selection(related="count_id.state")
    reason = fields.Text(
        required=True, help="Why: read by whoever looks for the difference later."
    )

    def action_cancel_count(self):
        check_record(self)
        self.count_id.action_cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
