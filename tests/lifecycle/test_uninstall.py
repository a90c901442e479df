"""The module goes, and what it was in the midst of goes on as Odoo's own.

What is there without the module is seen in BASE_DATABASE.
"""

import os

import pytest

from ..profiles import IS_NIGHTLY
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
answer = [farewell.live(env), farewell.live(env)]
farewell.leave_traces(env)
"""

UNINSTALL = f"""
module = env["ir.module.module"].search([("name", "=", "{MODULE}")])
module.button_immediate_uninstall()
answer = module.state
"""

# By the names of the orders, what core makes of them: as they are, changed to twice
# the quantity, completed in two parts, completed at once, and then unbuilt.
GO_ON = """
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

for model in ("mrp.production", "product.template", "mrp.bom", "stock.move"):
    env[model].get_views([(False, "form"), (False, "list"), (False, "search")])
env["mail.activity"].search([]).mapped("res_name")

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


# What comes of each order: frames used, frames left, and what 10 tables of 10 frames
# are worth, a frame at 5.00.
COMPLETED = {
    # 4 issued, 6 had waited and have arrived.
    "parked": (10, 0, 50),
    "parked and reported": (10, 0, 50),
    # 7 posted, 3 had waited, 5 have arrived: nobody takes them any more. The tables'
    # cost counted what waited.
    "parked and completed": (7, 5, 50),
    "partly settled": (9, 0, 50),
    # 10 there. What was issued before is not issued again, and costs.
    "issued": (10, 0, 50),
    "issued in full": (10, 0, 50),
    "issued and returned": (10, 0, 50),
    "issued of a lot": (10, 10, 50),
    # What a person said.
    "recorded": (7, 3, 35),
    "recorded as unused": (0, 10, 0),
    "recorded and reported": (7, 3, 35),
    # Nobody said anything: without the module, all is backflushed.
    "manual and reported": (10, 0, 50),
    "manual and issued": (10, 0, 50),
    "in a run": (10, 0, 50),
    "reported production": (10, 0, 50),
    # At Count is backflushed from now on; what was left to a count is not in stock's
    # books, and in the cost.
    "at count": (10, 0, 50),
    "left to a count": (0, 10, 50),
    # What a count posted stays posted, and costs.
    "counted": (10, 1, 50),
    "issued and counted": (10, 1, 55),
}
# What Odoo makes of 20 tables instead: it doubles what is open of 4, 6 or 10 frames,
# beside what was issued; and leaves what a person entered.
CHANGED = {
    **{name: 20 for name in ("manual and reported", "in a run")},
    **{name: 4 + 2 * 6 for name in ("parked", "parked and reported")},
    **{name: 6 + 2 * 4 for name in ("issued", "issued of a lot", "manual and issued")},
    "issued in full": 10,
    "issued and returned": 4 + 2 * 6,
    **{name: 7 for name in ("recorded", "recorded and reported")},
    "recorded as unused": 0,
}
# In two parts of 5: what a person entered for the whole goes with the first part.
IN_PARTS = {"recorded": 7 + 5, "recorded and reported": 7 + 5, "recorded as unused": 5}


@pytest.fixture(scope="module")
def database():
    with copied_database("uninstall") as name:
        yield name


@pytest.fixture(scope="module")
def lives(database):
    """The orders of two lives, as they were when the module was uninstalled."""
    orders = run_script(database, LIVE)
    log = run_odoo("shell", database, "--log-level=warn", script=UNINSTALL)
    assert_nothing_is_wrong(log)
    return orders


def assert_nothing_is_wrong(log):
    lines = log.splitlines()
    assert [line for line in lines if " WARNING " in line or " ERROR " in line] == []


def go_on(orders, run, database):
    return run(database, f"ORDERS = {orders!r}\n{GO_ON}")


def assert_completed(found):
    assert set(found) == set(COMPLETED)
    for name, (used, left, worth) in COMPLETED.items():
        before, after = found[name]["left"], found[name]["unbuilt"]
        completed = found[name].get("completed", before)
        is_valued = completed["worth"] is not None
        assert (name, completed) == (
            name,
            {
                **{"state": "done", "used": used, "on hand": left, "produced": 10},
                **{"reserved": 0, "leaked": 0, "demanded": 0},
                "worth": worth if is_valued else None,
            },
        )
        assert before["leaked"] == 0, name
        # Everything comes back.
        assert (name, after["on hand"], after["produced"]) == (name, used + left, 0)


