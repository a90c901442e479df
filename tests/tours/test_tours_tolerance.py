from odoo.tests import tagged

from .test_tours_dialogs import DialogTourCase


class ReasonTourCase(DialogTourCase):
    """Of tables with a frame and 4 screws; 10 % over, and beyond it a reason."""

    def setUp(self):
        super().setUp()
        self.company.write({"tolerance_over": 10, "is_reason_required": True})

    def create_deviating(self, screws):
        """40 are needed of 10 tables."""
        order = self.create_order(self.bom)
        self.report(order, 10)
        self.component(order, self.screw).quantity = screws
        return order

    def report_deviating(self):
        """13 frames of 10, recorded by hand, and 48 screws of 40."""
        self.frame.issue_method = "manual"
        order = self.create_order(self.bom)
        order.name = "WH/MO/TEST-1"
        self.component(order, self.frame).quantity = 13
        self.component(order, self.screw).write(
            {"quantity": 48, "picked": True, "manual_consumption": True}
        )
        action = self.env.ref("mrp_backflush.action_report_production")
        self.run_tour(f"/odoo/action-{action.id}", "reasons_report")
        self.assert_done(order, 10, frames=13, screws=48)
        self.assertEqual(self.get_reason(order, self.frame), "Machine Fault")
        self.assertEqual(self.get_reason(order), "Bad Material")

    def create_many(self):
        """The first is inside of its tolerance, the others aren't."""
        return [self.create_deviating(screws) for screws in (44, 45, 46)]

    def assert_done_with_reasons(self, orders):
        self.assertEqual({order.state for order in orders}, {"done"})
        inside, *beyond = orders
        self.assertFalse(self.get_reason(inside))
        self.assertEqual(
            sorted(map(self.get_reason, beyond)), ["Handling Error", "Wrong Entry"]
        )

    def get_reason(self, order, product=None):
        return self.component(order, product or self.screw).deviation_reason_id.name


@tagged("post_install", "-at_install")
class TestReasons(ReasonTourCase):
    def test_close_an_order_with_a_reason(self):
        order = self.create_deviating(48)
        self.start_order_tour("reasons_desktop", order)
        self.assert_done(order, 10, frames=11, screws=48)
        self.assertEqual(self.get_reason(order), "Spilled or Lost")
        self.assertFalse(self.get_reason(order, self.frame))

    def test_report_with_reasons(self):
        self.report_deviating()

    def test_close_many_with_reasons(self):
        orders = self.create_many()
        self.start_list_tour("reasons_of_many")
        self.assert_done_with_reasons(orders)

    def test_set(self):
        self.company.write(
            {
                "use_consumption_tolerance": False,
                "tolerance_over": 0,
                "is_reason_required": False,
            }
        )
        action = self.env.ref("mrp.action_mrp_configuration")
        self.run_tour(f"/odoo/action-{action.id}", "tolerance_settings", login="admin")
        self.assertTrue(self.company.use_consumption_tolerance)
        self.assertTrue(self.company.is_reason_required)
        self.create_user(
            "planner", "mrp.group_mrp_manager", "product.group_product_manager"
        )
        path = f"/odoo/product.category/{self.category.id}"
        self.run_tour(path, "tolerance_levels", login="planner")
        self.assertTrue(self.category.has_own_tolerance)
        self.assertEqual(
            (self.category.tolerance_over, self.category.tolerance_under), (7.5, 100)
        )


@tagged("post_install", "-at_install")
class TestReasonsOnPhone(ReasonTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_close_an_order_with_a_reason(self):
        order = self.create_deviating(48)
        self.start_order_tour("reasons_phone", order)
        self.assert_done(order, 10, frames=10, screws=48)
        self.assertEqual(self.get_reason(order), "Machine Fault")

    def test_report_with_reasons(self):
        self.report_deviating()

    def test_close_many_with_reasons(self):
        orders = self.create_many()
        path = "/odoo/action-stock.stock_picking_type_action"
        self.run_tour(path, "reasons_of_many_on_a_phone")
        self.assert_done_with_reasons(orders)
