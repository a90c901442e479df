"""Consumption of a completed order, corrected by a person.

What was posted stays: its lines, lots and quantities. What is used beyond it is posted
beside it, by the rules for lots and for shortages. Less comes back as in core.
"""

from contextlib import contextmanager
from dataclasses import replace

from odoo import api, models

from ..access.system_fields import create_by_system
from ..call_scope import CORRECTION
from ..lots.lot_origin import CONFIRMED
from ..posting.stock_quant import get_place
from ..rules.backflush_plan import Allocation, Request, Stock, allocate
from ..rules.shortage import ALLOW, PARK
from .consumption_correction import Correction


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_posted_on_completed_order(self):
        """Whether changing it corrects what a completed order consumed. Scrap of a
        component names the order too."""
        self.ensure_one()
        return (
            self.state == "done"
            and self.raw_material_production_id.state == "done"
            and not self._is_scrap()
        )

    # The doors.

    @api.model
    def _add_to_completed_orders(self, vals_list, create):
        """:param create: core's"""
        for vals in vals_list:
            if self._is_added_to_completed_order(vals):
                self._fill_in_added(vals)
        with self.browse()._correcting() as correction:
            moves = create(vals_list)
            posted = moves.filtered(lambda move: move._is_posted_on_completed_order())
            posted._note_posted()
            correction.added.update(posted)
        posted._sum_up_posted_lines()
        return moves

    @api.model
    def _is_added_to_completed_order(self, vals):
        if not vals.get("raw_material_production_id") or vals.get("scrap_id"):
            return False
        if not vals.get("quantity") and not vals.get("move_line_ids"):
            return False
        order = self.env["mrp.production"].browse(vals["raw_material_production_id"])
        return order.state == "done"

    @api.model
    def _fill_in_added(self, vals):
        """Where a rule is to be kept: as core's form has it. What a client adds may be
        another company's, and would hold stock and never be posted."""
        order = self.env["mrp.production"].browse(vals["raw_material_production_id"])
        component = self.new(
            {
                "raw_material_production_id": order.id,
                "product_id": vals.get("product_id"),
                "company_id": order.company_id.id,
            }
        )
        if component._get_shortage_rules()[component] != ALLOW:
            vals.update(state="done", company_id=order.company_id.id)

    def _write_correction(self, vals):
        """Write values that say what is used; of completed orders it corrects what was
        consumed."""
        closed = self.filtered(
            lambda move: move.raw_material_production_id.state == "done"
        )
        unposted = closed.filtered(lambda move: move._is_unposted_on_completed_order())
        if unposted:
            unposted._have_posted_at_once()
        posted = closed.filtered(lambda move: move._is_posted_on_completed_order())
        if not posted:
            return self._write_choices(vals)
        with posted._correcting():
            result = self._write_choices(vals)
        posted._sum_up_posted_lines()
        return result

    def _is_unposted_on_completed_order(self):
        """Whether a client added it by its demand alone, and a rule is to be kept."""
        self.ensure_one()
        return (
            self.raw_material_production_id.state == "done"
            and self._is_open_component()
            and not self._is_scrap()
            and self._get_shortage_rules()[self] != ALLOW
        )

    def _have_posted_at_once(self):
        """As core's form has what is added to a completed order."""
        self._do_unreserve()
        self.write({"state": "done", "picked": True})

    def _sum_up_posted_lines(self):
        """The quantity is what is posted, where not all was there that was stated."""
        self.env.add_to_compute(self._fields["quantity"], self)

    def _correct_quantity_done(self, quantity):
        """Core raises the lines that there are, and with them the past.

        :param quantity: used of it, in the move's unit
        """
        with self._correcting() as correction:
            # The dialog with the lots says it twice: line by line, and as their sum.
            missing = self._in_own_unit(correction.get_missing(self))
            self._take_more(quantity - self._quantity_sml() - missing)

    # One correction.

    @contextmanager
    def _correcting(self):
        """Within this block what these posted moves consumed is corrected. What that
        means for what waits is settled once, at the end of the outermost block."""
        outer = CORRECTION.get(self.env)
        if outer:
            self._note_posted()
            yield outer
            return
        with CORRECTION.hold(self.env, Correction()) as correction:
            self._note_posted()
            yield correction
        self._end_correction(correction)

    def _note_posted(self):
        """Before anything of it is changed."""
        correction = CORRECTION.get(self.env)
        for move in self:
            component = move._get_corrected_component()
            if component not in correction.posted_before:
                quantity, value = component._get_posted()
                correction.posted_before[component] = quantity
                correction.value_before[component] = value

    def _get_corrected_component(self):
        """An issue before completion is a part of its component."""
        return self.issue_component_id or self

    def _get_posted(self):
        """:return: what left the stock for it, in the product's unit, and its value"""
        self.ensure_one()
        moves = self.filtered(lambda move: move.state == "done")
        moves |= self._get_early_issues()
        quantity = sum(moves.move_line_ids.mapped("quantity_product_uom"))
        return quantity, sum(move._get_posted_value() for move in moves)

    # More.

    def _take_more(self, quantity, lots=None):
        """Post more, beside what was posted: lots that were used before, then by the
        removal strategy. What isn't there follows the shortage rule.

        :param quantity: in the move's unit
        :param lots: those that a person named: no others
        :raise UserError: a person must name the lots, or what is there is expired
        """
        self.ensure_one()
        if self.product_uom.compare(quantity, 0) <= 0:
            return
        self._note_posted()
        rule = self._get_shortage_rules()[self]
        if not lots and rule != PARK and self._is_lot_scan_required():
            self._refuse_unscanned_lots()
        self._free_what_waits()
        allocation = self._plan_more(quantity, lots)
        shortages = self._get_shortages({self: allocation}, needs_scans=not lots)
        if shortages:
            CORRECTION.get(self.env).add_shortages(shortages)
            allocation = allocation.without_short()
        elif rule == ALLOW and not lots:
            short = self._in_own_unit(allocation.short)
            self._check_lots_not_expired({self: short})
        self._post_more(allocation, lots)

    def _plan_more(self, quantity, lots):
        """:return: an Allocation"""
        [request] = self._prepare_requests(
            {self: quantity}, {self: lots} if lots else None, needs_scans=not lots
        )
        # As core does, what was used goes on being used.
        used = [get_place(line) for line in self.move_line_ids if line.quantity > 0]
        rank = {place: index for index, place in enumerate(dict.fromkeys(used))}
        stock = sorted(request.stock, key=lambda item: rank.get(item.place, len(rank)))
        [allocation] = allocate([replace(request, stock=tuple(stock))])
        return allocation

    def _post_more(self, allocation, lots):
        vals_list = [
            self._prepare_take_vals(take.quantity, take.place)
            for take in allocation.takes
        ]
        vals_list += self._prepare_short_vals(allocation, lots)
        if lots:
            for vals in vals_list:
                vals["lot_origin"] = CONFIRMED
        if not vals_list:
            return
        with self._keeping_cost_per_unit(), CORRECTION.get(self.env).posting():
            lines = create_by_system(self.env["stock.move.line"], vals_list)
        self._update_analytic_lines()
        self.raw_material_production_id._note_correction(lines)

    @contextmanager
    def _keeping_cost_per_unit(self):
        """Within this block quantities of posted moves are corrected, of components
        among them. Core takes that of a line for one in the move's unit, and for all
        that was corrected."""
        if "value" not in self._fields:
            yield
            return
        posted = self.filtered(lambda move: move._is_posted_on_completed_order())
        before = [(move, move._get_valued_qty(), move.value) for move in posted]
        yield
        for move, quantity, value in before:
            if quantity:
                move.value = value * move._get_valued_qty() / quantity

    def _get_quantity_that_is_there(self, place, quantity, unit):
        """As ``_get_part_that_is_there``, in another unit."""
        stock_unit = self.product_id.uom_id
        stated = unit._compute_quantity(quantity, stock_unit, rounding_method="HALF-UP")
        part = self._get_part_that_is_there(place, stated)
        if stock_unit.compare(part, stated) == 0:
            return quantity
        return stock_unit._compute_quantity(part, unit, rounding_method="HALF-UP")

    def _get_part_that_is_there(self, place, quantity):
        """Of what a person says was used of one place: the part that may be posted.
        What is missing follows the shortage rule.

        :param quantity: in the product's unit
        """
        self.ensure_one()
        if self._get_shortage_rules()[self] == ALLOW:
            return quantity
        self._note_posted()
        self._free_what_waits()
        product = self.product_id
        request = Request(
            key=self.id,
            product=product.id,
            quantity=quantity,
            rounding=product.uom_id.rounding,
            stock=(Stock(place, self._get_free_at(place)),),
            is_tracked=product.tracking != "none",
            is_serial=product.tracking == "serial",
            is_strict=True,
        )
        [allocation] = allocate([request])
        if place.lot and allocation.short:
            missing = ((place.lot, allocation.short),)
            allocation = Allocation(request, allocation.takes, missing)
        shortages = self._get_shortages({self: allocation})
        CORRECTION.get(self.env).add_shortages(shortages)
        return allocation.taken if allocation.short else quantity

    def _get_free_at(self, place):
        """What nobody has reserved of one place, in the product's unit."""
        if self._is_lot_required() and not place.lot:
            return 0.0
        return self.env["stock.quant"]._get_available_quantity(
            self.product_id,
            self.env["stock.location"].browse(place.location),
            lot_id=self.env["stock.lot"].browse(place.lot or ()),
            package_id=self.env["stock.package"].browse(place.package or ()),
            owner_id=self.env["res.partner"].browse(place.owner or ()),
            strict=True,
        )

    def _free_what_waits(self):
        """What waits for stock has it reserved first: what a person says was used is
        a part of that."""
        order = self.raw_material_production_id
        waiting = order._get_open_exceptions_of(self.product_id)
        waiting.pending_move_id._do_unreserve()
        self._repair_reservations()

    def _get_waiting_exceptions(self, correction):
        """What waits of a component. Of one that is added to the completed order also
        what waits of its product where nothing was posted: core lets nobody correct a
        line that it cancelled, and asks for a new one.
        """
        waiting = self._get_open_exceptions()
        if self not in correction.added:
            return waiting
        order = self.raw_material_production_id
        return waiting | order._get_open_exceptions_of(self.product_id).filtered(
            lambda exception: exception.move_id.state == "cancel"
        )

    # What that means for what waits.

    @api.model
    def _end_correction(self, correction):
        """Lower what waits by what was corrected, and have wait what isn't there.

        :raise UserError: listing everything that is short and blocked
        """
        short = self.browse().union(*correction.shortages)
        short._refuse_shortages(correction.shortages)
        self.browse().concat(*correction.posted_before)._check_not_brought_back()
        shortages = {}
        for move, found in correction.shortages.items():
            shortages.setdefault(move._get_corrected_component(), []).extend(found)
        for component, before in correction.posted_before.items():
            quantity, value = component._get_posted()
            component._adapt_waiting_to_correction(
                quantity - before,
                value - correction.value_before[component],
                shortages.get(component, []),
                component._get_waiting_exceptions(correction),
            )
        self.browse().concat(*correction.posted_before)._forget_stale_reasons()

    def _adapt_waiting_to_correction(self, posted, value, shortages, waiting):
        """What was corrected upwards waits no more. Who says that less was used than
        was posted says that nothing more is needed.

        :param posted: what more was posted than before, in the product's unit
        :param value: what that cost
        :param shortages: what isn't there
        :param waiting: open exceptions
        """
        unit = self.product_id.uom_id
        missing = sum(shortage.quantity for shortage in shortages)
        stated = posted + missing
        if unit.compare(stated, 0) < 0:
            waiting._cancel_by_correction()
            self._trigger_settlement_of_waiting()
            waited, waits = 0.0, missing
        else:
            waited = sum(exception._in_stock_unit() for exception in waiting)
            waits = max(waited - stated, 0.0) + missing
        if unit.compare(waited, waits) > 0:
            waiting._settle_by_correction(waited - waits, posted, value)
        elif unit.compare(waits, waited) > 0:
            self._park({self: _take_last(shortages, waits - waited)})
        order = self.raw_material_production_id
        order._get_open_exceptions_of(self.product_id)._reserve_pending()

    def _trigger_settlement_of_waiting(self):
        """Some of it came back: others may wait for it."""
        if self.company_id._may_have_open_exceptions():
            cron = self.env.ref("mrp_backflush.ir_cron_settle_arrived")
            cron.sudo()._trigger()


def _take_last(shortages, quantity):
    """That much of these shortages, what was stated last first."""
    taken = []
    for shortage in reversed(shortages):
        part = min(shortage.quantity, quantity)
        quantity -= part
        if part > 0:
            taken.append(replace(shortage, quantity=part))
    return taken[::-1]
