from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.access.arguments import check_record


class MrpComponentReturn(models.TransientModel):
    _name = "mrp.component.return"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Return Components"

    production_id = fields.Many2one(
        "mrp.production", string="Order", required=True, ondelete="cascade"
    )
    line_ids = fields.One2many(
        "mrp.component.return.line",
        "return_id",
        string="Components",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    has_surplus = fields.Boolean(compute="_compute_has_surplus")

    @api.depends("production_id")
    def _compute_line_ids(self):
        for wizard in self:
            components = wizard.production_id._get_components().filtered(
                "is_issued_early"
            )
            needs = components._get_planned_needs()
            wizard.line_ids = [Command.clear()] + [
                Command.create({"move_id": move.id, "quantity": need.surplus})
                for move, need in needs.items()
            ]

    @api.depends("line_ids.surplus_quantity")
    def _compute_has_surplus(self):
        for wizard in self:
            wizard.has_surplus = any(wizard.line_ids.mapped("surplus_quantity"))

    def action_return(self):
        """Post the quantities of the dialog, all in one go."""
        check_record(self)
        self.production_id._take_turns()
        lines = self.line_ids.filtered(
            lambda line: line.product_uom_id.compare(line.quantity, 0) != 0
        )
        if not lines:
            raise UserError(self.env._("Enter the quantities to return."))
        self.production_id._check_dialog_lines(lines)
        lines.move_id._return_stated({line.move_id: line.quantity for line in lines})
        return {"type": "ir.actions.act_window_close"}


class MrpComponentReturnLine(models.TransientModel):
    _name = "mrp.component.return.line"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Component to Return"

    return_id = fields.Many2one(
        "mrp.component.return", required=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "stock.move", string="Component", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="move_id.product_id", related_sudo=False)
    product_uom_id = fields.Many2one(related="move_id.product_uom", related_sudo=False)
    issued_quantity = fields.Float(
        related="move_id.issued_quantity", related_sudo=False
    )
    lot_ids = fields.Many2many(
        "stock.lot", string="Lots Issued", compute="_compute_lot_ids"
    )
    surplus_quantity = fields.Float(
        string="Not Needed",
        digits="Product Unit",
        compute="_compute_surplus_quantity",
        help="Issued beyond what the whole order needs.",
    )
    quantity = fields.Float(
        string="Return Now",
        digits="Product Unit",
        help="What goes back to where it came from; what was issued last first.",
    )

    @api.depends("move_id")
    def _compute_lot_ids(self):
        for line in self:
            line.lot_ids = line.move_id._get_early_issues().lot_ids

    @api.depends("move_id")
    def _compute_surplus_quantity(self):
        needs = self.move_id._get_planned_needs()
        for line in self:
            line.surplus_quantity = needs[line.move_id].surplus if line.move_id else 0.0
