"""How fast orders are completed, as a ratio to core.

Two databases, alike but for the module, are given as arguments. The same orders are
completed in both, in turns so that a machine's changing speed meets both alike, each
time in a transaction that is undone. Printed: the median of the paired ratios.

Further arguments name the cases to run: parts of their names, as "500" or "reserved";
"flat" is cost per component by size of the call.
"""

import gc
import statistics
import sys
import time

from plant import KINDS, create_bom, create_orders, create_parts_of_kind, set_up_odoo

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry

PAIRS = 5
SIZES = {
    "1 order x 500 components": (1, 500),
    "200 orders x 10 components, one call": (200, 10),
}
# What a component costs in the smaller call is what it costs in the larger one.
FLATNESS = {
    "1 order x 1,000 components": ((1, 100), (1, 1000)),
    "2,000 orders x 2 components": ((100, 2), (2000, 2)),
}


def main():
    core, module, *wanted = sys.argv[1:]
    set_up_odoo()
    print(f"Odoo {odoo.release.version}, {PAIRS} pairs, median [lowest, highest]")
    for name, run in get_cases(core, module).items():
        if not wanted or any(part in name for part in wanted):
            print(f"{name}: {run()}", flush=True)


def get_cases(core, module):
    """:return: functions that measure and say what they found, by name"""
    cases = {}
    for size, numbers in SIZES.items():
        for kind in KINDS:
            cases[f"{size}, {kind}"] = lambda numbers=numbers, kind=kind: compare(
                *(Bench(database, *numbers, kind) for database in (core, module))
            )
    for size, (small, large) in FLATNESS.items():
        cases[f"flat: {size}"] = lambda small=small, large=large: compare_sizes(
            Bench(module, *small), Bench(module, *large)
        )
    return cases


def compare(core, own):
    """How many times as fast as core the module is."""
    for bench in (core, own):
        bench.complete()
    pairs = []
    for turn in range(PAIRS):
        results = {}
        for bench in (core, own) if turn % 2 else (own, core):
            results[bench] = bench.complete()
        pairs.append((results[core], results[own]))
    times, processor_times = (
        [before[index] / after[index] for before, after in pairs] for index in (0, 1)
    )
    seconds, statements = (
        [statistics.median(pair[who][index] for pair in pairs) for who in (0, 1)]
        for index in (0, 2)
    )
    text = (
        f"{describe(times)} times as fast as core's {seconds[0]:.2f} s;"
        f" {describe(processor_times)} times by processor time;"
        f" {statements[1] / own.components:.2f} SQL statements per component,"
        f" core {statements[0] / core.components:.2f}"
    )
    for bench in (core, own):
        bench.close()
    return text


def compare_sizes(small, large):
    """What a component costs in one of two calls, as a ratio to the other."""
    for bench in (small, large):
        bench.complete()
    ratios, statements = [], []
    for _turn in range(PAIRS):
        before, after = (
            [part / bench.components for part in bench.complete()]
            for bench in (small, large)
        )
        ratios.append(after[1] / before[1])
        statements.append(after[2] / before[2])
    small.close()
    large.close()
    return (
        f"a component costs {describe(ratios)} times the processor time and"
        f" {describe(statements)} times the statements"
    )


def describe(ratios):
    median = statistics.median(ratios)
    return f"{median:.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"


class Bench:
    """Orders ready to be completed, in one transaction of one database.

    :param kind: one of KINDS
    """

    def __init__(self, database, orders, components, kind="untracked"):
        self.cursor = Registry(database).cursor()
        self.env = Environment(self.cursor, odoo.SUPERUSER_ID, {})
        self.components = orders * components
        is_reserved = kind == "reserved"
        bom = create_bom(
            self.env, create_parts_of_kind(self.env, components, kind, orders + 1)
        )
        # Factories have used their components before.
        create_orders(bom, 1, is_reserved).button_mark_done()
        self.orders = create_orders(bom, orders, is_reserved)
        self.env.flush_all()

    def complete(self):
        """:return: (seconds, seconds of the processor, SQL statements) of the call"""
        savepoint = self.cursor.savepoint()
        self.env.invalidate_all()
        gc.collect()
        statements = self.cursor.sql_log_count
        started, processor = time.perf_counter(), time.process_time()
        self.orders.button_mark_done()
        self.env.flush_all()
        elapsed = time.perf_counter() - started
        processor = time.process_time() - processor
        statements = self.cursor.sql_log_count - statements
        savepoint.rollback()
        savepoint.close()
        self.env.invalidate_all()
        return elapsed, processor, statements

    def close(self):
        self.cursor.rollback()
        self.cursor.close()


if __name__ == "__main__":
    main()
