"""Whatever is killed in between: nothing is posted twice, and nothing by halves."""

import pytest

from .databases import copied_database, run_script

IMPORT = "from odoo.addons.mrp_backflush.tests.lifecycle import crashes\n"


@pytest.fixture(scope="module")
def database():
    with copied_database("crash") as name:
        yield name


def test_killed_settlement_is_settled_once(database):
    answer = run_script(database, IMPORT + "answer = crashes.kill_settlements(env)")
    # 3 of 10 were missing, 5 have arrived.
    untouched = {
        "order": "done",
        "on_hand": 5,
        "produced": 10,
        "consumed": 7,
        "moves": 1,
        "exceptions": [["open", 3]],
        "settled": 0,
        "leaked": 0,
    }
    settled = {
        **untouched,
        "on_hand": 2,
        "consumed": 10,
        "moves": 2,
        "exceptions": [["settled", 0]],
        "settled": 3,
    }
    assert len(answer) == 7
    committed = answer.pop("just after the commit")
    assert committed == [True, settled, settled]
    for name, found in answer.items():
        assert (name, found) == (name, [True, untouched, settled])


def test_killed_completion_is_completed_once(database):
    answer = run_script(database, IMPORT + "answer = crashes.kill_completions(env)")
    untouched = {
        "order": "confirmed",
        "on_hand": 7,
        "produced": 0,
        "consumed": 0,
        "moves": 0,
        "exceptions": [],
        "settled": 0,
        "leaked": 0,
    }
    completed = {
        **untouched,
        "order": "done",
        "on_hand": 0,
        "produced": 10,
        "consumed": 7,
        "moves": 1,
        "exceptions": [["open", 3]],
    }
    assert len(answer) == 7
    committed = answer.pop("just after the commit")
    assert committed == [True, completed, completed]
    for name, found in answer.items():
        assert (name, found) == (name, [True, untouched, completed])
