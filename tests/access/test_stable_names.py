"""The names that docs/integration.md gives to other systems are there, and do what it
says they return."""

import re
from inspect import signature

from odoo.tests import tagged

from ..common import BackflushCase
from ..pages import read_code, read_rows, read_sections
from ..remote import list_own_methods

PAGE = "integration.md"
INTERNAL = "Public, and not stable"
# Titles of sections about a model, and of those below about a method.
NAME = re.compile(r"`(.+)`")


def describe(name, method):
    """As the page's headings have it."""
    _self, *parameters = signature(method).parameters.values()
    said = [
        parameter.name
        if parameter.default is parameter.empty
        else f"{parameter.name}={parameter.default!r}".replace("'", '"')
        for parameter in parameters
    ]
    return f"{name}({', '.join(said)})"


@tagged("post_install", "-at_install")
class TestStableNames(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sections = read_sections(PAGE)
        cls.models = {
            found[1]: text
            for title, text in cls.sections.items()
            if (found := NAME.fullmatch(title))
        }
        cls.documented = {
            (model, call)
            for model, text in cls.models.items()
            for call in re.findall(r"^### `(.+)`$", text, re.MULTILINE)
        }

    def get_keys(self, heading, column="key"):
        """What a table of keys lists, below a heading or in a section."""
        [text] = re.findall(
            rf"^#+ `{re.escape(heading)}.*?\n(.+?)(?=^#)",
            "\n".join(f"## {title}\n{text}" for title, text in self.sections.items())
            + "\n#",
            re.MULTILINE | re.DOTALL,
        )
        [table] = re.findall(rf"^\| {column} .+?(?:\n\n|\Z)", text, re.M | re.S)
        return {key for row in read_rows(table + "\n") for key in read_code(row[0])}

    # Methods.

    def test_each_method_is_there_with_its_arguments(self):
        for model, call in self.documented:
            name = call.partition("(")[0]
            method = getattr(type(self.env[model]), name)
            self.assertEqual(describe(name, method), call, model)

    def test_each_public_method_is_stable_or_said_not_to_be(self):
        internal = {
            (model, name)
            for models, names in read_rows(self.sections[INTERNAL])
            for model in read_code(models)
            for name in read_code(names)
        }
        stable = {(model, call.partition("(")[0]) for model, call in self.documented}
        self.assertFalse(stable & internal)
        public = {(model, name) for model, name, _method in list_own_methods(self.env)}
        # Of the accounting applications, where they are installed.
        self.assertEqual(public - stable - internal, set())
        self.assertEqual(stable | internal, public)

    # Fields.

    def test_each_field_is_there(self):
        tried = set()
        for model, text in self.models.items():
            for cell, _meaning in self.read_fields(text):
                for name in read_code(cell):
                    self.assertIn(name, self.env[model]._fields, model)
                    tried.add((model, name))
        for models, names, _meaning in read_rows(self.sections["Levels"]):
            for model in read_code(models):
                for name in read_code(names):
                    self.assertIn(name, self.env[model]._fields, model)
                    tried.add((model, name))
        self.assertGreater(len(tried), 120)

    def read_fields(self, text):
        for table in re.findall(r"^\| field .+?\n\n", text, re.MULTILINE | re.DOTALL):
            yield from read_rows(table)

    def test_each_choice_is_named(self):
        """Of the fields whose values other systems read or write."""
        for model, name in (
            ("stock.move", "issue_state"),
            ("stock.move", "issue_method_source"),
            ("mrp.backflush.exception", "reason"),
            ("mrp.backflush.exception", "state"),
            ("mrp.backflush.exception", "next_step"),
            ("mrp.completion.run", "state"),
            ("mrp.completion.run.line", "result"),
            ("mrp.complete.orders.line", "outcome"),
            ("mrp.production.report", "state"),
            ("mrp.line.count", "state"),
            ("mrp.bom.proposal", "kind"),
            ("mrp.bom.proposal", "state"),
            ("mrp.deviation.reason", "kind"),
        ):
            owner = model.removesuffix(".line") if "count" not in model else model
            said = set(read_code(self.models[owner]))
            choices = self.env[model]._fields[name].get_values(self.env)
            self.assertLessEqual(set(choices), said, f"{model}.{name}")
        said = set(read_code(self.sections["Levels"]))
        for name in ("issue_method", "shortage_rule", "unissued_rule", "lot_rule"):
            choices = self.env["res.company"]._fields[name].get_values(self.env)
            self.assertLessEqual(set(choices), said, name)

    def test_read_only_fields_are_refused(self):
        """What the page says clients write is no field of the system's."""
        for model, text in self.models.items():
            for cell, meaning in self.read_fields(text):
                if "writing it" in meaning:
                    for name in read_code(cell):
                        self.assertFalse(self.env[model]._fields[name].readonly, name)

    # Results.

    def test_keys_of_the_plan(self):
        """Of a plan in which something is short, reserved for others, on its way and
        of a lot."""
        self.company.shortage_rule = "park"
        board = self.create_product("Board", tracking="lot")
        lot = self.create_lot(board, "B-1")
        self.add_stock(board, 8, lot=lot)
        screw = self.create_product("Screw", stock=10)
        bom = self.create_bom((board, 1, {}), (screw, 2, {}))
        holder = self.create_order(bom, quantity=2)
        holder.action_assign()
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "move_ids": [
                    (
                        *(0, 0),
                        {
                            "product_id": screw.id,
                            "product_uom_qty": 50,
                            "location_id": self.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": self.stock.id,
                        },
                    )
                ],
            }
        )
        receipt.action_confirm()
        order = self.create_order(bom, quantity=6)
        order.do_unreserve()
        of_board, of_screw = order.get_backflush_plan()
        keys = self.get_keys("get_backflush_plan()")
        self.assertEqual(set(of_board), keys)
        self.assertEqual(set(of_screw), keys)
        # Nested ones.
        [of_lot] = of_board["lots"]
        [held] = of_screw["reservations"]
        self.assertEqual(of_screw["shortage"], 6)
        self.company.shortage_rule = "allow"
        [taken] = order.get_backflush_plan()[1]["taken_from"]
        for key, found in (
            ("lots", of_lot),
            ("reservations", held),
            ("expected", of_screw["expected"]),
            ("taken_from", taken),
        ):
            [meaning] = [
                meaning
                for cell, meaning in read_rows(self.models["mrp.production"])
                if read_code(cell) == [key]
            ]
            said = re.search(r"dicts? of ([^;:,]*(?:, `\w+`)*(?: and `\w+`)?)", meaning)
            self.assertEqual(set(read_code(said[1])), set(found), key)

    def test_keys_of_completed_orders(self):
        bom = self.create_bom((self.create_product("Screw", stock=10), 1, {}))
        [answer] = self.create_order(bom, quantity=1).complete_orders()
        self.assertEqual(set(answer), self.get_keys("complete_orders("))

    def test_keys_of_reports(self):
        self.create_bom((self.create_product("Screw", stock=10), 1, {}))
        self.finished.barcode = "TABLE"
        reports = self.env["mrp.production.report"]
        said = self.get_keys("mrp.production.report", "key of a report")
        report = reports.report_production(self.finished.id, 1)
        self.assertEqual(set(report), said | {"message"})
        self.assertEqual(set(reports.get_reports()[0]), said)
        found = reports.find_product("TABLE")
        self.assertEqual(set(found), self.get_keys("find_product(", "key of a product"))

    def test_keys_of_scans(self):
        self.company.lot_rule = "scan"
        board = self.create_product("Board", tracking="lot")
        self.add_stock(board, 8, lot=self.create_lot(board, "B-1"))
        self.create_bom((board, 1, {}))
        reports = self.env["mrp.production.report"]
        [component] = reports.get_components_to_scan(self.finished.id, 1)
        self.assert_named("get_components_to_scan", component)
        scanned = reports.find_component_lot("B-1", [board.id])
        self.assert_named("find_component_lot", scanned)

    def test_keys_of_a_count(self):
        self.company.use_line_count = True
        self.create_bom((self.create_product("Screw", stock=10), 1, {}))
        sheet = self.env["mrp.line.count"].create({"location_id": self.stock.id})
        sheet.action_load()
        counting = sheet.get_counting()
        self.assert_named("get_counting", {**counting, **counting["lines"][0]})

    def assert_named(self, method, found):
        """Each key is in what is said of the method, and nothing more."""
        [text] = [
            text
            for model in self.models.values()
            for text in re.findall(
                rf"^### `{method}\(.*?\n(.+?)(?=^#|\Z)", model, re.M | re.S
            )
        ]
        said = re.search(r"dicts? of(.+)", text, re.DOTALL)[1]
        keys = set(read_code(said)) - {"null", "false"}
        self.assertEqual(set(found), keys, method)
