"""Two people at one order at the same time: two real transactions, as the web client
runs them (what collides is tried again)."""

import pytest

from .databases import copied_database, run_script

PREPARE = """
Product = env["product.product"]
frame, table = Product.create(
    [{"name": name, "is_storable": True} for name in ("Frame", "Table")]
)
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
env["stock.quant"]._update_available_quantity(frame, stock, 100)
bom = env["mrp.bom"].create({
    "product_tmpl_id": table.product_tmpl_id.id,
    "consumption": "flexible",
})
centers = env["mrp.workcenter"].create([{"name": "One"}, {"name": "Two"}])
operations = env["mrp.routing.workcenter"].create([
    {"name": center.name, "bom_id": bom.id, "workcenter_id": center.id}
    for center in centers
])
bom.bom_line_ids = [
    (0, 0, {
        "product_id": frame.id,
        "product_qty": 1,
        "operation_id": operation.id,
        "issue_method": "operation",
    })
    for operation in operations
]
order = env["mrp.production"].create(
    {"product_id": table.id, "bom_id": bom.id, "product_qty": 10}
)
order.action_confirm()
answer = {
    "order": order.id,
    "moves": order.move_raw_ids.ids,
    "workorders": order.workorder_ids.ids,
    "frame": frame.id,
}
"""

BOTH = """
import threading
from odoo import api
from odoo.modules.registry import Registry
from odoo.service.model import retrying

begun = threading.Barrier(2)
results = [None, None]

def act(number, action):
    with Registry(env.cr.dbname).cursor() as cr:
        own = api.Environment(cr, env.uid, {})
        first = [True]
        def call():
            # Both see the database as it was before either did anything.
            own["mrp.production"].browse(ORDER).state
            own["stock.move"].browse(MOVES).mapped("product_uom_qty")
            if first.pop() if first else False:
                begun.wait(timeout=60)
            return action(own)
        try:
            retrying(call, own)
            results[number] = "done"
        except Exception as error:
            cr.rollback()
            results[number] = str(error)

env.cr.commit()
threads = [
    threading.Thread(target=act, args=(number, action))
    for number, action in enumerate(ACTIONS)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
env.cr.commit()
env.invalidate_all()
frame = env["product.product"].browse(FRAME)
order = env["mrp.production"].browse(ORDER)
answer = {
    "results": results,
    "on_hand": frame.qty_available,
    "state": order.state,
    "consumed": sum(
        move.quantity for move in order.move_raw_ids if move.state == "done"
    ),
}
"""


@pytest.fixture(scope="module")
def database():
    with copied_database("two_people") as name:
        yield name


def meet(database, *actions):
    """Have two people act at once on a new order of 10 with 2 x 10 frames.

    :param actions: expressions of ``own``, the environment of each
    """
    made = run_script(database, PREPARE)
    variables = "\n".join(
        f"{name.upper()} = {made[name]!r}"
        for name in ("order", "moves", "workorders", "frame")
    )
    functions = ", ".join(f"lambda own: {action}" for action in actions)
    return run_script(database, f"{variables}\nACTIONS = [{functions}]\n{BOTH}")


def test_the_same_component_is_issued_once(database):
    issue = "own['stock.move'].browse(MOVES[0]).action_issue()"
    answer = meet(database, issue, issue)
    assert answer["on_hand"] == 90
    assert answer["consumed"] == 10
    # The other starts again and learns that nothing is left, or is asked to wait.
    assert sorted(result == "done" for result in answer["results"]) == [False, True]
    [message] = [result for result in answer["results"] if result != "done"]
    assert "Nothing is left to issue" in message or "Somebody else" in message


def test_issue_while_the_order_is_completed(database):
    answer = meet(
        database,
        "own['stock.move'].browse(MOVES[0]).action_issue()",
        "own['mrp.production'].browse(ORDER).button_mark_done()",
    )
    assert answer["results"][1] == "done" or "Somebody else" in answer["results"][1]
    assert answer["consumed"] == (20 if answer["state"] == "done" else 10)
    assert answer["on_hand"] == 100 - answer["consumed"]


def test_two_operations_are_finished(database):
    answer = meet(
        database,
        "own['mrp.workorder'].browse(WORKORDERS[0]).button_finish()",
        "own['mrp.workorder'].browse(WORKORDERS[1]).button_finish()",
    )
    assert answer["results"] == ["done", "done"]
    assert answer["on_hand"] == 80
    assert answer["consumed"] == 20


def test_the_same_operation_is_finished_by_two(database):
    finish = "own['mrp.workorder'].browse(WORKORDERS[0]).button_finish()"
    answer = meet(database, finish, finish)
    assert answer["on_hand"] == 90
    assert answer["consumed"] == 10
