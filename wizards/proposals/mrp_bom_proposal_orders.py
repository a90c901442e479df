from odoo import Command, api, fields, models

from ...models.access.arguments import check_record


class MrpBomProposalOrders(models.TransientModel):
    """A BoM was corrected: orders that are open already can follow."""

    _name = "mrp.bom.proposal.orders"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Update Open Orders"

    proposal_ids = fields.Many2many("mrp.bom.proposal", required=True)
    production_ids = fields.Many2many(
        "mrp.production",
        string="Orders to Update",
        compute="_compute_production_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Their components become what the bill of materials says now.",
    )
    left_out = fields.Text(
        compute="_compute_left_out",
        help="Orders that stay as they are, and why.",
    )

    @api.depends("proposal_ids")
    def _compute_production_ids(self):
        for dialog in self:
            orders = dialog.proposal_ids._find_open_orders()
            dialog.production_ids = [
                Command.set(
                    [
                        order.id
                        for order in orders
                        if not order._get_reason_not_to_update()
                    ]
                )
            ]

    @api.depends("proposal_ids")
    def _compute_left_out(self):
        for dialog in self:
            reasons = {
                order: order._get_reason_not_to_update()
                for order in dialog.proposal_ids._find_open_orders()
            }
            dialog.left_out = "\n".join(
                f"{order.display_name}: {reason}"
                for order, reason in reasons.items()
                if reason
            )

    def action_update(self):
        """Update the BoM of the orders that are chosen, those left out aside."""
        check_record(self)
        self.production_ids.check_access("write")
        orders = self.production_ids & self.proposal_ids._find_open_orders()
        orders.filtered(
            lambda order: not order._get_reason_not_to_update()
        ).action_update_bom()
        return {"type": "ir.actions.act_window_close"}
