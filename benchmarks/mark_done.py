"""How fast orders are completed, as a ratio to core.

Two databases, alike but for the module, are given as arguments. The same orders are
completed in both, in turns so that a machine's changing speed meets both alike, each
time in a transaction that is undone. Printed: the median of the paired ratios, by the
clock, by the processor time of Odoo's process, and by the time spent in the database,
which is the rest of the clock's.

Further arguments name the cases to run: parts of their names, as "500" or "reserved";
"flat" is cost per component by size of the call. With ``--least=4`` it ends with 1
where core isn't 4 times as slow by processor time, or where a component of the larger
call costs over 1.25 times that of the smaller.
"""

import gc
import statistics
import sys
import threading
import time

from plant import (
    KINDS,
    create_bom,
    create_category,
    create_orders,
    create_parts_of_kind,
    set_up_odoo,
)

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry

PAIRS = 5
# What a component of a larger call may cost, as a ratio to that of a smaller one.
LARGER = 1.25
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
    options = [each for each in sys.argv[1:] if each.startswith("--least=")]
    core, module, *wanted = [each for each in sys.argv[1:] if each not in options]
    least = options and float(options[0].partition("=")[2])
    missed = []
    set_up_odoo()
    print(f"Odoo {odoo.release.version}, {PAIRS} pairs, median [lowest, highest]")
    for name, run in get_cases(core, module).items():
        if not wanted or any(part in name for part in wanted):
            text, ratio = run()
            print(f"{name}: {text}", flush=True)
            is_flatness = name.startswith("flat")
            if ratio > LARGER if is_flatness else ratio < (least or 0):
                missed.append(name)
    sys.exit(f"not as fast as it was: {missed}" if least and missed else 0)


def get_cases(core, module):
    """:return: functions that measure and return what they found, as a text and as a
    ratio of processor times, by name"""
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
    times, processor_times, database_times = (
        [before[index] / after[index] for before, after in pairs] for index in (0, 1, 3)
    )
    seconds, processor, statements, in_database = (
        [statistics.median(pair[who][index] for pair in pairs) for who in (0, 1)]
        for index in range(4)
    )
    each = 1000 * processor[1] / own.components
    text = (
        f"{describe(times)} times as fast as core's {seconds[0]:.2f} s;"
        f" {describe(processor_times)} times by processor time,"
        f" {each:.2f} ms a component;"
        f" {describe(database_times)} times in the database,"
        f" {in_database[1]:.2f} s of {seconds[1]:.2f} s;"
        f" {statements[1] / own.components:.2f} SQL statements per component,"
        f" core {statements[0] / core.components:.2f}"
    )
    for bench in (core, own):
        bench.close()
    return text, statistics.median(processor_times)


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
    text = (
        f"a component costs {describe(ratios)} times the processor time and"
        f" {describe(statements)} times the statements"
    )
    return text, statistics.median(ratios)


def describe(ratios):
    median = statistics.median(ratios)
    return f"{median:.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"


class Bench:
    """Orders ready to be completed, in one transaction of one database.

    :param kind: one of KINDS
    :param cost_method: of the finished product
    """

    def __init__(
        self, database, orders, components, kind="untracked", cost_method=False
    ):
        self.cursor = Registry(database).cursor()
        self.env = Environment(self.cursor, odoo.SUPERUSER_ID, {})
        self.components = orders * components
        is_reserved = kind == "reserved"
        values = {}
        if cost_method:
            values["categ_id"] = create_category(self.env, cost_method).id
        bom = create_bom(
            self.env,
            create_parts_of_kind(self.env, components, kind, orders + 1),
            **values,
        )
        # Factories have used their components before.
        create_orders(bom, 1, is_reserved).button_mark_done()
        self.orders = create_orders(bom, orders, is_reserved)
        self.env.flush_all()

    def complete(self):
        """:return: (seconds, seconds of the processor, SQL statements, seconds in the
        database) of the call"""
        savepoint = self.cursor.savepoint()
        self.env.invalidate_all()
        gc.collect()
        statements = self.cursor.sql_log_count
        # Odoo's cursor adds to it.
        thread = threading.current_thread()
        thread.query_count = thread.query_time = 0
        started, processor = time.perf_counter(), time.process_time()
        self.orders.button_mark_done()
        self.env.flush_all()
        elapsed = time.perf_counter() - started
        processor = time.process_time() - processor
        statements = self.cursor.sql_log_count - statements
        in_database = thread.query_time
        savepoint.rollback()
        savepoint.close()
        self.env.invalidate_all()
        return elapsed, processor, statements, in_database

    def close(self):
        self.cursor.rollback()
        self.cursor.close()


if __name__ == "__main__":
    main()
