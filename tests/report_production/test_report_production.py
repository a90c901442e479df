from unittest.mock import patch

import psycopg2.errors

from odoo import Command, fields
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import Form, tagged

from ...models.mrp_production import MrpProduction
from ...models.report_production.mrp_production_report import MrpProductionReport
from ..accounting.test_cost import CostCase
from ..shortage.test_shortage import ShortageCase

TAKE_TURNS = (
    "odoo.addons.mrp_backflush.models"
    ".report_production.mrp_production_report.take_turns"
)


class ReportCase(ShortageCase):
    """Tables of 1 frame and 2 legs; 7 frames and 1000 legs are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reports = cls.env["mrp.production.report"]
        cls.finished.barcode = "4006381333931"

    def report_product(self, quantity=1, product=None, **values):
        """:return: the report, and what the screen is told"""
        product = product or self.finished
        answer = self.reports.report_production(product.id, quantity, **values)
        return self.reports.browse(answer["id"]), answer

    def assert_refused(self, text, *args, **values):
        """Reporting raises an error with that text, and leaves nothing."""
        before = self.env["mrp.production"].search_count([])
        lots = self.env["stock.lot"].search_count([])
        with self.assertRaisesRegex(UserError, text):
            self.reports.report_production(*args, **values)
        self.assertEqual(self.env["mrp.production"].search_count([]), before)
        self.assertEqual(self.env["stock.lot"].search_count([]), lots)


@tagged("post_install", "-at_install")
class TestReportProduction(ReportCase):
    def test_order_is_made_completed_and_backflushed(self):
        # 3 tables: 3 of 7 frames, 6 of 1000 legs.
        report, answer = self.report_product(3)
        order = report.production_id
        self.assertEqual((order.state, order.qty_produced), ("done", 3))
        self.assertEqual(order.user_id, self.env.user)
        self.assertEqual(self.on_hand(self.finished), 3)
        self.assertEqual(self.on_hand(self.frame), 4)
        self.assertEqual(self.on_hand(self.leg), 994)
        self.assertEqual(report.state, "reported")
        self.assertEqual(answer["message"], f"3 Units of Table reported, {order.name}")
        self.assertEqual(answer["waiting"], [])

    def test_users_of_manufacturing_report(self):
        worker = self.create_user("line worker", "mrp.group_mrp_user")
        reports = self.reports.with_user(worker)
        answer = reports.report_production(self.finished.id, 2)
        report = reports.browse(answer["id"])
        self.assertEqual((report.user_id, report.quantity), (worker, 2))
        report.action_undo()
        self.assertEqual(report.state, "undone")
        self.assertEqual(report.undo_user_id, worker)

    def test_nobody_else_does(self):
        for group in ("stock.group_stock_user", "base.group_user"):
            other = self.create_user(f"of {group}", group)
            reports = self.reports.with_user(other)
            with self.assertRaises(AccessError):
                reports.report_production(self.finished.id, 2)
            with self.assertRaises(AccessError):
                reports.find_product("4006381333931")
            with self.assertRaises(AccessError):
                reports.get_reports()

    def test_reports_are_only_made_by_reporting(self):
        report, _answer = self.report_product()
        manager = self.create_user("manager", "mrp.group_mrp_manager")
        own = report.with_user(manager)
        with self.assertRaises(AccessError):
            own.write({"state": "undone"})
        with self.assertRaises(AccessError):
            own.unlink()
        with self.assertRaises(AccessError):
            own.create({"production_id": report.production_id.id})
        with self.assertRaisesRegex(UserError, "can't be deleted"):
            report.unlink()
        with self.assertRaisesRegex(UserError, "duplicated"):
            report.copy()

    def test_quantity_that_is_none(self):
        for quantity in (0, -1, 0.0001):
            self.assert_refused("greater than zero", self.finished.id, quantity)
        for quantity in (float("nan"), float("inf"), "3", None, True, 1e300):
            self.assert_refused("not a quantity", self.finished.id, quantity)

    def test_product_that_is_none(self):
        for product_id in (0, 999999999, "Table", None, True):
            self.assert_refused("Product not found", product_id, 1)

    def test_product_without_bom(self):
        self.assert_refused("Frame has no bill of materials", self.frame.id, 1)

    def test_archived_product(self):
        self.finished.active = False
        self.assert_refused("Table is archived", self.finished.id, 1)

    def test_kit(self):
        kit = self.create_product("Screw Set")
        self.create_bom((self.leg, 4, {}), product=kit, type="phantom")
        self.assert_refused("Screw Set is a kit", kit.id, 1)

    def test_product_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Works"})
        self.env.user.company_ids += other
        product = self.create_product("Their Table", company_id=other.id)
        self.assert_refused("another company", product.id, 1)

    def test_bom_of_another_operation_type(self):
        line = self.warehouse.manu_type_id
        other = line.copy({"name": "Line 2", "sequence_code": "L2"})
        self.bom.picking_type_id = line
        self.assert_refused(
            "Table is not made at", self.finished.id, 1, picking_type_id=other.id
        )
        report, _answer = self.report_product(picking_type_id=line.id)
        self.assertEqual(report.production_id.picking_type_id, line)

    def test_orders_are_of_the_operation_type_asked_for(self):
        line = self.warehouse.manu_type_id.copy(
            {"name": "Line 2", "sequence_code": "L2"}
        )
        report, _answer = self.report_product(picking_type_id=line.id)
        self.assertEqual(report.picking_type_id, line)

    def test_operation_type_that_makes_nothing(self):
        receipts = self.warehouse.in_type_id
        self.assert_refused(
            "manufacturing operation type",
            self.finished.id,
            1,
            picking_type_id=receipts.id,
        )

    def test_batch_and_unit_of_the_bom(self):
        # A dozen tables take 24 legs: 3 tables take 6.
        dozen = self.env.ref("uom.product_uom_dozen")
        shelf = self.create_product("Shelf")
        self.create_bom(
            (self.leg, 24, {}), product=shelf, product_uom_id=dozen.id, sequence=1
        )
        report, _answer = self.report_product(3, shelf)
        self.assertEqual(report.product_uom_id, self.unit)
        self.assertEqual(self.on_hand(shelf), 3)
        self.assertEqual(self.on_hand(self.leg), 994)

    def test_operations_are_finished(self):
        bench = self.create_product("Bench")
        bom = self.create_bom((self.leg, 4, {}), product=bench, operations=["Weld"])
        report, _answer = self.report_product(2, bench)
        self.assertEqual(report.production_id.bom_id, bom)
        self.assertEqual(report.production_id.workorder_ids.state, "done")

    def test_manual_component_that_the_bom_asks_for(self):
        bench = self.create_product("Bench")
        bom = self.create_bom(
            (self.leg, 4, {}),
            (self.frame, 1, {"issue_method": "manual"}),
            product=bench,
            consumption="warning",
        )
        self.assert_refused("must be recorded: Frame", bench.id, 1)
        self.assertEqual(self.on_hand(self.leg), 1000)
        bom.consumption = "flexible"
        self.report_product(1, bench)
        self.assertEqual(self.on_hand(self.leg), 996)
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_components_are_taken_from_before_production(self):
        # Two steps: nothing is to be brought for what is produced already.
        self.warehouse.manufacture_steps = "pbm"
        before = self.warehouse.pbm_loc_id
        for product in (self.frame, self.leg):
            self.add_stock(product, 10, location=before)
        self.set_rule("block")
        report, _answer = self.report_product(3)
        self.assertFalse(report.production_id.picking_ids)
        quants = self.env["stock.quant"].search(
            [("location_id", "=", before.id), ("product_id", "=", self.frame.id)]
        )
        self.assertEqual(sum(quants.mapped("quantity")), 7)

    def test_blocked(self):
        self.set_rule("block")
        self.assert_refused("needed 8", self.finished.id, 8)
        self.assertEqual(self.on_hand(self.leg), 1000)

    def test_parked(self):
        # 10 need 10 frames, 7 are there: 3 wait.
        self.set_rule("park")
        report, answer = self.report_product(10)
        self.assertEqual(report.production_id.state, "done")
        self.assertEqual(report.open_exception_count, 1)
        [waiting] = answer["waiting"]
        self.assertIn("Frame: needed 10", waiting)
        [listed] = self.reports.get_reports()
        self.assertEqual(listed["waiting"], answer["waiting"])

    def test_component_without_lot(self):
        board = self.create_product("Board", tracking="lot")
        shelf = self.create_product("Shelf")
        self.create_bom((board, 1, {}), (self.leg, 1, {}), product=shelf)
        self.assert_refused("Board", shelf.id, 1)
        self.assertEqual(self.on_hand(self.leg), 1000)

    def test_failure_of_the_database_is_an_error_on_the_spot(self):
        def post(order, *args, **kwargs):
            raise psycopg2.errors.CheckViolation("of another addon")

        with patch.object(MrpProduction, "_post_inventory", post):
            self.assert_refused("of another addon", self.finished.id, 1)

    def test_collision_is_tried_again(self):
        def post(order, *args, **kwargs):
            raise psycopg2.errors.SerializationFailure

        with (
            patch.object(MrpProduction, "_post_inventory", post),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            self.report_product()

    def test_takes_turns_before_anything_is_written(self):
        self.set_rule("block")
        seen = []

        def take(_env, products):
            seen.append((products, self.env["mrp.production"].search_count([])))

        before = self.env["mrp.production"].search_count([])
        with patch(TAKE_TURNS):
            self.report_product()
        with patch(
            TAKE_TURNS,
            take,
        ):
            self.report_product()
        [(products, orders)] = seen
        self.assertEqual(products, self.finished | self.frame | self.leg)
        self.assertEqual(orders, before + 1)


@tagged("post_install", "-at_install")
class TestReportLots(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls.create_product("Lamp", tracking="lot", barcode="12345670")
        cls.engine = cls.create_product("Engine", tracking="serial")
        for product in (cls.lamp, cls.engine):
            cls.create_bom((cls.leg, 2, {}), product=product)

    def test_new_lot(self):
        report, answer = self.report_product(3, self.lamp, lot_name=" L-1 ")
        self.assertEqual(report.lot_ids.name, "L-1")
        self.assertEqual(report.lot_ids.product_qty, 3)
        self.assertIn("Lamp, L-1 reported", answer["message"])

    def test_existing_lot(self):
        lot = self.create_lot(self.lamp, "L-1")
        self.report_product(3, self.lamp, lot_name="L-1")
        self.report_product(2, self.lamp, lot_name="L-1")
        self.assertEqual(lot.product_qty, 5)

    def test_next_lot_of_the_sequence(self):
        first, _answer = self.report_product(3, self.lamp)
        second, _answer = self.report_product(3, self.lamp)
        self.assertTrue(first.lot_ids.name)
        self.assertNotEqual(first.lot_ids, second.lot_ids)

    def test_serial_number(self):
        report, _answer = self.report_product(1, self.engine, lot_name="S-1")
        self.assertEqual(report.lot_ids.name, "S-1")
        self.assert_refused(
            "S-1 of Engine is in stock", self.engine.id, 1, lot_name="S-1"
        )
        other, _answer = self.report_product(1, self.engine)
        self.assertTrue(other.lot_ids.name)

    def test_serial_number_that_has_left(self):
        report, _answer = self.report_product(1, self.engine, lot_name="S-1")
        self.transfer(self.engine, 1, self.stock, self.customer, report.lot_ids)
        self.assert_refused("already produced", self.engine.id, 1, lot_name="S-1")

    def test_several_with_serial_numbers(self):
        self.assert_refused("one at a time", self.engine.id, 2)

    def test_lot_of_what_has_none(self):
        self.assert_refused("Table has no lots", self.finished.id, 1, lot_name="L-1")

    def test_product_scanned_in_place_of_its_lot(self):
        self.assert_refused(
            "12345670 is the barcode of Lamp", self.lamp.id, 1, lot_name="12345670"
        )

    def test_undo_of_a_serial_number_frees_it(self):
        report, _answer = self.report_product(1, self.engine, lot_name="S-1")
        report.action_undo()
        self.assertEqual(report.lot_ids.product_qty, 0)
        again, _answer = self.report_product(1, self.engine, lot_name="S-1")
        self.assertEqual(again.lot_ids, report.lot_ids)
        again.action_undo()
        self.assertEqual(self.on_hand(self.leg), 1000)

    def test_undo_needs_that_lot(self):
        report, _answer = self.report_product(3, self.lamp, lot_name="L-1")
        self.report_product(3, self.lamp, lot_name="L-2")
        self.transfer(self.lamp, 1, self.stock, self.customer, report.lot_ids)
        with self.assertRaisesRegex(UserError, "3 Units of Lamp, L-1 at"):
            report.action_undo()
        self.assertEqual(report.state, "reported")


@tagged("post_install", "-at_install")
class TestFindProduct(ReportCase):
    def find(self, barcode, **values):
        return self.reports.find_product(barcode, **values)

    def use_gs1(self):
        self.company.nomenclature_id = self.env.ref(
            "barcodes_gs1_nomenclature.default_gs1_nomenclature"
        )

    def test_barcode(self):
        self.finished.default_code = "T-1"
        found = self.find(" 4006381333931 ")
        self.assertEqual(found["id"], self.finished.id)
        self.assertEqual((found["name"], found["code"]), ("Table", "T-1"))
        self.assertEqual((found["quantity"], found["unit"]), (1, "Units"))
        self.assertEqual(found["lot_name"], "")

    def test_internal_reference(self):
        self.finished.default_code = "T-1"
        self.assertEqual(self.find("T-1")["id"], self.finished.id)

    def test_packaging(self):
        pack = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            {"product_id": self.finished.id, "uom_id": pack.id, "barcode": "BOX-12"}
        )
        found = self.find("BOX-12")
        self.assertEqual((found["id"], found["quantity"]), (self.finished.id, 12))

    def test_what_components_are_enough_for(self):
        # 7 frames for 1 each; 1000 legs for 2 each would be 500.
        found = self.find("4006381333931")
        self.assertEqual((found["possible"], found["limited_by"]), (7, "Frame"))
        self.reserve_for_delivery(self.frame, 5)
        self.assertEqual(self.find("4006381333931")["possible"], 2)

    def test_what_is_possible_leaves_manual_components_out(self):
        self.bom.bom_line_ids[0].issue_method = "manual"
        found = self.find("4006381333931")
        self.assertEqual((found["possible"], found["limited_by"]), (500, "Leg"))
        self.bom.bom_line_ids[1].component_scrap = 25
        # 2 × 1.25 = 2.5 legs each.
        self.assertEqual(self.find("4006381333931")["possible"], 400)
        self.bom.bom_line_ids[1].is_fixed_quantity = True
        self.assertIsNone(self.find("4006381333931")["possible"])

    def test_what_is_possible_looks_at_the_supply_location(self):
        shelf = self.create_location("Shelf")
        self.add_stock(self.frame, 3, location=shelf)
        self.bom.bom_line_ids[0].supply_location_id = shelf
        self.assertEqual(self.find("4006381333931")["possible"], 3)
        # That of another company, on a BoM which both share, an order passes over: 7
        # and those on the shelf, which is below its own source location.
        other = self.env["res.company"].create({"name": "Other Factory"})
        self.env.cr.execute(
            "UPDATE stock_location SET company_id = %s WHERE id = %s",
            [other.id, shelf.id],
        )
        shelf.invalidate_recordset(["company_id"])
        self.assertEqual(self.find("4006381333931")["possible"], 10)

    def test_nothing_has_it(self):
        for barcode in ("", "   ", None, 7):
            with self.assertRaisesRegex(UserError, "Scan or type|is not a text"):
                self.find(barcode)
        with self.assertRaisesRegex(UserError, "reference 0815"):
            self.find("0815")

    def test_lot_is_no_product(self):
        board = self.create_product("Board", tracking="lot")
        self.create_lot(board, "B-77")
        with self.assertRaisesRegex(UserError, "B-77 is a lot.*of Board"):
            self.find("B-77")

    def test_what_cannot_be_produced(self):
        self.frame.barcode = "F-1"
        with self.assertRaisesRegex(UserError, "no bill of materials"):
            self.find("F-1")
        self.finished.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.find("4006381333931")

    def test_own_company_first(self):
        other = self.env["res.company"].create({"name": "Other Works"})
        self.env.user.company_ids += other
        self.create_product("Theirs", company_id=other.id, default_code="T-1")
        with self.assertRaisesRegex(UserError, "another company"):
            self.find("T-1")
        self.finished.default_code = "T-1"
        self.assertEqual(self.find("T-1")["id"], self.finished.id)

    def test_gs1(self):
        self.use_gs1()
        found = self.find("01040063813339313012")
        self.assertEqual((found["id"], found["quantity"]), (self.finished.id, 12))
        self.assertEqual(found["lot_name"], "")

    def test_gs1_lot_and_count(self):
        self.use_gs1()
        self.finished.tracking = "lot"
        found = self.find("0104006381333931\x1d10L-1\x1d375")
        self.assertEqual((found["lot_name"], found["quantity"]), ("L-1", 5))

    def test_gs1_serial_number(self):
        self.use_gs1()
        self.finished.tracking = "serial"
        found = self.find("010400638133393110BATCH\x1d21S-1")
        self.assertEqual((found["lot_name"], found["quantity"]), ("S-1", 1))

    def test_gs1_packaging(self):
        self.use_gs1()
        dozen = self.env.ref("uom.product_uom_dozen")
        self.env["product.uom"].create(
            {
                "product_id": self.finished.id,
                "uom_id": dozen.id,
                "barcode": "14006381333938",
            }
        )
        found = self.find("0114006381333938372")
        self.assertEqual((found["id"], found["quantity"]), (self.finished.id, 24))

    def test_gs1_of_nothing(self):
        self.use_gs1()
        with self.assertRaisesRegex(UserError, "No product"):
            self.find("0112345678901231")
        with self.assertRaisesRegex(UserError, "No product"):
            # A date that is none.
            self.find("17999999")

    def test_gs1_without_its_nomenclature(self):
        with self.assertRaisesRegex(UserError, "No product"):
            self.find("0104006381333931")

    def test_gs1_as_lot(self):
        self.use_gs1()
        self.finished.tracking = "lot"
        report, _answer = self.report_product(lot_name="010400638133393110L-7")
        self.assertEqual(report.lot_ids.name, "L-7")
        # It only looks like (10)23.
        report, _answer = self.report_product(lot_name="1023")
        self.assertEqual(report.lot_ids.name, "1023")


@tagged("post_install", "-at_install")
class TestUndo(ReportCase):
    def test_everything_is_returned(self):
        report, _answer = self.report_product(3)
        report.action_undo()
        self.assertEqual(report.state, "undone")
        self.assertEqual(self.on_hand(self.finished), 0)
        self.assertEqual(self.on_hand(self.frame), 7)
        self.assertEqual(self.on_hand(self.leg), 1000)
        order = report.production_id
        self.assertEqual(order.unbuild_ids, report.unbuild_id)
        self.assertEqual(report.unbuild_id.state, "done")
        self.assertEqual(report.unbuild_id.product_qty, 3)
        returned = report.unbuild_id.produce_line_ids
        self.assertEqual(
            returned.origin_returned_move_id,
            order.move_raw_ids | order.move_finished_ids,
        )

    def test_twice(self):
        report, _answer = self.report_product(3)
        report.action_undo()
        with self.assertRaisesRegex(UserError, "undone already"):
            report.action_undo()
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_two_at_once(self):
        report, _answer = self.report_product(3)

        def lock(records, *args, **kwargs):
            raise LockError("by somebody else")

        with (
            patch.object(MrpProductionReport, "lock_for_update", lock, create=True),
            self.assertRaisesRegex(UserError, "Somebody else"),
        ):
            report.action_undo()
        self.assertEqual(report.state, "reported")

    def test_what_was_unbuilt(self):
        report, _answer = self.report_product(3)
        unbuild = Form(self.env["mrp.unbuild"])
        unbuild.mo_id = report.production_id
        unbuild.product_qty = 1
        unbuild.save().action_unbuild()
        with self.assertRaisesRegex(UserError, "unbuilt already"):
            report.action_undo()
        self.assertEqual(self.on_hand(self.frame), 5)

    def test_nobody_claims_an_undo(self):
        # Built by hand for an order that nobody reported: core's unbuild.
        order = self.create_order(self.bom, 2)
        order.button_mark_done()
        unbuild = self.env["mrp.unbuild"].create(
            {"mo_id": order.id, "product_qty": 1, "is_undo": True}
        )
        self.assertFalse(unbuild.is_undo)
        unbuild.action_unbuild()
        self.assertEqual(self.on_hand(self.frame), 6)

    def test_product_that_is_gone(self):
        report, _answer = self.report_product(3)
        self.transfer(self.finished, 1, self.stock, self.customer)
        with self.assertRaisesRegex(UserError, "no longer in stock"):
            report.action_undo()
        self.assertEqual(report.state, "reported")
        self.assertEqual(self.on_hand(self.frame), 4)

    def test_product_that_was_put_elsewhere(self):
        report, _answer = self.report_product(3)
        shelf = self.create_location("Shelf")
        self.transfer(self.finished, 3, self.stock, shelf)
        with self.assertRaisesRegex(UserError, "no longer in stock"):
            report.action_undo()

    def test_of_many_in_stock_one_may_have_gone(self):
        self.report_product(2)
        report, _answer = self.report_product(3)
        self.transfer(self.finished, 2, self.stock, self.customer)
        report.action_undo()
        self.assertEqual(self.on_hand(self.finished), 0)

    def test_components_go_back_to_their_places(self):
        """Two lots of two shelves, a package and somebody's own goods."""
        board = self.create_product("Board", tracking="lot")
        shelves = [self.create_location(name) for name in ("Left", "Right")]
        lots = [self.create_lot(board, name) for name in ("A", "B")]
        package = self.env["stock.package"].create({"name": "Pallet 1"})
        quants = self.env["stock.quant"]
        quants._update_available_quantity(
            board, shelves[0], 2, lot_id=lots[0], package_id=package
        )
        quants._update_available_quantity(board, shelves[1], 3, lot_id=lots[1])
        shelf = self.create_product("Shelf")
        self.create_bom((board, 1, {}), product=shelf)
        # What comes in would be put on a shelf of its own.
        self.env["stock.putaway.rule"].create(
            {
                "product_id": board.id,
                "location_in_id": self.stock.id,
                "location_out_id": self.create_location("Bin").id,
            }
        )

        def read():
            found = quants.search(
                [("product_id", "=", board.id), ("location_id.usage", "=", "internal")]
            )
            return {
                (q.location_id.name, q.lot_id.name, q.package_id.name): q.quantity
                for q in found
                if q.quantity
            }

        before = read()
        report, _answer = self.report_product(4, shelf)
        self.assertEqual(sum(read().values()), 1)
        report.action_undo()
        self.assertEqual(read(), before)
        self.assertEqual(
            before, {("Left", "A", "Pallet 1"): 2, ("Right", "B", False): 3}
        )

    def test_components_in_other_units(self):
        # 5 legs out of a BoM in dozens: 0.42 dozen would be 5.04.
        dozen = self.env.ref("uom.product_uom_dozen")
        stool = self.create_product("Stool")
        self.create_bom((self.leg, 5 / 12, {"product_uom_id": dozen.id}), product=stool)
        report, _answer = self.report_product(1, stool)
        report.action_undo()
        self.assertEqual(self.on_hand(self.leg), 1000)

    def test_byproducts_go_too(self):
        chips = self.create_product("Chips")
        self.bom.byproduct_ids = [
            Command.create(
                {
                    "product_id": chips.id,
                    "product_qty": 4,
                    "product_uom_id": chips.uom_id.id,
                }
            )
        ]
        report, _answer = self.report_product(2)
        self.assertEqual(self.on_hand(chips), 8)
        report.action_undo()
        self.assertEqual(self.on_hand(chips), 0)
        other, _answer = self.report_product(2)
        self.transfer(chips, 1, self.stock, self.customer)
        with self.assertRaisesRegex(UserError, "8 Units of Chips"):
            other.action_undo()

    def test_product_that_was_put_away(self):
        shelf = self.create_location("Shelf")
        self.env["stock.putaway.rule"].create(
            {
                "product_id": self.finished.id,
                "location_in_id": self.stock.id,
                "location_out_id": shelf.id,
            }
        )
        report, _answer = self.report_product(2)
        report.action_undo()
        self.assertEqual(self.on_hand(self.finished), 0)

    def report_with_transfers(self):
        """Two reports, of 2 and of 1, in three steps.

        :return: pairs of the report and the transfer that puts its product away
        """
        self.warehouse.manufacture_steps = "pbm_sam"
        for product in (self.frame, self.leg):
            self.add_stock(product, 10, location=self.warehouse.pbm_loc_id)
        reports = [self.report_product(quantity)[0] for quantity in (2, 1)]
        return [
            (report, report.production_id.move_finished_ids.move_dest_ids)
            for report in reports
        ]

    def test_transfer_that_puts_the_product_away_is_cancelled(self):
        (report, transfer), (_other, others) = self.report_with_transfers()
        self.assertEqual(transfer.state, "assigned")
        report.action_undo()
        self.assertEqual(transfer.state, "cancel")
        self.assertEqual((others.state, others.quantity), ("assigned", 1))
        self.assertEqual(self.reserved(self.finished), (1, 1))

    def test_transfer_that_serves_others_too_is_reduced(self):
        (report, transfer), (other, others) = self.report_with_transfers()
        transfer._action_cancel()
        others.write(
            {
                "product_uom_qty": 3,
                "move_orig_ids": [
                    Command.link(move.id)
                    for move in report.production_id.move_finished_ids
                ],
            }
        )
        others._action_assign()
        self.assertEqual(others.quantity, 3)
        report.action_undo()
        self.assertEqual((others.product_uom_qty, others.quantity), (1, 1))
        self.assertEqual(self.reserved(self.finished), (1, 1))
        other.action_undo()
        self.assertEqual(others.state, "cancel")

    def test_reserved_product_is_taken_back(self):
        report, _answer = self.report_product(2)
        delivery = self.reserve_for_delivery(self.finished, 2)
        report.action_undo()
        self.assertEqual(self.on_hand(self.finished), 0)
        self.assertEqual(delivery.move_ids.quantity, 0)
        self.assertEqual(self.reserved(self.finished), (0, 0))

    def test_open_exceptions_are_cancelled(self):
        self.set_rule("park")
        report, _answer = self.report_product(10)
        exception = report.production_id.backflush_exception_ids
        report.action_undo()
        self.assertEqual(exception.state, "cancelled")
        self.assertIn("undone", exception.cancel_reason)
        self.assertEqual(exception.pending_move_id.state, "cancel")
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_settled_exceptions_come_back(self):
        # 7 of 10 at once, 2 of the other 3 later.
        self.set_rule("park")
        report, _answer = self.report_product(10)
        exception = report.production_id.backflush_exception_ids
        self.receive(self.frame, 2)
        exception.action_retry()
        self.assertEqual((exception.quantity, self.on_hand(self.frame)), (1, 0))
        report.action_undo()
        self.assertEqual(self.on_hand(self.frame), 9)
        self.assertEqual(exception.state, "cancelled")
        self.assertEqual(self.reserved(self.frame), (0, 0))

    def test_other_company(self):
        report, _answer = self.report_product()
        other = self.env["res.company"].create({"name": "Other Works"})
        stranger = self.create_user(
            "stranger",
            "mrp.group_mrp_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        theirs = report.with_user(stranger)
        self.assertFalse(theirs.search([]))
        with self.assertRaises(AccessError):
            theirs.action_undo()


@tagged("post_install", "-at_install")
class TestTodaysReports(ReportCase):
    def test_own_ones_first_the_latest_first(self):
        worker = self.create_user("line worker", "mrp.group_mrp_user")
        first, _answer = self.report_product()
        second, _answer = self.report_product(2)
        reports = self.reports.with_user(worker)
        own = reports.report_production(self.finished.id, 3)
        listed = reports.get_reports()
        self.assertEqual(
            [report["id"] for report in listed], [own["id"], second.id, first.id]
        )
        self.assertEqual([report["is_own"] for report in listed], [True, False, False])
        [only] = reports.get_reports(is_own=True)
        self.assertEqual((only["quantity"], only["user"]), (3, worker.name))

    def test_of_the_users_day(self):
        """In Tokyo the 25th began at 15:00 of the 24th in London."""
        early, _answer = self.report_product()
        late, _answer = self.report_product()
        for report, moment in (
            (early, "2026-11-24 14:59:00"),
            (late, "2026-11-24 15:01:00"),
        ):
            self.env.cr.execute(
                "UPDATE mrp_production_report SET create_date = %s WHERE id = %s",
                (moment, report.id),
            )
        self.env.invalidate_all()
        day = fields.Date.to_date("2026-11-25")
        with patch.object(fields.Date, "context_today", return_value=day):
            [listed] = self.reports.with_context(tz="Asia/Tokyo").get_reports()
        self.assertEqual((listed["id"], listed["time"]), (late.id, "00:01"))

    def test_undone_ones_stay(self):
        report, _answer = self.report_product()
        report.action_undo()
        [listed] = self.reports.get_reports()
        self.assertEqual((listed["state"], listed["waiting"]), ("undone", []))


@tagged("post_install", "-at_install")
class TestUndoneValue(CostCase):
    """Stock is worth the same before a report and after its undo."""

    def prepare(self, cost_method, valuation="periodic", **values):
        """A table of 1 panel. There are 3 tables at 50.00 in stock, and 5 panels at
        2.00 and 5 at 3.00."""
        category = self.create_category(cost_method, valuation)
        self.panel = self.create_product("Panel", categ_id=category.id, **values)
        self.table = self.create_product("Panel Table", categ_id=category.id)
        self.create_bom((self.panel, 1, {}), product=self.table)
        self.receive(self.table, 3, 50.0)
        if not values:
            self.receive(self.panel, 5, 2.0)
            self.receive(self.panel, 5, 3.0)

    def get_values(self):
        products = self.panel | self.table
        products.invalidate_recordset()
        return [round(product.total_value, 2) for product in products]

    def report_tables(self, quantity):
        reports = self.env["mrp.production.report"]
        answer = reports.report_production(self.table.id, quantity)
        return reports.browse(answer["id"])

    def test_average(self):
        # 10 panels at 2.50; 4 tables at 2.50 beside 3 at 50.00.
        self.prepare("average")
        self.assertEqual(self.get_values(), [25, 150])
        report = self.report_tables(4)
        self.assertEqual(self.get_values(), [15, 160])
        report.action_undo()
        self.assertEqual(self.get_values(), [25, 150])
        self.assertAlmostEqual(self.table.standard_price, 50)
        self.assertAlmostEqual(self.panel.standard_price, 2.5)

    def test_first_in_first_out(self):
        # 7 panels: 5 × 2.00 + 2 × 3.00 = 16.
        self.prepare("fifo")
        report = self.report_tables(7)
        self.assertEqual(self.get_values(), [9, 166])
        report.action_undo()
        self.assertEqual(self.get_values(), [25, 150])
        self.assertAlmostEqual(self.table.standard_price, 50)

    def test_standard_price(self):
        self.prepare("standard")
        self.panel.standard_price = 2.0
        self.table.standard_price = 9.0
        before = self.get_values()
        report = self.report_tables(4)
        report.action_undo()
        self.assertEqual(self.get_values(), before)

    def test_price_that_has_changed_since(self):
        # 4 panels at 2.50 went and come back at that, whatever panels cost by now.
        self.prepare("average")
        report = self.report_tables(4)
        self.receive(self.panel, 6, 10.0)
        self.assertEqual(self.get_values(), [75, 160])
        report.action_undo()
        self.assertEqual(self.get_values(), [85, 150])

    def test_what_waited_for_stock(self):
        # 2 of 12 panels are missing, and counted in the tables.
        self.company.shortage_rule = "park"
        self.prepare("average")
        report = self.report_tables(12)
        self.assertEqual(self.get_values(), [0, 180])
        report.action_undo()
        self.assertEqual(self.get_values(), [25, 150])

    def test_what_came_later(self):
        self.company.shortage_rule = "park"
        self.prepare("average")
        report = self.report_tables(12)
        self.receive(self.panel, 2, 4.0)
        report.production_id.backflush_exception_ids.action_retry()
        report.action_undo()
        self.assertEqual(self.get_values(), [33, 150])

    def test_lots_with_a_cost_of_their_own(self):
        # 1 of lot A at 2.00 and 1 of lot B at 4.00.
        self.prepare("average", tracking="lot", lot_valuated=True)
        lots = [self.create_lot(self.panel, name) for name in ("A", "B")]
        for lot, price in zip(lots, (2.0, 4.0), strict=True):
            self.receive(self.panel, 1, price, lot)
        report = self.report_tables(2)
        self.assertEqual(self.get_values(), [0, 156])
        report.action_undo()
        self.assertEqual(self.get_values(), [6, 150])
        self.assertEqual([lot.standard_price for lot in lots], [2, 4])

    def test_journal_entries_balance(self):
        self.prepare("average", "real_time")
        location = self.table.with_company(self.company).property_stock_production
        account = self.env["account.account"].create(
            {"name": "Production", "code": "PROD1", "account_type": "asset_current"}
        )
        location.valuation_account_id = account
        report = self.report_tables(4)
        report.action_undo()
        order = report.production_id
        moves = order.move_raw_ids | order.move_finished_ids
        moves |= report.unbuild_id.produce_line_ids
        entries = moves.account_move_id
        self.assertTrue(entries)
        balances = {}
        for line in entries.line_ids:
            key = line.account_id, line.product_id
            balances[key] = balances.get(key, 0) + line.balance
        for balance in balances.values():
            self.assertAlmostEqual(balance, 0)

    def test_what_the_accounts_have_closed_stays_counted(self):
        self.prepare("average")
        report = self.report_tables(4)
        closing = fields.Datetime.add(fields.Datetime.now(), minutes=1)
        company_class = type(self.company)
        with patch.object(
            company_class, "_get_last_closing_date", lambda company: closing
        ):
            report.action_undo()
        # As core: 7 tables at 160 / 7 on average, 4 of them leave.
        self.assertEqual(self.get_values(), [25, round(160 / 7 * 3, 2)])
