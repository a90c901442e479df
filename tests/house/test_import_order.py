"""It makes no difference in which order the files of models/ are imported."""

import ast
import inspect
import json
import subprocess
import sys
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import config

from ... import models
from ..common import BackflushCase
from ..profiles import choose, get_random

FOLDER = Path(models.__file__).parent
PACKAGE = models.__name__

# Run in a process of its own, before Odoo has imported the module.
SCRIPT = """
import json
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec

from odoo import SUPERUSER_ID, Command, fields
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import config

PACKAGE, FOLDER, ORDER, OPTIONS = json.loads(sys.argv[1])


class Shuffled:
    '''Imports the files in that order, whatever the rooms' doors say.'''

    def find_spec(self, name, path=None, target=None):
        folder = FOLDER + name.removeprefix(PACKAGE).replace(".", "/")
        if name != PACKAGE and name.removeprefix(f"{PACKAGE}.") not in ROOMS:
            return None
        spec = ModuleSpec(name, self, is_package=True)
        spec.submodule_search_locations = [folder]
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        if module.__name__ == PACKAGE:
            for name in ORDER:
                import_module(f"{PACKAGE}.{name}")


ROOMS = {name.partition(".")[0] for name in ORDER if "." in name}
sys.meta_path.insert(0, Shuffled())
config.parse_config(OPTIONS)
database = OPTIONS[-1]
with Registry(database).cursor() as cr:
    env = Environment(cr, SUPERUSER_ID, {})
    print("ANSWER", json.dumps([get_definitions(env, PACKAGE), work(env)]))
    cr.rollback()
"""


def get_definitions(env, package):
    """Where what the module defines of each model is in force: of all files that define
    it, the first by the order of overrides."""
    return {
        f"{model}.{name}": base.__module__
        for model, model_class in env.registry.items()
        for base in reversed(model_class.__mro__)
        if base.__module__.startswith(f"{package}.")
        for name, value in vars(base).items()
        if not name.startswith("__") and callable(value)
    }


def work(env):
    """An order with an issue before its completion, and its backorder.

    :return: what it comes to
    """
    product, part = env["product.product"].create(
        [{"name": name, "is_storable": True} for name in ("Frame", "Part")]
    )
    bom = env["mrp.bom"].create(
        {
            "product_tmpl_id": product.product_tmpl_id.id,
            "bom_line_ids": [(0, 0, {"product_id": part.id, "product_qty": 2})],
        }
    )
    order = env["mrp.production"].create({"bom_id": bom.id, "product_qty": 5})
    order.action_confirm()
    order.move_raw_ids.action_issue(3)
    order.qty_producing = 2
    order._set_qty_producing()
    order.with_context(
        skip_backorder=True, mo_ids_to_backorder=order.ids
    ).button_mark_done()
    orders = order.production_group_id.production_ids.sorted("id")
    return [
        [
            order.state,
            order.product_qty,
            [
                [move.state, move.quantity, move.issue_method, move.issue_state]
                for move in order.move_raw_ids.sorted("id")
            ],
        ]
        for order in orders
    ]


def read_files():
    """:return: the models of the module that each file defines, and those that it
    extends, by its name as it is imported"""
    files = {}
    for path in FOLDER.rglob("*.py"):
        if path.name != "__init__.py":
            name = ".".join(path.relative_to(FOLDER).with_suffix("").parts)
            files[name] = find_models(ast.parse(path.read_text()))
    return files


def find_models(tree):
    defined, extended = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            values = {
                target.id: ast.literal_eval(part.value)
                for part in node.body
                if isinstance(part, ast.Assign)
                for target in part.targets
                if isinstance(target, ast.Name) and target.id in ("_name", "_inherit")
            }
            inherited = values.get("_inherit", [])
            inherited = [inherited] if isinstance(inherited, str) else inherited
            extended |= {*inherited}
            if values.get("_name") and values["_name"] not in inherited:
                defined.add(values["_name"])
    return defined, extended - defined


def shuffle(files, generator):
    """An order in which each model is defined before it is extended, which Odoo asks
    for, and speed comes last, which passes by the others."""
    defined = {model: name for name, (models, _) in files.items() for model in models}
    order = []

    def add(name):
        if name not in order:
            for model in sorted(files[name][1] & defined.keys()):
                add(defined[model])
            order.append(name)

    names = sorted(files)
    generator.shuffle(names)
    for name in sorted(names, key=lambda name: name.startswith("speed.")):
        add(name)
    return order


@tagged("post_install", "-at_install")
class TestImportOrder(BackflushCase):
    def import_in(self, order):
        options = [
            f"--addons-path={','.join(config['addons_path'])}",
            f"--data-dir={config['data_dir']}",
            "--log-level=error",
            *("-d", self.env.cr.dbname),
        ]
        parts = [inspect.getsource(get_definitions), inspect.getsource(work), SCRIPT]
        done = subprocess.run(
            [
                *(sys.executable, "-B", "-c", "\n\n".join(parts)),
                json.dumps([PACKAGE, str(FOLDER), order, options]),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr[-4000:])
        [line] = [
            line for line in done.stdout.splitlines() if line.startswith("ANSWER ")
        ]
        return json.loads(line.removeprefix("ANSWER "))

    def test_any_order_comes_to_the_same(self):
        definitions, result = get_definitions(self.env, PACKAGE), work(self.env)
        self.assertEqual(
            result[0][:2] + result[1][:2], ["done", 2, "confirmed", 3], result
        )
        files = read_files()
        generator = get_random("import order")
        for _round in range(choose(quick=1, nightly=5)):
            order = shuffle(files, generator)
            with self.subTest(order=order):
                shuffled, shuffled_result = self.import_in(order)
                moved = {
                    name: (place, shuffled.get(name))
                    for name, place in definitions.items()
                    if shuffled.get(name) != place
                }
                self.assertEqual(moved, {}, order)
                self.assertEqual(shuffled.keys(), definitions.keys())
                self.assertEqual(shuffled_result, result)
