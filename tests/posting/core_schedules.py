"""Where core writes the dates of an order's moves: found in its source, so that a place
that comes with a point release isn't missed."""

import ast
import re

from .core_readers import find_files

# ``moves.write({'date': …``, ``moves.line_ids.date = …`` and commands in a compute.
_WRITES = re.compile(
    r"move\w*(\([^)]*\))*(\.\w+(\([^)]*\))?)*"
    r"\.(write\(\s*\{[^}]*'date(_deadline)?'|date(_deadline)? = )"
    r"|move\w*_ids = \[\s*Command\.update"
)
# Each with the reason why what was issued before completion keeps its day there.
KNOWN = {
    "mrp/models/mrp_production.py:write": "an order that is rescheduled leaves them",
    "mrp/models/mrp_production.py:create": "nothing was issued to a new order",
    "mrp/models/mrp_production.py:_compute_move_finished_ids": "products alone",
    "mrp_subcontracting/models/stock_picking.py:_action_done": (
        "nothing is issued early to a subcontractor's order"
    ),
}


def find_places():
    """:return: all places, as ``addon/folders/file.py:function``"""
    return {
        f"{addon.name}/{path.relative_to(addon)}:{function}"
        for addon, path in find_files()
        if path.suffix == ".py"
        for function in _find_functions(path.read_text())
    }


def _find_functions(source):
    if not _WRITES.search(source):
        return
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            body = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            if _WRITES.search(body):
                yield node.name
