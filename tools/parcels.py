"""What is tested, in parcels: each a process of its own on a database of its own.

A parcel is one entry of a list below. To add one, say what it is on top of (`base`),
where its tests are (`paths`, or core's `suites`, or a `script`), and from which run on
it is wanted: what is in *test* is also in *landing*, what is in *landing* in *nightly*.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from database import DEMO
from paths import MODULE_LINK, ROOT
from suites import DIFFERING, TRADE_SUITES, UNSTEADY, VARIANTS, get_statements

TESTS = MODULE_LINK / "tests"
# `make test`, `.ci/run`, `make test-nightly`: each has all that those before it have.
RUNS = ("test", "landing", "nightly")


@dataclass(frozen=True)
class Parcel:
    """Tests that are run together.

    :param base: one of database.BASES, into which the module is installed
    :param paths: test files or folders, as paths below the repository
    :param suites: modules of core, all of whose tests are run; one that fails without
        the module as well doesn't count
    :param script: a program below the repository, called with the parcel's database
        (and, where ``with_core`` says so, one without the module before it) and
        ``arguments``; it passes if it ends with 0. In the environment are ADDONS_PATH
        and DATA_DIR
    :param options: of pytest, for example ``("-k", "TestProcurement")``
    :param sql: statements run in the parcel's copy of the database before its tests,
        for example another default of the company's
    :param without: folders of the module that are deleted, in a copy of it
    :param environment: variables added to the environment
    :param differing: tests of core's that fail by what the settings mean: their ids, as
        ``"mrp/tests/test_order.py::TestMrpOrder::test_basic"``, each with the reason.
        They count as skipped, and as failed if they pass
    :param unsteady: tests of core's that fail now and then, without the module as well:
        their ids, each with the reason. One that failed is run again by itself
    :param with_browser: whether it has tours, or other tests that need a web server
    :param weight: seconds of processor time, roughly: the heaviest are begun first
    :param first_run: the first of RUNS that it is in
    """

    name: str
    base: str = "applications"
    paths: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()
    script: str = ""
    arguments: tuple[str, ...] = ()
    with_core: bool = False
    options: tuple[str, ...] = ()
    sql: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    differing: Mapping[str, str] = field(default_factory=dict)
    unsteady: Mapping[str, str] = field(default_factory=dict)
    with_browser: bool = False
    weight: int = 60
    first_run: str = "test"

    def is_in(self, run):
        return RUNS.index(self.first_run) <= RUNS.index(run)


# What a suite of core is run on top of, if not the applications.
CORE_SUITE_BASES = {
    "mrp": "core",
    "stock": "core",
    "purchase_stock": "neighbours",
    "stock_picking_batch": "neighbours",
    "project_mrp_account": "analytic",
}

# The module's own tests beside core's applications, in as many parcels as here.
OWN_PARCELS = 4
# Files of more than a few seconds of processor time, as `make test` prints them.
WEIGHTS = {
    "test_batch_completion": 40,
    "test_completion": 20,
    "test_issue": 20,
    "test_shortage": 20,
    "test_days": 18,
    "test_report_production": 15,
    "test_supply_location": 13,
    "test_performance": 11,
}
OTHER_FILES = 9

# Files in parcels of their own: all that need a browser are named so.
TOURS = ("tests/tours",)
# In a parcel of their own, too: they need a web server.
OVER_HTTP = (
    "tests/access/test_forged_fields.py",
    "tests/access/test_remote_calls.py",
    "tests/count/test_count_access.py",
    "tests/access/test_examples.py",
)
# Folders that have parcels of their own.
OWN_FOLDERS = {"tours", "lifecycle", "beside", "demo"}
# Those that run real processes of their own: in parcels, of which the last has whatever
# no other one has.
LIFECYCLE = {
    "at once": ("test_at_once", "test_turns"),
    "uninstalled and restarted": ("test_restart", "test_timeouts", "test_uninstall"),
}
WITHOUT_ACCOUNTING = (
    "tests/posting/test_issue.py",
    "tests/accounting/test_cost.py",
    "tests/posting/test_plan.py",
    "tests/shortage/test_shortage.py",
)

SINGLE_PARCELS = (
    Parcel("tours", paths=TOURS, with_browser=True, weight=110),
    # What a person sees who tries the module.
    Parcel("demo data", DEMO, paths=("tests/demo",), with_browser=True, weight=90),
    Parcel("over HTTP", paths=OVER_HTTP, with_browser=True, weight=60),
    Parcel(
        "uninstalled without accounting",
        "core",
        paths=("tests/lifecycle/test_uninstall.py",),
        # Demo data is an ordinary factory's. As the module's, Odoo would delete of it
        # what nothing refers to.
        sql=(
            "DELETE FROM ir_model_data WHERE module = 'mrp_backflush'"
            " AND model NOT LIKE 'ir.%' AND model NOT LIKE 'res.groups%'",
            "UPDATE ir_module_module SET demo = false",
        ),
        weight=60,
        first_run="nightly",
    ),
    # What is posted must not depend on the accounting applications.
    Parcel("without accounting", "core", paths=WITHOUT_ACCOUNTING, weight=90),
    # With the addons of the community that touch the same.
    Parcel("beside the community's", "beside", paths=("tests/beside",), weight=20),
    # Nothing changes at the defaults.
    Parcel(
        "random work compared",
        script="compare/compare.py",
        arguments=("--seed=1", "--worlds=3", "--steps=25"),
        with_core=True,
        weight=90,
    ),
    Parcel(
        "much random work compared",
        script="compare/compare.py",
        arguments=("--worlds=60",),
        with_core=True,
        weight=1200,
        first_run="nightly",
    ),
    # Core's own suites, with the module at its defaults. Four tests of mrp fail
    # wherever the accounting applications are loaded.
    Parcel(
        "core's mrp",
        "core",
        suites=("mrp",),
        with_browser=True,
        weight=400,
        first_run="landing",
    ),
    Parcel(
        "core's mrp applications",
        suites=("mrp_account", "mrp_subcontracting", "mrp_product_expiry"),
        with_browser=True,
        weight=120,
        first_run="landing",
    ),
    # Every night.
    Parcel(
        "core's stock",
        "core",
        suites=("stock",),
        with_browser=True,
        weight=600,
        first_run="nightly",
    ),
    Parcel(
        "core's purchase and batch",
        "neighbours",
        suites=("purchase_stock", "stock_picking_batch"),
        with_browser=True,
        weight=200,
        first_run="nightly",
    ),
    Parcel(
        "core's project_mrp_account",
        "analytic",
        suites=("project_mrp_account",),
        weight=60,
        first_run="nightly",
    ),
    Parcel(
        "benchmark of completion",
        "accounting",
        script="benchmarks/mark_done.py",
        arguments=("--least=4",),
        with_core=True,
        weight=900,
        first_run="nightly",
    ),
    Parcel(
        "benchmark of the background",
        "accounting",
        script="benchmarks/background.py",
        with_core=True,
        weight=300,
        first_run="nightly",
    ),
    Parcel(
        "processes that park",
        "accounting",
        script="benchmarks/concurrency.py",
        arguments=("--rule=park", "--settlers=2", "--seconds=300"),
        weight=300,
        first_run="nightly",
    ),
    Parcel(
        "processes that block",
        "accounting",
        script="benchmarks/concurrency.py",
        arguments=("--rule=block", "--seconds=300"),
        weight=300,
        first_run="nightly",
    ),
)


def get_parcels(run):
    """The parcels of one of RUNS, the heaviest first."""
    parcels = [parcel for parcel in SINGLE_PARCELS if parcel.is_in(run)]
    parcels += [parcel for parcel in _vary_trade() if parcel.is_in(run)]
    parcels += _divide_own_tests()
    parcels += _divide_lifecycle()
    parcels += [parcel for parcel in _do_without_speed() if parcel.is_in(run)]
    return sorted(parcels, key=lambda parcel: -parcel.weight)


def get_core_parcels(suites):
    """A parcel for each of these modules of core, all of whose tests are run."""
    return [
        Parcel(
            f"core's {suite}",
            CORE_SUITE_BASES.get(suite, "applications"),
            suites=(suite,),
            with_browser=True,
        )
        for suite in suites
    ]


def _vary_trade():
    """Core's applications that buy, sell and repair what is made, by variant."""
    return [
        Parcel(
            f"core's trade, {variant}",
            "trade",
            suites=TRADE_SUITES,
            sql=tuple(get_statements(variant)),
            differing=DIFFERING[variant],
            unsteady=UNSTEADY,
            with_browser=True,
            weight=400,
            first_run="nightly",
        )
        for variant in VARIANTS
    ]


