"""Lots of components that must be scanned are scanned with the report."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_report_production import ReportCase


class ScanCase(ReportCase):
    """Lamps of 1 motor (with a serial number) and 2 kg of resin (in lots). R-1 has 4,
    R-2 has 10; M-1 to M-3 are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"lot_rule": "scan", "serial_rule": "scan"})
        cls.resin = cls.create_product("Resin", tracking="lot", barcode="RESIN-CODE")
        cls.motor = cls.create_product("Motor", tracking="serial")
        cls.old = cls.create_lot(cls.resin, "R-1")
        cls.new = cls.create_lot(cls.resin, "R-2")
        cls.add_stock(cls.resin, 4, lot=cls.old)
        cls.add_stock(cls.resin, 10, lot=cls.new)
        cls.motors = cls.env["stock.lot"]
        for name in ("M-1", "M-2", "M-3"):
            motor = cls.create_lot(cls.motor, name)
            cls.add_stock(cls.motor, 1, lot=motor)
            cls.motors += motor
        cls.lamp = cls.create_product("Lamp")
        cls.lamp_bom = cls.create_bom(
            (cls.motor, 1, {}), (cls.resin, 2, {}), (cls.leg, 1, {}), product=cls.lamp
        )

    def scan(self, code, chosen=None):
        ids = [self.motor.id, self.resin.id]
        return self.reports.find_component_lot(code, ids, chosen and chosen.id)

    def assert_not_scanned(self, text, code, chosen=None):
        with self.assertRaisesRegex(UserError, text):
            self.scan(code, chosen)

    def get_lots(self, *rows):
        """:param rows: (lot, quantity)"""
        return [{"lot_id": lot.id, "quantity": quantity} for lot, quantity in rows]

    def assert_posted(self, order, product, *expected):
        """:param expected: (name of the lot, quantity, origin)"""
        lines = order.move_raw_ids.move_line_ids.filtered(
            lambda line: line.product_id == product and line.state == "done"
        )
        self.assertEqual(
            sorted(
                (line.lot_id.name, line.quantity, line.lot_origin) for line in lines
            ),
            sorted(expected),
        )


