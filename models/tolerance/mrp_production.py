"""What deviates beyond the tolerance when an order is completed, and why."""

from collections import defaultdict
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

from ..access.arguments import check_record
from ..call_scope import DEVIATIONS, STATED_REASONS
from ..completion.forecast import set_in_memory
from ..rules.issue_method import ORDER_STATES_TO_ISSUE
from ..texts import format_quantity


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    # What is inside.

    def _is_tolerated(self, product, used, needed, is_as_planned):
        """Whether what the chain so far used of a product is inside its tolerance.

        Core asks by product: of several components their sum is judged, in the
        smallest of their units.

        :param used: by this order, and what waits or is left to a count; in the
            product's unit and not rounded, as all here
        :param needed: by this order, as it is compared with
        :param is_as_planned: whether that is what its components call for
        """
        self.ensure_one()
        company = self.company_id
        if not company._uses_tolerance():
            return False
        components = self._get_components_of(product)
        if components:
            tolerance = components._get_joint_tolerance(company)
        else:
            tolerance, _source, _record = company._resolve_tolerance(product)
        if not tolerance:
            return False
        for part in self._get_parts_before():
            part_used, part_needed = part._get_part_use(product)
            used += part_used
            if not is_as_planned:
                # Core's comparison is with the bill of materials.
                part_needed = needed * part._get_produced_share_of(self)
            needed += part_needed
        units = components.product_uom or product.uom_id
        unit = min(units, key=lambda unit: unit.factor)
        used, needed = (
            product.uom_id._compute_quantity(quantity, unit, round=False)
            for quantity in (used, needed)
        )
        return tolerance.holds(used, needed, unit.rounding)

    def _get_components_of(self, product):
        return self.move_raw_ids.filtered(
            lambda move: move._is_component() and move.product_id == product
        )

    def _get_parts_before(self):
        """The orders of the chain that are completed, and those that come before this
        one and are reported: they are completed with it."""
        chain = self.sudo().production_group_id.production_ids - self
        return chain.with_env(self.env).filtered(
            lambda order: (
                order.state == "done"
                or (
                    order.state in ORDER_STATES_TO_ISSUE
                    and order.backorder_sequence < self.backorder_sequence
                    and order._is_reported()
                )
            )
        )

    def _get_part_use(self, product):
        """:return: what an order used of a product, and needed of it, in the product's
        unit and not rounded
        """
        components = self._get_components_of(product)
        if self.state != "done":
            needs = {move: need.total for move, need in components._get_needs().items()}
            used = self._get_consumed(product)
        else:
            needs = {move: move._get_quantity_needed() for move in components}
            used = sum(move._get_all_use() for move in components)
        return used, sum(
            move._in_product_unit(need, is_exact=True) for move, need in needs.items()
        )

    def _get_produced_share_of(self, order):
        """How many times what that order produces this one produces."""
        produced = self.qty_produced if self.state == "done" else self.qty_producing
        return produced / order.qty_producing if order.qty_producing else 0.0

    # What is beyond, and why.

    def _restate_by_reasons(self, issues):
        """What core asks about consumption: not what somebody has just said why, and
        also where a reason is required and the bill of materials doesn't ask.

        :param issues: in core's form, as the result
        """
        if self.env.context.get("skip_consumption"):
            return issues
        silent = self.filtered(
            lambda order: (
                not order._asks_about_consumption() and order._is_reason_required()
            )
        )
        # Not by core's own name: an override of it that lies above is under way.
        with silent._asking_in_memory():
            found = silent._compare_consumption() if silent else ()
        return [
            *(issue for issue in issues if not issue[0]._is_answered(issue[1])),
            *(issue for issue in found if issue[0]._lacks_reason(issue[1])),
        ]

    def _is_answered(self, product):
        """Who says why has answered; where the bill of materials blocks, only if they
        may."""
        reason = self._get_stated_reason(product)
        return bool(reason) and self._is_deviation_accepted("accept")

    def _find_deviations(self):
        """What these orders use beyond the tolerance, whether or not their bills of
        materials ask about it, and whatever was answered.

        :return: issues in core's form
        """
        with self._asking_in_memory(), DEVIATIONS.hold(self.env):
            return self.with_context(skip_consumption=False)._get_consumption_issues()

    @contextmanager
    def _asking_in_memory(self):
        """Have these orders look as if they asked about their consumption, for the
        length of the comparison: core leaves out those that don't."""
        flexible = self.filtered(lambda order: not order._asks_about_consumption())
        flexible.flush_recordset(["consumption"])
        try:
            for order in flexible:
                set_in_memory(order, consumption="warning")
            yield
        finally:
            for order in flexible:
                set_in_memory(order, consumption="flexible")

    def _find_unexplained(self):
        """Of orders of which a reason is required, the deviations without one.

        :return: issues in core's form
        """
        asked = self.filtered(lambda order: order._is_reason_required())
        issues = asked._find_deviations() if asked else ()
        return [issue for issue in issues if issue[0]._lacks_reason(issue[1])]

    def _is_reason_required(self):
        """A subcontractor's order has nobody to ask."""
        self.ensure_one()
        return self.company_id._require_reasons() and not self._is_subcontracted()

    def _lacks_reason(self, product):
        """One on any of the product's components will do."""
        if self._get_stated_reason(product):
            return False
        components = self._get_components_of(product)
        if components:
            return not components.deviation_reason_id
        return bool(self._prepare_taken_out(product))

    def _get_stated_reason(self, product):
        """:return: the reason that a person has just given, or an empty one"""
        stated = STATED_REASONS.get(self.env) or {}
        for key in (*self._get_components_of(product), product, self):
            if key in stated:
                return stated[key]
        return self.env["mrp.deviation.reason"]

    # Noted, before anything is posted.

    def _has_reasons_to_note(self):
        """Whether why components deviate is asked for, was said, or is noted: it may
        be so no more."""
        return self._asks_for_reasons() or (
            any(company._uses_tolerance() for company in self.company_id)
            and bool(self.move_raw_ids.deviation_reason_id)
        )

    def _note_reasons(self):
        """Note why components deviate, and forget it of those that don't any more.

        :raise UserError: a reason is required, and nobody has given it
        """
        unexplained = []
        deviating = defaultdict(self.env["product.product"].browse)
        for issue in self._find_deviations():
            order, product, _used, _needed = issue
            order._note_stated_reason(product)
            deviating[order] |= product
            if order._is_reason_required() and order._lacks_reason(product):
                unexplained.append(issue)
        if unexplained:
            raise UserError(self._ask_for_reasons(unexplained))
        for order in self._get_compared():
            order._get_explained()._forget_reasons_but(deviating[order])

    def _note_stated_reason(self, product):
        """Note the reason that was just given: on the component that it is for, else on
        those that have none."""
        reason = self._get_stated_reason(product)
        if not reason:
            return
        components = self._get_components_of(product)
        stated = STATED_REASONS.get(self.env)
        named = components.filtered(lambda move: move in stated)
        for move in named:
            move.deviation_reason_id = stated[move]
        if not components.deviation_reason_id:
            self._note_reason(product, reason)

    def _note_reason(self, product, reason):
        """Note it on each component of the product, or that it was taken away."""
        components = self._get_components_of(product)
        if reason and not components:
            components = self._put_back_unused(product)
        components = components.filtered(
            lambda move: move.deviation_reason_id != reason
        )
        if components:
            components.deviation_reason_id = reason

    def _foresee_reasons(self, products):
        """:param products: that deviate beyond the tolerance and have no reason"""
        if products:
            yield self.env._(
                "A reason is required for what deviates beyond the tolerance: %s",
                ", ".join(products.mapped("display_name")),
            )

    def _ask_for_reasons(self, issues):
        return self.env._(
            "Give the reason why more or less than planned was used, beyond the "
            "tolerance:\n%s",
            "\n".join(
                self.env._(
                    "- %(order)s: %(product)s, %(used)s used, %(needed)s needed "
                    "(%(unit)s)",
                    order=order.name,
                    product=product.display_name,
                    used=format_quantity(self.env, used),
                    needed=format_quantity(self.env, needed),
                    unit=product.uom_id.display_name,
                )
                for order, product, used, needed in issues
            ),
        )

    # Afterwards.

    def action_view_deviation_reasons(self):
        """:return: an action with the components, to say or correct why they deviate"""
        check_record(self)
        view = self.env.ref("mrp_backflush.stock_move_view_list_reasons")
        return {
            "name": self.env._("Deviation Reasons of %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "stock.move",
            "views": [(view.id, "list")],
            "domain": [
                ("raw_material_production_id", "=", self.id),
                ("issue_component_id", "=", False),
            ],
            "context": {"create": False},
        }
