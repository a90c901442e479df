"""What an order costs that is completed in the background, as a ratio to core.

Two databases, alike but for the module, are given as arguments. In core the orders are
marked done one by one, each committed; with the module *Complete Orders* does it in the
background, which also keeps its list. In turns, a few orders at a time; printed is the
median of the paired ratios. What is completed stays so: give it copies.

Further arguments name the cases to run: parts of their names.
"""

import os
import statistics
import sys
import time

import odoo
from odoo.api import Environment
from odoo.fields import Datetime
from odoo.modules.registry import Registry
from odoo.tools import config

PAIRS = 7
ORDERS = 10
COMPONENTS = 10
PLAIN = "10 components each"
ONE_WAITS = "1 delivery waits for the product"
# (name, deliveries that wait for the product, moves in its history, what an order must
# not cost more than)
CASES = (
    (PLAIN, 0, 0, PLAIN),
    (ONE_WAITS, 1, 0, ONE_WAITS),
    ("300 deliveries wait for the product", 300, 0, ONE_WAITS),
    ("average cost, a history of 5,000 moves", 0, 5000, PLAIN),
)


def main():
    databases, wanted = sys.argv[1:3], sys.argv[3:]
    config.parse_config(
        [
            f"--addons-path={os.environ['ADDONS_PATH']}",
            f"--data-dir={os.environ['DATA_DIR']}",
            "--log-level=error",
            "--no-http",
        ]
    )
    print(f"Odoo {odoo.release.version}, in the background, {PAIRS} pairs")
    costs = {}
    for name, waiting, history, base in CASES:
        if wanted and not any(part in name for part in wanted):
            continue
        core, module = (Plant(database, waiting, history) for database in databases)
        for plant in (core, module):
            plant.complete()
        ratios, seconds = [], []
        for turn in range(PAIRS):
            results = {}
            for plant in (core, module) if turn % 2 else (module, core):
                results[plant] = plant.complete()
            ratios.append(results[module] / results[core])
            seconds.append(results[module] / ORDERS)
        costs[name] = cost = statistics.median(seconds)
        print(
            f"{name}: {statistics.median(ratios):.3f}"
            f" [{min(ratios):.3f}, {max(ratios):.3f}] of core's time;"
            f" {cost * 1000:.0f} ms an order,"
            f" {cost / costs.get(base, cost):.2f} of: {base}"
        )
        for plant in (core, module):
            plant.close()


class Plant:
    """Orders that wait to be completed, in a database of their own."""

    def __init__(self, database, waiting, history):
        self.cursor = Registry(database).cursor()
        self.env = Environment(self.cursor, odoo.SUPERUSER_ID, {})
        self.has_module = "mrp.completion.run" in self.env
        self.stock = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        category = self.env["product.category"].create(
            {"name": "Average", "property_cost_method": "average"}
        )
        create = self.env["product.product"].create
        parts = create(
            [
                {"name": f"Part {number}", "is_storable": True, "standard_price": 1}
                for number in range(COMPONENTS)
            ]
        )
        for part in parts:
            self.env["stock.quant"]._update_available_quantity(part, self.stock, 10000)
        self.product = create(
            {"name": "Product", "is_storable": True, "categ_id": category.id}
        )
        self.bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.product.product_tmpl_id.id,
                "bom_line_ids": [
                    (0, 0, {"product_id": part.id, "product_qty": 1}) for part in parts
                ],
            }
        )
        self._add_history(history)
        self._add_deliveries(waiting)
        number = (PAIRS + 1) * ORDERS
        orders = self.env["mrp.production"].create(
            [
                {
                    "product_id": self.product.id,
                    "bom_id": self.bom.id,
                    "product_qty": 1,
                }
                for _number in range(number)
            ]
        )
        orders.action_confirm()
        orders.do_unreserve()
        self.waiting = orders.ids
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
            self._prepare_run(orders)
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

    def _prepare_run(self, orders):
        self.env["mrp.completion.run"].create(
            {
                "user_id": self.env.user.id,
                "company_id": self.env.company.id,
                "line_ids": [(0, 0, {"production_id": order.id}) for order in orders],
            }
        )
        self.cursor.commit()

    def close(self):
        self.cursor.close()


if __name__ == "__main__":
    main()
