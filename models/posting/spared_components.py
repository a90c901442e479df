"""Calls of core in which manual components are left alone, which it would fill in and
pick like all others."""

from ..call_scope import CallScope

_SPARED = CallScope("spared_components")


def sparing_manual_components(env):
    """Within this block nothing is filled in on manual components, or picked."""
    return _SPARED.hold(env, True)


def are_manual_components_spared(env):
    return bool(_SPARED.get(env))
