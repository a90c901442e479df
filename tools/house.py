"""The rules of the house that no linter knows, by reading the code's syntax.

Each guard yields what breaks its rule; `make lint` fails by it. How long functions and
files are matters in the module itself: tests and tools read from top to bottom.
"""

import ast
import sys
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from paths import ROOT

# Below the root: not the project's.
NOT_OURS = (".dev", "build", "dist")
# The project's, and not the module's own.
BESIDE = ("tests", "tools", "benchmarks", "compare", "migrations")

# Odoo's and core's addons' keys that the module sets or asks for.
CORE_KEYS = {
    "active_test",
    "allowed_company_ids",
    "company",
    "display_default_code",
    "fifo_qty_already_processed",
    "lang",
    "location",
    "mo_ids_to_backorder",
    "no_procurement",
    "quants_cache",
    "skip_backorder",
    "skip_consumption",
    "skip_mo_check",
    "skip_preprocess_gs1",
    "tz",
    "uid",
    "with_expiration",
}

SPEED = "models/speed"
# Loads what is there of it.
SPEED_DOOR = "models/__init__.py"
RULES = "models/rules"
# Plain functions, though Odoo's.
PLAIN = ("odoo.tools.float_utils",)

MOST_LINES_OF_FUNCTION = 45
MOST_LINES_OF_FILE = 700


@dataclass(frozen=True, order=True)
class Fault:
    path: str
    line: int
    guard: str
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.guard}: {self.message}"


@dataclass(frozen=True)
class Source:
    """A file of Python.

    :param path: below the root, with slashes
    """

    path: str
    text: str

    @cached_property
    def tree(self):
        return ast.parse(self.text, self.path)

    @property
    def is_of_module(self):
        return PurePosixPath(self.path).parts[0] not in BESIDE

    def is_in(self, folder):
        return self.path.startswith(f"{folder}/")

    def find(self, *kinds):
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))


def read_sources(root=ROOT):
    """All Python files of the project."""
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if relative.parts[0] not in NOT_OURS:
            yield Source(relative.as_posix(), path.read_text())


# No key of ours in a context.


def find_own_keys(sources):
    """Keys of ours that are put into a context or looked up in one. What is handed on
    as a whole (``**values``) isn't seen: whoever looks it up is."""
    for source in sources:
        if not source.is_of_module:
            continue
        for node, key in _find_keys(source):
            if not _is_cores_key(key):
                name = ast.unparse(key)
                yield source, node, f"{name} is no key of core's"


def _find_keys(source):
    for node in source.find(ast.Call, ast.Subscript, ast.Compare):
        if isinstance(node, ast.Subscript):
            if _is_context(node.value):
                yield node, node.slice
        elif isinstance(node, ast.Compare):
            if any(_is_context(part) for part in node.comparators):
                yield node, node.left
        else:
            for key in _get_keys_of_call(node):
                yield node, key


def _get_keys_of_call(call):
    name = _get_last_name(call.func)
    if name == "depends_context":
        return call.args
    is_method = isinstance(call.func, ast.Attribute)
    if is_method and name in ("get", "pop") and _is_context(call.func.value):
        return call.args[:1]
    if name == "with_context":
        return _get_keys_of_values(call.args, call.keywords)
    if name == "dict" and call.args and _is_context(call.args[0]):
        return _get_keys_of_values(call.args, call.keywords)
    if name in ("env", "Environment"):
        return _get_keys_of_values(
            [each.value for each in call.keywords if each.arg == "context"], ()
        )
    return ()


def _get_keys_of_values(values, keywords):
    """The keys of dictionaries written out, and of keywords."""
    keys = [ast.Constant(each.arg) for each in keywords if each.arg]
    values = [*values, *(each.value for each in keywords if not each.arg)]
    for value in values:
        if isinstance(value, ast.Dict):
            # None stands for another one that is unpacked in it.
            keys += [key for key in value.keys if key]
    return keys


