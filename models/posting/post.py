"""Posting what was planned: moves and lines, and what is left to demand of it."""

from collections import defaultdict
from contextlib import nullcontext

from odoo import Command, fields, models

from ..access.system_fields import by_system, create_by_system
from ..call_scope import DEMANDS
from ..lots.lot_origin import CONFIRMED, INFERRED
from ..rules.backflush_plan import Place
from ..rules.component_quantity import Demands
from ..shortage.taken_reservations import telling_of_taken_reservations
from .stock_quant import get_place

# With these an order dates its moves.
SCHEDULE_FIELDS = frozenset({"date", "date_deadline"})


class StockMove(models.Model):
    _inherit = "stock.move"

    # Beside the component: one move with the lines of the plan.

    def _post_issue(self, allocations, lots):
        """Move the stock: one move for each component beside it, with the lines of the
        plan, and one posting for all."""
        posted = self.filtered(lambda move: allocations[move].request.quantity > 0)
        issues = create_by_system(
            self,
            [
                move._prepare_issue_vals(
                    move._in_own_unit(allocations[move].request.quantity, is_exact=True)
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
        with (
            telling_of_taken_reservations(self.env)
            if self.company_id._have_notes_on_taken_reservations()
            else nullcontext()
        ):
            self.with_context(skip_mo_check=True)._action_done(cancel_backorder=True)

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
            self._in_own_unit(allocation.rest, is_exact=True)
        )
        if self.product_uom.is_zero(short):
            return []
        place = Place(self.location_id.id, lots[-1].id if lots else None)
        if self.product_id.tracking == "serial":
            number = int(allocation.short)
            return [self._prepare_take_vals(1, place) for _each in range(number)]
        return [{**self._prepare_take_vals(0, place), "quantity": short}]

    # On the component itself: filled in, to be posted with the order.

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

    # What is left on the component.

    def _update_after_issue(self):
        """Leave on the components what is still open, after an issue or a return."""
        for move in self:
            move._mark_issued_early(bool(move._find_early_issues()))
        self._set_demand_to_open_need()

    def _mark_issued_early(self, is_issued_early=True):
        with by_system(self.env):
            self.is_issued_early = is_issued_early

    def _set_demand_to_open_need(self, keep_transfers=True):
        """The demand is what the whole order still needs: the rest is out of stock.

        :param keep_transfers: whether what is to be brought stays as it is
        """
        for move, need in self._get_whole_order_needs().items():
            if need.fixed:
                is_issued = move.product_uom.compare(need.issued + need.parked, 0) > 0
                move._mark_fixed_issued(is_issued)
            move._set_demand(need.open, keep_transfers)
        self._reserve_missing()

    def _set_demand(self, quantity, keep_transfers=True):
        if self.product_uom.compare(self.product_uom_qty, quantity):
            move = self.with_context(no_procurement=True) if keep_transfers else self
            with DEMANDS.hold(self.env, Demands()):
                move.product_uom_qty = quantity

    def _keep_quantity_per_unit(self):
        """The demand is about to change: orders from before the installation know
        their need only from it."""
        for move in self:
            if not move.quantity_per_unit and not move.fixed_quantity:
                with by_system(move.env):
                    move.quantity_per_unit = move._get_quantity_per_unit()

    # Reserved by what the warehouse says.

    def _reserve_again(self):
        """Replace what was consumed on paper by what the warehouse would reserve."""
        self._do_unreserve()
        self._reserve_missing()

    def _reserve_missing(self):
        """As core does at confirmation, if the warehouse reserves then."""
        today = fields.Date.context_today(self)
        self.filtered(
            lambda move: (
                move.picking_type_id.reservation_method == "at_confirm"
                or (move.reservation_date and move.reservation_date <= today)
            )
        )._action_assign()

    # What was issued stays where and when it was.

    def _write_schedule(self, vals):
        """Write what an order says that is rescheduled: what was issued keeps the day
        on which it was. A person may still date it back."""
        posted = self.filtered(lambda move: move._is_posted_issue())
        if not posted:
            return self._write_use(vals)
        kept = {name: vals[name] for name in vals if name not in SCHEDULE_FIELDS}
        if kept:
            posted._write_use(kept)
        return (self - posted)._write_use(vals)
