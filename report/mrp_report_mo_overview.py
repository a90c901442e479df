from collections import defaultdict

from odoo import models
from odoo.tools import float_round

from ..models.call_scope import CallScope

NOT_ISSUED = ("not_issued", "not_used")
# Nobody said what became of it.
LEFT_OUT = ("not_issued", "partly_issued")

# What the BoM calls for on the order whose components are listed.
_BOM_EXPLOSION = CallScope("bom_explosion")


class ReportMrpReportMoOverview(models.AbstractModel):
    _inherit = "report.mrp.report_mo_overview"

    def _get_components_data(
        self, production, replenish_data=False, level=0, current_index=False
    ):
        with _BOM_EXPLOSION.hold(self.env, production._get_bom_explosion()):
            components = super()._get_components_data(
                production, replenish_data, level, current_index
            )
            components = self._merge_issues(production, components, level)
            if production.state == "done":
                components += self._get_unissued_components_data(
                    production, level, current_index
                )
        figures = self._get_figures(production)
        for component in components:
            summary = component["summary"]
            self._add_what_waits(production, summary)
            if production.company_id._counts_lines():
                self._add_counts(production, summary)
            self._compare_with_plan(production, summary)
            if summary["component_id"] in figures:
                self._compare_by_analysis(summary, figures[summary["component_id"]])
        return components

    def _get_figures(self, production):
        """What the order's tab *Plan and Actual* says, by component."""
        if production.state != "done":
            return {}
        if not production.company_id._analyses_consumption():
            return {}
        # Whoever sees the order sees what it costs.
        rows = production.sudo()._get_consumption_analysis()
        return {row.id: row for row in rows}

    def _compare_by_analysis(self, summary, figures):
        """The same plan and deviation as in the analysis, in the component's unit."""
        move, currency = figures.move_id, summary["currency"]
        summary["quantity_planned"] = move._in_own_unit(
            figures.planned_quantity, is_exact=True
        )
        difference = move._in_own_unit(figures.deviation_quantity)
        cost = currency.round(figures.deviation_cost)
        for name in ("quantity_difference", "cost_difference"):
            summary.pop(name, None)
        if difference or cost:
            summary["quantity_difference"] = difference
            summary["cost_difference"] = cost

    def _compare_with_plan(self, production, summary):
        """What was planned and what was issued of it so far; of a completed order how
        the actual quantity and its cost differ from the plan, and what nobody issued
        although it was needed."""
        move = self.env["stock.move"].browse(summary["component_id"])
        if production.state != "done":
            if move.is_issued_early:
                summary["quantity_planned"] = move.planned_quantity
                summary["quantity_issued"] = move.issued_quantity
            return
        rounding = move.product_uom.rounding
        summary["quantity_planned"] = move.planned_quantity
        # What waits is in the cost.
        used = summary["quantity"] + move.parked_quantity
        difference = float_round(
            used - move.planned_quantity, precision_rounding=rounding
        )
        if difference:
            summary["quantity_difference"] = difference
            summary["cost_difference"] = summary["currency"].round(
                self._get_component_real_cost(move, difference)
            )
        if move.issue_state in LEFT_OUT and move.open_quantity:
            summary["quantity_not_issued"] = move.open_quantity

    def _merge_issues(self, production, components, level):
        """One line for each component: what was issued of it before completion is in
        moves of its own, which core lists like components that nobody planned."""
        by_component = {}
        for component in components:
            key = component["summary"]["component_id"]
            by_component.setdefault(key, []).append(component)
        return [
            self._merge_lines(production, key, lines, level)
            for key, lines in by_component.items()
        ]

    def _merge_lines(self, production, component_id, lines, level):
        move = self.env["stock.move"].browse(component_id)
        if not move.is_issued_early:
            return lines[0]
        own = [line for line in lines if line["summary"]["move_id"] == component_id]
        if own:
            merged = own[0]
        else:
            # Core leaves out of a closed order what was issued completely before.
            summary = self._format_component_move(
                production,
                move,
                [],
                self._get_empty_replenishment_data(),
                level,
                lines[0]["summary"]["index"],
            )
            summary.update(quantity=0.0, mo_cost=0.0, real_cost=0.0)
            merged = {"summary": summary, "replenishments": []}
        summary = merged["summary"]
        for line in lines:
            if line is not merged:
                for name in ("quantity", "mo_cost", "real_cost"):
                    summary[name] += line["summary"][name]
        if production.state == "done" and summary["quantity"]:
            summary["unit_cost"] = summary["real_cost"] / summary["quantity"]
        return merged

    def _get_replenishment_lines(
        self, production, move_raw, replenish_data, level, current_index
    ):
        if production.state != "done" and move_raw._is_early_issue():
            # Core would order again what was issued, at what a supplier asks for it,
            # and give it what is on the way for the rest.
            return []
        return super()._get_replenishment_lines(
            production, move_raw, replenish_data, level, current_index
        )

    def _get_empty_replenishment_data(self):
        return {
            "products": {},
            "warehouses": {},
            "qty_already_reserved": defaultdict(float),
            "qty_reserved": {},
        }

    def _get_unissued_components_data(self, production, level, current_index):
        """Components of which nothing was issued, manual ones and those that wait for
        stock: core hides them, but they are why the order consumed less than planned.
        """
        replenish_data = self._get_empty_replenishment_data()
        components = []
        for count, component in enumerate(production.move_raw_ids):
            if not self._is_listed_without_issue(component):
                continue
            summary = self._format_component_move(
                production,
                component,
                [],
                replenish_data,
                level,
                f"{current_index}{count}",
            )
            summary.update(quantity=0.0)
            components.append({"summary": summary, "replenishments": []})
        return components

    def _is_listed_without_issue(self, component):
        if not component._is_component() or component.is_issued_early:
            return False
        if not component.product_uom.is_zero(component.quantity):
            return False
        if component.is_parked or component._get_count_state():
            return True
        return component._is_manual() and component.issue_state in NOT_ISSUED

    def _add_what_waits(self, production, summary):
        """What could not be issued yet, why, and what it costs: as much of the finished
        product's cost as what was issued."""
        move = self.env["stock.move"].browse(summary["component_id"])
        if not move.is_parked:
            return
        exceptions = move._get_open_exceptions()
        if exceptions:
            reasons = dict(
                exceptions._fields["reason"]._description_selection(self.env)
            )
            summary["quantity_waiting"] = move.parked_quantity
            summary["waiting_reasons"] = ", ".join(
                dict.fromkeys(reasons[reason] for reason in exceptions.mapped("reason"))
            )
        currency = summary["currency"]
        if production.state == "done":
            cost = currency.round(self._get_counted_cost(move))
            summary["real_cost"] += cost
        else:
            # The demand is without it.
            summary["quantity"] += move.parked_quantity
            waiting = self._get_component_real_cost(move, move.parked_quantity)
            cost = currency.round(waiting)
        summary["mo_cost"] += cost

    def _get_counted_cost(self, move):
        """What the finished product's cost has of the component beyond its issues up to
        completion. What was issued since then is taken off: the difference between
        both stays on the production account."""
        if "value" not in move._fields:
            return self._get_component_real_cost(move, move.parked_quantity)
        # Whoever sees the order sees what it costs.
        exceptions = move.sudo().backflush_exception_ids
        return sum(
            exception.costed_value - exception.settled_value for exception in exceptions
        )

    def _format_component_move(self, production, move_raw, *args, **kwargs):
        component = super()._format_component_move(
            production, move_raw, *args, **kwargs
        )
        component["move_id"] = move_raw.id
        component["component_id"] = (move_raw.issue_component_id or move_raw).id
        self._correct_bom_cost(production, move_raw, component)
        selections = move_raw.fields_get(["issue_method", "issue_state"], ["selection"])
        for name in ("issue_method", "issue_state"):
            labels = dict(selections[name]["selection"])
            component[name] = move_raw[name]
            component[f"{name}_label"] = labels.get(move_raw[name], "")
        return component

    def _correct_bom_cost(self, production, move_raw, component):
        """Core knows the quantity of the BoM line only: neither what is lost nor that
        it is needed once."""
        line = move_raw.bom_line_id
        explosion = _BOM_EXPLOSION.get(self.env)
        if not explosion or line not in explosion.demands:
            return
        quantity = line.product_uom_id._compute_quantity(
            explosion.get_order_quantity(line), move_raw.product_uom, round=False
        )
        currency = component["currency"]
        bom_cost = currency.round(self._get_component_real_cost(move_raw, quantity))
        component["bom_cost"] = bom_cost
        if production.state in ("draft", "confirmed"):
            component["mo_cost_decorator"] = self._get_comparison_decorator(
                bom_cost, component["mo_cost"], currency.rounding
            )
