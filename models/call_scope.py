"""What the steps of one call know of each other where core's methods lie between them.

Held beside Odoo's context and not in it. Core copies its context into the dialogs that
it returns: it comes back from the client as text, and a client may send any key.
"""

from contextlib import contextmanager
from contextvars import ContextVar


class CallScope:
    """A value that holds from within one ``with`` block, in its transaction alone."""

    def __init__(self, name):
        self._variable = ContextVar(name, default=None)

    @contextmanager
    def hold(self, env, value):
        token = self._variable.set((env.cr, value))
        try:
            yield value
        finally:
            self._variable.reset(token)

    def get(self, env):
        """:return: the innermost value, None outside of a block"""
        held = self._variable.get()
        # Work in a transaction of its own, begun within the block, is no part of it.
        return held[1] if held and held[0] is env.cr else None
