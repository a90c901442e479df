"""What is filled in at once on the components of all orders of a completion."""

from ..call_scope import CallScope

_FILLING = CallScope("filling")


class Filling:
    """The orders of one completion, and what was filled in on their components."""

    def __init__(self, order_ids):
        self.order_ids = order_ids
        # Quantity in the move's unit, by its id; None until core has checked orders.
        self.quantities = None


def filling_together(orders):
    """Within this block of a completion the orders' components are filled in together,
    and core finds it done."""
    return _FILLING.hold(orders.env, Filling(orders.ids))


def get_filling(env):
    """:return: None outside of a completion"""
    return _FILLING.get(env)
