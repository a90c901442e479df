"""Who chose the lot of a component: a person, or the system."""

from ..call_scope import CallScope

INFERRED = "inferred"
CONFIRMED = "confirmed"

LOT_ORIGINS = [
    (INFERRED, "Inferred"),
    (CONFIRMED, "Confirmed"),
]

_CHOSEN_BY_SYSTEM = CallScope("lots_chosen_by_system")


def choosing_by_system(env):
    """Within this block, lots that are set are the system's choice."""
    return _CHOSEN_BY_SYSTEM.hold(env, True)


def is_chosen_by_system(env):
    return bool(_CHOSEN_BY_SYSTEM.get(env))
