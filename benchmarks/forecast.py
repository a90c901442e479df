"""How long the dialog of *Complete Orders* takes to say what many orders would meet.

A database with the module is the last argument. Nothing is left in it: each time is
measured in a transaction that is undone. Printed is the median, the shortest and the
longest in brackets, of Odoo's process and by the clock, and the statements.
"""

import statistics
import sys
import time

from plant import create_bom, create_orders, create_parts_of_kind, set_up_odoo

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry

ORDERS = 200
COMPONENTS = 10
TIMES = 7


def leave_alone(orders):
    """As they were confirmed."""


def report(orders):
    """Reported on the form, a part of what was planned."""
    for order in orders:
        order.qty_producing = order.product_qty
        order._set_qty_producing()


def state(orders):
    """A person used another quantity of a component of each: core would ask."""
    for order in orders:
        order.move_raw_ids[0].write({"quantity": 2, "picked": True})


def main():
    set_up_odoo()
    print(
        f"Odoo {odoo.release.version}, the dialog of {ORDERS} orders"
        f" with {COMPONENTS} components each"
    )
    for kind in ("untracked", "lots", "reserved"):
        for change in (leave_alone, report, state):
            measure(sys.argv[-1], kind, change)


def measure(database, kind, change):
    with Registry(database).cursor() as cr:
        env = Environment(cr, odoo.SUPERUSER_ID, {})
        parts = create_parts_of_kind(env, COMPONENTS, kind, ORDERS)
        # Odoo asks about consumption by default.
        bom = create_bom(env, parts)
        orders = create_orders(bom, ORDERS, is_reserved=kind == "reserved")
        change(orders)
        env.flush_all()
        found = [open_dialog(env, orders.ids) for _time in range(TIMES)]
        cr.rollback()
    used, taken, statements = zip(*found, strict=True)
    print(
        f"{kind}, {change.__name__}: {describe(used)} s of processor time,"
        f" {describe(taken)} s, {statements[-1]} statements",
        flush=True,
    )


def open_dialog(env, order_ids):
    """:return: processor time and time in seconds, and statements"""
    env.invalidate_all()
    orders = env["mrp.production"].browse(order_ids)
    with env.cr.savepoint() as savepoint:
        used, began = time.process_time(), time.perf_counter()
        statements = env.cr.sql_log_count
        dialog = env["mrp.complete.orders"].with_context(
            **orders.action_complete_orders()["context"]
        )
        assert dialog.create({}).order_count == len(orders)
        found = (
            time.process_time() - used,
            time.perf_counter() - began,
            env.cr.sql_log_count - statements,
        )
        savepoint.rollback()
    return found


def describe(values):
    return f"{statistics.median(values):.2f} [{min(values):.2f}, {max(values):.2f}]"


if __name__ == "__main__":
    main()
