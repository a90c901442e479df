"""The shortcuts of ``models/speed``, for tests: it may be absent."""

from contextlib import contextmanager
from functools import wraps
from unittest import skipUnless
from unittest.mock import patch

from odoo.tools import mute_logger

from ...models.posting import plan

try:
    from ...models.speed import shortcuts
except ModuleNotFoundError:
    shortcuts = None

PARAMETER = "mrp_backflush.speed"
LOGGER = "odoo.addons.mrp_backflush.models.speed.shortcuts"
# By name.
SHORTCUTS = shortcuts.SHORTCUTS if shortcuts else {}

# The methods of core that are passed by, by model: the names of each shortcut's, and
# those of the plan.
PASSED_BY = [
    plan.PASSED_BY.names,
    *(shortcut.names for shortcut in SHORTCUTS.values()),
]


def needs_shortcuts(test):
    """For tests about shortcuts, or about a number of statements or calls: where there
    are none, they have nothing to look at. All others pass without them, too, and
    where they are switched off.

    :param test: a test, or a class of tests
    """
    skip = skipUnless(shortcuts, "without models/speed there are no shortcuts")
    if isinstance(test, type):
        return skip(test)

    @wraps(test)
    def with_shortcuts(case):
        with shortcuts_off(case.env, names="on"):
            test(case)

    return skip(with_shortcuts)


def mute_warnings(case):
    """For a class of tests in which shortcuts step aside, which the log tells."""
    muted = mute_logger(LOGGER)
    muted.__enter__()
    case.addClassCleanup(muted.__exit__, None, None, None)


@contextmanager
def shortcuts_off(env, names="off"):
    """Within this block core's way is taken.

    :param names: of the shortcuts, separated by commas; all by default
    """
    parameters = env["ir.config_parameter"].sudo()
    before = parameters.get_param(PARAMETER)
    parameters.set_param(PARAMETER, names)
    try:
        yield
    finally:
        parameters.set_param(PARAMETER, before)


@contextmanager
def cores_way(env):
    """Within this block core finds the stock, too, and not this module's plan."""
    with (
        shortcuts_off(env),
        patch.object(plan.StockMove, "_is_filled_by_plan", lambda _move: False),
    ):
        yield
