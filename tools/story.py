"""The way of a click through the module's code.

Each click is made in a company of its own at default settings, on an order of one
product of one untracked component, and undone. What is shown and counted is the second
time, when Odoo knows its models and has read what it keeps; lines are the third one's.

    make story CLICK=done
    make story CLICK=done FULL=1
    make story

The second shows all, the small functions and each call by itself; the third the figures
of all clicks.
"""

import argparse
import os
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import CO_GENERATOR
from pathlib import Path
from unittest.mock import patch

import odoo
from odoo.api import Environment
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

MODULE = "mrp_backflush"
# Of the module's folder: what belongs to no click.
NOT_TOLD = ("tests", "tools", "benchmarks", "compare")
# Of a story that is not told in full.
MOST_LINES = 150
QUANTITY = 10


def main():
    options = parse_arguments()
    config.parse_config(
        [
            f"--addons-path={os.environ['ADDONS_PATH']}",
            f"--data-dir={os.environ['DATA_DIR']}",
            "--log-level=error",
            "--no-http",
        ]
    )
    with Registry(options.database).cursor() as cr:
        env = Environment(cr, odoo.SUPERUSER_ID, {})
        try:
            if options.click:
                print("\n".join(tell(env, options.click, options.full)))
            else:
                print("\n".join(compare(env)))
        finally:
            cr.rollback()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", help="one with the module")
    parser.add_argument("click", nargs="?", choices=CLICKS)
    parser.add_argument("--full", action="store_true", help="tell everything")
    return parser.parse_args()


# The clicks: what is prepared, and what is called then.


class Factory:
    """A company at default settings that makes tables of one board each.

    :param rule: its rule for shortages
    """

    def __init__(self, env, rule):
        company = env["res.company"].create({"name": "Story", "shortage_rule": rule})
        user = env.ref("base.user_admin")
        user.company_ids += company
        self.env = env(user=user, context={"allowed_company_ids": company.ids})
        # Odoo makes one for a company only where tests run.
        warehouses = env["stock.warehouse"]
        warehouse = warehouses.search(
            [("company_id", "=", company.id)], limit=1
        ) or warehouses.create({"company_id": company.id, "code": "STORY"})
        self.stock = warehouse.lot_stock_id
        self.table, self.board = self.env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Table", "Board")]
        )
        self.bom = self.create_bom()

    def create_bom(self, **values):
        """:param values: the component's"""
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.table.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": self.board.id, **values})
                ],
            }
        )

    def create_bom_with_operation(self):
        workcenter = self.env["mrp.workcenter"].create({"name": "Bench"})
        bom = self.create_bom(issue_method="operation")
        bom.operation_ids = [
            Command.create({"name": "Assemble", "workcenter_id": workcenter.id})
        ]
        bom.bom_line_ids.operation_id = bom.operation_ids
        return bom

    def create_order(self, bom=None):
        order = self.env["mrp.production"].create(
            {
                "product_id": self.table.id,
                "bom_id": (bom or self.bom).id,
                "product_qty": QUANTITY,
            }
        )
        order.action_confirm()
        return order

    def receive(self):
        """What an order needs."""
        self.env["stock.quant"].sudo()._update_available_quantity(
            self.board, self.stock, QUANTITY
        )


def done(factory):
    factory.receive()
    return factory.create_order().button_mark_done


def finish_operation(factory):
    factory.receive()
    [workorder] = factory.create_order(
        factory.create_bom_with_operation()
    ).workorder_ids
    workorder.button_start()
    return workorder.button_finish


def issue(factory):
    factory.receive()
    return factory.create_order().move_raw_ids.action_issue


def give_back(factory):
    factory.receive()
    component = factory.create_order().move_raw_ids
    component.action_issue()
    return component.action_return


def settle(factory):
    order = factory.create_order()
    order.button_mark_done()
    factory.receive()
    return order.backflush_exception_ids.action_retry


