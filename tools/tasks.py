"""What the make targets do, inside the virtual environment. See `make help`."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import log_check
import postgres
from chromium import ensure_chromium
from console import SetupError, fail, run, say
from database import Workbench
from oca import ensure_oca
from odoo_source import ensure_odoo
from paths import (
    DATA,
    DEV,
    HTTP_INTERFACE,
    HTTP_PORT,
    LOGS,
    MODULE,
    MODULE_LINK,
    ROOT,
    TOOLS,
    VENV,
    link_module,
)

CORE_SUITES = ("mrp", "mrp_account", "mrp_subcontracting", "mrp_product_expiry")

# Where a suite is run, if not beside the applications.
CORE_SUITE_BASES = {
    "mrp": "core",
    "stock": "core",
    "purchase_stock": "neighbours",
    "stock_picking_batch": "neighbours",
    "project_mrp_account": "analytic",
}

TESTS_WITHOUT_ACCOUNTING = ("test_issue", "test_cost", "test_plan", "test_shortage")

BENCHMARKS = ("mark_done", "background", "workers", "memory", "install")

# Run on a database of their own: see BASES.
BESIDE = "beside"


def main():
    name, *arguments = sys.argv[1:] or ["help"]
    task = TASKS.get(name)
    if task is None:
        fail(f"there is no task {name}. There are: {', '.join(TASKS)}")
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    try:
        link_module()
        sys.exit(task(*arguments) or 0)
    except SetupError as error:
        fail(error)
    except KeyboardInterrupt:
        sys.exit(130)


def serve():
    """A running Odoo with the module and its demo data."""
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        database = bench.demo()
        if not shutil.which("wkhtmltopdf"):
            say("PDF reports need wkhtmltopdf (as root: apt-get install wkhtmltopdf)")
        say(f"Odoo starts on http://localhost:{HTTP_PORT}")
        say("Log in as admin, password admin. Ctrl-C ends it.")
        command = bench.odoo_command(
            "server",
            database,
            f"--db-filter=^{database}$",
            f"--http-interface={HTTP_INTERFACE}",
            f"--http-port={HTTP_PORT}",
            "--log-level=warn",
        )
        return _interactive(command, bench)


def shell():
    """An Odoo shell on the demo database; runs a script from standard input."""
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        command = bench.odoo_command(
            "shell", bench.demo(), "--no-http", "--log-level=warn"
        )
        return _interactive(command, bench)


def _interactive(command, bench):
    process = subprocess.Popen(command, env=bench.environment, cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Odoo got the key as well and stops by itself.
            continue


def lint():
    """ruff and pylint-odoo."""
    odoo = ensure_odoo()
    run(["ruff", "check", ROOT])
    run(["ruff", "format", "--check", ROOT])
    run(
        ["pylint", "--rcfile", ROOT / ".pylintrc", MODULE_LINK],
        env={**os.environ, "PYTHONPATH": str(odoo.home)},
        cwd=MODULE_LINK.parent,
    )


def test():
    """Lint, then all tests of the module on a fresh database."""
    lint()
    odoo = ensure_odoo()
    with_browser = ensure_chromium()
    with postgres.server():
        bench = Workbench(odoo)
        database, install_log = bench.test()
        _check_translation_template(bench, database)
        update_log = LOGS / "update.log"
        options = ("--stop-after-init", "--no-http", f"--update={MODULE}")
        bench.run_odoo("server", database, *options, log=update_log)
        log_check.check(whole=[install_log, update_log])
        if status := _test_without_accounting(bench) or _test_beside(odoo):
            return status
        test_log = LOGS / "test.log"
        # Last, so that the runner's count is the last line.
        tests = [MODULE_LINK / "tests"]
        options = [f"--ignore={MODULE_LINK / 'tests' / BESIDE}"]
        status = _pytest(bench, database, tests, test_log, with_browser, options)
        log_check.check(ours=[test_log])
    return status


def _test_without_accounting(bench):
    """What is posted must not depend on the accounting applications."""
    database, _log = bench.test("plain", "core")
    say("Tests without the accounting applications")
    tests = [MODULE_LINK / "tests" / f"{name}.py" for name in TESTS_WITHOUT_ACCOUNTING]
    return _pytest(bench, database, tests, LOGS / "plain.log", with_browser=False)


def _test_beside(odoo):
    """With the addons of the community that touch the same."""
    bench = Workbench(odoo.beside(ensure_oca()))
    database, _log = bench.test(BESIDE, BESIDE)
    say("Tests beside the community's addons")
    tests = [MODULE_LINK / "tests" / BESIDE]
    return _pytest(bench, database, tests, LOGS / "beside.log", with_browser=False)


def test_core(*suites):
    """Core's own suites with the module installed at its defaults.

    A test that fails is run again without the module: only one that passes then
    counts against it.
    """
    suites = suites or CORE_SUITES
    odoo = ensure_odoo()
    with_browser = ensure_chromium()
    with postgres.server():
        bench = Workbench(odoo)
        # Four tests of mrp fail wherever the accounting applications are loaded.
        groups = {"core": [], "applications": [], "neighbours": [], "analytic": []}
        for suite in suites:
            groups[CORE_SUITE_BASES.get(suite, "applications")].append(suite)
        broken = []
        for base, members in groups.items():
            if members:
                broken += _broken_core_tests(bench, base, members, with_browser)
    if broken:
        names = "\n  ".join(broken)
        fail(f"these pass without the module and fail with it:\n  {names}")


def _broken_core_tests(bench, base, suites, with_browser):
    database, _log = bench.test(f"core_{base}", base)
    paths = [bench.odoo.addons / suite / "tests" for suite in suites]
    say(f"Core's tests of {', '.join(suites)} with {MODULE}")
    failed = _failed_tests(bench, database, paths, with_browser)
    if not failed:
        return []
    say(f"{len(failed)} failed; the same without {MODULE}:")
    bench.copy(bench.base(base), database)
    failed_without = _failed_tests(bench, database, failed, with_browser)
    return [test for test in failed if test not in failed_without]


def _failed_tests(bench, database, paths, with_browser):
    record = DEV / "failed_tests"
    record.unlink(missing_ok=True)
    status = _pytest(
        bench,
        database,
        paths,
        LOGS / f"{database}.log",
        with_browser,
        [
            "-p",
            "failed_tests",
            f"--failed-tests={record}",
            f"--rootdir={bench.odoo.addons}",
        ],
    )
    if status not in (0, 1):
        raise SetupError(f"pytest ended with status {status}")
    return record.read_text().splitlines() if record.exists() else []


def _pytest(bench, database, paths, log, with_browser, options=()):
    """Run pytest-odoo. Paths lead through the link that bears the module's name."""
    command = [
        *(sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "no:cacheprovider"),
        *(
            "-q",
            "-rsfE",
            "--tb=short",
            "-Wignore::DeprecationWarning:passlib.utils",
            f"--rootdir={ROOT}",
            f"--confcutdir={MODULE_LINK.parent}",
        ),
        f"--odoo-database={database}",
        f"--odoo-addons-path={bench.odoo.addons_path}",
        # Lower levels make core's tests of warnings fail.
        "--odoo-log-level=warn",
        f"--odoo-extra=data-dir={DATA}",
        f"--odoo-extra=logfile={log}",
        *options,
        *shlex.split(os.environ.get("PYTEST_ARGS", "")),
        *(str(path) for path in paths),
    ]
    if with_browser:
        command.append("--odoo-http")
    log.unlink(missing_ok=True)
    path = os.pathsep.join([bench.odoo.python_path, str(TOOLS)])
    environment = {
        **os.environ,
        "PYTHONPATH": path,
        # What tests/lifecycle installs the module into.
        "BASE_DATABASE": bench.base("applications"),
    }
    return subprocess.run(command, env=environment, cwd=ROOT, check=False).returncode


