"""Where the project's set-up keeps things."""

import hashlib
import os
from pathlib import Path

MODULE = "mrp_backflush"
ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"

# Everything that the set-up makes lies here: ignored by git, removed by `make clean`.
DEV = ROOT / ".dev"
VENV = DEV / "venv"
DOWNLOADS = DEV / "downloads"
ODOO = DEV / "odoo"
DATA = DEV / "data"
LOGS = DEV / "logs"
# The embedded PostgreSQL is started by a command line that no space may be in.
CACHE = (
    Path.home() / ".cache" / MODULE / hashlib.sha256(str(DEV).encode()).hexdigest()[:12]
)
CLUSTER_HOME = CACHE if " " in str(DEV) else DEV
CLUSTER = CLUSTER_HOME / "postgres"
CLUSTER_READY = CLUSTER_HOME / "postgres.ready"

# Odoo finds the module by its technical name through this link, whatever the
# checkout's folder is called.
ADDONS = DEV / "addons"
MODULE_LINK = ADDONS / MODULE

LOCK = TOOLS / "requirements.lock"

# Several checkouts may share one PostgreSQL server: give each its own prefix.
DATABASE_PREFIX = os.environ.get("DATABASE_PREFIX", MODULE)
# Everybody knows the password: not for the network unless one asks for it.
HTTP_INTERFACE = os.environ.get("HTTP_INTERFACE", "127.0.0.1")
HTTP_PORT = os.environ.get("HTTP_PORT", "8069")
# Odoo limits its address space. Python 3.13.0 keeps the stack of each thread that has
# ended in it, so that a server would take no request any more after some hundred.
NO_MEMORY_LIMIT = "limit-memory-hard=0"


def link_module():
    """Make the module loadable under its technical name."""
    ADDONS.mkdir(parents=True, exist_ok=True)
    if not MODULE_LINK.is_symlink():
        MODULE_LINK.symlink_to(os.path.relpath(ROOT, ADDONS))
