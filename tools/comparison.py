"""Random work in a database with and one without the module: see `compare/`."""

import subprocess
import sys

from console import SetupError, say
from paths import DATA, LOGS, ROOT

# In the quick profile: always the same worlds, of which each has its steps.
QUICK = ("--seed=1", "--worlds=4", "--steps=25")
DISTURBED = ("--seed=1", "--worlds=1", "--steps=2", "--disturb")


def prepare(bench):
    """Databases that are the same but for the module.

    :return: the one without, the one with it
    """
    without = bench.name("compare_core")
    bench.copy(bench.base("applications"), without)
    own, _log = bench.test("compare", "applications")
    return without, own


def compare(bench, *options):
    """Do the same random work in both and compare the rows, after each step.

    :param options: see `compare/compare.py`
    :raise SetupError: something differs, or too little was done to tell
    """
    databases = prepare(bench)
    if _run(bench, databases, options):
        raise SetupError("random work comes to something else with the module")


def compare_quickly(bench):
    """A few worlds, and a wrong cost on one side that the comparison has to find."""
    databases = prepare(bench)
    log = LOGS / "compare_disturbed.log"
    with log.open("w") as output:
        if not _run(bench, databases, DISTURBED, output):
            raise SetupError(f"a wrong cost wasn't found: {log}")
    if _run(bench, databases, QUICK):
        raise SetupError("random work comes to something else with the module")


def _run(bench, databases, options, output=None):
    say(f"Random work with and without the module: {' '.join(options)}")
    paths = {"ADDONS_PATH": bench.odoo.addons_path, "DATA_DIR": str(DATA)}
    return subprocess.run(
        [sys.executable, "-u", ROOT / "compare" / "compare.py", *databases, *options],
        env={**bench.environment, **paths},
        cwd=ROOT,
        check=False,
        stdout=output,
    ).returncode
