"""What the make targets do, inside the virtual environment. See `make help`."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import gate
import languages
import log_check
import postgres
import readme
import wheel
from chromium import ensure_chromium
from console import SetupError, fail, run, say
from database import Workbench
from odoo_source import ensure_odoo
from parcels import get_bases, get_core_parcels, get_parcels
from paths import (
    DATA,
    HTTP_INTERFACE,
    HTTP_PORT,
    LOGS,
    MODULE,
    MODULE_LINK,
    NO_MEMORY_LIMIT,
    ROOT,
    TOOLS,
    VENV,
    link_module,
)
from preparation import ensure_bases, get_benches, install
from pytest_runner import run_pytest as _pytest
from test_runs import Run, print_total

PICTURES = ROOT / "static" / "description"
# Pixels: twice what the app switcher shows, for sharp screens.
ICON_SIZE = 256
BENCHMARKS = (
    "mark_done",
    "shortcuts",
    "background",
    "workers",
    "memory",
    "forecast",
    "count",
    "analysis",
    "client",
    "proposals",
    "install",
)


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
            f"--{NO_MEMORY_LIMIT}",
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


def story(*options):
    """The way of a click through the module's code, on the demo database; undone.

    :param options: the click, and ``--full``; none: the figures of all clicks
    """
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        _run_script(bench, "tools/story.py", bench.demo(), *options)


def _interactive(command, bench):
    process = subprocess.Popen(command, env=bench.environment, cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Odoo got the key as well and stops by itself.
            continue


def lint():
    """ruff, pylint-odoo, and the rules of the house."""
    odoo = ensure_odoo()
    run(["ruff", "check", ROOT])
    run(["ruff", "format", "--check", ROOT])
    run([sys.executable, "-B", TOOLS / "house.py"])
    run(
        ["pylint", "--rcfile", ROOT / ".pylintrc", MODULE_LINK],
        env={**os.environ, "PYTHONPATH": str(odoo.home)},
        cwd=MODULE_LINK.parent,
    )


def set_up():
    """All that the tests need, so that they can begin at once."""
    with postgres.server():
        ensure_bases(get_benches(get_bases(get_parcels("test"))))


def test(*names):
    """Lint, and all tests of the module on fresh databases.

    :param names: parts of the names of parcels, to run only these
    """
    return _run_tests("test", names)


def test_landing(*names):
    """The same, and core's suites of what the module overrides."""
    return _run_tests("landing", names)


def test_nightly(*names):
    """All there is, the random tests with many examples and another seed each time."""
    seed = os.environ.setdefault("TEST_SEED", str(secrets.randbelow(2**32)))
    os.environ.setdefault("TEST_PROFILE", "nightly")
    say(f"The same again: TEST_SEED={seed} make test-nightly")
    return _run_tests("nightly", names)


def test_core(*suites):
    """Core's own suites with the module installed at its defaults.

    A test that fails is run again without the module: only one that passes then
    counts against it.
    """
    parcels = get_core_parcels(suites) if suites else get_parcels("landing")
    return _run_parcels([parcel for parcel in parcels if parcel.suites])


def _run_tests(run, names):
    if not names:
        return _run_parcels(get_parcels(run), with_checks=True)
    parcels = [
        parcel
        for parcel in get_parcels(run)
        if any(name in parcel.name for name in names)
    ]
    if not parcels:
        raise SetupError(f"no parcel's name has a part of: {', '.join(names)}")
    return _run_parcels(parcels)


def _run_parcels(parcels, with_checks=False):
    """:return: the exit code; the last line that is printed is the sum"""
    try:
        with postgres.server():
            benches = get_benches(get_bases(parcels))
            with_browser = ensure_bases(benches)
            installed, install_logs = install(benches)
            checks = _get_checks(benches, installed, install_logs)
            run = Run(benches, installed, with_browser)
            return run.run(parcels, checks if with_checks else {})
    except SetupError as error:
        print(f"\nError: {error}", file=sys.stderr, flush=True)
        print_total(Counter(failed=1))
        return 1


