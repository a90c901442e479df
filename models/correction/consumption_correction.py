"""What a person corrects of completed orders' consumption, through whatever door."""

from contextlib import contextmanager


class Correction:
    """What one call corrects: what was posted before it, and what it could not take."""

    def __init__(self):
        # In the product's unit and in money, by component.
        self.posted_before = {}
        self.value_before = {}
        # Lists of Shortage, by posted move.
        self.shortages = {}
        # Components that the call adds to their completed order.
        self.added = set()
        # Whether lines are being posted for which stock was found already.
        self.is_posting = False

    def add_shortages(self, shortages):
        """:param shortages: lists of Shortage, by posted move"""
        for move, found in shortages.items():
            self.shortages.setdefault(move, []).extend(found)

    def get_missing(self, moves):
        """What isn't there of these posted moves, in the product's unit."""
        return sum(
            shortage.quantity
            for move in moves
            for shortage in self.shortages.get(move, ())
        )

    @contextmanager
    def posting(self):
        before, self.is_posting = self.is_posting, True
        try:
            yield
        finally:
            self.is_posting = before
