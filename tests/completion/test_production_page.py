"""What docs/production.md says to who runs the servers."""

import ast
import re

from odoo.tests import tagged

from ...models.completion import mrp_completion_run
from ...models.turns import turns
from ..pages import MODULE, read_blocks, read_code, read_page, read_rows, read_sections
from .test_completion import CompletionCase

CODE = ("hooks.py", "models", "wizards", "report", "migrations")
# Their words in the table, by what is called.
LEVELS = {"exception": "error", "warn": "warning"}
PARAMETER_READERS = {"get_param", "_get_param", "set_param"}


def read_code_files():
    for name in CODE:
        path = MODULE / name
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            yield ast.parse(file.read_text())


def find_calls(names):
    """:return: the tree of the file, and each call of a method with such a name"""
    for tree in read_code_files():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in names
            ):
                yield tree, node


@tagged("post_install", "-at_install")
class TestProductionPage(CompletionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = read_page("production.md")
        cls.sections = read_sections("production.md")

    # What the code has.

    def test_each_line_of_the_log_is_explained(self):
        logged = set()
        for _tree, call in find_calls(
            {"info", "warning", "error", "exception", "critical"}
        ):
            if getattr(call.func.value, "id", "") == "_logger":
                text = ast.literal_eval(call.args[0])
                level = LEVELS.get(call.func.attr, call.func.attr)
                logged.add((level, re.sub(r"%s(\.%s of %s.+)?", "…", text)))
        rows = read_rows(read_sections("production.md", 3)["In the log"])
        said = {(level, *read_code(line)) for level, line, *_meaning in rows}
        self.assertEqual(said, logged)

    def test_each_parameter_is_listed(self):
        read = set()
        for tree, call in find_calls(PARAMETER_READERS):
            key = call.args[0]
            if isinstance(key, ast.Name):
                [key] = [
                    node.value
                    for node in tree.body
                    if isinstance(node, ast.Assign) and node.targets[0].id == key.id
                ]
            read.add(ast.literal_eval(key))
        rows = read_rows(self.sections["System parameters"])
        self.assertEqual({name for key, *_row in rows for name in read_code(key)}, read)
        for view in MODULE.rglob("*.xml"):
            if ".dev" not in view.parts:
                self.assertNotIn("config_parameter=", view.read_text())

    def test_each_scheduled_action_is_listed(self):
        said = {
            name: when
            for name, when, _what in read_rows(self.sections["Scheduled actions"])
        }
        data = self.env["ir.model.data"].search(
            [("module", "=", "mrp_backflush"), ("model", "=", "ir.cron")]
        )
        crons = self.env["ir.cron"].browse(data.mapped("res_id"))
        self.assertEqual(set(said), set(crons.mapped("cron_name")))
        for cron in crons:
            self.assertIn(
                f"every {cron.interval_number} {cron.interval_type}",
                said[cron.cron_name],
            )

    def test_numbers(self):
        """As many locks as there are numbers for them, of products and of lots."""
        keys = turns._get_keys(range(10000), [(1, str(n)) for n in range(20000)])
        self.assertEqual(len(keys), 2048)
        self.assertIn("2,048 locks", self.page)
        self.assertEqual(turns._LONGEST_WAIT, "60s")
        self.assertEqual(mrp_completion_run.PAUSE.total_seconds(), 60)
        self.assertEqual(self.company.completion_background_limit, 20)

    def test_figures_are_those_of_the_benchmarks(self):
        measured = {
            case: times
            for case, times, *_row in read_rows(
                (MODULE / "benchmarks" / "README.md").read_text()
            )
        }
        for case, times in read_rows(self.sections["How fast"]):
            said = measured[case.removeprefix("in the background: ")].split()[0]
            self.assertAlmostEqual(float(said), float(times), delta=0.051, msg=case)

    # The statements.

    def ask(self, number):
        """:return: the rows of the page's statement of that number"""
        self.env.flush_all()
        statements = read_blocks(self.sections["What to watch"], "sql")
        self.env.cr.execute(statements[number])
        return self.env.cr.dictfetchall()

    def test_statements_about_what_waits(self):
        """3 of 10 frames are missing."""
        self.set_rule("park")
        self.complete(self.create_orders(10))
        [row] = [row for row in self.ask(0) if row["reason"] == "shortage"]
        self.assertEqual(row["count"], 1)

    def test_statement_about_batches(self):
        self.company.completion_background_limit = 0
        orders = self.create_orders(1, 2, 3)
        dialog = self.env["mrp.complete.orders"].create({"production_ids": orders.ids})
        run = dialog.action_complete_all()["res_id"]
        [row] = [row for row in self.ask(1) if row["id"] == run]
        self.assertEqual((row["to_do"], row["left_over"]), (3, 0))
        lines = self.env["mrp.completion.run"].browse(run).line_ids
        lines._process_together()
        self.assertFalse([row for row in self.ask(1) if row["id"] == run])

    def test_statement_about_scheduled_actions(self):
        self.assertEqual(
            {row["cron_name"] for row in self.ask(2)},
            {name for name, *_row in read_rows(self.sections["Scheduled actions"])},
        )

    def test_statement_about_turns(self):
        """Of a transaction that completes an order of which the company wants to know
        what is there, and of a claim."""
        self.set_rule("park")
        order = self.create_orders(1)
        with turns.claimed(self.env.cr, order.id):
            order.complete_orders()
            kinds = {row["kind"] for row in self.ask(3) if row["granted"]}
        self.assertLessEqual({1835102822, 1835102823}, kinds)