def _get_checks(benches, installed, install_logs):
    """What is checked beside tests: functions by name."""
    return {
        "lint": lint,
        "translations and update": lambda: _check_installed(
            benches["applications"], installed["applications"]
        ),
        "wheel": wheel.check,
        "logs of the installations": lambda: log_check.check(whole=install_logs),
    }


def _check_installed(bench, installed):
    """The translations template is up to date, and an update logs no problem."""
    database, log = bench.name("update"), LOGS / "update.log"
    bench.copy(installed, database)
    _check_translation_template(bench, database)
    options = ("--stop-after-init", "--no-http", f"--update={MODULE}")
    bench.run_odoo("server", database, *options, log=log)
    bench.drop(database)
    log_check.check(whole=[log])


def translations():
    """Write the translations template anew, and bring the languages up to it."""
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        database, _log = bench.test("translations")
        _template_path().write_text(_exported_template(bench, database))
        say(f"Written: {_template_path().relative_to(ROOT)}")
    languages.update(odoo.home / "odoo")
    for language, number in languages.count_untranslated().items():
        say(f"{language}: {number} messages are not translated")


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
                    _run_script(bench, "benchmarks/install.py", database, moves)
                bench.drop(database)
            else:
                if name == "client" and not ensure_chromium():
                    raise SetupError("the benchmark of the client needs Chromium")
                script = f"benchmarks/{name}.py"
                _run_script(bench, script, without, with_module, *cases)


def digests():
    """The methods of core that the shortcuts stand for, as this Odoo has them."""
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        database, _log = bench.test("digests", "applications")
        _run_script(bench, "tools/digests.py", database)
        bench.drop(database)


def concurrency(*options):
    """Several processes at orders that share components; fails if it doesn't add up."""
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        database, _log = bench.test("concurrency", "accounting")
        _run_script(bench, "benchmarks/concurrency.py", database, *options)
        bench.drop(database)


def compare(*options):
    """The same random work with and without the module; fails where rows differ."""
    odoo = ensure_odoo()
    with postgres.server():
        bench = Workbench(odoo)
        without = bench.name("compare_core")
        bench.copy(bench.base("applications"), without)
        with_module, _log = bench.test("compare", "applications")
        _run_script(bench, "compare/compare.py", without, with_module, *options)


def _run_script(bench, script, *arguments):
    paths = {"ADDONS_PATH": bench.odoo.addons_path, "DATA_DIR": str(DATA)}
    command = [sys.executable, ROOT / script, *arguments]
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


def icon():
    """Draw the module's icon as Odoo shows it: a PNG of its SVG."""
    # Of the tools' dependencies, which only this task needs.
    from resvg_py import svg_to_bytes

    drawing = PICTURES / "icon.svg"
    image = svg_to_bytes(svg_path=str(drawing), width=ICON_SIZE, height=ICON_SIZE)
    drawing.with_suffix(".png").write_bytes(bytes(image))


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
            *("--overrides", "tools/overrides.txt"),
            *("tools/requirements.in", "--output-file", "tools/requirements.lock"),
        ],
        cwd=ROOT,
    )


def dist():
    """Build the wheel."""
    wheel.check()
    wheel.build(ROOT / "dist")
    say("The wheel is in dist")


TASKS = {
    "run": serve,
    "shell": shell,
    "story": story,
    "setup": set_up,
    "test": test,
    "test-landing": test_landing,
    "test-nightly": test_nightly,
    "test-core": test_core,
    "lint": lint,
    "gate": gate.check,
    "readme": readme.write,
    "bench": bench_marks,
    "digests": digests,
    "compare": compare,
    "concurrency": concurrency,
    "translations": translations,
    "screenshots": screenshots,
    "icon": icon,
    "lock": lock,
    "dist": dist,
}

if __name__ == "__main__":
    main()
