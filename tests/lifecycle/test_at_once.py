"""Two at the same stock at the same moment, of whatever kind: the stock adds up, and
each has done what they wanted or been told why not."""

import pytest

from ..profiles import IS_NIGHTLY, choose
from .databases import copied_database, run_script

# One of each kind, held up in three ways; by day the others meet once each way round.
THRICE = {
    "complete_beside_change",
    "same_serial_reported",
    "settle_beside_count",
    "settle_beside_edited_quantity",
    "settle_beside_receipt",
}
# Variants of others, in which turns are taken at the same place: every night.
VARIANTS = {
    "complete_beside_count",
    "complete_beside_edited_exception",
    "complete_beside_unreserve",
    "complete_beside_written_components",
    "complete_beside_written_quantity",
    "issue_beside_count",
    "retry_two_in_opposite_order",
    "same_known_serial_on_two_orders",
    "same_known_serial_reported",
    "settle_beside_delivery",
    "settle_beside_dialog",
    "two_first_receipts",
}
CLOSED = "These are closed, and what was posted stays"


@pytest.fixture(scope="module")
def database():
    with copied_database("at_once") as name:
        yield name


def of_the_day(cases):
    """Tuples that begin with a case's name, without the variants by day."""
    return [case for case in cases if IS_NIGHTLY or case[0] not in VARIANTS]


def run_at_once(database, case, rule, count):
    met = run_script(
        database,
        f"""
from odoo.addons.mrp_backflush.tests.lifecycle import encounter_cases
from odoo.addons.mrp_backflush.tests.lifecycle.encounters import run
answer = run(env, encounter_cases.{case}, {rule!r}, {count})
""",
    )
    assert len(met) == 2 * count
    return met


def meet(database, case, rule):
    """Have the two of a case meet, each way round.

    :return: for each meeting what both got, and what is found then
    """
    count = choose(quick=3 if case in THRICE else 1, nightly=20)
    met = run_at_once(database, case, rule, count)
    assert [faults for _answers, faults, _found in met if faults] == []
    return [(answers, found) for answers, _faults, found in met]


def check(database, case, outcomes):
    """Whoever comes second finds what the first one left.

    :param outcomes: what may be found in the end, and for each, part of the error that
        the second of the two actions got; None: both were done
    """
    for answers, outcome in meet(database, case, "park"):
        assert answers[0] == "done"
        assert any(
            outcome == left and (error or "done") in answers[1]
            for left, error in outcomes
        ), [answers, outcome]


def found(there, used, waiting, made):
    return {"there": there, "used": used, "waiting": waiting, "made": made}


# 3 of 10 frames wait, 5 are there, and 1 is counted.
SETTLED_FIRST = (found(1, 10, 0, 10), None)
COUNTED_FIRST = (found(0, 8, 2, 10), None)
# Entered before: after the settlement Odoo asks what is meant, and changes nothing.
ASKED = (found(2, 10, 0, 10), None)


@pytest.mark.parametrize(
    "case, outcomes",
    of_the_day(
        [
            ("settle_beside_count", [SETTLED_FIRST, COUNTED_FIRST]),
            ("settle_beside_applied_count", [ASKED, COUNTED_FIRST]),
            ("settle_beside_dialog", [ASKED, COUNTED_FIRST]),
            # 10 are there, and 4 are counted.
            (
                "complete_beside_count",
                [(found(4, 10, 0, 10), None), (found(0, 4, 6, 10), None)],
            ),
            (
                "issue_beside_count",
                [(found(4, 10, 0, 0), None), (found(0, 4, 6, 0), None)],
            ),
        ]
    ),
)
def test_count(database, case, outcomes):
    check(database, case, outcomes)


def test_count_beside_completion_where_shortages_are_blocked(database):
    answered = meet(database, "complete_beside_count", "block")
    for (completed, counted), outcome in answered:
        assert counted == "done"
        if completed == "done":
            assert outcome == found(4, 10, 0, 10)
        else:
            assert "needed 10 Units, available 4" in completed
            assert outcome == found(4, 0, 0, 0)


@pytest.mark.parametrize(
    "case, outcomes",
    of_the_day(
        [
            # 10 are to be made, or 6.
            (
                "complete_beside_change",
                [
                    (found(0, 10, 0, 10), "was completed meanwhile"),
                    (found(4, 6, 0, 6), None),
                ],
            ),
            # Another order's changes: 10 of the 20 are this one's.
            ("complete_beside_other_orders_change", [(found(10, 10, 0, 10), None)]),
            ("complete_beside_written_quantity", [(found(10, 10, 0, 10), None)]),
            ("complete_beside_written_components", [(found(10, 10, 0, 10), None)]),
        ]
    ),
)
def test_changed_quantity(database, case, outcomes):
    check(database, case, outcomes)


@pytest.mark.parametrize(
    "case, outcomes",
    of_the_day(
        [
            # 3 wait and 5 are there; or 4 wait.
            (
                "settle_beside_edited_quantity",
                [(found(2, 10, 0, 10), CLOSED), (found(1, 11, 0, 10), None)],
            ),
            # 5 more are below, at the shelf.
            (
                "settle_beside_edited_location",
                [(found(7, 10, 0, 10), CLOSED), (found(7, 10, 0, 10), None)],
            ),
            (
                "settle_beside_edited_lot",
                [(found(10, 10, 0, 10), CLOSED), (found(10, 10, 0, 10), None)],
            ),
            # 4 are needed. Of the 5, those are free that nobody else waits for.
            (
                "complete_beside_edited_exception",
                [(found(3, 2, 2, 4), None), (found(2, 3, 1, 4), None)],
            ),
        ]
    ),
)
def test_edited_exception(database, case, outcomes):
    check(database, case, outcomes)