def work_on_run(factory):
    factory.receive()
    order = factory.create_order()
    runs = factory.env["mrp.completion.run"].sudo()
    run = runs.create(
        {
            "user_id": factory.env.uid,
            "company_id": factory.env.company.id,
            "line_ids": [Command.create({"production_id": order.id})],
        }
    )
    cursor = factory.env.cr

    def work():
        # All but the end of the transaction.
        with patch.object(cursor, "commit", cursor.flush):
            runs._work()
        assert run.line_ids.result == "done", run.line_ids.message

    return work


def report(factory):
    factory.receive()
    reports = factory.env["mrp.production.report"]
    return lambda: reports.report_production(factory.table.id, QUANTITY)


def undo(factory):
    answer = report(factory)()
    return factory.env["mrp.production.report"].browse(answer["id"]).action_undo


def preview(factory):
    factory.receive()
    return factory.create_order().get_backflush_plan


@dataclass(frozen=True)
class Click:
    """:param prepare: does what comes before, and returns what the click calls
    :param rule: what happens with shortages
    """

    name: str
    prepare: object
    rule: str = "allow"


CLICKS = {
    "done": Click("Done", done),
    "operation": Click("A work order's finish, method *operation*", finish_operation),
    "issue": Click("Issue Components, park", issue, "park"),
    "return": Click("Return Components", give_back),
    "settle": Click("An exception's retry", settle, "park"),
    "run": Click("Complete Orders, one line of a run", work_on_run),
    "report": Click("Report Production", report),
    "undo": Click("Undo of a report", undo),
    "preview": Click("Backflush Preview", preview),
}


# Following one.


@dataclass
class Call:
    """One of a function of the module's, and those that it made; or several of it."""

    code: object = None
    calls: list = field(default_factory=list)
    times: int = 1

    @property
    def is_small(self):
        """A lambda or a generator within a function, not one with a name."""
        return self.code.co_name.startswith("<")


class Story:
    """What was called, in order.

    :param calls: all of them, in order; a generator that goes on is none
    """

    def __init__(self):
        self.root = Path(sys.modules[f"odoo.addons.{MODULE}"].__file__).parent
        self.beginning = Call()
        self.calls = []
        self.lines = Counter()
        self._open = [self.beginning]
        self._generators = {}
        self._files = {}

    def get_file(self, code):
        """:return: the path below the module's folder; None if it isn't the module's"""
        if code not in self._files:
            path = Path(code.co_filename)
            own = path.is_relative_to(self.root) and path.relative_to(self.root)
            self._files[code] = own if own and own.parts[0] not in NOT_TOLD else None
        return self._files[code]

    @contextmanager
    def following(self):
        sys.setprofile(self._follow)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _follow(self, frame, event, _argument):
        if event not in ("call", "return") or not self.get_file(frame.f_code):
            return
        if event == "return":
            self._open.pop()
            return
        call = self._generators.get(frame)
        if call is None:
            call = Call(frame.f_code)
            self.calls.append(call)
            self._open[-1].calls.append(call)
            if frame.f_code.co_flags & CO_GENERATOR:
                self._generators[frame] = call
        self._open.append(call)

    @contextmanager
    def counting_lines(self):
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(None)

    def _trace(self, frame, event, _argument):
        file = self.get_file(frame.f_code)
        if event == "line":
            self.lines[file] += 1
        return self._trace if file else None


def follow(env, name):
    """Make a click three times, and undo it."""
    click = CLICKS[name]
    story = Story()
    with _undone(env):
        factory = Factory(env, click.rule)
        make(factory, click, contextmanager(lambda: iter([None])))
        make(factory, click, story.following)
        make(factory, click, story.counting_lines)
    return story


def make(factory, click, watching):
    """:param watching: a context manager"""
    cursor = factory.env.cr
    with _undone(factory.env):
        function = click.prepare(factory)
        # As a request begins and ends.
        cursor.flush()
        factory.env.invalidate_all()
        with watching():
            function()
            cursor.flush()


@contextmanager
def _undone(env):
    with env.cr.savepoint() as savepoint:
        yield
        savepoint.rollback()


# Counting.


def get_room(file):
    """A folder below models/; its files themselves are the story; else the first
    folder."""
    first, *rest = file.parts
    if first != "models":
        return first
    return rest[0] if len(rest) > 1 else "story"


