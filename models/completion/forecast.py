"""What completing orders one after the other would meet, take and give.

Nothing is written. Stock is shared out by the plan that posting follows; what is asked
about consumption comes from the method that completing calls, for these quantities.
"""

from collections import defaultdict
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace

from odoo import models

from ..call_scope import STATED_REASONS
from ..rules.backflush_plan import Output, Place, Turn, allocate_in_turn
from ..rules.issue_method import ORDER_STATES_TO_ISSUE
from ..rules.shortage import BLOCK, PARK
from .mrp_production import ASK


@dataclass
class Forecast:
    """What completing an order would meet, if those before it were completed."""

    order: models.Model
    # Why a person must look at it, in words.
    questions: list[str] = field(default_factory=list)
    # Components of which something is missing, or waits already, with the quantity; in
    # the component's unit.
    shortages: dict = field(default_factory=dict)

    @property
    def is_feasible(self):
        return not self.questions and not self.shortages

    def get_outcome(self):
        """What becomes of the order all the same: *ready*, *negative*, *wait*,
        *blocked* or *person*."""
        if self.questions:
            return "person"
        found = {move._get_shortage_outcome() for move in self.shortages}
        return next(
            (
                outcome
                for outcome in ("blocked", "wait", "negative")
                if outcome in found
            ),
            "ready",
        )


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _forecast_completion(self, backorder=ASK, deviations=ASK, reasons=None):
        """Look ahead, without writing anything: each order with what those before it
        leave, and with what those before it produce that can be completed.

        :param reasons: why components deviate, as ``STATED_REASONS``
        :return: a Forecast for each, in the given order
        """
        components = self.move_raw_ids.browse().concat(
            *(order._get_components() for order in self)
        )
        needs = components._get_needs()
        quantities = {
            move: move._get_quantity_at_completion(need) for move, need in needs.items()
        }
        with STATED_REASONS.hold(self.env, reasons) if reasons else nullcontext():
            deviating = self._foresee_deviations(quantities, backorder, deviations)
            unexplained = self._foresee_unexplained(quantities, backorder)
        expired = self._get_expired_lots()
        questions = {
            order: [
                *order._foresee_questions(backorder, deviating[order], expired),
                *order._foresee_reasons(unexplained[order] - deviating[order]),
            ]
            for order in self
        }
        shortages = defaultdict(dict)
        for move, need in needs.items():
            # Completing settles nothing of what waits already.
            waiting = need.parked - need.parked_surplus
            if not move.product_uom.is_zero(waiting):
                shortages[move.raw_material_production_id][move] = waiting
        ready = self.filtered(
            lambda order: not questions[order] and not shortages[order]
        )
        backordered = self.filtered(
            lambda order: order._will_be_backordered(backorder, deviations)
        )
        allocations = self._plan_completion(quantities, ready, backordered)
        for move, allocation in allocations.items():
            short = move._in_own_unit(allocation.lacking)
            if not move.product_uom.is_zero(short):
                found = shortages[move.raw_material_production_id]
                found[move] = found.get(move, 0.0) + short
        return [Forecast(order, questions[order], shortages[order]) for order in self]

    # What a person would be asked.

    def _foresee_questions(self, backorder, deviating, expired):
        """Why a person must look at this order before it can be completed.

        :param deviating: products that core would ask about, of all that are used
        :param expired: lots past their date that these orders are to use
        """
        if self.state not in ORDER_STATES_TO_ISSUE:
            yield self.env._("Not confirmed, or closed already")
            return
        if (
            backorder == ASK
            and self.picking_type_id.create_backorder == "ask"
            and self._is_less_reported()
        ):
            yield self.env._("Less was produced than planned")
        if self._lacks_produced_serials():
            yield self.env._("The lots or serial numbers produced are not entered")
        components = self._get_components()
        if expired & components.move_line_ids.lot_id:
            yield self.env._("Lots past their date would be used")
        if components._get_refused_for_scans():
            yield self.env._("Lots of components must be scanned")
        unissued = self._get_unissued_components().filtered(
            lambda move: (
                move.product_id in deviating or move._must_be_issued(is_confirmed=True)
            )
        )
        if unissued:
            yield self.env._(
                "Manual components are not recorded: %s",
                ", ".join(unissued.product_id.mapped("display_name")),
            )
            deviating -= unissued.product_id
        if deviating:
            yield self.env._(
                "The consumption deviates from the bill of materials: %s",
                ", ".join(deviating.mapped("display_name")),
            )

    def _lacks_produced_serials(self):
        """Whether core would ask for serial numbers; single lots it makes itself."""
        return (
            self.product_tracking == "serial"
            and not self.lot_producing_ids
            and not self._auto_production_checks()
        )

    def _will_be_backordered(self, backorder, deviations):
        """Whether completing the order with these answers leaves a backorder."""
        answers = self._get_answers(backorder, deviations)
        return (
            self._is_less_reported()
            and self.with_context(**answers)._may_be_backordered()
        )

    def _foresee_deviations(self, quantities, backorder, deviations):
        """Find what core would ask about: what is used otherwise than the bill of
        materials says.

        :param quantities: what completing the orders takes, by component, in its unit
        :return: products by order
        """
        asked = self.filtered(
            lambda order: (
                order.state in ORDER_STATES_TO_ISSUE
                and order._asks_about_consumption()
                and not order._is_deviation_accepted(deviations)
            )
        )
        return asked._compare_in_memory(
            quantities, backorder, lambda orders: orders._get_consumption_issues()
        )

    def _foresee_unexplained(self, quantities, backorder):
        """Find what deviates beyond the tolerance where a reason is required, and has
        none.

        :return: as of ``_foresee_deviations``
        """
        asked = self.filtered(
            lambda order: (
                order.state in ORDER_STATES_TO_ISSUE and order._is_reason_required()
            )
        )
        return asked._compare_in_memory(
            quantities, backorder, lambda orders: orders._find_unexplained()
        )

    def _compare_in_memory(self, quantities, backorder, compare):
        """Compare the consumption of these orders as if they were completed now.

        :param quantities: as of ``_foresee_deviations``
        :param compare: called with orders of one context, returns issues in core's form
        :return: products by order
        """
        found = defaultdict(self.env["product.product"].browse)
        if not self:
            return found
        less_reported = self.filtered(lambda order: order._is_less_reported())
        answers = less_reported._get_backorder_answers(backorder)
        with self._filled_in_memory(quantities):
            for order, product, *_quantities in (
                *compare(self - less_reported),
                *compare(less_reported.with_context(**answers)),
            ):
                found[order.with_env(self.env)] |= product.with_env(self.env)
        return found

    @contextmanager
    def _filled_in_memory(self, quantities):
        """Have these orders look as they do when core compares their consumption, for
        the length of the comparison: reported and filled in, but for nobody else.

        :param quantities: what completing the orders takes, by component, in its unit
        """
        components = self._get_components()
        filled = components.filtered(lambda move: move._is_filled_at_completion())
        for records in (self, components):
            records.flush_recordset()
        try:
            for order in self.filtered(lambda order: not order.qty_producing):
                reported = order.product_qty - order.qty_produced
                set_in_memory(order, qty_producing=reported)
            for move in filled:
                quantity = quantities[move]
                if not (move.picked and move.quantity == quantity):
                    # In the component's unit, whichever its lines have now.
                    set_in_memory(
                        move,
                        quantity=quantity,
                        picked=bool(quantity),
                        move_line_ids=move.move_line_ids.browse(),
                    )
            yield
        finally:
            # With all that was reckoned from it.
            for records in (self, components):
                records.invalidate_recordset(flush=False)

    # What they take and give.

    def _plan_completion(self, quantities, ready, backordered):
        """Where everything would come from if these orders were completed now, in the
        given order.

        :param quantities: what completing them takes, by component, in its unit
        :param ready: those of them that can be completed if nothing is missing
        :param backordered: those of them whose rest goes to a backorder
        :return: an Allocation by component
        """
        components = self.move_raw_ids.browse().concat(*quantities)
        reserving = backordered._forecast_backorders(quantities)
        requests = components._prepare_requests(
            quantities, needs_scans=True, is_forecast=True
        )
        requests = dict(zip(components, requests, strict=True))
        by_order = components.grouped("raw_material_production_id")
        outputs = self._forecast_outputs(components)
        ready_ids = set(ready.ids)
        places = defaultdict(list)
        turns = []
        for order in self:
            own = tuple(
                move._add_output_places(requests[move], places[move.product_id.id])
                for move in by_order.get(order, ())
            )
            turns.append(
                Turn(
                    own,
                    tuple(outputs[order]),
                    order.id in ready_ids,
                    tuple(reserving[order]),
                )
            )
            for output in outputs[order]:
                places[output.product].append(output.place)
        return dict(zip(components, allocate_in_turn(turns), strict=True))

    def _forecast_backorders(self, quantities):
        """What the backorders of these orders have reserved when they are made.

        :param quantities: what completing the orders takes, by component, in its unit
        :return: a list of Request by order
        """
        reserving = defaultdict(list)
        components = self.filtered(
            lambda order: order.picking_type_id.reservation_method == "at_confirm"
        )._get_components()
        components = components.filtered(
            lambda move: (
                move.procure_method == "make_to_stock"
                and not move._should_bypass_reservation()
            )
        )
        planned, needs = components._get_whole_order_needs(), components._get_needs()
        rest = {move: planned[move].total - needs[move].total for move in components}
        # With both, so that stock is looked at beyond what the order holds itself.
        requests = components._prepare_requests(
            {move: quantities[move] + max(rest[move], 0.0) for move in components}
        )
        for move, request in zip(components, requests, strict=True):
            left = move._in_product_unit(rest[move])
            if not (request.is_strict or request.is_as_core):
                # It goes on holding what the order doesn't use of its own.
                held = sum(own.quantity for own in request.reservations)
                used = move._in_product_unit(quantities[move])
                left -= max(held - used, 0.0)
            if move.product_id.uom_id.compare(left, 0) > 0:
                reserving[move.raw_material_production_id].append(
                    replace(request, quantity=left, reservations=())
                )
        return reserving

    def _forecast_outputs(self, components):
        """What these orders put into stock of what these components are made of.

        :return: a list of Output by order
        """
        outputs = defaultdict(list)
        used = components.product_id
        if not (self.product_id | self.move_byproduct_ids.product_id) & used:
            return outputs
        waiting = {}
        for order in self:
            for move in order.move_finished_ids:
                product, location = move.product_id, move.location_dest_id
                if (
                    move.state in ("done", "cancel")
                    or not product.is_storable
                    or product not in used
                ):
                    continue
                if (product, location) not in waiting:
                    waiting[product, location] = move._forecast_waiting()
                outputs[order] += move._forecast_output(waiting[product, location])
        return outputs


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_shortage_outcome(self):
        """What comes of completing the order while some of this component is missing,
        by the rule that holds for it."""
        self.ensure_one()
        rule = self._get_shortage_rules()[self]
        if self._get_open_exceptions() or rule == PARK:
            return "wait"
        # Core itself takes nothing that has no lot.
        is_refused = rule == BLOCK or self.has_tracking != "none"
        return "blocked" if is_refused else "negative"

    def _is_filled_at_completion(self):
        """Whether completing fills the component in, or again: what was filled in when
        the order was reported mostly stays."""
        is_reported = self.raw_material_production_id.qty_producing and self.picked
        return not is_reported or self._has_own_need() and self._may_be_filled_again()

    def _get_exact_quantity(self, unit):
        """What is filled in, by line and not rounded; by itself where a forecast alone
        has filled it in.

        :param unit: in which to say it
        """
        if not self.move_line_ids:
            return self._get_quantity_in(unit)
        return sum(
            line.product_uom_id._compute_quantity(line.quantity, unit, round=False)
            for line in self.move_line_ids
        )

    def _forecast_output(self, waiting):
        """What completing the order now puts into stock of this finished product or
        by-product: an Output by lot.

        :param waiting: moves that wait for it
        """
        unit = self.product_id.uom_id
        quantity = self._in_product_unit(self._forecast_quantity())
        if unit.compare(quantity, 0) <= 0:
            return []
        location = self.move_line_ids.location_dest_id[:1]
        if not location:
            location = self.location_dest_id._get_putaway_strategy(
                self.product_id, quantity
            )
        lots = self._forecast_lots()
        # As core: who ordered it for this very purpose goes before all.
        waiting = waiting.sorted(
            lambda move: not move.reference_ids & self.reference_ids
        )
        # And before those, whoever it is made to order for.
        made_for = self.move_dest_ids.filtered(
            lambda move: move.state in ("waiting", "confirmed", "partially_available")
        )
        lacking = tuple(
            (move.id, move.product_qty - move._get_held())
            for move in made_for | waiting
        )
        return [
            Output(
                self.product_id.id,
                Place(location.id, lot),
                quantity / len(lots),
                lacking,
            )
            for lot in lots
        ]

    def _forecast_quantity(self):
        """In the unit of this finished product or by-product."""
        order = self.production_id
        if self.picked or (order.qty_producing and self.product_id != order.product_id):
            return self.quantity
        reported = order.qty_producing or order.product_qty
        rest = reported - order.qty_produced
        return self.product_uom.round(rest * self.unit_factor)

    def _forecast_lots(self):
        """Ids, None where there is none; of a lot that completion makes, no lot's."""
        if self.product_id.tracking == "none":
            return [None]
        order = self.production_id
        is_product = self.product_id == order.product_id
        lots = order.lot_producing_ids if is_product else self.move_line_ids.lot_id
        return lots.ids or [-self.id]

    def _forecast_waiting(self):
        """The moves for which core reserves this finished product as soon as it is
        there, in its order."""
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param("stock.picking_no_auto_reserve"):
            return self.browse()
        return self.search(
            self._get_domain_of_waiting(self.product_id, self.location_dest_id),
            order="priority desc, date asc, id asc",
        )

    def _add_output_places(self, request, places):
        """:param places: where what the orders before produce is put
        :return: a Request that is served from there, too
        """
        locations = self.env["stock.location"]
        found = tuple(
            place
            for place in places
            if locations.browse(place.location)._child_of(self.location_id)
        )
        return replace(request, output_places=found) if found else request


def set_in_memory(record, **values):
    """Nothing is written of it, and nothing is told of it to what depends on it."""
    for name, value in values.items():
        field = record._fields[name]
        field._update_cache(record, field.convert_to_cache(value, record))
