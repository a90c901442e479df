"""What is filled in at once on the components of all orders of a completion."""

from ..call_scope import CallScope

# The Filling of a completion; none outside of one.
FILLING = CallScope("filling")


class Filling:
    """The orders of one completion, and what was filled in on their components."""

    def __init__(self, order_ids):
        self.order_ids = order_ids
        # Quantity in the move's unit, by its id; None until core has checked orders.
        self.quantities = None
