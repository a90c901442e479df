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
        if production.state == "done":
            components += report._get_unissued_components_data(
                production, level, current_index
            )
        return components

    def _get_unissued_components_data(self, production, level, current_index):
        """Manual components of which nothing was issued: core hides them, but they
        are why the order consumed less than planned."""
        replenish_data = {
            "products": {},
            "warehouses": {},
            "qty_already_reserved": defaultdict(float),
            "qty_reserved": {},
        }
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
