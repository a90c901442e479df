"""What the community's repositories run before an addon is merged, by the same tools,
as their template for 19.0 has it.

Of their hooks only those are missing that come by git: this one's README.rst is made by
`make readme` instead of `oca-gen-addon-readme`.
"""

import os
import shutil
import subprocess

import readme
from console import SetupError, run, say
from odoo_source import ensure_odoo
from paths import DEV, LOGS, MODULE_LINK, ROOT, TOOLS, VENV

CONFIGURATION = TOOLS / "gate"
NODE = DEV / "node"

PRETTIER_FILES = (".css", ".html", ".js", ".json", ".md", ".scss", ".xml", ".yml")
# Generated, of another's hand, or excluded by the community's own list.
NOT_PRETTY = (
    "README.md",
    "readme/",
    "static/description/",
    "tools/gate/package-lock.json",
)
WHITESPACE_HOOKS = (
    "trailing-whitespace-fixer",
    "end-of-file-fixer",
    ("mixed-line-ending", "--fix=lf"),
)
GENERATED = (".rst", ".pot", ".po", ".svg", ".lock", "index.html")
# Checks of pylint-odoo that the community's list for 19.0 doesn't have yet.
NOT_ASKED_FOR = (
    # The last step of a story is named for what it does, and calls core's method:
    # `write` ends in `_write_plainly`.
    "super-method-mismatch",
)


def check(*options):
    """All checks; the first that fails ends it.

    :param options: ``--fix`` has the formatters write what they want
    """
    is_fixing = "--fix" in options
    _ensure_node()
    files = _get_files()
    _run_hooks(files)
    _run_prettier(files, is_fixing)
    _run_eslint(files, is_fixing)
    _run_ruff(is_fixing)
    _check_module()
    _run_pylint()
    readme.check()
    say("The gate is passed")


def _get_files():
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True)
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def _ensure_node():
    """What comes from npm, by the lock file's digests."""
    if not shutil.which("npm"):
        _install_npm()
    wanted = (CONFIGURATION / "package-lock.json").read_text()
    stamp = NODE / "installed-lock.json"
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    say("Installing prettier and eslint")
    shutil.rmtree(NODE, ignore_errors=True)
    NODE.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(CONFIGURATION / name, NODE)
    run(["npm", "ci", "--no-audit", "--no-fund"], log=LOGS / "npm.log", cwd=NODE)
    stamp.write_text(wanted)


def _install_npm():
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetupError("the gate needs npm (as root: apt-get install npm)")
    say("Installing npm")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update"], log=LOGS / "apt-update.log")
    run(
        ["apt-get", "install", "--yes", "--no-install-recommends", "npm"],
        log=LOGS / "apt-npm.log",
        env=environment,
    )


def _run_node(program, *arguments):
    # Their configurations import what is installed there.
    environment = {**os.environ, "NODE_PATH": str(NODE / "node_modules")}
    command = [NODE / "node_modules" / ".bin" / program, *arguments]
    run(command, cwd=ROOT, env=environment)


def _run_hooks(files):
    """The small ones of the pre-commit project, of Git's files."""
    texts = [name for name in files if not name.endswith((".png", *GENERATED))]
    for hook in WHITESPACE_HOOKS:
        program, *options = [hook] if isinstance(hook, str) else hook
        run([VENV / "bin" / program, *options, *texts], cwd=ROOT)
    python = [name for name in files if name.endswith(".py")]
    run([VENV / "bin" / "debug-statement-hook", *python], cwd=ROOT)
    run([VENV / "bin" / "check-docstring-first", *python], cwd=ROOT)
    run([VENV / "bin" / "check-case-conflict", *files], cwd=ROOT)
    run([VENV / "bin" / "check-merge-conflict", *texts], cwd=ROOT)
    run([VENV / "bin" / "check-xml", *_with_suffix(files, ".xml")], cwd=ROOT)


def _with_suffix(files, *suffixes):
    return [name for name in files if name.endswith(suffixes)]


def _run_prettier(files, is_fixing):
    pretty = [
        name
        for name in _with_suffix(files, *PRETTIER_FILES)
        if not name.startswith(NOT_PRETTY)
    ]
    _run_node(
        "prettier",
        "--config",
        CONFIGURATION / "prettier.config.cjs",
        "--log-level=warn",
        "--write" if is_fixing else "--check",
        *pretty,
    )


def _run_eslint(files, is_fixing):
    _run_node(
        "eslint",
        "--config",
        CONFIGURATION / "eslint.config.cjs",
        "--max-warnings=0",
        *(["--fix"] if is_fixing else []),
        *_with_suffix(files, ".js"),
    )


def _run_ruff(is_fixing):
    run(["ruff", "check", *(["--fix"] if is_fixing else []), ROOT])
    run(["ruff", "format", *([] if is_fixing else ["--check"]), ROOT])


def _check_module():
    run([VENV / "bin" / "oca-checks-odoo-module", MODULE_LINK], cwd=MODULE_LINK.parent)
    translations = sorted((ROOT / "i18n").glob("*.po*"))
    # As there: how a translation file is laid out isn't asked.
    run([VENV / "bin" / "oca-checks-po", "--disable=po-pretty-format", *translations])


def _run_pylint():
    run(
        [
            "pylint",
            f"--rcfile={CONFIGURATION / 'pylintrc'}",
            f"--disable={','.join(NOT_ASKED_FOR)}",
            MODULE_LINK,
        ],
        cwd=MODULE_LINK.parent,
        env={**os.environ, "PYTHONPATH": str(ensure_odoo().home)},
    )
