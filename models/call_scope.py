"""What the steps of one call know of each other where core's methods lie between them.

Held beside Odoo's context and not in it. Core copies its context into the dialogs that
it returns: it comes back from the client as text, and a client may send any key. What
is held so is listed at the end of this file; what speed holds, in its room.
"""

from contextlib import contextmanager
from contextvars import ContextVar


class CallScope:
    """A value that holds from within one ``with`` block, in its transaction alone."""

    def __init__(self, name):
        self._variable = ContextVar(name, default=None)
        # Whether there is a block at all, of whatever transaction: costs nothing, and
        # is asked first where core comes with every line.
        self.is_open = self._variable.get

    @contextmanager
    def hold(self, env, value=True):
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


# The Completion of orders, as long as they are being completed.
COMPLETION = CallScope("completion")
# The Correction of what completed orders consumed: all that one call corrects.
CORRECTION = CallScope("consumption_correction")
# Values of fields that only the system sets are its own, see ``system_fields``; and
# records are created that no person's default values reach.
BY_SYSTEM = CallScope("by_system")
CREATED_BY_SYSTEM = CallScope("created_by_system")
# Lots that are set are the system's choice.
LOTS_CHOSEN_BY_SYSTEM = CallScope("lots_chosen_by_system")
# An order gets other dates and gives them to all its moves: posted ones stay.
RESCHEDULED_ORDERS = CallScope("rescheduled_orders")
# Manual components are left alone, which core would fill in and pick like all others.
SPARED_COMPONENTS = CallScope("spared_components")
# The OrderExplosion of the order whose BoM is exploded first: the callers of core's
# ``explode`` don't tell for which.
ORDER_EXPLOSION = CallScope("order_explosion")
# The orders whose BoMs are exploded anew, to compare what they call for with what was
# used: of the components' values products and quantities alone are read.
COMPARED_ORDERS = CallScope("compared_orders")
# The Demands that components get instead of those that core writes. Empty ones: what
# is written says nothing new about the need, being a share of what was rounded before,
# or what is left of it.
DEMANDS = CallScope("component_demands")
# Why components of the orders that are being completed deviate, as a person says: a
# dict of reasons by component, by product, or by order for all of its components.
STATED_REASONS = CallScope("stated_reasons")
# What deviates is looked for by core's method that asks about it, and by what other
# modules make of that: whatever was answered, or would be asked for.
DEVIATIONS = CallScope("deviations")
# A list of what would be shown to the user of orders: told together, or by the screen
# that they look at, as in a run and in Report Production.
SCREEN_NOTES = CallScope("screen_notes")
# Where to note whose reservations are taken.
TAKEN_RESERVATIONS = CallScope("taken_reservations")
