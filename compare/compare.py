"""The same random work in a database with and in one without the module.

After each step the rows of both are compared, and what a step came to: done, or its
error. A world's first difference ends its comparison. The exit code is 1 if something
differs that isn't expected (`expected.py`), or too little was done. One short world
more has a wrong cost on one side: where that isn't found, the comparison is blunt.

    make compare OPTIONS="--seed=7 --worlds=60"
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
from pathlib import Path

from comparison import DISTURBED, Comparison


def main():
    options = parse_arguments()
    seed = options.seed
    if seed is None:
        seed = int(os.environ.get("TEST_SEED") or random.randrange(10**6))
    worlds = [options.world] if options.world else range(1, options.worlds + 1)
    print(f"Seed {seed}, {len(worlds)} worlds of {options.steps} steps")
    comparison = Comparison()
    sides = [
        start(options, database, seed, worlds, side)
        for side, database in enumerate((options.without, options.database))
    ]
    # A side that breaks down has fewer lines, and a status that says so.
    for without, own in zip(*(side.lines for side in sides), strict=False):
        comparison.add(json.loads(without), json.loads(own), options.verbose)
    comparison.show_summary()
    failed = [side.process.wait() for side in sides]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{used.ru_utime + used.ru_stime:.0f} s of processor time, without PostgreSQL"
    )
    sys.exit(1 if any(failed) or comparison.is_bad else 0)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("without", help="database without the module")
    parser.add_argument("database", help="database with it, otherwise the same")
    parser.add_argument("--seed", type=int, help="drawn and printed by default")
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--world", type=int, help="this one alone")
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--verbose", action="store_true", help="print each step")
    return parser.parse_args()


class Side:
    """The process that works in one database."""

    def __init__(self, process, lines):
        self.process = process
        self.lines = lines


def start(options, database, seed, worlds, side):
    reading, writing = os.pipe()
    command = [
        *(sys.executable, Path(__file__).with_name("work.py"), database),
        *("--seed", seed, "--steps", options.steps, "--output", writing),
        *(["--disturb"] if side else []),
        *("--worlds", DISTURBED, *worlds),
    ]
    # Sets of texts are in the same order on both sides.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    process = subprocess.Popen(
        [str(part) for part in command], pass_fds=[writing], env=environment
    )
    os.close(writing)
    return Side(process, os.fdopen(reading))


if __name__ == "__main__":
    main()
