"""What the steps of one completion know of each other."""


class Completion:
    """Orders that are being completed: made where that begins, and gone where it ends.

    What is posted without one, as an issue before completion, finds out by itself.
    """

    def __init__(self, order_ids):
        self.order_ids = frozenset(order_ids)
        # By company and product category.
        self.shortage_rules = {}
