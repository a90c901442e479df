from collections import defaultdict

from odoo import models

from ..models.component_quantity import EXPLOSION, OrderExplosion


class ReportMrpReportMoOverview(models.AbstractModel):
    _inherit = "report.mrp.report_mo_overview"

    def _get_components_data(
        self, production, replenish_data=False, level=0, current_index=False
    ):
        explosion = production._get_bom_explosion()
        report = self.with_context(**{EXPLOSION: explosion})
        components = super(ReportMrpReportMoOverview, report)._get_components_data(
            production, replenish_data, level, current_index
        )
        components = report._merge_issues(production, components, level)
        if production.state == "done":
            components += report._get_unissued_components_data(
                production, level, current_index
            )
        return components

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

    def _get_empty_replenishment_data(self):
        return {
            "products": {},
            "warehouses": {},
            "qty_already_reserved": defaultdict(float),
            "qty_reserved": {},
        }

    def _get_unissued_components_data(self, production, level, current_index):
        """Manual components of which nothing was issued: core hides them, but they
        are why the order consumed less than planned."""
        replenish_data = self._get_empty_replenishment_data()
        components = []
        for count, component in enumerate(production.move_raw_ids):
            if component.issue_state not in ("not_issued", "not_used"):
                continue
            if not component._is_manual():
                continue
            summary = self._format_component_move(
                production,
                component,
                [],
                replenish_data,
                level,
                f"{current_index}{count}",
            )
            summary.update(quantity=0.0, quantity_planned=component.product_uom_qty)
            components.append({"summary": summary, "replenishments": []})
        return components

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
        explosion = self.env.context.get(EXPLOSION)
        if not isinstance(explosion, OrderExplosion) or line not in explosion.demands:
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
