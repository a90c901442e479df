"""A factory whose orders share components, for `concurrency.py`."""

from collections import defaultdict
from dataclasses import dataclass

from odoo.fields import Command

# Finished units of each order.
ORDER_QUANTITY = 2
# Of what all orders need: on hand at the beginning.
COVERED = 0.2


@dataclass(frozen=True)
class Part:
    """A component: how it is tracked and valued, how many go into one unit."""

    name: str
    tracking: str
    cost_method: str
    quantity: int


PARTS = (
    Part("Screw", "none", "standard", 4),
    Part("Glue", "none", "average", 2),
    Part("Paint", "none", "fifo", 1),
    Part("Board", "lot", "fifo", 2),
    Part("Motor", "serial", "average", 1),
)
# Two finished products, the same for many orders each: their cost methods, and their
# components by name.
FINISHED = {
    "Table": ("average", ("Screw", "Glue", "Paint", "Board", "Motor")),
    "Shelf": ("standard", ("Screw", "Paint", "Board")),
}


class Factory:
    """Ids of what the processes work with; it is handed to each of them."""

    def __init__(self, env, rule, order_count):
        self.user = env.ref("base.user_admin").id
        env.company.shortage_rule = rule
        warehouse = env["stock.warehouse"].search([], limit=1)
        self.receipt_type = warehouse.in_type_id.id
        self.delivery_type = warehouse.out_type_id.id
        stock = warehouse.lot_stock_id
        shelves = env["stock.location"].create(
            [{"name": f"Row {row}", "location_id": stock.id} for row in "AB"]
        )
        self.locations = [stock.id, *shelves.ids]
        self.parts = {part: self._create_part(env, part).id for part in PARTS}
        self.needs = {}
        boms = [self._create_bom(env, name) for name in FINISHED]
        self.orders = self._create_orders(env, boms, order_count)
        self._fill_stock(env, order_count)
        # A third has reserved what is there.
        env["mrp.production"].browse(self.orders[::3]).action_assign()

    @property
    def products(self):
        return list(self.parts.values())

    def _create_product(self, env, name, cost_method, **values):
        category = env["product.category"].create(
            {"name": name, "property_cost_method": cost_method}
        )
        return env["product.product"].create(
            {
                "name": name,
                "is_storable": True,
                "categ_id": category.id,
                "standard_price": 3,
                **values,
            }
        )

    def _create_part(self, env, part):
        return self._create_product(
            env, part.name, part.cost_method, tracking=part.tracking
        )

    def _create_bom(self, env, name):
        cost_method, names = FINISHED[name]
        product = self._create_product(env, name, cost_method)
        parts = [part for part in PARTS if part.name in names]
        self.needs[product.id] = {
            self.parts[part]: part.quantity * ORDER_QUANTITY for part in parts
        }
        return env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "consumption": "flexible",
                "bom_line_ids": [
                    Command.create(
                        {
                            "product_id": self.parts[part],
                            "product_qty": part.quantity,
                        }
                    )
                    for part in parts
                ],
            }
        )

    def _create_orders(self, env, boms, count):
        """Every fifth takes from one row alone, the others from all stock."""
        orders = env["mrp.production"].create(
            [
                {
                    "product_id": bom.product_tmpl_id.product_variant_id.id,
                    "bom_id": bom.id,
                    "product_qty": ORDER_QUANTITY,
                    "location_src_id": self.locations[1 if number % 5 == 4 else 0],
                }
                for number in range(count)
                for bom in [boms[number % len(boms)]]
            ]
        )
        orders.action_confirm()
        orders.do_unreserve()
        return orders.ids

    def _fill_stock(self, env, order_count):
        for part in PARTS:
            needed = part.quantity * ORDER_QUANTITY * order_count
            each = int(needed * COVERED / len(self.locations)) + 1
            for location in self.locations:
                self.prepare_receipt(env, part, location, each).button_validate()

    def prepare_receipt(self, env, part, location, quantity):
        """A receipt of one part from a supplier, ready to be validated."""
        picking = self._prepare_transfer(
            env,
            self.receipt_type,
            self.parts[part],
            quantity,
            location_dest_id=location,
        )
        picking.action_confirm()
        [move] = picking.move_ids
        sizes = {"none": [quantity], "lot": _split(quantity), "serial": [1] * quantity}
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    **move._prepare_move_line_vals(),
                    "location_dest_id": location,
                    "quantity": size,
                    "lot_name": part.tracking != "none" and f"{picking.name}-{index}",
                    "picked": True,
                }
            )
            for index, size in enumerate(sizes[part.tracking])
        ]
        return picking

    def prepare_delivery(self, env, product, quantity):
        return self._prepare_transfer(
            env,
            self.delivery_type,
            product,
            quantity,
            location_id=self.locations[0],
        )

    def _prepare_transfer(self, env, picking_type, product, quantity, **places):
        picking_type = env["stock.picking.type"].browse(picking_type)
        places = {
            "location_id": picking_type.default_location_src_id.id,
            "location_dest_id": picking_type.default_location_dest_id.id,
            **places,
        }
        return env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                **places,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product,
                            "product_uom_qty": quantity,
                            **places,
                        }
                    )
                ],
            }
        )


