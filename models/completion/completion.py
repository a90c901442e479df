"""What the steps of one completion know of each other."""

from ..call_scope import CallScope

_COMPLETION = CallScope("completion")


class Completion:
    """Orders that are being completed: made where that begins, and gone where it ends.

    What is posted without one, as an issue before completion, finds out by itself.
    """

    def __init__(self, order_ids):
        self.order_ids = frozenset(order_ids)
        # By company and product category.
        self.shortage_rules = {}


def completing(orders):
    """Within this block these orders are being completed."""
    return _COMPLETION.hold(orders.env, Completion(orders.ids))


def get_completion(env):
    """:return: the Completion that is going on, or None"""
    return _COMPLETION.get(env)
