"""What the screen is told: of products, by their names too, of orders and of units."""

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_report_production import ReportCase


@tagged("post_install", "-at_install")
class TestProductChosen(ReportCase):
    def test_part_of_a_name_finds_the_product(self):
        lamp = self.create_product("Wall Lamp", default_code="WL-7")
        self.create_bom((self.leg, 1, {}), product=lamp)
        # Nobody makes it.
        self.create_product("Wallpaper")
        for text in ("Wall", "wall l", "WL-"):
            answer = self.reports.find(text)
            self.assertEqual(answer["found"]["id"], lamp.id)
            self.assertEqual(answer["found"]["name"], "Wall Lamp")

    def test_several_of_a_name_are_offered(self):
        names = ("Wall Lamp Green", "Wall Lamp Blue")
        for name in names:
            self.create_bom((self.leg, 1, {}), product=self.create_product(name))
        answer = self.reports.find("Wall Lamp")
        self.assertIsNone(answer["found"])
        self.assertEqual({choice["name"] for choice in answer["choices"]}, {*names})
        [choice, _other] = answer["choices"]
        self.assertEqual(self.reports.get_product(choice["id"])["name"], choice["name"])

    def test_a_barcode_goes_before_a_name(self):
        other = self.create_product("4006381333931 Special")
        self.create_bom((self.leg, 1, {}), product=other)
        answer = self.reports.find("4006381333931")
        self.assertEqual(answer["found"]["id"], self.finished.id)

    def test_what_nothing_is_called(self):
        with self.assertRaisesRegex(UserError, "barcode, reference or name Chandelier"):
            self.reports.find("Chandelier")

    def test_products_reported_last(self):
        lamp = self.create_product("Lamp")
        self.create_bom((self.leg, 1, {}), product=lamp)
        self.report_product(1)
        report, _answer = self.report_product(1, product=lamp)
        self.env.cr.execute(
            "UPDATE mrp_production_report SET create_date = %s WHERE id = %s",
            (fields.Datetime.add(fields.Datetime.now(), minutes=5), report.id),
        )
        self.env.invalidate_all()

        def get_names():
            return [tile["name"] for tile in self.reports.get_screen()["recent"]]

        self.assertEqual(get_names(), ["Lamp", "Table"])
        lamp.active = False
        self.assertEqual(get_names(), ["Table"])

    def test_where_it_is_made_is_said(self):
        line = self.warehouse.manu_type_id.copy(
            {"name": "Line 2", "sequence_code": "L2"}
        )
        screen = self.reports.get_screen(line.id)
        self.assertIn("Line 2", screen["operation_type"])
        self.assertEqual(screen["place"], self.stock.display_name)
        found = self.reports.find_product("4006381333931", line.id)
        self.assertIn("Line 2", found["operation_type"])

    def test_one_unit_is_no_units(self):
        found = self.reports.find_product("4006381333931")
        self.assertEqual((found["unit"], found["unit_one"]), ("Units", "Unit"))
        report, answer = self.report_product(1)
        name = report.production_id.name
        self.assertEqual(answer["message"], f"1 Unit of Table reported, {name}")
        _report, answer = self.report_product(2)
        self.assertIn("2 Units of Table", answer["message"])

    def test_a_unit_with_a_name_of_its_own_is_said_as_it_is(self):
        self.unit.name = "Pieces"
        found = self.reports.find_product("4006381333931")
        self.assertEqual((found["unit"], found["unit_one"]), ("Pieces", "Pieces"))

    def test_what_is_left_out_is_said_at_once(self):
        self.leg.issue_method = "manual"
        self.bom.consumption = "flexible"
        found = self.reports.find_product("4006381333931")
        self.assertEqual((found["left_out"], found["asked_for"]), (["Leg"], []))
        report, _answer = self.report_product(1)
        self.assertEqual(report.state, "reported")
        self.assertEqual(self.on_hand(self.leg), 1000)

    def test_what_would_be_refused_is_said_at_once(self):
        self.leg.issue_method = "manual"
        for consumption, rule in (("warning", "bom"), ("flexible", "block")):
            self.bom.consumption = consumption
            self.company.unissued_rule = rule
            found = self.reports.find_product("4006381333931")
            self.assertEqual((found["left_out"], found["asked_for"]), ([], ["Leg"]))
            self.assert_refused("Leg", self.finished.id, 1)


