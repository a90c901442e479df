"""What must differ from core at the defaults: the only list of it.

As narrow as it can be told, so that nothing else hides behind it. An entry says of one
difference whether it is the one that it means.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """A value that isn't the same on both sides after a step.

    :ivar row: the name of the row; "" for what the step came to
    :ivar field: "" where a side has no such row
    """

    model: str
    row: str
    field: str
    without: object
    own: object

    def __str__(self):
        place = " · ".join(part for part in (self.model, self.row, self.field) if part)
        return f"{place}\n      without {self.without!r}\n      with    {self.own!r}"


@dataclass(frozen=True)
class Expected:
    """:ivar reason: why it differs; also in docs/differences.md
    :ivar is_meant: called with a Difference and the kind of the step
    """

    reason: str
    is_meant: Callable


EXPECTED = ()


def get_reason(difference, kind):
    """:return: why it is expected; None if it isn't"""
    for expected in EXPECTED:
        if expected.is_meant(difference, kind):
            return expected.reason
    return None
