"""What the orders need of their components: each after those that come before it in
its chain of backorders."""

import math
from collections import defaultdict

from odoo import api, fields, models

from ..access.system_fields import by_system
from ..rules.backflush_plan import Need, Part, get_whole_number
from ..rules.issue_method import NOT_FILLED_IN


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
    is_fixed_issued = fields.Boolean(
        string="Fixed Quantity Was Issued",
        copy=False,
        readonly=True,
        help="The fixed quantity per order was issued with this order.",
    )

    # What the orders need.

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

    def _get_whole_order_needs(self):
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
        if not chains:
            return {move: move._reckon_need(get_reported(move)) for move in self}
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
            needs[move] = need = move._reckon_need(
                get_reported(move), before[key], is_fixed_claimed=first in claimed
            )
            before[key].append(need.part)
            if need.fixed and need.reported > 0 and move._is_to_claim_fixed(own_ids):
                claimed.add(first)
        return {move: needs[move] for move in self}

    def _reckon_need(self, reported, before=(), is_fixed_claimed=False):
        """
        :param reported: finished quantity that the component is needed for
        :param before: the parts of the whole that come before it
        :param is_fixed_claimed: whether what is fixed per order goes with another
            order of the chain
        :return: a Need
        """
        is_fixed_due = self.is_fixed_issued or not is_fixed_claimed
        return Need(
            whole=self._get_whole(),
            reported=reported,
            before=tuple(before) if self.whole_quantity else (),
            fixed=self.fixed_quantity if is_fixed_due else 0.0,
            issued=self._get_issued_early(),
            parked=self._get_parked() if self.is_parked else 0.0,
        )

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

    def _get_reported_at_operation(self):
        """Finished quantity reported at each component's operation, by component."""
        return {
            move: move.workorder_id._get_reported_quantity()
            for move in self
            if move.workorder_id
        }

    def _mark_fixed_issued(self, is_fixed_issued):
        with by_system(self.env):
            self.is_fixed_issued = is_fixed_issued

    # What was issued of it.

    def _get_issued_early(self):
        """Issued to this order before its completion, minus returned, in the
        component's unit."""
        self.ensure_one()
        if not self.is_issued_early:
            return 0.0
        return sum(
            issue._get_quantity_in(self.product_uom)
            for issue in self._get_early_issues()
        )

    def _get_issued_and_waiting(self):
        """What the demand is without: issued before completion, or waiting for stock.
        In the component's unit."""
        waiting = self._get_parked() if self.is_parked else 0.0
        return self._get_issued_early() + waiting

    def _get_early_issues(self):
        """The posted issues that are still this order's: what is returned leaves it."""
        if not any(self.mapped("is_issued_early")):
            return self.browse()
        return self._find_early_issues()

    def _find_early_issues(self):
        return self._origin.issue_move_ids.filtered(
            lambda move: move.state == "done" and move.raw_material_production_id
        ).sorted(lambda move: (move.date, move.id))

    def _is_posted_issue(self):
        """Whether it was issued before completion, and left the stock."""
        self.ensure_one()
        return bool(self.issue_component_id) and self.state == "done"

    # What core's proportion doesn't know.

    def _has_own_need(self, reported=None):
        """Whether core's proportion of the demand isn't what the component needs.

        :param reported: finished quantity, by default what is being produced
        """
        self.ensure_one()
        if (
            self.issue_method in NOT_FILLED_IN
            or not self._is_component()
            or not self.product_uom
        ):
            return False
        if self.is_issued_early or self.is_parked or self.fixed_quantity:
            return True
        if self.whole_quantity:
            return True
        is_in_own_unit = self.product_uom != self.product_id.uom_id
        return is_in_own_unit and self._comes_with_next_part(reported)

    def _comes_with_next_part(self, reported):
        """Whether the stock would not notice what a first report takes."""
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

    # What of it is taken.

    def _get_quantity_at_completion(self, need):
        """What completion would issue, in the component's unit."""
        self.ensure_one()
        is_stated = self.picked and (self._is_recorded() or self.manual_consumption)
        if self.issue_method in NOT_FILLED_IN or is_stated:
            return self.quantity if self.picked else 0.0
        return self._get_part_to_take(need.open)

    def _get_part_to_take(self, quantity):
        """What can be taken out of stock of it: serial numbers one by one. Of what is
        left over core asks a person, at completion.

        :param quantity: in the component's unit
        """
        self.ensure_one()
        if self.has_tracking != "serial":
            return quantity
        stock_unit = self.product_id.uom_id
        in_stock_unit = self._in_product_unit(quantity, is_exact=True)
        number = get_whole_number(in_stock_unit, stock_unit.rounding)
        if stock_unit.compare(number, in_stock_unit) == 0:
            return quantity
        return self._in_own_unit(number, is_exact=True)

    # In the units of the component and of its product.

    def _in_own_unit(self, quantity, is_exact=False):
        """:param quantity: in the product's unit
        :param is_exact: not rounded
        """
        return self.product_id.uom_id._compute_quantity(
            quantity, self.product_uom, not is_exact, rounding_method="HALF-UP"
        )

    def _in_product_unit(self, quantity, is_exact=False):
        """:param quantity: in the component's unit
        :param is_exact: not rounded
        """
        return self.product_uom._compute_quantity(
            quantity, self.product_id.uom_id, not is_exact, rounding_method="HALF-UP"
        )

    def _get_quantity_in(self, unit):
        """What is filled in or was posted, in another unit and not rounded."""
        return self.product_uom._compute_quantity(self.quantity, unit, round=False)
