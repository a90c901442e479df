from odoo import models

from ..rules.issue_method import MANUAL, Carried


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _get_supply_location(self, bom_line, workcenter):
        """Find the first level that says where a backflushed component comes from.

        A person's choice on the order stands above these levels.

        :return: (location, source)
        """
        self.ensure_one()
        for source, level in (("bom_line", bom_line), ("workcenter", workcenter)):
            location = level.sudo().supply_location_id
            # A level that several companies share may name a location of one of them.
            if location and location.company_id in (
                self.company_id,
                location.company_id.browse(),
            ):
                return location, source
        return self.location_src_id, "production"

    def _get_move_raw_values(
        self,
        product,
        product_uom_qty,
        product_uom,
        operation_id=False,
        bom_line=False,
    ):
        values = super()._get_move_raw_values(
            product, product_uom_qty, product_uom, operation_id, bom_line
        )
        if not self._is_subcontracted():
            values.update(self._prepare_supply_vals(values))
        return values

    def _prepare_supply_vals(self, values):
        """Where the component of these values comes from, as values themselves."""
        location, source = self._resolve_supply_location(values)
        warehouse = location.warehouse_id or self.location_src_id.warehouse_id
        return {
            "location_id": location.id,
            "supply_location_source": Carried(source),
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
        workcenter = operation.sudo().workcenter_id
        location, source = self._get_supply_location(bom_line, workcenter)
        if source == "production":
            return location, source
        method = values.get("issue_method")
        if not method:
            company = self.company_id or self.env.company
            product = self.env["product.product"].browse(values["product_id"])
            method, _source, _record = company.sudo()._resolve_issue_method(
                product.sudo(), bom_line=bom_line.sudo(), workcenter=workcenter
            )
        if method == MANUAL:
            return self.location_src_id, "production"
        return location, source

    # A person's choice: see ``kept_choices`` too.

    def _keep_chosen_locations(self, vals_list):
        """Core writes these values over the components of a draft order."""
        chosen = {
            (move.raw_material_production_id.id, move.bom_line_id.id): move
            for move in self.filtered(lambda order: order.state == "draft").move_raw_ids
            if move.bom_line_id and move.supply_location_source == "order"
        }
        for values in vals_list if chosen else ():
            key = (values["raw_material_production_id"], values["bom_line_id"])
            if key in chosen:
                location = chosen[key].location_id
                values["location_id"] = location.id
                values["supply_location_source"] = Carried("order")

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
        if not manual:
            return
        manual.filtered(lambda move: move._is_unissued())._check_may_stay_unissued(
            is_confirmed=self.env.context.get("skip_consumption")
        )
        manual.filtered(lambda move: not move.picked)._clear_core_manual_consumption()

    def _get_unissued_components(self):
        return self._get_components(MANUAL).filtered(lambda move: move._is_unissued())
