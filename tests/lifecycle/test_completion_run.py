"""A run of many orders in real transactions: killed, resumed, shared by workers."""

import json
import signal

import pytest

from . import restarts
from .databases import ScriptProcess, copied_database, run_script

ORDERS = 8

# Each order takes 2 of its own part and 1 frame that all share: 5 frames are there.
PREPARE = f"""
company = env.company
company.shortage_rule = "park"
company.completion_background_limit = 0
Product = env["product.product"]
frame, table = Product.create(
    [{{"name": name, "is_storable": True}} for name in ("Frame", "Table")]
)
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
env["stock.quant"]._update_available_quantity(frame, stock, 5)
bom = env["mrp.bom"].create({{
    "product_tmpl_id": table.product_tmpl_id.id,
    "bom_line_ids": [(0, 0, {{"product_id": frame.id, "product_qty": 1}})],
}})
orders = env["mrp.production"].create(
    [
        {{"product_id": table.id, "bom_id": bom.id, "product_qty": 1}}
        for _number in range({ORDERS})
    ]
)
orders.action_confirm()
orders.do_unreserve()
dialog = env["mrp.complete.orders"].with_context(
    **orders.action_complete_orders()["context"]
).create({{}})
run = env["mrp.completion.run"].browse(dialog.action_complete_all()["res_id"])
answer = {{"run": run.id, "frame": frame.id, "table": table.id}}
"""

# The process is killed at the given point of the given order, as by a power failure.
KILL = """
import os, signal
from odoo.addons.mrp_backflush.models.completion import mrp_completion_run as module
count = [0]

def die_at(point):
    if point == POINT:
        count[0] += 1
        if count[0] > AFTER:
            env.cr.flush()
            os.kill(os.getpid(), signal.SIGKILL)

Line = module.MrpCompletionRunLine
complete, alone = Line._process, Line._process_in_own_transaction
Production = type(env["mrp.production"])
post = Production._attempt

def _attempt(self, *args):
    die_at("before the completion")
    answer = post(self, *args)
    die_at("before the line says so")
    return answer

def _process(self):
    complete(self)
    die_at("before the commit")

def _process_in_own_transaction(self):
    alone(self)
    die_at("after the commit")

Production._attempt = _attempt
Line._process = _process
Line._process_in_own_transaction = _process_in_own_transaction
env["mrp.completion.run"]._work()
"""

LOOK = """
run = env["mrp.completion.run"].browse(RUN)
frame = env["product.product"].browse(FRAME)
table = env["product.product"].browse(TABLE)
orders = run.line_ids.production_id
moves = orders.move_raw_ids.filtered(lambda move: move.state == "done")
answer = {
    "state": run.state,
    "results": run.line_ids.mapped("result"),
    "frames": frame.qty_available,
    "tables": table.qty_available,
    "consumed": sum(moves.mapped("quantity")),
    "finished": len(orders.move_finished_ids.filtered(lambda m: m.state == "done")),
    "exceptions": len(orders.backflush_exception_ids),
    "states": sorted(set(orders.mapped("state"))),
}
"""


@pytest.fixture
def database(request):
    with copied_database(request.node.name) as name:
        yield name


def look(database, made):
    names = "\n".join(f"{name.upper()} = {value}" for name, value in made.items())
    return run_script(database, names + LOOK)


def assert_complete(found):
    assert found["states"] == ["done"], json.dumps(found)
    assert found["state"] == "done"
    assert sorted(found["results"]) == ["done"] * 5 + ["exceptions"] * 3
    assert found["finished"] == ORDERS
    assert (found["tables"], found["frames"], found["consumed"]) == (ORDERS, 0, 5)
    assert found["exceptions"] == 3


def test_killed_again_and_again_nothing_is_completed_twice(database):
    made = run_script(database, PREPARE)
    points = (
        ("before the completion", 1),
        ("before the line says so", 1),
        ("before the commit", 1),
        ("after the commit", 0),
    )
    completed = 0
    for point, after in points:
        process = ScriptProcess(database, f"POINT = {point!r}\nAFTER = {after}\n{KILL}")
        assert process.wait() == -signal.SIGKILL, process.errors[-2000:]
        completed += 1
        found = look(database, made)
        finished = len([result for result in found["results"] if result != "waiting"])
        # The orders before the one that it was killed at.
        assert finished == found["finished"] == found["tables"] == completed, point
    run_script(database, "env['mrp.completion.run']._work()\nanswer = None")
    assert_complete(look(database, made))


def test_two_workers_share_a_run(database):
    made = run_script(database, PREPARE)
    work = "env['mrp.completion.run']._work()\nenv.cr.commit()\n"
    workers = [ScriptProcess(database, work) for _number in range(2)]
    for worker in workers:
        assert worker.wait() == 0, worker.errors[-2000:]
        assert "Traceback" not in worker.errors, worker.errors[-4000:]
    assert_complete(look(database, made))


def test_scheduled_action_reports_its_progress(database):
    made = run_script(database, PREPARE)
    run_script(
        database,
        "env.ref('mrp_backflush.ir_cron_complete_orders').method_direct_trigger()\n"
        "answer = None",
    )
    assert_complete(look(database, made))


CLAIM = """
from odoo.addons.mrp_backflush.models.turns.turns import claimed
lines = env["mrp.completion.run.line"].search([], order="sequence, id")
env.cr.commit()
with env.registry.cursor() as other, claimed(other, lines[0].id) as is_claimed:
    env["mrp.completion.run"]._work()
    env.cr.commit()
    with claimed(env.cr, lines[0].id) as is_mine:
        pass
    left = lines.filtered(lambda line: line.result == "waiting")
    answer = {"claims": [is_claimed, is_mine], "left": (left == lines[0])}
env["mrp.completion.run"]._work()
"""


def test_worker_leaves_to_another_what_that_one_is_at(database):
    """Instead of waiting for it: or all workers would go from order to order behind
    the first one."""
    made = run_script(database, PREPARE)
    found = run_script(database, CLAIM)
    assert found == {"claims": [True, False], "left": True}
    results = look(database, made)["results"]
    assert "waiting" not in results


def test_worker_that_lost_its_connection_lost_its_claim(database):
    """And what it did: the other worker begins anew."""
    made = run_script(database, PREPARE)
    assert restarts.in_fork(database, restarts.lose_claim)
    assert_complete(look(database, made))
