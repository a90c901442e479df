"""What waits is issued: tried by people, and in the background."""

import logging
from functools import partial

import psycopg2

from odoo import api, models
from odoo.exceptions import LockError, UserError
from odoo.tools import plaintext2html

from ..access.arguments import check_records
from ..access.system_fields import create_by_system
from ..rules.shortage import FAILURE, LOT_MISSING
from ..texts import format_quantity
from ..turns.database_errors import NO_RESULT, describe_stop, is_lost
from ..turns.own_transaction import in_own_transaction
from ..turns.turns import take_turns
from .mrp_backflush_exception import OPEN, SETTLED

_logger = logging.getLogger(__name__)


class MrpBackflushException(models.Model):
    _inherit = "mrp.backflush.exception"

    @api.model
    def _find_waiting_for(self, moves):
        """The open exceptions that wait for what these moves have brought."""
        exceptions = self.search(
            [
                ("state", "=", OPEN),
                ("product_id", "in", moves.product_id.ids),
                ("company_id", "in", moves.company_id.ids),
            ]
        )
        brought = {
            (line.product_id, line.location_dest_id) for line in moves.move_line_ids
        }
        return exceptions.filtered(
            lambda exception: any(
                product == exception.product_id
                and location._child_of(exception.location_id)
                for product, location in brought
            )
        )

    def action_retry(self):
        """Try again to issue what waits, the oldest order first, each on its own.
        Closed ones are left alone.

        :return: an action that says how many were settled
        :raise AccessError: the user is no user of Manufacturing
        """
        check_records(self)
        self.check_access("write")
        self.move_id._check_is_manufacturing_user()
        take_turns(self.env, self.product_id)
        to_settle = self.filtered(lambda exception: exception.state == OPEN)
        to_settle.sudo()._settle()
        return self._tell_of_retry(to_settle)

    def _tell_of_retry(self, tried):
        """:param tried: those of these that weren't closed
        :return: an action that says how many were settled
        """
        still_open = tried.filtered(lambda exception: exception.state == OPEN)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if still_open else "success",
                "message": self._describe_retry(tried - still_open, still_open),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _describe_retry(self, settled, still_open):
        if not still_open:
            return self.env._("Settled: %s", len(settled))
        if len(self) == 1:
            return self.env._("Still waiting: %s", still_open.message)
        return self.env._(
            "Settled: %(settled)s. Still waiting: %(open)s",
            settled=len(settled),
            open=len(still_open),
        )

    def _settle(self):
        """Issue what can be issued now. What can't be counts as a failed attempt."""
        # Which of them core reserved arrivals for was by chance.
        self.pending_move_id._do_unreserve()
        for exception in self._sort_by_age():
            try:
                with self.env.cr.savepoint():
                    exception.with_company(exception.company_id)._settle_one()
            except LockError:
                # Somebody else is at it right now.
                continue
            except psycopg2.errors.QueryCanceled as error:
                # It took longer than a statement may.
                exception._note_failure(FAILURE, describe_stop(self.env, error))
            except NO_RESULT:
                # Somebody else changed the same: it is tried again.
                raise
            except UserError as error:
                exception._note_failure(FAILURE, str(error))
            except Exception as error:
                if is_lost(self.env.cr):
                    raise
                _logger.exception("Settling backflush exception %s", exception.id)
                exception._note_failure(FAILURE, repr(error))
        self._reserve_pending()

    def _settle_one(self):
        """Issue as much as can be issued, in one transaction with the change of the
        exception: whatever happens in between, nothing is posted twice.

        :raise LockError: somebody else is settling it
        """
        self.ensure_one()
        self.lock_for_update()
        self.invalidate_recordset(["state", "quantity"])
        if self.state != OPEN:
            return
        pending = self.pending_move_id
        lots = {pending: self.lot_id} if self.lot_id else {}
        pending._repair_reservations()
        allocation = pending._plan_issue(
            {pending: self.quantity}, lots, needs_scans=True
        )[pending]
        [*shortages] = pending._get_shortages(
            {pending: allocation}, needs_scans=True
        ).get(pending, ())
        if pending._in_own_unit(allocation.taken):
            self._post(allocation.without_short(), lots.get(pending))
        if self.state == OPEN:
            holders = pending._read_holders()[pending]
            reason, message = self._explain(pending, shortages, holders)
            if allocation.taken:
                self.write({"reason": reason, "message": message})
            else:
                self._note_failure(reason, message)

    def _explain(self, pending, shortages, holders):
        """:return: reason and message of what is left"""
        if not shortages:
            return LOT_MISSING, self.env._("Enter the next lot or serial number.")
        [shortage, *_others] = shortages
        return shortage.reason, pending._explain_shortage(shortage, holders)

    def _post(self, allocation, lots):
        """Issue an allocation of the pending move to the order."""
        component = self.move_id
        pending = self.pending_move_id
        quantity = pending._in_own_unit(allocation.taken)
        issue = create_by_system(
            self.env["stock.move"],
            [
                {
                    **component._prepare_issue_vals(quantity),
                    "product_uom": self.product_uom_id.id,
                    "location_id": self.location_id.id,
                    "supply_location_source": "order",
                    "settles_exception_id": self.id,
                }
            ],
        )
        issue._post_allocations({issue: allocation}, {issue: lots})
        component._mark_issued_early()
        if self.production_id.state == "done":
            self.production_id._link_early_issues()
        self._note_settled(issue, quantity)

    def _note_settled(self, issue, quantity):
        """:param quantity: in the exception's unit"""
        is_done = self.production_id.state == "done"
        # That one is used.
        used = {"lot_id": False} if self.has_tracking == "serial" else {}
        self._note_issued(
            quantity,
            issue._get_posted_value() if is_done else 0.0,
            self.env._(
                "Issued %(quantity)s %(unit)s from %(location)s%(lots)s",
                quantity=format_quantity(self.env, quantity),
                unit=self.product_uom_id.display_name,
                location=", ".join(
                    issue.move_line_ids.location_id.mapped("display_name")
                ),
                lots="".join(f", {name}" for name in issue.lot_ids.mapped("name")),
            ),
            **used,
        )

    def _note_issued(self, quantity, value, message, **values_left_open):
        """That much less waits, or nothing more.

        :param quantity: in the exception's unit
        :param value: what it cost, where its order is completed
        :param message: for the chatter
        :param values_left_open: values beside, where the rest still waits
        """
        left = self.product_uom_id.round(self.quantity - quantity)
        is_closed = self.product_uom_id.compare(left, 0) <= 0
        closing = self._prepare_closing_vals(SETTLED)
        self._write_system(
            {
                "quantity": max(left, 0.0),
                "settled_quantity": self.settled_quantity + quantity,
                "settled_value": self.settled_value + value,
                **(closing if is_closed else values_left_open),
            }
        )
        self.message_post(body=message)
        if is_closed:
            self._close_pending()

    def _note_failure(self, reason, message):
        """An attempt in vain."""
        self.ensure_one()
        if message != self.message:
            body = self.env._("Still waiting: %s", message)
            self.message_post(body=plaintext2html(body))
        self.write(
            {"reason": reason, "message": message, "attempts": self.attempts + 1}
        )
        self._tell_responsible()

    # In the background.

    @api.model
    def _settle_arrived(self):
        """Settle what stock has arrived for; the others are left as they are."""
        self._settle_in_turns(self._find_settleable())

    @api.model
    def _retry_open(self):
        """Settle what can be settled, and count an attempt for the others."""
        self._settle_in_turns(self.search([("state", "=", OPEN)]))

    @api.model
    def _find_settleable(self):
        """The open exceptions for which something is there, looked up for all at
        once."""
        exceptions = self.search([("state", "=", OPEN)])._sort_by_age()
        pending = exceptions.pending_move_id
        lots = {
            exception.pending_move_id: exception.lot_id
            for exception in exceptions
            if exception.lot_id
        }
        allocations = pending._plan_issue(
            {exception.pending_move_id: exception.quantity for exception in exceptions},
            lots,
            needs_scans=True,
        )
        return exceptions.filtered(
            lambda exception: allocations[exception.pending_move_id].taken > 0
        )

    def _settle_in_turn(self, product):
        take_turns(self.env, product)
        self._settle()

    def _settle_in_turns(self, exceptions):
        """Settle product by product, each in a transaction of its own."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(exceptions))
        for product, waiting in exceptions._sort_by_age().grouped("product_id").items():
            collision = in_own_transaction(
                self.env, partial(waiting._settle_in_turn, product)
            )
            if collision:
                # What can't be settled now doesn't keep the others from it.
                _logger.info(
                    "Exceptions of product %s are left: %s", product.id, collision
                )
            if not cron._commit_progress(len(waiting)):
                break