def get_bases(parcels):
    return sorted({parcel.base for parcel in parcels})


def _divide_own_tests():
    """The test files without a parcel of their own, in parcels of equal weight."""
    files = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if path.parent.name not in OWN_FOLDERS
    }
    contents = [[] for _number in range(OWN_PARCELS)]
    files -= {*OVER_HTTP}
    for path in sorted(files, key=lambda path: (-_weigh(path), path)):
        min(contents, key=lambda content: sum(map(_weigh, content))).append(path)
    return [
        Parcel(
            f"own {number}",
            paths=tuple(sorted(content)),
            weight=sum(map(_weigh, content)),
        )
        for number, content in enumerate(contents, 1)
    ]


def _do_without_speed():
    """The module's own tests without its shortcuts, deleted or switched off."""
    ways = {
        "without speed": {"without": ("models/speed",)},
        "speed switched off": {
            "sql": (
                "INSERT INTO ir_config_parameter (key, value)"
                " VALUES ('mrp_backflush.speed', 'off')",
            )
        },
    }
    return [
        replace(
            parcel,
            name=f"{parcel.name}, {way}",
            weight=2 * parcel.weight,
            first_run="nightly",
            **values,
        )
        for way, values in ways.items()
        for parcel in _divide_own_tests()
    ]


def _divide_lifecycle():
    folder = "tests/lifecycle"
    files = {path.stem for path in (ROOT / folder).glob("test_*.py")}
    grouped = {name for names in LIFECYCLE.values() for name in names}
    contents = {**LIFECYCLE, "other processes": sorted(files - grouped)}
    return [
        Parcel(
            f"lifecycle, {group}",
            paths=tuple(f"{folder}/{name}.py" for name in names),
            weight=70,
        )
        for group, names in contents.items()
    ]


def _weigh(path):
    return WEIGHTS.get(Path(path).stem, OTHER_FILES)
