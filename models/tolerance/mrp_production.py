"""What deviates beyond the tolerance when an order is completed, and why."""

import re
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import UserError

from ..access.arguments import check_record, find_readable, is_id, shorten
from ..call_scope import STATED_REASONS
from ..completion.forecast import set_in_memory
from ..rules.issue_method import ORDER_STATES_TO_ISSUE


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
        flexible = self.filtered(lambda order: not order._asks_about_consumption())
        return [
            *(issue for issue in issues if not issue[0]._is_answered(issue[1])),
            *flexible._find_unexplained(),
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
        with self._asking_in_memory():
            return self.with_context(skip_consumption=False)._compare_consumption()

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
        """One on any of the product's components will do. Where it was taken out of the
        order there is none to note it on."""
        components = self._get_components_of(product)
        return bool(
            components
            and not components.deviation_reason_id
            and not self._get_stated_reason(product)
        )

    def _get_stated_reason(self, product):
        """:return: the reason that a person has just given, or an empty one"""
        stated = STATED_REASONS.get(self.env) or {}
        for key in (*self._get_components_of(product), self):
            if key in stated:
                return stated[key]
        return self.env["mrp.deviation.reason"]

    def _note_reasons(self):
        """Before anything is posted: note why components deviate.

        :raise UserError: a reason is required, and nobody has given it
        """
        unexplained = []
        for issue in self._find_deviations():
            order, product, _used, _needed = issue
            order._note_reason(product)
            if order._is_reason_required() and order._lacks_reason(product):
                unexplained.append(issue)
        if unexplained:
            raise UserError(self._ask_for_reasons(unexplained))

    def _note_reason(self, product):
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
                    used=f"{product.uom_id.round(used):g}",
                    needed=f"{product.uom_id.round(needed):g}",
                    unit=product.uom_id.display_name,
                )
                for order, product, used, needed in issues
            ),
        )

    # What a client says.

    def _read_reasons(self, stated):
        """
        :param stated: ids of reasons, by id of the component as a number or a text
        :return: as ``STATED_REASONS``
        :raise UserError: one of them is no component of these orders, or no reason
        """
        if not stated:
            return {}
        if not isinstance(stated, dict):
            raise UserError(
                self.env._(
                    "Reasons are given by component, and not as %s.", shorten(stated)
                )
            )
        components = {
            move.id: move for move in self.move_raw_ids if move._is_component()
        }
        reasons = find_readable(self.env["mrp.deviation.reason"], stated.values())
        by_id = {reason.id: reason for reason in reasons.filtered("active")}
        found = {}
        for key, reason_id in stated.items():
            if isinstance(key, str) and re.fullmatch("[0-9]{1,10}", key):
                key = int(key)
            move = components.get(key) if is_id(key) else None
            if move is None:
                raise UserError(
                    self.env._("%s is no component of these orders.", shorten(key))
                )
            if not is_id(reason_id) or reason_id not in by_id:
                raise UserError(
                    self.env._("%s is no deviation reason.", shorten(reason_id))
                )
            found[move] = by_id[reason_id]
        return found

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
