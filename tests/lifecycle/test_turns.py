"""Turns of those who move the same components: what is left of them when a
transaction ends, however it ends.

Each case is a script on its own database, with cursors of its own.
"""

import pytest

from .databases import copied_database, run_script

PREPARE = '''
import threading, time
from odoo import api
from odoo.modules.registry import Registry
from odoo.addons.mrp_backflush.models.turns import turns
from odoo.addons.mrp_backflush.models.turns.turns import take_turns

registry = Registry(env.cr.dbname)
products = env["product.product"].create(
    [{"name": name, "is_storable": True} for name in ("Frame", "Leg", "Top")]
)
env.cr.commit()
ids = products.ids

def take(cr, *numbers):
    own = api.Environment(cr, env.uid, {})
    take_turns(own, own["product.product"].browse([ids[each] for each in numbers]))
    return own

def held():
    env.cr.rollback()
    # Those of other databases are in the same table.
    env.cr.execute("""
        SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database
         WHERE locktype = 'advisory' AND datname = current_database()
    """)
    return env.cr.fetchone()[0]

def code():
    env.cr.rollback()
    env.invalidate_all()
    return env["product.product"].browse(ids[0]).default_code
'''


@pytest.fixture(scope="module")
def database():
    with copied_database("turns") as name:
        yield name


def run(database, script):
    return run_script(database, PREPARE + script)


def test_released_however_the_transaction_ends(database):
    answer = run(
        database,
        """
answer = {}
with registry.cursor() as cr:
    take(cr, 0, 1)
    answer["within"] = held()
answer["committed"] = held()

cr = registry.cursor()
take(cr, 0, 1)
cr.rollback()
answer["rolled back"] = held()
take(cr, 0, 1)
answer["taken again"] = held()
cr.close()
answer["closed"] = held()

try:
    with registry.cursor() as cr:
        take(cr, 0)
        raise ValueError
except ValueError:
    pass
answer["failed"] = held()
""",
    )
    assert answer == {
        "within": 2,
        "committed": 0,
        "rolled back": 0,
        "taken again": 2,
        "closed": 0,
        "failed": 0,
    }


def test_released_when_something_else_fails_after_the_commit(database):
    answer = run(
        database,
        """
def fail():
    raise ValueError

try:
    with registry.cursor() as cr:
        # Of another module, before and after.
        cr.postcommit.add(fail)
        take(cr, 0)
        cr.postcommit.add(fail)
except ValueError:
    pass
answer = held()
""",
    )
    assert answer == 0


def test_what_waits_for_the_end_of_the_transaction_goes_on_waiting(database):
    answer = run(
        database,
        """
answer = []
with registry.cursor() as cr:
    cr.postcommit.add(lambda: answer.append("committed"))
    cr.precommit.data["own"] = 1
    take(cr, 0)
    answer.append(cr.precommit.data.get("own"))
""",
    )
    assert answer == [1, "committed"]


def test_what_others_did_meanwhile_is_seen(database):
    answer = run(
        database,
        """
def rename():
    with registry.cursor() as cr:
        own = take(cr, 0)
        begun.set()
        time.sleep(0.5)
        own["product.product"].browse(ids[0]).default_code = "NEW"

begun = threading.Event()
with registry.cursor() as cr:
    own = api.Environment(cr, env.uid, {})
    product = own["product.product"].browse(ids[0])
    before = product.default_code
    thread = threading.Thread(target=rename)
    thread.start()
    begun.wait()
    take(cr, 0)
    answer = [before, product.default_code]
    thread.join()
""",
    )
    assert answer == [False, "NEW"]


def test_within_a_savepoint_nothing_begins_anew(database):
    answer = run(
        database,
        """
with registry.cursor() as cr:
    with cr.savepoint():
        own = take(cr, 0)
        own["product.product"].browse(ids[0]).default_code = "KEPT"
    # Others wait for it all the same.
    answer = [held()]
answer += [held(), code()]
""",
    )
    assert answer == [1, 0, "KEPT"]


def test_what_was_written_or_locked_before_is_kept(database):
    answer = run(
        database,
        """
answer = []
with registry.cursor() as cr:
    own = api.Environment(cr, env.uid, {})
    own["product.product"].browse(ids[0]).default_code = "WRITTEN"
    take(cr, 0)
    answer.append(held())
answer.append(code())
with registry.cursor() as cr:
    cr.execute("SELECT pg_advisory_xact_lock(1)")
    take(cr, 0)
    answer.append(held())
with registry.cursor() as cr:
    api.Environment(cr, env.uid, {})["product.product"].browse(ids).lock_for_update()
    take(cr, 0)
    answer.append(held())
with odoo.sql_db.db_connect(env.cr.dbname, readonly=True).cursor() as cr:
    take(cr, 0)
    answer.append(held())
with registry.cursor() as cr:
    take(cr, 0)
    # A call within the call.
    take(cr, 0, 1)
    answer.append(held())
""",
    )
    assert answer == [1, "WRITTEN", 2, 1, 0, 2]


