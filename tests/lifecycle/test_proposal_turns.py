"""Two people at the same BoM proposal, in processes of their own: one of them decides,
and the line is written once."""

import pytest

from .databases import copied_database, run_script


@pytest.fixture(scope="module")
def database():
    with copied_database("proposal_turns") as name:
        yield name


def meet(database, case):
    results = run_script(
        database,
        f"""
from odoo.addons.mrp_backflush.tests.lifecycle.proposals import *
answer = meet_both_ways(env, {case})
""",
    )
    assert len(results) == 3
    return results


def test_applied_by_two(database):
    for answers, found in meet(database, "apply_twice"):
        assert answers.count("done") == 1, answers
        assert any("nothing to decide" in answer for answer in answers), answers
        assert found == {"line": [10.5], "states": ["applied"], "notes": 1}


def test_applied_by_one_and_rejected_by_another(database):
    for answers, found in meet(database, "apply_and_reject"):
        assert answers.count("done") == 1, answers
        assert any("nothing to decide" in answer for answer in answers), answers
        expected = (
            [[10.5], ["applied"]] if answers[0] == "done" else [[10], ["rejected"]]
        )
        assert [found["line"], found["states"]] == expected
        assert found["notes"] == 1


def test_applied_while_somebody_changes_the_line(database):
    for answers, found in meet(database, "apply_beside_a_change"):
        applied, changed = answers
        assert changed == "done"
        if applied == "done":
            # The other one wrote 12 afterwards, knowing nothing of it.
            assert found == {"line": [12], "states": ["applied"], "notes": 1}
        else:
            assert "changed since" in applied
            assert found == {"line": [12], "states": ["open"], "notes": 0}


@pytest.mark.parametrize("case", ["look_twice", "look_beside_the_scheduled_action"])
def test_looked_for_by_two(database, case):
    for answers, found in meet(database, case):
        assert answers == ["done", "done"]
        assert found == {"line": [10], "states": ["open"], "notes": 0}


def test_applied_while_others_look(database):
    for answers, found in meet(database, "apply_while_others_look"):
        applied, looked = answers
        assert looked == "done"
        assert applied == "done"
        assert found["line"] == [10.5]
        assert "applied" in found["states"]
