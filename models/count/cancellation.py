"""A count is taken back: what it posted is reversed, and what it counted is free for
the next one."""

from odoo import Command, models
from odoo.exceptions import AccessError, UserError

from ..access.arguments import check_record, check_records, read_text
from ..access.system_fields import create_by_system
from ..turns.turns import announce, take_turns
from .mrp_line_count import CANCELLED, DONE, DRAFT


class MrpLineCount(models.Model):
    _inherit = "mrp.line.count"

    def action_cancel(self, reason=None):
        """Cancel counts. A validated one is reversed, if it is the last of its
        components there.

        :param reason: why, in words
        :raise AccessError: it is validated, and the user is no administrator of
            Manufacturing
        :raise UserError: no reason, cancelled already, or counted again since
        """
        check_records(self)
        self.check_access("write")
        reason = read_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Say why: a reason is needed to cancel."))
        done = self.filtered(lambda sheet: sheet.state == DONE)
        if (
            done
            and not self.env.su
            and not self.env.user.has_group("mrp.group_mrp_manager")
        ):
            raise AccessError(
                self.env._(
                    "Only an administrator of Manufacturing may cancel counts that are "
                    "validated."
                )
            )
        take_turns(self.env, self.line_ids.product_id)
        for sheet in self:
            sheet._lock_to_cancel()
            announce(self.env, sheet.line_ids.product_id)
            sheet.sudo()._cancel(reason)
        return True

    def action_open_cancel(self):
        """The dialog that asks for the reason."""
        check_record(self)
        return {
            "name": self.env._("Cancel the Count"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.line.count.cancel",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_count_id": self.id},
        }

    def _lock_to_cancel(self):
        """:raise UserError: it is cancelled, or counted again since"""
        self._lock_sheets()
        if self.state == CANCELLED:
            raise UserError(self.env._("%s is cancelled already.", self.name))
        if self.state == DRAFT:
            return
        later = self._find_counted_since()
        if later:
            raise UserError(
                self.env._(
                    "These were counted again since. Cancel the last count first:\n%s",
                    "\n".join(
                        f"- {line.display_name}: {line.count_id.name}" for line in later
                    ),
                )
            )

    def _find_counted_since(self):
        """Lines on which these components were counted again here, or at a place above
        or below: on open sheets, too, whose snapshot takes this count for granted."""
        counted = self.sudo().line_ids.filtered("counted_at")
        numbers = {
            product: min(lines.mapped("snapshot_number"))
            for product, lines in counted.grouped("product_id").items()
        }
        others = counted.search(
            [
                ("state", "in", (DRAFT, DONE)),
                ("count_id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("product_id", "in", counted.product_id.ids),
                ("counted_at", "!=", False),
                "|",
                ("location_id", "child_of", self.location_id.id),
                ("location_id", "parent_of", self.location_id.id),
            ]
        )
        return others.filtered(
            lambda line: line.snapshot_number > numbers[line.product_id]
        )

    def _cancel(self, reason):
        backs = create_by_system(
            self.env["stock.move"],
            [move._prepare_count_reversal_vals() for move in self.move_ids],
        )
        backs._action_done()
        backs._restore_valuation()
        self._write_system({"state": CANCELLED, "cancel_reason": reason})
        self.env["stock.move"]._adapt_pending_counts(
            self.company_id, self.line_ids.product_id
        )
        self.message_post(body=self.env._("Cancelled: %s", reason))


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_reversal_of_found(self):
        return bool(
            self.line_count_id
            and self.origin_returned_move_id
            and self.location_id.usage == "internal"
        )

    def _prepare_count_reversal_vals(self):
        return {
            "product_id": self.product_id.id,
            "product_uom": self.product_uom.id,
            "product_uom_qty": self.quantity,
            "company_id": self.company_id.id,
            "state": "confirmed",
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "origin_returned_move_id": self.id,
            "line_count_id": self.line_count_id.id,
            "line_count_line_id": self.line_count_line_id.id,
            "is_shared_out": self.is_shared_out,
            "picked": True,
            "move_line_ids": [
                Command.create(line._prepare_count_reversal_vals())
                for line in self.move_line_ids
            ],
        }


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _prepare_count_reversal_vals(self):
        return {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "company_id": self.company_id.id,
            "quantity": self.quantity,
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "lot_id": self.lot_id.id,
            "package_id": self.result_package_id.id,
            "result_package_id": self.package_id.id,
            "picked": True,
        }
