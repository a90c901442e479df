"""What a line count costs: loading a sheet, counting it, validating it; and what
completing an order costs whose components are At Count.

A database with the module is the last argument; what is prepared stays there, in a
company of its own. Each count is measured in a process of its own that has done nothing
before, and undone. Printed are seconds by the clock, of the processor and in the
database, statements, and what the process occupied at most over what it did at start.
With ``--check`` it ends with 1 where a bound is missed.
"""

import multiprocessing
import statistics
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from plant import create_bom, create_orders, create_run, set_up_odoo

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry

# Of the orders that one count counts, and their components.
SIZES = (250, 500, 1000)
PRODUCTS = 20
# Of a sheet that is loaded.
LOADED = 500
# Orders of components At Count, and how many are measured before and after these.
AT_COUNT_ORDERS = 1000
FEW = 20
AT_COUNT_PRODUCTS = 10
RUN = 200
# Completed in one call while it is prepared.
SLICE = 250
# Seconds and MiB.
MOST_TO_VALIDATE = 10
MOST_MEMORY = 60
MOST_TO_LOAD = 2
# What an order of a larger count, or a later one, may cost: a ratio to the first.
LARGER = 1.25


@dataclass
class Cost:
    """Of one step."""

    clock: float = 0.0
    processor: float = 0.0
    database: float = 0.0
    statements: int = 0
    memory: float = 0.0

    def __str__(self):
        return (
            f"{self.clock:.2f} s ({self.processor:.2f} s of processor time,"
            f" {self.database:.2f} s in the database), {self.statements} statements,"
            f" {self.memory:.0f} MiB"
        )


def main():
    database = sys.argv[-1]
    set_up_odoo()
    print(f"Odoo {odoo.release.version}, counts of {PRODUCTS} products")
    missed = [*measure_counts(database), *measure_at_count(database)]
    sys.exit(f"missed: {missed}" if "--check" in sys.argv and missed else 0)


def apart(function, *arguments):
    """Call it in a process of its own, which takes its memory with it.

    :return: what it returns
    """
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(function, arguments)


@contextmanager
def opened(database, company=None):
    """:param company: id of the company that counts"""
    set_up_odoo()
    with Registry(database).cursor() as cr:
        context = {"allowed_company_ids": [company]} if company else {}
        yield Environment(cr, odoo.SUPERUSER_ID, context)


def measure_counts(database):
    """:return: the names of what is missed"""
    missed = []
    plant = apart(prepare, database)
    cost = apart(load, database, plant)
    print(f"loading a sheet of {LOADED} products: {cost}", flush=True)
    if cost.clock > MOST_TO_LOAD:
        missed.append("loading")
    done, first = 0, None
    for size in SIZES:
        apart(complete, database, plant, size - done)
        done = size
        counted, validated = apart(count, database, plant)
        report(size, counted, validated)
        first = first or validated
        if validated.processor / size > LARGER * first.processor / SIZES[0]:
            missed.append(f"linear: {size} orders")
    if validated.clock > MOST_TO_VALIDATE:
        missed.append("validating")
    if max(counted.memory, validated.memory) > MOST_MEMORY:
        missed.append("memory")
    # All of these are counted, and are a history.
    apart(let_days_pass, database)
    apart(count, database, plant, True)
    apart(complete, database, plant, SIZES[0])
    print(f"beside {SIZES[-1] * PRODUCTS} components that were counted before:")
    counted, validated = apart(count, database, plant)
    report(SIZES[0], counted, validated)
    if validated.processor > LARGER * first.processor:
        missed.append("beside a history")
    return missed


def report(size, counted, validated):
    print(f"{size} orders, counting: {counted}")
    print(
        f"{size} orders, validating: {validated};"
        f" {1000 * validated.processor / size:.1f} ms an order",
        flush=True,
    )


# What is prepared.


def prepare(database):
    """A company that counts: a shelf from which orders take, and a store.

    :return: ids by name
    """
    with opened(database) as env:
        company = env["res.company"].create({"name": f"Count {time.time():.0f}"})
        # Odoo makes one for a company only where tests run.
        env.user.company_ids += company
        env = env(context={"allowed_company_ids": company.ids})
        warehouses = env["stock.warehouse"]
        warehouse = warehouses.search(
            [("company_id", "=", company.id)], limit=1
        ) or warehouses.create({"company_id": company.id, "code": "COUNT"})
        company.use_line_count = True
        shelf, store = env["stock.location"].create(
            [
                {"name": name, "location_id": warehouse.lot_stock_id.id}
                for name in ("Shelf", "Store")
            ]
        )
        plant = {
            "company": company.id,
            "shelf": shelf.id,
            "store": store.id,
            "bom": create_bom_at(shelf, PRODUCTS),
            "at_count": create_bom_at(shelf, AT_COUNT_PRODUCTS, issue_method="count"),
        }
        large = env["mrp.bom"].browse(create_bom_at(store, LOADED))
        create_orders(large, 1).button_mark_done()
        env.cr.commit()
    return plant


