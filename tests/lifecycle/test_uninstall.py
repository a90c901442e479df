"""The module goes, and what it was in the midst of goes on as Odoo's own."""

import pytest

from .databases import (
    MODULE,
    copied_database,
    install,
    query,
    run_in_shell,
    run_odoo,
    run_script,
)

LIVE = """
from odoo.addons.mrp_backflush.tests.lifecycle import farewell
answer = farewell.live(env)
"""

UNINSTALL = f"""
module = env["ir.module.module"].search([("name", "=", "{MODULE}")])
module.button_immediate_uninstall()
answer = module.state
"""

# By the names of the orders, what core makes of them: as they are, changed to twice
# the quantity, completed in two parts, completed at once, and then unbuilt.
GO_ON = """
from odoo.exceptions import UserError
from odoo.tests import Form

class Undone(Exception):
    pass

def look(orders):
    frame, table = orders.move_raw_ids.product_id, orders.product_id
    quants = env["stock.quant"].search(
        [("product_id", "=", frame.id), ("location_id.usage", "=", "internal")]
    )
    moves = env["stock.move"].search([("product_id", "=", frame.id)])
    posted = moves.filtered(lambda move: move.state == "done")
    pending = moves.filtered(lambda move: move.state not in ("done", "cancel"))
    used = orders.move_raw_ids & posted
    is_valued = "total_value" in table._fields
    return {
        "state": "".join(sorted(set(orders.mapped("state")))),
        "used": sum(used.mapped("quantity")),
        "on hand": sum(quants.mapped("quantity")),
        "reserved": sum(quants.mapped("reserved_quantity")),
        "leaked": sum(quants.mapped("reserved_quantity"))
        - sum(pending.move_line_ids.mapped("quantity")),
        "demanded": sum(pending.mapped("product_uom_qty")),
        "produced": table.qty_available,
        "worth": round(table.total_value, 2) if is_valued else None,
    }

def attempt(act, order):
    found = None
    try:
        with env.cr.savepoint():
            found = look(act(order))
            raise Undone
    except Undone:
        env.invalidate_all()
        return found

def complete(order):
    order.with_context(skip_consumption=True).button_mark_done()
    return order

def change(order):
    env["change.production.qty"].create(
        {"mo_id": order.id, "product_qty": 20}
    ).change_prod_qty()
    return complete(order)

def complete_in_parts(order):
    order.qty_producing = 5
    order.set_qty_producing()
    order.with_context(
        skip_backorder=True, mo_ids_to_backorder=order.ids, skip_consumption=True
    ).button_mark_done()
    orders = order.production_group_id.production_ids
    for part in orders.filtered(lambda each: each.state != "done"):
        complete(part)
    return orders

def unbuild(order):
    env["mrp.unbuild"].create({
        "mo_id": order.id,
        "product_id": order.product_id.id,
        "product_qty": order.qty_produced,
    }).action_unbuild()
    return order

answer = {}
for name, order_id in ORDERS.items():
    order = env["mrp.production"].browse(order_id)
    found = answer[name] = {"left": look(order)}
    if order.state != "done":
        found["changed"] = attempt(change, order)
        found["in parts"] = attempt(complete_in_parts, order)
        found["completed"] = look(complete(order))
    found["unbuilt"] = look(unbuild(order))
"""


def test_experiment():
    import json
    with copied_database("uninstall") as database:
        made = run_script(database, LIVE)
        print(run_in_shell(database, UNINSTALL))
        found = run_in_shell(database, f"ORDERS = {made!r}\n{GO_ON}")
        for name, each in found.items():
            print(name)
            for a, b in each.items(): print("    ", a, b)
    assert 0
