from collections import defaultdict

from odoo import models


class ReportMrpReportMoOverview(models.AbstractModel):
    _inherit = "report.mrp.report_mo_overview"

    def _get_components_data(
        self, production, replenish_data=False, level=0, current_index=False
    ):
        components = super()._get_components_data(
            production, replenish_data, level, current_index
        )
        if production.state == "done":
            components += self._get_unissued_components_data(
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
        selections = move_raw.fields_get(["issue_method", "issue_state"], ["selection"])
        for name in ("issue_method", "issue_state"):
            labels = dict(selections[name]["selection"])
            component[name] = move_raw[name]
            component[f"{name}_label"] = labels.get(move_raw[name], "")
        return component
