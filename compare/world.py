"""A random company at work: a warehouse, products, bills of materials and stock.

All is drawn from one source of random numbers, so that the same seed gives the same
world in any database.
"""

from odoo.fields import Command

# Weighted by how often they stand here.
TRACKINGS = ("none", "none", "none", "lot", "lot", "serial")
COST_METHODS = ("standard", "average", "fifo")
REMOVALS = ("fifo", "fifo", "lifo", "fefo", "closest", "least_packages")
MANUFACTURING_STEPS = ("mrp_one_step", "mrp_one_step", "pbm", "pbm_sam")
CONSUMPTIONS = ("flexible", "warning", "warning", "strict")
RESERVATIONS = ("at_confirm", "at_confirm", "manual")
# (stock unit, unit on a bill of materials, quantity for one): exact at two digits.
UNITS = (
    *((("unit", "unit", quantity)) for quantity in (1, 2, 3, 4)),
    *((("unit", "unit", quantity)) for quantity in (1, 2)),
    ("kgm", "gram", 250),
    ("kgm", "kgm", 1.5),
    ("unit", "dozen", 1),
)
# What core rounds at each report, so that its chains drift.
FRACTIONS = (("unit", "unit", 0.33), ("dozen", "unit", 5), ("kgm", "gram", 4))


