from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .access.arguments import check_record
from .access.system_fields import by_system
from .call_scope import CallScope
from .posting.rescheduled_orders import rescheduling_orders
from .posting.spared_components import sparing_manual_components
from .rules.issue_method import MANUAL, ORDER_STATES_TO_ISSUE, START
from .rules.product_demand import ProductDemand

# Ids of the orders that are being completed.
_COMPLETING = CallScope("completing_orders")


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mrp.system.fields"]

    can_issue_components = fields.Boolean(compute="_compute_can_issue_components")
    can_return_components = fields.Boolean(compute="_compute_can_issue_components")

    @api.depends("state", "move_raw_ids.is_issued_early", "bom_id.type")
    def _compute_can_issue_components(self):
        for order in self:
            is_open = order.state in ORDER_STATES_TO_ISSUE
            order.can_issue_components = (
                is_open and bool(order.move_raw_ids) and not order._is_subcontracted()
            )
            order.can_return_components = is_open and any(
                order.move_raw_ids.mapped("is_issued_early")
            )

    def _is_subcontracted(self):
        """Subcontracting orders are completed by a receipt, with nobody to ask."""
        self.ensure_one()
        return self.bom_id.type == "subcontract"

    # Overrides of the issue method live as long as the order's work does.

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for order, vals in zip(self, vals_list, strict=True):
            if "move_raw_ids" not in (default or {}) and order._get_early_issues():
                vals["move_raw_ids"] = order._copy_planned_components()
            for command in vals.get("move_raw_ids") or []:
                if command[0] != Command.CREATE:
                    continue
                component_vals = command[2]
                if component_vals.get("issue_method_source") != "order":
                    # A new component: the levels decide anew.
                    component_vals.pop("issue_method", None)
                    component_vals.pop("issue_method_source", None)
        return vals_list

    def _copy_planned_components(self):
        """Commands that create the component list as it was before anything was
        issued: core copies the open rest, and each issue."""
        planned = {
            move: move._plan_quantity(self.product_qty) + move.fixed_quantity
            for move in self.move_raw_ids
            if move._is_component()
        }
        return [
            Command.create(move.copy_data({"product_uom_qty": quantity})[0])
            for move, quantity in planned.items()
            if quantity
        ]

    def action_merge(self):
        overrides = self._get_issue_method_overrides()
        action = super().action_merge()
        self.browse(action["res_id"])._restore_issue_method_overrides(overrides)
        return action

    def _link_bom(self, bom):
        # Core would take each issue for a component of its own.
        unfinished = self.filtered(lambda order: order.state != "done")
        unfinished._check_nothing_issued()
        unfinished.move_raw_ids._check_nothing_parked()
        overrides = self._get_issue_method_overrides()
        result = super()._link_bom(bom)
        # On a draft order core made the components anew.
        self._restore_issue_method_overrides(overrides)
        self.move_raw_ids._resolve_issue_method_again()
        return result

    def _get_issue_method_overrides(self):
        """What people chose on these orders, by BoM line and product.

        Where two orders disagree, manual wins: nothing is issued behind the back of
        the person who wanted to issue it.
        """
        overrides = {}
        for component in self.move_raw_ids:
            if component.issue_method_source != "order":
                continue
            key = (component.bom_line_id, component.product_id)
            if overrides.get(key) != MANUAL:
                overrides[key] = component.issue_method
        return overrides

    def _restore_issue_method_overrides(self, overrides):
        for component in self.move_raw_ids:
            method = overrides.get((component.bom_line_id, component.product_id))
            if method and component.issue_method_source != "order":
                component._override_issue_method(method)

    # Start.

    def action_start(self):
        result = super().action_start()
        self._issue_at_start()
        return result

    def _issue_at_start(self):
        """Issue in full what is backflushed at start; again, only what is missing."""
        self._get_components(START)._issue_planned()

    def _is_started(self):
        self.ensure_one()
        return self.state in ("progress", "to_close")

    # Other days: rescheduled, planned, started.

    def write(self, vals):
        if "date_start" not in vals and "date_finished" not in vals:
            return super().write(vals)
        # Core dates all moves anew, as if none were posted before the order is done.
        with rescheduling_orders(self.env):
            return super().write(vals)

    # A changed quantity to produce.

    def _adapt_to_new_quantity(self):
        """After a change of the quantity to produce: what is issued already counts,
        what started orders issue at start is issued for the rest.

        :return: an action that asks for a return, where less is needed than was issued
        """
        components = self._get_components().filtered(
            lambda move: move.is_issued_early or move.is_parked
        )
        components._drop_parked_surplus(is_whole_order=True)
        components._settle_demand(keep_transfers=False)
        for order in self:
            if order._is_started():
                order._issue_at_start()
        surplus = components._get_surplus()
        return surplus._ask_for_return() if surplus else None

    def _get_components(self, method=None):
        """The open lines of the orders' component lists, not their issues.

        :param method: only those with this issue method
        """
        return self.move_raw_ids.filtered(
            lambda move: (
                move._is_open_component()
                and (not method or move.issue_method == method)
            )
        )

    # Issue and return by hand.

    def action_open_issue(self):
        return self._open_dialog(
            "mrp.component.issue",
            self.env._("Issue Components"),
            dialog_size="extra-large",
        )

    def action_open_return(self):
        return self._open_dialog(
            "mrp.component.return", self.env._("Return Components")
        )

    def action_preview_backflush(self):
        return self._open_dialog(
            "mrp.backflush.preview",
            self.env._("Backflush Preview"),
            dialog_size="extra-large",
        )

    def _check_dialog_lines(self, lines):
        """:raise UserError: a line is of another order's component, or one twice"""
        components = lines.move_id
        if len(components) != len(lines) or components - self._get_components():
            raise UserError(
                self.env._("Enter each component of the order once, and no other.")
            )

    def _open_dialog(self, model, name, **context):
        check_record(self)
        return {
            "name": name,
            "type": "ir.actions.act_window",
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_production_id": self.id, **context},
        }

    # The quantity that is being produced.

    def _set_qty_producing(self, pick_manual_consumption_moves=True):
        result = super()._set_qty_producing(pick_manual_consumption_moves)
        components = self.move_raw_ids
        if self._is_waiting_for_pick():
            # As core: what the pick brings decides the lots.
            components = components.filtered(lambda move: move.has_tracking == "none")
        components._fill_own_needs(pick_edited=pick_manual_consumption_moves)
        return result

    def _is_waiting_for_pick(self):
        """Whether the transfer to the production line is still open."""
        warehouse = self.warehouse_id
        return warehouse.manufacture_steps != "mrp_one_step" and any(
            picking.picking_type_id == warehouse.pbm_type_id
            and picking.state not in ("done", "cancel")
            for picking in self.picking_ids
        )

    # Completion.

    def pre_button_mark_done(self):
        unissued = self._get_unissued_components()
        unissued._check_may_stay_unissued(
            is_confirmed=self.env.context.get("skip_consumption")
        )
        self._get_unpicked_manual_components()._clear_core_manual_consumption()
        # Where nothing was reported yet, core fills in everything itself.
        for order in self.filtered("qty_producing"):
            order._get_components().filtered(
                lambda move: move._may_be_filled_again()
            )._fill_own_needs()
        return super().pre_button_mark_done()

    def _get_unissued_components(self):
        return self.move_raw_ids.filtered(lambda move: move._is_unissued())

    def _get_unpicked_manual_components(self):
        return self._get_components(MANUAL).filtered(lambda move: not move.picked)

    def _get_consumption_issues(self):
        return [
            issue
            for order, product, consumed, expected in super()._get_consumption_issues()
            for issue in order._restate_consumption_issue(product, consumed, expected)
        ]

    def _restate_consumption_issue(self, product, consumed, expected):
        """Core compares with a share of the rounded demand. Where the order asks for
        what the BoM says, its need is what is expected; and what was issued beyond it
        goes over to the backorder.

        :return: no issue or one, in core's form
        """
        components = self.move_raw_ids.filtered(
            lambda move: move._is_component() and move.product_id == product
        )
        demand = ProductDemand(
            product, components._get_needs(), components._get_planned_needs()
        )
        # Nothing produced, serial numbers named: core expects nothing then.
        if self.qty_producing and demand.asks_for(
            expected * self.product_qty / self.qty_producing
        ):
            carried_over = demand.carried_over if self._may_be_backordered() else 0.0
            # Not each rounded: 14.8 pieces less 9.9 are 0.82 packs of 6, not 0.85.
            consumed = product.uom_id.round(self._get_consumed(product) - carried_over)
            expected = demand.expected
            if product.uom_id.compare(consumed, expected) == 0:
                return []
        return [(self, product, consumed, expected)]

    def _get_consumed(self, product):
        """What is posted of a product, or filled in to be, or waits for stock; in its
        unit and not rounded: two lines of 5 pieces are 1.67 packs of 6."""
        moves = self.move_raw_ids.filtered(
            lambda move: move.product_id == product and move.picked
        )
        consumed = sum(move._get_exact_quantity(product.uom_id) for move in moves)
        parked = sum(
            move.product_uom._compute_quantity(
                move._get_parked(), product.uom_id, round=False
            )
            for move in self.move_raw_ids
            if move.product_id == product
        )
        return consumed + parked

    def _may_be_backordered(self):
        """Whether less was produced, and nobody said that this is all."""
        self.ensure_one()
        if self.product_uom_id.compare(self.qty_producing, self.product_qty) >= 0:
            return False
        if self.env.context.get("skip_backorder"):
            # As core reads it, and any client may send.
            stated = self.env.context.get("mo_ids_to_backorder")
            return isinstance(stated, list | tuple) and self.id in stated
        return self.picking_type_id.create_backorder != "never"

    def button_mark_done(self):
        with _COMPLETING.hold(self.env, frozenset(self.ids)):
            return super().button_mark_done()

    def _is_completing(self):
        return bool(_COMPLETING.get(self.env))

    def _is_reported(self):
        """Whether something is being produced: it was typed, or will be, because the
        order is completed by the same call. Core goes through those in any order."""
        self.ensure_one()
        return self.qty_producing > 0 or self.id in (_COMPLETING.get(self.env) or ())

    def _split_productions(
        self, amounts=False, cancel_remaining_qty=False, set_consumed_qty=False
    ):
        issued = self._get_components().filtered(
            lambda move: move.is_issued_early or move.is_parked
        )
        productions = self._split_without_issuing_manual_components(
            amounts, cancel_remaining_qty, set_consumed_qty
        )
        issued._carry_over_surplus(productions - self)
        return productions

    def _split_without_issuing_manual_components(
        self, amounts, cancel_remaining_qty, set_consumed_qty
    ):
        if not set_consumed_qty or not self.move_raw_ids._has_manual():
            return super()._split_productions(
                amounts, cancel_remaining_qty, set_consumed_qty
            )
        with sparing_manual_components(self.env):
            productions = super()._split_productions(
                amounts, cancel_remaining_qty, set_consumed_qty
            )
        # Core gave them a quantity, whether there is stock or not.
        productions._get_unissued_components()._reserve_again()
        return productions

    def _post_inventory(self, cancel_backorder=False):
        # Core's dialogs also complete orders that it was not asked to complete.
        self._get_unissued_components()._check_may_stay_unissued(is_confirmed=True)
        recorded_unused = self.move_raw_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move._is_recorded()
                and move.product_uom.is_zero(move.quantity)
            )
        )
        self._note_needs()
        result = super()._post_inventory(cancel_backorder=cancel_backorder)
        # Core cancels these, and forgets that a person had said something.
        recorded_unused._mark_recorded()
        self._link_early_issues()
        return result

    def _note_needs(self):
        """What the orders needed: the next ones of their chains take the rest. What is
        fixed per order is issued with the first report of its chain.

        An order of serial numbers may be completed without any of them being produced
        (core's dialog, *No Backorder*): it needed nothing.
        """
        components = self._get_components()
        needs = components._get_needs(
            {move: move.raw_material_production_id.qty_producing for move in components}
        )
        for (total, reported), moves in components.grouped(
            lambda move: (needs[move].total, needs[move].reported)
        ).items():
            with by_system(self.env):
                moves.write({"needed_quantity": total, "reported_quantity": reported})
        for move in components.filtered(
            lambda move: move.fixed_quantity and move.picked
        ):
            move._mark_fixed_issued(bool(needs[move].fixed))

    def _link_early_issues(self):
        """Genealogy: core links what it posts itself to the finished lots."""
        for order in self:
            issues = order._get_early_issues()
            if issues:
                order.move_finished_ids.move_line_ids.consume_line_ids = [
                    Command.link(line.id) for line in issues.move_line_ids
                ]

    def _get_early_issues(self):
        """The issues before completion that are these orders', posted."""
        return self.move_raw_ids.filtered(
            lambda move: move.issue_component_id and move.state == "done"
        )

    def _action_cancel(self):
        # They would be lost to the stock.
        self._check_nothing_issued()
        return super()._action_cancel()

    def _check_nothing_issued(self):
        """:raise UserError: components were issued before completion"""
        self._get_early_issues().issue_component_id._check_nothing_issued()

    # What is made of the component list: its lines as planned, and not their issues.

    def _get_bom_values(self, ratio=1):
        lines, byproducts, operations = super()._get_bom_values(ratio)
        needs = self.move_raw_ids.filtered("is_issued_early")._get_planned_needs()
        kept = []
        for move, line in zip(self.move_raw_ids, lines, strict=True):
            if move in needs:
                unit = self.env["uom.uom"].browse(line[2]["product_uom_id"])
                line[2]["product_qty"] = move.product_uom._compute_quantity(
                    max(needs[move].total, needs[move].issued) * ratio, unit
                )
            if move._is_component():
                kept.append(line)
        return kept, byproducts, operations