def _is_context(node):
    """Whether it is an environment's."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "context"
        and _get_last_name(node.value) in ("env", "_env")
    )


def _get_last_name(node):
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _is_cores_key(key):
    return isinstance(key, ast.Constant) and key.value in CORE_KEYS


# Each method of a model in one file.


def find_repeated_overrides(sources):
    """Methods of one model that are defined twice, other than for speed."""
    places = defaultdict(list)
    for source in sources:
        if source.is_of_module and not source.is_in(SPEED):
            for model, method in _find_methods(source):
                places[model, method.name].append((source, method))
    for (model, name), found in places.items():
        if len(found) > 1:
            (source, method), *rest = found
            others = ", ".join(f"{other.path}:{each.lineno}" for other, each in rest)
            yield source, method, f"{model}.{name} is overridden in {others} as well"


def _find_methods(source):
    for class_node in source.find(ast.ClassDef):
        model = _get_model(class_node)
        if model:
            for node in class_node.body:
                if isinstance(node, ast.FunctionDef):
                    yield model, node


def _get_model(class_node):
    """The name of the model that the class makes or extends, if it does either."""
    values = {
        target.id: node.value
        for node in class_node.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = values.get("_name", values.get("_inherit"))
    if isinstance(found, ast.List | ast.Tuple) and len(found.elts) == 1:
        [found] = found.elts
    return found.value if isinstance(found, ast.Constant) else None


# What may import what.


def find_imports_of_speed(sources):
    """Nothing needs that folder: it can be taken out."""
    for source in sources:
        if not source.is_of_module or source.path == SPEED_DOOR or source.is_in(SPEED):
            continue
        for node, name in _find_imports(source):
            if f"{name}.".startswith("models.speed."):
                yield source, node, "only speed itself imports from models/speed/"


def find_imports_in_rules(sources):
    """Plain Python: it knows neither Odoo's ORM nor the other rooms."""
    for source in sources:
        if not source.is_in(RULES):
            continue
        for node, name in _find_imports(source):
            first = name.partition(".")[0]
            is_plain = any(f"{name}.".startswith(f"{plain}.") for plain in PLAIN)
            is_other_room = first == "models" and not name.startswith("models.rules")
            if is_other_room or (first == "odoo" and not is_plain):
                yield source, node, f"rules are plain Python, without {name}"


def _find_imports(source):
    """Yield each import and its full name, the module's own as a path below it."""
    package = PurePosixPath(source.path).parent.parts
    for node in source.find(ast.Import, ast.ImportFrom):
        origin = ()
        if isinstance(node, ast.ImportFrom):
            if node.level:
                origin = package[: len(package) - node.level + 1]
            origin += tuple(filter(None, [node.module]))
        for alias in node.names:
            name = ".".join([*origin, alias.name])
            yield node, name.removeprefix("odoo.addons.mrp_backflush.")


# Sizes.


def find_long_functions(sources):
    for source in sources:
        for node in source.find(ast.FunctionDef, ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            lines = node.end_lineno - first + 1
            if lines > MOST_LINES_OF_FUNCTION and source.is_of_module:
                yield source, node, f"{node.name} has {lines} lines"


def find_long_files(sources):
    for source in sources:
        lines = len(source.text.splitlines())
        if lines > MOST_LINES_OF_FILE and source.is_of_module:
            yield source, source.tree, f"{lines} lines"


GUARDS = {
    "context": find_own_keys,
    "overrides": find_repeated_overrides,
    "speed": find_imports_of_speed,
    "rules": find_imports_in_rules,
    "functions": find_long_functions,
    "files": find_long_files,
}


def check(sources, names=tuple(GUARDS)):
    """:return: the faults, sorted"""
    sources = [*sources]
    return sorted(
        Fault(source.path, getattr(node, "lineno", 1), name, message)
        for name in names
        for source, node, message in GUARDS[name](sources)
    )


def main():
    faults = check(read_sources())
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
