"""What a line of a bill of materials should say, by what orders really used of it.

All that is known of an order, or of what a count found, is one observation. Quantities
of a component are in one unit, of what was finished in one, whichever they are.
"""

import math
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean, median, stdev

from .t_distribution import get_p_value, get_quantile

QUANTITY, SCRAP, FIXED = "quantity", "scrap", "fixed"

LEAST_OBSERVATIONS = 8
MOST_OBSERVATIONS = 20
# Typing errors and forgotten transfers lie farther away than this, in scaled MAD.
OUTLIER = 5.0
# Of normal errors the median of absolute deviations is 1 / 1.4826 of the standard
# deviation, and their mean 1 / 1.2533.
_MAD_SCALE, _MEAN_SCALE = 1.4826, 1.2533
CONFIDENCE = 0.975
# Of all proposals, the share that may be false alarms.
FALSE_ALARMS = 0.10
# Sizes of orders that differ less can't tell what is used once from what is used for
# each unit.
LEAST_SPREAD = 2.0
# A line without fixed quantity is taken for one with it once in a hundred.
FIXED_CHANCE = 0.01
# Digits that a measured quantity is worth.
_SIGNIFICANT_DIGITS = 3
_NOTHING = 1e-9


@dataclass(frozen=True)
class Observation:
    """
    :param needed: by the BoM, scrap and what is fixed included; more than 0
    :param used: really, recorded scrap included
    :param finished: quantity of finished product that it was for
    :param scrapped: recorded scrap
    :param orders: how many orders it is of; a part of one, where a count found a part
    :param part: of what a count found, how much this line used; less than 1 where
        others used the rest
    """

    key: object
    needed: float
    used: float
    finished: float = 0.0
    scrapped: float = 0.0
    orders: float = 1.0
    part: float = 1.0

    @property
    def ratio(self):
        return self.used / self.needed


@dataclass(frozen=True)
class Estimate:
    """How much is used of what is needed: the mean of the observations' ratios.

    :param low: the true ratio lies between low and high, 19 times of 20
    :param p_value: how likely it is so far from 1 by chance
    """

    kept: tuple
    outliers: tuple
    ratio: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Line:
    """What a line of a BoM says.

    :param scrap: component scrap, in percent
    :param rounding: smallest quantity of the line
    :param is_scrap_alone: what was used was only reckoned, and scrap recorded beside it
    :param may_have_fixed: what is used once per order can be told apart
    """

    quantity: float
    rounding: float
    scrap: float = 0.0
    is_fixed: bool = False
    is_scrap_alone: bool = False
    may_have_fixed: bool = True


@dataclass(frozen=True)
class Correction:
    """
    :param current: quantity of the line, or its scrap in percent
    :param proposed: likewise; of *fixed*, what is used once per order
    :param quantity: of *fixed*: what the line itself says beside it; 0: all is fixed
    """

    kind: str
    current: float
    proposed: float
    quantity: float = 0.0


def estimate(observations):
    """
    :param observations: the newest first; of more than 20 the newest count
    :return: an Estimate; None where there are fewer than 8
    """
    newest = [each for each in observations if each.needed > _NOTHING]
    newest = newest[:MOST_OBSERVATIONS]
    outliers = _find_outliers(newest)
    kept = [each for each in newest if each not in outliers]
    if len(kept) < LEAST_OBSERVATIONS:
        return None
    ratios = [each.ratio for each in kept]
    ratio, error = fmean(ratios), stdev(ratios) / math.sqrt(len(ratios))
    degrees = len(ratios) - 1
    if error > _NOTHING:
        width = get_quantile(CONFIDENCE, degrees) * error
        p_value = get_p_value((ratio - 1) / error, degrees)
    else:
        width, p_value = 0.0, float(abs(ratio - 1) < _NOTHING)
    return Estimate(
        tuple(kept), tuple(outliers), ratio, ratio - width, ratio + width, p_value
    )


def _find_outliers(observations):
    """Those that lie far from the line through most of them: small orders that use a
    fixed quantity have large ratios, and are none."""
    if len(observations) < LEAST_OBSERVATIONS:
        return []
    if _are_spread(observations):
        errors = _get_distances_from_line(observations)
    else:
        middle = median(each.ratio for each in observations)
        errors = [each.ratio - middle for each in observations]
    sizes = [abs(error) for error in errors]
    scale = _MAD_SCALE * median(sizes)
    if scale < _NOTHING:
        # More than half of them are equal: whole pieces, mostly.
        scale = _MEAN_SCALE * fmean(sizes)
    limit = OUTLIER * scale + _NOTHING
    return [
        each for each, size in zip(observations, sizes, strict=True) if size > limit
    ]


def _are_spread(observations):
    sizes = [
        each.finished / each.orders
        for each in observations
        if each.finished > 0 and each.orders > 0
    ]
    return (
        len(sizes) == len(observations) and max(sizes) >= LEAST_SPREAD * min(sizes) > 0
    )


def _get_points(observations):
    """Used per finished unit, over orders per finished unit: used = F · orders + q ·
    finished is a straight line there, of which each point is as sure as the others
    (what a measure is wrong by grows with the order: weights of 1/finished²)."""
    return [
        (each.orders / each.finished, each.used / each.finished)
        for each in observations
    ]


