"""Core's suites of other modules, run with the module set up in several ways.

A test that fails is run again without the module: only one that passes then counts,
unless the setting means it to fail. Those are listed here, each with the reason.
"""

from console import SetupError, say
from paths import LOGS, MODULE

# The suites of the base "trade"; mrp_account's for the sake of the variants.
TRADE_SUITES = (
    "mrp_account",
    "project_mrp_account",
    "purchase_mrp",
    "sale_mrp",
    "mrp_repair",
    "mrp_subcontracting_purchase",
    "stock_account",
)

# A name of ours for each way to set up a database, and the values of its companies.
VARIANTS = {
    "defaults": {},
    "operation": {"issue_method": "operation"},
    "park": {"shortage_rule": "park"},
    "block": {"shortage_rule": "block"},
}

# By variant: a test's class and name, and why it can't pass.
EXPECTED_FAILURES = {
    "defaults": {},
    "operation": {},
    "park": {},
    "block": {},
}

# Companies that tests create take the default, those that are there are written to.
SET_VARIANT = """
for field, value in {values!r}.items():
    env["ir.default"].set("res.company", field, value)
    env["res.company"].search([])[field] = value
env.cr.commit()
"""


def set_variant(bench, database, variant):
    """Give the companies of a database the values of a variant, also later ones."""
    if values := VARIANTS[variant]:
        bench.run_script(
            database,
            SET_VARIANT.format(values=values),
            LOGS / f"variant_{variant}.log",
        )


def find_broken(bench, base, installed, suites, variant, find_failed):
    """Tests that fail with the module, though they pass without it and aren't expected.

    :param base: one of BASES, which the suites are run in
    :param installed: the same with the module, to copy from
    :param suites: names of core's modules
    :param variant: one of VARIANTS
    :param find_failed: called with a database and paths: the names of the tests that
        fail there, to be used as paths again
    :return: lines to be read
    """
    unknown = set(suites) - {path.name for path in bench.odoo.addons.iterdir()}
    if unknown:
        raise SetupError(f"core has no suite {', '.join(sorted(unknown))}")
    database = bench.name("core_suites")
    bench.copy(installed, database)
    set_variant(bench, database, variant)
    paths = [bench.odoo.addons / suite / "tests" for suite in suites]
    say(f"Core's tests of {', '.join(suites)} with {MODULE}, {variant}")
    failed = find_failed(database, paths)
    expected = EXPECTED_FAILURES[variant]
    failed = [test for test in failed if _short_name(test) not in expected]
    if not failed:
        return []
    say(f"{len(failed)} failed; the same without {MODULE}:")
    bench.copy(bench.base(base), database)
    failed_without = find_failed(database, failed)
    return [f"{variant}: {test}" for test in failed if test not in failed_without]


def _short_name(test):
    """The class and the method of a test's name."""
    return "::".join(test.split("::")[-2:])
