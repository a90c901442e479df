"""One process of pytest-odoo on one database."""

import os
import shlex
import subprocess
import sys

from paths import ADDONS, DATA, NO_MEMORY_LIMIT, ROOT, TOOLS


def run_pytest(
    bench,
    database,
    paths,
    log,
    with_browser,
    options=(),
    environment=(),
    output=None,
    root=ROOT,
    addons=ADDONS,
):
    """Run tests and return pytest's exit code.

    :param paths: through the link that bears the module's name
    :param log: the file that Odoo's log goes to
    :param with_browser: whether there is a web server, for tours
    :param output: the file that pytest's output goes to; by default it is shown
    :param root: what the tests' ids are relative to
    :param addons: the folder where the module lies
    """
    command = [
        *(sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "no:cacheprovider"),
        *("-q", "-rsfE", "--tb=short", "-Wignore::DeprecationWarning:passlib.utils"),
        f"--rootdir={root}",
        # No package above it is imported.
        f"--confcutdir={addons if root == ROOT else root}",
        f"--odoo-database={database}",
        f"--odoo-addons-path={bench.odoo.get_addons_path(addons)}",
        # Lower levels make core's tests of warnings fail.
        "--odoo-log-level=warn",
        f"--odoo-extra=data-dir={DATA}",
        f"--odoo-extra=logfile={log}",
        f"--odoo-extra={NO_MEMORY_LIMIT}",
        *options,
        *shlex.split(os.environ.get("PYTEST_ARGS", "")),
        *(str(path) for path in paths),
    ]
    if with_browser:
        command.append("--odoo-http")
    if seed := os.environ.get("TEST_SEED"):
        command.append(f"--hypothesis-seed={seed}")
    log.unlink(missing_ok=True)
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([bench.odoo.python_path, str(TOOLS)]),
        # What tests/lifecycle installs the module into, unless said otherwise.
        "BASE_DATABASE": bench.base("applications"),
        **dict(environment),
    }
    options = {"env": variables, "cwd": ROOT, "check": False}
    if output is None:
        return subprocess.run(command, **options).returncode
    with output.open("wb") as stream:
        return subprocess.run(
            command, stdout=stream, stderr=subprocess.STDOUT, **options
        ).returncode
