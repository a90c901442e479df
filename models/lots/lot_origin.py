"""Who chose the lot of a component: a person, or the system."""

INFERRED = "inferred"
CONFIRMED = "confirmed"

LOT_ORIGINS = [
    (INFERRED, "Inferred"),
    (CONFIRMED, "Confirmed"),
]

_CONTEXT_KEY = "lots_chosen_by"
# Compared by identity: a client can send a key and a value, but not this object.
_SYSTEM = object()


def chosen_by_system(records):
    """The records, with lots that are set through them taken for the system's choice.

    For the length of one call: what it returns should not keep this context.
    """
    return records.with_context(**{_CONTEXT_KEY: _SYSTEM})


def is_chosen_by_system(env):
    return env.context.get(_CONTEXT_KEY) is _SYSTEM
