"""What is filled in at once for all orders of a completion: components, and what is
produced."""

from ..call_scope import CallScope

_FILLED = CallScope("filled_components")


class FilledComponents:
    """The orders of one completion, and what was filled in on their moves."""

    def __init__(self, order_ids, is_pending=True):
        self.order_ids = order_ids
        self.is_pending = is_pending
        # Quantity in the move's unit, by its id.
        self.quantities = {}


def filling_components(orders, is_pending=True):
    """Within this block of a completion the orders' moves are filled in together.

    :param is_pending: whether that is still to be done
    """
    return _FILLED.hold(orders.env, FilledComponents(orders.ids, is_pending))


def get_filled_components(env):
    """:return: None outside of a completion"""
    return _FILLED.get(env)
