"""Several workers complete orders of the same components, beside core under this load.

Two databases, alike but for the module, are given as arguments. In each, as many
processes as there are workers begin at once: in core each marks its own orders done, as
the web server does, what collides being tried again; with the module each is a worker
of the scheduled action, on as many runs of Complete Orders. Printed are the throughput
and, from the database itself, what went wrong. Give it copies: what is completed stays
so.

Further arguments: the number of workers, and the orders of each.
"""

import logging
import multiprocessing
import sys
import time
from collections import Counter

import psycopg2
from plant import create_bom, create_orders, create_parts, create_run, set_up_odoo

import odoo
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

COMPONENTS = 10
# Every other component, with this number of lots.
LOTS = 3
# Seconds until a process is ready, on a machine with other things to do.
STARTING = 300

HELD = """
    SELECT product_id, location_id, coalesce(lot_id, 0), sum(quantity_product_uom)
      FROM stock_move_line
     WHERE state NOT IN ('done', 'cancel', 'draft') AND product_id = ANY(%s)
     GROUP BY 1, 2, 3
"""
QUANTS = """
    SELECT quant.product_id, quant.location_id, coalesce(quant.lot_id, 0),
           sum(quant.reserved_quantity), count(*), location.usage = 'internal',
           sum(quant.quantity)
      FROM stock_quant AS quant
      JOIN stock_location AS location ON location.id = quant.location_id
     WHERE quant.product_id = ANY(%s)
     GROUP BY 1, 2, 3, location.usage
"""


def main():
    databases = sys.argv[1:3]
    workers, orders = (int(number) for number in (sys.argv[3:5] or (4, 200)))
    set_up_odoo("critical")
    print(f"Odoo {odoo.release.version}, {workers} workers, {orders} orders each")
    seconds = {}
    for who, database in zip(("core", "module"), databases, strict=True):
        seconds[who] = measure(who, database, workers, orders)
    print(f"{seconds['core'] / seconds['module']:.2f} times as fast as core")


def measure(who, database, workers, orders):
    """:return: seconds until the last worker was ready"""
    with Registry(database).cursor() as cr:
        env = Environment(cr, odoo.SUPERUSER_ID, {})
        products, shares = prepare(env, workers, orders)
    context = multiprocessing.get_context("spawn")
    queue, begin = context.Queue(), context.Event()
    processes = [
        context.Process(target=work, args=(who, database, share, queue, begin))
        for share in shares
    ]
    for process in processes:
        process.start()
    for _process in processes:
        queue.get(timeout=STARTING)
    started = time.perf_counter()
    begin.set()
    counts = sum((queue.get() for _process in processes), Counter())
    elapsed = time.perf_counter() - started
    for process in processes:
        process.join()
    report(who, database, elapsed, counts, products, sum(shares, []))
    return elapsed


def prepare(env, workers, orders):
    """:return: ids of the components, and of each worker's orders"""
    number = workers * orders
    trackings = ["lot" if part % 2 else "none" for part in range(COMPONENTS)]
    parts = create_parts(env, trackings, 2 * number, LOTS)
    created = create_orders(create_bom(env, parts), number, is_reserved=True)
    shares = [created[worker::workers].ids for worker in range(workers)]
    if "mrp.completion.run" in env:
        for share in shares:
            create_run(env, share, env.ref("base.user_admin"))
    return parts.ids, shares


def work(who, database, share, queue, begin):
    set_up_odoo("critical")
    registry = Registry(database)
    counts = Counter()
    queue.put("ready")
    begin.wait()
    if who == "module":
        work_on_runs(registry, counts)
    else:
        for order in share:
            mark_done(registry, order, counts)
    queue.put(counts)


def mark_done(registry, order_id, counts):
    """What the web server does with the button."""
    attempts = []
    with registry.cursor() as cr:
        env = Environment(cr, odoo.SUPERUSER_ID, {})

        def press():
            attempts.append(order_id)
            return env["mrp.production"].browse(order_id).button_mark_done()

        try:
            retrying(press, env)
        except (psycopg2.Error, UserError):
            counts["failed"] += 1
        counts["retries"] += len(attempts) - 1


def work_on_runs(registry, counts):
    """What the scheduled action does."""
    # Odoo's own tries.
    logger = logging.getLogger("odoo.service.model")
    logger.setLevel(logging.INFO)
    logger.addHandler(CountRetries(counts))
    logger.propagate = False
    with registry.cursor() as cr:
        Environment(cr, odoo.SUPERUSER_ID, {})["mrp.completion.run"]._work()


class CountRetries(logging.Handler):
    def __init__(self, counts):
        super().__init__()
        self.counts = counts

    def emit(self, record):
        self.counts["retries"] += 1


def report(who, database, elapsed, counts, products, orders):
    connection = psycopg2.connect(dbname=database)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM mrp_production WHERE id = ANY(%s) AND state = 'done'",
            [orders],
        )
        [[done]] = cursor.fetchall()
        cursor.execute(QUANTS, [products])
        quants = cursor.fetchall()
        cursor.execute(HELD, [products])
        held = {tuple(row[:3]): row[3] for row in cursor.fetchall()}
    connection.close()
    leaks = [
        float(row[3] - held.get(tuple(row[:3]), 0))
        for row in quants
        if row[5] and abs(row[3] - held.get(tuple(row[:3]), 0)) > 1e-6
    ]
    total = sum(row[6] for row in quants if row[5])
    print(
        f"{who}: {done} of {len(orders)} orders in {elapsed:.0f} s,"
        f" {60 * done / elapsed:.0f} a minute; tried again: {counts['retries']};"
        f" failed: {counts['failed']}, not done: {len(orders) - done};"
        f" places with leaked reservations: {len(leaks)} ({sum(leaks):g});"
        f" places with second quants: {sum(row[4] > 1 for row in quants)}"
        f" ({sum(row[4] - 1 for row in quants)} too many);"
        f" left in stock: {total:g}",
        flush=True,
    )


if __name__ == "__main__":
    main()
