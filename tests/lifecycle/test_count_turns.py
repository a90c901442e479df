"""Counts beside completions, corrections and other counts, in processes of their own:
each use belongs to exactly one validated count."""

import pytest

from .databases import copied_database, run_script


@pytest.fixture(scope="module")
def database():
    with copied_database("count_turns") as name:
        yield name


def run(database, call):
    return run_script(
        database,
        f"""
from odoo.addons.mrp_backflush.tests.lifecycle.counts import *
answer = {call}
""",
    )


def meet(database, case):
    results = run(database, f"meet_both_ways(env, {case})")
    assert len(results) == 6
    return results


@pytest.mark.parametrize("method", ["completion", "count"])
def test_completion_in_flight_while_the_line_is_counted(database, method):
    # 10 and 20: both are counted once, by this count or by the next one.
    case = f"count_beside_completion(env, {method!r})"
    for answers, found in meet(database, case):
        assert answers == ["done", "done"]
        assert found == [[], [10, 20]]


@pytest.mark.parametrize("method", ["completion", "count"])
def test_completion_that_began_before_the_count_and_is_committed_after_it(
    database, method
):
    case = f"count_beside_completion(env, {method!r})"
    found = run(database, f"older_than_the_count(env, {case})")
    assert found == [[], [10, 20]]


def test_correction_beside_the_count(database):
    # 10 issued, corrected to 14: counted as 10 and 4, or as 14.
    for answers, counted in meet(database, "corrected_beside_count(env)"):
        assert answers == ["done", "done"]
        assert counted == [14]


def test_validated_twice_at_once(database):
    for answers, found in meet(database, "validated_twice(env)"):
        assert answers.count("done") == 1, answers
        assert found == {"counted": [10], "on shelf": -2, "broken": []}


@pytest.mark.parametrize("is_written", [False, True])
def test_two_sheets_at_once(database, is_written):
    # Whichever is validated: 2 are missing once.
    for _answers, found in meet(database, f"two_sheets(env, {is_written})"):
        assert found == {"counted": [10], "on shelf": -2, "broken": []}


@pytest.mark.parametrize("is_written", [False, True])
def test_line_counted_by_two_at_once(database, is_written):
    for answers, found in meet(database, f"counted_by_two(env, {is_written})"):
        assert answers == ["done", "done"]
        assert found["on shelf"] in (-1, -2)
        assert (found["counted"], found["broken"]) == ([10], [])


@pytest.mark.parametrize("is_written", [False, True])
def test_validated_while_somebody_still_counts(database, is_written):
    case = f"validated_beside_counting(env, {is_written})"
    for answers, found in meet(database, case):
        assert "done" in answers
        assert found["on shelf"] in (-1, -3)
        assert (found["counted"], found["broken"]) == ([10], [])


@pytest.mark.parametrize("is_written", [False, True])
def test_validated_while_somebody_adds_a_line(database, is_written):
    case = f"validated_beside_counting(env, {is_written}, is_new=True)"
    for answers, found in meet(database, case):
        assert "done" in answers
        assert found == {"counted": [10], "on shelf": 0, "broken": []}


def test_loaded_by_two_at_once(database):
    for answers, found in meet(database, "loaded_twice(env)"):
        assert answers == ["done", "done"]
        assert found["lines"] == 1


def test_last_count_cancelled_while_somebody_counts_anew(database):
    # Cancelled, its use is the next count's; or it stays.
    for answers, (counted, state) in meet(database, "cancelled_beside_counting(env)"):
        assert answers[1] == "done"
        assert counted == [10]
        assert (answers[0] == "done") == (state == "cancelled")
