"""The sheet: several people at once, odd input, what is left, what is printed."""

from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_count import CountCase

TURNS = "odoo.addons.mrp_backflush.models.count.counting.take_turns"


@tagged("post_install", "-at_install")
class TestTogether(CountCase):
    """Anna and Ben fill one sheet: 900 screws by the book, and some nuts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nut = cls.create_product("Nut", barcode="40063813")
        cls.add_stock(cls.nut, 20, location=cls.shelf)
        cls.create_bom((cls.nut, 1, {}), product=cls.create_product("Chair"))
        cls.complete(10)
        cls.people = [
            cls.create_user(name, "mrp.group_mrp_user", name=name.title())
            for name in ("anna", "ben")
        ]

    def setUp(self):
        super().setUp()
        self.sheet = self.create_sheet()

    def as_each(self, product=None):
        line = self.get_line(self.sheet, product)
        return [line.with_user(user) for user in self.people]

    def test_each_line_is_saved_by_itself(self):
        anna, _ben = self.as_each()
        _anna, ben = self.as_each(self.nut)
        anna.count(890)
        ben.count(19)
        lines = self.sheet.line_ids
        self.assertEqual(
            {line.product_id: line.counted_quantity for line in lines},
            {self.screw: 890, self.nut: 19},
        )
        self.assertEqual(
            {line.product_id: line.counted_by_id.login for line in lines},
            {self.screw: "anna", self.nut: "ben"},
        )

    def test_a_stale_screen_overwrites_nothing(self):
        anna, ben = self.as_each()
        self.assertEqual(anna.count(890)["counted"], 890)
        # Ben's screen still shows the line as not counted.
        with self.assertRaisesRegex(UserError, "Screw: Anna has counted 890 Units"):
            ben.count(12)
        self.assertEqual(anna.counted_quantity, 890)
        # He has looked, and counts again.
        self.assertEqual(ben.count(895, 890)["counted"], 895)
        with self.assertRaisesRegex(UserError, "Ben has counted 895"):
            anna.count(891, 890)
        with self.assertRaisesRegex(UserError, "Ben has counted 895"):
            anna.count(0, None)
        self.assertEqual(anna.counted_quantity, 895)

    def test_nothing_there_is_seen_as_counted(self):
        anna, ben = self.as_each()
        anna.count(0)
        with self.assertRaisesRegex(UserError, "Anna has counted 0"):
            ben.count(12)
        self.assertEqual(ben.count(12, 0)["counted"], 12)

    def test_one_more_is_added_to_what_others_counted(self):
        anna, ben = self.as_each(self.nut)
        self.assertEqual(anna.count_more(1)["counted"], 1)
        self.assertEqual(ben.count_more(1)["counted"], 2)
        self.assertEqual(anna.count_more(-1)["counted"], 1)
        self.assertEqual(self.sheet.count_scanned("40063813")["counted"], 2)

    def test_what_was_counted_is_forgotten(self):
        anna, ben = self.as_each()
        anna.count(890)
        with self.assertRaisesRegex(UserError, "Anna has counted 890"):
            ben.uncount(5)
        self.assertIsNone(anna.uncount(890)["counted"])
        self.assertFalse(anna.counted_at)
        self.assertFalse(self.sheet.share_ids)
        # There is nothing to forget.
        self.assertIsNone(ben.uncount()["counted"])

    def test_two_scan_the_same_at_the_same_moment(self):
        """While the second waits for his turn, the first has counted one."""
        [line] = self.as_each(self.nut)[:1]

        def wait(env, products, lots=()):
            self.env.cr.execute(
                "UPDATE mrp_line_count_line SET counted_quantity = 1, "
                "counted_at = now() WHERE id = %s",
                [line.id],
            )
            self.env.invalidate_all()

        self.assertFalse(line.counted_at)
        self.env.flush_all()
        with patch(TURNS, wait):
            counted = self.sheet.count_scanned("40063813")
        self.assertEqual(counted["counted"], 2)

    def test_a_closed_sheet_is_nobodys(self):
        anna, ben = self.as_each()
        anna.count(890)
        self.env.invalidate_all()
        self.sheet.action_validate()
        for call in (
            lambda: ben.count(1, 890),
            lambda: ben.count_more(1),
            lambda: self.sheet.count_scanned("40063813"),
            lambda: ben.action_nothing_there(),
        ):
            with self.assertRaisesRegex(UserError, "closed"):
                call()

    def test_who_only_sees_stock_counts_nothing(self):
        clerk = self.create_user("clerk", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.get_line(self.sheet).with_user(clerk).count(1)


@tagged("post_install", "-at_install")
class TestOddInput(CountCase):
    def setUp(self):
        super().setUp()
        self.complete(10)
        self.sheet = self.create_sheet()
        self.line = self.get_line(self.sheet)

    def test_no_quantity(self):
        for value in ("text", "1e30", 1e30, -1e30, float("nan"), None, True, []):
            with self.assertRaisesRegex(UserError, "is not a quantity"):
                self.line.count(value)
            with self.assertRaisesRegex(UserError, "is not a quantity"):
                self.line.count_more(value)
        self.assertFalse(self.line.counted_at)

    def test_less_than_nothing(self):
        for call in (lambda: self.line.count(-5), lambda: self.line.count_more(-1)):
            with self.assertRaisesRegex(
                UserError, "Screw: less than nothing can't be counted"
            ):
                call()
        self.assertFalse(self.line.counted_at)

    def test_written_by_a_program(self):
        for value in ("text", 1e30, float("inf")):
            with self.assertRaises(UserError) as caught:
                self.line.write({"counted_quantity": value})
            self.assertIn("Counted", str(caught.exception))

    def test_codes(self):
        for code in ("", "x" * 500, "-1", "1e30"):
            with self.assertRaises(UserError):
                self.sheet.count_scanned(code)


@tagged("post_install", "-at_install")
class TestSheet(CountCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nuts = [cls.create_product(f"Nut {number:02}") for number in range(25)]
        cls.create_bom(
            *((nut, 1, {}) for nut in cls.nuts), product=cls.create_product("Chair")
        )

    def add_nuts(self, number):
        for nut in self.nuts[:number]:
            self.add_stock(nut, 5, location=self.shelf)

    def test_what_is_not_counted_is_named_before_it_is_validated(self):
        self.add_nuts(2)
        self.complete(10)
        sheet = self.count(890)
        action = sheet.action_open_validation()
        dialog = self.open(action)
        self.assertEqual(dialog.uncounted_names, "Nut 00\nNut 01")
        self.assertEqual(dialog.uncounted_number, 2)
        self.assertEqual(sheet.state, "draft")
        dialog.save().action_validate()
        self.assertEqual(sheet.state, "done")
        self.assertEqual(self.on_shelf(self.nuts[0]), 5)

    def test_of_many_the_first_are_named(self):
        self.add_nuts(25)
        self.complete(10)
        sheet = self.count(890)
        names = self.open(sheet.action_open_validation()).uncounted_names
        self.assertEqual(len(names.splitlines()), 21)
        self.assertTrue(names.endswith("and 5 more"))

    def test_where_all_is_counted_nobody_is_asked(self):
        self.complete(10)
        sheet = self.count(890)
        self.assertIs(sheet.action_open_validation(), True)
        self.assertEqual(sheet.state, "done")

    def test_only_who_may_validate_does_so(self):
        self.add_nuts(1)
        self.complete(10)
        sheet = self.count(890)
        worker = self.create_user("worker", "mrp.group_mrp_user")
        dialog = self.open(sheet.with_user(worker).action_open_validation(), worker)
        with self.assertRaisesRegex(AccessError, "who may validate counts"):
            dialog.save().action_validate()

    def test_orders_in_progress_are_said(self):
        """Started, and at completion they take 100 more."""
        order = self.create_order(self.bom)
        sheet = self.create_sheet()
        self.assertEqual(sheet.get_counting()["unreported"], 0)
        order.action_start()
        self.env.invalidate_all()
        self.assertEqual(sheet.unreported_order_count, 1)
        self.assertEqual(sheet.get_counting()["unreported"], 1)
        action = sheet.action_view_unreported_orders()
        self.assertEqual(order.search(action["domain"]), order)
        self.finish(order.button_mark_done())
        self.env.invalidate_all()
        self.assertEqual(sheet.get_counting()["unreported"], 0)

    def test_worst_first(self):
        """By money: 10 screws of 0.50 are missing, 3 nuts of 4, and one was found."""
        self.add_nuts(2)
        self.nuts[0].standard_price = 4
        self.nuts[1].standard_price = 9
        self.complete(10)
        sheet = self.count(890)
        self.get_line(sheet, self.nuts[0]).counted_quantity = 2
        self.get_line(sheet, self.nuts[1]).counted_quantity = 6
        arch = self.env["mrp.line.count"].get_view(view_type="form")["arch"]
        [order] = html.fromstring(arch.encode()).xpath(
            "//field[@name='line_ids']/list/@default_order"
        )
        lines = sheet.line_ids.search([("count_id", "=", sheet.id)], order=order)
        self.assertEqual(lines.mapped("deviation_value"), [-12, -5, 9])

    def test_need_is_no_deviation(self):
        """10 of paint at 3 were needed, 11 are gone of 50: 1 too many, 3.00. Of 0 gone
        all 10 are too few."""
        paint = self.create_product("Paint", standard_price=3, issue_method="count")
        self.add_stock(paint, 50, location=self.shelf)
        self.complete(
            10,
            self.create_bom(
                (paint, 1, {"supply_location_id": self.shelf.id}),
                product=self.create_product("Chair"),
            ),
        )
        sheet = self.count(39, paint)
        line = self.get_line(sheet, paint)
        self.assertEqual((line.difference, line.difference_value), (-11, -33))
        self.assertEqual((line.deviation_value, sheet.deviation_value), (-3, -3))
        self.assertTrue(sheet.has_needs)
        line.counted_quantity = 50
        self.assertEqual(line.deviation_value, 30)

    def print_sheet(self, sheet, name):
        content, _type = self.env["ir.actions.report"]._render_qweb_html(
            f"mrp_backflush.{name}", sheet.ids
        )
        [table] = html.fromstring(content).xpath("//table[thead]")
        head, *rows = [
            [" ".join(cell.text_content().split()) for cell in row]
            for row in table.iter("tr")
        ]
        return head, rows

    def test_printed_without_book_quantities(self):
        self.screw.barcode = "4006381333931"
        self.complete(10)
        head, [row] = self.print_sheet(self.create_sheet(), "report_line_count")
        self.assertNotIn("Book", head)
        self.assertNotIn("900", " ".join(row))
        self.assertEqual(row[:4], ["Screw", "", "", "Units"])

    def test_printed_with_book_quantities(self):
        self.complete(10)
        sheet = self.create_sheet()
        head, [row] = self.print_sheet(sheet, "report_line_count_book")
        self.assertEqual(row[head.index("Book")], "900.00")
        self.assertEqual(row[head.index("Counted")], "")
        self.get_line(sheet).counted_quantity = 890
        self.complete(10)
        head, [row] = self.print_sheet(sheet, "report_line_count_book")
        # As it was when it was counted.
        self.assertEqual(row[head.index("Book")], "900.00")
        self.assertEqual(row[head.index("Counted")], "890.00")


@tagged("post_install", "-at_install")
class TestDueOnScreens(CountCase):
    def make_due(self, *places):
        for place in places:
            self.env.cr.execute(
                "UPDATE stock_location SET create_date = now() - interval '40 days' "
                "WHERE id = %s",
                [place.id],
            )
        self.env.invalidate_all()

    def test_tile_and_card_lead_to_the_places(self):
        orders = self.env["mrp.production"]
        makers = self.warehouse.manu_type_id
        before = orders.get_order_tiles()["count_due"]
        self.assertEqual(makers.count_places_due, before)
        self.make_due(self.shelf)
        self.assertEqual(orders.get_order_tiles()["count_due"], before + 1)
        self.assertEqual(makers.count_places_due, before + 1)
        self.assertEqual(self.warehouse.in_type_id.count_places_due, 0)
        for action in (
            self.env["stock.location"].action_open_count_due(),
            makers.action_open_count_due(),
            self.env["mrp.line.count"].action_count_due(),
        ):
            places = self.env["stock.location"].search(action["domain"])
            self.assertIn(self.shelf, places)

    def test_places_of_all_companies_that_one_works_in(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        place = warehouse.lot_stock_id.copy(
            {"name": "Line", "location_id": warehouse.lot_stock_id.id}
        )
        self.env["mrp.workcenter"].with_company(other).create(
            {"name": "Line", "company_id": other.id, "supply_location_id": place.id}
        )
        self.make_due(place, self.shelf)
        both = self.env["stock.location"].with_context(
            allowed_company_ids=[self.company.id, other.id]
        )
        # It doesn't count.
        self.assertNotIn(place, both._find_all_count_due())
        self.assertIn(self.shelf, both._find_all_count_due())
        other.use_line_count = True
        self.assertIn(place, both._find_all_count_due())
        alone = both.with_context(allowed_company_ids=[self.company.id])
        self.assertNotIn(place, alone._find_all_count_due())

    def test_who_does_not_manufacture_has_no_tile(self):
        self.make_due(self.shelf)
        clerk = self.create_user("clerk", "stock.group_stock_user")
        places = self.env["stock.location"].with_user(clerk)
        self.assertEqual(places._get_count_due_number(), 0)

    def test_count_now(self):
        workcenter = self.env["mrp.workcenter"].create({"name": "Assembly"})
        with self.assertRaisesRegex(UserError, "where Assembly takes its components"):
            workcenter.action_count_now()
        workcenter.supply_location_id = self.shelf
        self.complete(10)
        first = workcenter.action_count_now()
        self.env.invalidate_all()
        second = self.shelf.action_count_now()
        # The same sheet, with its lines.
        self.assertEqual(first["params"], second["params"])
        sheet = self.env["mrp.line.count"].browse(first["params"]["count_id"])
        self.assertEqual(sheet.location_id, self.shelf)
        self.assertEqual(sheet.line_ids.product_id, self.screw)

    def test_count_now_is_offered_where_the_company_counts(self):
        other = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.assertTrue(self.shelf.has_line_counts)
        self.assertFalse(warehouse.lot_stock_id.has_line_counts)
        for company in (self.company, other):
            workcenter = self.env["mrp.workcenter"].with_company(company)
            self.assertEqual(
                workcenter.create({"name": "Line"}).has_line_counts,
                company == self.company,
            )

    def test_activity_for_who_counted_last(self):
        anna = self.create_user("anna", "mrp.group_mrp_user")
        self.complete(10)
        sheet = self.count(900)
        sheet.user_id = anna
        sheet.action_validate()
        sheet.sudo().env.cr.execute(
            "UPDATE mrp_line_count SET date_done = %s WHERE id = %s",
            [fields.Datetime.subtract(fields.Datetime.now(), days=31), sheet.id],
        )
        self.env.invalidate_all()
        self.env["mrp.line.count"]._remind_of_due()
        self.env.invalidate_all()
        activity = self.shelf.open_line_count_id.activity_ids
        self.assertEqual(activity.user_id, anna)
        self.assertIn("Assembly Shelf", activity.summary)
        self.env["mrp.line.count"]._remind_of_due()
        self.assertEqual(len(self.shelf.open_line_count_id.activity_ids), 1)
