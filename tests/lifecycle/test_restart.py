"""PostgreSQL is restarted in the midst of it: nothing is lost, and nothing is twice.

On a server of its own, which is stopped in an orderly way and as in a crash by turns.
"""

from itertools import cycle

import pytest

from ..profiles import choose
from . import crashes, restarts
from .databases import query, run_script
from .servers import FAST, IMMEDIATE, own_server
from .test_completion_run import PREPARE, assert_complete, look

# Of the points before the commit, every second one is enough for each day.
STEP = choose(2, 1)
COMMITS = [restarts.BEFORE_COMMIT, restarts.AFTER_COMMIT]
# Which mode comes first at the first point: the other one at the next.
ORDERS_OF_MODES = choose([(FAST, IMMEDIATE)], [(FAST, IMMEDIATE), (IMMEDIATE, FAST)])


@pytest.fixture(scope="module")
def served():
    with own_server("restart") as (server, database):
        # Nothing else is due.
        query(
            database,
            """
            UPDATE ir_cron SET active = false WHERE id NOT IN (
                SELECT res_id FROM ir_model_data WHERE module = 'mrp_backflush'
            )
            """,
        )
        yield server, database


def restarting(server, modes):
    """:return: a function that restarts the server, in the next mode at each call"""
    following = cycle(modes)
    return lambda _name: server.restart(next(following))


def assert_no_lock_is_left(database):
    held = "SELECT pid, objid FROM pg_locks WHERE locktype = 'advisory'"
    assert query(database, held) == []


@pytest.mark.parametrize("modes", ORDERS_OF_MODES)
def test_run_goes_on_by_itself(served, modes):
    server, database = served
    made = run_script(database, PREPARE)
    left = restarts.in_fork(
        database,
        restarts.work_through_run,
        [*restarts.RUN, *COMMITS],
        restarting(server, modes),
        made["run"],
    )
    assert left == []
    assert_complete(look(database, made))
    assert_no_lock_is_left(database)


@pytest.mark.parametrize("modes", ORDERS_OF_MODES)
def test_exceptions_are_settled_once(served, modes):
    server, database = served
    left, found = restarts.in_fork(
        database,
        restarts.settle_through,
        [*list(crashes.SETTLEMENT)[::STEP], *COMMITS],
        crashes.SETTLEMENT,
        restarting(server, modes),
    )
    assert left == []
    # 3 of 10 were missing, 5 had arrived.
    for each in found:
        assert each == {
            **{"order": "done", "on_hand": 2, "produced": 10},
            **{"consumed": 10, "moves": 2, "settled": 3, "leaked": 0},
            "exceptions": [("settled", 0)],
        }
    assert_no_lock_is_left(database)


@pytest.mark.parametrize("modes", ORDERS_OF_MODES)
def test_order_is_completed_once(served, modes):
    server, database = served
    left, answer = restarts.in_fork(
        database,
        restarts.complete_through,
        [*list(crashes.COMPLETION)[::STEP], *COMMITS],
        crashes.COMPLETION,
        restarting(server, modes),
    )
    assert left == []
    untouched = {
        **{"order": "confirmed", "on_hand": 7, "produced": 0},
        **{"consumed": 0, "moves": 0, "settled": 0, "leaked": 0, "exceptions": []},
    }
    completed = {
        **{"order": "done", "on_hand": 0, "produced": 10},
        **{"consumed": 7, "moves": 1, "settled": 0, "leaked": 0},
        "exceptions": [("open", 3)],
    }
    for name, (error, interrupted, second_error, repeated) in answer.items():
        is_committed = name == restarts.AFTER_COMMIT
        # Who is told nothing presses again.
        assert (name, bool(error), second_error) == (name, not is_committed, None)
        assert (name, interrupted) == (name, completed if is_committed else untouched)
        assert (name, repeated) == (name, completed)
    assert_no_lock_is_left(database)
