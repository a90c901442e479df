"""A pytest plugin: writes to a file what became of each test, for `scheduler.py`."""

import json
import os
import time
from collections import defaultdict
from pathlib import Path

import pytest

# The worst that happened to a test counts, be it in its set-up or its teardown.
SEVERITY = ("passed", "skipped", "failed")


def pytest_addoption(parser):
    parser.addoption("--results", help="File to write the tests' results to")


def pytest_configure(config):
    path = config.getoption("--results")
    if path:
        config.pluginmanager.register(Recorder(Path(path)))


class Recorder:
    """What became of each test, and the processor time it took, by its id."""

    def __init__(self, path):
        self.path = path
        self.outcomes = {}
        self.seconds = defaultdict(float)

    def pytest_collectreport(self, report):
        if report.failed:
            self._note(report.nodeid or "collection", "failed")

    def pytest_runtest_logreport(self, report):
        # That a test was set up well says nothing yet.
        if report.when == "call" or not report.passed:
            self._note(report.nodeid, report.outcome)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        before = _get_processor_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] += _get_processor_time() - before

    def _note(self, name, outcome):
        known = self.outcomes.get(name, outcome)
        self.outcomes[name] = max(known, outcome, key=SEVERITY.index)

    def pytest_sessionfinish(self):
        results = {"outcomes": self.outcomes, "seconds": self.seconds}
        self.path.write_text(json.dumps(results))


def _get_processor_time():
    """Processor time of this process and of those that it started and that ended."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
