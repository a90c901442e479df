"""Calls of core in which orders get other dates, and give them to all their moves:
posted ones are left where they are."""

from ..call_scope import CallScope

_RESCHEDULED = CallScope("rescheduled_orders")
# With these core dates all moves of an order anew, as if none were posted before it is
# done,
SCHEDULING_FIELDS = frozenset({"date_start", "date_finished"})
# by these.
SCHEDULE_FIELDS = {"date", "date_deadline"}


def rescheduling_orders(env):
    """Within this block it is the order that says when its moves are due."""
    return _RESCHEDULED.hold(env, True)


def are_orders_rescheduled(env):
    return bool(_RESCHEDULED.get(env))