def translations():
    """Write the translations template anew."""
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        database, _log = bench.test("translations")
        _template_path().write_text(_exported_template(bench, database))
        say(f"Written: {_template_path().relative_to(ROOT)}")


def _check_translation_template(bench, database):
    current = _exported_template(bench, database)
    path = _template_path()
    if not path.is_file() or _terms(path.read_text()) != _terms(current):
        raise SetupError(
            "the translations template is out of date: run `make translations`"
        )


def _template_path():
    return ROOT / "i18n" / f"{MODULE}.pot"


def _terms(template):
    """The template without the lines that differ from one export to the next."""
    changing = ('"POT-Creation-Date', '"PO-Revision-Date')
    return [line for line in template.splitlines() if not line.startswith(changing)]


def _exported_template(bench, database):
    # From a copy: the export follows links, and .dev has one back to the checkout.
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(
            ROOT,
            Path(folder) / MODULE,
            ignore=shutil.ignore_patterns(".*", "__pycache__"),
        )
        output = Path(folder) / "template.pot"
        paths = bench.odoo.addons_path.split(",")
        outside = [path for path in paths if path != str(MODULE_LINK.parent)]
        settings = Path(folder) / "odoo.conf"
        settings.write_text(
            f"[options]\naddons_path = {','.join([*outside, folder])}\n"
            f"data_dir = {DATA}\n"
        )
        run(
            [
                *(sys.executable, "-m", "odoo", "i18n", "export"),
                *("--config", settings, "--database", database),
                *("--languages", "pot", "--output", output, MODULE),
            ],
            log=LOGS / "translations.log",
            env=bench.environment,
            cwd=folder,
        )
        return output.read_text()


