"""What each shortcut is worth: orders are completed with it switched off, and with all
of them on, in turns, each time undone.

Called with two databases, of which the first, without the module, isn't looked at.
Further arguments name the cases or shortcuts: parts of their names. Printed is what a
completion costs more without the shortcut, the median of pairs: calls in Python (of
core and of the module alike, by a profile hook), statements, and processor time.
"""

import statistics
import sys

from mark_done import Bench, odoo
from plant import set_up_odoo

PAIRS = 5
PARAMETER = "mrp_backflush.speed"
CASES = {
    "20 orders x 10 components, untracked": (20, 10, "untracked"),
    "20 orders x 10 components, reserved": (20, 10, "reserved"),
    "1 order x 100 components, lots": (1, 100, "lots"),
    "1 order x 1 component": (1, 1, "untracked"),
}


def main():
    _core, database, *wanted = sys.argv[1:]
    set_up_odoo()
    print(f"Odoo {odoo.release.version}, {PAIRS} pairs, medians")
    cases = [name for name in CASES if any(part in name for part in wanted)]
    for case in cases or CASES:
        print(f"{case}: what it costs more without", flush=True)
        bench = Bench(database, *CASES[case], cost_method="average")
        for shortcut in list_shortcuts():
            if cases or not wanted or any(part in shortcut for part in wanted):
                print(f"    {shortcut:<12} {compare(bench, shortcut)}", flush=True)
        bench.close()


def list_shortcuts():
    """:return: the values of the parameter to compare with its default"""
    # Importable once a registry has loaded the addons.
    from odoo.addons.mrp_backflush.models.speed.shortcuts import SHORTCUTS

    return [*SHORTCUTS, "off"]


def compare(bench, shortcut):
    ways = (shortcut, "on")
    timed = []
    for turn in range(PAIRS + 1):
        results = {}
        for way in ways if turn % 2 else reversed(ways):
            results[way] = measure(bench, way, lambda: bench.complete()[1:3])
        if turn:
            # The first fills caches.
            timed.append([results[way] for way in ways])
    # Once: calls don't vary as the time does, and with the hook it takes far longer.
    calls = [measure(bench, way, lambda: count_calls(bench)) for way in ways]
    times = [(off[0] / on[0] - 1) * 100 for off, on in timed]
    statements = statistics.median(off[1] - on[1] for off, on in timed)
    return (
        f"calls {(calls[0] / calls[1] - 1) * 100:+6.1f} % of {calls[1]:,},"
        f" statements {statements:+6.0f},"
        f" processor time {statistics.median(times):+6.1f} %"
        f" [{min(times):+.1f}, {max(times):+.1f}]"
    )


def measure(bench, way, function):
    bench.env["ir.config_parameter"].set_param(PARAMETER, way)
    return function()


def count_calls(bench):
    """Calls of Python functions in a completion."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        bench.complete()
    finally:
        sys.setprofile(None)
    return calls


if __name__ == "__main__":
    main()
