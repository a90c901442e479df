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

    def test_planned_order(self):
        orders = self.create_order(self.bom, quantity=5)
        orders += self.create_order(self.bom, quantity=5, confirm=False)
        for number, order in enumerate(orders, 1):
            order.name = f"WH/MO/TEST-{number}"
        manager = self.create_user(
            "manager", "mrp.group_mrp_manager", name="of the manager"
        )
        self.env["mrp.production.report"].with_user(manager).report_production(
            self.finished.id, 1
        )
        self.run_tour("mrp_backflush_report_order")
        self.assertEqual((orders[0].state, orders[0].qty_produced), ("done", 2))


class ScanTours(BackflushCase, HttpCase):
    """Lamps of a motor, resin and a shade, which a person issues; lots are scanned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"lot_rule": "scan", "serial_rule": "scan"})
        shade = cls.create_product("Shade", stock=10, issue_method="manual")
        motor = cls.create_product("Motor", tracking="serial")
        resin = cls.create_product("Resin", tracking="lot")
        glue = cls.create_product("Glue", tracking="lot")
        for product, name, quantity in (
            *((motor, "M-1", 1), (motor, "M-2", 1), (glue, "G-1", 5)),
            *((resin, "R-1", 3), (resin, "R-2", 9)),
        ):
            lot = cls.create_lot(product, name)
            cls.add_stock(product, quantity, lot=lot)
        lines = (motor, 1, {}), (resin, 2, {}), (shade, 1, {})
        for name in ("Wall Lamp Green", "Wall Lamp Blue"):
            lamp = cls.create_product(name)
            cls.create_bom(*lines, product=lamp, consumption="flexible")
        cls.create_bom(
            (shade, 1, {}), product=cls.create_product("Desk"), consumption="strict"
        )
        cls.worker = cls.create_user(
            "worker", "mrp.group_mrp_user", "stock.group_stock_user"
        )

    def report_components(self):
        action = self.env.ref("mrp_backflush.action_report_production")
        url = f"/odoo/action-{action.id}"
        self.start_tour(url, "mrp_backflush_report_components", login="worker")
        [report] = self.env["mrp.production.report"].search([])
        lines = report.production_id.move_raw_ids.move_line_ids
        self.assertEqual(
            sorted(
                (line.lot_id.name, line.quantity, line.lot_origin) for line in lines
            ),
            [
                *(("M-1", 1, "confirmed"), ("M-2", 1, "confirmed")),
                *(("R-1", 3, "confirmed"), ("R-2", 1, "confirmed")),
            ],
        )


@tagged("post_install", "-at_install")
class TestScanTours(ScanTours):
    def test_component_lots_are_scanned(self):
        self.report_components()


@tagged("post_install", "-at_install")
class TestScanToursOnPhone(ScanTours):
    browser_size = "390x844"
    touch_enabled = True

    def test_component_lots_are_scanned(self):
        self.report_components()