@tagged("post_install", "-at_install")
class TestReportedOrder(ReportCase):
    """An order of 5 tables: 5 frames of 7, 10 legs of 1000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.create_order(cls.bom, quantity=5)

    def test_its_barcode_names_it(self):
        found = self.reports.find(self.order.name)["found"]
        self.assertEqual(
            (found["order_id"], found["order"], found["quantity"], found["unit"]),
            (self.order.id, self.order.name, 5, "Units"),
        )
        self.assertEqual((found["name"], found["planned"]), ("Table", 5))

    def test_the_whole_order(self):
        answer = self.reports.report_order(self.order.id, 5)
        self.assertEqual((self.order.state, self.order.qty_produced), ("done", 5))
        self.assertEqual(self.on_hand(self.frame), 2)
        self.assertEqual(
            answer["message"], f"5 Units of Table reported, {self.order.name}"
        )
        report = self.reports.browse(answer["id"])
        self.assertEqual(report.production_id, self.order)
        self.assertEqual((report.quantity, report.user_id), (5, self.env.user))

    def test_a_part_leaves_a_backorder(self):
        """2 of 5: 2 frames and 4 legs, and 3 tables are left."""
        self.assertTrue(self.reports.find(self.order.name)["found"]["makes_backorder"])
        answer = self.reports.report_order(self.order.id, 2)
        self.assertEqual((self.order.state, self.order.qty_produced), ("done", 2))
        self.assertEqual(self.on_hand(self.frame), 5)
        self.assertEqual(self.on_hand(self.leg), 996)
        backorder = self.get_chain(self.order) - self.order
        self.assertEqual((backorder.product_qty, backorder.state), (3, "confirmed"))
        self.assertIn(f"3 Units left, {backorder.name}", answer["message"])
        found = self.reports.find(backorder.name)["found"]
        self.assertEqual(found["quantity"], 3)
        answer = self.reports.report_order(backorder.id, 3)
        self.assertNotIn("left", answer["message"])
        self.assertEqual(self.on_hand(self.frame), 2)

    def test_an_operation_type_that_makes_no_backorders(self):
        self.order.picking_type_id.create_backorder = "never"
        self.assertFalse(self.reports.find(self.order.name)["found"]["makes_backorder"])
        answer = self.reports.report_order(self.order.id, 2)
        self.assertEqual(self.get_chain(self.order), self.order)
        self.assertEqual((self.order.state, self.order.qty_produced), ("done", 2))
        self.assertNotIn("left", answer["message"])

    def test_an_operation_type_that_always_makes_backorders(self):
        self.order.picking_type_id.create_backorder = "always"
        self.reports.report_order(self.order.id, 2)
        self.assertEqual((self.get_chain(self.order) - self.order).product_qty, 3)

    def test_what_was_entered_on_it_is_proposed(self):
        self.order.qty_producing = 4
        self.assertEqual(self.reports.find(self.order.name)["found"]["quantity"], 4)

    def test_operations_are_finished_with_it(self):
        bom = self.create_bom(
            (self.frame, 1, {}),
            product=self.create_product("Desk"),
            operations=["Cut", "Assemble"],
        )
        order = self.create_order(bom, quantity=1)
        order.workorder_ids[0].button_start()
        order.workorder_ids[0].button_finish()
        found = self.reports.find(order.name)["found"]
        self.assertEqual(found["operations"], ["Assemble"])
        self.reports.report_order(order.id, 1)
        self.assertEqual(set(order.workorder_ids.mapped("state")), {"done"})

    def test_a_lot_is_given_to_it(self):
        self.finished.tracking = "lot"
        order = self.create_order(self.bom, quantity=2)
        answer = self.reports.report_order(order.id, 2, lot_name="T-7")
        self.assertEqual(answer["lots"], ["T-7"])
        self.assertEqual(order.lot_producing_ids.name, "T-7")

    def test_serial_numbers_one_by_one(self):
        self.finished.tracking = "serial"
        order = self.create_order(self.bom, quantity=2)
        self.assertEqual(self.reports.find(order.name)["found"]["quantity"], 1)
        self.reports.report_order(order.id, 1, lot_name="S-1")
        backorder = self.get_chain(order) - order
        self.reports.report_order(backorder.id, 1, lot_name="S-2")
        serials = (order | backorder).lot_producing_ids
        self.assertEqual(set(serials.mapped("name")), {"S-1", "S-2"})
        self.assertEqual(self.on_hand(self.frame), 5)

    def test_orders_that_are_refused_in_plain_words(self):
        draft = self.create_order(self.bom, confirm=False)
        cancelled = self.create_order(self.bom)
        cancelled.action_cancel()
        done = self.create_order(self.bom, quantity=1)
        done.button_mark_done()
        for order, words in (
            (draft, "is a draft: confirm it first"),
            (cancelled, "is cancelled"),
            (done, "is done already"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.reports.find(order.name)
            with self.assertRaisesRegex(UserError, words):
                self.reports.report_order(order.id, 1)

    def test_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Works"})
        self.env.user.company_ids += other
        with self.assertRaisesRegex(UserError, "another company"):
            self.reports.with_company(other).find(self.order.name)
        with self.assertRaisesRegex(UserError, "another company"):
            self.reports.with_company(other).report_order(self.order.id, 5)

    def test_nobody_but_users_of_manufacturing(self):
        other = self.create_user("clerk", "stock.group_stock_user")
        reports = self.reports.with_user(other)
        for call in (
            lambda: reports.find(self.order.name),
            lambda: reports.report_order(self.order.id, 5),
            lambda: reports.get_screen(),
            lambda: reports.get_product(self.finished.id),
            lambda: reports.get_components_to_scan(self.finished.id, 1),
            lambda: reports.find_component_lot("x", [self.frame.id]),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_manual_components_of_it(self):
        self.leg.issue_method = "manual"
        order = self.create_order(self.bom, quantity=2)
        order.bom_id.consumption = "flexible"
        order.consumption = "flexible"
        self.assertEqual(self.reports.find(order.name)["found"]["left_out"], ["Leg"])
        order.consumption = "warning"
        self.assertEqual(self.reports.find(order.name)["found"]["asked_for"], ["Leg"])
        with self.assertRaisesRegex(UserError, "Leg"):
            self.reports.report_order(order.id, 2)
        # Recorded on the order: nothing is left to be asked.
        self.component(order, self.leg).action_record_planned()
        self.assertEqual(self.reports.find(order.name)["found"]["asked_for"], [])
        self.reports.report_order(order.id, 2)
        self.assertEqual(self.consumed(order, self.leg), 4)

    def test_what_was_issued_before_comes_back_with_it(self):
        """3 of the 5 frames were issued early: all 5 are back."""
        self.component(self.order, self.frame).action_issue(3)
        answer = self.reports.report_order(self.order.id, 5)
        self.assertEqual(self.on_hand(self.frame), 2)
        self.reports.browse(answer["id"]).action_undo()
        self.assertEqual((self.on_hand(self.frame), self.on_hand(self.leg)), (7, 1000))
        self.assertEqual(self.order.state, "done")

    def test_it_is_undone_as_any_other(self):
        answer = self.reports.report_order(self.order.id, 5)
        self.reports.browse(answer["id"]).action_undo()
        self.assertEqual(self.on_hand(self.frame), 7)
        self.assertEqual(self.on_hand(self.finished), 0)


@tagged("post_install", "-at_install")
class TestWhoMayUndo(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.create_user("line worker", "mrp.group_mrp_user")
        cls.other = cls.create_user("other worker", "mrp.group_mrp_user")
        cls.manager = cls.create_user("manager", "mrp.group_mrp_manager")
        reports = cls.reports.with_user(cls.worker)
        answer = reports.report_production(cls.finished.id, 1)
        cls.report = reports.browse(answer["id"])

    def test_who_reported_it(self):
        self.report.action_undo()
        self.assertEqual(self.report.undo_user_id, self.worker)

    def test_nobody_else(self):
        with self.assertRaisesRegex(AccessError, "line worker"):
            self.client(self.other).call(self.report, "action_undo")
        self.assertEqual(self.report.state, "reported")
        listed = self.reports.with_user(self.other).get_reports()
        self.assertEqual([row["may_undo"] for row in listed], [False])

    def test_an_administrator_of_manufacturing(self):
        listed = self.reports.with_user(self.manager).get_reports()
        self.assertEqual([row["may_undo"] for row in listed], [True])
        self.client(self.manager).call(self.report, "action_undo")
        self.assertEqual(self.report.state, "undone")
        self.assertEqual(self.report.undo_user_id, self.manager)
