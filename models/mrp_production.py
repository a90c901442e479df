"""The story of an order: each method of core's in which more than one room has a say,
overridden once, in the order in which a shop floor comes to it. What the steps do is
told in the rooms."""

from contextlib import ExitStack, nullcontext

from odoo import Command, models

from .call_scope import (
    COMPARED_ORDERS,
    COMPLETION,
    DEVIATIONS,
    RESCHEDULED_ORDERS,
    SPARED_COMPONENTS,
    STATED_REASONS,
)
from .completion.completion import Completion
from .method.kept_choices import (
    ISSUE_METHOD,
    SUPPLY_LOCATION,
    keep_choices_alone,
    read_choices,
    restore_choices,
)
from .rules.issue_method import COUNT, MANUAL, NOT_FILLED_IN
from .shortage.taken_reservations import telling_of_taken_reservations
from .turns.mrp_production import MOVING_FIELDS

# With these core dates all moves of an order anew, as if none were posted before it is
# done.
_SCHEDULING = frozenset({"date_start", "date_finished"})


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mrp.checked.fields"]

    def _is_subcontracted(self):
        """Subcontracting orders are completed by a receipt, with nobody to ask."""
        self.ensure_one()
        return self.bom_id.type == "subcontract"

    # Made: of a bill of materials, or as a copy.

    def _get_moves_raw_values(self):
        vals_list = []
        for order in self:
            with order._exploding_bom() as explosion:
                values = super(MrpProduction, order)._get_moves_raw_values()
            explosion.add_to(values)
            vals_list += values
        if "draft" in self.mapped("state"):
            self._keep_chosen_locations(vals_list)
        return vals_list

    def _get_move_raw_values(
        self, product, product_uom_qty, product_uom, operation_id=False, bom_line=False
    ):
        values = super()._get_move_raw_values(
            product, product_uom_qty, product_uom, operation_id, bom_line
        )
        if COMPARED_ORDERS.is_open() and self in (COMPARED_ORDERS.get(self.env) or ()):
            return values
        if not self._is_subcontracted():
            values.update(self._prepare_supply_vals(values))
        return values

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        copies_components = "move_raw_ids" not in (default or {})
        for order, vals in zip(self, vals_list, strict=True):
            if copies_components:
                if order._get_early_issues():
                    vals["move_raw_ids"] = order._copy_planned_components()
                else:
                    vals["move_raw_ids"] += order._copy_fixed_components()
            for command in vals.get("move_raw_ids") or []:
                if command[0] == Command.CREATE:
                    keep_choices_alone(command[2])
        return vals_list

    # Planned and changed.

    def write(self, vals):
        if not vals.keys().isdisjoint(MOVING_FIELDS) and (self.company_id._has_turns()):
            self._take_turns()
        if not self._get_guarded_fields().isdisjoint(vals):
            self._check_said([vals])
        with ExitStack() as scopes:
            if "move_raw_ids" in vals and "done" in self.mapped("state"):
                # All components of the form: one message lists what is short of any.
                scopes.enter_context(self.env["stock.move"]._correcting())
            if not _SCHEDULING.isdisjoint(vals):
                scopes.enter_context(RESCHEDULED_ORDERS.hold(self.env))
            return super().write(vals)

    def _link_bom(self, bom):
        # Core would take each issue for a component of its own.
        unfinished = self.filtered(lambda order: order.state != "done")
        unfinished._check_nothing_issued()
        unfinished.move_raw_ids._check_nothing_parked()
        chosen = read_choices(self.move_raw_ids)
        with self._linking_quantities(bom):
            result = super()._link_bom(bom)
            # On a draft order core made the components anew.
            restore_choices(self.move_raw_ids, chosen, [ISSUE_METHOD])
            self.move_raw_ids._resolve_issue_method_again()
        restore_choices(self.move_raw_ids, chosen, [SUPPLY_LOCATION])
        self.move_raw_ids._resolve_supply_location_again()
        return result

    def action_merge(self):
        self._take_turns()
        chosen = read_choices(self.move_raw_ids)
        action = super().action_merge()
        restore_choices(self.browse(action["res_id"]).move_raw_ids, chosen)
        return action

    # Started.

    def action_start(self):
        self._take_turns()
        result = super().action_start()
        self._issue_at_start()
        return result

    # Divided: by a person, or into what was produced and a backorder.

    def _split_productions(
        self, amounts=False, cancel_remaining_qty=False, set_consumed_qty=False
    ):
        # Core's dialog comes here first.
        self._take_turns()
        fills_manual = set_consumed_qty and self.move_raw_ids._has_not_filled_in()
        with self._splitting_needs():
            issued = self._get_components().filtered(
                lambda move: move.is_issued_early or move.is_parked
            )
            with SPARED_COMPONENTS.hold(self.env) if fills_manual else nullcontext():
                productions = super()._split_productions(
                    amounts, cancel_remaining_qty, set_consumed_qty
                )
            if fills_manual:
                # Core gave them a quantity, whether there is stock or not.
                productions._get_unissued_components()._reserve_again()
            issued._carry_over_surplus(productions - self)
        return productions

    # Completed.

    def button_mark_done(self):
        lots = self._get_lot_turns() if self._has_tracked() else set()
        if lots or self.company_id._has_turns():
            self._take_turns(lots=lots)
        if self.company_id._have_lot_rules():
            # Before anything asks about the lots that are chosen.
            self.move_raw_ids._replace_expired_lots()
        with COMPLETION.hold(self.env, Completion(frozenset(self.ids))):
            return super().button_mark_done()

    def _is_completing(self):
        return COMPLETION.get(self.env) is not None

    def _is_reported(self):
        """Whether something is being produced: it was typed, or will be, because the
        order is completed by the same call. Core goes through those in any order."""
        self.ensure_one()
        if self.qty_producing > 0:
            return True
        completion = COMPLETION.get(self.env)
        return completion is not None and self.id in completion.order_ids

    def pre_button_mark_done(self):
        """Before core's dialogs, for the person who would answer them in vain: what
        can't be posted is said here."""
        if self.company_id._has_any_shortage_rules():
            self._check_shortages_at_completion()
        if self.company_id._have_lot_rules():
            self._check_lots_at_completion()
        if self._has_not_filled_in():
            self._check_manual_components_at_completion()
        # Where nothing was reported yet, core fills in everything itself.
        reported = self.filtered("qty_producing")
        if reported:
            reported._fill_changed_needs()
        result = super().pre_button_mark_done()
        if result is True and self._has_reasons_to_note():
            self.filtered(lambda order: order.state != "done")._note_reasons()
        return result

    def _asks_for_reasons(self):
        """Whether why components deviate is asked for, or was said."""
        if DEVIATIONS.is_open():
            return False
        return self.company_id._require_reasons() or STATED_REASONS.is_open()

    def _has_manual_components(self):
        return MANUAL in self.move_raw_ids.mapped("issue_method")

    def _has_not_filled_in(self):
        methods = self.move_raw_ids.mapped("issue_method")
        return not NOT_FILLED_IN.isdisjoint(methods)

    def _has_tracked(self):
        """Whether something with a lot or serial number is used or made."""
        # Those of all products first: each is read once, as by core afterwards.
        moves = self.move_finished_ids | self.move_raw_ids
        is_untracked = set(moves.mapped("has_tracking")) <= {"none"}
        return not is_untracked or bool(self.lot_producing_ids)

    def _check_sn_uniqueness(self):
        if "done" not in self.move_raw_ids.mapped("state"):
            return super()._check_sn_uniqueness()
        with self._passing_by_issued_serials():
            return super()._check_sn_uniqueness()

    def _set_quantities(self):
        if not self.company_id._has_any_shortage_rules():
            return super()._set_quantities()
        self._prepare_to_fill()
        result = super()._set_quantities()
        self._fill_despite_open_pick()
        return result

    def _get_consumption_issues(self):
        issues = self._compare_consumption()
        return self._restate_by_reasons(issues) if self._asks_for_reasons() else issues

    def _compare_consumption(self):
        with COMPARED_ORDERS.hold(self.env, self):
            issues = super()._get_consumption_issues()
        return self._restate_consumption_issues(issues) if issues else issues

    def _post_inventory(self, cancel_backorder=False):
        if not self:
            # Core does it with orders that are backordered, and with those that aren't.
            return super()._post_inventory(cancel_backorder=cancel_backorder)
        # Before anything is parked: the demand is all that is needed until then.
        self._note_needs()
        if self.company_id._has_any_shortage_rules():
            self._limit_to_available()
        with (
            telling_of_taken_reservations(self.env)
            if self.company_id._have_notes_on_taken_reservations()
            else nullcontext()
        ):
            if self._has_tracked():
                self._check_posted_lots()
            if self._has_manual_components():
                # Core's dialogs also complete orders that it was not asked to complete.
                unissued = self._get_unissued_components()
                unissued._check_may_stay_unissued(is_confirmed=True)
            recorded_unused = self._get_recorded_unused_components()
            left_to_count = self.env["stock.move"]
            if COUNT in self.move_raw_ids.mapped("issue_method"):
                left_to_count = self._get_components_left_to_count()
                left_to_count._note_uncounted_values()
            result = super()._post_inventory(cancel_backorder=cancel_backorder)
            if left_to_count:
                left_to_count._announce_use()
            if recorded_unused:
                # Core cancels these, and forgets that a person had said something.
                recorded_unused._mark_recorded()
            self._link_early_issues()
        return result

    # Cancelled.

    def _action_cancel(self):
        # They would be lost to the stock.
        self._check_nothing_issued()
        self._cancel_what_waits()
        return super()._action_cancel()

    # Made a bill of materials of: its lines as planned, and not their issues.

    def _get_bom_values(self, ratio=1):
        lines, byproducts, operations = super()._get_bom_values(ratio)
        by_component = {
            component: line
            for component, line in zip(self.move_raw_ids, lines, strict=True)
            if component._is_component()
        }
        self._restate_issued_in_bom(by_component, ratio)
        self._mark_fixed_in_bom(by_component)
        return list(by_component.values()), byproducts, operations
