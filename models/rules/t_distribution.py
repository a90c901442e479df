"""Student's t-distribution, as SciPy has it.

Quantiles of few observations can't be looked up for every probability that a false
discovery rate asks for, and SciPy's (Cephes and Boost) are tested to the last digits.
It is asked for when it is needed: whoever doesn't look for proposals needs no SciPy,
and no start of a server waits for it.
"""

from importlib.util import find_spec


def is_there():
    """Whether SciPy is installed."""
    return find_spec("scipy") is not None


def get_quantile(probability, degrees):
    """:param degrees: of freedom, at least 1"""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, probability))


def get_p_value(t, degrees):
    """How likely so large a t is by chance, on either side.

    :param degrees: of freedom, at least 1
    """
    from scipy.special import stdtr

    return float(2 * stdtr(degrees, -abs(t)))
