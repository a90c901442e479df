"""An order is undone or unbuilt by two at the same moment: two real processes."""

import pytest

from ..profiles import choose
from .databases import copied_database, run_script

ROUNDS = choose(3, 20)
RULES = ["allow", "park"]
PAIRS = [
    ("undo", "undo"),
    ("undo", "unbuild"),
    ("unbuild", "undo"),
    ("unbuild", "unbuild"),
]
# Each pair under one of the rules; every night under both.
PAIRS_BY_RULE = choose(
    quick=list(zip(["park", "allow", "park", "allow"], PAIRS, strict=True)),
    nightly=[(rule, names) for rule in RULES for names in PAIRS],
)
# 12 frames and 20 tables of others, as before the report; none is left to unbuild.
AS_BEFORE = {"frames": 12, "tables": 20, "waiting": 0, "leaked": 0, "left": 0}
REFUSALS = (
    "undone already",
    "unbuilt already",
    "was undone",
    "are left to unbuild",
    "Somebody else is",
)


@pytest.fixture(scope="module")
def database():
    with copied_database("unbuild_turns") as name:
        yield name


def run(database, call):
    results = run_script(
        database,
        f"""
from odoo.addons.mrp_backflush.tests.lifecycle.unbuilds import *
answer = {call}
""",
    )
    assert len(results) == ROUNDS
    return results


def assert_one_was_refused(results, expected):
    for answers, found in results:
        assert sorted(answer == "done" for answer in answers) == [False, True], answers
        [refusal] = [answer for answer in answers if answer != "done"]
        assert any(text in refusal for text in REFUSALS), refusal
        assert found == expected


@pytest.mark.parametrize("rule, names", PAIRS_BY_RULE)
def test_all_of_it_by_two(database, rule, names):
    """10 frames come back once, whoever comes first."""
    results = run(database, f"meet_undoing(env, {rule!r}, {names}, {ROUNDS})")
    assert_one_was_refused(results, AS_BEFORE)
    assert all(answers[0] == "done" for answers, _found in results)


@pytest.mark.parametrize("names", choose(quick=PAIRS[1:2], nightly=PAIRS))
def test_all_of_it_by_two_at_once(database, names):
    assert_one_was_refused(
        run(database, f"meet_at_once(env, 'allow', {names}, {ROUNDS})"), AS_BEFORE
    )


def test_all_of_it_by_two_where_no_stock_is_kept(database):
    assert_one_was_refused(
        run(database, f"meet_where_no_stock_is_kept(env, {ROUNDS})"),
        {**AS_BEFORE, "tables": 0},
    )


@pytest.mark.parametrize("rule", choose(quick=["park"], nightly=RULES))
def test_the_same_unbuild_order_by_two(database, rule):
    """4 of 10: 2 and 4 frames are there."""
    for answers, found in run(
        database, f"meet_pressing_the_same(env, {rule!r}, {ROUNDS})"
    ):
        assert answers[0] == "done"
        assert "done already" in answers[1] or "Somebody else is" in answers[1]
        assert found == {**AS_BEFORE, "frames": 6, "tables": 26, "left": 6}


def test_two_parts(database):
    """Of 7 issued and 3 waiting 2.8 and 1.2 are taken back twice."""
    for answers, found in run(database, f"meet_unbuilding_parts(env, {ROUNDS})"):
        assert answers == ["done", "done"]
        assert found == {
            **AS_BEFORE,
            **{"frames": 5.6, "tables": 22, "waiting": 0.6, "left": 2},
        }


@pytest.mark.parametrize("is_unbuilt_first", [True, False])
def test_unbuilt_while_it_is_settled(database, is_unbuilt_first):
    """All 7 + 5 frames are there in the end, and nothing waits."""
    for answers, found in run(
        database, f"meet_settling(env, {is_unbuilt_first}, {ROUNDS})"
    ):
        assert answers == ["done", "done"]
        assert found == AS_BEFORE
