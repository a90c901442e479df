"""Databases of their own for tests that commit, and processes that work in them.

Plain pytest, because what is tested can't happen within a test's transaction.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import psycopg2

import odoo
from odoo import api, sql_db
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name
from odoo.tools import config

from .processes import forget_connections

MODULE = "mrp_backflush"


def administrate(*statements):
    connection = psycopg2.connect(dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


@contextmanager
def copied_database(name, source=None):
    """A copy of a database, for as long as it is needed.

    :param source: by default the one that the tests are run on, with the module
    """
    tested = get_db_name()
    source = source or tested
    name = f"{tested}_{name}"[:63]
    # Nobody may be connected to what is copied.
    sql_db.close_db(source)
    drop_database(name)
    administrate(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    try:
        yield name
    finally:
        Registry.delete(name)
        sql_db.close_db(name)
        drop_database(name)


def drop_database(name):
    statement = f'DROP DATABASE IF EXISTS "{name}"'
    try:
        administrate(f"{statement} WITH (FORCE)")
    except psycopg2.errors.InsufficientPrivilege:
        # Autovacuum is working in it: without force it is made to give way.
        administrate(statement)


def query(database, statement, *parameters):
    connection = psycopg2.connect(dbname=database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


# Odoo in a process of its own.


def run_odoo(command, database, *options, script=None):
    """:return: what Odoo wrote, log included"""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "odoo", command, "--no-http"),
            f"--addons-path={','.join(config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
            f"--database={database}",
            *options,
        ],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout + done.stderr


def run_in_shell(database, script):
    """Run a script in Odoo's shell and commit: with what is loaded of modules as it is
    in the database then, which takes some seconds.

    :return: what it left in the variable ``answer``
    """
    script += "\nimport json\nprint('ANSWER', json.dumps(answer))\nenv.cr.commit()\n"
    output = run_odoo("shell", database, "--log-level=error", script=script)
    [line] = [line for line in output.splitlines() if line.startswith("ANSWER ")]
    return json.loads(line.removeprefix("ANSWER "))


def install(database):
    return _load_module(database, f"--init={MODULE}")


def update(database):
    return _load_module(database, f"--update={MODULE}")


def _load_module(database, option):
    options = ("--stop-after-init", "--max-cron-threads=0")
    return run_odoo("server", database, *options, option)


# Forks of this process.


def run_script(database, script):
    """Run a script as Odoo's shell does, in a fork, and commit.

    :return: what it left in the variable ``answer``
    """
    process = ScriptProcess(database, script)
    assert process.wait() == 0, process.errors[-4000:]
    return process.answer


class ScriptProcess:
    """A fork that runs a script on a database.

    It begins in a moment, since Odoo is loaded already; apart from that nothing is
    shared: it has its own cursors, caches and log.
    """

    def __init__(self, database, script):
        self._folder = tempfile.TemporaryDirectory()
        self._answer = Path(self._folder.name) / "answer"
        self._output = Path(self._folder.name) / "output"
        _load(database)
        self.pid = os.fork()
        if not self.pid:
            self._run(database, script)

    def wait(self):
        """:return: its exit code, or the killing signal's number, negative"""
        status = os.waitpid(self.pid, 0)[1]
        self.errors = self._output.read_text(errors="replace")
        self.answer = (
            json.loads(self._answer.read_text()) if self._answer.exists() else None
        )
        self._folder.cleanup()
        return os.waitstatus_to_exitcode(status)

    def _run(self, database, script):
        code = 1
        try:
            _write_to(self._output)
            with _own_environment(database) as env:
                variables = {"env": env, "self": env.user, "odoo": odoo}
                exec(compile(script, "<script>", "exec"), variables)
                if "answer" in variables:
                    self._answer.write_text(json.dumps(variables["answer"]))
                env.cr.commit()
            code = 0
        except BaseException:
            logging.getLogger(__name__).exception("The script failed")
        finally:
            sys.stderr.flush()
            # Without the ends of pytest and its fixtures.
            os._exit(code)


def _load(database):
    """Load Odoo's models of a database, for the forks to come."""
    with not_testing():
        Registry(database)
    # A fork must not share a connection.
    sql_db.close_db(database)


@contextmanager
def not_testing():
    """As Odoo is when it serves."""
    thread = threading.current_thread()
    before = config["test_enable"], getattr(thread, "testing", False)
    config["test_enable"], thread.testing = False, False
    try:
        yield
    finally:
        config["test_enable"], thread.testing = before


def _write_to(path):
    """All that the fork writes, its log as well, goes to a file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    sys.stdout = sys.stderr = open(descriptor, "a", buffering=1, closefd=False)
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.ERROR)
    logging.getLogger().handlers = [handler]


@contextmanager
def _own_environment(database):
    with not_testing(), forget_connections():
        registry = Registry(database).check_signaling()
        with registry.cursor() as cr:
            context = api.Environment(cr, api.SUPERUSER_ID, {})["res.users"]
            yield api.Environment(cr, api.SUPERUSER_ID, context.context_get())
