"""whool, which names an addon after its folder, called in a folder of the right name.

A clone may be called anything; the addon is always mrp_backflush. What only the
project's own development needs is left out of the wheel.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from whool import buildapi

MODULE = "mrp_backflush"
NOT_SOURCE = (".*", "__pycache__", "*.pyc", "dist", "build")
NOT_INSTALLED = ("tools", "benchmarks", "compare", "Makefile")


@contextlib.contextmanager
def _in_named_copy(*left_out):
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / MODULE
        shutil.copytree(
            before, copy, ignore=shutil.ignore_patterns(*NOT_SOURCE, *left_out)
        )
        os.chdir(copy)
        try:
            yield
        finally:
            os.chdir(before)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    wheel_directory = os.path.abspath(wheel_directory)
    with _in_named_copy(*NOT_INSTALLED):
        return buildapi.build_wheel(wheel_directory, config_settings)


def build_sdist(sdist_directory, config_settings=None):
    sdist_directory = os.path.abspath(sdist_directory)
    with _in_named_copy():
        return buildapi.build_sdist(sdist_directory, config_settings)
