import math
from dataclasses import replace

from odoo import api, fields, models

from ..access.system_fields import by_system, is_by_system
from ..call_scope import DEMANDS
from ..rules.backflush_plan import Whole
from ..rules.component_quantity import ComponentQuantities, Demands
from ..rules.from_server import QuantityFromServer, is_from_server

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
    needed_quantity = fields.Float(
        string="Needed",
        copy=False,
        readonly=True,
        help="What the completed order needed of the component for the quantity that "
        "was reported, whatever was used; in the component's unit.",
    )
    reported_quantity = fields.Float(
        copy=False,
        readonly=True,
        help="What the completed order reported when it needed this, whatever was "
        "corrected afterwards; in the order's unit.",
    )
    # The whole: see the rule. Empty where the order's demand and quantity are it.
    whole_demand = fields.Float(
        copy=False,
        readonly=True,
        help="Demand of the order and its backorders together since the last change, "
        "in the component's unit, without what is fixed per order.",
    )
    whole_quantity = fields.Float(
        copy=False,
        readonly=True,
        help="Quantity to produce that this demand is for, in the order's unit.",
    )
    whole_number = fields.Integer(
        copy=False,
        readonly=True,
        help="Tells what was planned together apart from what was changed afterwards.",
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

    # The whole, of which an order and its backorders are parts.

    def _get_whole(self):
        """What reports of the component are a share of: see the rule."""
        self.ensure_one()
        demand, quantity = self.whole_demand, self.whole_quantity
        if not quantity:
            demand = self._get_own_demand()
            quantity = self.raw_material_production_id.product_qty
        stock_unit = self.product_id.uom_id
        return Whole(
            demand,
            quantity,
            rounding=self.product_uom.rounding,
            quantity_per_unit=self._get_quantity_per_unit(),
            stock_factor=self.product_uom._compute_quantity(
                1.0, stock_unit, round=False
            ),
            stock_rounding=stock_unit.rounding,
        )

    def _get_own_demand(self):
        """What this order demands by itself, issues before completion included, and
        without what is fixed per order."""
        self.ensure_one()
        demand = self.product_uom_qty + self._get_issued_and_waiting()
        return max(demand - self._get_demanded_fixed_quantity(), 0.0)

    def _keep_whole(self):
        """The demand is about to be only a part of what was planned, or what is left
        of it."""
        for move in self:
            if not move.whole_quantity:
                move._start_whole(
                    move._get_own_demand(), move.raw_material_production_id.product_qty
                )

    def _start_whole(self, demand, quantity):
        """Something was changed: from here on the rest is a whole of its own.

        :param demand: in the component's unit, without what is fixed per order
        :param quantity: finished quantity that it is for, in the order's unit
        """
        self.ensure_one()
        with by_system(self.env):
            self.write(
                {
                    "whole_demand": demand,
                    "whole_quantity": quantity,
                    "whole_number": self._get_next_whole_number(),
                }
            )

    def _get_next_whole_number(self):
        if not self.raw_material_production_id.backorder_sequence:
            return 0
        [parts] = self._origin._read_chains().values()
        return max(parts.mapped("whole_number")) + 1

    def _follow_demand(self):
        """A person or the BoM changed the demands: those are what is left to need.

        Where the order is a whole already, nothing is kept beside it.
        """
        for move in self:
            if move.whole_quantity:
                move._start_whole(
                    move._get_own_demand(), move.raw_material_production_id.product_qty
                )

    def _plan_quantity(self, product_qty):
        """What a new order would plan, without what is fixed per order; in the
        component's unit, rounded up once as core does.

        :param product_qty: in the order's unit
        """
        self.ensure_one()
        return self.product_uom.round(
            self._get_quantity_per_unit() * product_qty, rounding_method="UP"
        )

    def _plan_rest(self, product_qty):
        """What is left to need where the order's quantity is changed: what a new order
        of the chain's new quantity would plan, less what its other orders needed or
        demand. What was needed otherwise, before the BoM changed, is let alone.

        :param product_qty: the order's new quantity, in its unit
        """
        self.ensure_one()
        others = [
            part
            for part in self._get_other_parts()
            if math.isclose(
                part._get_quantity_per_unit(),
                self._get_quantity_per_unit(),
                rel_tol=1e-9,
            )
        ]
        reported = sum(part._get_part_quantity() for part in others)
        needed = sum(part._get_part_needed() for part in others)
        planned = self._plan_quantity(reported + product_qty)
        return max(self.product_uom.round(planned - needed), 0.0)

    def _get_other_parts(self):
        """The same component on the chain's other orders, those cancelled left out."""
        self.ensure_one()
        if not self.raw_material_production_id.backorder_sequence:
            return self.browse()
        [parts] = self._origin._read_chains().values()
        return (parts - self._origin).filtered(
            lambda part: part.raw_material_production_id.state != "cancel"
        )

    def _get_part_quantity(self):
        """Finished quantity that this part of a chain is for.

        A person may have corrected it after completion: as in core, the orders after
        it don't make up for that. Orders from before an upgrade know only that.
        """
        order = self.raw_material_production_id
        if order.state != "done":
            return order.product_qty
        return self.reported_quantity or order.qty_produced

    def _get_part_needed(self):
        """What this part of a chain needed, or demands where its order isn't
        completed; without what is fixed per order."""
        if self.raw_material_production_id.state != "done":
            return self._get_own_demand()
        fixed = self.fixed_quantity if self.is_fixed_issued else 0.0
        return max(self.needed_quantity - fixed, 0.0)

    def _get_open_demand(self, demand):
        """What is left to demand of it, with what is fixed per order.

        :param demand: the order's, in the component's unit
        """
        self.ensure_one()
        demand += self._get_demanded_fixed_quantity()
        return max(demand - self._get_issued_and_waiting(), 0.0)

    def _get_needs_to_split(self):
        """The needs that the parts of these components are reckoned with while core
        splits their orders: what is fixed stays with the order that demands it.

        :return: by key of ``Demands``
        """
        needs = {}
        for move, need in self._get_whole_order_needs().items():
            fixed = move._get_demanded_fixed_quantity()
            needs.setdefault(move._get_demands_key(), replace(need, fixed=fixed))
        return needs

    def _get_bom_quantities(self):
        """What the BoM calls for, to see whether it changed."""
        return self._get_quantity_per_unit(), self.fixed_quantity

    def _adapt_wholes_to_bom(self, called_for):
        """A BoM was linked to the orders: what it calls for otherwise is a whole of its
        own, of all else a part is still a part.

        :param called_for: ``_get_bom_quantities`` before, by component
        """
        parts = self.filtered(lambda move: move.whole_quantity and move in called_for)
        same = parts.filtered(
            lambda move: all(
                math.isclose(before, now, rel_tol=1e-9)
                for before, now in zip(
                    called_for[move], move._get_bom_quantities(), strict=True
                )
            )
        )
        for move, need in same._get_whole_order_needs().items():
            move._set_demand(need.open)
        for move in parts - same:
            product_qty = move.raw_material_production_id.product_qty
            rest = move._plan_quantity(product_qty)
            move._start_whole(rest, product_qty)
            move._set_demand(move._get_open_demand(rest))

    # Demands, and what they say about the need.

    @api.model
    def _fill_in_quantities(self, vals):
        production = self.env["mrp.production"].browse(
            vals["raw_material_production_id"]
        )
        demands = DEMANDS.get(self.env)
        if not self._may_say_quantities(vals, production):
            vals.update(dict.fromkeys(QUANTITY_FIELDS, 0.0))
        if not any(vals.get(name) for name in QUANTITY_FIELDS):
            demand = vals.get("product_uom_qty") or 0.0
            vals["quantity_per_unit"] = demand / (production.product_qty or 1.0)
        elif demands:
            key = demands.key(vals.get("first_component_id"), vals.get("whole_number"))
            demand = demands.take(key, production.product_qty)
            if demand is not None:
                vals["product_uom_qty"] = demand

    @api.model
    def _may_say_quantities(self, vals, production):
        """Whether these values of a new component were worked out by the server, or
        say what the demand says. Forms send what they computed for a draft order; a
        client that says anything else says it in the demand."""
        said = [vals[name] for name in QUANTITY_FIELDS if vals.get(name)]
        if is_by_system(self.env) or all(is_from_server(value) for value in said):
            return True
        if production.state != "draft":
            return False
        component = self.new(
            {
                "raw_material_production_id": production.id,
                "product_uom": vals.get("product_uom"),
                "product_uom_qty": vals.get("product_uom_qty"),
                **{name: vals.get(name) or 0.0 for name in QUANTITY_FIELDS},
            }
        )
        return not component._derive_component_quantities()

    def _write_said_quantities(self, vals):
        """A client's: what is left out is worked out anew, see above."""
        drafts = self.filtered(
            lambda move: (
                move.raw_material_production_id.state == "draft"
                and move._is_open_component()
            )
        )
        others = {name: vals[name] for name in vals if name not in QUANTITY_FIELDS}
        if drafts:
            drafts.write(
                {
                    **vals,
                    **{
                        name: QuantityFromServer(vals[name] or 0.0)
                        for name in QUANTITY_FIELDS & vals.keys()
                    },
                }
            )
            for component in drafts:
                component._write_derived_quantities()
        if others and self - drafts:
            (self - drafts).write(others)
        return True

    def _are_worked_out(self, vals):
        """Whether the server itself worked out the quantities in these values."""
        return is_by_system(self.env) or any(
            is_from_server(vals.get(name)) for name in QUANTITY_FIELDS
        )

    def _write_demand(self, vals):
        """Write the values; a demand that a person or the BoM changes says what is
        needed."""
        demands = DEMANDS.get(self.env)
        if demands:
            return self._write_demands(vals, demands)
        if demands is not None:
            return self._write_lots(vals)
        # Before: core replaces finished moves whose product changes.
        components = self.filtered(
            lambda move: (
                move.raw_material_production_id
                and move.state not in ("done", "cancel")
                and move.product_uom.compare(
                    move.product_uom_qty, vals["product_uom_qty"]
                )
            )
        )
        result = self._write_lots(vals)
        for component in components:
            if QUANTITY_FIELDS.isdisjoint(vals):
                component._write_derived_quantities()
        components._follow_demand()
        return result

    def _write_derived_quantities(self):
        """Have what is kept on the component say what its demand says."""
        values = self._derive_component_quantities()
        if values:
            with by_system(self.env):
                self.write(values)

    def _write_demands(self, vals, demands):
        """:param demands: the Demands that these components get instead of core's"""
        for move in self:
            demand = demands.take(
                move._get_demands_key(), move.raw_material_production_id.product_qty
            )
            if demand is None:
                demand = vals["product_uom_qty"]
            move._write_lots({**vals, "product_uom_qty": demand})
        return True

    def _get_demands_key(self):
        return Demands.key(self._get_first_component().id, self.whole_number)

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
        demand = self.product_uom_qty + self._get_issued_and_waiting()
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
            with by_system(self.env):
                self.quantity_per_unit = self._get_quantity_per_unit()
        with DEMANDS.hold(self.env, Demands()):
            return super()._split(qty, restrict_partner_id)

    def _merge_moves_fields(self):
        values = super()._merge_moves_fields()
        if self.raw_material_production_id:
            per_unit = [move._get_quantity_per_unit() for move in self]
            fixed = self.mapped("fixed_quantity")
            values["quantity_per_unit"] = QuantityFromServer(sum(per_unit))
            values["fixed_quantity"] = QuantityFromServer(sum(fixed))
            planned = self.mapped("net_quantity_per_unit")
            values["net_quantity_per_unit"] = QuantityFromServer(sum(planned))
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
        quantities.add_to(vals_list)
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
            bom_line,
            self._get_quantity_per_unit() * share,
            self.fixed_quantity * share,
            data["scrap_factor"],
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
        with by_system(self.env):
            self.write({**values, **explosion.get_plan(line)})
