"""What counts cost: bounded by products, not by orders; nothing where nobody counts."""

import sys
from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .test_count import CountCase

# What only counts read.
TABLES = ("mrp_line_count", "mrp_consumption_share")
OWN = __name__.partition(".tests.")[0]


class CountCostCase(CountCase):
    def count_statements(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def undone(self, function):
        with self.cr.savepoint() as savepoint:
            result = function()
            savepoint.rollback()
        self.env.invalidate_all()
        return result

    def create_bom_of(self, number, **values):
        """Of a chair, of so many components that lie on the shelf."""
        parts = self.create_parts(number, **values)
        for part in parts:
            self.add_stock(part, 1000, location=self.shelf)
        place = {"supply_location_id": self.shelf.id}
        return self.create_bom(
            *((part, 1, place) for part in parts),
            product=self.create_product("Chair"),
        )

    def create_orders(self, bom, number, quantity=1):
        orders = self.env["mrp.production"].create(
            [
                {
                    "product_id": self.get_product_made(bom).id,
                    "bom_id": bom.id,
                    "product_qty": quantity,
                }
                for _number in range(number)
            ]
        )
        orders.action_confirm()
        return orders

    def complete_orders(self, bom, number):
        orders = self.create_orders(bom, number, quantity=10)
        self.assertIs(orders.button_mark_done(), True)
        return orders


@tagged("post_install", "-at_install")
class TestCountCost(CountCostCase):
    def test_counting_and_validating_are_bounded_by_products(self):
        bom = self.create_bom_of(3)
        self.complete_orders(bom, 2)
        # What is kept in caches is there then.
        self.undone(self.measure)
        before = self.undone(self.measure)
        self.complete_orders(bom, 20)
        self.assert_no_more(self.undone(self.measure), before)

    def test_a_history_of_counts_costs_no_statement_more(self):
        bom = self.create_bom_of(3)
        found = []
        for number in (2, 20):
            self.complete_orders(bom, number)
            sheet = self.create_sheet()
            for line in sheet.line_ids:
                line.counted_quantity = self.on_shelf(line.product_id)
            sheet.action_validate()
            self.complete_orders(bom, 2)
            self.undone(self.measure)
            found.append(self.undone(self.measure))
        self.assert_no_more(found[1], found[0])

    def measure(self):
        """:return: statements of loading a sheet, of counting its lines one by one, and
        of validating it"""
        sheet = self.env["mrp.line.count"].create({"location_id": self.shelf.id})
        loading = self.count_statements(sheet.action_load)
        lines = sheet.line_ids
        self.assertEqual(len(lines), 4)
        counting = []
        for line in lines:
            quantity = self.on_shelf(line.product_id) - 1
            counting.append(
                self.count_statements(
                    lambda line=line, quantity=quantity: line.write(
                        {"counted_quantity": quantity}
                    )
                )
            )
        validating = self.count_statements(sheet.action_validate)
        self.assertEqual(sheet.state, "done")
        return loading, *counting, validating

    def assert_no_more(self, after, before):
        """But for what is kept in caches that something has cleared, and for dates that
        are written by statements of their own where a second passes meanwhile."""
        for number, most in zip(after, before, strict=True):
            self.assertLessEqual(number, most + 5, (after, before))

    def test_loading_and_showing_a_sheet_is_bounded(self):
        found = []
        for number in (3, 30):
            self.create_bom_of(number)
            sheet = self.env["mrp.line.count"].create({"location_id": self.shelf.id})
            loading = self.count_statements(sheet.action_load)
            self.assertGreaterEqual(len(sheet.line_ids), number)
            sheet.get_counting()
            counting = self.count_statements(
                lambda sheet=sheet: sheet.browse(sheet.ids).get_counting()
            )
            form = Form(sheet)
            reading = self.count_statements(
                lambda sheet=sheet, form=form: sheet.browse(sheet.ids).web_read(
                    form._view["fields_spec"]
                )
            )
            found.append((loading, counting, reading))
            sheet.action_cancel("Only looked")
        self.assert_no_more(found[1], found[0])


@tagged("post_install", "-at_install")
class TestCompletionCost(CountCostCase):
    """With Line Counts on, components are issued as ever."""

    def count_completion(self, bom, number):
        """The least of three: where a second passes, dates are written apart."""
        orders = self.create_orders(bom, number)
        return min(
            self.undone(lambda: self.count_statements(orders.button_mark_done))
            for _time in range(3)
        )

    def test_a_small_constant_more_than_off(self):
        bom = self.create_bom_of(5)
        for number in (1, 20):
            found = {}
            for is_on in (False, True):
                self.company.use_line_count = is_on
                self.count_completion(bom, number)
                found[is_on] = self.count_completion(bom, number)
            with self.subTest(number=number):
                # Waiting for the turn, saying that there is something new, and shares.
                self.assertLessEqual(found[True] - found[False], 8)

    @contextmanager
    def noting_statements(self, statements):
        execute = Cursor.execute

        def noting_execute(cursor, query, *args, **kwargs):
            statements.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", noting_execute):
            yield

    def test_off_nothing_of_counts_is_read(self):
        """Neither by a completion, nor by the lists and forms that people open."""
        self.company.use_line_count = False
        bom = self.create_bom_of(5)
        orders = self.create_orders(bom, 3)
        statements = []
        with self.noting_statements(statements):
            orders.button_mark_done()
            self.env.flush_all()
            for records in (orders, bom, self.screw, self.shelf, orders.move_raw_ids):
                self.env.invalidate_all()
                self.read_screens(records)
        self.assertGreater(len(statements), 50)
        self.assertFalse(
            [
                statement
                for statement in statements
                if any(table in statement for table in TABLES)
            ]
        )

    def read_screens(self, records):
        """As the browser reads what the form and the list show."""
        client = records.with_user(self.env.ref("base.user_admin"))
        for kind in ("form", "list"):
            form = Form(client[:1].browse()) if kind == "form" else None
            specification = (
                form._view["fields_spec"]
                if form
                else dict.fromkeys(self.get_list_fields(client), {})
            )
            client.browse(records.ids).web_read(specification)

    def get_list_fields(self, records):
        view = records.get_view(view_type="list")
        return [
            name
            for name, field in records.fields_get(view["models"][records._name]).items()
            if field["type"] not in ("one2many", "many2many")
        ]


@tagged("post_install", "-at_install")
class TestAtCountCost(CountCostCase):
    """Of components At Count, completing an order costs the same whatever is left to
    the next count."""

    def complete_one(self, bom):
        order = self.create_orders(bom, 1)
        return self.count_calls(order.button_mark_done)

    def count_calls(self, function):
        """:return: statements, and calls of the module's functions"""
        calls = 0

        def follow(frame, event, _argument):
            nonlocal calls
            if event == "call" and f"/{OWN.rpartition('.')[2]}/" in (
                frame.f_code.co_filename
            ):
                calls += 1

        def call():
            sys.setprofile(follow)
            try:
                function()
                self.env.flush_all()
            finally:
                sys.setprofile(None)

        return self.count_statements(call), calls

    def test_an_order_costs_the_same_however_much_is_left_to_count(self):
        bom = self.create_bom_of(3, issue_method="count")
        for _time in range(2):
            self.complete_one(bom)
        first = self.complete_one(bom)
        self.complete_orders(bom, 30)
        last = self.complete_one(bom)
        # Where a second passes meanwhile, dates are written by statements of their own.
        self.assertLess(last[0], first[0] * 1.05)
        self.assertLess(last[1], first[1] * 1.05)

    def test_what_is_announced_is_found_by_an_index(self):
        """And not among all moves that a product ever had."""
        moves = self.env["stock.move"]
        # By this alone: among few rows another index would do as well.
        domain = [("is_count_pending", "=", True)]
        self.cr.execute("SET LOCAL enable_seqscan = off")
        query = moves._search(domain).select()
        self.cr.execute(SQL("EXPLAIN %s", query))
        plan = "\n".join(line for (line,) in self.cr.fetchall())
        self.assertIn("stock_move_count_pending_idx", plan)

    def test_places_are_due_at_the_same_cost_however_much_is_left(self):
        self.create_bom_of(2)
        bom = self.create_bom_of(3, issue_method="count")
        places = self.env["stock.location"]
        found = []
        for number in (1, 20):
            self.complete_orders(bom, number)
            places._find_count_due(self.company)
            found.append(self.count_calls(lambda: places._find_count_due(self.company)))
        self.assertEqual(found[0], found[1])

    def test_what_is_left_grows_by_what_each_order_needs(self):
        bom = self.create_bom_of(2, issue_method="count")
        self.complete_orders(bom, 3)
        self.complete_orders(bom, 4)
        self.assertEqual(
            self.get_pending(bom.bom_line_ids.product_id).mapped("product_uom_qty"),
            [70, 70],
        )
        # Nobody else may count on it: 1000 less 70 that are used.
        self.assertEqual(
            bom.bom_line_ids.product_id.mapped("free_qty"),
            [930, 930],
        )

    def get_pending(self, products):
        return self.env["stock.move"].search(
            [
                ("is_count_pending", "=", True),
                ("product_id", "in", products.ids),
                ("state", "not in", ("done", "cancel")),
            ]
        )
