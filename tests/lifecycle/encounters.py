"""Two people at the same stock at the same moment, each way round. In Odoo's shell.

Each function below prepares a case of its own and returns what each of the two does,
as functions of their environments.
"""

from odoo import Command

from .processes import meet

# Long enough for the other one to come to what it must not pass over.
HOLD = 0.1

FAULTS = {
    "second quant": """
        SELECT product_id, location_id, lot_id, count(*) FROM stock_quant
         WHERE product_id = ANY(%(products)s)
         GROUP BY product_id, location_id, lot_id, package_id, owner_id
        HAVING count(*) > 1
    """,
    "below zero": """
        SELECT product_id, quant.location_id, lot_id, sum(quantity)
          FROM stock_quant quant
          JOIN stock_location ON stock_location.id = quant.location_id
         WHERE product_id = ANY(%(products)s) AND usage = 'internal'
         GROUP BY product_id, quant.location_id, lot_id
        HAVING sum(quantity) < -1e-6
    """,
    "not what was put in less what was taken": """
        SELECT product_id, location_id, lot_id, sum(quantity) FROM (
            SELECT product_id, location_id, lot_id, quantity FROM stock_quant
            UNION ALL
            SELECT product_id, location_id, lot_id, quantity_product_uom
              FROM stock_move_line WHERE state = 'done'
            UNION ALL
            SELECT product_id, location_dest_id, lot_id, -quantity_product_uom
              FROM stock_move_line WHERE state = 'done'
        ) moved
         WHERE product_id = ANY(%(products)s)
         GROUP BY product_id, location_id, lot_id
        HAVING abs(sum(quantity)) > 1e-6
    """,
    "reserved for nobody": """
        SELECT product_id, held.location_id, lot_id, sum(quantity) FROM (
            SELECT product_id, location_id, lot_id, reserved_quantity AS quantity
              FROM stock_quant
            UNION ALL
            SELECT product_id, location_id, lot_id, -quantity_product_uom
              FROM stock_move_line
             WHERE state NOT IN ('done', 'cancel', 'draft')
        ) held JOIN stock_location ON stock_location.id = held.location_id
         WHERE product_id = ANY(%(products)s) AND usage = 'internal'
         GROUP BY product_id, held.location_id, lot_id
        HAVING abs(sum(quantity)) > 1e-6
    """,
    "two lots of one name": """
        SELECT product_id, name, count(*) FROM stock_lot
         WHERE product_id = ANY(%(products)s)
         GROUP BY product_id, company_id, name HAVING count(*) > 1
    """,
    "a serial number more than once": """
        SELECT stock_quant.product_id, stock_lot.name, sum(quantity)
          FROM stock_quant
          JOIN stock_location ON stock_location.id = stock_quant.location_id
          JOIN stock_lot ON stock_lot.id = lot_id
          JOIN product_product ON product_product.id = stock_quant.product_id
          JOIN product_template ON product_template.id = product_tmpl_id
         WHERE stock_quant.product_id = ANY(%(products)s)
           AND tracking = 'serial' AND usage IN ('internal', 'production')
         GROUP BY stock_quant.product_id, stock_lot.name, usage
        HAVING sum(quantity) > 1 + 1e-6
            OR sum(quantity) < -1 - 1e-6
    """,
}


class Encounter:
    """Frames that tables are made of, one each, and the two who meet."""

    def __init__(self, env, rule):
        self.env = env
        env.company.shortage_rule = rule
        self.warehouse = env["stock.warehouse"].search([], limit=1)
        self.stock = self.warehouse.lot_stock_id
        [self.shelf] = env["stock.location"].create(
            [{"name": "Shelf", "location_id": self.stock.id}]
        )
        self.frame = self.create_product("Frame")
        self.table = self.create_product("Table")
        self.bom = self.create_bom(self.table, self.frame)

    def create_product(self, name, **values):
        return self.env["product.product"].create(
            {"name": name, "is_storable": True, **values}
        )

    def create_bom(self, product, *components):
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "consumption": "flexible",
                "bom_line_ids": [
                    Command.create({"product_id": component.id, "product_qty": 1})
                    for component in components
                ],
            }
        )

    def put(self, quantity, product=None, lot=None, location=None):
        """Count so much of it."""
        quant = self.env["stock.quant"].with_context(inventory_mode=True)
        quant.create(
            {
                "product_id": (product or self.frame).id,
                "location_id": (location or self.stock).id,
                "lot_id": lot and lot.id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    def get_quant(self):
        return self.env["stock.quant"].search(
            [("product_id", "=", self.frame.id), ("location_id", "=", self.stock.id)]
        )

    def create_order(self, quantity=10, bom=None):
        bom = bom or self.bom
        order = self.env["mrp.production"].create(
            {
                "product_id": bom.product_tmpl_id.product_variant_id.id,
                "bom_id": bom.id,
                "product_qty": quantity,
            }
        )
        order.action_confirm()
        return order

    def create_exception(self, arrived=5):
        """3 of 10 frames wait, and so many have arrived since."""
        self.put(7)
        order = self.create_order()
        order.button_mark_done()
        if arrived:
            # 0 are there.
            self.put(arrived)
        return order.backflush_exception_ids

    def create_picking(self, kind, quantity, product=None):
        """A transfer that isn't confirmed yet.

        :param kind: ``in``, ``out`` or ``int``
        """
        picking_type = self.warehouse[f"{kind}_type_id"]
        places = {
            "in": (self.env.ref("stock.stock_location_suppliers"), self.stock),
            "out": (self.stock, self.env.ref("stock.stock_location_customers")),
            "int": (self.stock, self.shelf),
        }
        source, destination = places[kind]
        return self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": source.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": (product or self.frame).id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": destination.id,
                        }
                    )
                ],
            }
        )

    def find_faults(self):
        """What doesn't add up. Where shortages are allowed core's way is taken of all
        but the lots that are made."""
        products = self.table
        if self.env.company.shortage_rule != "allow":
            products |= self.frame
        found = []
        for name, statement in FAULTS.items():
            self.env.cr.execute(statement, {"products": products.ids})
            found += [f"{name}: {row}" for row in self.env.cr.fetchall()]
        return found


def on(record, method, *arguments):
    """What somebody does: a method of a record, with an environment of their own."""

    def act(own):
        return getattr(own[record._name].browse(record.ids), method)(*arguments)

    return act


def one_after_the_other(*actions):
    """In one transaction."""

    def act(own):
        for action in actions:
            action(own)

    return act


# How the first one is held up, by turns; the last: not at all, both begin together.
_WAYS = [
    {"hold": HOLD, "is_midway": True},
    {"hold": HOLD},
    {},
]


def run(env, case, rule, rounds):
    """Have the two meet so many times, each way round.

    :return: for each meeting what both got, what is wrong then, and what the case
        says of its outcome
    """
    met = []
    for number in range(rounds):
        for is_reversed in (False, True):
            encounter = Encounter(env, rule)
            actions, look = case(encounter)
            way = -1 if is_reversed else 1
            answers = meet(env, *actions[::way], **_WAYS[number % len(_WAYS)])
            met.append([answers[::way], encounter.find_faults(), look()])
    return met
