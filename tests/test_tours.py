from odoo.tests import HttpCase, tagged

from .common import BackflushCase


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