class World:
    """:ivar has_fractions: parts of an order don't add up to the whole in core; orders
    are closed there without a backorder
    """

    def __init__(self, env, draw):
        self.env = env
        self.draw = draw
        self.lots = 0
        self.has_fractions = draw.random() < 0.2
        self.is_real_time = draw.random() < 0.3
        self.has_owners = draw.random() < 0.4
        self.has_packages = draw.random() < 0.4
        self.has_expiry = draw.random() < 0.4
        self.warehouse = self._create_warehouse()
        self.locations = self._create_locations()
        self.partner = env["res.partner"].create({"name": "Partner"})
        self.owner = env["res.partner"].create({"name": "Owner"})
        self.components = [
            self._create_component(number) for number in range(draw.randint(5, 8))
        ]
        self.boms = self._create_boms()

    def __str__(self):
        methods = {self.get_categories(product) for product in self.components}
        traits = [
            trait
            for trait in ("fractions", "owners", "packages", "expiry")
            if getattr(self, f"has_{trait}")
        ]
        return ", ".join(
            [
                self.warehouse.manufacture_steps,
                *traits,
                *sorted(methods),
                *(f"{bom.type} of {bom.consumption}" for bom in self.boms),
            ]
        )

    # What there is.

    @property
    def products(self):
        made = [bom.product_tmpl_id.product_variant_id for bom in self.boms]
        return [*self.components, *made]

    def get_categories(self, product):
        category = product.categ_id
        return f"{category.property_cost_method}/{category.removal_strategy_id.method}"

    def find(self, model, *domain):
        """Records of this world's company and warehouse, the oldest first."""
        return self.env[model].search([*domain, *self._own(model)], order="id")

    def _own(self, model):
        if model in ("mrp.production", "stock.picking"):
            types = self.env["stock.picking.type"].search(
                [("warehouse_id", "=", self.warehouse.id)]
            )
            return [("picking_type_id", "in", types.ids)]
        return []

    def name_lot(self):
        self.lots += 1
        return f"L{self.lots:03}"

    # How it is made.

    def _create_warehouse(self):
        warehouse = self.env["stock.warehouse"].create(
            {
                "name": "Factory",
                "code": "FAC",
                "manufacture_steps": self.draw.choice(MANUFACTURING_STEPS),
                "sequence": 0,
            }
        )
        types = self.env["stock.picking.type"].search(
            [("warehouse_id", "=", warehouse.id)]
        )
        types.reservation_method = self.draw.choice(RESERVATIONS)
        return warehouse

    def _create_locations(self):
        stock = self.warehouse.lot_stock_id
        shelves = self.env["stock.location"].create(
            [{"name": f"Shelf {row}", "location_id": stock.id} for row in "AB"]
        )
        return [stock, *shelves]

    def _create_category(self, name):
        method = self.draw.choice(REMOVALS)
        removal = self.env["product.removal"].search([("method", "=", method)], limit=1)
        return self.env["product.category"].create(
            {
                "name": name,
                "property_cost_method": self.draw.choice(COST_METHODS),
                "property_valuation": "real_time" if self.is_real_time else "periodic",
                "removal_strategy_id": removal.id,
            }
        )

    def _create_product(self, name, tracking, unit="unit", **values):
        expires = tracking != "none" and self.has_expiry and self.draw.random() < 0.6
        if expires:
            values |= {
                "use_expiration_date": True,
                **dict(expiration_time=20, use_time=12, removal_time=8, alert_time=4),
            }
        product = self.env["product.product"].create(
            {
                "name": name,
                "default_code": name,
                "is_storable": True,
                "tracking": tracking,
                "uom_id": self.get_unit(unit).id,
                "categ_id": self._create_category(name).id,
                "standard_price": self.draw.choice((0, 1, 2.5, 3.37)),
                **values,
            }
        )
        # Created with a context in which its copies get no variant.
        return product.with_env(self.env)

    def _create_component(self, number):
        tracking = self.draw.choice(TRACKINGS)
        units = UNITS if tracking != "serial" else [("unit", "unit", 1)]
        if self.has_fractions and tracking == "none":
            units = FRACTIONS
        unit, bom_unit, quantity = self.draw.choice(units)
        product = self._create_product(f"C{number}", tracking, unit)
        self._needs = {**getattr(self, "_needs", {}), product.id: (bom_unit, quantity)}
        return product

    def get_unit(self, name):
        return self.env.ref(f"uom.product_uom_{name}")

    def _create_boms(self):
        """A part that is made, kits, products made of all, one by a subcontractor."""
        part = self._create_bom("PART", self._choose(2), operations=1)
        is_to_order = self.draw.random() < 0.5
        if is_to_order:
            self._make_to_order(part.product_tmpl_id)
        inner = self._create_bom("INNER", self._choose(1), type="phantom")
        outer_lines = [*self._choose(1), self._line(inner)]
        outer = self._create_bom("KIT", outer_lines, type="phantom")
        boms = [part, inner, outer]
        for number in range(2):
            lines = self._choose(self.draw.randint(1, 3))
            if self.draw.random() < 0.6:
                lines.append(self._line(part))
            if self.draw.random() < 0.5:
                lines.append(self._line(self.draw.choice((inner, outer))))
            operations = self.draw.choice((0, 0, 1, 2))
            boms.append(self._create_bom(f"MADE{number}", lines, operations))
            self._add_byproducts(boms[-1])
        # Lots at the subcontractor's are recorded with the receipt, which isn't done.
        plain = [part for part in self.components if part.tracking == "none"]
        boms.append(
            self._create_bom(
                "OUTSIDE",
                self._choose(min(2, len(plain)), plain),
                type="subcontract",
                subcontractor_ids=[Command.set(self.partner.ids)],
            )
        )
        return boms

    def _choose(self, number, components=None):
        return [
            {
                "product_id": product.id,
                "product_uom_id": self.get_unit(self._needs[product.id][0]).id,
                "product_qty": self._needs[product.id][1],
            }
            for product in self.draw.sample(components or self.components, number)
        ]

    def _line(self, bom):
        product = bom.product_tmpl_id.product_variant_id
        return {"product_id": product.id, "product_qty": self.draw.choice((1, 2))}

    def _create_bom(self, name, lines, operations=0, **values):
        is_kit = values.get("type") == "phantom"
        tracking = "none" if is_kit else self.draw.choice(TRACKINGS)
        product = self._create_product(name, tracking, is_storable=not is_kit)
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "product_qty": 1,
                "consumption": self.draw.choice(CONSUMPTIONS),
                **values,
            }
        )
        steps = self._create_operations(bom, operations)
        for line in lines:
            step = self.draw.choice([None, *steps])
            line["operation_id"] = step.id if step else False
        bom.bom_line_ids = [Command.create(line) for line in lines]
        return bom

    def _create_operations(self, bom, number):
        name = bom.product_tmpl_id.name
        return [
            self.env["mrp.routing.workcenter"].create(
                {
                    "name": f"{name} step {each}",
                    "bom_id": bom.id,
                    "time_cycle_manual": 10,
                    "workcenter_id": self.env["mrp.workcenter"]
                    .create({"name": f"{name} place {each}", "costs_hour": 30})
                    .id,
                }
            )
            for each in range(number)
        ]

    def _add_byproducts(self, bom):
        for number in range(self.draw.choice((0, 0, 1, 2))):
            name = f"{bom.product_tmpl_id.name}-BY{number}"
            product = self._create_product(name, "none")
            bom.byproduct_ids = [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_qty": self.draw.choice((1, 2)),
                        "cost_share": self.draw.choice((0, 20)),
                    }
                )
            ]

    def _make_to_order(self, template):
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        template.route_ids += route + self.env.ref("mrp.route_warehouse0_manufacture")
