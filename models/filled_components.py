"""What is filled in at once for all orders of a completion: components, and what is
produced."""

from .issue_method import Carried

_CONTEXT_KEY = "filled_components"


class FilledComponents(Carried):
    """The orders of one completion, and what was filled in on their moves.

    A text, since core copies its context into the dialogs that it asks for; and none
    that a client can send.
    """

    def __new__(cls, order_ids):
        filled = super().__new__(cls, "filled components")
        filled.order_ids = order_ids
        filled.is_pending = True
        # Quantity in the move's unit, by its id.
        filled.quantities = {}
        return filled

    # Environments with equal contexts are one: this one is of one call alone.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def with_filled_components(orders):
    return orders.with_context(**{_CONTEXT_KEY: FilledComponents(orders.ids)})


def get_filled_components(env):
    """:return: None outside of a completion"""
    filled = env.context.get(_CONTEXT_KEY)
    return filled if isinstance(filled, FilledComponents) else None
