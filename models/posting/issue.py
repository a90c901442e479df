"""Issuing components before completion, and taking them back: plan, apply, post."""

import math
from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ..access.arguments import check_records, find_readable, read_quantity
from ..access.system_fields import by_system, create_by_system
from ..core_methods import CoreMethods, is_cores_own
from ..lots.lot_origin import CONFIRMED, INFERRED
from ..rules.backflush_plan import (
    Need,
    Part,
    Place,
    Request,
    Reservation,
    Stock,
    allocate,
    get_whole_number,
)
from ..rules.component_quantity import FLOW, KEEP
from ..rules.issue_method import ORDER_STATES_TO_ISSUE
from ..rules.shortage import ALLOW, PARK
from .rescheduled_orders import SCHEDULE_FIELDS, are_orders_rescheduled
from .stock_quant import RESERVING_STATES, get_place

# Stock for a component is found by the plan.
PASSED_BY = CoreMethods(
    {
        "stock.move": ("_set_quantity_done_prepare_vals",),
        "stock.quant": (
            "_gather",
            "_get_available_quantity",
            "_get_gather_domain",
            "_get_reserve_quantity",
        ),
    }
)


class StockMove(models.Model):
    _inherit = "stock.move"

    first_component_id = fields.Many2one(
        "stock.move",
        string="Component on the First Order",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="On a backorder, the same component on the order that it started from.",
    )
    issue_component_id = fields.Many2one(
        "stock.move",
        string="Issue of Component",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The component of which this is an issue before completion.",
    )
    issue_move_ids = fields.One2many(
        "stock.move",
        "issue_component_id",
        string="Issues and Returns",
        readonly=True,
        help="What was issued before the order was completed, and returned.",
    )
    is_issued_early = fields.Boolean(
        copy=False,
        readonly=True,
        help="Something of this component was issued before the order's completion.",
    )
    is_fixed_issued = fields.Boolean(
        copy=False,
        readonly=True,
        help="The fixed quantity per order was issued with this order.",
    )
    issued_quantity = fields.Float(
        string="Issued",
        compute="_compute_issued_quantity",
        digits="Product Unit",
        help="What has left the stock for this order, less what was returned.",
    )

    @api.depends("is_issued_early", "issue_move_ids.quantity", "state", "quantity")
    def _compute_issued_quantity(self):
        for move in self:
            is_posted = move.raw_material_production_id and move.state == "done"
            move.issued_quantity = (
                move.quantity if is_posted else 0.0
            ) + move._get_issued_early()

    def _get_issued_early(self):
        """Issued to this order before its completion, minus returned, in the
        component's unit."""
        self.ensure_one()
        return sum(
            issue.product_uom._compute_quantity(
                issue.quantity, self.product_uom, round=False
            )
            for issue in self._get_early_issues()
        )

    def _get_early_issues(self):
        """The posted issues that are still this order's: what is returned leaves it."""
        if not any(self.mapped("is_issued_early")):
            return self.browse()
        return self._find_early_issues()

    def _find_early_issues(self):
        return self._origin.issue_move_ids.filtered(
            lambda move: move.state == "done" and move.raw_material_production_id
        ).sorted(lambda move: (move.date, move.id))

    def _is_component(self):
        """A line of an order, rather than one of its issues."""
        self.ensure_one()
        return bool(self.raw_material_production_id) and not self.issue_component_id

    def _is_open_component(self):
        return self._is_component() and self.state not in ("done", "cancel")

    # The need.

    def _get_needs(self, reported=None):
        """What the orders need of these components.

        :param reported: finished quantity that each component is needed for, by
            component; by default what is being produced, else the whole order
        :return: a Need by component
        """
        reported = reported or {}
        return self._reckon_needs(
            lambda move: reported.get(move, move._get_reported_quantity()),
            lambda part: part.raw_material_production_id._is_reported(),
        )

    def _get_planned_needs(self):
        """The needs of the orders as a whole, each after those that come before it in
        its chain, completed or not."""
        return self._reckon_needs(
            lambda move: move.raw_material_production_id.product_qty, lambda part: True
        )

    def _reckon_needs(self, get_reported, is_counted):
        """Go through each chain: first what is completed, then these components and
        others that are open, by sequence.

        :param get_reported: says what finished quantity a component is needed for
        :param is_counted: says whether an open part of the chain, which is none of
            these, counts for those that come after it
        :return: a Need by component
        """
        chains, own_ids = self._origin._read_chains(), set(self._origin._ids)
        claimed, before, others = set(), defaultdict(list), []
        for first, parts in chains.items():
            if any(parts.mapped("is_fixed_issued")):
                claimed.add(first)
            for part in parts:
                if part.id in own_ids:
                    continue
                if part.raw_material_production_id.state == "done":
                    before[part._get_whole_key()].append(part._get_completed_part())
                elif part._is_open_component() and is_counted(part):
                    others.append(part)
        needs = {}
        for move in sorted(
            (*self, *others), key=lambda move: move._get_place_in_chain()
        ):
            first, key = move._get_first_component(), move._get_whole_key()
            is_fixed_due = move.is_fixed_issued or first not in claimed
            needs[move] = need = Need(
                whole=move._get_whole(),
                reported=get_reported(move),
                before=tuple(before[key]) if move.whole_quantity else (),
                fixed=move.fixed_quantity if is_fixed_due else 0.0,
                issued=move._get_issued_early(),
                parked=move._get_parked(),
            )
            before[key].append(need.part)
            if need.fixed and need.reported > 0 and move._is_to_claim_fixed(own_ids):
                claimed.add(first)
        return {move: needs[move] for move in self}

    def _is_to_claim_fixed(self, own_ids):
        """Whether what is fixed per order goes with this component, of those that are
        reckoned with: not where its order is only planned to come before."""
        order = self.raw_material_production_id
        return self._origin.id in own_ids or order._is_reported()

    def _get_first_component(self):
        self.ensure_one()
        return self.first_component_id._origin or self._origin

    def _get_whole_key(self):
        """What the parts of one whole have in common."""
        return self._get_first_component().id, self.whole_number

    def _get_place_in_chain(self):
        order = self.raw_material_production_id
        return order.backorder_sequence, self._origin.id or math.inf

    def _get_reported_quantity(self):
        """Finished quantity, in the order's unit, if the order were completed now."""
        self.ensure_one()
        order = self.raw_material_production_id
        return order.qty_producing or order.product_qty

    def _get_completed_part(self):
        """What a completed order reported of this component, and needed for that."""
        return Part(self._get_part_quantity(), self._get_part_needed())

    def _read_chains(self):
        """Look at the orders of each chain, in one go.

        :return: this component on all of them, by first component; nothing for orders
            without backorders
        """
        first_components = self.browse().union(
            *(
                move._get_first_component()
                for move in self
                if move.raw_material_production_id.backorder_sequence
            )
        )
        if not first_components:
            return {}
        chain = first_components | self.sudo().search(
            [("first_component_id", "in", first_components.ids)]
        )
        return chain.with_env(self.env).grouped(
            lambda move: move._get_first_component()
        )

    def _has_own_need(self, reported=None):
        """Whether core's proportion of the demand isn't what the component needs.

        :param reported: finished quantity, by default what is being produced
        """
        self.ensure_one()
        if not self._is_component() or self._is_manual() or not self.product_uom:
            return False
        if self.is_issued_early or self.is_parked or self.fixed_quantity:
            return True
        return bool(self.whole_quantity) or self._comes_with_next_part(reported)

    def _comes_with_next_part(self, reported):
        """Whether the stock would not notice what a first report takes."""
        if self.product_uom == self.product_id.uom_id:
            return False
        if reported is None:
            order = self.raw_material_production_id
            reported = order.qty_producing - order.qty_produced
        part = self._get_whole().get_part(reported)
        return reported > 0 and self.product_uom.is_zero(part)

    # Not on the state, which is read: core goes on showing what an order that was just
    # completed was to consume.
    @api.depends("is_issued_early", "whole_demand", "fixed_quantity")
    def _compute_should_consume_qty(self):
        result = super()._compute_should_consume_qty()
        # Of completed orders nothing is to be consumed, as in core.
        own = self.filtered(
            lambda move: (
                move._is_open_component()
                and move.raw_material_production_id.qty_producing
                and move._has_own_need()
            )
        )
        if own:
            for move, need in own._get_needs().items():
                move.should_consume_qty = need.open
        return result

    def _should_bypass_set_qty_producing(self):
        return super()._should_bypass_set_qty_producing() or self._has_own_need()

    def _may_be_filled_again(self):
        """At completion: whether a need that has changed since it was reported may be
        filled in. Where only a chain of orders makes it differ from core's, what a
        script wrote on the component stays, and what it left alone, too."""
        self.ensure_one()
        if self.is_issued_early or self.is_parked or self.fixed_quantity:
            return True
        if not self.picked and not self.product_uom.is_zero(self.quantity):
            return False
        order = self.raw_material_production_id
        reported = order.qty_producing - order.qty_produced
        return self._get_whole().may_be_part(self.quantity, reported)

    def _fill_own_needs(self, pick_edited=True):
        """Fill in what core's proportion doesn't know: the open need of what is being
        produced, nothing where that is nothing.

        :param pick_edited: as core's ``pick_manual_consumption_moves``
        """
        own = self.filtered(
            lambda move: (
                move._is_open_component()
                and move._has_own_need()
                and not move._is_recorded()
                and not (move.picked and move.manual_consumption)
            )
        )
        if not own:
            return
        reported = {move: move.raw_material_production_id.qty_producing for move in own}
        for move, need in own._get_needs(reported).items():
            move._set_quantity_done(need.open)
            if move.product_uom_qty and move.product_uom.is_zero(need.open):
                # Core asks for lots of what is demanded, although it isn't used.
                move._clear_core_manual_consumption()
            if not need.reported:
                move.picked = False
            elif move.quantity and (pick_edited or not move.manual_consumption):
                move.picked = True

    def _record_open_need(self):
        for move, need in self._get_needs().items():
            move.write({"quantity": need.open, "picked": True})

    # Issuing at once.

    def action_issue(self, quantity=None, lot_ids=None):
        """Issue components now, ahead of the order's completion.

        :param quantity: in the component's unit; by default the open need: of what is
            being produced where that was reported, else of the whole order
        :param lot_ids: ids of the lots or serial numbers to take, no others, in this
            order; what the order has reserved of them first
        :raise UserError: the order is not in progress, the quantity is not positive,
            lots are missing or wrong, or somebody else is just issuing
        :raise AccessError: the user is no user of Manufacturing
        """
        check_records(self)
        if (quantity is not None or lot_ids) and len(self) > 1:
            raise UserError(
                self.env._("Choose a quantity or lots for one component at a time.")
            )
        lots = self._find_lots(lot_ids)
        serials = lots.filtered(lambda lot: lot.product_id.tracking == "serial")
        self.raw_material_production_id._take_turns(lots=serials._get_turns())
        chosen = dict.fromkeys(self, lots) if lots else {}
        self._check_may_issue()
        if quantity is not None:
            self._issue_stated(dict.fromkeys(self, quantity), chosen)
            return True
        quantities = self._get_quantities_to_propose(lots)
        if all(move.product_uom.is_zero(quantities[move]) for move in self):
            for move, need in self._get_needs().items():
                if need.open:
                    move._check_stated_quantity(need.open)
            raise UserError(
                self.env._(
                    "Nothing is left to issue, all that is needed was issued:\n%s",
                    self._list_components(),
                )
            )
        self._check_lots_of_components(chosen)
        self._issue(quantities, chosen, is_stated=True)
        return True

    @api.model
    def _find_lots(self, lot_ids):
        """:raise UserError: these are no lots"""
        stated = lot_ids if isinstance(lot_ids, list | tuple) else [lot_ids]
        stated = stated if lot_ids else []
        lots = find_readable(self.env["stock.lot"], stated)
        if len(lots) < len(stated):
            raise UserError(self.env._("A lot or serial number was not found."))
        return lots

    def _issue_stated(self, quantities, lots):
        """Issue what a person says.

        :param quantities: by component, in its unit
        :param lots: by component, those chosen, in the order in which they are used
        :raise UserError: as said in ``action_issue``
        """
        self._check_may_issue()
        for move in self:
            move._check_stated_quantity(quantities[move])
        self._check_lots_of_components(lots)
        self._issue(quantities, lots, is_stated=True)

    def _check_stated_quantity(self, quantity):
        """:raise UserError: not a quantity that can leave the stock, or come back"""
        self.ensure_one()
        read_quantity(self.env, quantity)
        stock_unit = self.product_id.uom_id
        in_stock_unit = self._in_product_unit(quantity)
        if stock_unit.compare(in_stock_unit, 0) <= 0:
            raise UserError(
                self.env._(
                    "%(product)s: enter a quantity greater than zero, of at least "
                    "%(least)s %(unit)s.",
                    product=self.product_id.display_name,
                    least=f"{stock_unit.rounding:g}",
                    unit=stock_unit.display_name,
                )
            )
        if self.has_tracking == "serial" and in_stock_unit % 1:
            raise UserError(
                self.env._(
                    "%s has serial numbers: enter a whole number.",
                    self.product_id.display_name,
                )
            )

    def _in_product_unit(self, quantity):
        """:param quantity: in the component's unit"""
        return self.product_uom._compute_quantity(
            quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _get_quantities_to_propose(self, lots=None):
        """The open needs, or what a person recorded.

        :param lots: those that a person chose: of serial numbers, that many
        :return: in the component's unit, by component
        """
        quantities = {}
        for move, need in self._get_needs().items():
            if lots and move.has_tracking == "serial":
                quantities[move] = move.product_id.uom_id._compute_quantity(
                    len(lots), move.product_uom, round=False
                )
            elif move._is_recorded():
                quantities[move] = move.quantity
            else:
                quantities[move] = move._get_part_to_take(need.open)
        return quantities

    def _get_part_to_take(self, quantity):
        """What can be taken out of stock of it: serial numbers one by one. Of what is
        left over core asks a person, at completion.

        :param quantity: in the component's unit
        """
        self.ensure_one()
        if self.has_tracking != "serial":
            return quantity
        unit, stock_unit = self.product_uom, self.product_id.uom_id
        in_stock_unit = unit._compute_quantity(quantity, stock_unit, round=False)
        number = get_whole_number(in_stock_unit, stock_unit.rounding)
        if stock_unit.compare(number, in_stock_unit) == 0:
            return quantity
        return stock_unit._compute_quantity(number, unit, round=False)

    def _check_may_issue(self):
        """:raise UserError: not components of orders in progress
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        wrong = self.filtered(
            lambda move: (
                not move._is_open_component()
                or move.state == "draft"
                or move.raw_material_production_id.state not in ORDER_STATES_TO_ISSUE
                or move.raw_material_production_id._is_subcontracted()
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Only components of a confirmed order that isn't completed can be "
                    "issued; subcontractors issue theirs with the receipt:\n%s",
                    wrong._list_components(),
                )
            )

    def _check_is_manufacturing_user(self):
        if not self.env.su and not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._("Only users of Manufacturing issue and return components.")
            )

    def _check_lots_of_components(self, lots):
        """:raise UserError: a lot isn't the component's, or a serial number is used
        for more than one"""
        for move, chosen in lots.items():
            wrong = chosen.filtered(
                lambda lot, move=move: lot.product_id != move.product_id
            )
            if wrong:
                raise UserError(
                    self.env._(
                        "%(lots)s: not a lot or serial number of %(product)s.",
                        lots=", ".join(wrong.mapped("name")),
                        product=move.product_id.display_name,
                    )
                )

    def _get_confirmed_lots(self):
        """The lots that a person entered on the component already."""
        self.ensure_one()
        return self.move_line_ids.filtered(
            lambda line: line.lot_origin == CONFIRMED
        ).lot_id

    def _issue(self, quantities, lots=None, is_stated=False):
        """Post an issue of components ahead of the order's completion.

        :param quantities: by component, in its unit; what is 0 is left out
        :param lots: the lots that a person chose, by component
        :param is_stated: whether a person said so, beside what was recorded before
        :return: the posted moves, one for each component
        """
        quantities = {move: move._get_part_to_take(quantities[move]) for move in self}
        components = self.filtered(
            lambda move: (
                move.product_uom.compare(quantities[move], 0) > 0
                and not move.product_id.uom_id.is_zero(
                    move._in_product_unit(quantities[move])
                )
            )
        )
        if not components:
            return self.browse()
        components._lock_to_issue()
        components._keep_quantity_per_unit()
        components._keep_whole()
        components._repair_reservations()
        # A person who issues is there to scan what must be scanned.
        needs_scans = not is_stated
        allocations = components._plan_issue(quantities, lots, needs_scans)
        allocations = components._apply_shortage_rules(allocations, needs_scans)
        components._check_allocations(allocations, lots or {})
        stated = components.filtered(
            lambda move: (
                is_stated
                and move.picked
                and (move._is_recorded() or move.manual_consumption)
            )
        )
        issues = components._post_issue(allocations, lots or {})
        # Of what a person recorded, the rest is still recorded. What core filled in
        # for a report that is posted now is filled in anew for the next.
        for move in components:
            if (move not in stated or not move.quantity) and (
                move.picked or move.is_recorded
            ):
                move._forget_record()
        # They lost lines to the issue.
        components._update_analytic_lines()
        components._settle_issue()
        return issues

    def _issue_planned(self):
        """Issue what the whole order needs and wasn't issued yet."""
        needs = self._get_planned_needs()
        return self._issue({move: need.open for move, need in needs.items()})

    def _get_reported_at_operation(self):
        """Finished quantity reported at each component's operation, by component."""
        return {
            move: move.workorder_id._get_reported_quantity()
            for move in self
            if move.workorder_id
        }

    def _lock_to_issue(self):
        """Two people on one order: the second waits for nothing and is told, or, where
        the first is done already, starts again with what is left (Odoo retries)."""
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is issuing these components right now. Try again in "
                    "a moment:\n%s",
                    self._list_components(),
                )
            ) from error

    def _keep_quantity_per_unit(self):
        """The demand is about to change: orders from before the installation know
        their need only from it."""
        for move in self:
            if not move.quantity_per_unit and not move.fixed_quantity:
                with by_system(move.env):
                    move.quantity_per_unit = move._get_quantity_per_unit()

    # What was issued of it holds the component, and stays where and when it was.

    def write(self, vals):
        for name in ("product_id", "product_uom"):
            if name in vals:
                # Core gives a unit as a record, too.
                new_id = self._fields[name].convert_to_cache(vals[name], self)
                changed = self.filtered(
                    lambda move, name=name, new_id=new_id: move[name].id != new_id
                )
                changed._check_nothing_issued()
                changed._check_nothing_parked()
        if SCHEDULE_FIELDS & vals.keys() and are_orders_rescheduled(self.env):
            return self._write_schedule(vals)
        return super().write(vals)

    def _write_schedule(self, vals):
        """Write what an order says that is rescheduled: what was issued keeps the day
        on which it was. A person may still date it back."""
        posted = self.filtered(lambda move: move._is_posted_issue())
        if not posted:
            return super().write(vals)
        kept = {name: vals[name] for name in vals if name not in SCHEDULE_FIELDS}
        if kept:
            super(StockMove, posted).write(kept)
        return super(StockMove, self - posted).write(vals)

    def _is_posted_issue(self):
        """Whether it was issued before completion, and left the stock."""
        self.ensure_one()
        return bool(self.issue_component_id) and self.state == "done"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        self._check_nothing_issued()
        self._check_nothing_parked()

    def _check_nothing_issued(self):
        """:raise UserError: something was issued before completion"""
        issued = self.filtered("is_issued_early")
        if issued:
            raise UserError(
                self.env._(
                    "These components were issued to the order already. Return them "
                    "first:\n%s",
                    issued._list_components(),
                )
            )

    # Plan: reads, and asks the rules.

    def _plan_issue(self, quantities, lots=None, needs_scans=False):
        """Find out where each quantity would come from, without writing anything.

        :param quantities: by component, in its unit
        :param lots: the lots that a person chose, by component
        :param needs_scans: whether lots that must be scanned are left out until they
            are, where what is missing is parked
        :return: an Allocation by component, in the product's unit
        """
        requests = self._prepare_requests(quantities, lots, needs_scans)
        return dict(zip(self, allocate(requests), strict=True))

    def _prepare_requests(self, quantities, lots=None, needs_scans=False):
        """:return: a Request for each, of what ``_plan_issue`` says"""
        lots = lots or {}
        rules = self._get_shortage_rules()
        strict = self.filtered(lambda move: rules[move] != ALLOW)
        blocked = strict.filtered(lambda move: move._is_location_blocked())
        unscanned = self.filtered(
            lambda move: (
                needs_scans
                and rules[move] == PARK
                and not lots.get(move)
                and move._is_lot_scan_required()
            )
        )
        reservations = {
            move: move._get_reservations(
                lots.get(move), move in unscanned, is_strict=move in strict
            )
            for move in self - blocked
        }
        wanted = {
            move: move.product_uom._compute_quantity(
                quantities[move], move.product_id.uom_id, round=False
            )
            for move in self
        }
        stock = (self - blocked)._read_stock_needed(strict, lots, reservations, wanted)
        return [
            Request(
                key=move.id,
                product=move.product_id.id,
                quantity=wanted[move],
                rounding=move.product_id.uom_id.rounding,
                reservations=reservations.get(move, ()),
                stock=move._prefer_lots(stock.get(move, ()), lots.get(move)),
                is_tracked=move.product_id.tracking != "none",
                is_serial=move.product_id.tracking == "serial",
                is_strict=move in strict,
                takes_reserved_only=move in unscanned,
                is_as_core=not (
                    move in strict or lots.get(move) or move._get_confirmed_lots()
                ),
            )
            for move in self
        ]

    def _read_stock_needed(self, strict, lots, reservations, wanted):
        """The stock of those components for which what is reserved isn't enough, or
        must be looked at too: where nothing may be taken that isn't there, and where
        core makes up one reservation and lets go of another.

        :return: as ``_read_stock``
        """
        needed = self.filtered(
            lambda move: (
                move in strict
                or len(reservations[move]) > 1
                or move.product_id.uom_id.compare(
                    sum(own.quantity for own in reservations[move]), wanted[move]
                )
                < 0
            )
        )
        return needed._read_stock(strict, lots) if needed else {}

    def _get_reservations(self, lots=None, is_scanned=False, is_strict=False):
        """What the order holds: reserved, or filled in already. What a person entered
        goes before what the system reserved.

        :param lots: those that a person named now: no others
        :param is_scanned: only what a person entered or confirmed
        :param is_strict: nothing that isn't really there
        """
        self.ensure_one()
        if self.state == "done":
            # What is posted is held by nobody.
            return ()
        lines = self.move_line_ids
        if lots:
            lines = lines.filtered(lambda line: line.lot_id in lots).sorted(
                lambda line: lots.ids.index(line.lot_id.id)
            )
        else:
            expired = self._get_lines_of_expired_lots()
            if expired:
                # Chosen when they were good. Not a difference of nothing: what lines
                # prefetch together would be lost.
                lines -= expired
            if self.product_id.tracking != "none" and is_strict:
                # Filled in without stock, which may be there by now.
                lines = lines.filtered(lambda line: line.lot_id or line.lot_name)
        if is_scanned:
            lines = lines.filtered(lambda line: line._is_lot_scanned())
        return tuple(
            Reservation(
                line.id,
                get_place(line),
                line.product_uom_id._compute_quantity(
                    line.quantity, self.product_id.uom_id, round=False
                ),
                line.lot_origin == CONFIRMED,
            )
            for line in lines.sorted(lambda line: line.lot_origin != CONFIRMED)
            if line.product_uom_id.compare(line.quantity, 0) > 0
        )

    def _prefer_lots(self, stock, lots):
        """The stock of the lots that a person chose: no other if named for an issue,
        before others if entered on the order."""
        if lots:
            chosen = [item for item in stock if item.place.lot in lots.ids]
            return tuple(
                sorted(chosen, key=lambda item: lots.ids.index(item.place.lot))
            )
        entered = self._get_confirmed_lots().ids
        if not entered:
            return stock
        return tuple(sorted(stock, key=lambda item: item.place.lot not in entered))

    def _read_stock(self, strict, lots):
        """The stock at each component's location and below, in the order of its
        removal strategy; expired lots left out where the system must not choose them,
        unless a person did.

        :param strict: those of which nothing is taken that isn't really there: what
            they themselves have reserved counts as free for them
        :param lots: the lots that a person chose, by component
        :return: a tuple of Stock by component
        """
        now = fields.Datetime.now()
        quants = self._read_quants()
        by_product = quants.grouped("product_id")
        reserved = self._read_reserved_by_others() if strict else {}
        ordered = {}
        stock = {}
        for move in self:
            key = move.product_id, move.location_id
            if key not in ordered:
                ordered[key] = by_product.get(
                    move.product_id, quants.browse()
                )._sort_for_removal(*key)
            chosen = lots.get(move) or move._get_confirmed_lots()
            usable = ordered[key]
            if move._skips_expired_lots():
                usable = usable.filtered(
                    lambda quant, chosen=chosen: (
                        quant.lot_id in chosen or not quant._is_expired(now)
                    )
                )
            if move in strict:
                if move._is_lot_required():
                    usable = [quant for quant in usable if quant.lot_id]
                stock[move] = _get_stock_beside(usable, reserved)
            else:
                stock[move] = tuple(
                    Stock(get_place(quant), quant.quantity, quant.reserved_quantity)
                    for quant in usable
                )
        return stock

    def _is_lot_required(self):
        """Whether core posts nothing of it without a lot or serial number."""
        self.ensure_one()
        picking_type = self.picking_type_id
        return self.product_id.tracking != "none" and (
            not picking_type
            or picking_type.use_create_lots
            or picking_type.use_existing_lots
        )

    def _read_reserved_by_others(self):
        """What other moves than these hold, in the product's unit, by product id and
        place. From their lines: what quants say of it may be wrong."""
        reserved = self._read_quants()._read_reserved()
        own = defaultdict(float)
        for line in self.move_line_ids:
            if line.state in RESERVING_STATES:
                key = line.product_id.id, get_place(line)
                own[key] += line.quantity_product_uom
        return {key: total - own[key] for key, total in reserved.items()}

    def _read_quants(self):
        return (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id", "child_of", self.location_id.ids),
                ]
            )
        )

    # Apply: what may be posted, or one error that lists everything.

    def _check_allocations(self, allocations, lots):
        """:raise UserError: listing tracked components for which no lot was found"""
        missing = self.filtered(
            lambda move: (
                move.product_id.tracking != "none"
                and not lots.get(move)
                and move in allocations
                and not move.product_id.uom_id.is_zero(allocations[move].short)
            )
        )
        if missing:
            raise UserError(
                self.env._(
                    "There are not enough lots or serial numbers in stock to issue "
                    "these components. Name what is used in Issue Components:\n%s",
                    missing._list_components_and_expired_lots(),
                )
            )

    # Post.

    def _post_issue(self, allocations, lots):
        """Move the stock: one move for each component beside it, with the lines of the
        plan, and one posting for all."""
        posted = self.filtered(lambda move: allocations[move].request.quantity > 0)
        issues = create_by_system(
            self,
            [
                move._prepare_issue_vals(
                    move.product_id.uom_id._compute_quantity(
                        allocations[move].request.quantity,
                        move.product_uom,
                        round=False,
                    )
                )
                for move in posted
            ],
        )
        issues._post_allocations(
            dict(zip(issues, (allocations[move] for move in posted), strict=True)),
            dict(zip(issues, (lots.get(move) for move in posted), strict=True)),
        )
        return issues

    def _post_allocations(self, allocations, lots):
        """Give these issues the lines of the plan, and post them.

        :param allocations: by issue
        :param lots: those that a person chose, by issue
        """
        line_vals = []
        for issue in self:
            line_vals += issue._take_lines(allocations[issue], lots[issue])
        create_by_system(self.env["stock.move.line"], line_vals)
        self.move_line_ids.picked = True
        self._check_lots_scanned()
        with self._naming_who_loses() as issues:
            issues.with_context(skip_mo_check=True)._action_done(cancel_backorder=True)

    def _prepare_issue_vals(self, quantity):
        """:param quantity: in the component's unit"""
        self.ensure_one()
        [vals] = self.copy_data(
            {
                "product_uom_qty": quantity,
                "state": "confirmed",
                "issue_component_id": self.id,
                # The component has it; reports would count the BoM's cost twice.
                "bom_line_id": False,
                # Core neither splits nor copies such lines with the order.
                "additional": True,
                "procure_method": "make_to_stock",
                "move_orig_ids": [Command.link(move.id) for move in self.move_orig_ids],
                "workorder_id": self.workorder_id.id,
                "manual_consumption": False,
                "quantity_per_unit": 0.0,
                "fixed_quantity": 0.0,
            }
        )
        return vals

    def _take_lines(self, allocation, lots):
        """Hand the component's reservations over to this issue of it.

        :param lots: those that a person chose, if any
        :return: the values of the lines to create for the rest
        """
        self.ensure_one()
        origin = {"lot_origin": CONFIRMED} if lots else {}
        vals_list = []
        for take in allocation.takes:
            line = self.env["stock.move.line"].browse(take.reservation or ())
            if line and not line._is_more_than(take.quantity):
                # As core does, what is reserved is made up from its own place.
                beyond = take.quantity - line.quantity_product_uom
                line.move_id = self
                line._hold(take.quantity)
                if lots:
                    line._mark_lot_origin(CONFIRMED)
                if self.product_id.uom_id.compare(beyond, 0) > 0:
                    vals = self._prepare_take_vals(beyond, take.place)
                    vals_list.append({**vals, **origin})
                continue
            vals = self._prepare_take_vals(take.quantity, take.place)
            if line:
                vals["lot_origin"] = line.lot_origin
                line._reduce(take.quantity)
            vals_list.append({**vals, **origin})
        vals_list += [
            {**vals, **origin} for vals in self._prepare_short_vals(allocation, lots)
        ]
        return vals_list

    def _prepare_take_vals(self, quantity, place):
        """:param quantity: in the product's unit"""
        return {
            **self._prepare_move_line_vals(quantity=quantity),
            "location_id": place.location,
            "lot_id": place.lot,
            "package_id": place.package,
            "owner_id": place.owner,
            "lot_origin": INFERRED if place.lot else False,
        }

    def _prepare_short_vals(self, allocation, lots):
        """What isn't there is taken all the same, as core does: it goes negative. A
        person who named lots knows better than the stock which one was used."""
        # In the component's unit, as core: the product's may not tell it from none.
        short = self.product_uom.round(
            self.product_id.uom_id._compute_quantity(
                allocation.rest, self.product_uom, round=False
            )
        )
        if self.product_uom.is_zero(short):
            return []
        place = Place(self.location_id.id, lots[-1].id if lots else None)
        if self.product_id.tracking == "serial":
            number = int(allocation.short)
            return [self._prepare_take_vals(1, place) for _each in range(number)]
        return [{**self._prepare_take_vals(0, place), "quantity": short}]

    # Filled in, to be posted with the order: the same plan.

    def _set_quantity_done_prepare_vals(self, qty):
        if not self._is_filled_by_plan() or self._is_filled_as_core():
            return super()._set_quantity_done_prepare_vals(qty)
        return self._get_commands_to_hold(self._plan_issue({self: qty})[self])

    def _get_commands_to_hold(self, allocation):
        """What the component's lines must become to hold what was allocated."""
        taken = self._get_taken_by_line(allocation)
        commands = [
            line._get_command_to_hold(taken.pop(line.id, 0.0))
            for line in self.move_line_ids
        ]
        new_vals = [
            self._prepare_take_vals(quantity, place)
            for place, quantity in taken.items()
        ]
        new_vals += self._prepare_short_vals(allocation, lots=None)
        return [command for command in commands if command] + [
            Command.create(vals) for vals in new_vals
        ]

    def _is_filled_by_plan(self):
        """Not where another module has a say in what is taken."""
        return self._may_be_filled_by_plan() and is_cores_own(self.env, PASSED_BY)

    def _may_be_filled_by_plan(self):
        """Not in forms, which show what saving them does; and core alone knows how to
        use up packages."""
        self.ensure_one()
        if not self._is_component() or not isinstance(self.id, int):
            return False
        strategy = self.env["stock.quant"]._get_removal_strategy(
            self.product_id, self.location_id
        )
        return strategy != "least_packages"

    def _is_filled_as_core(self):
        """Whether nothing says otherwise than core: no rule, no lot of a person."""
        return (
            self._get_shortage_rules()[self] == ALLOW
            and not self._skips_expired_lots()
            and not self._get_confirmed_lots()
        )

    def _get_taken_by_line(self, allocation):
        """What each line holds then, in the product's unit.

        :return: by line id, or by place where there is no line yet
        """
        lines = {}
        for line in self.move_line_ids:
            lines.setdefault(get_place(line), line.id)
        taken = defaultdict(float)
        for take in allocation.takes:
            is_serial = self.product_id.tracking == "serial"
            line = take.reservation or (not is_serial and lines.get(take.place))
            taken[line or take.place] += take.quantity
        return taken

    def _settle_issue(self):
        """Leave on the components what is still open, after an issue or a return."""
        for move in self:
            move._mark_issued_early(bool(move._find_early_issues()))
        self._settle_demand()

    def _mark_issued_early(self, is_issued_early=True):
        with by_system(self.env):
            self.is_issued_early = is_issued_early

    def _mark_fixed_issued(self, is_fixed_issued):
        with by_system(self.env):
            self.is_fixed_issued = is_fixed_issued

    def _settle_demand(self, keep_transfers=True):
        """The demand is what the whole order still needs: the rest is out of stock.

        :param keep_transfers: whether what is to be brought stays as it is
        """
        for move, need in self._get_planned_needs().items():
            if need.fixed:
                is_issued = move.product_uom.compare(need.issued + need.parked, 0) > 0
                move._mark_fixed_issued(is_issued)
            move._set_demand(need.open, keep_transfers)
        self._reserve_missing()

    def _set_demand(self, quantity, keep_transfers=True):
        if self.product_uom.compare(self.product_uom_qty, quantity):
            # What one finished unit needs is still the same.
            move = self.with_context(**{FLOW: KEEP})
            if keep_transfers:
                move = move.with_context(no_procurement=True)
            move.product_uom_qty = quantity

    def _reserve_missing(self):
        """As core does at confirmation, if the warehouse reserves then."""
        today = fields.Date.context_today(self)
        self.filtered(
            lambda move: (
                move.picking_type_id.reservation_method == "at_confirm"
                or (move.reservation_date and move.reservation_date <= today)
            )
        )._action_assign()


def _get_stock_beside(quants, reserved):
    """The stock of these quants, in their order, beside what others have reserved.

    :param reserved: in the product's unit, by product id and place
    """
    on_hand = defaultdict(float)
    for quant in quants:
        on_hand[get_place(quant)] += quant.quantity
    product_id = quants[0].product_id.id if quants else None
    return tuple(
        Stock(place, quantity, reserved.get((product_id, place), 0.0))
        for place, quantity in on_hand.items()
    )
