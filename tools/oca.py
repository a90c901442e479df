"""The community's addons that this one is tested beside."""

import hashlib
import shutil
import sys

from console import run, say
from paths import DEV, LOGS, TOOLS

OCA = DEV / "oca"
LIST = TOOLS / "oca.txt"
DISTRIBUTION = "odoo-addon-"


def list_addons():
    """Return the names of all that the list has."""
    lines = LIST.read_text().splitlines()
    return [
        line.removeprefix(DISTRIBUTION).partition("==")[0]
        for line in lines
        if line.startswith(DISTRIBUTION)
    ]


def ensure_oca():
    """Return the folder that they are in, as a path for Python; their addons are in
    ``odoo/addons`` below it."""
    stamp = OCA / "list.sha256"
    wanted = hashlib.sha256(LIST.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return OCA
    say("Installing the community's addons that this one is tested beside")
    shutil.rmtree(OCA, ignore_errors=True)
    run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"),
            *("--disable-pip-version-check", "--target", OCA, "--requirement", LIST),
        ],
        log=LOGS / "oca.log",
    )
    stamp.write_text(wanted)
    return OCA