def test_two_with_overlapping_components_never_block_each_other(database):
    answer = run(
        database,
        """
def act(*numbers):
    for _each in range(20):
        with registry.cursor() as cr:
            take(cr, *numbers)
            inside.append(numbers)
            time.sleep(0.01)
            inside.remove(numbers)
            if any(set(numbers) & set(others) for others in inside):
                answer["together"] += 1
    answer["done"] += 1

inside = []
answer = {"done": 0, "together": 0}
threads = [
    threading.Thread(target=act, args=numbers)
    for numbers in ((0, 1), (1, 2), (2, 0), (2, 1, 0))
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(60)
answer["held"] = held()
""",
    )
    assert answer == {"done": 4, "together": 0, "held": 0}


def test_nobody_waits_for_ever(database):
    answer = run(
        database,
        """
turns._LONGEST_WAIT = "300ms"
with registry.cursor() as holder, registry.cursor() as cr:
    take(holder, 1)
    own = take(cr, 0, 1, 2)
    # Goes on, without a turn, and holds nothing that others wait for.
    answer = [held(), own["product.product"].browse(ids[0]).name]
answer.append(held())
""",
    )
    assert answer == [1, "Frame", 0]


def test_note_of_the_device_is_kept_and_is_no_obstacle(database):
    answer = run(
        database,
        """
NOTE = "INSERT INTO res_device_log (session_identifier, user_id) VALUES (%s, %s)"
def finish():
    time.sleep(0.5)
    api.Environment(holder, env.uid, {})["product.product"].browse(
        ids[0]
    ).default_code = "NEW"
    holder.commit()
holder = registry.cursor()
take(holder, 0)
with registry.cursor() as cr:
    # As the web server does before it calls the method.
    cr.execute(NOTE, ["this one", env.uid])
    thread = threading.Thread(target=finish)
    thread.start()
    own = take(cr, 0)
    answer = [own["product.product"].browse(ids[0]).default_code]
    cr.rollback()
thread.join()
holder.close()
env.cr.rollback()
env.cr.execute("SELECT session_identifier FROM res_device_log")
answer += [row[0] for row in env.cr.fetchall()]
""",
    )
    assert answer == ["NEW", "this one"]


def test_who_has_written_waits_too_and_has_others_wait(database):
    answer = run(
        database,
        """
answer = []
def join():
    with registry.cursor() as cr:
        own = api.Environment(cr, env.uid, {})
        own["product.product"].browse(ids[0]).default_code = "JOINED"
        take(cr, 0, 1)
        answer.append("second")
        # What a savepoint undoes is held no longer, and taken again.
        savepoint = cr.savepoint()
        take(cr, 2)
        answer.append(held())
        savepoint.close()
        answer.append(held())
        take(cr, 2)
        answer.append(held())
with registry.cursor() as holder:
    take(holder, 1)
    thread = threading.Thread(target=join)
    thread.start()
    time.sleep(0.5)
    answer.append("first")
thread.join()
answer.append(held())
answer.append(code())
""",
    )
    assert answer == ["first", "second", 3, 2, 3, 0, "JOINED"]


def test_who_may_take_what_is_not_there_goes_on_after_a_while(database):
    answer = run(
        database,
        """
turns._LONGEST_WAIT = "300ms"
with registry.cursor() as holder, registry.cursor() as cr:
    take(holder, 1)
    own = api.Environment(cr, env.uid, {})
    own["product.product"].browse(ids[0]).default_code = "WENT ON"
    started = time.monotonic()
    take(cr, 0, 1)
    # Once is enough.
    take(cr, 0, 1)
    answer = [time.monotonic() - started < 0.6, held()]
answer.append(code())
""",
    )
    assert answer == [True, 2, "WENT ON"]


def test_who_joins_holds_nothing_that_comes_after_what_they_wait_for(database):
    answer = run(
        database,
        """
# Numbers of products in the order of their turns.
order = sorted(range(3), key=lambda each: ids[each] % turns._BUCKETS)
answer = []

def join(*numbers):
    try:
        with registry.cursor() as cr:
            own = api.Environment(cr, env.uid, {})
            # Has written something.
            own["res.partner"].create({"name": "Joiner"})
            take(cr, *numbers)
            answer.append("joined")
    except Exception as error:
        answer.append(type(error).__name__)

with registry.cursor() as holder:
    own = api.Environment(holder, env.uid, {})
    own["res.partner"].create({"name": "Holder"})
    take(holder, order[0])
    thread = threading.Thread(target=join, args=order)
    thread.start()
    while held() < 2:
        # One is held, and one waited for.
        time.sleep(0.05)
    answer.append(held())
    take(holder, order[1], order[2])
    answer.append("held all")
thread.join()
answer.append(held())
""",
    )
    assert answer == [2, "held all", "joined", 0]