@pytest.mark.parametrize(
    "case, outcomes",
    of_the_day(
        [
            # 3 wait, 2 are there, and 4 come.
            (
                "settle_beside_receipt",
                [(found(4, 9, 1, 10), None), (found(3, 10, 0, 10), None)],
            ),
            # Where nothing was there are 4 and 4 in the end, in one quant.
            ("two_first_receipts", [(found(8, 0, 10, 10), None)]),
            # 3 wait, 5 are there, 4 of them reserved.
            ("settle_beside_delivery", [(found(0, 8, 2, 10), None)]),
            # 15 are there, 10 are needed, and 5 are moved to the shelf or delivered.
            ("complete_beside_transfer", [(found(5, 10, 0, 10), None)]),
            ("complete_beside_new_delivery", [(found(0, 10, 0, 10), None)]),
        ]
    ),
)
def test_transfer_written_and_validated_in_one_transaction(database, case, outcomes):
    check(database, case, outcomes)


NOT_TWICE = {"lots": ["S1"], "there": 1}


@pytest.mark.parametrize(
    "case, message",
    of_the_day(
        [
            ("same_serial_reported", "in stock already"),
            ("same_known_serial_reported", "in stock already"),
            ("same_serial_on_two_orders", "must be unique"),
            ("same_known_serial_on_two_orders", "already produced"),
            ("serial_reported_and_on_order", ""),
        ]
    ),
)
def test_serial_number_is_made_once(database, case, message):
    for answers, outcome in meet(database, case, "allow"):
        assert outcome == NOT_TWICE
        [refused] = [answer for answer in answers if answer != "done"]
        assert message in refused
        assert "could not serialize" not in refused


def test_serial_number_that_two_forms_stored_is_made_once(database):
    met = run_at_once(database, "new_serial_in_two_forms", "allow", choose(1, 20))
    for answers, _faults, outcome in met:
        # Two lots of one name are Odoo's, and were there before.
        assert outcome["there"] <= 1
        assert any("must be unique" in answer for answer in answers)


def test_serial_numbers_of_two_dialogs_are_the_same(database):
    for answers, outcome in meet(database, "same_serials_in_two_dialogs", "allow"):
        assert answers == ["done", "done"]
        assert outcome == {"lots": ["S1", "S2"], "there": 0}


def test_same_new_lot_is_one(database):
    for answers, outcome in meet(database, "same_lot_reported", "allow"):
        assert answers == ["done", "done"]
        assert outcome == {"lots": ["L1"], "there": 2}
    for answers, outcome in meet(database, "same_lot_on_two_orders", "allow"):
        assert outcome == {"lots": ["L1"], "there": 1}
        [refused] = [answer for answer in answers if answer != "done"]
        assert "must be unique" in refused


@pytest.mark.parametrize("rule", ["allow", "park"])
@pytest.mark.parametrize(
    "case", ["component_serial_on_two_orders", "component_serial_issued_twice"]
)
def test_component_with_a_serial_number_is_used_once(database, case, rule):
    for answers, outcome in meet(database, case, rule):
        assert outcome == {"lots": ["C1"], "there": 0}
        assert "done" in answers


@pytest.mark.parametrize(
    "case, outcomes",
    of_the_day(
        [
            ("two_counts_of_what_was_not_there", [(found(4, 0, 0, 0), None)]),
            ("complete_beside_unreserve", [(found(10, 10, 0, 10), None)]),
            ("complete_beside_split", [(found(10, 10, 0, 10), None)]),
            ("complete_beside_merge", [(found(20, 10, 0, 10), None)]),
            ("complete_beside_cancelled_order", [(found(10, 10, 0, 10), None)]),
            ("complete_twice", [(found(0, 7, 3, 10), None)]),
            ("complete_many_in_opposite_order", [(found(0, 15, 5, 20), None)]),
            ("complete_beside_scrap", [(found(0, 10, 0, 10), None)]),
            (
                "return_beside_completion",
                [
                    (found(0, 10, 0, 10), "can be returned until their order"),
                    (found(0, 10, 0, 10), None),
                ],
            ),
            # What is returned is reserved for the order that it was issued to.
            ("settle_beside_return", [(found(6, 9, 1, 10), None)]),
            # 2 are there, 4 come back.
            (
                "settle_beside_unbuild",
                [(found(4, 9, 1, 10), None), (found(3, 10, 0, 10), None)],
            ),
            # 4 and 10 are made, 2 more were used: of the 5, 3 and 2.
            ("settle_beside_correction", [(found(0, 16, 0, 14), None)]),
            ("two_issue_the_same_component", [(found(0, 15, 5, 0), None)]),
            ("issue_in_dialog_beside_completion", [(found(0, 15, 5, 10), None)]),
            (
                "settle_beside_cancellation",
                [(found(2, 10, 0, 10), CLOSED), (found(5, 7, 0, 10), None)],
            ),
            # 7 and 5 of 20.
            ("retry_two_in_opposite_order", [(found(0, 12, 8, 20), None)]),
            ("work_orders_finished", [(found(0, 15, 5, 0), None)]),
        ]
    ),
)
def test_whatever_else_moves_the_component(database, case, outcomes):
    check(database, case, outcomes)
