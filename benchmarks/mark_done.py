"""What the module costs at its default settings, as a ratio to core.

Two databases, alike but for the module, are given as arguments. The same orders are
completed in both, in turns so that a machine's changing speed meets both alike, each
time in a transaction that is undone. Printed: the median of the paired ratios.
"""

import os
import statistics
import sys
import time

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config

PAIRS = 7
CASES = {
    "1 order x 200 components": (1, 200),
    "100 orders x 10 components, one call": (100, 10),
}


def main():
    core, module = sys.argv[1:3]
    config.parse_config(
        [
            f"--addons-path={os.environ['ADDONS_PATH']}",
            f"--data-dir={os.environ['DATA_DIR']}",
            "--log-level=error",
            "--no-http",
        ]
    )
    print(f"Odoo {odoo.release.version}, {PAIRS} pairs, median [lowest, highest]")
    for name, (orders, components) in CASES.items():
        benches = [Bench(database, orders, components) for database in (core, module)]
        for bench in benches:
            bench.complete()
        ratios, processor_ratios, seconds, statements = [], [], [], []
        for turn in range(PAIRS):
            results = {}
            for bench in benches if turn % 2 else reversed(benches):
                results[bench] = bench.complete()
            core_result, own_result = map(results.get, benches)
            core_time, core_processor, core_sql = core_result
            own_time, own_processor, own_sql = own_result
            ratios.append(own_time / core_time)
            processor_ratios.append(own_processor / core_processor)
            seconds.append(core_time)
            statements.append(own_sql - core_sql)
        print(
            f"{name}: {statistics.median(ratios):.3f}"
            f" [{min(ratios):.3f}, {max(ratios):.3f}] of core's"
            f" {statistics.median(seconds):.2f} s;"
            f" {statistics.median(processor_ratios):.3f}"
            f" [{min(processor_ratios):.3f}, {max(processor_ratios):.3f}]"
            " of its processor time;"
            f" {statistics.median(statements):+.0f} SQL statements"
        )
        for bench in benches:
            bench.close()


class Bench:
    """Orders ready to be completed, in one transaction of one database."""

    def __init__(self, database, orders, components):
        self.cursor = Registry(database).cursor()
        self.env = Environment(self.cursor, odoo.SUPERUSER_ID, {})
        stock = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        products = self.env["product.product"].create(
            [{"name": f"Part {i}", "is_storable": True} for i in range(components)]
        )
        for product in products:
            self.env["stock.quant"]._update_available_quantity(product, stock, 10000)
        finished = self.env["product.product"].create(
            {"name": "Finished", "is_storable": True}
        )
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": finished.product_tmpl_id.id,
                "bom_line_ids": [
                    (0, 0, {"product_id": product.id, "product_qty": 1})
                    for product in products
                ],
            }
        )
        self.orders = self.env["mrp.production"].create(
            [
                {"product_id": finished.id, "bom_id": bom.id, "product_qty": 1}
                for _index in range(orders)
            ]
        )
        self.orders.action_confirm()
        self.orders.do_unreserve()
        self.env.flush_all()

    def complete(self):
        """:return: (seconds, seconds of the processor, SQL statements) of the call"""
        savepoint = self.cursor.savepoint()
        self.env.invalidate_all()
        statements = self.cursor.sql_log_count
        started, processor = time.perf_counter(), time.process_time()
        self.orders.button_mark_done()
        self.env.flush_all()
        elapsed = time.perf_counter() - started
        processor = time.process_time() - processor
        statements = self.cursor.sql_log_count - statements
        savepoint.rollback()
        savepoint.close()
        self.env.invalidate_all()
        return elapsed, processor, statements

    def close(self):
        self.cursor.rollback()
        self.cursor.close()


if __name__ == "__main__":
    main()
