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
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from inspect import CO_GENERATOR
from pathlib import Path
from types import CodeType
from unittest.mock import patch

import odoo
from odoo.api import Environment
from odoo.fields import Datetime
from odoo.modules.registry import Registry
from odoo.tools import config

from clicks import CLICKS, Factory

MODULE = "mrp_backflush"
# Of the module's folder: what belongs to no click.
NOT_TOLD = ("tests", "tools", "benchmarks", "compare")
# Of a story that is not told in full.
MOST_LINES = 150


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


# Following one.


@dataclass
class Call:
    """One of a function of the module's, and those that it made; or several of it."""

    code: CodeType | None = None
    calls: list = field(default_factory=list)
    times: int = 1
    # Its function and those below it, however often.
    shape: tuple = ()

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
        make(factory, click, nullcontext())
        make(factory, click, story.following())
        make(factory, click, story.counting_lines())
    return story


def make(factory, click, watching):
    """:param watching: a context manager"""
    cursor = factory.env.cr
    # Core writes a date again where a second has passed.
    with _undone(factory.env), patch.object(Datetime, "now", _stand_still()):
        function = click.prepare(factory)
        # As a request begins and ends.
        cursor.flush()
        factory.env.invalidate_all()
        with watching:
            function()
            cursor.flush()


def _stand_still():
    moment = Datetime.now()
    return staticmethod(lambda *_args: moment)


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
    if is_full:
        lines = _describe_all(calls)
    else:
        calls = merge(calls)
        lines = _describe(calls, choose(calls), set())
    last = None
    for code, text in lines:
        file = story.get_file(code)
        place = "" if file == last else file.relative_to(file.parts[0])
        yield f"{place!s:<36} {text}"
        last = file


def _describe_rooms(story):
    rooms = defaultdict(list)
    lines = Counter()
    for call in story.calls:
        rooms[get_room(story.get_file(call.code))].append(call)
    for file, number in story.lines.items():
        lines[get_room(file)] += number
    yield _format_row("room", "files", "functions", "calls", "small", "lines")
    for room, calls in sorted(rooms.items(), key=lambda item: -len(item[1])):
        named = [call.code for call in calls if not call.is_small]
        files = {story.get_file(code) for code in named}
        small = len(calls) - len(named)
        yield _format_row(
            room, len(files), len(set(named)), len(named), small, lines[room]
        )


def _format_row(room, *numbers):
    return f"{room:<20}" + "".join(f"{number:>11}" for number in numbers)


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
        call.shape = (call.code, tuple(each.shape for each in call.calls))
    return merged


def _get_named(calls):
    for call in calls:
        if call.is_small:
            yield from _get_named(call.calls)
        else:
            yield call


def choose(calls):
    """The shapes of calls of which more is told: those with the most below them, as
    long as the story stays readable."""
    chosen = set()
    lines = len(calls)
    candidates = [*calls]
    while candidates:
        call = max(candidates, key=_count_below)
        candidates.remove(call)
        is_new = call.calls and call.shape not in chosen
        if is_new and lines + len(call.calls) <= MOST_LINES:
            chosen.add(call.shape)
            lines += len(call.calls)
            candidates += call.calls
    return chosen


def _count_below(call):
    return sum(each.times + _count_below(each) for each in call.calls)


def _describe(calls, chosen, told, depth=0):
    """:param told: shapes of what was told already
    :return: pairs of code and line
    """
    for call in calls:
        text = "  " * depth + _get_name(call)
        if call.times > 1:
            text += f" × {call.times}"
        is_told = call.shape not in chosen or call.shape in told
        if call.calls and is_told:
            as_above = ", as above" if call.shape in told else ""
            text += f"  … {_count_below(call)} more{as_above}"
        yield call.code, text
        if not is_told:
            told.add(call.shape)
            yield from _describe(call.calls, chosen, told, depth + 1)


def _describe_all(calls, depth=0):
    for call in calls:
        yield call.code, "  " * depth + _get_name(call)
        yield from _describe_all(call.calls, depth + 1)


def _get_name(call):
    # Before Python 3.11 without its class.
    return getattr(call.code, "co_qualname", call.code.co_name)


if __name__ == "__main__":
    main()
