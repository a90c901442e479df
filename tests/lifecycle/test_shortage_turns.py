"""Shortages where several processes move the same components."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from odoo.tools import config

from .databases import copied_database, run_script

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "concurrency.py"
SETTLED = {
    "order": "done",
    "on_hand": 2,
    "produced": 10,
    "consumed": 10,
    "moves": 2,
    "exceptions": [["settled", 0]],
    "settled": 3,
    "leaked": 0,
}
CANCELLED = {
    **SETTLED,
    "on_hand": 5,
    "consumed": 7,
    "moves": 1,
    "exceptions": [["cancelled", 3]],
    "settled": 0,
}


@pytest.fixture(scope="module")
def database():
    with copied_database("shortage_turns") as name:
        yield name


def meet(database, *actions):
    return run_script(
        database,
        f"""
from odoo.addons.mrp_backflush.tests.lifecycle.meetings import *
answer = meet_at_exception(env, {", ".join(actions)})
""",
    )


def test_two_people_retry_the_same_exception(database):
    answers, found = meet(database, "retry", "retry")
    assert answers == ["done", "done"]
    assert found == SETTLED


def test_retry_while_it_is_settled_in_the_background(database):
    answers, found = meet(
        database, "retry", "settle_in_background", "settle_in_background"
    )
    assert answers == ["done", "done", "done"]
    assert found == SETTLED


def test_cancelled_while_it_is_settled(database):
    answers, found = meet(database, "cancel", "retry", "settle_in_background")
    assert answers[1:] == ["done", "done"]
    if answers[0] == "done":
        assert found == CANCELLED
    else:
        assert "These are closed" in answers[0]
        assert found == SETTLED


def test_cancelled_by_two(database):
    answers, found = meet(database, "cancel", "cancel")
    assert sorted(answer == "done" for answer in answers) == [False, True]
    assert any("These are closed" in answer for answer in answers)
    assert found == CANCELLED


def test_settled_while_another_order_takes_what_has_arrived(database):
    answers, found = meet(database, "settle_in_background", "complete")
    assert answers == ["done", "done"]
    # 7 were there, 5 have arrived, 14 are needed.
    assert (found["on_hand"], found["consumed"], found["leaked"]) == (0, 12, 0)


@pytest.mark.parametrize(
    "options", [("--rule=park", "--settlers=2"), ("--rule=block",)]
)
def test_processes_that_share_components(database, options):
    done = subprocess.run(
        [sys.executable, BENCHMARK, database, "--orders=16", *options],
        env={
            **os.environ,
            "ADDONS_PATH": ",".join(config["addons_path"]),
            "DATA_DIR": config["data_dir"],
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
