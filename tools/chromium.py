"""The browser that the tours and the screenshots need."""

import os
import shutil

from console import IN_CI, SetupError, run, say
from paths import LOGS

PROGRAMS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")


def ensure_chromium():
    """Return whether there is a browser, installing Debian's as root.

    :raise SetupError: there is none, in CI, where nothing may be left untested
    """
    if _is_installed():
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the browser tests")
        try:
            run(["apt-get", "update"], log=LOGS / "apt-update.log")
            run(
                ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"],
                log=LOGS / "apt-chromium.log",
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            )
        except SetupError as error:
            say(f"Chromium could not be installed: {error}")
    if _is_installed():
        return True
    if IN_CI:
        raise SetupError("the browser tests need Chromium (apt-get install chromium)")
    say(
        "No Chromium: the browser tests are not run, and listed below as skipped. "
        "To run them, as root: apt-get install chromium"
    )
    return False


def _is_installed():
    return any(shutil.which(program) for program in PROGRAMS)
