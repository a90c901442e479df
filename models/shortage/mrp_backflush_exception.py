"""What could not be issued, waiting to be settled."""

import logging
from functools import partial

import psycopg2

from odoo import Command, api, fields, models
from odoo.exceptions import (
    AccessError,
    LockError,
    UserError,
    ValidationError,
)
from odoo.service.model import retrying
from odoo.tools import plaintext2html

from ..access.arguments import check_records, read_text
from ..access.system_fields import SYSTEM_MODELS, by_system, create_by_system
from ..rules.shortage import FAILURE, LOT_MISSING, REASONS
from ..turns.database_errors import NO_RESULT, describe_stop, is_lost
from ..turns.turns import take_turns
from .order_notes import leave_note

_logger = logging.getLogger(__name__)

OPEN = "open"
SETTLED = "settled"
CANCELLED = "cancelled"

# What people may correct while the exception is open, and what that does to the move
# that waits.
CORRECTABLE = SYSTEM_MODELS["mrp.backflush.exception"]


class MrpBackflushException(models.Model):
    _name = "mrp.backflush.exception"
    _description = "Backflush Exception"
    _inherit = ["mail.thread", "mail.activity.mixin", "mrp.system.fields"]
    _order = "production_id, id"
    _check_company_auto = True

    production_id = fields.Many2one(
        "mrp.production",
        string="Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The manufacturing order that needs the component.",
    )
    move_id = fields.Many2one(
        "stock.move",
        string="Component Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The component in the order's list.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Component",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="What is missing.",
    )
    quantity = fields.Float(
        string="Open Quantity",
        digits="Product Unit",
        tracking=True,
        help="What is still to be issued. Correct it where less or more was used.",
    )
    product_uom_id = fields.Many2one(
        "uom.uom", string="Unit", required=True, readonly=True, ondelete="restrict"
    )
    location_id = fields.Many2one(
        "stock.location",
        string="From",
        required=True,
        tracking=True,
        ondelete="restrict",
        domain="[('usage', 'in', ('internal', 'transit'))]",
        check_company=True,
        help="Where the component is taken from when the exception is settled: from "
        "this location and those below it.",
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial",
        tracking=True,
        ondelete="restrict",
        domain="[('product_id', '=', product_id)]",
        check_company=True,
        help="Only this lot or serial number is taken. Empty: the removal strategy "
        "chooses, where lots need not be scanned.",
    )
    has_tracking = fields.Selection(related="product_id.tracking")
    reason = fields.Selection(
        REASONS,
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        help="Not in Stock: there is not enough at the location and below.\n"
        "Reserved for Others: it is there, and other documents hold it.\n"
        "Not Brought Yet: a transfer that brings it is still open.\n"
        "Lot Missing: what is there has no lot or serial number.\n"
        "Lot Not Scanned: a person must say which lots were used.\n"
        "Lots Expired: what is there is past its removal date.\n"
        "Location Blocked: the location is archived or holds no stock.\n"
        "Posting Failed: see the message.",
    )
    message = fields.Text(
        readonly=True, help="What was found at the last attempt to issue it."
    )
    state = fields.Selection(
        [(OPEN, "Open"), (SETTLED, "Settled"), (CANCELLED, "Cancelled")],
        string="Status",
        default=OPEN,
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
        help="Open: waits to be issued.\n"
        "Settled: issued in full.\n"
        "Cancelled: closed without, for the reason given.",
    )
    attempts = fields.Integer(
        string="Failed Attempts",
        readonly=True,
        help="How often settling it was tried in vain.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        tracking=True,
        help="Gets an activity when it could not be settled after several attempts.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    cancel_reason = fields.Text(readonly=True, help="Why it was closed without issue.")
    date_closed = fields.Datetime(
        string="Closed on",
        readonly=True,
        help="When it was settled or cancelled.",
    )
    age = fields.Integer(
        string="Days Open",
        compute="_compute_age",
        help="How long it has been waiting, or waited until it was closed.",
    )
    parked_quantity = fields.Float(
        string="Quantity Parked",
        digits="Product Unit",
        readonly=True,
        help="What was missing when the exception was made.",
    )
    settled_quantity = fields.Float(
        digits="Product Unit", readonly=True, help="What has been issued since."
    )
    counted_value = fields.Monetary(
        string="Cost Counted",
        readonly=True,
        help="The cost of what was missing, of the day when the order was completed: "
        "it is in the cost of the finished product.",
    )
    settled_value = fields.Monetary(
        string="Cost Settled",
        readonly=True,
        help="What the components really cost that were issued after completion.",
    )
    counted_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="What was missing when the order was completed.",
    )
    counted_unbuilt_value = fields.Monetary(
        string="Cost Counted and Unbuilt",
        readonly=True,
        help="What of the cost counted has left with products that were unbuilt.",
    )
    settled_unbuilt_value = fields.Monetary(
        string="Cost Settled and Unbuilt",
        readonly=True,
        help="What of the cost settled has come back from products that were unbuilt.",
    )
    value_difference = fields.Monetary(
        string="Cost Difference",
        compute="_compute_value_difference",
        help="What they cost more than was counted in the finished product, without "
        "what was unbuilt. It stays on the production account.",
    )
    # In the forecasts, and first in line when stock arrives.
    pending_move_id = fields.Many2one(
        "stock.move", readonly=True, index="btree_not_null", ondelete="set null"
    )
    issue_move_ids = fields.One2many(
        "stock.move",
        "settles_exception_id",
        string="Issues",
        readonly=True,
        domain=[("state", "=", "done")],
        help="What was issued to settle it.",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity >= 0)", "The open quantity can't be negative."
    )

    @api.depends("production_id.name", "product_id.display_name")
    def _compute_display_name(self):
        for exception in self:
            exception.display_name = (
                f"{exception.production_id.name}: {exception.product_id.display_name}"
            )

    @api.depends("create_date", "date_closed")
    def _compute_age(self):
        now = fields.Datetime.now()
        for exception in self:
            begun = exception.create_date or now
            exception.age = ((exception.date_closed or now) - begun).days

    @api.depends(
        *("counted_value", "counted_quantity", "settled_value", "quantity", "state"),
        *("counted_unbuilt_value", "settled_unbuilt_value"),
    )
    def _compute_value_difference(self):
        for exception in self:
            counted = exception.counted_value - exception.counted_unbuilt_value
            if exception.state == OPEN and exception.counted_quantity and counted:
                # The part of it that was settled since.
                kept = counted / exception.counted_value * exception.counted_quantity
                counted *= max(0.0, 1 - exception.quantity / kept)
            settled = exception.settled_value - exception.settled_unbuilt_value
            exception.value_difference = settled - counted

    # Made by the system; corrected by people.

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.setdefault("parked_quantity", vals.get("quantity"))
        exceptions = super().create(vals_list)
        with by_system(self.env):
            exceptions.move_id.is_parked = True
        exceptions._create_pending_moves()
        for company in exceptions.company_id:
            if not company._has_open_exceptions():
                company._forget_shortage_rules()
        return exceptions

    def write(self, vals):
        if not vals.keys() & (CORRECTABLE - {"user_id"}):
            return super().write(vals)
        take_turns(self.env, self.product_id)
        self._check_may_correct()
        result = super().write(vals)
        self._check_correction()
        self.sudo()._adapt_pending_moves()
        return result

    def _check_may_correct(self):
        """:raise UserError: an exception is closed"""
        closed = self.filtered(lambda exception: exception.state != OPEN)
        if closed:
            raise UserError(
                self.env._(
                    "These are closed, and what was posted stays:\n%s",
                    closed._list(),
                )
            )

    def _check_correction(self):
        """:raise ValidationError: what was entered can't be issued"""
        for exception in self.filtered(lambda exception: exception.state == OPEN):
            unit = exception.product_uom_id
            if unit.compare(exception.quantity, 0) <= 0:
                raise ValidationError(
                    self.env._(
                        "%s: enter a quantity greater than zero. To close it without "
                        "an issue, an administrator cancels it.",
                        exception.display_name,
                    )
                )
            if exception.has_tracking == "serial" and exception._in_stock_unit() % 1:
                raise ValidationError(
                    self.env._(
                        "%s has serial numbers: enter a whole number.",
                        exception.product_id.display_name,
                    )
                )
            lot = exception.lot_id
            if lot and lot.product_id != exception.product_id:
                raise ValidationError(
                    self.env._(
                        "%(lot)s is not a lot or serial number of %(product)s.",
                        lot=lot.name,
                        product=exception.product_id.display_name,
                    )
                )
            if exception.location_id.usage not in ("internal", "transit"):
                raise ValidationError(
                    self.env._(
                        "%s holds no stock: choose a location that does.",
                        exception.location_id.display_name,
                    )
                )

    def _in_stock_unit(self):
        """The open quantity in the unit of the stock."""
        return self.product_uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Backflush exceptions are never deleted: an administrator cancels them "
                "with a reason."
            )
        )

    def copy_data(self, default=None):
        if self:
            raise UserError(self.env._("Backflush exceptions can't be duplicated."))
        return super().copy_data(default)

    def _list(self):
        return "\n".join(f"- {exception.display_name}" for exception in self)

    # What waits is a move of its own: forecasts know of it, and core reserves for it.

    def _create_pending_moves(self):
        moves = create_by_system(
            self.env["stock.move"],
            [exception._prepare_pending_vals() for exception in self],
        )
        for exception, move in zip(self, moves, strict=True):
            exception.pending_move_id = move
        moves._action_confirm(merge=False)

    def _prepare_pending_vals(self):
        self.ensure_one()
        return {
            **self.move_id._prepare_issue_vals(self.quantity),
            "product_uom": self.product_uom_id.id,
            "state": "draft",
            "raw_material_production_id": False,
            "workorder_id": False,
            "settles_exception_id": self.id,
            "location_id": self.location_id.id,
            # Among those first in line the oldest order is before all.
            "date": self.production_id.create_date.replace(microsecond=0),
        }

    def _adapt_pending_moves(self):
        for exception in self:
            move = exception.pending_move_id
            if move.state in (False, "done", "cancel"):
                continue
            move._do_unreserve()
            move.write(
                {
                    "product_uom_qty": exception.quantity,
                    "location_id": exception.location_id.id,
                }
            )
            move._reserve_missing()

    # Cost.

    def _get_value_today(self):
        """What the open quantity would cost if it were issued today, as core values
        what leaves the stock; in the company's currency."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        quantity = self.product_uom_id._compute_quantity(
            self.quantity, product.uom_id, round=False
        )
        if "lot_valuated" in product._fields and product.lot_valuated and self.lot_id:
            price = self.lot_id.with_company(self.company_id).standard_price
        elif "cost_method" in product._fields and product.cost_method == "fifo":
            return product._run_fifo(quantity)
        else:
            price = product.standard_price
        return quantity * price

    # On its way to the people.

    def _announce(self):
        """Leave a note on the orders, and tell who is looking at a screen."""
        for production, exceptions in self.grouped("production_id").items():
            title = self.env._(
                "Components of %s wait for stock", production.display_name
            )
            leave_note(
                production, title, [exception._describe() for exception in exceptions]
            )

    def _describe(self):
        self.ensure_one()
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s: %(message)s",
            quantity=f"{self.quantity:g}",
            unit=self.product_uom_id.display_name,
            product=self.product_id.display_name,
            message=self.message,
        )

    def _tell_responsible(self):
        """After many attempts in vain, an activity for whoever is responsible."""
        for exception in self:
            limit = exception.company_id.exception_attempt_limit
            if not limit or exception.attempts < limit or exception.activity_ids:
                continue
            exception.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Could not be issued"),
                note=plaintext2html(exception.message),
                user_id=exception._get_who_is_told().id,
            )

    def _get_who_is_told(self):
        """Whoever is responsible, as long as they are there."""
        self.ensure_one()
        people = (self.user_id | self.production_id.user_id).filtered("active")
        return people[:1] or self.env.user

    # Settling.

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

    def _sort_by_age(self):
        """The oldest order first."""
        return self.sorted(
            lambda exception: (
                exception.production_id.create_date,
                exception.production_id.id,
                exception.id,
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
        still_open = to_settle.filtered(lambda exception: exception.state == OPEN)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if still_open else "success",
                "message": self._describe_retry(to_settle - still_open, still_open),
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
        waiting = self._sort_by_age().pending_move_id
        waiting.filtered(
            lambda move: move.state not in ("done", "cancel")
        )._reserve_missing()

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
        left = self.product_uom_id.round(self.quantity - quantity)
        is_closed = self.product_uom_id.compare(left, 0) <= 0
        values = {
            "quantity": max(left, 0.0),
            "settled_quantity": self.settled_quantity + quantity,
        }
        if self.production_id.state == "done":
            values["settled_value"] = self.settled_value + issue._get_posted_value()
        if is_closed:
            values.update(self._prepare_closing_vals(SETTLED))
        elif self.has_tracking == "serial":
            # That one is used.
            values["lot_id"] = False
        self._write_system(values)
        self.message_post(
            body=self.env._(
                "Issued %(quantity)s %(unit)s from %(location)s%(lots)s",
                quantity=f"{quantity:g}",
                unit=self.product_uom_id.display_name,
                location=", ".join(
                    issue.move_line_ids.location_id.mapped("display_name")
                ),
                lots="".join(f", {name}" for name in issue.lot_ids.mapped("name")),
            )
        )
        if is_closed:
            self._close_pending()

    def _write_system(self, values):
        """Write what isn't a person's correction."""
        result = super().write(values)
        if "quantity" in values and values.get("state", OPEN) == OPEN:
            for exception in self:
                exception.pending_move_id.product_uom_qty = exception.quantity
        return result

    def _prepare_closing_vals(self, state):
        return {"state": state, "date_closed": fields.Datetime.now()}

    def _close_pending(self):
        self.pending_move_id.filtered(
            lambda move: move.state not in ("done", "cancel")
        )._action_cancel()
        self.activity_unlink(["mail.mail_activity_data_todo"])
        open_companies = self.search(
            [("state", "=", OPEN), ("company_id", "in", self.company_id.ids)]
        ).company_id
        if self.company_id - open_companies:
            self.env["res.company"]._forget_shortage_rules()

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

    # Cancelling.

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
                    "Only an administrator of Manufacturing may cancel backflush "
                    "exceptions."
                )
            )
        self.check_access("write")
        reason = read_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Say why: a reason is needed to cancel."))
        take_turns(self.env, self.product_id)
        self._check_may_correct()
        self.sudo()._cancel(reason)
        return True

    def action_open_cancel(self):
        """The dialog that asks for the reason."""
        check_records(self)
        return {
            "name": self.env._("Cancel Backflush Exceptions"),
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
        self.move_id.filtered(lambda move: move._is_open_component())._settle_demand()

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

    # Unbuilt: what waits was used for products that don't exist any more.

    def _take_back(self, quantities, reason):
        """Have what was unbuilt not be waited for.

        :param quantities: by exception, in the product's unit
        :param reason: why, in words
        """
        for exception in self:
            quantity = exception.product_id.uom_id._compute_quantity(
                quantities[exception], exception.product_uom_id, round=False
            )
            exception._lower(quantity, reason)

    def _note_unbuilt_cost(self, share):
        """Of what was counted, the part of the unbuilt products has left with them; of
        what was settled since, that part has come back.

        :param share: of what the order had produced and not unbuilt yet
        """
        for exception in self:
            exception._write_system(
                {
                    unbuilt: exception[unbuilt]
                    + (exception[whole] - exception[unbuilt]) * share
                    for whole, unbuilt in (
                        ("counted_value", "counted_unbuilt_value"),
                        ("settled_value", "settled_unbuilt_value"),
                    )
                }
            )

    # A person corrected the completed order.

    def _settle_by_correction(self, quantity, posted, value):
        """A person took as much of it from stock by correcting the completed order,
        the last one first.

        :param quantity: in the product's unit
        :param posted: all that the correction posted, of which it is a part
        :param value: what all of that cost
        """
        price = value / posted if posted else 0.0
        for exception in self.sorted("id", reverse=True):
            unit, stock_unit = exception.product_uom_id, exception.product_id.uom_id
            part = min(exception._in_stock_unit(), quantity)
            if stock_unit.compare(part, 0) <= 0:
                continue
            quantity -= part
            own_part = stock_unit._compute_quantity(part, unit, round=False)
            left = unit.round(exception.quantity - own_part)
            is_closed = unit.compare(left, 0) <= 0
            values = {
                "quantity": max(left, 0.0),
                "settled_quantity": exception.settled_quantity + own_part,
                "settled_value": exception.settled_value + part * price,
            }
            if is_closed:
                values.update(exception._prepare_closing_vals(SETTLED))
            exception._write_system(values)
            exception.message_post(
                body=self.env._(
                    "%(quantity)s %(unit)s were issued by correcting the completed "
                    "order.",
                    quantity=f"{unit.round(own_part):g}",
                    unit=unit.display_name,
                )
            )
            if is_closed:
                exception._close_pending()

    def _cancel_by_correction(self):
        """A person said that less was used than was posted."""
        reason = self.env._(
            "Not needed: the completed order was corrected to less than was issued."
        )
        for exception in self:
            exception._write_system(
                {**exception._prepare_closing_vals(CANCELLED), "cancel_reason": reason}
            )
            exception.message_post(body=self.env._("Cancelled: %s", reason))
            exception._close_pending()

    def _reserve_what_waits(self):
        """What is still open reserves again what was let go of for a correction."""
        waiting = self.filtered(lambda exception: exception.state == OPEN)
        waiting._sort_by_age().pending_move_id.filtered(
            lambda move: move.state not in ("done", "cancel")
        )._reserve_missing()

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

    def _settle_in_transaction(self, product):
        """What can't be settled now doesn't keep the others from it."""
        try:
            # Here nobody else tries again what collides.
            retrying(partial(self._settle_in_turn, product), self.env)
        except NO_RESULT as error:
            if is_lost(self.env.cr):
                raise
            self.env.cr.rollback()
            self.env.transaction.reset()
            _logger.info("Exceptions of product %s are left: %s", product.id, error)

    def _settle_in_turns(self, exceptions):
        """Settle product by product, each in a transaction of its own."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(exceptions))
        for product, waiting in exceptions._sort_by_age().grouped("product_id").items():
            waiting._settle_in_transaction(product)
            if not cron._commit_progress(len(waiting)):
                break
