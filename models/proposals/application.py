"""A person decides: the line is written, or the proposal rejected. Never by itself."""

from markupsafe import Markup

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..access.arguments import check_record, check_records, read_text
from ..rules.bom_proposal import FIXED, SCRAP
from .mrp_bom_proposal import APPLIED, OPEN, REJECTED


class MrpBomProposal(models.Model):
    _inherit = "mrp.bom.proposal"

    def action_apply(self):
        """Write what is proposed to the BoM lines, and say so in the BoMs' chatters.

        :return: an action: the dialog that brings open orders up to date, if there are
            any
        :raise UserError: decided on already, the line was changed since,
            or its BoM is archived
        :raise AccessError: the user is no administrator of Manufacturing
        """
        check_records(self)
        self._check_may_decide()
        for proposal in self:
            proposal._apply()
        return self._get_orders_dialog()

    def action_reject(self, reason=None):
        """Leave the lines as they are: proposed again with half as many observations
        more.

        :param reason: why, in words
        :raise UserError: no reason, or decided on already
        :raise AccessError: the user is no administrator of Manufacturing
        """
        check_records(self)
        reason = read_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Say why: a reason is needed to reject."))
        self._check_may_decide()
        self.sudo()._write_system(
            {**self._prepare_decision_vals(REJECTED), "reject_reason": reason}
        )
        for proposal in self:
            proposal._note_on_bom(self.env._("Proposal rejected: %s", reason))
        return True

    def action_open_reject(self):
        """The dialog that asks for the reason."""
        check_record(self)
        return {
            "name": self.env._("Reject the Proposal"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.bom.proposal.reject",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_proposal_id": self.id},
        }

    def action_open_bom(self):
        check_record(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bill of Materials"),
            "res_model": "mrp.bom",
            "res_id": self.bom_id.id,
            "views": [(False, "form")],
        }

    def _check_may_decide(self):
        """
        :raise UserError: these are no open proposals
        :raise AccessError: the user is no administrator of Manufacturing
        """
        self.check_access("write")
        self._wait_for_others()
        closed = self.filtered(lambda proposal: proposal.state != OPEN)
        if closed:
            raise UserError(
                self.env._(
                    "There is nothing to decide on any more:\n%s",
                    "\n".join(f"- {each.display_name}" for each in closed),
                )
            )

    def _wait_for_others(self):
        """Whoever decides on these at the same time: afterwards Odoo tries again, and
        finds what was decided."""
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "SELECT id FROM mrp_bom_proposal WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(self.ids) or (0,),
            )
        )
        self.invalidate_recordset(["state"])

    def _prepare_decision_vals(self, state):
        return {
            "state": state,
            "closed_at": fields.Datetime.now(),
            "closed_by_id": self.env.uid,
        }

    def _apply(self):
        line = self.bom_line_id
        if not self.bom_id.active:
            raise UserError(
                self.env._("%s: the bill of materials is archived.", self.display_name)
            )
        if line.quantity_changed_at != self.line_changed_at:
            raise UserError(
                self.env._(
                    "%s: the line was changed since. Look for proposals again once "
                    "orders were made with it.",
                    self.display_name,
                )
            )
        # Through the BoM: core then tells open orders that it was changed.
        self.bom_id.write({"bom_line_ids": self._get_line_commands()})
        # Where only a line beside it was added, too: what was used so far tells of the
        # line as it was.
        line._note_change()
        self.sudo()._write_system(self._prepare_decision_vals(APPLIED))
        self._note_on_bom(self.env._("Proposal applied: %s", self.change_text))

    def _get_line_commands(self):
        line = self.bom_line_id
        if self.kind == SCRAP:
            vals = {"component_scrap": self.proposed_value}
        elif self.kind != FIXED:
            vals = {"product_qty": self.proposed_value}
        elif not self.proposed_quantity:
            vals = {
                "product_qty": self.proposed_value,
                "is_fixed_quantity": True,
                "component_scrap": 0.0,
            }
        else:
            [fixed] = line.copy_data(
                {
                    "product_qty": self.proposed_value,
                    "is_fixed_quantity": True,
                    "component_scrap": 0.0,
                }
            )
            fixed.pop("bom_id")
            return [
                Command.update(line.id, {"product_qty": self.proposed_quantity}),
                Command.create(fixed),
            ]
        return [Command.update(line.id, vals)]

    def _note_on_bom(self, title):
        self.bom_id._message_log(
            body=Markup("%s<br/>%s: %s<br/>%s")
            % (
                title,
                self.product_id.display_name,
                self.change_text,
                self._describe_evidence(),
            )
        )

    def _get_orders_dialog(self):
        """:return: an action"""
        if not self._find_open_orders():
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        return {
            "name": self.env._("Update Open Orders"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.bom.proposal.orders",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_proposal_ids": [Command.set(self.ids)]},
        }

    def _find_open_orders(self):
        """Orders whose components come of these BoMs, those of kits among them."""
        return self.env["mrp.production"].search(
            [
                ("state", "not in", ("done", "cancel")),
                "|",
                ("bom_id", "in", self.bom_id.ids),
                ("move_raw_ids.bom_line_id.bom_id", "in", self.bom_id.ids),
            ],
            order="id",
        )


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _get_reason_not_to_update(self):
        """Why *Update BoM* can't be had on this order, or would take something back
        that a person did; nothing where it can."""
        self.ensure_one()
        components = self.move_raw_ids
        if any(components.mapped("is_issued_early")):
            return self.env._("components were issued")
        if any(components.mapped("is_parked")):
            return self.env._("components wait")
        if any(move._is_recorded() for move in components):
            return self.env._("components were recorded")
        if self.state not in ("draft", "confirmed") or self.qty_producing:
            return self.env._("production has begun")
        if any(not move.bom_line_id for move in components):
            return self.env._("components were added by hand")
        return None
