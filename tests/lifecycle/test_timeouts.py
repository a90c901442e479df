"""statement_timeout and lock_timeout, as an administrator sets them for a database."""

import pytest

from . import timeouts
from .databases import copied_database, query, run_script
from .restarts import in_fork
from .test_completion_run import PREPARE, assert_complete, look


@pytest.fixture(scope="module")
def database():
    with copied_database("timeouts") as name:
        # A statement of the tests' own takes milliseconds.
        query(name, f"ALTER DATABASE \"{name}\" SET statement_timeout = '2s'")
        query(name, f"ALTER DATABASE \"{name}\" SET lock_timeout = '200ms'")
        yield name


UNTOUCHED = {
    **{"order": "confirmed", "on_hand": 7, "produced": 0, "consumed": 0},
    **{"moves": 0, "exceptions": [], "settled": 0, "leaked": 0},
}
COMPLETED = {
    **{"order": "done", "on_hand": 0, "produced": 10, "consumed": 7},
    **{"moves": 1, "exceptions": [("open", 3)], "settled": 0, "leaked": 0},
}
# 3 of 10 were missing, 5 have arrived.
WAITING = {**COMPLETED, "on_hand": 5}
SETTLED = {
    **{"order": "done", "on_hand": 2, "produced": 10, "consumed": 10},
    **{"moves": 2, "exceptions": [("settled", 0)], "settled": 3, "leaked": 0},
}


def test_order_that_takes_too_long_fails_and_the_run_goes_on(database):
    made = run_script(database, PREPARE)
    found, locks = in_fork(database, timeouts.run_with_slow_order, made["run"])
    first, *others = found
    assert first[0] == "failed"
    assert "statement timeout" in first[1]
    assert first[2] == "confirmed"
    # 5 of the frames that 8 orders share are there.
    assert [result for result, _message, _state in others] == [
        *5 * ["done"],
        *2 * ["exceptions"],
    ]
    assert locks == 0
    in_fork(database, timeouts.retry_run, made["run"])
    assert_complete(look(database, made))


def test_order_that_somebody_holds_waits_and_the_run_goes_on(database):
    made = run_script(database, PREPARE)
    found, locks, pause = in_fork(database, timeouts.run_beside_holder, made["run"])
    first, *others = found
    assert (first[0], first[2]) == ("waiting", "confirmed")
    assert {state for _result, _message, state in others} == {"done"}
    assert locks == 0
    # Not at once: a worker would do nothing else.
    assert pause >= 30
    in_fork(database, timeouts.work)
    assert_complete(look(database, made))


def test_exception_that_takes_too_long_leaves_the_others(database):
    ids = in_fork(database, timeouts.create_exceptions)
    assert in_fork(database, timeouts.settle_slowly, ids) == 0
    first, second = in_fork(database, timeouts.describe_exceptions, ids)
    assert first[:2] == ("open", 1)
    assert "statement timeout" in first[2]
    assert (first[3], second[3]) == (WAITING, SETTLED)
    in_fork(database, timeouts.settle)
    for each in in_fork(database, timeouts.describe_exceptions, ids):
        assert each[3] == SETTLED


def test_exception_that_somebody_holds_leaves_the_others(database):
    ids = in_fork(database, timeouts.create_exceptions)
    assert in_fork(database, timeouts.settle_beside_holder, ids) == 0
    first, second = in_fork(database, timeouts.describe_exceptions, ids)
    # Nothing was found out about it.
    assert first[:2] == ("open", 0)
    assert (first[3], second[3]) == (WAITING, SETTLED)
    in_fork(database, timeouts.settle)
    for each in in_fork(database, timeouts.describe_exceptions, ids):
        assert each[3] == SETTLED


def test_completion_that_takes_too_long_is_undone(database):
    error, *found = in_fork(database, timeouts.complete_slowly)
    assert error == "QueryCanceled"
    assert found == [UNTOUCHED, None, COMPLETED]


def test_completion_waits_until_somebody_lets_go(database):
    found = in_fork(database, timeouts.complete_beside_holder)
    assert found == (None, COMPLETED)


def test_turn_is_waited_for_whatever_statements_may_take(database):
    found = in_fork(database, timeouts.complete_in_turn, 5)
    assert found == (None, COMPLETED)
