"""Counting, in a real browser."""

from odoo.tests import HttpCase, tagged

from ..count.test_count import CountCase


class CountTourCase(CountCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw.barcode = "4006381333931"
        cls.planner = cls.create_user(
            "planner",
            *("mrp.group_mrp_manager", "stock.group_stock_manager"),
            *("stock.group_production_lot", "stock.group_stock_multi_locations"),
            "mrp.group_mrp_routings",
        )
        cls.worker = cls.create_user(
            "worker",
            *("mrp.group_mrp_user", "stock.group_stock_user"),
            *("stock.group_production_lot", "stock.group_stock_multi_locations"),
        )

    def run_tour(self, where, name, login="planner"):
        if not isinstance(where, str):
            where = f"/odoo/{where._name}/{where.id}"
        self.start_tour(where, f"mrp_backflush_{name}", login=login)
        self.env.invalidate_all()

    def make_due(self):
        self.env.cr.execute(
            "UPDATE stock_location SET create_date = now() - interval '40 days' "
            "WHERE id = %s",
            [self.shelf.id],
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCountTours(CountTourCase):
    def test_count_differences_validate_and_the_order(self):
        orders = [self.complete(quantity) for quantity in (10, 20, 30)]
        nut = self.create_product("Nut", barcode="40063813", standard_price=0.1)
        resin = self.create_product("Resin", tracking="lot", standard_price=2)
        lot = self.create_lot(resin, "R-7")
        self.add_stock(nut, 200, location=self.shelf)
        self.add_stock(resin, 9, lot=lot, location=self.shelf)
        started = self.create_order(
            self.create_bom(
                (nut, 1, {"supply_location_id": self.shelf.id}),
                (resin, 1, {}),
                product=self.create_product("Chair"),
            )
        )
        started.action_start()
        self.run_tour("/odoo/action-mrp_backflush.mrp_line_count_action", "line_count")
        sheet = self.env["mrp.line.count"].search([], limit=1)
        self.assertEqual(sheet.state, "done")
        # 600 used, 30 missing: 5, 10 and 15.
        shares = self.get_shares(sheet)
        self.assertEqual([shares[order] for order in orders], [5, 10, 15])
        self.assertEqual((self.on_shelf(), self.on_shelf(nut)), (370, 202))
        self.assertEqual(self.on_shelf(resin), 9)
        self.run_tour(orders[0], "line_count_on_the_order")
        self.run_tour(sheet, "line_count_cancelled")
        self.assertEqual((sheet.state, self.on_shelf()), ("cancelled", 400))

    def test_at_count(self):
        order = self.create_order(self.bom)
        self.run_tour(order, "at_count")
        self.assertEqual(order.move_raw_ids.issue_state, "at_count")
        self.assertEqual(self.on_shelf(), 1000)
        self.run_tour("/odoo/action-mrp.mrp_production_action", "at_count_filter")

    def test_where_the_company_does_not_count(self):
        """Another one of the user's does."""
        other = self.env["res.company"].create({"name": "Other"})
        other.use_line_count = True
        self.company.use_line_count = False
        self.planner.company_ids |= other
        self.run_tour(self.create_order(self.bom), "without_line_counts")

    def test_count_due_and_count_now(self):
        self.make_due()
        self.complete(10)
        self.create_order(self.bom)
        self.run_tour("/odoo/action-mrp.mrp_production_action", "count_due", "worker")
        self.assertEqual(self.shelf.open_line_count_id.user_id, self.worker)
        self.run_tour(
            "/odoo/action-stock.stock_picking_type_action", "count_due_card", "worker"
        )
        workcenter = self.env["mrp.workcenter"].create(
            {"name": "Assembly", "supply_location_id": self.shelf.id}
        )
        self.run_tour(self.shelf, "count_now_location")
        self.run_tour(workcenter, "count_now_workcenter")
        # One sheet all the time.
        self.assertEqual(self.env["mrp.line.count"].search_count([]), 1)

    def test_book_says_0_and_the_shelf_12(self):
        self.company.shortage_rule = "park"
        nut = self.create_product("Nut")
        bom = self.create_bom(
            (nut, 1, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        exception = self.complete(10, bom).backflush_exception_ids
        self.run_tour(exception, "count_what_waits")
        self.assertEqual(exception.state, "settled")
        self.assertEqual(self.on_shelf(nut), 12)

    def test_traceability_leads_to_the_count(self):
        paint = self.create_product("Paint", tracking="lot")
        lot = self.create_lot(paint, "P-1")
        self.add_stock(paint, 50, lot=lot, location=self.shelf)
        bom = self.create_bom(
            (paint, 1, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        self.complete(20, bom)
        self.count(28, paint, lot).action_validate()
        self.run_tour(lot, "traceability_of_a_count")


@tagged("post_install", "-at_install")
class TestCountToursOnAPhone(CountTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_count_differences_validate_and_the_order(self):
        self.make_due()
        order = self.complete(10)
        self.run_tour(
            "/odoo/action-mrp_backflush.mrp_line_count_action", "line_count_on_a_phone"
        )
        self.assertEqual(self.on_shelf(), 890)
        self.run_tour(order, "line_count_order_on_a_phone")


@tagged("post_install", "-at_install")
class TestSession(CountTourCase):
    def test_the_client_knows_which_companies_count(self):
        other, third = self.env["res.company"].create(
            [{"name": "Other"}, {"name": "Third"}]
        )
        other.use_line_count = True
        self.planner.company_ids |= other
        self.authenticate("planner", "planner")
        answer = self.url_open(
            "/web/session/get_session_info",
            data="{}",
            headers={"Content-Type": "application/json"},
        ).json()["result"]
        self.assertEqual(
            set(answer["line_count_company_ids"]), {self.company.id, other.id}
        )
        self.assertNotIn(third.id, answer["line_count_company_ids"])
