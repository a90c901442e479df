from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_count_members import MembersCase


class AtCountCase(MembersCase):
    """Screws are At Count: a table needs ten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw.issue_method = "count"

    def get_pending(self, product=None):
        return self.env["stock.move"].search(
            [
                ("is_count_pending", "=", True),
                ("product_id", "=", (product or self.screw).id),
                ("state", "not in", ("done", "cancel")),
            ]
        )

    def assert_pending(self, *quantities, product=None):
        pending = self.get_pending(product)
        self.assertEqual(sorted(pending.mapped("product_uom_qty")), sorted(quantities))


@tagged("post_install", "-at_install")
class TestMethodChanges(AtCountCase):
    """What is uncounted keeps its method, and stays due."""

    def assert_still_due(self, order):
        self.assertEqual(order.move_raw_ids.issue_method, "count")
        self.assertEqual(order.move_raw_ids.issue_state, "at_count")
        self.assert_pending(100)
        places = self.env["stock.location"]._find_count_places(self.company)
        self.assertIn(self.shelf, places)
        sheet = self.count(895)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 105})
        self.assertFalse(self.get_pending())

    def test_product(self):
        order = self.complete(10)
        self.screw.issue_method = "completion"
        # The next order issues it.
        other = self.complete(1)
        self.assertEqual(other.move_raw_ids.issue_method, "completion")
        self.assertEqual(self.on_shelf(), 990)
        sheet = self.count(885)
        sheet.action_validate()
        # 5 missing of 100 needed and 10 issued: rounded to hundredths 4.55 and 0.45.
        shares = self.get_shares(sheet)
        self.assertAlmostEqual(shares[order], 104.55)
        self.assertAlmostEqual(shares[other], 0.45)

    def test_bom_line(self):
        self.screw.issue_method = False
        self.bom.bom_line_ids.issue_method = "count"
        order = self.complete(10)
        self.bom.bom_line_ids.issue_method = "manual"
        self.assert_still_due(order)

    def test_category(self):
        self.screw.issue_method = False
        self.category.issue_method = "count"
        order = self.complete(10)
        self.category.issue_method = False
        self.assert_still_due(order)

    def test_work_center(self):
        self.screw.issue_method = False
        bom = self.create_bom(
            (
                *(self.screw, 10),
                {"operation": "Assembly", "supply_location_id": self.shelf.id},
            ),
            product=self.create_product("Bench"),
            operations=["Assembly"],
        )
        center = bom.operation_ids.workcenter_id
        center.issue_method = "count"
        order = self.complete(10, bom)
        center.issue_method = False
        self.assert_still_due(order)

    def test_company(self):
        self.screw.issue_method = False
        self.company.issue_method = "count"
        order = self.complete(10)
        self.company.issue_method = "completion"
        self.assert_still_due(order)

    def test_override_on_an_order(self):
        order = self.create_order(self.bom)
        component = order.move_raw_ids
        component.issue_method = "completion"
        order.qty_producing = 10
        order._set_qty_producing()
        order.button_mark_done()
        self.assertEqual(self.on_shelf(), 900)
        self.assertFalse(self.get_pending())
        with self.assertRaisesRegex(UserError, "issued or closed already"):
            component.issue_method = "count"

    def test_override_to_at_count(self):
        self.screw.issue_method = False
        order = self.create_order(self.bom)
        order.move_raw_ids.issue_method = "count"
        order.qty_producing = 10
        order._set_qty_producing()
        order.button_mark_done()
        with self.assertRaisesRegex(UserError, "issued or closed already"):
            order.move_raw_ids.issue_method = "completion"
        self.assert_still_due(order)

    def test_bom_line_deleted(self):
        order = self.complete(10)
        self.bom.bom_line_ids.unlink()
        self.assert_still_due(order)

    def test_tracked_by_serial_number(self):
        self.complete(10)
        with self.assertRaises(UserError) as caught:
            self.screw.tracking = "serial"
        self.assertIn("Count it first", str(caught.exception))
        self.count(900).action_validate()
        self.screw.tracking = "serial"
        self.assertEqual(
            self.create_order(self.bom).move_raw_ids.issue_method, "completion"
        )

    def test_place_archived(self):
        # Nothing lies there by the book, and yet it was used.
        cabinet = self.create_location("Cabinet")
        self.bom.bom_line_ids.supply_location_id = cabinet
        self.complete(10)
        self.bom.bom_line_ids.supply_location_id = self.shelf
        with self.assertRaises(UserError) as caught:
            cabinet.active = False
        self.assertIn("Count it first", str(caught.exception))
        self.count(0, location=cabinet).action_validate()
        cabinet.active = False

    def test_place_moved(self):
        order = self.complete(10)
        self.shelf.location_id = self.create_location("Hall")
        self.assert_still_due(order)

    def test_product_archived(self):
        order = self.complete(10)
        self.bom.active = False
        self.screw.product_tmpl_id.active = False
        self.assert_still_due(order)


@tagged("post_install", "-at_install")
class TestUnbuiltAtCount(AtCountCase):
    def test_unbuilt_in_part_before_the_count(self):
        order = self.complete(10)
        self.unbuild(order, 4)
        self.assert_pending(60)
        sheet = self.count(937)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 63})
        self.assertEqual(order.move_raw_ids.issue_state, "counted")

    def test_unbuilt_in_full_before_the_count(self):
        order = self.complete(10)
        self.unbuild(order, 10)
        self.assertFalse(self.get_pending())
        self.assertEqual(order.move_raw_ids.issue_state, "not_issued")
        # Nothing is left to count: it may be switched off.
        self.company.use_line_count = False

    def test_unbuilt_after_the_count(self):
        # 105 used; 40 of the 100 that were needed came back to the shelf since: the
        # next count finds them, and no other order gets a part of it.
        order = self.complete(10)
        self.count(895).action_validate()
        self.unbuild(order, 4)
        other = self.complete(10)
        self.assert_pending(60)
        sheet = self.count(835)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: -40, other: 100})
        self.assertEqual(self.on_shelf(), 835)
        self.assertFalse(self.get_pending())

    def test_unbuilt_in_full_after_the_count(self):
        order = self.complete(10)
        self.count(900).action_validate()
        self.unbuild(order, 10)
        self.assertFalse(self.get_pending())
        sheet = self.count(1000)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: -100})
        self.assertEqual(self.on_shelf(), 1000)
        # Each is counted once: nothing is left.
        self.assertFalse(self.count(1000).share_ids)

    def test_unbuilt_between_counting_and_validation(self):
        order = self.complete(10)
        sheet = self.count(900)
        self.unbuild(order, 4)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 100})
        self.assertEqual(self.get_bases(self.count(940)), {order: -40})

    def test_undone_report(self):
        reports = self.env["mrp.production.report"]
        answer = reports.report_production(self.finished.id, 10)
        self.assert_pending(100)
        reports.browse(answer["id"]).action_undo()
        self.assertFalse(self.get_pending())
        self.assertFalse(self.count(1000).share_ids)


@tagged("post_install", "-at_install")
class TestAtCountOrders(AtCountCase):
    def test_recorded_as_unused(self):
        order = self.create_order(self.bom)
        order.move_raw_ids.write({"quantity": 0, "picked": True})
        order.qty_producing = 10
        self.finish(order.button_mark_done())
        self.assertEqual(order.state, "done")
        self.assertFalse(self.get_pending())
        self.assertFalse(self.count(1000).share_ids)
        self.assertEqual(order.move_raw_ids.issue_state, "not_used")

    def test_recorded_in_part(self):
        # A person says 80 of 100 were used: that is known, a count has nothing to find.
        self.bom.consumption = "flexible"
        order = self.create_order(self.bom)
        order.move_raw_ids.write({"quantity": 80, "picked": True})
        order.qty_producing = 10
        self.finish(order.button_mark_done())
        self.assertEqual(self.on_shelf(), 920)
        self.assertFalse(self.get_pending())
        self.assertFalse(self.count(920).share_ids)

    def test_issued_in_part(self):
        # 30 were issued by hand; 70 are left to the count.
        order = self.create_order(self.bom)
        order.move_raw_ids.action_issue(30)
        order.qty_producing = 10
        self.finish(order.button_mark_done())
        self.assertEqual(order.state, "done")
        self.assertEqual(self.on_shelf(), 970)
        self.assert_pending(70)

    def test_cancelled_order(self):
        order = self.create_order(self.bom)
        backorder = self.produce(order, 6)
        backorder.action_cancel()
        self.assert_pending(60)

    def test_split_and_merged(self):
        # 10 split into 4 and 6, merged with 5 others: 15 tables need 150.
        order = self.create_order(self.bom)
        order._split_productions({order: [4, 6]})
        parts = self.get_chain(order)
        other = self.create_order(self.bom, 5)
        merged = (parts | other).action_merge()["res_id"]
        merged = self.env["mrp.production"].browse(merged)
        merged.qty_producing = 15
        merged._set_qty_producing()
        merged.button_mark_done()
        self.assert_pending(150)
        self.assertEqual(self.get_bases(self.count(850)), {merged: 150})

    def test_update_bom(self):
        order = self.create_order(self.bom)
        self.bom.bom_line_ids.product_qty = 12
        order.action_update_bom()
        self.assertEqual(order.move_raw_ids.issue_method, "count")
        order.qty_producing = 10
        order._set_qty_producing()
        order.button_mark_done()
        self.assert_pending(120)

    def test_beside_what_is_backflushed(self):
        # The same screw is issued at completion for chairs: 100 needed, 50 issued.
        chair = self.take_from_shelf(self.screw, 5, issue_method="completion")
        table, chairs = self.complete(10), self.complete(10, chair)
        sheet = self.count(835)
        line = self.get_line(sheet)
        self.assertEqual(
            (line.book_quantity, line.issued_quantity, line.needed_quantity),
            (950, 50, 100),
        )
        sheet.action_validate()
        # 115 are missing, 15 beyond the need: 10 and 5.
        self.assertEqual(self.get_shares(sheet), {table: 110, chairs: 5})

    def test_less_than_needed(self):
        order = self.complete(10)
        sheet = self.count(910)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 90})
        self.assertEqual(self.on_shelf(), 910)

    def test_all_lots_of_it_are_counted(self):
        paint = self.create_product("Paint", tracking="lot", issue_method="count")
        lots = [self.create_lot(paint, name) for name in "AB"]
        for lot in lots:
            self.add_stock(paint, 50, lot=lot, location=self.shelf)
        order = self.complete(30, self.take_from_shelf(paint))
        sheet = self.create_sheet()
        self.get_line(sheet, paint, lots[0]).counted_quantity = 40
        with self.assertRaisesRegex(UserError, "Paint is At Count: count lot B, too"):
            sheet.action_validate()
        self.get_line(sheet, paint, lots[1]).counted_quantity = 28
        sheet.action_validate()
        # 10 of A and 22 of B are missing: 32 of 30 needed.
        self.assertEqual(self.get_shares(sheet), {order: 32})
        self.assertEqual(
            {move.lot_ids.name: move.quantity for move in sheet.move_ids},
            {"A": 10, "B": 22},
        )

    def test_lot_that_is_counted_again(self):
        paint = self.create_product("Paint", tracking="lot", issue_method="count")
        lots = [self.create_lot(paint, name) for name in "AB"]
        for lot in lots:
            self.add_stock(paint, 50, lot=lot, location=self.shelf)
        order = self.complete(30, self.take_from_shelf(paint))
        sheet = self.create_sheet()
        a, b = (self.get_line(sheet, paint, lot) for lot in lots)
        a.counted_quantity, b.counted_quantity = 40, 28
        a.counted_quantity = 41
        self.assertEqual((a.needed_quantity, b.needed_quantity), (30, 0))
        a.action_count_again()
        self.assertEqual((a.needed_quantity, b.needed_quantity), (0, 30))
        a.counted_quantity = 40
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 32})


@tagged("post_install", "-at_install")
class TestPendingMove(AtCountCase):
    """It tells what was used, and is no document of anybody's."""

    def test_reordering_sees_it(self):
        # 1,000 are there and 970 were used: 20 short of the 50 that shall be there.
        self.complete(97)
        orderpoint = self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.screw.id,
                "location_id": self.stock.id,
                "product_min_qty": 50,
                "product_max_qty": 100,
            }
        )
        self.assertEqual(orderpoint.qty_forecast, 30)
        self.assertEqual(orderpoint.qty_to_order, 70)

    def test_others_shortage_rules_see_it(self):
        # 970 of 1,000 were used: a manual order finds 30 of its 40.
        self.complete(97)
        self.company.shortage_rule = "park"
        chair = self.take_from_shelf(self.screw, 4, issue_method="completion")
        order = self.complete(10, chair)
        self.assertEqual(order.backflush_exception_ids.quantity, 10)
        self.company.shortage_rule = "block"
        other = self.create_order(chair)
        other.qty_producing = 10
        with self.assertRaises(UserError):
            other._set_qty_producing()
            other.button_mark_done()

    def test_never_short_itself(self):
        # 2,000 needed of 1,000: nobody waits for anything.
        self.company.shortage_rule = "block"
        order = self.complete(200)
        self.assertFalse(order.open_exception_count)
        self.assert_pending(2000)

    def test_nobody_reserves_it(self):
        # 1,200 needed of 1,000. 500 come in: they are free for others.
        self.complete(120)
        pending = self.get_pending()
        self.assertEqual(pending.quantity, 1000)
        quants = self.env["stock.quant"]
        move = self.env["stock.move"].create(
            {
                "product_id": self.screw.id,
                "product_uom_qty": 500,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.shelf.id,
            }
        )
        move._action_confirm()
        move.quantity, move.picked = 500, True
        move._action_done()
        self.env["stock.rule"].run_scheduler()
        self.assertEqual(pending.quantity, 1000)
        available = quants._get_available_quantity(self.screw, self.shelf)
        self.assertEqual(available, 500)

    def test_no_document_has_it(self):
        self.complete(10)
        pending = self.get_pending()
        self.assertFalse(pending.picking_id)
        self.assertFalse(pending.picking_type_id)
        self.assertFalse(pending.raw_material_production_id)

    def test_nothing_is_merged_with_it(self):
        self.complete(10)
        pending = self.get_pending()
        move = self.env["stock.move"].create(
            {
                "product_id": self.screw.id,
                "product_uom_qty": 5,
                "location_id": pending.location_id.id,
                "location_dest_id": pending.location_dest_id.id,
            }
        )
        move._action_confirm()
        self.assertEqual(move.product_uom_qty, 5)
        (move | pending)._merge_moves()
        self.assertTrue(move.exists())
        self.assert_pending(100)
        self.assertIn(pending.state, ("assigned", "confirmed"))

    def test_one_for_each_place(self):
        cabinet = self.create_location("Cabinet")
        bench = self.create_bom(
            (self.screw, 1, {"supply_location_id": cabinet.id}),
            product=self.create_product("Bench"),
        )
        self.complete(10)
        self.complete(7, bench)
        self.assert_pending(100, 7)
        # The place above takes in both.
        sheet = self.count(890, location=self.stock)
        sheet.action_validate()
        self.assertEqual(sorted(self.get_shares(sheet).values()), [7.2, 102.8])
        self.assertFalse(self.get_pending())

    def test_forecast_report(self):
        self.complete(10)
        report = self.env["stock.forecasted_product_product"]
        values = report.with_context(warehouse_id=self.warehouse.id)._get_report_data(
            product_ids=self.screw.ids
        )
        product = values["product"][self.screw.id]
        self.assertEqual(product["virtual_available"], 900)

    def test_what_lies_there_is_not_moved_away(self):
        # Reserved: a transfer gets what was not used yet.
        self.complete(97)
        move = self.env["stock.move"].create(
            {
                "product_id": self.screw.id,
                "product_uom_qty": 100,
                "location_id": self.shelf.id,
                "location_dest_id": self.stock.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertEqual(move.quantity, 30)

    def test_component_of_a_kit(self):
        # The kit's own line says where its screws come from.
        kit = self.create_product("Kit", is_storable=False)
        place = {"supply_location_id": self.shelf.id}
        self.create_bom((self.screw, 2, place), product=kit, type="phantom")
        self.bom.bom_line_ids = [
            Command.clear(),
            Command.create({"product_id": kit.id}),
        ]
        order = self.complete(10)
        self.assertEqual(self.get_bases(self.count(980)), {order: 20})
