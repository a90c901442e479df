"""For which order core explodes a BoM: its callers don't tell ``explode``."""

from ..call_scope import CallScope

_EXPLOSION = CallScope("order_explosion")


def exploding(env, explosion):
    """Within this block the first explosion of its BoM is this OrderExplosion's."""
    return _EXPLOSION.hold(env, explosion)


def get_explosion(env):
    """:return: None where no order explodes its BoM"""
    return _EXPLOSION.get(env)
