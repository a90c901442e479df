from odoo import api, fields, models

from ...models.access.arguments import check_record


class MrpComponentReturn(models.TransientModel):
    _name = "mrp.component.return"
    _inherit = ["mrp.backflush.order.dialog"]
    _description = "Return Components"

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

    def _prepare_lines(self):
        issued = self.production_id._get_components().filtered("is_issued_early")
        return [
            {"move_id": move.id, "quantity": need.surplus}
            for move, need in issued._get_whole_order_needs().items()
        ]

    @api.depends("line_ids.surplus_quantity")
    def _compute_has_surplus(self):
        for wizard in self:
            wizard.has_surplus = any(wizard.line_ids.mapped("surplus_quantity"))

    def action_return(self):
        """Post the quantities of the dialog, all in one go."""
        check_record(self)
        self.production_id._take_turns()
        lines = self._get_stated_lines(self.env._("Enter the quantities to return."))
        quantities = {line.move_id: line.quantity for line in lines}
        lines.move_id._return_stated(quantities)
        return self._close_and_tell(
            self.env._("%s returned", lines.move_id._list_quantities(quantities))
        )


class MrpComponentReturnLine(models.TransientModel):
    _name = "mrp.component.return.line"
    _inherit = ["mrp.backflush.order.dialog.line"]
    _description = "Component to Return"

    return_id = fields.Many2one(
        "mrp.component.return", required=True, ondelete="cascade"
    )
    lot_ids = fields.Many2many(
        "stock.lot", string="Lots Issued", compute="_compute_lot_ids"
    )
    place = fields.Char(
        string="Back To",
        compute="_compute_lot_ids",
        help="Where it was taken from.",
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
            issues = line.move_id._get_early_issues()
            line.lot_ids = issues.lot_ids
            places = issues.move_line_ids.location_id
            line.place = ", ".join(places.mapped("display_name"))

    @api.depends("move_id")
    def _compute_surplus_quantity(self):
        needs = self.move_id._get_whole_order_needs()
        for line in self:
            line.surplus_quantity = needs[line.move_id].surplus if line.move_id else 0.0
