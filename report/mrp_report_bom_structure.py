from dataclasses import dataclass

from odoo import api, models

from ..models.call_scope import CallScope


@dataclass(frozen=True)
class ContainingKit:
    """What the lines of a kit have of the line that is the kit."""

    operation_id: int | bool = False
    is_fixed: bool = False


# Around core's recursion.
_CONTAINING_KIT = CallScope("containing_kit")


class ReportMrpReportBomStructure(models.AbstractModel):
    _inherit = "report.mrp.report_bom_structure"

    def _get_component_data(
        self,
        parent_bom,
        parent_product,
        warehouse,
        bom_line,
        line_quantity,
        *args,
        **kwargs,
    ):
        data = super()._get_component_data(
            parent_bom,
            parent_product,
            warehouse,
            bom_line,
            self._get_line_quantity(bom_line, line_quantity),
            *args,
            **kwargs,
        )
        return {
            **data,
            **self._get_quantity_data(bom_line),
            "issue_method": self._get_issue_method_text(bom_line),
        }

    @api.model
    def _get_bom_data(
        self,
        bom,
        warehouse,
        product=False,
        line_qty=False,
        bom_line=False,
        *args,
        **kwargs,
    ):
        if not bom_line:
            return super()._get_bom_data(
                bom, warehouse, product, line_qty, bom_line, *args, **kwargs
            )
        is_kit = bom.type == "phantom"
        kit = ContainingKit()
        if is_kit:
            # An order gives a kit's operation to those of its lines without one.
            kit = ContainingKit(bom_line.operation_id.id, self._is_fixed(bom_line))
        quantity = self._get_line_quantity(bom_line, line_qty)
        with _CONTAINING_KIT.hold(self.env, kit):
            data = super()._get_bom_data(
                bom, warehouse, product, quantity, bom_line, *args, **kwargs
            )
        data.update(self._get_quantity_data(bom_line))
        # A kit is never issued itself: its own lines are.
        if not is_kit:
            data["issue_method"] = self._get_issue_method_text(bom_line)
        return data

    @api.model
    def _get_containing_kit(self):
        return _CONTAINING_KIT.get(self.env) or ContainingKit()

    @api.model
    def _get_issue_method_text(self, bom_line):
        operation = self.env["mrp.routing.workcenter"].browse(
            self._get_containing_kit().operation_id
        )
        return bom_line._get_effective_issue_method_text(operation)

    # Quantities with scrap, and those that are needed once.

    @api.model
    def _is_fixed(self, bom_line):
        """Whether the line is needed once, whatever quantity is looked at."""
        return bom_line.is_fixed_quantity or self._get_containing_kit().is_fixed

    @api.model
    def _get_line_quantity(self, bom_line, quantity):
        """:param quantity: core's, in proportion to what the line belongs to"""
        if bom_line.is_fixed_quantity:
            return bom_line.product_qty
        return quantity * self._get_line_scrap_factor(bom_line)

    @api.model
    def _get_line_scrap_factor(self, bom_line):
        return 1.0 if self._is_fixed(bom_line) else bom_line._get_scrap_factor()

    @api.model
    def _get_quantity_data(self, bom_line):
        is_fixed = self._is_fixed(bom_line)
        base = bom_line.product_qty * self._get_line_scrap_factor(bom_line)
        rule = self.env._("Fixed per order") if is_fixed else ""
        return {
            # What one more of the parent takes.
            "base_bom_line_qty": 0.0 if is_fixed else base,
            "is_fixed_quantity": is_fixed,
            "quantity_rule": rule or bom_line._get_quantity_rule(),
        }

    @api.model
    def _get_components_closest_forecasted(
        self, lines, line_quantities, *args, **kwargs
    ):
        quantities = dict(line_quantities)
        for line in lines:
            if line.id in quantities:
                quantities[line.id] = self._get_line_quantity(line, quantities[line.id])
        return super()._get_components_closest_forecasted(
            lines, quantities, *args, **kwargs
        )

    @api.model
    def _compute_current_production_capacity(self, bom_data):
        for component in bom_data.get("components", []):
            if (
                component.get("is_fixed_quantity")
                and component["is_storable"]
                and component["uom"].compare(
                    component["free_to_manufacture_qty"], component["quantity"]
                )
                < 0
            ):
                return 0
        return super()._compute_current_production_capacity(bom_data)

    def _merge_components(self, component_1, component_2):
        rules = {c.get("quantity_rule"): None for c in (component_1, component_2)}
        result = super()._merge_components(component_1, component_2)
        component_1["quantity_rule"] = ", ".join(rule for rule in rules if rule)
        if not component_2.get("is_fixed_quantity"):
            component_1["is_fixed_quantity"] = False
        return result

    def _get_bom_array_lines(self, data, level, *args, **kwargs):
        lines = super()._get_bom_array_lines(data, level, *args, **kwargs)
        # The lines of sub-assemblies stand between those of this level.
        own_lines = [
            line
            for line in lines
            if line["level"] == level and line["type"] in ("component", "bom")
        ]
        for line, component in zip(own_lines, data["components"], strict=False):
            line["issue_method"] = component.get("issue_method")
            line["quantity_rule"] = component.get("quantity_rule")
        return lines