def _get_distances_from_line(observations):
    """From the straight line by Theil and Sen, which up to 29 % of wrong points don't
    move; relative to it."""
    points = _get_points(observations)
    slopes = [
        (y2 - y1) / (x2 - x1)
        for (x1, y1), (x2, y2) in combinations(points, 2)
        if abs(x2 - x1) > _NOTHING
    ]
    slope = median(slopes) if slopes else 0.0
    start = median(y - slope * x for x, y in points)
    return [
        (y - start - slope * x) / max(abs(start + slope * x), _NOTHING)
        for x, y in points
    ]


def find_true_alarms(p_values, false_alarms=FALSE_ALARMS):
    """Those that are no chance: of them, only so many are false alarms (Benjamini and
    Hochberg).

    :param p_values: by key, of all lines that were looked at
    :return: a set of keys
    """
    ranked = sorted(p_values, key=p_values.get)
    number = 0
    for rank, key in enumerate(ranked, start=1):
        if p_values[key] <= false_alarms * rank / len(ranked):
            number = rank
    return set(ranked[:number])


def correct(line, found, smallest=0.02):
    """What the line should say.

    :param found: an Estimate
    :param smallest: ratios nearer to 1 are left alone: 0.02 for 2 %
    :return: a Correction; None where the line stays as it is
    """
    if _is_small(found.ratio, smallest) or found.low <= 1 <= found.high:
        return None
    scrap = _correct_scrap(line, found)
    if line.is_scrap_alone:
        return scrap if found.ratio > 1 else None
    if scrap and _is_scrap(line, found):
        return scrap
    return _correct_by_fixed(line, found, smallest) or _correct_quantity(
        line, found, scrap
    )


def _is_small(ratio, smallest):
    return abs(ratio - 1) <= smallest + _NOTHING


def _correct_scrap(line, found):
    proposed = round((found.ratio * (1 + line.scrap / 100) - 1) * 100, 1)
    if line.is_fixed or proposed < 0 or proposed == line.scrap:
        return None
    return Correction(SCRAP, line.scrap, proposed)


def _is_scrap(line, found):
    """Whether recorded scrap explains half or more of what was used otherwise."""
    needed = sum(each.needed for each in found.kept)
    scrapped = sum(each.scrapped for each in found.kept)
    allowance = needed * line.scrap / (100 + line.scrap)
    otherwise = sum(each.used for each in found.kept) - needed
    if not scrapped or abs(otherwise) < _NOTHING:
        return False
    return (scrapped - allowance) / otherwise >= 0.5


def _correct_quantity(line, found, scrap):
    exact = line.quantity * found.ratio
    proposed = _round(exact, line.rounding)
    is_eaten = abs(proposed - exact) * 2 >= abs(exact - line.quantity)
    if is_eaten and scrap:
        return scrap
    if not proposed or abs(proposed - line.quantity) < line.rounding / 2:
        return None
    return Correction(QUANTITY, line.quantity, proposed)


def _correct_by_fixed(line, found, smallest):
    if line.is_fixed or not line.may_have_fixed or not _are_spread(found.kept):
        return None
    fit = _fit(found.kept)
    if not fit:
        return None
    needed_per_unit = fmean(each.needed / each.finished for each in found.kept)
    needed = sum(each.needed for each in found.kept)
    fixed = fit.fixed * sum(each.orders for each in found.kept)
    proposed = _round(fit.fixed, line.rounding)
    if not proposed or fixed <= smallest * needed:
        return None
    if fit.per_unit - fit.per_unit_width <= 0:
        # For each unit nothing is used: all of it is fixed.
        return Correction(FIXED, line.quantity, proposed)
    rest = fit.per_unit / needed_per_unit
    is_other = (
        not _is_small(rest, smallest)
        and abs(fit.per_unit - needed_per_unit) > fit.per_unit_width
    )
    quantity = _round(line.quantity * rest, line.rounding) if is_other else 0.0
    return Correction(FIXED, line.quantity, proposed, quantity or line.quantity)


@dataclass(frozen=True)
class _Fit:
    fixed: float
    per_unit: float
    per_unit_width: float


def _fit(observations):
    """used = fixed · orders + per_unit · finished, where the fixed part is no chance.

    :return: a _Fit or None
    """
    points, degrees = _get_points(observations), len(observations) - 2
    mean_x, mean_y = fmean(x for x, _y in points), fmean(y for _x, y in points)
    spread = sum((x - mean_x) ** 2 for x, _y in points)
    fixed = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    per_unit = mean_y - fixed * mean_x
    left = sum((y - per_unit - fixed * x) ** 2 for x, y in points)
    error = math.sqrt(left / degrees)
    if fixed <= 0:
        return None
    fixed_error = error / math.sqrt(spread)
    if (
        fixed_error > _NOTHING * fixed
        and get_p_value(fixed / fixed_error, degrees) >= FIXED_CHANCE
    ):
        return None
    per_unit_error = error * math.sqrt(1 / len(points) + mean_x**2 / spread)
    width = get_quantile(CONFIDENCE, degrees) * per_unit_error
    return _Fit(fixed, per_unit, width)


def _round(quantity, rounding):
    """To as many digits as a measure is worth, in steps of the line."""
    if quantity <= 0:
        return 0.0
    digits = _SIGNIFICANT_DIGITS - 1 - math.floor(math.log10(quantity))
    worth = round(quantity, digits)
    # Not by multiplying with the rounding alone: 0.12 is no whole number of 0.01.
    return round(round(worth / rounding) * rounding, 10)
