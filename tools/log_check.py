"""Install, update and tests may log no warning of ours."""

import re

from console import SetupError
from paths import MODULE

PROBLEM = re.compile(r" (WARNING|ERROR|CRITICAL) ")
# Warnings of the machine, which say nothing about the module.
OF_THE_MACHINE = (
    "Running as user 'root' is a security risk",
    "pg_trgm",
    "unaccent",
    "wkhtmltopdf",
)
# What the module should say of others: this one has a say in reserving.
OF_OTHERS = re.compile(
    r"The shortcut waiting is not taken,.* of odoo\.addons\.stock_picking_batch\."
)


def check(whole=(), ours=()):
    """Look for warnings and errors in Odoo's logs.

    :param whole: logs of the module alone, where each problem is ours
    :param ours: logs that core writes to as well; only what names the module counts
    :raise SetupError: there are some; they are shown
    """
    problems = []
    for log in [*whole, *ours]:
        if not log.exists():
            continue
        for line in log.read_text(errors="replace").splitlines():
            if not PROBLEM.search(line) or any(text in line for text in OF_THE_MACHINE):
                continue
            if OF_OTHERS.search(line):
                continue
            if log in whole or MODULE in line.split(" ", 5)[-1]:
                problems.append(f"{log.name}: {line}")
    if problems:
        raise SetupError("warnings in the log:\n  " + "\n  ".join(problems[:20]))
