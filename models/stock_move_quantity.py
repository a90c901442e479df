from odoo import api, fields, models

from .component_quantity import FLOW, KEEP, SCALE, ComponentQuantities

QUANTITY_FIELDS = {"quantity_per_unit", "fixed_quantity"}


class StockMove(models.Model):
    """What the BoM calls for, kept on the component: demands are rounded, are scaled
    and split with the order, and shrink with what is posted early."""

    _inherit = "stock.move"

    # No compute: there are millions of moves, and none is to be written at install.
    quantity_per_unit = fields.Float(
        help="Needed for one unit of the order's own unit of measure, scrap included, "
        "in the component's unit and not rounded.",
    )
    fixed_quantity = fields.Float(
        help="Needed once per order, whatever its quantity, in the component's unit. "
        "Backorders belong to the order that they come from.",
    )

    def _get_quantity_per_unit(self):
        """What one unit of the order needs, in the component's unit, unrounded.

        Orders from before the installation know their demand only.
        """
        self.ensure_one()
        if self.quantity_per_unit or self.fixed_quantity:
            return self.quantity_per_unit
        production = self.raw_material_production_id
        return self.product_uom_qty / (production.product_qty or 1.0)

    def _get_demanded_fixed_quantity(self):
        """The part of the demand which the order's quantity doesn't change, in the
        component's unit."""
        self.ensure_one()
        production = self.raw_material_production_id
        return self.fixed_quantity if production._demands_fixed_quantities() else 0.0

    # Demands, and what they say about the need.

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("raw_material_production_id"):
                self._complete_component_quantities(vals)
        return super().create(vals_list)

    @api.model
    def _complete_component_quantities(self, vals):
        production = self.env["mrp.production"].browse(
            vals["raw_material_production_id"]
        )
        if not any(vals.get(name) for name in QUANTITY_FIELDS):
            demand = vals.get("product_uom_qty") or 0.0
            vals["quantity_per_unit"] = demand / (production.product_qty or 1.0)
        elif vals.get("fixed_quantity") and self.env.context.get(FLOW) is SCALE:
            # Core gave the backorder its share of what is needed once.
            per_unit = vals.get("quantity_per_unit") or 0.0
            vals["product_uom_qty"] = per_unit * production.product_qty

    def write(self, vals):
        if "product_uom_qty" not in vals or QUANTITY_FIELDS & vals.keys():
            return super().write(vals)
        flow = self.env.context.get(FLOW)
        if flow is KEEP:
            return super().write(vals)
        if flow is SCALE:
            return self._write_scaled_demand(vals)
        # Before: core replaces finished moves whose product changes.
        components = self.filtered("raw_material_production_id")
        result = super().write(vals)
        for component in components:
            if values := component._derive_component_quantities():
                component.write(values)
        return result

    def _write_scaled_demand(self, vals):
        with_fixed = self.filtered(
            lambda move: move.fixed_quantity and move.raw_material_production_id
        )
        others = self - with_fixed
        if others:
            super(StockMove, others).write(vals)
        for move in with_fixed:
            demand = move._scale_demand(vals["product_uom_qty"])
            super(StockMove, move).write({**vals, "product_uom_qty": demand})
        return True

    def _scale_demand(self, scaled_demand):
        """:param scaled_demand: core's, as if nothing were fixed"""
        demand = self.product_uom_qty
        if not self.quantity_per_unit or not demand:
            return demand
        fixed_quantity = self._get_demanded_fixed_quantity()
        variable = max(0.0, demand - fixed_quantity)
        return variable * scaled_demand / demand + fixed_quantity

    @api.onchange("product_uom_qty")
    def _onchange_component_demand(self):
        if self.raw_material_production_id:
            self.update(self._derive_component_quantities())

    def _derive_component_quantities(self):
        """The values that a demand says, which a person entered.

        What agrees with the demand but for its rounding stays: forms send the
        demands which they computed.
        """
        self.ensure_one()
        # The demand is what is left of it after issues before completion.
        demand = self.product_uom_qty + self._get_issued_early()
        product_qty = self.raw_material_production_id.product_qty or 1.0
        fixed_quantity = self._get_demanded_fixed_quantity()
        expected = self.quantity_per_unit * product_qty + fixed_quantity
        if abs(expected - demand) < (self.product_uom.rounding or 0.01):
            return {}
        if fixed_quantity and not self.quantity_per_unit:
            return {"fixed_quantity": demand}
        return {"quantity_per_unit": max(0.0, demand - fixed_quantity) / product_qty}

    # What core makes of one component.

    def _split(self, qty, restrict_partner_id=False):
        if not self.raw_material_production_id:
            return super()._split(qty, restrict_partner_id)
        if not self.quantity_per_unit and not self.fixed_quantity:
            # From here on the demand is only a part.
            self.quantity_per_unit = self._get_quantity_per_unit()
        component = self.with_context(**{FLOW: KEEP})
        return super(StockMove, component)._split(qty, restrict_partner_id)

    def _merge_moves_fields(self):
        values = super()._merge_moves_fields()
        if self.raw_material_production_id:
            per_unit = [move._get_quantity_per_unit() for move in self]
            values["quantity_per_unit"] = sum(per_unit)
            values["fixed_quantity"] = sum(self.mapped("fixed_quantity"))
        return values

    def _generate_all_phantom_moves(self, exploded_lines_data):
        if not self.raw_material_production_id:
            return super()._generate_all_phantom_moves(exploded_lines_data)
        quantities = ComponentQuantities()
        lines = [
            (line, {**data, "qty": self._explode_quantity(line, data, quantities)})
            for line, data in exploded_lines_data
        ]
        vals_list = super()._generate_all_phantom_moves(lines)
        quantities.complete(vals_list)
        return vals_list

    def _explode_quantity(self, bom_line, data, quantities):
        """What this kit, a component itself, demands of a line, in the line's unit.

        :param quantities: gets what the order needs of it
        """
        exact = data["exact_qty"]
        if data["is_fixed"]:
            quantities.add(bom_line, 0.0, exact)
            production = self.raw_material_production_id
            return exact * production._demands_fixed_quantities()
        share = exact / self.product_uom_qty if self.product_uom_qty else 0.0
        quantities.add(
            bom_line, self._get_quantity_per_unit() * share, self.fixed_quantity * share
        )
        if data["scrap_factor"] == 1.0:
            return data["qty"]
        return bom_line.product_uom_id.round(exact, rounding_method="UP")

    def _copy_fixed_component(self):
        """Values for the copy of a backorder, which needs it for itself."""
        [values] = self.copy_data(
            {
                "product_uom_qty": self.fixed_quantity,
                "issue_method": False,
                "issue_method_source": False,
            }
        )
        return values

    def _apply_bom_quantities(self, explosion):
        """Take over what a BoM says that was linked to the order in progress."""
        self.ensure_one()
        line = self.bom_line_id
        if self.state in ("done", "cancel") or not explosion.has(line):
            return
        unit = line.product_uom_id
        values = {
            name: unit._compute_quantity(quantity, self.product_uom, round=False)
            for name, quantity in explosion.get_total(line).items()
        }
        if line in explosion.demands:
            demand = unit._compute_quantity(
                explosion.demands[line], self.product_uom, round=False
            )
            if self.product_uom.compare(demand, self.product_uom_qty):
                values["product_uom_qty"] = demand
        self.write(values)
