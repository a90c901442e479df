"""What waits is closed without an issue, or less of it is waited for."""

from odoo import Command, models
from odoo.exceptions import AccessError, UserError

from ..access.arguments import check_records, read_text
from ..turns.turns import take_turns
from .mrp_backflush_exception import CANCELLED


class MrpBackflushException(models.Model):
    _inherit = "mrp.backflush.exception"

    def action_cancel(self, reason=None):
        """Close without an issue. On an order that isn't completed the need is open
        again; on a completed one the component stays not issued.

        :param reason: why, in words
        :raise AccessError: the user is no administrator of Manufacturing
        :raise UserError: no reason, or already closed
        """
        check_records(self)
        if not self.env.su and not self.env.user.has_group("mrp.group_mrp_manager"):
            raise AccessError(
                self.env._(
                    "Only a Manufacturing administrator can cancel waiting components."
                )
            )
        self.check_access("write")
        reason = read_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Enter a reason."))
        take_turns(self.env, self.product_id)
        self._check_may_correct()
        self.sudo()._cancel(reason)
        # It isn't used, then.
        self.move_id._forget_stale_reasons()
        return True

    def action_open_cancel(self):
        """The dialog that asks for the reason."""
        check_records(self)
        return {
            "name": self.env._("Cancel Waiting Components"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.backflush.exception.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_exception_ids": [Command.set(self.ids)]},
        }

    def _cancel(self, reason):
        self.lock_for_update()
        for exception in self:
            exception._write_system(
                {**self._prepare_closing_vals(CANCELLED), "cancel_reason": reason}
            )
            exception.message_post(body=self.env._("Cancelled: %s", reason))
        self._close_pending()
        # What waited is open again, where the order still can issue it.
        self.move_id.filtered(
            lambda move: move._is_open_component()
        )._set_demand_to_open_need()

    def _reduce(self, quantity):
        """Have less wait, the last one first: it isn't needed any more.

        :param quantity: in the component's unit
        """
        reason = self.env._("Not needed any more: less is produced.")
        for exception in self.sudo().sorted("id", reverse=True):
            unit, component_unit = (
                exception.product_uom_id,
                exception.move_id.product_uom,
            )
            wanted = component_unit._compute_quantity(quantity, unit, round=False)
            part = min(exception.quantity, wanted)
            quantity -= unit._compute_quantity(part, component_unit, round=False)
            exception._lower(part, reason)

    def _lower(self, quantity, reason):
        """Have less wait.

        :param quantity: in the exception's unit
        :param reason: why, in words
        """
        self.ensure_one()
        unit = self.product_uom_id
        left = unit.round(self.quantity - quantity)
        if unit.is_zero(quantity):
            return
        if unit.compare(left, 0) <= 0:
            self._write_system(
                {**self._prepare_closing_vals(CANCELLED), "cancel_reason": reason}
            )
            self._close_pending()
        else:
            self._write_system({"quantity": left})
        self.message_post(body=reason)
