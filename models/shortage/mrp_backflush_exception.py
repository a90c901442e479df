"""What could not be issued, waiting to be settled."""

from odoo import api, fields, models
from odoo.exceptions import (
    UserError,
    ValidationError,
)
from odoo.tools import plaintext2html

from ..access.system_fields import SYSTEM_MODELS, by_system, create_by_system
from ..rules.shortage import REASONS
from ..texts import format_quantity
from ..turns.turns import take_turns
from .order_notes import leave_note

OPEN = "open"
SETTLED = "settled"
CANCELLED = "cancelled"

# What people may correct while the exception is open, and what that does to the move
# that waits.
CORRECTABLE = SYSTEM_MODELS["mrp.backflush.exception"]


class MrpBackflushException(models.Model):
    _name = "mrp.backflush.exception"
    _description = "Waiting Component"
    _inherit = ["mail.thread", "mail.activity.mixin", "mrp.checked.record"]
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
        string="Quantity Waiting",
        digits="Product Unit",
        # Of different units: it adds up to nothing.
        aggregator=None,
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
        help="Where the component is taken from when it is issued: from this location "
        "and those below it.",
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
        "Transfer Pending: a transfer that brings it is still open.\n"
        "Lot Missing: what is there has no lot or serial number.\n"
        "Lot Not Scanned: a person must say which lots were used.\n"
        "Lot Expired: what is there is past its removal date.\n"
        "Location Blocked: the location is archived or holds no stock.\n"
        "Posting Failed: see the message.",
    )
    message = fields.Text(
        readonly=True, help="What was found at the last attempt to issue it."
    )
    state = fields.Selection(
        [(OPEN, "Waiting"), (SETTLED, "Settled"), (CANCELLED, "Cancelled")],
        string="Status",
        default=OPEN,
        required=True,
        readonly=True,
        tracking=True,
        index=True,
        group_expand=True,
        help="Waiting: not issued yet.\n"
        "Settled: issued in full.\n"
        "Cancelled: closed without, for the reason given.",
    )
    attempts = fields.Integer(
        string="Tries",
        readonly=True,
        aggregator=None,
        help="How often issuing it was tried: every few hours by itself, and whenever "
        "a person presses Retry.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        tracking=True,
        help="Gets an activity when it still can't be issued after several tries.",
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
        aggregator="avg",
        help="How long it has been waiting, or waited until it was closed.",
    )
    parked_quantity = fields.Float(
        string="Missing at First",
        digits="Product Unit",
        aggregator=None,
        readonly=True,
        help="What was missing at first.",
    )
    settled_quantity = fields.Float(
        string="Issued Since",
        digits="Product Unit",
        aggregator=None,
        readonly=True,
        help="What has been issued since.",
    )
    costed_value = fields.Monetary(
        string="Cost at Completion",
        readonly=True,
        help="The cost of what was missing, of the day when the order was completed: "
        "it is in the cost of the finished product.",
    )
    settled_value = fields.Monetary(
        string="Cost Settled",
        readonly=True,
        help="What the components really cost that were issued after completion.",
    )
    costed_quantity = fields.Float(
        digits="Product Unit",
        aggregator=None,
        readonly=True,
        help="What was missing when the order was completed.",
    )
    costed_unbuilt_value = fields.Monetary(
        string="Cost at Completion, Unbuilt",
        readonly=True,
        help="What of the cost at completion has left with products that were unbuilt.",
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
        *("costed_value", "costed_quantity", "settled_value", "quantity", "state"),
        *("costed_unbuilt_value", "settled_unbuilt_value"),
    )
    def _compute_value_difference(self):
        for exception in self:
            counted = exception.costed_value - exception.costed_unbuilt_value
            if exception.state == OPEN and exception.costed_quantity and counted:
                # The part of it that was settled since.
                kept = counted / exception.costed_value * exception.costed_quantity
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

    def _in_stock_unit(self, is_exact=False):
        """The open quantity in the unit of the stock.

        :param is_exact: not rounded
        """
        return self.product_uom_id._compute_quantity(
            self.quantity,
            self.product_id.uom_id,
            not is_exact,
            rounding_method="HALF-UP",
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._(
                "Waiting components can't be deleted. An administrator can cancel them "
                "with a reason."
            )
        )

    def copy_data(self, default=None):
        if self:
            raise UserError(self.env._("Waiting components can't be duplicated."))
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
            move = exception._get_open_pending()
            if not move:
                continue
            move._do_unreserve()
            move.write(
                {
                    "product_uom_qty": exception.quantity,
                    "location_id": exception.location_id.id,
                }
            )
            move._reserve_missing()

    def _get_open_pending(self):
        return self.pending_move_id.filtered(
            lambda move: move.state not in ("done", "cancel")
        )

    def _reserve_pending(self):
        """Have what is still open reserve what is there, the oldest order first."""
        self._sort_by_age()._get_open_pending()._reserve_missing()

    # Cost.

    def _get_value_today(self):
        """What the open quantity would cost if it were issued today, as core values
        what leaves the stock; in the company's currency."""
        self.ensure_one()
        product = self.product_id.with_company(self.company_id)
        quantity = self._in_stock_unit(is_exact=True)
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
                "%(order)s: %(number)s waiting",
                order=production.display_name,
                number=len(exceptions),
            )
            leave_note(
                production, title, [exception._describe() for exception in exceptions]
            )

    def _describe(self):
        self.ensure_one()
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s: %(message)s",
            quantity=format_quantity(self.env, self.quantity),
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

    def _sort_by_age(self):
        """The oldest order first."""
        return self.sorted(
            lambda exception: (
                exception.production_id.create_date,
                exception.production_id.id,
                exception.id,
            )
        )

    # Changed by the system.

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
        self._get_open_pending()._action_cancel()
        self.activity_unlink(["mail.mail_activity_data_todo"])
        open_companies = self.search(
            [("state", "=", OPEN), ("company_id", "in", self.company_id.ids)]
        ).company_id
        if self.company_id - open_companies:
            self.env["res.company"]._forget_shortage_rules()
