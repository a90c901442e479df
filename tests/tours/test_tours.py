from odoo.tests import HttpCase, tagged

from ..common import BackflushCase
from ..shortage.test_shortage import ShortageCase


@tagged("post_install", "-at_install")
class TestTours(BackflushCase, HttpCase):
    """The screens, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=100)
        cls.glue = cls.create_product("Glue", stock=100)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}),
            (cls.glue, 2, {"issue_method": "manual"}),
            consumption="flexible",
        )
        cls.worker = cls.create_user("worker", "mrp.group_mrp_user")

    def start_order_tour(self, name, order):
        order.action_assign()
        self.start_tour(f"/odoo/mrp.production/{order.id}", name, login="worker")

    def test_planner_overrides_a_method_and_issues_by_hand(self):
        order = self.create_order(self.bom)
        self.start_order_tour("mrp_backflush_planner", order)
        self.assertEqual(order.state, "done")
        self.assertEqual(self.component(order, self.frame).issue_method_source, "order")
        self.assertEqual(self.on_hand(self.frame), 90)
        self.assertEqual(self.on_hand(self.glue), 83)

    def test_administrator_sets_the_company_default(self):
        action = self.env.ref("mrp.action_mrp_configuration")
        url = f"/odoo/action-{action.id}"
        self.start_tour(url, "mrp_backflush_administrator", login="admin")
        self.assertEqual(self.company.issue_method, "manual")
        self.assertEqual(self.company.unissued_rule, "block")

    def test_operator_meets_the_block(self):
        self.company.unissued_rule = "block"
        order = self.create_order(self.bom)
        self.start_order_tour("mrp_backflush_operator", order)
        self.assertEqual(order.state, "done")
        self.assertEqual(self.on_hand(self.glue), 80)

    def test_operator_finishes_an_operation(self):
        bom = self.create_bom(
            (self.frame, 1, {"issue_method": "operation", "operation": "Weld"}),
            operations=["Weld"],
        )
        self.add_view_groups("mrp.group_mrp_routings")
        order = self.create_order(bom)
        self.start_order_tour("mrp_backflush_operation", order)
        self.assertNotEqual(order.state, "done")
        self.assertEqual(self.on_hand(self.frame), 90)

    def test_storekeeper_issues_and_returns(self):
        self.add_view_groups("stock.group_production_lot")
        bulb, first, _second = self.create_bulb()
        bom = self.create_bom(
            (bulb, 1, {"issue_method": "manual"}),
            (self.frame, 1, {"issue_method": "manual"}),
            (self.create_product("Screw", stock=100), 6, {}),
        )
        self.frame.barcode = "FRAME"
        order = self.create_order(bom)
        self.start_order_tour("mrp_backflush_issue", order)
        self.assertEqual(self.on_hand(self.frame), 100)
        self.assertEqual(self.on_hand(bulb), 24 - 5 + 2)
        issues = self.component(order, bulb).issue_move_ids.filtered(
            "raw_material_production_id"
        )
        self.assertEqual(issues.lot_ids, first)
        self.assertEqual(set(issues.move_line_ids.mapped("lot_origin")), {"confirmed"})

    def test_planner_previews_the_backflush(self):
        self.add_view_groups(
            "stock.group_production_lot", "stock.group_stock_multi_locations"
        )
        bulb, _first, _second = self.create_bulb()
        shelf = self.create_location("Shelf")
        self.add_stock(self.frame, 12, location=shelf)
        supply = {"issue_method": "operation", "supply_location_id": shelf.id}
        other_bom = self.create_bom((self.frame, 1, supply), product=bulb.copy())
        self.create_order(other_bom, quantity=5).action_assign()
        order = self.create_order(
            self.create_bom((self.frame, 1, supply), (bulb, 1, {}))
        )
        self.start_order_tour("mrp_backflush_preview", order)
        self.assertEqual((order.state, self.on_hand(self.frame)), ("done", 102))

    def test_planner_completes_orders_in_one_go(self):
        bom = self.create_bom((self.frame, 1, {}), product=self.create_product("Bench"))
        orders = self.create_order(bom, 60) + self.create_order(bom, 60)
        orders.do_unreserve()
        action = self.env.ref("mrp.mrp_production_action")
        self.start_tour(
            f"/odoo/action-{action.id}", "mrp_backflush_complete_orders", login="worker"
        )
        self.assertEqual(orders.mapped("state"), ["done", "confirmed"])
        self.assertEqual(self.on_hand(self.frame), 40)

    def test_planner_completes_what_is_due_from_the_dashboard(self):
        bom = self.create_bom((self.frame, 1, {}), product=self.create_product("Bench"))
        order = self.create_order(bom, 10)
        self.start_tour(
            "/odoo/action-stock.stock_picking_type_action",
            "mrp_backflush_complete_from_dashboard",
            login="worker",
        )
        self.assertEqual(order.state, "done")

    def add_view_groups(self, *names):
        for name in names:
            self.worker.group_ids += self.env.ref(name)

    def create_bulb(self):
        """A component tracked by lot, with 4 of LOT-1 and 20 of LOT-2 on hand."""
        bulb = self.create_product("Bulb", tracking="lot")
        lots = [self.create_lot(bulb, name) for name in ("LOT-1", "LOT-2")]
        for lot, quantity in zip(lots, (4, 20), strict=True):
            self.add_stock(bulb, quantity, lot=lot)
        return bulb, *lots


@tagged("post_install", "-at_install")
class TestShortageTours(ShortageCase, HttpCase):
    """Shortages, from the order to the settlement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.worker = cls.create_user("worker", "mrp.group_mrp_user")

    def start_record_tour(self, name, record, login="worker"):
        self.start_tour(f"/odoo/{record._name}/{record.id}", name, login=login)

    def test_shortage_is_parked_and_settled_by_a_receipt(self):
        order = self.create_order(self.bom)
        self.start_record_tour("mrp_backflush_park", order)
        self.assertEqual(order.state, "done")
        self.assertEqual(order.backflush_exception_ids.quantity, 3)
        self.receive(self.frame, 5)
        self.assertTrue(self.settle_in_background())
        self.start_record_tour("mrp_backflush_settled", order)
        self.assertEqual(self.on_hand(self.frame), 2)

    def test_worker_corrects_and_retries(self):
        self.worker.group_ids += self.env.ref("stock.group_stock_multi_locations")
        shelf = self.create_location(
            "Tour Shelf", location_id=self.stock.location_id.id
        )
        self.add_stock(self.frame, 2, location=shelf)
        order = self.create_order(self.bom)
        exception = self.complete(order)
        orders = self.env.ref("mrp.mrp_production_action")
        self.start_tour(
            f"/odoo/action-{orders.id}", "mrp_backflush_retry", login="worker"
        )
        self.assertEqual(exception.state, "settled")
        self.assertEqual(self.consumed(order, self.frame), 7 + 2)

    def test_administrator_cancels_with_a_reason(self):
        self.create_user("planner", "mrp.group_mrp_manager")
        exception = self.complete(self.create_order(self.bom))
        self.start_record_tour("mrp_backflush_operator_cannot_cancel", exception)
        self.start_record_tour("mrp_backflush_cancel", exception, login="planner")
        self.assertEqual(exception.state, "cancelled")
        self.assertEqual(exception.cancel_reason, "Counted again: never used")

    def test_operator_meets_the_block(self):
        self.company.shortage_rule = "block"
        self.reserve_for_delivery(self.frame, 4)
        order = self.create_order(self.bom)
        self.start_record_tour("mrp_backflush_block", order)
        self.assertEqual(order.state, "confirmed")
        self.assertEqual(self.on_hand(self.frame), 7)