def _split(quantity):
    """A few lots of different sizes."""
    third = quantity // 3
    return [size for size in (third, third, quantity - 2 * third) if size]


# As an order.
NOBODY = -1

# What the database says, in SQL, so that nothing of the module takes part in it.

PLACES = """
    SELECT quant.product_id, quant.location_id, coalesce(quant.lot_id, 0),
           sum(coalesce(quant.quantity, 0)), sum(quant.reserved_quantity), count(*)
      FROM stock_quant AS quant
      JOIN stock_location AS location ON location.id = quant.location_id
     WHERE location.usage IN ('internal', 'transit') AND quant.product_id = ANY(%s)
     GROUP BY 1, 2, 3
"""
MOVED = """
    SELECT line.product_id, place.id, coalesce(line.lot_id, 0),
           sum(line.quantity_product_uom
               * CASE WHEN place.id = line.location_dest_id THEN 1 ELSE -1 END)
      FROM stock_move_line AS line
      JOIN stock_location AS place
        ON place.id IN (line.location_id, line.location_dest_id)
       AND place.usage IN ('internal', 'transit')
     WHERE line.state = 'done' AND line.product_id = ANY(%s)
       AND line.location_id != line.location_dest_id
     GROUP BY 1, 2, 3
"""
HELD = """
    SELECT line.product_id, line.location_id, coalesce(line.lot_id, 0),
           sum(line.quantity_product_uom)
      FROM stock_move_line AS line
      JOIN stock_move AS move ON move.id = line.move_id
      LEFT JOIN mrp_backflush_exception AS exception
        ON exception.id = move.settles_exception_id
     WHERE line.state NOT IN ('done', 'cancel', 'draft')
       AND line.product_id = ANY(%s)
       AND coalesce(move.raw_material_production_id, exception.production_id, 0)
           != %s
     GROUP BY 1, 2, 3
"""


def get_free(cr, product, location, order=NOBODY):
    """What is on hand at a location and below and not held by any but this order."""
    cr.execute(PLACES, [[product]])
    places = {tuple(row[:3]): row[3] for row in cr.fetchall()}
    cr.execute(HELD, [[product], order])
    held = {tuple(row[:3]): row[3] for row in cr.fetchall()}
    cr.execute(
        """
        SELECT below.id FROM stock_location AS below
          JOIN stock_location AS above
            ON below.parent_path LIKE above.parent_path || '%%'
         WHERE above.id = %s
        """,
        [location],
    )
    below = {row[0] for row in cr.fetchall()}
    return sum(
        max(0, quantity - held.get(place, 0))
        for place, quantity in places.items()
        if place[1] in below
    )


def get_consumed(cr, orders):
    """:return: by order and product"""
    cr.execute(
        """
        SELECT move.raw_material_production_id, move.product_id,
               sum(line.quantity_product_uom)
          FROM stock_move AS move JOIN stock_move_line AS line ON line.move_id = move.id
         WHERE move.state = 'done' AND move.raw_material_production_id = ANY(%s)
         GROUP BY 1, 2
        """,
        [orders],
    )
    return _by_pair(cr)


def get_waiting(cr, orders):
    """Open exceptions by order and product."""
    cr.execute(
        """
        SELECT production_id, product_id, sum(quantity)
          FROM mrp_backflush_exception
         WHERE state = 'open' AND production_id = ANY(%s)
         GROUP BY 1, 2
        """,
        [orders],
    )
    return _by_pair(cr)


def _by_pair(cr):
    found = defaultdict(float)
    found.update({(first, second): total for first, second, total in cr.fetchall()})
    return found
