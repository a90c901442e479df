from odoo import Command, api, fields, models

from ...models.access.arguments import check_record


class MrpComponentIssue(models.TransientModel):
    _name = "mrp.component.issue"
    _inherit = ["mrp.backflush.order.dialog"]
    _description = "Issue Components"

    workorder_id = fields.Many2one(
        "mrp.workorder",
        string="Operation",
        ondelete="cascade",
        help="Only the components of this operation.",
    )
    line_ids = fields.One2many(
        "mrp.component.issue.line",
        "issue_id",
        string="Components",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    scan = fields.Char(
        string="Scan a Lot",
        store=False,
        help="Scan or type a lot or serial number and press Enter: it is added to its "
        "component.",
    )

    def _get_components(self):
        """The order's, or those of the operation alone."""
        components = self.production_id._get_components()
        if not self.workorder_id:
            return components
        return components.filtered(lambda move: move.workorder_id == self.workorder_id)

    def _prepare_lines(self):
        components = self._get_components()
        return [
            {
                "move_id": move.id,
                "quantity": quantity,
                "lot_ids": [Command.set(move._get_confirmed_lots().ids)],
            }
            for move, quantity in components._get_quantities_to_propose().items()
        ]

    @api.onchange("scan")
    def _onchange_scan(self):
        name, self.scan = (self.scan or "").strip(), False
        if not name:
            return None
        lots = self.env["stock.lot"].search(
            [
                ("name", "=", name),
                ("product_id", "in", self.line_ids.product_id.ids),
                ("company_id", "in", (False, self.production_id.company_id.id)),
            ]
        )
        for line in self.line_ids:
            lot = lots.filtered(
                lambda lot, line=line: lot.product_id == line.product_id
            )
            if lot:
                line._add_lot(lot[0])
                return None
        return {
            "warning": {
                # A dialog would swallow what is scanned next.
                "type": "notification",
                "title": self.env._("Unknown Lot"),
                "message": self.env._(
                    "%s is no lot or serial number of these components.", name
                ),
            }
        }

    def action_issue(self):
        """Post the quantities of the dialog, all in one go."""
        check_record(self)
        lots = self.line_ids.lot_ids.filtered(
            lambda lot: lot.product_id.tracking == "serial"
        )
        self.production_id._take_turns(lots=lots._get_turns())
        lines = self._get_stated_lines(self.env._("Enter the quantities to issue."))
        lines.move_id._issue_stated(
            {line.move_id: line.quantity for line in lines},
            {line.move_id: line.lot_ids._origin for line in lines if line.lot_ids},
        )
        return {"type": "ir.actions.act_window_close"}


class MrpComponentIssueLine(models.TransientModel):
    _name = "mrp.component.issue.line"
    _inherit = ["mrp.backflush.order.dialog.line"]
    _description = "Component to Issue"

    issue_id = fields.Many2one("mrp.component.issue", required=True, ondelete="cascade")
    has_tracking = fields.Selection(related="move_id.has_tracking", related_sudo=False)
    issue_method = fields.Selection(related="move_id.issue_method", related_sudo=False)
    location_id = fields.Many2one(related="move_id.location_id", related_sudo=False)
    open_quantity = fields.Float(
        string="Open Need",
        related="move_id.product_uom_qty",
        related_sudo=False,
        help="What the order needs and wasn't issued yet.",
    )
    quantity = fields.Float(
        string="Issue Now",
        digits="Product Unit",
        help="What is issued now. More or less than the open need, or 0 for none.",
    )
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Lots",
        domain="[('product_id', '=', product_id)]",
        help="No others are used. Empty: chosen by the warehouse's removal strategy, "
        "what the order has reserved first.",
    )

    @api.onchange("lot_ids")
    def _onchange_lot_ids(self):
        if self.has_tracking == "serial" and self.lot_ids:
            self.quantity = len(self.lot_ids)

    def _add_lot(self, lot):
        self.lot_ids += lot
        self._onchange_lot_ids()
