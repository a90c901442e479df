from odoo import Command, api, fields, models

from ...models.access.arguments import check_record
from ...models.rules.issue_method import MANUAL


class MrpComponentIssue(models.TransientModel):
    _name = "mrp.component.issue"
    _inherit = ["mrp.backflush.order.dialog", "mrp.component.scan"]
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
    show_backflushed = fields.Boolean(
        compute="_compute_show_backflushed",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Also the components that are issued automatically, to issue them "
        "earlier.",
    )
    has_backflushed = fields.Boolean(compute="_compute_has_backflushed")

    @api.depends("production_id", "workorder_id")
    def _compute_has_backflushed(self):
        for wizard in self:
            components = wizard._get_components()
            wizard.has_backflushed = not all(move._is_manual() for move in components)

    @api.depends("production_id", "workorder_id")
    def _compute_show_backflushed(self):
        for wizard in self:
            # Where there are no others, they are what the dialog was opened for.
            components = wizard._get_components()
            wizard.show_backflushed = not components._has_manual()

    def _get_components(self):
        """The order's, or those of the operation alone."""
        components = self.production_id._get_components()
        if not self.workorder_id:
            return components
        return components.filtered(lambda move: move.workorder_id == self.workorder_id)

    def _prepare_lines(self):
        """Manual components with what is open of them; backflushed ones, with nothing,
        only where they are shown."""
        components = self._get_components()
        proposed = components._get_quantities_to_propose()
        return [
            self._prepare_line(move, quantity if move._is_manual() else 0.0)
            for move, quantity in proposed.items()
            if self.show_backflushed or move._is_manual()
        ]

    @api.model
    def _prepare_line(self, move, quantity):
        return {
            "move_id": move.id,
            "quantity": quantity,
            "lot_ids": [Command.set(move._get_confirmed_lots().ids)],
        }

    @api.onchange("show_backflushed")
    def _onchange_show_backflushed(self):
        """What isn't shown isn't issued."""
        if self.show_backflushed:
            self._add_lines(self._get_hidden_components())
        else:
            self.line_ids = self.line_ids.filtered(
                lambda line: line.issue_method == MANUAL
            )

    def _get_hidden_components(self):
        return self._get_components()._origin - self.line_ids.move_id._origin

    def _add_lines(self, components):
        """:return: the new lines, which issue nothing yet"""
        lines = self.line_ids.browse()
        for move in components:
            lines += lines.new(self._prepare_line(move, 0.0))
        self.line_ids += lines
        return lines

    # Scanned.

    def _get_lines_to_scan(self, product):
        lines = self.line_ids.filtered(lambda line: line.product_id == product)
        if lines:
            return lines
        hidden = self._get_hidden_components()
        return self._add_lines(
            hidden.filtered(lambda move: move.product_id == product)[:1]
        )

    def _get_products_to_scan(self):
        return self._get_components().product_id

    # Issued.

    def action_clear(self):
        """Take all quantities and lots back."""
        check_record(self)
        self.line_ids.write(
            {
                "quantity": 0.0,
                "scanned_quantity": 0.0,
                "is_counted": False,
                "lot_ids": [Command.clear()],
            }
        )
        return self._open_again()

    def action_fill_in(self):
        """Propose what is open, of all components shown."""
        check_record(self)
        proposed = self.line_ids.move_id._get_quantities_to_propose()
        for line in self.line_ids:
            line.quantity = proposed[line.move_id]
        return self._open_again()

    def _open_again(self):
        return {
            **self.production_id.action_open_issue(),
            "res_id": self.id,
        }

    def action_issue(self):
        """Post the quantities of the dialog, all in one go."""
        check_record(self)
        lots = self.line_ids.lot_ids.filtered(
            lambda lot: lot.product_id.tracking == "serial"
        )
        self.production_id._take_turns(lots=lots._get_turns())
        lines = self._get_stated_lines(self.env._("Enter the quantities to issue."))
        components = lines.move_id
        before = {
            move: (move.issued_quantity, move.parked_quantity) for move in components
        }
        components._issue_stated(
            {line.move_id: line.quantity for line in lines},
            {line.move_id: line.lot_ids._origin for line in lines if line.lot_ids},
        )
        issued = {move: move.issued_quantity - before[move][0] for move in components}
        waiting = {move: move.parked_quantity - before[move][1] for move in components}
        told = [
            self.env._("%s issued", components._list_quantities(issued)),
            self.env._("%s waiting for stock", components._list_quantities(waiting)),
        ]
        shown = [
            text
            for text, quantities in zip(told, (issued, waiting), strict=True)
            if any(quantities.values())
        ]
        return self._close_and_tell("\n".join(shown))


class MrpComponentIssueLine(models.TransientModel):
    _name = "mrp.component.issue.line"
    _inherit = ["mrp.backflush.order.dialog.line"]
    _description = "Component to Issue"

    issue_id = fields.Many2one("mrp.component.issue", required=True, ondelete="cascade")
    has_tracking = fields.Selection(related="move_id.has_tracking", related_sudo=False)
    issue_method = fields.Selection(related="move_id.issue_method", related_sudo=False)
    location_id = fields.Many2one(related="move_id.location_id", related_sudo=False)
    open_quantity = fields.Float(
        string="Open",
        related="move_id.product_uom_qty",
        related_sudo=False,
        help="What the order needs and wasn't issued yet.",
    )
    available_quantity = fields.Float(
        string="Available",
        digits="Product Unit",
        compute="_compute_available_quantity",
        compute_sudo=False,
        help="In stock where it is taken from and below, without what is reserved for "
        "others.",
    )
    is_short = fields.Boolean(compute="_compute_is_short", compute_sudo=False)
    quantity = fields.Float(
        string="Issue Now",
        digits="Product Unit",
        help="What is issued now. More or less than what is open, or 0 for none.",
    )
    scanned_quantity = fields.Float(digits="Product Unit")
    is_counted = fields.Boolean(help="The quantity is what was scanned.")
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Lots",
        domain="[('product_id', '=', product_id)]",
        help="Only these are used. Empty: Odoo chooses, first what the order has "
        "reserved, then by the removal strategy.",
    )

    @api.depends("move_id")
    def _compute_available_quantity(self):
        available = self.move_id._origin._read_available()
        for line in self:
            line.available_quantity = available.get(line.move_id._origin, 0.0)

    @api.depends("move_id", "quantity", "available_quantity")
    def _compute_is_short(self):
        for line in self:
            line.is_short = (
                line.product_id.is_storable
                and line.product_uom_id.compare(line.quantity, line.available_quantity)
                > 0
            )

    @api.onchange("lot_ids")
    def _onchange_lot_ids(self):
        if self.has_tracking == "serial" and self.lot_ids:
            self.quantity = len(self.lot_ids)

    def _add_scan(self, lot, quantity):
        """Count what was scanned. A lot's name says which, not how many: the quantity
        proposed stays, until the same is scanned again.

        :param lot: none where the product was scanned
        :param quantity: that the barcode says, in the component's unit; else None
        """
        is_repeated = lot in self.lot_ids._origin
        if lot and not is_repeated:
            self.lot_ids += lot
        if self.has_tracking == "serial":
            self._onchange_lot_ids()
            return
        number = quantity or 1.0
        self.scanned_quantity += number
        if self.is_counted:
            self.quantity += number
        elif quantity or not lot or is_repeated or not self.quantity:
            self.is_counted = True
            self.quantity = self.scanned_quantity
