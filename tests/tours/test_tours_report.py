from odoo.tests import HttpCase, tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestReportTours(BackflushCase, HttpCase):
    """Report Production, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "block"
        cls.leg = cls.create_product("Leg", stock=100)
        cls.finished.barcode = "4006381333931"
        cls.bom = cls.create_bom((cls.leg, 4, {}))
        cls.lamp = cls.create_product("Lamp", tracking="lot", default_code="LAMP-1")
        cls.create_bom((cls.leg, 1, {}), product=cls.lamp)
        cls.worker = cls.create_user(
            "worker", "mrp.group_mrp_user", "stock.group_stock_user"
        )

    def run_tour(self, name):
        action = self.env.ref("mrp_backflush.action_report_production")
        self.start_tour(f"/odoo/action-{action.id}", name, login="worker")

    def test_operator_reports_and_undoes(self):
        self.run_tour("mrp_backflush_report_production")
        reports = self.env["mrp.production.report"].search([])
        by_product = {report.product_id: report for report in reports}
        # 5 lamps of L-1 are left, 3 tables were undone.
        lamps = by_product[self.lamp]
        self.assertEqual((lamps.quantity, lamps.lot_ids.name), (5, "L-1"))
        self.assertEqual(by_product[self.finished].quantity, 3)
        self.assertEqual(by_product[self.finished].state, "undone")
        self.assertEqual(self.on_hand(self.leg), 95)

    def test_scanner_with_the_focus_anywhere(self):
        self.run_tour("mrp_backflush_report_scanner")
        [report] = self.env["mrp.production.report"].search([])
        self.assertEqual((report.product_id, report.quantity), (self.finished, 3))

    def test_card_of_the_operation_type(self):
        line = self.warehouse.manu_type_id.copy(
            {"name": "Line 2", "sequence_code": "L2"}
        )
        action = self.env.ref("stock.stock_picking_type_action")
        self.start_tour(
            f"/odoo/action-{action.id}", "mrp_backflush_report_card", login="worker"
        )
        [report] = self.env["mrp.production.report"].search([])
        self.assertEqual(report.picking_type_id, line)
