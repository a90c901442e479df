"""Many orders completed in one go, each on its own."""

import logging
from contextlib import nullcontext

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..access.arguments import check_records
from ..call_scope import SCREEN_NOTES, STATED_REASONS
from ..rules.issue_method import ORDER_STATES_TO_ISSUE
from ..shortage.order_notes import show_notes
from ..turns.database_errors import NO_RESULT, describe_stop, is_lost

_logger = logging.getLogger(__name__)

# What becomes of an order.
DONE = "done"
EXCEPTIONS = "exceptions"
FAILED = "failed"

# What is answered for all orders of a batch; *ask*: the order needs a person.
ASK = "ask"
BACKORDER_CHOICES = [
    (ASK, "Skip and Report"),
    ("create", "Backorder"),
    ("close", "Close"),
]
DEVIATION_CHOICES = [
    (ASK, "Skip and Report"),
    ("accept", "Complete Anyway"),
]


class NeedsPerson(UserError):
    """An order asks something that nobody has answered."""


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def complete_orders(
        self, backorder=ASK, deviations=ASK, reasons=None, reason_id=None
    ):
        """Complete these orders in the given order, each on its own: one that fails
        changes nothing of the others.

        :param backorder: for orders that reported less than planned: ``ask`` (the
            order fails), ``create`` a backorder, or ``close`` without
        :param deviations: for orders whose consumption deviates from the BoM:
            ``ask`` (the order fails) or ``accept``
        :param reasons: why components deviate: ids of deviation reasons by id of the
            component, which may be a text as JSON has it. A component that has one is
            not asked about
        :param reason_id: id of the reason for all other components that deviate, those
            among them that were taken out of their order
        :return: a dict for each: ``id``; ``result``: ``done``, ``exceptions`` (done,
            and components wait for stock) or ``failed``; ``needs_person``: whether it
            failed for what a person must answer or enter first; ``message``: why it
            failed, or what waits; ``exception_ids``: what waits
        :raise AccessError: the user may not change the orders
        :raise UserError: an answer is none, a component or a reason isn't there
        """
        check_records(self)
        self._check_choices(backorder, deviations)
        self.check_access("write")
        reasons = self._read_reasons(reasons, reason_id)
        self._take_turns(always=True)
        with SCREEN_NOTES.hold(self.env, []) as notes:
            answers = [order._attempt(backorder, deviations, reasons) for order in self]
        show_notes(self.env, notes)
        return answers

    @api.model
    def _check_choices(self, backorder, deviations):
        """:raise UserError: not one of the answers"""
        for answer, choices in (
            (backorder, BACKORDER_CHOICES),
            (deviations, DEVIATION_CHOICES),
        ):
            if answer not in [choice for choice, _label in choices]:
                raise UserError(self.env._("%s is not one of the choices.", answer))

    def _attempt(self, backorder, deviations, reasons=None):
        """
        :param reasons: why components deviate, as ``STATED_REASONS``
        :return: a dict as of ``complete_orders``
        """
        self.ensure_one()
        with STATED_REASONS.hold(self.env, reasons) if reasons else nullcontext():
            return self._attempt_with_answers(backorder, deviations)

    def _attempt_with_answers(self, backorder, deviations):
        order_id = self.id
        try:
            # Leaving it flushes: errors that come from there are this order's too.
            with self.env.cr.savepoint():
                self._mark_done_with_answers(backorder, deviations)
        except psycopg2.errors.QueryCanceled as error:
            # It took longer than a statement may: another try would, too.
            return self._describe_failure(order_id, describe_stop(self.env, error))
        except NO_RESULT:
            # Somebody else changed the same: no result, Odoo tries again.
            raise
        except UserError as error:
            needs_person = self._needs_person(error, backorder, deviations)
            return self._describe_failure(order_id, str(error), needs_person)
        except psycopg2.IntegrityError as error:
            return self._describe_failure(order_id, str(error))
        except Exception as error:
            if is_lost(self.env.cr):
                raise
            _logger.exception("Completing order %s", order_id)
            return self._describe_failure(order_id, repr(error))
        return self._describe_completion()

    def _needs_person(self, error, backorder, deviations):
        """Whether it is what the dialog *Complete Orders* says of the order before."""
        if isinstance(error, NeedsPerson):
            return True
        [forecast] = self._forecast_completion(backorder, deviations)
        return bool(forecast.questions)

    def _describe_failure(self, order_id, message, needs_person=False):
        return {
            "id": order_id,
            "result": FAILED,
            "needs_person": needs_person,
            "message": message,
            "exception_ids": [],
        }

    def _describe_completion(self):
        waiting = self.move_raw_ids._get_open_exceptions()
        return {
            "id": self.id,
            "result": EXCEPTIONS if waiting else DONE,
            "needs_person": False,
            "message": "\n".join(
                f"{exception.product_id.display_name}: {exception.message}"
                for exception in waiting
            ),
            "exception_ids": waiting.ids,
        }

    def _mark_done_with_answers(self, backorder, deviations):
        """:raise UserError: the order can't be completed, or asks something"""
        if self.state == "done":
            # By somebody else meanwhile, or before a crash.
            return
        if self.state not in ORDER_STATES_TO_ISSUE:
            raise UserError(self.env._("Only confirmed orders can be completed."))
        answers = self._get_answers(backorder, deviations)
        action = self.with_context(**answers).button_mark_done()
        if self.state != "done":
            raise NeedsPerson(self._describe_question(action))

    def _get_answers(self, backorder, deviations):
        """The context in which core doesn't ask what was answered."""
        answers = {"skip_redirection": True}
        if self._is_deviation_accepted(deviations):
            answers["skip_consumption"] = True
        if self._is_less_reported():
            answers |= self._get_backorder_answers(backorder)
        return answers

    def _get_backorder_answers(self, backorder):
        """For orders that reported less than planned."""
        if backorder == ASK:
            return {}
        if backorder == "create":
            return {"skip_backorder": True, "mo_ids_to_backorder": self.ids}
        return {"skip_backorder": True}

    def _is_less_reported(self):
        return bool(self.qty_producing) and not self.product_uom_id.is_zero(
            self._get_quantity_to_backorder()
        )

    def _is_deviation_accepted(self, deviations):
        """Core forbids a dialog's button where the BoM blocks deviations."""
        return deviations == "accept" and (
            not self._forbids_deviations()
            or self.env.user.has_group("mrp.group_mrp_manager")
        )

    def _asks_about_consumption(self):
        return self.consumption != "flexible"

    def _forbids_deviations(self):
        return self.consumption == "strict"

    def _describe_question(self, action):
        """What a person would be asked, in words.

        :param action: what core returned instead of completing the order
        """
        model = action.get("res_model") if isinstance(action, dict) else None
        if model == "mrp.consumption.warning":
            return self.env._(
                "Needs a person: the consumption deviates from the bill of materials: "
                "%s",
                self._describe_warning(action["context"]),
            )
        questions = {
            "mrp.production.backorder": self.env._(
                "Needs a person: less was produced than planned. Is the rest still to "
                "be produced?"
            ),
            "mrp.production.serials": self.env._(
                "Needs a person: the serial numbers produced must be entered."
            ),
            "expiry.picking.confirmation": self.env._(
                "Needs a person: lots past their date would be used."
            ),
        }
        return questions.get(model) or self.env._("Needs a person: open the order.")

    def _describe_warning(self, context):
        """The components of core's dialog about consumption.

        :param context: that core opens it with
        """
        commands = context["default_mrp_consumption_warning_line_ids"]
        products = self.env["product.product"].browse(
            vals["product_id"] for *_command, vals in commands
        )
        return ", ".join(products.mapped("display_name"))

    # In the app.

    def action_complete_orders(self):
        """The dialog that shows what is missing, before anything is posted."""
        check_records(self)
        orders = self.filtered(lambda order: order.state in ORDER_STATES_TO_ISSUE)
        if not orders:
            raise UserError(self.env._("Select orders that are confirmed and open."))
        if not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._("Only users of Manufacturing complete orders.")
            )
        if len(orders.company_id) > 1:
            raise UserError(self.env._("Select orders of one company at a time."))
        return {
            "name": self.env._("Complete Orders"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.complete.orders",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_production_ids": orders.sorted(
                    lambda order: (order.date_start, order.id)
                ).ids,
                "dialog_size": "extra-large",
            },
        }
