"""Prepared databases: made once, copied in a second, checked for completeness.

A database's own comment says what it holds. It is written last, so that what an
interrupted set-up left behind is recognized and made again.
"""

import contextlib
import hashlib
import os
import shutil
import sys

import psycopg2
from psycopg2 import sql

from console import SetupError, run, say
from oca import list_addons
from paths import DATA, DATABASE_PREFIX, LOGS, MODULE, ROOT

# The databases to copy from: their core modules, and whether with demo data.
BASES = {
    # What core's own mrp suite expects.
    "core": (("mrp",), True),
    # The applications that the module's own tests work beside.
    "applications": (
        ("mrp_account", "mrp_subcontracting", "mrp_product_expiry"),
        False,
    ),
    "accounting": (("mrp_account",), False),
    # Where orders in progress have analytic lines.
    "analytic": (("project_mrp_account",), False),
    # Core's applications that move the same stock.
    "neighbours": (
        ("mrp_subcontracting", "purchase_stock", "stock_picking_batch"),
        False,
    ),
    # Core's applications that buy, sell, repair and account for what is manufactured.
    "trade": (
        (
            *("project_mrp_account", "purchase_mrp", "sale_mrp", "mrp_repair"),
            *("mrp_subcontracting_purchase", "stock_account"),
        ),
        False,
    ),
    # Where it must get along with others, the community's addons among them.
    "beside": (
        (
            *("mrp_account", "mrp_subcontracting", "mrp_product_expiry"),
            *("purchase_mrp", "sale_mrp", "project_mrp_account"),
            *("purchase_stock", "stock_picking_batch"),
            *("queue_job", "stock_no_negative"),
        ),
        False,
    ),
    # Core's applications that sell it, ship it and account for that.
    "shops": (
        (
            *("purchase_mrp", "sale_mrp", "mrp_repair", "project_mrp"),
            *("mrp_landed_costs", "stock_dropshipping", "pos_mrp"),
            *("website_sale_stock",),
        ),
        False,
    ),
    # All that the community has around manufacturing, and orders in projects.
    "community": (("project_mrp_account", *list_addons()), False),
    "demo": (("mrp_account",), True),
}
# Into this one the module is installed with its demo data.
DEMO = "demo"
# What is made from a copy of another one.
BUILT_ON = {"beside": "applications", "community": "applications"}
# On these lie the community's addons as well.
BESIDE = {"beside", "community"}
# What is loaded into a database at install; a change of it calls for an update.
INSTALLED_PARTS = ("models", "wizards", "views", "security", "data", "report", "demo")


