"""The story of a component: planned, reserved, filled in, recorded, posted, corrected.

Each method of core in which more than one room has a say is overridden once, here, as
steps in order; the steps are in the rooms.
"""

from contextlib import nullcontext

from odoo import api, fields, models

from .analysis.stock_move import PLAN_FIELDS
from .call_scope import (
    BY_SYSTEM,
    LOTS_CHOSEN_BY_SYSTEM,
    RESCHEDULED_ORDERS,
    SPARED_COMPONENTS,
)
from .posting.post import SCHEDULE_FIELDS
from .posting.record import USE_FIELDS
from .quantity.stock_move import QUANTITY_FIELDS
from .rules.from_server import mark_copied
from .rules.issue_method import MANUAL, NOT_FILLED_IN
from .rules.shortage import ALLOW
from .texts import format_quantity

# What a copy brings along of what somebody who was allowed to chose, or the server
# worked out: by field, with which other fields another choice comes.
_COPIED = {
    "issue_method_source": {"issue_method"},
    "supply_location_source": {"location_id"},
    "quantity_per_unit": set(),
    "fixed_quantity": set(),
    "net_quantity_per_unit": set(),
    "component_scrap": set(),
}
_LOCATION = frozenset({"location_id", "operation_id", "supply_location_source"})
_METHOD = frozenset({"issue_method", "issue_method_source"})
_PLANNED = PLAN_FIELDS | {"product_id"}
# What says something of a component. Core writes states and days most of the time.
_SAID = (
    USE_FIELDS
    | _LOCATION
    | _METHOD
    | QUANTITY_FIELDS
    | PLAN_FIELDS
    | {"product_uom_qty", "product_id", "product_uom"}
)
# What is left alone on some moves, within some calls of core.
_LEFT_ALONE = SCHEDULE_FIELDS | {"picked"}
# All but the quantity that is used, and when.
_CHOSEN = (_SAID | _LEFT_ALONE) - {"quantity", "move_line_ids"}


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "mrp.checked.fields"]

    issue_state = fields.Selection(
        [
            ("to_issue", "To Issue"),
            ("recorded", "Recorded"),
            ("partly_issued", "Partly Issued"),
            ("parked", "Waiting"),
            ("issued", "Issued"),
            ("at_count", "At Count"),
            ("counted", "Counted"),
            ("not_used", "None Used"),
            ("not_issued", "Not Issued"),
        ],
        string="Issue Status",
        compute="_compute_issue_state",
        help="To Issue: nothing has left the stock, a quantity shown is reserved.\n"
        "Recorded: the quantity leaves the stock when the order is marked done.\n"
        "Partly Issued: a part of what is needed has left the stock; on a completed "
        "order nobody said what became of the rest.\n"
        "Waiting: a part was not there, and waits.\n"
        "Issued: it has left the stock.\n"
        "At Count: the next count of its place finds what was used.\n"
        "Counted: a count has found what was used.\n"
        "None Used: a person recorded that none was used.\n"
        "Not Issued: the order was closed without it, and nobody said so.",
    )

    # Planned.

    @api.model_create_multi
    def create(self, vals_list):
        said = [self._fill_in_vals(vals) for vals in vals_list]
        self._fill_in_plans(vals_list)
        if any(self._is_added_to_completed_order(vals) for vals in vals_list):
            moves = self._add_to_completed_orders(vals_list, super().create)
        else:
            moves = super().create(vals_list)
        for move, (method, is_recorded) in zip(moves, said, strict=True):
            if method:
                move.issue_method = method
            if not is_recorded and move.picked and move._is_not_filled_in():
                # Core picks whatever is added to an order in progress.
                move.picked = False
        return moves

    @api.model
    def _fill_in_vals(self, vals):
        """Where a component comes from and what the order needs of it.

        :return: the issue method that a person chose, or None; and whether the values
            say what was used, rather than what is planned
        """
        if vals.get("raw_material_production_id"):
            self._fill_in_location(vals)
            self._fill_in_quantities(vals)
        else:
            vals.pop("supply_location_source", None)
        return self._pop_chosen_issue_method(vals), self._is_recording(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        stated = (default or {}).keys()
        copied = [name for name in _COPIED if stated.isdisjoint(_COPIED[name])]
        mark_copied(vals_list, copied, default)
        return vals_list

    def _prepare_phantom_move_values(self, bom_line, product_qty, quantity_done):
        values = super()._prepare_phantom_move_values(
            bom_line, product_qty, quantity_done
        )
        # The exploded line's own levels decide, not the kit's.
        values.update(issue_method=False, issue_method_source=False)
        production = self.raw_material_production_id
        if not production:
            return values
        # Core picks a kit that is added to an order in progress, and picks its
        # components by itself where they are not manual.
        values.pop("picked", None)
        if self.supply_location_source != "order":
            values.update(
                location_id=production.location_src_id.id, supply_location_source=False
            )
        return values

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return super()._prepare_merge_moves_distinct_fields() + ["issue_method"]

    def _compute_priority(self):
        waiting = self.filtered("settles_exception_id")
        # What was used already comes before what is yet to be.
        waiting.priority = "1"
        return super(StockMove, self - waiting)._compute_priority()

    def _is_component(self):
        """A line of an order, rather than one of its issues."""
        self.ensure_one()
        return bool(self.raw_material_production_id) and not self.issue_component_id

    def _is_manual(self):
        self.ensure_one()
        return self.issue_method == MANUAL and bool(self.raw_material_production_id)

    def _is_not_filled_in(self):
        """Whether no report fills it in: a person issues it, or a count finds what was
        used."""
        self.ensure_one()
        return self.issue_method in NOT_FILLED_IN and bool(
            self.raw_material_production_id
        )

    def _has_not_filled_in(self):
        return any(move._is_not_filled_in() for move in self)

    def _is_scrap(self):
        """Odoo 20 says so by a field of the move: see ``docs/porting.md``."""
        return bool(self.scrap_id)

    def _is_open_component(self):
        # Not by the method above: asked of each component with every step.
        return (
            self.state not in ("done", "cancel")
            and bool(self.raw_material_production_id)
            and not self.issue_component_id
        )

    # Reserved.

    def _action_assign(self, force_qty=False):
        if not self:
            # Core goes through all its steps for no moves, too: nothing is done.
            return None
        if self.company_id._has_turns():
            self._join_turns()
        if not self.raw_material_production_id:
            return super()._action_assign(force_qty=force_qty)
        # For transfers among them it makes no difference.
        with LOTS_CHOSEN_BY_SYSTEM.hold(self.env):
            return super()._action_assign(force_qty=force_qty)

    def _do_unreserve(self):
        if self.company_id._has_turns():
            self._join_turns()
        return super()._do_unreserve()

    def _get_domain_of_waiting(self, product, location):
        """As core looks for who may be reserved for: in stock, due or at once."""
        return [
            ("product_id", "=", product.id),
            ("location_id", "=", location.id),
            ("state", "in", ("confirmed", "partially_available")),
            ("procure_method", "=", "make_to_stock"),
            "|",
            ("reservation_date", "<=", fields.Date.today()),
            ("picking_type_id.reservation_method", "=", "at_confirm"),
        ]

    # Filled in.

    def _should_bypass_set_qty_producing(self):
        return (
            super()._should_bypass_set_qty_producing()
            or self._is_not_filled_in()
            or (self.picked and self._is_recorded())
            or self._has_own_need()
        )

    def _set_quantity_done(self, qty):
        if self.state == "done" and self._is_posted_on_completed_order():
            return self._correct_quantity_done(qty)
        is_component = bool(self.raw_material_production_id)
        if SPARED_COMPONENTS.is_open() and (
            SPARED_COMPONENTS.get(self.env) and self._is_not_filled_in()
        ):
            return None
        before = self.move_line_ids
        with LOTS_CHOSEN_BY_SYSTEM.hold(self.env) if is_component else nullcontext():
            result = super()._set_quantity_done(qty)
        if before and self.move_line_ids - before:
            # Core also writes the lines that there are, with which stock_account
            # brings the analytic lines up to date: the plan adds lines beside them.
            self._update_analytic_lines()
        return result

    def _set_quantity_done_prepare_vals(self, qty):
        if not self._is_filled_as_core() and self._is_filled_by_plan():
            return self._get_commands_to_hold(self._plan_issue({self: qty})[self])
        move = self
        if self.company_id._have_lot_rules():
            move = self._without_expired_lots()
        return super(StockMove, move)._set_quantity_done_prepare_vals(qty)

    def _is_filled_as_core(self):
        """Whether nothing says otherwise than core: no rule, no lot of a person."""
        company = self.company_id
        if company._has_any_shortage_rules() or self.settles_exception_id:
            if self._get_shortage_rules()[self] != ALLOW:
                return False
        if company._have_lot_rules() and self._skips_expired_lots():
            return False
        return not self.move_line_ids.lot_id or not self._get_confirmed_lots()

    def _inverse_picked(self):
        result = super()._inverse_picked()
        if not all(self.mapped("picked")):
            self._remove_analytic_lines()
        return result

    # Written: chosen, recorded, corrected.

    def write(self, vals):
        if not self:
            # Core writes on no moves as often as on moves.
            return True
        if "deviation_reason_id" in vals:
            return self._write_reason(vals)
        if not _SAID.isdisjoint(vals):
            return self._write_said(vals)
        if not _LEFT_ALONE.isdisjoint(vals) and (
            (RESCHEDULED_ORDERS.is_open() and self.issue_component_id)
            or SPARED_COMPONENTS.is_open()
        ):
            return self._write_facts(vals)
        is_guarded = not self._get_guarded_fields().isdisjoint(vals)
        if is_guarded and not BY_SYSTEM.get(self.env):
            self._check_said([vals])
        return super().write(vals)

    def _write_said(self, vals):
        """Write what is said of components: of those that were posted it corrects what
        was used."""
        if not _PLANNED.isdisjoint(vals):
            vals = self._without_said_plan(vals)
        if not USE_FIELDS.isdisjoint(vals) and (
            "done" in self.raw_material_production_id.mapped("state")
        ):
            return self._write_correction(vals)
        if not _CHOSEN.isdisjoint(vals):
            return self._write_choices(vals)
        if not NOT_FILLED_IN.isdisjoint(self.mapped("issue_method")):
            return self._write_use(vals)
        return self._write_plainly(vals)

    def _write_choices(self, vals):
        """Where it comes from, before how it is issued."""
        if not _LOCATION.isdisjoint(vals):
            return self._write_location(vals)
        return self._write_component(vals)

    def _write_component(self, vals):
        """Write what is said of components; where they come from was decided."""
        if not _METHOD.isdisjoint(vals):
            others = self._choose_issue_method(vals)
            # From the start: with another method another location may be a choice.
            return self.write(others) if others else True
        if not QUANTITY_FIELDS.isdisjoint(vals) and not self._are_worked_out(vals):
            return self._write_said_quantities(vals)
        if "product_uom_qty" in vals and "state" not in vals:
            return self._write_demand(vals)
        if vals.get("lot_ids"):
            return self._write_lots(vals)
        return self._write_facts(vals)

    def _write_facts(self, vals):
        """What is used of which product, in which unit and when."""
        if "product_id" in vals or "product_uom" in vals:
            self._check_may_be_another(vals)
        if not SCHEDULE_FIELDS.isdisjoint(vals) and RESCHEDULED_ORDERS.get(self.env):
            return self._write_schedule(vals)
        return self._write_use(vals)

    def _write_plainly(self, vals):
        """Write what the rooms made of the values, as core does."""
        is_guarded = not self._get_guarded_fields().isdisjoint(vals)
        if is_guarded and not BY_SYSTEM.get(self.env):
            self._check_said([vals])
        return super().write(vals)

    def _set_quantity(self):
        is_correction = "done" in self.mapped("state")
        with self._keeping_cost_per_unit() if is_correction else nullcontext():
            return super()._set_quantity()

    # Posted.

    def _action_done(self, cancel_backorder=False):
        if not self:
            return self
        if self.company_id._has_turns():
            self._join_turns()
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        if moves.company_id._may_have_open_exceptions():
            moves._trigger_settlement()
        return moves

    # Told.

    # Not on the order's state, although it is read: components change state with it,
    # and every write of an order's state would go through all cached components.
    @api.depends(
        *("issue_method", "state", "picked", "quantity", "is_recorded"),
        *("is_issued_early", "product_uom_qty", "is_parked", "needed_quantity"),
        *("issue_move_ids.quantity", "backflush_exception_ids.state"),
        "count_share_ids.count_id.state",
    )
    def _compute_issue_state(self):
        for move in self:
            move.issue_state = move._get_issue_state()

    def _get_issue_state(self):
        self.ensure_one()
        if not self.raw_material_production_id:
            return False
        if self._get_open_exceptions():
            return "parked"
        if self.state == "done" and self.quantity:
            return "issued"
        if self._is_closed():
            return self._get_issue_state_of_closed()
        if self.is_issued_early and self.product_uom.is_zero(self.product_uom_qty):
            return "issued"
        if self._is_recorded():
            is_unused = self.product_uom.is_zero(self.quantity)
            # Of one that was issued in part, the rest.
            is_all_unused = is_unused and not self.is_issued_early
            return "not_used" if is_all_unused else "recorded"
        return "partly_issued" if self.is_issued_early else "to_issue"

    def _get_issue_state_of_closed(self):
        """Of a component of which nothing was posted with its order."""
        state = self._get_count_state()
        if state:
            return state
        if self.is_issued_early:
            is_complete = self.product_uom.is_zero(self._get_left_out())
            return "issued" if is_complete else "partly_issued"
        order = self.raw_material_production_id
        return (
            "not_used" if order.state == "done" and self.is_recorded else "not_issued"
        )

    @api.depends("issue_component_id", "settles_exception_id", "line_count_id")
    def _compute_reference(self):
        result = super()._compute_reference()
        for move in self:
            if not move.raw_material_production_id:
                document = move._get_order_served() or move.line_count_id
                if document:
                    move.reference = document.name
        return result

    def _get_order_served(self):
        """The order of which it was issued and returned, or of which it waits."""
        component = self.issue_component_id
        return (
            self.settles_exception_id.production_id
            or component.raw_material_production_id
        )

    def _list_components(self):
        """The components in words for a message, a line each."""
        return "\n".join(
            self.env._(
                "- %(order)s: %(product)s, %(quantity)s %(unit)s",
                order=move.raw_material_production_id.display_name,
                product=move.product_id.display_name,
                quantity=format_quantity(self.env, move.product_uom_qty),
                unit=move.product_uom.display_name,
            )
            for move in self
        )

    def _list_quantities(self, quantities):
        """Quantities of components in words, in one line: "4 LED Module, 30 g Paint".

        :param quantities: by component, in its unit; what is 0 is left out
        """
        pieces = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        return ", ".join(
            " ".join(
                (
                    format_quantity(self.env, quantities[move]),
                    *(() if move.product_uom == pieces else (move.product_uom.name,)),
                    move.product_id._get_spoken_name(),
                )
            )
            for move in self
            if not move.product_uom.is_zero(quantities[move])
        )