def test_orders_go_on_without_the_module(database, lives):
    found = go_on(lives[0], run_in_shell, database)
    assert_completed(found)
    for name, used in CHANGED.items():
        changed = found[name]["changed"]
        assert (name, changed["used"], changed["produced"]) == (name, used, 20)
    for name in CHANGED:
        parts, used = found[name]["in parts"], COMPLETED[name][0]
        assert (name, parts["used"], parts["produced"], parts["state"]) == (
            *(name, IN_PARTS.get(name, used), 10, "done"),
        )


def test_orders_say_what_became_of_what_waited(database, lives):
    notes = """
        SELECT body FROM mail_message
         WHERE model = 'mrp.production' AND res_id = %s
           AND body LIKE '%%Backflush was uninstalled%%'
    """
    said = {
        "parked": "6 Units of Frame waited for stock: they are issued when the order",
        "parked and completed": "3 Units of Frame waited for stock and were never",
        "issued of a lot": "6 Units of Frame, A were issued before completion",
        "left to a count": "10 Units of Frame were left to a count and never issued",
    }
    for name, words in said.items():
        [(body,)] = query(database, notes, lives[0][name])
        assert words in body
    assert query(database, notes, lives[0]["in a run"]) == []


def test_what_counts_posted_are_plain_moves(database, lives):
    moves = """
        SELECT reference, quantity FROM stock_move
         WHERE state = 'done' AND reference LIKE 'COUNT/%%' ORDER BY id
    """
    found = query(database, moves)
    assert [quantity for _name, quantity in found] == [1, 1, 1, 1]
    pending = """
        SELECT state FROM stock_move WHERE origin = 'At the next count' GROUP BY state
    """
    assert query(database, pending) == [("cancel",)]


# Everything that a module can leave behind, each as rows to compare.
TRACES = {
    "columns": """
        SELECT table_name, column_name, is_nullable FROM information_schema.columns
         WHERE table_schema = 'public'
    """,
    "constraints": "SELECT conrelid::regclass::text, conname FROM pg_constraint",
    "indexes": "SELECT tablename, indexname FROM pg_indexes",
    "functions": "SELECT proname FROM pg_proc",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model, name FROM ir_model_fields",
    "choices": """
        SELECT model, ir_model_fields.name, value
          FROM ir_model_fields_selection AS selection
          JOIN ir_model_fields ON ir_model_fields.id = selection.field_id
    """,
    "noted constraints": "SELECT name FROM ir_model_constraint",
    "noted relations": "SELECT name FROM ir_model_relation",
    "views": "SELECT model, name, type FROM ir_ui_view",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
    "actions": "SELECT type, name->>'en_US', binding_model_id FROM ir_actions",
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "rules": "SELECT name FROM ir_rule",
    "rights": "SELECT name FROM ir_model_access",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "assets": "SELECT path FROM ir_asset",
    "parameters": "SELECT key FROM ir_config_parameter",
    "sequences": "SELECT code FROM ir_sequence",
    "defaults": "SELECT field_id FROM ir_default",
    "filters": "SELECT model_id FROM ir_filters",
    "exports": "SELECT resource FROM ir_exports",
    "xml ids": "SELECT module, name FROM ir_model_data WHERE model != 'ir.attachment'",
}
OWN = """(
    'mrp.backflush.exception', 'mrp.completion.run', 'mrp.production.report',
    'mrp.line.count', 'mrp.bom.proposal'
)"""
REFERENCES = {
    "messages": f"SELECT model FROM mail_message WHERE model IN {OWN}",
    "followers": f"SELECT res_model FROM mail_followers WHERE res_model IN {OWN}",
    "activities": f"SELECT res_model FROM mail_activity WHERE res_model IN {OWN}",
    "files": f"SELECT res_model FROM ir_attachment WHERE res_model IN {OWN}",
}


def test_nothing_of_the_module_is_left(database, lives):
    base = os.environ["BASE_DATABASE"]
    for name, statement in TRACES.items():
        before, after = (set(query(each, statement)) for each in (base, database))
        assert (name, sorted(after - before, key=str)) == (name, [])
        assert (name, sorted(before - after, key=str)) == (name, [])
    for name, statement in REFERENCES.items():
        assert (name, query(database, statement)) == (name, [])


def test_installed_again(database, lives):
    """The orders of the second life are still open."""
    assert_nothing_is_wrong(install(database))
    scheduled = "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Backflush%%'"
    assert len(query(database, scheduled)) == 5
    if IS_NIGHTLY:
        _live_and_update(database)
    found = go_on(lives[1], run_script, database)
    assert_completed(found)


def _live_and_update(database):
    run_script(database, LIVE)
    options = ("--stop-after-init", "--max-cron-threads=0", f"--update={MODULE}")
    assert_nothing_is_wrong(run_odoo("server", database, *options))
