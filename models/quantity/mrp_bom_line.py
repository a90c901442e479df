from odoo import api, fields, models

from ..access.system_fields import by_system
from ..texts import format_quantity

# The quantity in the worked example of a line.
EXAMPLE = 100
# What orders need of a line follows from these.
_NEED_FIELDS = (
    *("product_id", "product_uom_id", "product_qty"),
    *("component_scrap", "is_fixed_quantity"),
)


class MrpBomLine(models.Model):
    _inherit = "mrp.bom.line"

    component_scrap = fields.Float(
        string="Component Scrap %",
        digits=(16, 2),
        help="How much more of this component is needed because some of it is lost: "
        "10 means 10 % more than the quantity of the line. On a kit it counts for "
        "everything that the kit consists of. Kits that are sold or delivered as such "
        "stay as they are.",
    )
    is_fixed_quantity = fields.Boolean(
        string="Fixed per Order",
        help="The quantity of the line is needed once per order, whatever quantity is "
        "produced: for a setup, a sample, a tool. Backorders don't need it again, and "
        "component scrap isn't added. On a kit it counts for everything that the kit "
        "consists of.",
    )
    quantity_changed_at = fields.Datetime(
        copy=False,
        readonly=True,
        help="When what orders need of this line was last changed: its product, unit, "
        "quantity, scrap, what is fixed, or the quantity that the BoM makes.",
    )
    quantity_example = fields.Char(
        string="Example",
        compute="_compute_quantity_example",
        help="How much an order needs of this component.",
    )

    _component_scrap_positive = models.Constraint(
        "CHECK (component_scrap >= 0)",
        "Component Scrap can't be negative.",
    )

    def write(self, vals):
        changed = self._find_changed(vals)
        result = super().write(vals)
        changed._note_change()
        if not {"component_scrap", "is_fixed_quantity"}.isdisjoint(vals):
            # As core does for what is changed in the BoM's own form.
            self.bom_id._set_outdated_bom_in_productions()
        return result

    def _find_changed(self, vals):
        """Those of which orders will need something else."""
        said = {name: vals[name] for name in _NEED_FIELDS if name in vals}
        return self.filtered(
            lambda line: any(
                line._fields[name].convert_to_write(line[name], line) != value
                for name, value in said.items()
            )
        )

    def _note_change(self):
        if not self:
            return True
        with by_system(self.env):
            return super().write({"quantity_changed_at": fields.Datetime.now()})

    @api.depends(
        "product_qty",
        "product_uom_id",
        "component_scrap",
        "is_fixed_quantity",
        "bom_id.product_qty",
        "bom_id.product_id",
        "bom_id.product_tmpl_id",
    )
    @api.depends_context("lang")
    def _compute_quantity_example(self):
        for line in self:
            line.quantity_example = line._get_quantity_example()

    def _get_quantity_example(self):
        """What an order needs of this line, in words, with numbers."""
        self.ensure_one()
        if not self.product_uom_id:
            return False
        bom = self.bom_id
        exact = EXAMPLE * self.product_qty * self._get_scrap_factor()
        values = {
            "quantity": format_quantity(self.env, self.product_qty),
            "unit": self.product_uom_id.display_name,
            "produced": format_quantity(self.env, EXAMPLE * (bom.product_qty or 1)),
            "product": (bom.product_id or bom.product_tmpl_id).name or "",
            "times": EXAMPLE,
            "scrap": format_quantity(self.env, self.component_scrap),
            "total": format_quantity(
                self.env, self.product_uom_id.round(exact, rounding_method="UP")
            ),
        }
        if self.is_fixed_quantity:
            return self.env._(
                "%(quantity)s %(unit)s once per order, whatever its quantity", **values
            )
        if self.component_scrap:
            return self.env._(
                "For %(produced)s %(product)s: %(quantity)s × %(times)s + %(scrap)s %% "
                "scrap = %(total)s %(unit)s",
                **values,
            )
        return self.env._(
            "For %(produced)s %(product)s: %(quantity)s × %(times)s = "
            "%(total)s %(unit)s",
            **values,
        )

    def _get_quantity_rule(self):
        """What differs from a plain quantity, in a few words; empty where nothing."""
        self.ensure_one()
        if self.is_fixed_quantity:
            return self.env._("Fixed per order")
        if self.component_scrap:
            scrap = format_quantity(self.env, self.component_scrap)
            return self.env._("Scrap %s %%", scrap)
        return ""

    def _get_scrap_factor(self):
        """What the quantity is multiplied by: 1.1 for a scrap of 10 %."""
        self.ensure_one()
        return 1.0 if self.is_fixed_quantity else 1.0 + self.component_scrap / 100

    # Core explodes a BoM with these, whatever for: they only tell more about it.

    def _prepare_bom_done_values(self, quantity, product, original_quantity, boms_done):
        values = super()._prepare_bom_done_values(
            quantity, product, original_quantity, boms_done
        )
        return {**values, **self._get_exploded_kit_values(quantity, boms_done)}

    def _get_exploded_kit_values(self, quantity, boms_done):
        """What the lines of the kit that this line asks for inherit from it.

        :param quantity: how often core makes the kit's BoM
        """
        if not self:
            return {"scrap_factor": 1.0, "fixed_times": None}
        parent = self._get_exploded_bom_values(boms_done)
        times = quantity / parent["qty"] if parent["qty"] else 0.0
        fixed_times = parent["fixed_times"]
        if self.is_fixed_quantity:
            fixed_times = times
        elif fixed_times is not None:
            fixed_times *= times
        scrap_factor = parent["scrap_factor"] * self._get_scrap_factor()
        return {"scrap_factor": scrap_factor, "fixed_times": fixed_times}

    def _prepare_line_done_values(
        self, quantity, product, original_quantity, parent_line, boms_done
    ):
        values = super()._prepare_line_done_values(
            quantity, product, original_quantity, parent_line, boms_done
        )
        return {**values, **self._get_exploded_quantity_values(boms_done)}

    def _get_exploded_quantity_values(self, boms_done):
        """``exact_qty``: what is needed, scrap included, in the line's unit and not
        rounded; ``is_fixed``: that this is once per order."""
        parent = self._get_exploded_bom_values(boms_done)
        scrap_factor = parent["scrap_factor"] * self._get_scrap_factor()
        is_fixed = self.is_fixed_quantity or parent["fixed_times"] is not None
        if self.is_fixed_quantity:
            exact = self.product_qty
        elif is_fixed:
            exact = self.product_qty * parent["fixed_times"]
        else:
            exact = parent["qty"] * self.product_qty * scrap_factor
        return {
            "exact_qty": exact,
            "is_fixed": is_fixed,
            "scrap_factor": scrap_factor,
        }

    def _get_exploded_bom_values(self, boms_done):
        """The values of the BoM whose line this is. A kit that is used more than once
        is exploded in one go each time: the last one is it."""
        return next(values for bom, values in reversed(boms_done) if bom == self.bom_id)