def bench_marks(*names):
    """Ratios to core, printed; and the time to install beside a long history.

    :param names: some of BENCHMARKS, by default all; others are parts of the names of
        their cases to run
    """
    cases = [name for name in names if name not in BENCHMARKS]
    wanted = [name for name in names if name in BENCHMARKS] or (
        ["mark_done", "background"] if cases else BENCHMARKS
    )
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        without, database = bench.name("bench_core"), bench.name("bench_install")
        bench.copy(bench.base("accounting"), without)
        with_module, _log = bench.test("bench", "accounting")
        for name in wanted:
            if name == "install":
                for moves in (0, 1_000_000):
                    bench.copy(bench.base("demo"), database)
                    _run_benchmark(bench, "install.py", database, moves)
                bench.drop(database)
            else:
                _run_benchmark(bench, f"{name}.py", without, with_module, *cases)


def concurrency(*options):
    """Several processes at orders that share components; fails if it doesn't add up."""
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        database, _log = bench.test("concurrency", "accounting")
        _run_benchmark(bench, "concurrency.py", database, *options)
        bench.drop(database)


def _run_benchmark(bench, script, *arguments):
    paths = {"ADDONS_PATH": bench.odoo.addons_path, "DATA_DIR": str(DATA)}
    command = [sys.executable, ROOT / "benchmarks" / script, *arguments]
    run(command, env={**bench.environment, **paths}, cwd=ROOT)


def screenshots():
    """Take the README's pictures anew, in a real browser on the demo database."""
    odoo = ensure_odoo()
    if not ensure_chromium():
        raise SetupError("the pictures need Chromium")
    with postgres.server():
        bench = Workbench(odoo)
        script = MODULE_LINK / "tools" / "screenshots.py"
        log = LOGS / "screenshots.log"
        return _pytest(bench, bench.demo(), [script], log, with_browser=True)


def lock():
    """Resolve the dependencies anew."""
    run(
        [
            *("uv", "pip", "compile", "--quiet", "--universal", "--upgrade"),
            *(
                "--python-version",
                "3.10",
                "--no-emit-index-url",
                "--no-emit-find-links",
            ),
            *("--custom-compile-command", "make lock"),
            *("tools/requirements.in", "--output-file", "tools/requirements.lock"),
        ],
        cwd=ROOT,
    )


def dist():
    """Build the wheel."""
    run([sys.executable, "-m", "build", "--wheel", "--outdir", ROOT / "dist", ROOT])


TASKS = {
    "run": serve,
    "shell": shell,
    "test": test,
    "test-core": test_core,
    "lint": lint,
    "bench": bench_marks,
    "concurrency": concurrency,
    "translations": translations,
    "screenshots": screenshots,
    "lock": lock,
    "dist": dist,
}

if __name__ == "__main__":
    main()
