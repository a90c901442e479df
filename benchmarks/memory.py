"""What memory a long run of Complete Orders takes, as it goes on.

A database with the module is the last argument; it is filled with orders, of which some
at a time are completed in the background, by one process. Printed is what that process
occupies after each of these: flat, if nothing piles up.
"""

import gc
import multiprocessing
import sys
import time

import psutil
from plant import create_bom, create_orders, create_parts, create_run, set_up_odoo

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry

ORDERS = 5000
SLICE = 500
COMPONENTS = 2


def main():
    database = sys.argv[-1]
    # In a process of its own, which takes its memory with it.
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=prepare, args=(database, queue))
    process.start()
    orders = queue.get()
    process.join()
    set_up_odoo()
    print(f"Odoo {odoo.release.version}, a run of {ORDERS} orders in the background")
    found = []
    with Registry(database).cursor() as cr:
        env = Environment(cr, odoo.SUPERUSER_ID, {})
        for start in range(0, ORDERS, SLICE):
            began = time.perf_counter()
            complete(env, orders[start : start + SLICE])
            gc.collect()
            memory = psutil.Process().memory_info().rss / 1024**2
            found.append((memory, (time.perf_counter() - began) / SLICE))
            print(
                f"after {start + SLICE}: {memory:.0f} MiB,"
                f" {1000 * found[-1][1]:.0f} ms an order",
                flush=True,
            )
    # The first slice has filled what Odoo keeps of its models and views.
    print(f"{found[-1][0] / found[0][0]:.3f} of the memory after the first {SLICE}")


def prepare(database, queue):
    set_up_odoo()
    with Registry(database).cursor() as cr:
        env = Environment(cr, odoo.SUPERUSER_ID, {})
        bom = create_bom(env, create_parts(env, ["none"] * COMPONENTS, 2 * ORDERS))
        ids = []
        for _start in range(0, ORDERS, SLICE):
            ids += create_orders(bom, SLICE).ids
            cr.commit()
    queue.put(ids)


def complete(env, order_ids):
    run = create_run(env, order_ids)
    env.cr.commit()
    env["mrp.completion.run"]._work()
    assert set(run.line_ids.mapped("result")) == {"done"}
    env.cr.commit()


if __name__ == "__main__":
    main()
