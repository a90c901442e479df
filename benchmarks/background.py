"""What an order costs that is completed in the background, as a ratio to core.

Two databases, alike but for the module, are given as arguments. In core the orders are
marked done one by one, each committed; with the module *Complete Orders* does it in the
background, which also keeps its list. In turns, a few orders at a time; printed is the
median of the paired ratios, the lowest and the highest in brackets. What is completed
stays so: give it copies.

Further arguments name the cases to run: parts of their names.
"""

import statistics
import sys
import time
from dataclasses import dataclass

from plant import (
    create_bom,
    create_category,
    create_orders,
    create_parts_of_kind,
    create_run,
    set_up_odoo,
)

import odoo
from odoo.api import Environment
from odoo.fields import Datetime
from odoo.modules.registry import Registry

PAIRS = 7
ORDERS = 10
COMPONENTS = 10
UNTRACKED = f"{COMPONENTS} components each, untracked"
ONE_WAITS = "1 delivery waits for the product"


@dataclass(frozen=True)
class Case:
    name: str
    # One of plant's KINDS.
    kind: str = "untracked"
    # Deliveries that wait for the product.
    waiting: int = 0
    # Moves of the product before.
    history: int = 0
    # The case that an order must not cost more than.
    base: str = UNTRACKED


CASES = (
    Case(UNTRACKED),
    Case(f"{COMPONENTS} components each, lots", kind="lots"),
    Case(f"{COMPONENTS} components each, reserved", kind="reserved"),
    Case(ONE_WAITS, waiting=1, base=ONE_WAITS),
    Case("300 deliveries wait for the product", waiting=300, base=ONE_WAITS),
    Case("average cost, a history of 5,000 moves", history=5000),
)


def main():
    databases, wanted = sys.argv[1:3], sys.argv[3:]
    set_up_odoo()
    print(f"Odoo {odoo.release.version}, in the background, {PAIRS} pairs")
    costs = {}
    for case in CASES:
        if wanted and not any(part in case.name for part in wanted):
            continue
        ratios, costs[case.name] = measure(case, databases)
        print(
            f"{case.name}: {describe(ratios)} times as fast as core;"
            f" {costs[case.name] * 1000:.0f} ms an order,"
            f" {costs[case.name] / costs.get(case.base, costs[case.name]):.2f}"
            f" of: {case.base}",
            flush=True,
        )


def measure(case, databases):
    """:return: how many times as fast as core each pair was; seconds of an order"""
    core, module = (Plant(database, case) for database in databases)
    for plant in (core, module):
        plant.complete()
    ratios, seconds = [], []
    for turn in range(PAIRS):
        results = {}
        for plant in (core, module) if turn % 2 else (module, core):
            results[plant] = plant.complete()
        ratios.append(results[core] / results[module])
        seconds.append(results[module] / ORDERS)
    for plant in (core, module):
        plant.close()
    return ratios, statistics.median(seconds)


def describe(ratios):
    median = statistics.median(ratios)
    return f"{median:.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"


class Plant:
    """Orders that wait to be completed, in a database of their own."""

    def __init__(self, database, case):
        self.cursor = Registry(database).cursor()
        self.env = Environment(self.cursor, odoo.SUPERUSER_ID, {})
        self.has_module = "mrp.completion.run" in self.env
        self.stock = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        category = create_category(self.env, "average")
        number = (PAIRS + 1) * ORDERS
        bom = create_bom(
            self.env,
            create_parts_of_kind(self.env, COMPONENTS, case.kind, number),
            categ_id=category.id,
        )
        self.product = bom.product_tmpl_id.product_variant_id
        self._add_history(case.history)
        self._add_deliveries(case.waiting)
        self.waiting = create_orders(bom, number, case.kind == "reserved").ids
        self.cursor.commit()

    def _add_history(self, number):
        """Receipts of the product."""
        if not number:
            return
        supplier = self.env.ref("stock.stock_location_suppliers")
        moves = self.env["stock.move"].create(
            [
                {
                    "product_id": self.product.id,
                    "product_uom_qty": 1,
                    "location_id": supplier.id,
                    "location_dest_id": self.stock.id,
                    "price_unit": 10,
                }
                for _number in range(number)
            ]
        )
        moves._action_confirm(merge=False)
        moves.quantity = 1
        moves.picked = True
        moves._action_done()

    def _add_deliveries(self, number):
        customer = self.env.ref("stock.stock_location_customers")
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        pickings = self.env["stock.picking"].create(
            [
                {
                    "picking_type_id": warehouse.out_type_id.id,
                    "location_id": self.stock.id,
                    "location_dest_id": customer.id,
                    "scheduled_date": Datetime.now(),
                    "move_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": self.product.id,
                                "product_uom_qty": 1000,
                                "location_id": self.stock.id,
                                "location_dest_id": customer.id,
                            },
                        )
                    ],
                }
                for _number in range(number)
            ]
        )
        pickings.action_confirm()

    def complete(self):
        """:return: seconds for the next few orders"""
        ids, self.waiting = self.waiting[:ORDERS], self.waiting[ORDERS:]
        orders = self.env["mrp.production"].browse(ids)
        if self.has_module:
            create_run(self.env, ids)
            self.cursor.commit()
        self.env.invalidate_all()
        started = time.perf_counter()
        if self.has_module:
            self.env["mrp.completion.run"]._work()
        else:
            for order in orders:
                order.button_mark_done()
                self.cursor.commit()
        elapsed = time.perf_counter() - started
        assert set(orders.mapped("state")) == {"done"}
        self.cursor.commit()
        return elapsed

    def close(self):
        self.cursor.close()


if __name__ == "__main__":
    main()