def test_what_is_new_is_announced(database):
    answer = run(
        database,
        """
from odoo.addons.mrp_backflush.models.turns.turns import announce
import psycopg2
answer = []
def say(cr, *numbers):
    own = api.Environment(cr, env.uid, {})
    announce(own, own["product.product"].browse([ids[each] for each in numbers]))

with registry.cursor() as cr:
    # Sees the database as it is now.
    cr.execute("SELECT 1")
    with registry.cursor() as other:
        say(other, 0, 1)
        other.commit()
    say(cr, 2)
    answer.append("of another one")
    try:
        say(cr, 1)
    except psycopg2.errors.SerializationFailure:
        answer.append("tried again")
        cr.rollback()
    say(cr, 1)
    answer.append("done")
""",
    )
    assert answer == ["of another one", "tried again", "done"]


def test_lots_have_turns_by_name(database):
    answer = run(
        database,
        """
from odoo.addons.mrp_backflush.models.turns.turns import sees_all_of, wait_for_turn
nothing = env["product.product"]
one, two = {(ids[0], "S1")}, {(ids[0], "S2")}
with registry.cursor() as first, registry.cursor() as second:
    first_env, second_env = (api.Environment(cr, env.uid, {}) for cr in (first, second))
    take_turns(first_env, nothing, one)
    take_turns(second_env, nothing, two)
    # Others may make other numbers of the same product.
    answer = [held(), sees_all_of(first_env, one), sees_all_of(second_env, one)]
    wait_for_turn(second_env, nothing, {(ids[0], "S3")})
    answer.append(sees_all_of(second_env, two | {(ids[0], "S3")}))
""",
    )
    assert answer == [2, True, False, False]


def test_who_may_not_take_what_is_not_there_waits(database):
    answer = run(
        database,
        """
from odoo.addons.mrp_backflush.models.turns.turns import wait_for_turn
answer = []
def wait():
    with registry.cursor() as cr:
        own = api.Environment(cr, env.uid, {})
        own["product.product"].browse(ids[0]).default_code = "WAITED"
        wait_for_turn(own, own["product.product"].browse(ids[1]))
        answer.append("second")
with registry.cursor() as holder:
    take(holder, 1)
    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    answer.append("first")
thread.join()
answer.append(held())
""",
    )
    assert answer == ["first", "second", 0]


def test_transfers_and_orders_take_turns_where_there_are_rules(database):
    answer = run(
        database,
        """
warehouse = env["stock.warehouse"].search([], limit=1)
frame, table = products[0], products[2]
env["stock.quant"]._update_available_quantity(frame, warehouse.lot_stock_id, 100)
picking = env["stock.picking"].create({
    "picking_type_id": warehouse.out_type_id.id,
    "move_ids": [(0, 0, {
        "product_id": frame.id,
        "product_uom_qty": 1,
        "location_id": warehouse.lot_stock_id.id,
        "location_dest_id": env.ref("stock.stock_location_customers").id,
    })],
})
order = env["mrp.production"].create({
    "product_id": table.id,
    "move_raw_ids": [(0, 0, {"product_id": frame.id, "product_uom_qty": 1})],
})
steps = [
    (record, method)
    for record, methods in (
        (picking, ("action_confirm", "action_assign", "do_unreserve",
                   "button_validate", "action_cancel")),
        (order, ("action_confirm", "action_assign", "do_unreserve", "action_start",
                 "button_mark_done", "action_cancel")),
    )
    for method in methods
]
from odoo.exceptions import UserError
answer = {}
for rule in ("allow", "park"):
    env.company.shortage_rule = rule
    env.cr.commit()
    answer[rule] = []
    for record, method in steps:
        with registry.cursor() as cr:
            own = api.Environment(cr, env.uid, {})
            try:
                getattr(record.with_env(own), method)()
            except UserError:
                # Not at this time: the turn was taken before.
                pass
            answer[rule].append(bool(held()))
            cr.rollback()
""",
    )
    assert answer == {"allow": [False] * 11, "park": [True] * 11}


def test_an_interrupted_wait_leaves_nothing_behind(database):
    answer = run(
        database,
        """
import psycopg2
answer = []
def wait():
    try:
        with registry.cursor() as cr:
            answer.append(cr.connection.get_backend_pid())
            take(cr, 0, 1, 2)
    except psycopg2.errors.QueryCanceled:
        answer.append("cancelled")

with registry.cursor() as holder:
    take(holder, max((0, 1, 2), key=lambda each: ids[each] % turns._BUCKETS))
    thread = threading.Thread(target=wait)
    thread.start()
    while held() < 4:
        time.sleep(0.05)
    env.cr.execute("SELECT pg_cancel_backend(%s)", [answer.pop()])
    thread.join()
    answer.append(held())
""",
    )
    assert answer == ["cancelled", 1]
