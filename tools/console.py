"""What the set-up says, and how it runs other programs."""

import os
import subprocess
import sys
import threading
import time
from textwrap import shorten

IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


class SetupError(Exception):
    """Something is missing; the message says what, and how to get it."""


def say(message):
    # Not to standard output, which belongs to what a target runs (`make shell`).
    print(f"==> {message}", file=sys.stderr, flush=True)


def fail(message):
    print(f"\nError: {message}", file=sys.stderr, flush=True)
    sys.exit(1)


def run(command, log=None, **options):
    """Run a command to its end, its output going to the file ``log`` if given.

    While it writes to a file, a dot is shown every few seconds, so that a long
    step can be told from a hanging one; not where several run at once.

    :raise SetupError: the command failed; the last lines of its output are shown
    """
    command = [str(part) for part in command]
    shown = shorten(" ".join(command), 300)
    if log is None:
        if subprocess.run(command, check=False, **options).returncode:
            raise SetupError(f"this command failed:\n  {shown}")
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, **options
        )
        if threading.current_thread() is threading.main_thread():
            _wait_with_dots(process)
        else:
            process.wait()
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
        raise SetupError(
            f"this command failed:\n  {shown}\n\n{tail}\n\nAll of it: {log}"
        )


def _wait_with_dots(process):
    started = time.monotonic()
    dotted = False
    try:
        while True:
            try:
                process.wait(5)
                break
            except subprocess.TimeoutExpired:
                print("." if dotted else "    .", end="", file=sys.stderr, flush=True)
                dotted = True
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if dotted:
        print(f" {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
