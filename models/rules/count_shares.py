"""What a count found missing, shared out among the orders that used it."""

from collections import defaultdict
from dataclasses import dataclass
from math import floor

from .backflush_plan import round_half_up

# In steps: floats add up to a little less, or more, than what they are meant to be.
_NEARLY = 1e-6


@dataclass(frozen=True)
class Shares:
    """How the missing quantity of one product is shared out. All in the product's unit;
    positive: more was used than was posted, negative: less."""

    # By key; those who bear nothing have 0.
    by_key: dict
    # What the limit leaves over: an ordinary inventory difference.
    rest: float

    @property
    def total(self):
        return sum(self.by_key.values())


def share_out(missing, bases, step, limit=100.0):
    """Share out what is missing in proportion to what each one used.

    Whole steps only; the sum is exact: the largest remainders get the steps that are
    left, the older of equal ones first.

    :param missing: book less counted
    :param bases: pairs of a key and what it used, the oldest first; who has taken back
        more than it used bears nothing
    :param step: the smallest quantity
    :param limit: percent of the sum of the bases that is shared out at most
    :return: Shares
    """
    weights = {key: max(base, 0.0) for key, base in bases}
    total = sum(weights.values())
    # The limit is rounded down.
    most = floor(total * limit / 100 / step + _NEARLY)
    number = max(-most, min(most, _count_steps(missing, step)))
    by_key = {
        key: round_half_up(steps * step, step)
        for key, steps in _divide(number, weights, total).items()
    }
    return Shares(by_key, round_half_up(missing - number * step, step))


def net_bases(rows):
    """What each one used that nobody has counted yet, where what was counted of one has
    become another's since: that bears nothing once more.

    :param rows: key, group and base of each, the oldest first; of a group less than
        nothing lowers what the others used
    :return: pairs of key and base, as of ``share_out``
    """
    counted = defaultdict(float)
    for _key, group, base in rows:
        counted[group] += max(-base, 0.0)
    net = []
    for key, group, base in rows:
        part = min(max(base, 0.0), counted[group])
        counted[group] -= part
        net.append((key, round(base - part, 9)))
    return net


def _count_steps(quantity, step):
    return round(round_half_up(quantity, step) / step)


def _divide(number, weights, total):
    """Whole numbers that add up to ``number``, in proportion to the weights."""
    if not number:
        return dict.fromkeys(weights, 0)
    sign = 1 if number > 0 else -1
    exact = {key: abs(number) * weight / total for key, weight in weights.items()}
    steps = {key: floor(part + _NEARLY) for key, part in exact.items()}
    left = abs(number) - sum(steps.values())
    # Sorting keeps the order of equal ones: the older comes first.
    by_remainder = sorted(
        (key for key, weight in weights.items() if weight),
        key=lambda key: round(steps[key] - exact[key], 6),
    )
    for key in by_remainder[:left]:
        steps[key] += 1
    return {key: sign * part for key, part in steps.items()}


def share_value(value, quantities, digits):
    """Share out what a move cost in proportion to quantities, in whole cents: the sum
    is exact.

    :param value: in the company's currency
    :param quantities: by key
    :param digits: smallest amount of the currency
    :return: by key
    """
    weights = {key: abs(quantity) for key, quantity in quantities.items()}
    total = sum(weights.values())
    if not total:
        return dict.fromkeys(quantities, 0.0)
    number = _count_steps(value, digits)
    return {
        key: steps * digits for key, steps in _divide(number, weights, total).items()
    }