def create_bom_at(place, number, **values):
    """:return: the id of a BoM of that many products, which lie at the place"""
    env = place.env
    parts = env["product.product"].create(
        [
            {
                "name": f"Part {each}",
                "is_storable": True,
                "standard_price": 1,
                **values,
            }
            for each in range(number)
        ]
    )
    for part in parts:
        env["stock.quant"]._update_available_quantity(part, place, 10_000)
    bom = create_bom(env, parts)
    bom.bom_line_ids.supply_location_id = place
    return bom.id


def complete(database, plant, number):
    with opened(database, plant["company"]) as env:
        bom = env["mrp.bom"].browse(plant["bom"])
        for _start in range(0, number, SLICE):
            orders = create_orders(bom, SLICE)
            orders.button_mark_done()
            assert set(orders.mapped("state")) == {"done"}
            env.cr.commit()
        env.cr.execute("ANALYZE")


def let_days_pass(database):
    with opened(database) as env:
        for table in ("stock_move", "stock_move_line"):
            env.cr.execute(
                f"UPDATE {table} SET write_date = write_date - interval '10 days'"
            )
        env.cr.commit()


# What is measured.


def load(database, plant):
    with opened(database, plant["company"]) as env:
        sheet = env["mrp.line.count"].create({"location_id": plant["store"]})
        env.flush_all()
        with measured(env) as cost:
            sheet.action_load()
        assert len(sheet.line_ids) == LOADED
        env.cr.rollback()
    return cost


def count(database, plant, is_kept=False, name="bom"):
    """A few pieces of each product are missing.

    :param name: of the BoM whose components are counted

    :return: what counting all lines cost, one after the other, and validating them
    """
    with opened(database, plant["company"]) as env:
        sheet = env["mrp.line.count"].create({"location_id": plant["shelf"]})
        sheet.action_load()
        parts = env["mrp.bom"].browse(plant[name]).bom_line_ids.product_id
        lines = sheet.line_ids.filtered(lambda line: line.product_id in parts)
        assert len(lines) == len(parts)
        books = lines._read_books()
        env.cr.commit()
        with measured(env) as counted:
            for line in lines:
                line.counted_quantity = books[line] - 3
                env.flush_all()
        with measured(env) as validated:
            sheet.action_validate()
        assert sheet.state == "done" and len(sheet.move_ids) >= len(parts)
        if is_kept:
            env.cr.commit()
        else:
            env.cr.rollback()
            sheet.action_cancel("measured")
            env.cr.commit()
    return counted, validated


@contextmanager
def measured(env):
    cost = Cost()
    env.invalidate_all()
    start = reset_peak()
    # Odoo's cursor adds to it.
    thread = threading.current_thread()
    thread.query_count = thread.query_time = 0
    clock, processor = time.perf_counter(), time.process_time()
    yield cost
    env.flush_all()
    cost.clock = time.perf_counter() - clock
    cost.processor = time.process_time() - processor
    cost.statements, cost.database = thread.query_count, thread.query_time
    cost.memory = read_memory("VmHWM") - start


def reset_peak():
    """:return: what the process occupies now, in MiB, which is its peak from now on"""
    Path("/proc/self/clear_refs").write_text("5")
    return read_memory("VmRSS")


def read_memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(kilobytes) / 1024


# Components At Count.


def measure_at_count(database):
    """:return: the names of what is missed"""
    plant = apart(prepare, database)
    first, last, run = apart(complete_at_count, database, plant)
    print(
        f"{AT_COUNT_PRODUCTS} components At Count: the first orders {describe(first)},"
        f" those after {AT_COUNT_ORDERS} {describe(last)}"
    )
    print(f"{RUN} more by Complete Orders, in the background: {run}", flush=True)
    counted = apart(count, database, plant, False, "at_count")
    report(AT_COUNT_ORDERS + 2 * (FEW + 1) + RUN, *counted)
    first, last = (
        statistics.median(cost.processor for cost in costs) for costs in (first, last)
    )
    return ["At Count"] if last > LARGER * first else []


def describe(costs):
    processor = statistics.median(cost.processor for cost in costs)
    statements = statistics.median(cost.statements for cost in costs)
    return (
        f"{1000 * processor:.0f} ms of processor time and {statements:.0f} statements"
    )


def complete_at_count(database, plant):
    """:return: what each of the first and of the last orders cost, one after the other,
    and a run of more"""
    with opened(database, plant["company"]) as env:
        bom = env["mrp.bom"].browse(plant["at_count"])
        first = complete_few(bom)
        for _start in range(0, AT_COUNT_ORDERS, SLICE):
            create_orders(bom, SLICE).button_mark_done()
            env.cr.commit()
        last = complete_few(bom)
        run = create_run(env, create_orders(bom, RUN).ids)
        env.cr.commit()
        with measured(env) as cost:
            env["mrp.completion.run"]._work()
        assert set(run.line_ids.mapped("result")) == {"done"}
        env.cr.execute("ANALYZE")
        env.cr.commit()
    return first, last, cost


def complete_few(bom):
    """:return: what each order cost, completed by itself"""
    costs = []
    orders = create_orders(bom, FEW + 1)
    bom.env.cr.commit()
    # The first of them fills what Odoo keeps of its models.
    for order in orders:
        with measured(bom.env) as cost:
            order.button_mark_done()
        bom.env.cr.commit()
        costs.append(cost)
    return costs[1:]


if __name__ == "__main__":
    main()
