from odoo import models

from ..rules.from_server import from_server
from ..rules.issue_method import MANUAL


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _prepare_supply_vals(self, values):
        """Where the component of these values comes from, as values themselves."""
        location, source = self._resolve_supply_location(values)
        warehouse = location.warehouse_id or self.location_src_id.warehouse_id
        return {
            "location_id": location.id,
            "supply_location_source": from_server(source),
            "warehouse_id": warehouse.id,
        }

    def _resolve_supply_location(self, values):
        """The location of a component that doesn't exist yet.

        :return: (location, source)
        """
        bom_line = self.env["mrp.bom.line"].browse(values.get("bom_line_id") or [])
        operation = (
            self.env["mrp.routing.workcenter"].browse(values.get("operation_id") or [])
            or bom_line.sudo().operation_id
        )
        company = self.company_id or self.env.company
        return company._resolve_supply_location(
            self.location_src_id,
            self.env["product.product"].browse(values.get("product_id")),
            bom_line,
            operation.sudo().workcenter_id,
            values.get("issue_method"),
        )

    # A person's choice: see ``kept_choices`` too.

    def _keep_chosen_locations(self, vals_list):
        """Core writes these values over the components of a draft order."""
        drafts = self.filtered(lambda order: order.state == "draft")
        chosen = {
            (move.raw_material_production_id.id, move.bom_line_id.id): move
            for move in drafts.move_raw_ids
            if move.bom_line_id and move.supply_location_source == "order"
        }
        for values in vals_list if chosen else ():
            key = (values["raw_material_production_id"], values["bom_line_id"])
            if key in chosen:
                location = chosen[key].location_id
                values["location_id"] = location.id
                values["supply_location_source"] = from_server("order")

    def _link_workorders_and_moves(self):
        result = super()._link_workorders_and_moves()
        # A work order of an order in draft may be at another work center than the
        # operation that its components were placed for.
        self.move_raw_ids.filtered(
            lambda move: (
                move.workorder_id
                and move.workorder_id.workcenter_id
                != move.workorder_id.operation_id.workcenter_id
            )
        )._resolve_supply_location_again()
        return result

    # Manual components, at completion.

    def _check_manual_components_at_completion(self):
        """:raise UserError: as ``_check_may_stay_unissued``"""
        manual = self._get_components(MANUAL)
        manual.filtered(lambda move: move._is_unissued())._check_may_stay_unissued(
            is_confirmed=self.env.context.get("skip_consumption")
        )
        # Or core picks what has an operation.
        self.move_raw_ids.filtered(
            lambda move: move._is_not_filled_in() and not move.picked
        )._clear_core_manual_consumption()

    def _get_unissued_components(self):
        return self._get_components(MANUAL).filtered(lambda move: move._is_unissued())
