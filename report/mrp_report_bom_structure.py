from odoo import api, models


class ReportMrpReportBomStructure(models.AbstractModel):
    _inherit = "report.mrp.report_bom_structure"

    def _get_component_data(
        self, parent_bom, parent_product, warehouse, bom_line, *args, **kwargs
    ):
        data = super()._get_component_data(
            parent_bom, parent_product, warehouse, bom_line, *args, **kwargs
        )
        return {**data, "issue_method": self._get_issue_method_text(bom_line)}

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
        is_kit = bom_line and bom.type == "phantom"
        report = self
        if bom_line:
            # An order gives a kit's operation to those of its lines without one.
            operation = is_kit and bom_line.operation_id.id
            report = self.with_context(kit_operation_id=operation)
        data = super(ReportMrpReportBomStructure, report)._get_bom_data(
            bom, warehouse, product, line_qty, bom_line, *args, **kwargs
        )
        # A kit is never issued itself: its own lines are.
        if bom_line and not is_kit:
            data["issue_method"] = self._get_issue_method_text(bom_line)
        return data

    @api.model
    def _get_issue_method_text(self, bom_line):
        operation = self.env["mrp.routing.workcenter"].browse(
            self.env.context.get("kit_operation_id")
        )
        return bom_line._get_effective_issue_method_text(operation)

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
        return lines