@dataclass
class Figures:
    calls: int
    small: int
    functions: int
    files: int
    file_changes: int
    room_changes: int
    lines: int

    def __str__(self):
        return (
            f"{self.calls:,} calls (+ {self.small:,} of lambdas and generators) of "
            f"{self.functions} functions in {self.files} files, {self.file_changes} "
            f"changes of file, {self.room_changes} of room, {self.lines:,} lines"
        )


def count(story):
    named = [call.code for call in story.calls if not call.is_small]
    files = [story.get_file(code) for code in named]
    return Figures(
        calls=len(named),
        small=len(story.calls) - len(named),
        functions=len(set(named)),
        files=len(set(files)),
        file_changes=_count_changes(files),
        room_changes=_count_changes([get_room(file) for file in files]),
        lines=story.lines.total(),
    )


def _count_changes(values):
    return sum(one != other for one, other in zip(values, values[1:], strict=False))


def compare(env):
    """The figures of all clicks, as a table."""
    yield (
        "| click | calls (+ lambdas, generators) | functions | files | changes of file "
        "| changes of room | lines |"
    )
    yield "| --- " * 7 + "|"
    for name, click in CLICKS.items():
        found = count(follow(env, name))
        yield (
            f"| {name}: {click.name} | {found.calls:,} (+ {found.small:,}) "
            f"| {found.functions} | {found.files} | {found.file_changes} "
            f"| {found.room_changes} | {found.lines:,} |"
        )


# Telling.


def tell(env, name, is_full=False):
    """The lines of a click's story."""
    story = follow(env, name)
    yield f"{CLICKS[name].name}: {count(story)}"
    yield ""
    yield from _describe_rooms(story)
    yield ""
    calls = story.beginning.calls
    if not is_full:
        calls = merge(calls)
    depth = sys.maxsize if is_full else _get_depth(calls)
    yield from _describe(story, calls, depth)


def _describe_rooms(story):
    rooms = defaultdict(list)
    lines = Counter()
    for call in story.calls:
        rooms[get_room(story.get_file(call.code))].append(call)
    for file, number in story.lines.items():
        lines[get_room(file)] += number
    yield f"{'room':<20}{'files':>7}{'functions':>11}{'calls':>8}{'small':>8}{'lines':>8}"
    for room, calls in sorted(rooms.items(), key=lambda item: -len(item[1])):
        named = [call.code for call in calls if not call.is_small]
        files = {story.get_file(code) for code in named}
        yield (
            f"{room:<20}{len(files):>7}{len(set(named)):>11}{len(named):>8}"
            f"{len(calls) - len(named):>8}{lines[room]:>8,}"
        )


def merge(calls):
    """Calls of one function that follow each other are one; the small ones are left
    out, but what they call is told."""
    merged = []
    for call in _get_named(calls):
        if merged and merged[-1].code == call.code:
            merged[-1].times += call.times
            merged[-1].calls += call.calls
        else:
            merged.append(Call(call.code, [*call.calls], call.times))
    for call in merged:
        call.calls = merge(call.calls)
    return merged


def _get_named(calls):
    for call in calls:
        if call.is_small:
            yield from _get_named(call.calls)
        else:
            yield call


def _get_depth(calls):
    """How deep to tell, so that it stays readable."""
    depth, level, lines = 0, calls, 0
    while level and lines + len(level) <= MOST_LINES:
        lines += len(level)
        depth += 1
        level = [each for call in level for each in call.calls]
    return depth


def _describe(story, calls, depth, indent=0, last=None):
    """:param last: the file of the line before"""
    for call in calls:
        file = story.get_file(call.code)
        place = "" if file == last else str(file.relative_to(file.parts[0]))
        name = getattr(call.code, "co_qualname", call.code.co_name)
        text = "  " * indent + name + (f" × {call.times}" if call.times > 1 else "")
        if indent + 1 == depth and call.calls:
            text += f"  … {_count_below(call)} more"
        yield f"{place:<36} {text}"
        last = file
        if indent + 1 < depth:
            last = yield from _describe(story, call.calls, depth, indent + 1, last)
    return last


def _count_below(call):
    return sum(each.times + _count_below(each) for each in call.calls)


if __name__ == "__main__":
    main()
