"""A pytest plugin: writes the names of the tests that failed to a file."""

from pathlib import Path


def pytest_addoption(parser):
    parser.addoption("--failed-tests", help="File to write the failed tests' names to")


def pytest_runtest_logreport(report):
    if report.failed:
        FAILED.append(report.nodeid)


def pytest_sessionfinish(session):
    path = session.config.getoption("--failed-tests")
    if path and not hasattr(session.config, "workerinput"):
        root = session.config.rootpath
        names = dict.fromkeys(f"{root}/{name}" for name in FAILED)
        Path(path).write_text("\n".join(names))


FAILED = []
