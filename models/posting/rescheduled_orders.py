"""Calls of core in which orders get other dates, and give them to all their moves:
posted ones are left where they are."""

from contextlib import nullcontext

from ..call_scope import CallScope

_RESCHEDULED = CallScope("rescheduled_orders")
# What core gives all moves of an order that is rescheduled.
SCHEDULE_FIELDS = {"date", "date_deadline"}


def rescheduling_orders(env, vals):
    """Within this block, where these values of orders are written, it is the order that
    says when its moves are due."""
    if "date_start" not in vals and "date_finished" not in vals:
        return nullcontext()
    # Core dates all moves anew, as if none were posted before the order is done.
    return _RESCHEDULED.hold(env, True)


def are_orders_rescheduled(env):
    return bool(_RESCHEDULED.get(env))
