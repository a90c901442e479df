from odoo import Command, api, fields, models

from ..rules.from_server import from_server, is_from_server, mark_copied
from ..rules.supply_location import SUPPLY_LOCATION_SOURCES


class StockMove(models.Model):
    _inherit = "stock.move"

    supply_location_source = fields.Selection(
        SUPPLY_LOCATION_SOURCES,
        string="Source Location Set On",
        help="The level that decided where this component is taken from: a person on "
        "the order, the BoM line, the work center, or the order's own source "
        "location. Manual components are taken from the order's source location, "
        "unless a person says otherwise.",
    )

    # Where a component comes from.

    def _has_supply_location(self):
        """Whether levels may say where the move comes from: a component, and not of a
        subcontracting order, whose stock is at the subcontractor's."""
        self.ensure_one()
        production = self.raw_material_production_id
        return (
            bool(production)
            and not production._is_subcontracted()
            # Scrap of a component names its order too.
            and self.location_dest_id.usage != "inventory"
        )

    def _resolve_supply_location(self):
        """Return (location, source) of the first level that says something."""
        self.ensure_one()
        production = self.raw_material_production_id
        workorder = self._get_supply_workorder()
        operation = self.operation_id or self.bom_line_id.sudo().operation_id
        company = production.company_id or self.env.company
        return company._resolve_supply_location(
            production.location_src_id,
            self.product_id,
            self.bom_line_id,
            workorder.workcenter_id or operation.sudo().workcenter_id,
            self.issue_method,
        )

    def _get_supply_workorder(self):
        """The work order that the component is for, also before core links it."""
        self.ensure_one()
        operation = self.operation_id or self.bom_line_id.sudo().operation_id
        if self.workorder_id or not operation:
            return self.workorder_id
        return self.raw_material_production_id.workorder_ids.filtered(
            lambda workorder: workorder.operation_id == operation
        )[:1]

    def _compute_location_id(self):
        # Core puts every component back to the order's source location when that or
        # the operation type changes.
        components = self.filtered(lambda move: move._has_supply_location())
        result = super(StockMove, self - components)._compute_location_id()
        for move in components:
            if move.supply_location_source == "order" or move.state in (
                "done",
                "cancel",
            ):
                move.location_id = move.location_id
                continue
            location, source = move._resolve_supply_location()
            move.location_id = location.id
            if source != (move.supply_location_source or "production"):
                move.supply_location_source = from_server(source)
        return result

    def _resolve_supply_location_again(self):
        """Have the levels decide anew, except where a person or the past did."""
        for move in self:
            if not move._may_be_placed_again():
                continue
            location, source = move._resolve_supply_location()
            if location != move.location_id:
                move._supply_from(location, source)
            elif source != (move.supply_location_source or "production"):
                move._set_supply_location_source(source)

    def _set_supply_location_source(self, source):
        return super().write({"supply_location_source": source})

    def _may_be_placed_again(self):
        self.ensure_one()
        if (
            self.state in ("done", "cancel")
            or self.picked
            or not self._has_supply_location()
        ):
            return False
        if not self.supply_location_source:
            # From before the module: only a person can have set another location.
            own_location = self.raw_material_production_id.location_src_id
            return self.location_id == own_location
        return self.supply_location_source != "order"

    def _supply_from(self, location, source):
        """Take the component from this location. What was reserved elsewhere is
        reserved there, what was picked elsewhere is picked there."""
        self.ensure_one()
        quantity, is_picked = self.quantity, self.picked
        vals = {"location_id": location.id, "supply_location_source": source}
        if self.state == "draft":
            return super().write(vals)
        if self.procure_method == "make_to_order":
            # Nothing is brought there for this order.
            vals.update(procure_method="make_to_stock", move_orig_ids=[Command.clear()])
        result = super().write(vals)
        if not is_picked:
            self._reserve_again()
            if quantity and not self.quantity:
                # A person had reserved it before its time.
                self._action_assign()
        elif self.product_uom.compare(self.quantity, quantity):
            self._set_quantity_done(quantity)
            self.picked = True
        return result

    def _adjust_procure_method(self, picking_type_code=False):
        # Core climbs from the location to its parents for a rule that brings goods to
        # production. A line-side location below the stock would catch the rule of its
        # parent, and the component wait for a transfer that passes it by.
        line_side = self.filtered(lambda move: move._is_line_side())
        line_side.procure_method = "make_to_stock"
        return super(StockMove, self - line_side)._adjust_procure_method(
            picking_type_code
        )

    def _is_line_side(self):
        self.ensure_one()
        production = self.raw_material_production_id
        return (
            bool(production)
            # What a person chose is brought there where core finds a rule for it.
            and self.supply_location_source in ("bom_line", "workcenter")
            and self.location_id != production.location_src_id
        )

    # A person's choice.

    @api.onchange("location_id")
    def _onchange_supply_location(self):
        production = self.raw_material_production_id
        if not production or self.location_id == self._origin.location_id:
            return
        is_default = self.location_id == production.location_src_id
        if is_default and not self.supply_location_source:
            return
        location, source = self._resolve_supply_location()
        self.supply_location_source = (
            source if self.location_id == location else "order"
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("raw_material_production_id"):
                self._complete_supply_vals(vals)
            else:
                vals.pop("supply_location_source", None)
        return super().create(vals_list)

    @api.model
    def _complete_supply_vals(self, vals):
        """Tell a location that a person chose from the one that is filled in by
        default, and have the levels decide instead of the latter."""
        source = vals.pop("supply_location_source", None)
        if is_from_server(source):
            vals["supply_location_source"] = str(source)
            return
        order_id = vals["raw_material_production_id"]
        production = self.env["mrp.production"].browse(order_id)
        destination = self.env["stock.location"].browse(vals.get("location_dest_id"))
        if production._is_subcontracted() or destination.usage == "inventory":
            return
        location_id = vals.get("location_id")
        location, level = production._resolve_supply_location(vals)
        own_location = production.location_src_id
        if location_id and location_id != location.id:
            if source == "order" or location_id != own_location.id:
                vals["supply_location_source"] = "order"
                return
        vals.update(location_id=location.id, supply_location_source=level)
        if location != own_location and location.warehouse_id:
            vals["warehouse_id"] = location.warehouse_id.id

    def write(self, vals):
        source = vals.get("supply_location_source")
        if is_from_server(source):
            return super().write({**vals, "supply_location_source": str(source)})
        if "supply_location_source" in vals:
            # It follows from the location.
            vals = {key: vals[key] for key in vals if key != "supply_location_source"}
        if "location_id" in vals:
            return self._write_supply_location(vals)
        result = super().write(vals)
        if "operation_id" in vals:
            self._resolve_supply_location_again()
        return result

    def _write_supply_location(self, vals):
        """Write the values, the location in them being a person's choice."""
        location = self.env["stock.location"].browse(vals["location_id"])
        chosen = self.filtered(
            lambda move: (
                move.location_id != location
                and move.state not in ("done", "cancel")
                and move._has_supply_location()
            )
        )
        if not chosen:
            return super().write(vals)
        supplied = chosen.filtered(lambda move: move._is_supplied_by_levels())
        for move in supplied:
            # Core reserves anew only where moves are written one by one.
            move._supply_from(location, move._get_source_of_choice(location))
        others = {key: vals[key] for key in vals if key != "location_id"}
        if others and supplied:
            super(StockMove, supplied).write(others)
        by_source = (chosen - supplied).grouped(
            lambda move: move._get_source_of_choice(location)
        )
        for source, moves in by_source.items():
            super(StockMove, moves).write({**vals, "supply_location_source": source})
        rest = self - chosen
        return super(StockMove, rest).write(vals) if rest else True

    def _get_source_of_choice(self, location):
        """:param location: that a person chose"""
        resolved, source = self._resolve_supply_location()
        return source if location == resolved else "order"

    def _is_supplied_by_levels(self):
        """Whether it is more to the component than to core where it is taken from: a
        level says so, or a person recorded what was used."""
        _location, source = self._resolve_supply_location()
        levels = ("bom_line", "workcenter")
        return (
            source in levels
            or self.supply_location_source in levels
            or self._is_recorded()
        )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if not {"location_id", "supply_location_source"} & set(default or {}):
            mark_copied(vals_list, ["supply_location_source"], default)
        return vals_list

    def _prepare_phantom_move_values(self, bom_line, product_qty, quantity_done):
        values = super()._prepare_phantom_move_values(
            bom_line, product_qty, quantity_done
        )
        production = self.raw_material_production_id
        if production and self.supply_location_source != "order":
            # The exploded line's own level decides, not the kit's.
            values.update(
                location_id=production.location_src_id.id, supply_location_source=False
            )
        return values
