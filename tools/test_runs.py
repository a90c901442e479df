"""A run of parcels and checks: on all cores, with the sum as its last line."""

import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import psycopg2

import log_check
from console import SetupError
from paths import ADDONS, DATA, DEV, LOGS, MODULE, MODULE_LINK, ROOT
from pytest_runner import run_pytest
from scheduler import run_together

RESULTS = DEV / "results"
OUTCOMES = ("passed", "failed", "skipped")
# Of the module's tests' ids.
_OWN_PREFIX = MODULE_LINK.relative_to(ROOT)


@dataclass
class Result:
    """What became of a parcel or a check.

    :param counts: how many tests had each of OUTCOMES
    :param problem: what to show of a failure
    :param notes: lines to show in any case
    :param seconds: by the clock
    :param weights: processor seconds by test file
    """

    name: str
    counts: Counter = field(default_factory=Counter)
    problem: str = ""
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    weights: Counter = field(default_factory=Counter)

    def fail(self, problem):
        """Something is wrong beside the tests, or instead of them."""
        self.counts["failed"] += 1
        self.problem = "\n".join(filter(None, [self.problem, problem]))


def print_total(counts):
    """The last line of a run."""
    print(", ".join(f"{counts[each]} {each}" for each in OUTCOMES), flush=True)


