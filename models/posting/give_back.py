"""Posted issues divided on paper: to be returned, or carried over to a backorder."""

from itertools import pairwise, zip_longest

from odoo import Command, models
from odoo.exceptions import UserError

from ..access.arguments import check_records
from ..access.system_fields import by_system, create_by_system
from ..rules.backflush_plan import divide
from ..rules.from_server import from_server
from ..texts import format_quantity

# Computed from the order by core, and of no concern to it once posted.
POSTED_FACTS = (
    "location_id",
    "location_dest_id",
    "picking_type_id",
    "issue_method",
    "issue_method_source",
)


class StockMove(models.Model):
    _inherit = "stock.move"

    # Returning.

    def action_return(self, quantity=None):
        """Return what was issued before completion: the same lots, to where they came
        from. The need is open again. Of a component what was issued last is returned
        first; of an issue, that issue.

        :param quantity: in the component's unit, or in that of the issue; by default
            all that was issued
        :raise UserError: the order is completed, more is returned than was issued, or
            a part of a quantity that is fixed per order
        :raise AccessError: the user is no user of Manufacturing
        """
        check_records(self)
        if quantity is not None and len(self) > 1:
            raise UserError(
                self.env._("Choose a quantity for one component at a time.")
            )
        self.raw_material_production_id._take_turns()
        issues = self.filtered("issue_component_id")
        components = self - issues
        # Of a component all issues are returned.
        issues = issues.filtered(
            lambda issue: issue.issue_component_id not in components
        )
        if components:
            components._return_stated(
                {
                    move: move._get_issued_early() if quantity is None else quantity
                    for move in components
                }
            )
        if issues:
            issues._return_issues(
                {
                    issue: issue.quantity if quantity is None else quantity
                    for issue in issues
                }
            )
        return True

    def _return_stated(self, quantities):
        """:param quantities: by component, in its unit"""
        self._check_may_return(quantities)
        self._lock_to_issue()
        self._post_return(quantities)

    def _check_may_return(self, quantities):
        """:raise UserError: as said in ``action_return``
        :raise AccessError: likewise
        """
        self._check_is_manufacturing_user()
        self._check_order_is_open()
        for move in self:
            move._check_stated_quantity(quantities[move])
            move._check_is_issued(quantities[move], move._get_issued_early())
            move._check_keeps_fixed_quantity(quantities[move])

    def _check_order_is_open(self):
        """:raise UserError: these are not of an order that isn't completed"""
        closed = self.filtered(
            lambda move: (
                not move.raw_material_production_id
                or move.raw_material_production_id.state in ("done", "cancel")
            )
        )
        if closed:
            raise UserError(
                self.env._(
                    "Components can be returned until their order is completed. After "
                    "that, unbuild the product, or correct the quantity used:\n%s",
                    closed._list_components(),
                )
            )

    def _check_is_issued(self, quantity, issued):
        """:param issued: what can be returned, in this move's unit
        :raise UserError: the quantity is more than that
        """
        compare = self.product_uom.compare
        if compare(quantity, 0) <= 0 or compare(quantity, issued) > 0:
            raise UserError(
                self.env._(
                    "%(product)s: %(issued)s %(unit)s were issued and can be returned.",
                    product=self.product_id.display_name,
                    issued=format_quantity(self.env, issued),
                    unit=self.product_uom.display_name,
                )
            )

    def _check_keeps_fixed_quantity(self, quantity):
        """:param quantity: to be returned, in the component's unit
        :raise UserError: only a part of what is fixed per order would be left
        """
        compare, issued = self.product_uom.compare, self._get_issued_early()
        proportional = issued - (self.fixed_quantity if self.is_fixed_issued else 0.0)
        if (
            compare(proportional, 0) >= 0
            and compare(quantity, proportional) > 0
            and compare(quantity, issued) < 0
        ):
            raise UserError(
                self.env._(
                    "%(product)s: %(fixed)s %(unit)s are fixed per order, and are only "
                    "returned together with everything else.",
                    product=self.product_id.display_name,
                    fixed=format_quantity(self.env, self.fixed_quantity),
                    unit=self.product_uom.display_name,
                )
            )

    def _return_issues(self, quantities):
        """Return of these issues, and no others of their components.

        :param quantities: by issue, in its unit
        """
        self._check_is_manufacturing_user()
        self._check_not_returned()
        self._check_order_is_open()
        for issue in self:
            issue._check_stated_quantity(quantities[issue])
            issue._check_is_issued(quantities[issue], issue.quantity)
        components = self.issue_component_id
        for component, issues in self.grouped("issue_component_id").items():
            component._check_keeps_fixed_quantity(
                sum(
                    issue.product_uom._compute_quantity(
                        quantities[issue], component.product_uom, round=False
                    )
                    for issue in issues
                )
            )
        components._lock_to_issue()
        components._forget_finished_operation()
        parts = self.browse().concat(
            *(issue._divide_posted(quantities[issue]) for issue in self)
        )
        parts._leave_order()._post_way_back()
        components._update_after_issue()

    def _check_not_returned(self):
        """:raise UserError: what was issued is no order's any more"""
        returned = self.filtered(
            lambda issue: issue.state != "done" or not issue.raw_material_production_id
        )
        if returned:
            raise UserError(
                self.env._(
                    "These were returned already:\n%s", returned._list_components()
                )
            )

    def _post_return(self, quantities):
        """Take the issues out of their orders and move the stock back.

        :param quantities: by component, in its unit
        """
        self._forget_finished_operation()
        parts = self.browse().concat(
            *(move._divide_issues(quantities[move]) for move in self)
        )
        returns = parts._leave_order()._post_way_back()
        self._update_after_issue()
        return returns

    def _leave_order(self):
        """:return: these issues, which are no order's any more"""
        return self._take_out(
            {"raw_material_production_id": False, "workorder_id": False}
        )

    def _post_way_back(self):
        """Move the stock of these issues back.

        :return: the posted moves
        """
        returns = create_by_system(
            self, [issue._prepare_return_vals() for issue in self]
        )
        create_by_system(
            self.env["stock.move.line"],
            [
                line._prepare_return_vals(move)
                for issue, move in zip(self, returns, strict=True)
                for line in issue.move_line_ids
            ],
        )
        returns._action_done()
        return returns

    def _get_backorder_move_vals(self):
        return {
            **super()._get_backorder_move_vals(),
            "first_component_id": self._get_first_component().id,
            "whole_demand": self.whole_demand,
            "whole_quantity": self.whole_quantity,
            "whole_number": self.whole_number,
            "planned_unit_cost": from_server(self.planned_unit_cost),
        }

    def _prepare_return_vals(self):
        [vals] = self.copy_data(
            {
                "product_uom_qty": self.quantity,
                "state": "confirmed",
                "location_id": self.location_dest_id.id,
                "location_dest_id": self.location_id.id,
                "issue_component_id": self.issue_component_id.id,
                "raw_material_production_id": False,
                "origin_returned_move_id": self.id,
                "move_orig_ids": [Command.clear()],
                "move_dest_ids": [Command.clear()],
            }
        )
        return vals

    def _get_surplus(self):
        """Components of which more was issued than their whole order needs."""
        needs = self._get_whole_order_needs()
        return self.filtered(
            lambda move: not move.product_uom.is_zero(needs[move].surplus)
        )

    def _ask_for_return(self):
        """The dialog that proposes to return what isn't needed any more, and a note
        on the orders for whoever meets no dialog."""
        for order, components in self.grouped("raw_material_production_id").items():
            order.message_post(
                body=self.env._(
                    "More was issued than the changed quantity to produce needs. "
                    "Return what is left over: %s",
                    ", ".join(components.product_id.mapped("display_name")),
                )
            )
        return self.raw_material_production_id[:1].action_open_return()

    # Carrying over: what was issued beyond the need of one part of the order.

    def _carry_over_surplus(self, backorders):
        """Give each component's surplus to the first backorder of its order.

        :param backorders: orders that these components' orders were just split into
        """
        copies = backorders.move_raw_ids.filtered(lambda copy: copy._is_component())
        by_first = copies.grouped("first_component_id")
        chains = [
            move | by_first.get(move._get_first_component(), self.browse())
            for move in self
        ]
        self._drop_parked_surplus(is_whole_order=True)
        # What is carried over counts for the next order of the chain.
        for steps in zip_longest(*(pairwise(chain) for chain in chains)):
            following = dict(step for step in steps if step)
            parts = self.browse().concat(*following)
            for part, need in parts._get_whole_order_needs().items():
                if not part.product_uom.is_zero(need.surplus):
                    part._carry_over(need.surplus, following[part])
        self.browse().concat(*chains)._set_demand_to_open_need()

    def _carry_over(self, quantity, component):
        """Give issues to the same component of a backorder, with lots and value.

        :param quantity: in this component's unit
        :param component: the backorder's
        """
        self.ensure_one()
        order = component.raw_material_production_id
        carried = self._divide_issues(quantity)._take_out(
            {
                "raw_material_production_id": order.id,
                "issue_component_id": component.id,
                "workorder_id": component.workorder_id.id,
            }
        )
        carried.move_line_ids.production_id = order
        component._mark_issued_early()

    # Dividing: nothing moves, so stock's own ways, which would move it, aren't taken.

    def _divide_issues(self, quantity):
        """Divide off what was issued last.

        :param quantity: in the component's unit
        :return: posted moves of exactly that quantity
        """
        self.ensure_one()
        issues = self._get_early_issues()
        parts = [(issue, issue._get_quantity_in(self.product_uom)) for issue in issues]
        taken = self.browse()
        for issue, part in divide(parts, quantity, self.product_uom.rounding):
            taken |= issue._divide_posted(
                self.product_uom._compute_quantity(part, issue.product_uom, round=False)
            )
        return taken

    def _take_out(self, vals):
        """Have these issues be another order's, or none's.

        :param vals: written on them
        :return: these
        """
        # Where it went is history, whatever the order that it belongs to says.
        history = [self._fields[name] for name in POSTED_FACTS]
        with self.env.protecting(history, self), by_system(self.env):
            self.write(vals)
            self.flush_recordset()
        # They follow the order.
        self._update_analytic_lines()
        return self

    def _divide_posted(self, quantity):
        """Divide a posted issue in two: same lots, same date, each its share of value.

        :param quantity: of the part to divide off, in this move's unit
        :return: that part, or this move if it is all of it
        """
        self.ensure_one()
        if self.product_uom.compare(quantity, self.quantity) >= 0:
            return self
        value = self._get_posted_value()
        [vals] = self.copy_data(
            {
                "product_uom_qty": quantity,
                "state": "draft",
                "date": self.date,
                "issue_component_id": self.issue_component_id.id,
                "workorder_id": self.workorder_id.id,
                **self._get_posted_entry(),
            }
        )
        part = create_by_system(self, [vals])
        share = quantity / self.quantity
        weight = self._get_lot_value()
        self._divide_lines(quantity, part)
        if weight:
            share = part._get_lot_value() / weight
        part.write({"state": "done", "date": self.date})
        self._set_demand(self.quantity)
        part._set_posted_value(value * share)
        self._set_posted_value(value - part._get_posted_value())
        (self | part)._update_analytic_lines()
        return part

    def _divide_lines(self, quantity, part):
        lines = self.move_line_ids.sorted("id")
        stated = self._in_product_unit(quantity, is_exact=True)
        for line, taken in divide(
            [(line, line.quantity_product_uom) for line in lines],
            stated,
            self.product_id.uom_id.rounding,
        ):
            given = line._divide_posted(taken, part, stated)
            stated -= given.product_uom_id._compute_quantity(
                given.quantity, self.product_id.uom_id, round=False
            )

    def _get_lot_value(self):
        """What the lots of the move are worth, where each has a cost of its own."""
        if "lot_valuated" not in self.product_id._fields:
            return 0.0
        if not self.product_id.lot_valuated:
            return 0.0
        return sum(
            line.quantity_product_uom * line.lot_id.standard_price
            for line in self.move_line_ids
        )

    def _get_posted_value(self):
        """The value of a posted move, 0 without ``stock_account``."""
        return self.value if "value" in self._fields else 0.0

    def _get_posted_entry(self):
        """The journal entry of a posted move, which is its parts' too."""
        if "account_move_id" not in self._fields:
            return {}
        return {"account_move_id": self.account_move_id.id}

    def _set_posted_value(self, value):
        if "value" in self._fields:
            self.value = value
