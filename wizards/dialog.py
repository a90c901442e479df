from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class Dialog(models.AbstractModel):
    """A dialog of this module, or a line of one.

    Odoo leaves it to each dialog what it lets a client name: here nothing that the
    user can't read, or it would be told by its name, and what the dialog finds out of
    it. What is computed is computed with the user's rights, not as Odoo does what is
    stored; and a rule leaves each dialog to who has opened it.
    """

    _name = "mrp.backflush.dialog"
    _inherit = ["mrp.checked.record"]
    _description = "Dialog about Components"

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        # Default values of the client's context among them.
        dialogs._check_may_read(self._get_checked_fields())
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._check_may_read(self._get_checked_fields() & vals.keys())
        return result

    def _check_may_read(self, names):
        """:raise AccessError: one of these fields names what the user can't read"""
        for name in names:
            field = self._fields[name]
            if field.type == "many2one" and field.store:
                self[name].check_access("read")


class OrderDialog(models.AbstractModel):
    """A dialog about the components of one order, with a line for each."""

    _name = "mrp.backflush.order.dialog"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Dialog about Components of an Order"

    production_id = fields.Many2one(
        "mrp.production", string="Order", required=True, ondelete="cascade"
    )

    @api.depends("production_id")
    def _compute_line_ids(self):
        for dialog in self:
            dialog.line_ids = [Command.clear()] + [
                Command.create(vals) for vals in dialog._prepare_lines()
            ]

    def _prepare_lines(self):
        """:return: values of the lines"""
        raise NotImplementedError

    def _get_stated_lines(self, message):
        """What a person entered, all to be posted in one go.

        :raise UserError: nothing, with that message, or of other components
        """
        lines = self.line_ids.filtered(
            lambda line: line.product_uom_id.compare(line.quantity, 0) != 0
        )
        if not lines:
            raise UserError(message)
        self.production_id._check_dialog_lines(lines)
        return lines

    def _close_and_tell(self, message):
        """:return: an action that closes the dialog, and says what was done"""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class OrderDialogLine(models.AbstractModel):
    _name = "mrp.backflush.order.dialog.line"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Component in a Dialog"

    move_id = fields.Many2one(
        "stock.move", string="Component", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="move_id.product_id", related_sudo=False)
    product_uom_id = fields.Many2one(related="move_id.product_uom", related_sudo=False)
    issued_quantity = fields.Float(
        related="move_id.issued_quantity", related_sudo=False
    )
