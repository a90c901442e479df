"""Calls of core in which it writes demands that say nothing new about the need: shares
of what was rounded before, or what is left of it."""

from ..call_scope import CallScope
from ..rules.component_quantity import Demands

_DEMANDS = CallScope("component_demands")


def writing_demands(env, demands):
    """Within this block components get these demands, where there are any, instead of
    those that core writes.

    :param demands: the Demands
    """
    return _DEMANDS.hold(env, demands)


def keeping_needs(env):
    """Within this block demands are written, and what one finished unit needs is still
    the same."""
    return _DEMANDS.hold(env, Demands())


def get_demands(env):
    """:return: the Demands; None where what is written as a demand is the need"""
    return _DEMANDS.get(env)
