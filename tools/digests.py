"""Prints the methods of core that the shortcuts stand for, with their digests as this
Odoo has them: what is marked as new is not known yet, and its shortcut isn't taken.

Called with a database in which the module is installed.
"""

import os
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config


def main(database):
    config.parse_config(
        [
            f"--addons-path={os.environ['ADDONS_PATH']}",
            f"--data-dir={os.environ['DATA_DIR']}",
            "--log-level=error",
            "--no-http",
        ]
    )
    with Registry(database).cursor() as cursor:
        env = Environment(cursor, SUPERUSER_ID, {})
        from odoo.addons.mrp_backflush.models import core_methods
        from odoo.addons.mrp_backflush.models.speed import shortcuts

        for shortcut in shortcuts.SHORTCUTS.values():
            for part in (shortcut.names, shortcut.restated):
                for model, digests in part.items():
                    for name, known in digests.items():
                        for method in core_methods.find_definitions(env[model], name):
                            digest = shortcuts.get_digest(method)
                            print(
                                shortcut.name,
                                f"{model}.{name}",
                                core_methods.get_place(method),
                                digest,
                                "" if digest in known else "NEW",
                            )


if __name__ == "__main__":
    main(*sys.argv[1:])
