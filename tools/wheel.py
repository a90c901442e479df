"""The wheel: made, and checked for what must and what must not be in it."""

import ast
import sys
import tempfile
import zipfile
from pathlib import Path

from console import SetupError, run
from paths import LOGS, MODULE, ROOT

FOLDER = f"odoo/addons/{MODULE}"
NEEDED = ("LICENSE", "README.rst", "CHANGELOG.md", "static/description/index.html")
# What only the project's own development needs.
UNWANTED = (".", "tools/", "benchmarks/", "compare/", "dist/", "Makefile")


def build(folder):
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT]
    run(command, log=LOGS / "wheel.log")


def check():
    """:raise SetupError: files are missing in the wheel, or must not be there"""
    with tempfile.TemporaryDirectory() as folder:
        build(folder)
        [path] = Path(folder).glob("*.whl")
        with zipfile.ZipFile(path) as wheel:
            names = wheel.namelist()
            [metadata] = [name for name in names if name.endswith("/METADATA")]
            described = wheel.read(metadata).decode()
    found = {name.removeprefix(f"{FOLDER}/") for name in names if FOLDER in name}
    missing = _get_needed() - found
    unwanted = {name for name in found if name.startswith(UNWANTED)}
    if missing or unwanted:
        raise SetupError(
            f"the wheel: missing {sorted(missing)}, unwanted {sorted(unwanted)}"
        )
    text = (ROOT / "README.rst").read_text(encoding="utf-8").strip()
    if text not in described:
        raise SetupError("the wheel's description isn't README.rst")


def _get_needed():
    manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text(encoding="utf-8"))
    files = {*NEEDED, *manifest["data"], *manifest["demo"], *manifest["images"]}
    for pattern in ("i18n/*.po*", "models/**/*.py", "migrations/*/*.py", "static/**/*"):
        files |= {
            str(path.relative_to(ROOT)) for path in ROOT.glob(pattern) if path.is_file()
        }
    return {name for name in files if "__pycache__" not in name}
