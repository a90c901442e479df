"""What `make story` follows. Not part of the installed module, as the tools aren't."""

from dataclasses import dataclass
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from clicks import CLICKS, Factory
from story import (
    MOST_LINES,
    Call,
    Story,
    choose,
    count,
    follow,
    get_room,
    make,
    merge,
    tell,
)


@dataclass(frozen=True)
class Code:
    """As Python's."""

    co_name: str


@tagged("post_install", "-at_install")
class TestClicks(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rules = {click.rule for click in CLICKS.values()}
        cls.factories = {rule: Factory(cls.env, rule) for rule in rules}

    def make(self, name):
        """Once only, as it takes a while."""
        story, click = Story(), CLICKS[name]
        make(self.factories[click.rule], click, story.following())
        return count(story)

    def test_each_click_can_be_followed(self):
        for name in CLICKS:
            with self.subTest(click=name):
                found = self.make(name)
                self.assertGreater(found.calls, found.functions)
                self.assertGreater(found.functions, found.files)
                self.assertGreater(found.file_changes, found.files)


@tagged("post_install", "-at_install")
class TestStory(TransactionCase):
    def test_nothing_is_left_of_it(self):
        models = ("res.company", "mrp.production", "stock.move", "mrp.completion.run")
        before = [self.env[model].search_count([]) for model in models]
        follow(self.env, "run")
        after = [self.env[model].search_count([]) for model in models]
        self.assertEqual(after, before)

    def test_figures(self):
        found, again = (count(follow(self.env, "preview")) for _time in range(2))
        self.assertGreater(found.lines, found.calls)
        self.assertEqual(again, found)

    def test_done_at_default_settings(self):
        """Of one untracked component: no more than a person can read."""
        found = count(follow(self.env, "done"))
        self.assertLess(found.calls + found.small, 330)
        self.assertLess(found.functions, 130)
        self.assertLess(found.files, 40)
        self.assertLess(found.file_changes, 200)
        self.assertLess(found.room_changes, 140)
        self.assertLess(found.lines, 1300)

    def test_it_is_told(self):
        lines = [*tell(self.env, "preview")]
        self.assertIn("Backflush Preview: ", lines[0])
        story = "\n".join(lines[lines.index("", 2) :])
        self.assertIn("MrpProduction.get_backflush_plan\n", story)
        self.assertRegex(story, r"\n {37,}\w+\.\w+")
        self.assertLess(len(lines), MOST_LINES + 30)
        self.assertGreater(len([*tell(self.env, "preview", is_full=True)]), len(lines))

    def test_rooms(self):
        for path, room in (
            ("models/mrp_production.py", "story"),
            ("models/lots/stock_move.py", "lots"),
            ("wizards/dialog.py", "wizards"),
        ):
            self.assertEqual(get_room(Path(path)), room)


@tagged("post_install", "-at_install")
class TestTelling(TransactionCase):
    def call(self, name, *calls):
        return Call(Code(name), [*calls])

    def describe(self, calls):
        return [
            (call.code.co_name, call.times, self.describe(call.calls)) for call in calls
        ]

    def test_repeated_calls_are_one(self):
        write = self.call("write", self.call("check"))
        again = Call(write.code, [self.call("note")])
        calls = merge([write, again, self.call("post"), write])
        self.assertEqual(
            self.describe(calls),
            [
                ("write", 2, [("check", 1, []), ("note", 1, [])]),
                ("post", 1, []),
                ("write", 1, [("check", 1, [])]),
            ],
        )

    def test_small_functions_are_passed_over(self):
        calls = merge([self.call("post", self.call("<lambda>", self.call("check")))])
        self.assertEqual(self.describe(calls), [("post", 1, [("check", 1, [])])])

    def test_what_is_long_is_cut(self):
        parts = [self.call(f"part {number}") for number in range(MOST_LINES - 10)]
        long, short = self.call("long", *parts), self.call("short", *parts[:20])
        calls = merge([long, short])
        # The one with the most below it; of the other there is no room for 20 lines.
        self.assertEqual(choose(calls), {calls[0].shape})