class Workbench:
    """The databases of this checkout on the server of libpq's variables.

    :param odoo: the OdooSource to install with
    """

    def __init__(self, odoo):
        self.odoo = odoo
        self.environment = {**os.environ, "PYTHONPATH": odoo.python_path}

    def name(self, suffix):
        return f"{DATABASE_PREFIX}_{suffix}"

    def odoo_command(self, command, database, *options):
        return [
            *(sys.executable, "-m", "odoo", command),
            f"--addons-path={self.odoo.addons_path}",
            f"--data-dir={DATA}",
            f"--database={database}",
            *options,
        ]

    def run_odoo(self, command, database, *options, log=None):
        # Never from within Odoo's addons: their names shadow Python's own modules.
        run(
            self.odoo_command(command, database, *options),
            log=log,
            cwd=ROOT,
            env=self.environment,
        )

    # The databases, each returning its name.

    def base(self, base):
        """A database with core modules alone, to copy from.

        :param base: one of BASES
        """
        modules, demo = BASES[base]
        database = self.name(f"base_{base}")
        content = f"{self.odoo.home} {','.join(modules)} {demo}"
        if self._content(database) == content:
            return database
        say(f"Preparing a database with {', '.join(modules)} (once, a minute or two)")
        missing = list(modules)
        if base in BUILT_ON:
            self.copy(self.base(BUILT_ON[base]), database)
            missing = [each for each in modules if each not in BASES[BUILT_ON[base]][0]]
        else:
            self._create(database)
        self._install(database, missing, demo, LOGS / f"base_{base}.log")
        self._mark(database, content)
        return database

    def test(self, suffix="test", base="applications"):
        """A fresh database with the module; with its demo data on the base of those.

        :return: its name and the log of the installation
        """
        database = self.name(suffix)
        self.copy(self.base(base), database)
        say(f"Installing {MODULE}")
        log = LOGS / f"install_{suffix}.log"
        self._install(database, [MODULE], base == DEMO, log)
        return database, log

    def demo(self):
        """The database of `make run`: the module and its demo data."""
        database = self.name("demo")
        content = f"{self.odoo.home} {_installed_parts_digest()}"
        found = self._content(database)
        if found == content:
            return database
        log = LOGS / "demo.log"
        if found is None:
            self.copy(self.base(DEMO), database)
            say(f"Installing {MODULE} with its demo data")
            self._install(database, [MODULE], True, log)
        else:
            say(f"Updating {MODULE}: its files have changed")
            self._odoo_init(database, log, f"--update={MODULE}", "--with-demo")
        self._mark(database, content)
        return database

    def copy(self, source, target):
        """Replace the database ``target`` and its files by a copy of ``source``."""
        self._create(target, template=source)
        files = DATA / "filestore"
        if (files / source).is_dir():
            # Odoo adds and removes files, but never writes to one again.
            shutil.copytree(files / source, files / target, copy_function=os.link)

    def drop(self, database):
        statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(
            sql.Identifier(database)
        )
        with self._administration() as cursor:
            try:
                cursor.execute(statement + sql.SQL(" WITH (FORCE)"))
            except psycopg2.errors.InsufficientPrivilege:
                # Autovacuum is working in it: without force it is made to give way.
                cursor.execute(statement)
        shutil.rmtree(DATA / "filestore" / database, ignore_errors=True)

    def drop_all(self):
        with self._administration() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s",
                [f"{DATABASE_PREFIX}\\_%"],
            )
            names = [name for (name,) in cursor.fetchall()]
        for name in names:
            self.drop(name)

    # Details.

    def _install(self, database, modules, demo, log):
        options = [f"--init={','.join(modules)}"]
        if demo:
            options.append("--with-demo")
        self._odoo_init(database, log, *options)

    def _odoo_init(self, database, log, *options):
        self.run_odoo(
            "server",
            database,
            "--stop-after-init",
            "--no-http",
            "--max-cron-threads=0",
            *options,
            log=log,
        )
        # Odoo ends well even where a module could not be loaded.
        errors = [line for line in log.read_text().splitlines() if " CRITICAL " in line]
        if errors:
            raise SetupError("\n".join([*errors[:5], f"All of it: {log}"]))

    def _create(self, database, template=None):
        self.drop(database)
        statement = (
            "CREATE DATABASE {} TEMPLATE {}"
            if template
            else "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LC_COLLATE 'C'"
        )
        with self._administration() as cursor:
            cursor.execute(
                sql.SQL(statement).format(
                    sql.Identifier(database), sql.Identifier(template or "template0")
                )
            )

    def _content(self, database):
        with self._administration() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
                " WHERE datname = %s",
                [database],
            )
            found = cursor.fetchone()
        return found and found[0]

    def _mark(self, database, content):
        with self._administration() as cursor:
            cursor.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                    sql.Identifier(database), sql.Literal(content)
                )
            )

    @contextlib.contextmanager
    def _administration(self):
        connection = psycopg2.connect(dbname="postgres")
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            yield cursor


def _installed_parts_digest():
    digest = hashlib.sha256((ROOT / "__manifest__.py").read_bytes())
    for part in INSTALLED_PARTS:
        for path in sorted((ROOT / part).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()
