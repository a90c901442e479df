from odoo import Command, models

from ..rules.from_server import from_server


class MrpProduction(models.Model):
    _inherit = "mrp.production"

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

    # A person's choice lives as long as the order's work does.

    def _get_moves_raw_values(self):
        values_list = super()._get_moves_raw_values()
        # Core writes these values over the components of a draft order.
        chosen = {
            (move.raw_material_production_id.id, move.bom_line_id.id): move
            for move in self.filtered(lambda order: order.state == "draft").move_raw_ids
            if move.bom_line_id and move.supply_location_source == "order"
        }
        for values in values_list if chosen else ():
            key = (values["raw_material_production_id"], values["bom_line_id"])
            if key in chosen:
                location = chosen[key].location_id
                values["location_id"] = location.id
                values["supply_location_source"] = from_server("order")
        return values_list

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for vals in vals_list:
            for command in vals.get("move_raw_ids") or []:
                if command[0] != Command.CREATE:
                    continue
                component_vals = command[2]
                source = component_vals.get("supply_location_source")
                if source and source != "order":
                    # A new component: the levels decide anew.
                    component_vals.pop("supply_location_source")
                    component_vals.pop("location_id", None)
        return vals_list

    def action_merge(self):
        chosen = self._get_chosen_supply_locations()
        action = super().action_merge()
        self.browse(action["res_id"])._restore_supply_locations(chosen)
        return action

    def _link_bom(self, bom):
        chosen = self._get_chosen_supply_locations()
        result = super()._link_bom(bom)
        # On a draft order core made the components anew.
        self._restore_supply_locations(chosen)
        self.move_raw_ids._resolve_supply_location_again()
        return result

    def _get_chosen_supply_locations(self):
        """What people chose on these orders, by BoM line and product; nothing where
        they chose differently."""
        chosen = {}
        for component in self.move_raw_ids:
            if component.supply_location_source == "order":
                key = (component.bom_line_id, component.product_id)
                chosen.setdefault(key, set()).add(component.location_id)
        return {
            key: locations.pop()
            for key, locations in chosen.items()
            if len(locations) == 1
        }

    def _restore_supply_locations(self, chosen):
        for component in self.move_raw_ids if chosen else ():
            location = chosen.get((component.bom_line_id, component.product_id))
            if location and component.supply_location_source != "order":
                component._supply_from(location, "order")

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
