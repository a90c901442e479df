from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.access.arguments import check_record


class MrpComponentIssue(models.TransientModel):
    _name = "mrp.component.issue"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Issue Components"

    production_id = fields.Many2one(
        "mrp.production", string="Order", required=True, ondelete="cascade"
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

    @api.depends("production_id")
    def _compute_line_ids(self):
        for wizard in self:
            components = wizard.production_id._get_components()
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "move_id": move.id,
                        "quantity": quantity,
                        "lot_ids": [Command.set(move._get_confirmed_lots().ids)],
                    }
                )
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
        lines = self.line_ids.filtered(
            lambda line: line.product_uom_id.compare(line.quantity, 0) != 0
        )
        if not lines:
            raise UserError(self.env._("Enter the quantities to issue."))
        self.production_id._check_dialog_lines(lines)
        lines.move_id._issue_stated(
            {line.move_id: line.quantity for line in lines},
            {line.move_id: line.lot_ids._origin for line in lines if line.lot_ids},
        )
        return {"type": "ir.actions.act_window_close"}


class MrpComponentIssueLine(models.TransientModel):
    _name = "mrp.component.issue.line"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Component to Issue"

    issue_id = fields.Many2one("mrp.component.issue", required=True, ondelete="cascade")
    move_id = fields.Many2one(
        "stock.move", string="Component", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="move_id.product_id", related_sudo=False)
    product_uom_id = fields.Many2one(related="move_id.product_uom", related_sudo=False)
    has_tracking = fields.Selection(related="move_id.has_tracking", related_sudo=False)
    issue_method = fields.Selection(related="move_id.issue_method", related_sudo=False)
    location_id = fields.Many2one(related="move_id.location_id", related_sudo=False)
    issued_quantity = fields.Float(
        related="move_id.issued_quantity", related_sudo=False
    )
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
