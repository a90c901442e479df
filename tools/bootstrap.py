"""First step of every make target, on the machine's own Python: a virtual
environment with the locked dependencies, in which tasks.py then runs."""

import hashlib
import os
import shutil
import subprocess
import sys

from console import SetupError, fail, run, say
from paths import DEV, LOCK, LOGS, TOOLS, VENV

SUPPORTED = ((3, 10), (3, 13))


def main():
    try:
        ensure_environment()
    except SetupError as error:
        fail(error)
    python = str(VENV / "bin" / "python")
    os.execv(python, [python, str(TOOLS / "tasks.py"), *sys.argv[1:]])


def ensure_environment():
    """Make the virtual environment hold what the lock file names, exactly once."""
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        found = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(
            f"Odoo 19 runs on Python 3.10 to 3.13, and this is {found}. Name another "
            "one, for example: make PYTHON=python3.11 run"
        )
    stamp = VENV / "lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    if not (VENV / "bin" / "pip").exists():
        say("Making a virtual environment")
        _create_environment()
    say("Installing the Python dependencies (tools/requirements.lock)")
    run(
        # The lock file names all there is to install: what it leaves out stays out.
        [VENV / "bin" / "pip", "install", "--quiet", "--no-deps", "-r", LOCK],
        log=LOGS / "pip.log",
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    stamp.write_text(wanted)


def _create_environment():
    DEV.mkdir(exist_ok=True)
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    if not subprocess.run(command, capture_output=True, check=False).returncode:
        return
    # Debian splits venv off its Python.
    package = f"python3.{sys.version_info[1]}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {package}")
        run(["apt-get", "update"], log=LOGS / "apt-update.log")
        run(["apt-get", "install", "--yes", package], log=LOGS / "apt-venv.log")
        run(command, log=LOGS / "venv.log")
        return
    raise SetupError(
        "this Python can't make virtual environments. On Debian or Ubuntu, as root: "
        f"apt-get install {package}"
    )


if __name__ == "__main__":
    main()
