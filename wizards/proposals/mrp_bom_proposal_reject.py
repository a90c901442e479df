from odoo import fields, models

from ...models.access.arguments import check_record


class MrpBomProposalReject(models.TransientModel):
    _name = "mrp.bom.proposal.reject"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Reject a BoM Proposal"

    proposal_id = fields.Many2one("mrp.bom.proposal", required=True, ondelete="cascade")
    reason = fields.Text(
        required=True, help="Why: read by whoever meets the proposal again."
    )

    def action_reject(self):
        check_record(self)
        self.proposal_id.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
