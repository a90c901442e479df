from odoo.tests import HttpCase, tagged

from ..common import BackflushCase


class HandTours(BackflushCase, HttpCase):
    """Two orders of 5 and 50 lamps of 2 of glue; 30 are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What other tests of the database left open would be listed, too.
        cls.company.shortage_rule = "block"
        cls.glue = cls.create_product("Glue", stock=30, issue_method="manual")
        cls.bom = cls.create_bom((cls.glue, 2, {}))
        for number, quantity in enumerate((5, 50), 1):
            order = cls.create_order(cls.bom, quantity=quantity)
            order.name = f"WH/MO/HAND-{number}"
            order.move_raw_ids._do_unreserve()
        cls.worker = cls.create_user(
            "worker", "mrp.group_mrp_user", "stock.group_stock_user"
        )

    def run_tour(self, name, action="action_issue_by_hand"):
        action = self.env.ref(f"mrp_backflush.{action}")
        self.start_tour(f"/odoo/action-{action.id}", name, login="worker")


@tagged("post_install", "-at_install")
class TestHandTours(HandTours):
    def test_work_list(self):
        self.run_tour("mrp_backflush_issue_by_hand")
        self.assertEqual(self.on_hand(self.glue), 20)

    def test_production_reports(self):
        screw = self.create_product("Screw", stock=100)
        self.create_bom((screw, 1, {}), product=self.create_product("Shade"))
        table = self.create_product("Table")
        self.create_bom((screw, 4, {}), product=table)
        reports = self.env["mrp.production.report"].with_user(self.worker)
        reports.report_production(table.id, 3)
        self.run_tour(
            "mrp_backflush_production_reports", "mrp_production_report_action"
        )


@tagged("post_install", "-at_install")
class TestHandToursOnPhone(HandTours):
    browser_size = "390x844"
    touch_enabled = True

    def test_work_list(self):
        self.run_tour("mrp_backflush_issue_by_hand_phone")
        self.assertEqual(self.on_hand(self.glue), 20)
