from odoo.tests import HttpCase, tagged

from ..common import BackflushCase


class LevelTourCase(BackflushCase, HttpCase):
    """The screens on which an administrator says how components are issued."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.issue_method = "completion"
        cls.paint = cls.env["product.category"].create({"name": "Paint"})
        cls.frame = cls.create_product("Frame", stock=100)
        cls.glue = cls.create_product("Glue", stock=100)
        kit = cls.create_product("Set of Screws")
        cls.create_bom(
            (cls.create_product("Screw"), 4, {}), product=kit, type="phantom"
        )
        cls.bom = cls.create_bom(
            (cls.frame, 6, {}), (cls.glue, 2, {"issue_method": "manual"}), (kit, 1, {})
        )
        cls.planner = cls.create_user(
            "planner", "mrp.group_mrp_manager", "product.group_product_manager"
        )

    def run_tour(self, url, name, login="planner"):
        self.start_tour(url, f"mrp_backflush_levels_{name}", login=login, timeout=120)

    def set_up_company(self, suffix=""):
        action = self.env.ref("mrp.action_mrp_configuration")
        self.run_tour(f"/odoo/action-{action.id}", f"settings{suffix}", login="admin")
        self.assertEqual(self.company.shortage_rule, "park")
        self.company.shortage_rule = "allow"

    def set_up_category(self, suffix=""):
        self.run_tour(f"/odoo/product.category/{self.paint.id}", f"category{suffix}")
        self.assertFalse(self.paint.issue_method)
        self.assertFalse(self.paint.shortage_rule)


@tagged("post_install", "-at_install")
class TestLevelTours(LevelTourCase):
    def test_administrator_sets_up_levels(self):
        self.set_up_company()
        self.set_up_category()
        lines = self.env.ref("mrp_backflush.mrp_bom_line_action")
        self.run_tour(f"/odoo/action-{lines.id}", "bom_lines")
        self.run_tour(f"/odoo/mrp.bom/{self.bom.id}", "bom")
        self.assertEqual(self.bom.bom_line_ids[0].issue_method, "start")

    def test_planner_overrides_and_inherits_again(self):
        order = self.create_order(self.bom)
        self.run_tour(f"/odoo/mrp.production/{order.id}", "order")
        frame = self.component(order, self.frame)
        self.assertEqual(
            (frame.issue_method, frame.issue_method_source), ("completion", "category")
        )


@tagged("post_install", "-at_install")
class TestLevelPhoneTours(LevelTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_administrator_sets_up_levels(self):
        self.set_up_company("_phone")
        self.set_up_category("_phone")
        lines = self.env.ref("mrp_backflush.mrp_bom_line_action")
        self.run_tour(f"/odoo/action-{lines.id}", "phone_bom_lines")
