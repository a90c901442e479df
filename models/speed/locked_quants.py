"""Quants that one call has locked in one go."""

_CONTEXT_KEY = "locked_quants"


class LockedQuants:
    """Which quants a call tried to lock, and which of them it got.

    Only for the length of one call: with a savepoint the locks may be gone. A client
    can send the key, but no such object.
    """

    def __init__(self):
        self._tried = set()
        self._locked = set()

    def lock(self, quants):
        """As core does with each before it writes to it: those that others are
        writing to at this moment are left out, and what was written since this
        transaction began ends it.

        :param quants: stock.quant
        """
        self._tried.update(quants.ids)
        self._locked.update(quants.try_lock_for_update(allow_referencing=True).ids)

    def add_created(self, quants):
        """What this transaction itself creates, nobody else can see."""
        self._tried.update(quants.ids)
        self._locked.update(quants.ids)

    def has(self, quant):
        return quant.id in self._locked

    def find_first(self, quants):
        """The first of these quants that is locked, as core would try them.

        :return: None where that isn't known
        """
        for quant in quants:
            if quant.id in self._locked:
                return quant
            if quant.id not in self._tried:
                break
        return None


def with_locked_quants(records, locked):
    return records.with_context(**{_CONTEXT_KEY: locked})


def get_locked_quants(env):
    """:return: None where quants are locked one by one"""
    locked = env.context.get(_CONTEXT_KEY)
    return locked if isinstance(locked, LockedQuants) else None