class Run:
    """Runs jobs and adds up what became of their tests.

    :param benches: a Workbench for each base
    :param installed: the database to copy for each base: with the module
    """

    def __init__(self, benches, installed, with_browser):
        self.benches = benches
        self.installed = installed
        self.with_browser = with_browser
        self.total = Counter()
        self.weights = Counter()
        # A database is not copied while it is being copied.
        self.copying = threading.Lock()
        RESULTS.mkdir(parents=True, exist_ok=True)

    def run(self, parcels, checks=()):
        """Run parcels, and functions that raise a SetupError if something is wrong.

        :param checks: the functions by name
        :return: the exit code
        """
        jobs = [lambda parcel=parcel: self._run_parcel(parcel) for parcel in parcels]
        jobs += [
            lambda name=name, check=check: self._run_check(name, check)
            for name, check in dict(checks).items()
        ]
        for result in run_together(jobs):
            self._tell(result)
        return self._sum_up()

    # What is shown.

    def _tell(self, result):
        counts = ", ".join(f"{result.counts[each]:4} {each}" for each in OUTCOMES)
        processor = sum(result.weights.values())
        busy = f", processor {processor:.0f} s" if processor else ""
        if result.problem:
            print(f"\n{result.problem}\n")
        print(f"{result.name:<32}{counts}  {result.seconds:5.0f} s{busy}")
        for note in result.notes:
            print(f"    {note}")
        sys.stdout.flush()
        self.total += result.counts
        self.weights += result.weights

    def _sum_up(self):
        lines = [
            f"{seconds:7.1f} {path}" for path, seconds in self.weights.most_common()
        ]
        (LOGS / "processor_seconds.txt").write_text("\n".join([*lines, ""]))
        print_total(self.total)
        return 1 if self.total["failed"] else 0

    # Jobs.

    def _run_check(self, name, check):
        result, started = Result(name), time.monotonic()
        try:
            check()
        except SetupError as error:
            result.fail(str(error))
        result.seconds = time.monotonic() - started
        return result

    def _run_parcel(self, parcel):
        result, started = Result(parcel.name), time.monotonic()
        slug = re.sub(r"\W+", "_", parcel.name.lower())
        try:
            if parcel.script:
                self._run_script(parcel, slug, result)
            else:
                self._run_tests(parcel, slug, result)
        except (SetupError, OSError, psycopg2.Error) as error:
            result.fail(f"{parcel.name}: {error}")
        result.seconds = time.monotonic() - started
        return result

    def _run_script(self, parcel, slug, result):
        """One that ends with 0 counts as one test that passed."""
        bench = self.benches[parcel.base]
        databases = [self._copy_with_module(parcel, slug)]
        if parcel.with_core:
            databases.insert(0, self._copy_core(parcel, slug))
        output = RESULTS / f"{slug}.txt"
        with output.open("wb") as stream:
            status = subprocess.run(
                [sys.executable, ROOT / parcel.script, *databases, *parcel.arguments],
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                check=False,
                env={
                    **bench.environment,
                    "ADDONS_PATH": bench.odoo.addons_path,
                    "DATA_DIR": str(DATA),
                    **parcel.environment,
                },
            ).returncode
        if status:
            result.fail(f"{parcel.script}:\n{output.read_text(errors='replace')}")
        else:
            result.counts["passed"] += 1
        for database in databases:
            bench.drop(database)

    def _run_tests(self, parcel, slug, result):
        bench = self.benches[parcel.base]
        database = self._copy_with_module(parcel, slug)
        addons = _get_addons(parcel, slug)
        paths = _get_paths(parcel, bench, addons)
        status, outcomes = self._pytest(parcel, slug, database, paths, result, addons)
        failed = [name for name, outcome in outcomes.items() if outcome == "failed"]
        self._run_unsteady_again(parcel, slug, outcomes, result)
        if parcel.suites:
            self._excuse(parcel, slug, outcomes, result)
        _apply_differing(parcel, outcomes, result)
        result.counts.update(outcomes.values())
        # What pytest ends with: 0, all passed; 1, some failed; 5, there was none.
        if status not in (0, 1, 5) or (status == 1 and not failed):
            result.fail(f"pytest ended with status {status}")
        elif not outcomes:
            result.fail("no test was run")
        elif parcel.suites:
            if "passed" not in outcomes.values():
                result.fail("none of core's tests passed, with the module or without")
        else:
            log_check.check(ours=[LOGS / f"{slug}.log"])
        if result.counts["failed"]:
            output = (RESULTS / f"{slug}.txt").read_text(errors="replace")
            result.problem = "\n".join(filter(None, [output, result.problem]))
        bench.drop(database)

    def _pytest(self, parcel, slug, database, paths, result, addons=ADDONS):
        """:return: pytest's exit code, and what became of each test, by its id"""
        bench = self.benches[parcel.base]
        record, output = RESULTS / f"{slug}.json", RESULTS / f"{slug}.txt"
        record.unlink(missing_ok=True)
        status = run_pytest(
            bench,
            database,
            paths,
            LOGS / f"{slug}.log",
            parcel.with_browser and self.with_browser,
            ["-p", "results", f"--results={record}", *parcel.options],
            # To see what is there without the module, and to install it into.
            {"BASE_DATABASE": bench.base(parcel.base), **parcel.environment},
            output,
            _get_root(parcel, bench),
            addons,
        )
        if not record.exists():
            return status or 3, {}
        for line in output.read_text(errors="replace").splitlines():
            if line.startswith("SKIPPED"):
                result.notes.append(line)
        recorded = json.loads(record.read_text())
        for name, seconds in recorded["seconds"].items():
            file = name.partition("::")[0].removeprefix(f"{_OWN_PREFIX}/")
            result.weights[file] += seconds
        return status, recorded["outcomes"]

    def _run_unsteady_again(self, parcel, slug, outcomes, result):
        """Let count what becomes of them by themselves, if they failed with others."""
        failed = [name for name in parcel.unsteady if outcomes.get(name) == "failed"]
        if not failed:
            return
        bench = self.benches[parcel.base]
        slug = f"{slug}_again"
        database = self._copy_with_module(parcel, slug)
        paths = [_get_root(parcel, bench) / name for name in failed]
        again = Result(parcel.name)
        _status, found = self._pytest(parcel, slug, database, paths, again)
        for name in failed:
            outcomes[name] = found.get(name, "failed")
            result.notes.append(f"run again: {name}: {parcel.unsteady[name]}")
        bench.drop(database)

    def _excuse(self, parcel, slug, outcomes, result):
        """Skip what fails without the module as well."""
        failed = [name for name, outcome in outcomes.items() if outcome == "failed"]
        if not failed:
            return
        bench = self.benches[parcel.base]
        database = self._copy_core(parcel, slug)
        root = _get_root(parcel, bench)
        paths = [root / name for name in failed]
        without = Result(parcel.name)
        _status, found = self._pytest(
            parcel, f"{slug}_without", database, paths, without
        )
        for name in failed:
            if found.get(name) == "failed":
                outcomes[name] = "skipped"
                result.notes.append(f"fails without the module, too: {name}")
        bench.drop(database)

    # Databases.

    def _copy_with_module(self, parcel, slug):
        bench = self.benches[parcel.base]
        database = self._copy(bench, self.installed[parcel.base], slug)
        if parcel.sql:
            connection = psycopg2.connect(dbname=database)
            with connection, connection.cursor() as cursor:
                for statement in parcel.sql:
                    cursor.execute(statement)
            connection.close()
        return database

    def _copy_core(self, parcel, slug):
        bench = self.benches[parcel.base]
        return self._copy(bench, bench.base(parcel.base), f"{slug}_core")

    def _copy(self, bench, source, slug):
        database = bench.name(f"test_{slug}")[:63]
        with self.copying:
            bench.copy(source, database)
        return database


def _get_root(parcel, bench):
    # All suites of a parcel lie in one folder: core's, or the community's.
    return bench.odoo.find_addons(parcel.suites[0]) if parcel.suites else ROOT


def _get_addons(parcel, slug):
    """:return: the folder where the module lies as the parcel has it"""
    if not parcel.without:
        return ADDONS
    addons = DEV / "without" / slug
    shutil.rmtree(addons, ignore_errors=True)
    unneeded = shutil.ignore_patterns(DEV.name, ".git", "__pycache__")
    shutil.copytree(ROOT, addons / MODULE, ignore=unneeded)
    for folder in parcel.without:
        shutil.rmtree(addons / MODULE / folder)
    return addons


def _get_paths(parcel, bench, addons):
    return [addons / MODULE / path for path in parcel.paths] + [
        _get_root(parcel, bench) / suite / "tests" for suite in parcel.suites
    ]


def _apply_differing(parcel, outcomes, result):
    """Skip the tests that differ by what the parcel's settings mean."""
    for name, reason in parcel.differing.items():
        if outcomes.get(name) == "failed":
            outcomes[name] = "skipped"
            result.notes.append(f"differs: {name}: {reason}")
        else:
            result.fail(f"should differ, but doesn't ({reason}): {name}")