@tagged("post_install", "-at_install")
class TestScannedComponents(ScanCase):
    def test_what_is_to_be_scanned(self):
        """3 lamps: 3 motors and 6 kg of resin; legs have no lots."""
        needs = self.reports.get_components_to_scan(self.lamp.id, 3)
        self.assertEqual(
            [(need["name"], need["quantity"], need["tracking"]) for need in needs],
            [("Motor", 3, "serial"), ("Resin", 6, "lot")],
        )

    def test_nothing_where_the_system_chooses(self):
        self.company.lot_rule = "automatic"
        needs = self.reports.get_components_to_scan(self.lamp.id, 1)
        self.assertEqual([need["name"] for need in needs], ["Motor"])
        self.company.serial_rule = "automatic"
        self.assertEqual(self.reports.get_components_to_scan(self.lamp.id, 1), [])

    def test_manual_components_are_not_scanned_here(self):
        self.resin.issue_method = "manual"
        needs = self.reports.get_components_to_scan(self.lamp.id, 1)
        self.assertEqual([need["name"] for need in needs], ["Motor"])

    def test_exactly_these_lots_are_posted(self):
        """6 kg: 2 of R-2 and 4 of R-1, though 10 of R-2 are there."""
        report, _answer = self.report_product(
            3,
            product=self.lamp,
            component_lots=self.get_lots(
                *((motor, 1) for motor in self.motors), (self.new, 2), (self.old, 4)
            ),
        )
        order = report.production_id
        self.assert_posted(
            order, self.resin, ("R-1", 4, "confirmed"), ("R-2", 2, "confirmed")
        )
        self.assert_posted(
            order,
            self.motor,
            *((name, 1, "confirmed") for name in ("M-1", "M-2", "M-3")),
        )
        self.assertEqual((self.old.product_qty, self.new.product_qty), (0, 8))
        report.action_undo()
        self.assertEqual((self.old.product_qty, self.new.product_qty), (4, 10))

    def test_a_lot_on_a_shelf_below(self):
        shelf = self.create_location("Shelf")
        lot = self.create_lot(self.resin, "R-3")
        self.add_stock(self.resin, 2, lot=lot, location=shelf)
        report, _answer = self.report_product(
            1,
            product=self.lamp,
            component_lots=self.get_lots((self.motors[0], 1), (lot, 2)),
        )
        self.assert_posted(report.production_id, self.resin, ("R-3", 2, "confirmed"))
        lines = report.production_id.move_raw_ids.move_line_ids
        self.assertEqual(
            lines.filtered(lambda line: line.lot_id == lot).location_id, shelf
        )

    def test_what_was_not_scanned_is_refused(self):
        lots = self.get_lots((self.motors[0], 1), (self.old, 1))
        self.assert_refused("Resin", self.lamp.id, 1, component_lots=lots)

    def test_too_much(self):
        lots = self.get_lots((self.motors[0], 1), (self.old, 2), (self.new, 1))
        self.assert_refused(
            "Resin, R-2: 1 Unit too much", self.lamp.id, 1, component_lots=lots
        )

    def test_lot_of_something_else(self):
        lot = self.create_lot(self.create_product("Glue", tracking="lot"), "G-1")
        lots = self.get_lots((self.motors[0], 1), (self.old, 2), (lot, 1))
        self.assert_refused("Glue, G-1", self.lamp.id, 1, component_lots=lots)

    def test_what_are_no_lots(self):
        for odd in ("x", [1], [{}], [{"lot_id": "x"}], [{"lot_id": 999999}], {"a": 1}):
            self.assert_refused(
                "not found|not a quantity", self.lamp.id, 1, component_lots=odd
            )
        for quantity in (0, -1, None, "1", float("nan")):
            lots = [{"lot_id": self.old.id, "quantity": quantity}]
            self.assert_refused("quantity", self.lamp.id, 1, component_lots=lots)

    def test_on_a_planned_order(self):
        """4 kg for 2 of 3 lamps; the backorder's lamp is scanned for later."""
        order = self.create_order(self.lamp_bom, quantity=3)
        needs = self.reports.get_components_to_scan(quantity=2, order_id=order.id)
        self.assertEqual([need["quantity"] for need in needs], [2, 4])
        self.reports.report_order(
            order.id,
            2,
            component_lots=self.get_lots(
                *((m, 1) for m in self.motors[1:]), (self.new, 4)
            ),
        )
        self.assert_posted(order, self.resin, ("R-2", 4, "confirmed"))
        self.assert_posted(
            order, self.motor, ("M-2", 1, "confirmed"), ("M-3", 1, "confirmed")
        )

    def test_what_was_scanned_on_the_order_already(self):
        order = self.create_order(self.lamp_bom, quantity=1)
        order.move_raw_ids.move_line_ids.unlink()
        component = self.component(order, self.resin)
        self.env["stock.move.line"].create(
            {
                "move_id": component.id,
                "product_id": self.resin.id,
                "lot_id": self.old.id,
                "quantity": 1.5,
                "location_id": component.location_id.id,
                "location_dest_id": component.location_dest_id.id,
            }
        )
        needs = self.reports.get_components_to_scan(quantity=1, order_id=order.id)
        self.assertEqual([need["quantity"] for need in needs], [1, 0.5])
        lots = self.get_lots((self.motors[0], 1), (self.new, 0.5))
        self.reports.report_order(order.id, 1, component_lots=lots)
        self.assert_posted(
            order, self.resin, ("R-1", 1.5, "confirmed"), ("R-2", 0.5, "confirmed")
        )

    def test_what_waits_may_be_left_unscanned(self):
        self.company.shortage_rule = "park"
        needs = self.reports.get_components_to_scan(self.lamp.id, 1)
        self.assertEqual({need["may_wait"] for need in needs}, {True})
        _report, answer = self.report_product(
            1, product=self.lamp, component_lots=self.get_lots((self.old, 2))
        )
        self.assertEqual(len(answer["waiting"]), 1)
        self.assertIn("Motor", answer["waiting"][0])

    # What is scanned.

    def test_a_lot(self):
        found = self.scan("R-1")
        self.assertEqual(
            (found["product_id"], found["lot_id"], found["on_hand"], found["warning"]),
            (self.resin.id, self.old.id, 4, ""),
        )

    def test_a_component_then_its_lot(self):
        found = self.scan("RESIN-CODE")
        self.assertEqual((found["product_id"], found["lot_id"]), (self.resin.id, False))
        same = self.create_lot(self.motor, "R-1")
        self.assert_not_scanned("scan the component first", "R-1")
        self.assertEqual(self.scan("R-1", self.resin)["lot_id"], self.old.id)
        self.assertEqual(self.scan("R-1", self.motor)["lot_id"], same.id)

    def test_gs1(self):
        self.env.company.nomenclature_id = self.env.ref(
            "barcodes_gs1_nomenclature.default_gs1_nomenclature"
        )
        self.resin.barcode = "04006381333924"
        found = self.scan("0104006381333924\x1d10R-2\x1d302")
        self.assertEqual(
            (found["product_id"], found["lot_id"], found["quantity"]),
            (self.resin.id, self.new.id, 2),
        )

    def test_what_is_no_lot_of_a_component(self):
        self.assert_not_scanned("R-9 is no lot or serial number of Motor, Resin", "R-9")
        self.create_lot(self.create_product("Glue", tracking="lot"), "G-1")
        self.assert_not_scanned("G-1 is a lot or serial number of Glue", "G-1")
        self.assert_not_scanned("Table is none of the components", "4006381333931")
        self.assert_not_scanned("of Resin, not of Motor", "R-1", self.motor)

    def test_a_lot_that_is_not_there(self):
        self.create_lot(self.resin, "R-0")
        self.assertIn("isn't in stock", self.scan("R-0")["warning"])

    def test_an_expired_lot(self):
        if "expiration_date" not in self.old._fields:
            self.skipTest("product_expiry is not installed")
        self.resin.use_expiration_date = True
        yesterday = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.old.removal_date = yesterday
        self.assertIn("past its removal date", self.scan("R-1")["warning"])
        self.old.expiration_date = yesterday
        self.assert_not_scanned("past its expiration date", "R-1")
        lots = self.get_lots((self.motors[0], 1), (self.old, 2))
        self.assert_refused("expiration date", self.lamp.id, 1, component_lots=lots)
