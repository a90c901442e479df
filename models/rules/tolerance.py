"""How far what was used may be from what was needed, and nobody is asked."""

from collections.abc import Iterable
from dataclasses import dataclass

from odoo.tools.float_utils import float_compare

from .backflush_plan import round_half_up


@dataclass(frozen=True)
class Tolerance:
    """In percent of what was needed, 0 and 0: none."""

    over: float = 0.0
    under: float = 0.0

    def __bool__(self):
        return self.over > 0 or self.under > 0

    def holds(self, used, needed, rounding):
        """Whether the deviation is inside: exactly at the limit it is.

        Nothing needed: there is nothing that a tolerance could be a part of.

        :param rounding: smallest quantity of the unit of both
        """
        if not self or round_half_up(needed, rounding) <= 0:
            return False
        used = round_half_up(used, rounding)
        # The limit isn't rounded: of 5 pieces 10 % is none.
        noise = rounding / 1000
        most = needed * (1 + self.over / 100)
        least = needed * (1 - self.under / 100)
        return (
            float_compare(used, most, precision_rounding=noise) <= 0
            and float_compare(used, least, precision_rounding=noise) >= 0
        )


def weigh(tolerances: Iterable[tuple[Tolerance, float]]):
    """The tolerance of several components together: each as much as it needs.

    :param tolerances: of each, with what it needs, all in one unit
    """
    tolerances = tuple(tolerances)
    total = sum(needed for _tolerance, needed in tolerances)
    if total <= 0:
        return min(
            (tolerance for tolerance, _needed in tolerances),
            key=lambda tolerance: tolerance.over + tolerance.under,
            default=Tolerance(),
        )
    return Tolerance(
        sum(tolerance.over * needed for tolerance, needed in tolerances) / total,
        sum(tolerance.under * needed for tolerance, needed in tolerances) / total,
    )
