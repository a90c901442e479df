from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import BackflushCase


class CountCase(BackflushCase):
    """An assembly shelf from which screws are backflushed: a table takes ten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.use_line_count = True
        cls.shelf = cls.create_location("Assembly Shelf")
        cls.screw = cls.create_product("Screw", standard_price=0.5)
        cls.add_stock(cls.screw, 1000, location=cls.shelf)
        cls.bom = cls.create_bom((cls.screw, 10, {"supply_location_id": cls.shelf.id}))

    @classmethod
    def complete(cls, quantity, bom=None):
        """:return: a completed order"""
        order = cls.create_order(bom or cls.bom, quantity)
        order.qty_producing = quantity
        order._set_qty_producing()
        order.button_mark_done()
        assert order.state == "done"
        return order

    def create_sheet(self, location=None, **values):
        sheet = self.env["mrp.line.count"].create(
            {"location_id": (location or self.shelf).id, **values}
        )
        sheet.action_load()
        return sheet

    def count(self, quantity, product=None, lot=None, location=None):
        """A sheet on which one product was counted."""
        sheet = self.create_sheet(location)
        self.get_line(sheet, product, lot).counted_quantity = quantity
        return sheet

    def get_line(self, sheet, product=None, lot=None):
        return sheet.line_ids.filtered(
            lambda line: (
                line.product_id == (product or self.screw)
                and line.lot_id == (lot or line.lot_id.browse())
            )
        )

    def get_shares(self, sheet):
        return {share.production_id: share.quantity for share in sheet.share_ids}

    def on_shelf(self, product=None, location=None):
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", (product or self.screw).id),
                ("location_id", "child_of", (location or self.shelf).id),
            ]
        )
        return sum(quants.mapped("quantity"))


@tagged("post_install", "-at_install")
class TestCount(CountCase):
    def test_missing_is_shared_out_by_use(self):
        # 100 + 200 + 300 of 1000 were taken: the book says 400. Counted 370.
        orders = [self.complete(quantity) for quantity in (10, 20, 30)]
        sheet = self.count(370)
        line = self.get_line(sheet)
        self.assertEqual(line.book_quantity, 400)
        self.assertEqual(line.issued_quantity, 600)
        self.assertEqual(line.opening_quantity, 1000)
        self.assertEqual(line.in_quantity, 0)
        self.assertEqual(line.difference, -30)
        self.assertEqual(line.difference_value, -15)
        self.assertAlmostEqual(line.difference_percent, -0.05)
        sheet.action_validate()
        self.assertEqual(sheet.state, "done")
        shares = self.get_shares(sheet)
        self.assertEqual([shares[order] for order in orders], [5, 10, 15])
        self.assertEqual(self.on_shelf(), 370)
        [move] = sheet.move_ids
        self.assertEqual(move.location_dest_id.usage, "production")
        self.assertEqual(move.quantity, 30)
        self.assertEqual(move.reference, sheet.name)
        self.assertEqual(
            [order.move_raw_ids.shared_quantity for order in orders], [5, 10, 15]
        )
        self.assertEqual(sum(sheet.share_ids.mapped("value")), 15)

    def test_beyond_the_limit_is_an_ordinary_difference(self):
        # 100 taken, the book says 900, counted 840: 25 % of 100 are shared out.
        order = self.complete(10)
        sheet = self.count(840)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 25})
        by_usage = {
            move.location_dest_id.usage: move.quantity for move in sheet.move_ids
        }
        self.assertEqual(by_usage, {"production": 25, "inventory": 35})
        self.assertEqual(self.on_shelf(), 840)

    def test_more_than_the_book(self):
        order = self.complete(10)
        sheet = self.count(910)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: -10})
        [move] = sheet.move_ids
        self.assertEqual(move.location_id.usage, "production")
        self.assertEqual(sheet.share_ids.value, -5)
        self.assertEqual(self.on_shelf(), 910)

    def test_each_use_is_counted_once(self):
        first = self.complete(10)
        self.count(895).action_validate()
        second = self.complete(20)
        # 895 - 200 = 695 by the book.
        sheet = self.count(685)
        line = self.get_line(sheet)
        self.assertEqual(line.opening_quantity, 895)
        self.assertEqual(line.book_quantity, 695)
        self.assertEqual(line.issued_quantity, 200)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {second: 10})
        self.assertNotIn(first, sheet.share_ids.production_id)

    def test_posted_after_it_was_counted_belongs_to_the_next(self):
        first = self.complete(10)
        sheet = self.count(890)
        second = self.complete(10)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {first: 10})
        self.assertEqual(self.on_shelf(), 790)
        after = self.count(790)
        self.assertEqual(after.share_ids.production_id, second)
        self.assertEqual(self.get_line(after).difference, 0)

    def test_what_came_in_otherwise(self):
        self.complete(10)
        self.count(900).action_validate()
        self.add_stock(self.screw, 50, location=self.shelf)
        self.complete(10)
        line = self.get_line(self.count(850))
        self.assertEqual(
            (line.opening_quantity, line.in_quantity, line.issued_quantity),
            (900, 50, 100),
        )

    def test_manual_components_bear_nothing(self):
        self.screw.issue_method = "manual"
        order = self.create_order(self.bom)
        order.move_raw_ids.action_record_planned()
        self.finish(order.button_mark_done())
        sheet = self.count(890)
        sheet.action_validate()
        self.assertFalse(sheet.share_ids)
        self.assertEqual(sheet.move_ids.location_dest_id.usage, "inventory")

    def test_uncounted_lines_are_left_alone_and_named(self):
        nut = self.create_product("Nut")
        self.add_stock(nut, 5, location=self.shelf)
        self.create_bom((nut, 1, {}), product=self.create_product("Chair"))
        self.complete(10)
        sheet = self.count(900)
        self.assertEqual(sheet.line_ids.product_id, self.screw | nut)
        sheet.action_validate()
        self.assertEqual(self.on_shelf(nut), 5)
        self.assertIn("Nut", sheet.message_ids[0].body)

    def test_nothing_there(self):
        self.complete(10)
        sheet = self.create_sheet()
        self.get_line(sheet).action_nothing_there()
        self.assertEqual(self.get_line(sheet).difference, -900)
        self.assertTrue(self.get_line(sheet).counted_at)

    def test_all_causes_in_one_message(self):
        self.company.shortage_rule = "park"
        self.complete(10)
        nut = self.create_product("Nut")
        bom = self.create_bom(
            (nut, 1, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        order = self.complete(5, bom)
        self.assertEqual(order.open_exception_count, 1)
        sheet = self.count(-1)
        self.env["mrp.line.count.line"].create(
            {"count_id": sheet.id, "product_id": nut.id, "counted_quantity": 3}
        )
        other = self.count(890, location=self.stock)
        with self.assertRaises(UserError) as caught:
            sheet.action_validate()
        message = str(caught.exception)
        self.assertIn("Screw: less than nothing", message)
        self.assertIn(other.name, message)
        self.assertIn("Nut waits for stock", message)

    def test_cancel_the_last_count(self):
        order = self.complete(10)
        sheet = self.count(890)
        sheet.action_validate()
        with self.assertRaises(UserError):
            sheet.action_cancel("")
        sheet.action_cancel("Counted the wrong shelf")
        self.assertEqual(sheet.state, "cancelled")
        self.assertEqual(self.on_shelf(), 900)
        self.assertEqual(order.move_raw_ids.shared_quantity, 0)
        again = self.count(895)
        again.action_validate()
        self.assertEqual(self.get_shares(again), {order: 5})

    def test_only_the_last_count_is_cancelled(self):
        self.complete(10)
        first = self.count(890)
        first.action_validate()
        self.complete(10)
        self.count(790).action_validate()
        with self.assertRaisesRegex(UserError, "counted again since"):
            first.action_cancel("Wrong")

    def test_lots_that_were_swapped(self):
        paint = self.create_product("Paint", tracking="lot", standard_price=2)
        lots = [self.create_lot(paint, name) for name in ("A", "B")]
        for lot in lots:
            self.add_stock(paint, 50, lot=lot, location=self.shelf)
        bom = self.create_bom(
            (paint, 1, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        self.complete(20, bom)
        # FIFO took 20 of A: the book says 30 and 50. Counted 50 and 30.
        sheet = self.create_sheet()
        self.get_line(sheet, paint, lots[0]).counted_quantity = 50
        self.get_line(sheet, paint, lots[1]).counted_quantity = 30
        sheet.action_validate()
        self.assertFalse(any(sheet.share_ids.mapped("quantity")))
        self.assertEqual(sheet.move_ids.mapped("is_shared_out"), [False, False])
        self.assertEqual(self.on_shelf(paint), 80)

    def test_users_count_and_others_validate(self):
        user = self.create_user("counter", "mrp.group_mrp_user")
        self.complete(10)
        sheet = (
            self.env["mrp.line.count"]
            .with_user(user)
            .create({"location_id": self.shelf.id})
        )
        sheet.action_load()
        sheet.line_ids.counted_quantity = 890
        with self.assertRaises(AccessError):
            sheet.action_validate()
        self.env.invalidate_all()
        sheet.sudo(False).with_user(self.env.user).action_validate()
        self.assertEqual(self.on_shelf(), 890)

    def test_an_order_in_progress_bears_its_share_in_its_cost(self):
        self.screw.issue_method = "start"
        order = self.create_order(self.bom)
        order.action_start()
        sheet = self.count(890)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 10})
        self.assertEqual(order._get_counted_cost(), 5)


@tagged("post_install", "-at_install")
class TestAtCount(CountCase):
    """Paint is At Count: a table needs ten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw.issue_method = "count"

    def get_pending(self):
        return self.env["stock.move"].search(
            [
                ("is_count_pending", "=", True),
                ("product_id", "=", self.screw.id),
                ("state", "not in", ("done", "cancel")),
            ]
        )

    def test_nothing_is_posted_before_the_count(self):
        order = self.complete(10)
        component = order.move_raw_ids
        self.assertEqual(component.issue_method, "count")
        self.assertEqual(component.issue_state, "at_count")
        self.assertEqual(component.needed_quantity, 100)
        self.assertEqual(self.on_shelf(), 1000)
        self.assertEqual(self.get_pending().product_uom_qty, 100)
        self.complete(5)
        self.assertEqual(self.get_pending().product_uom_qty, 150)
        self.assertEqual(self.screw.virtual_available, 850)
        self.assertEqual(self.screw.free_qty, 850)

    def test_plan_and_preview_say_so(self):
        order = self.create_order(self.bom)
        [planned] = order.get_backflush_plan()
        self.assertEqual((planned["quantity"], planned["shortage"]), (0, 0))
        self.assertEqual(planned["left_to_count"], 100)
        preview = self.env["mrp.backflush.preview"].create({"production_id": order.id})
        self.assertIn("100 at the next count", str(preview.line_ids.read()))

    def test_complete_orders_asks_nobody(self):
        orders = self.create_order(self.bom) | self.create_order(self.bom, 5)
        dialog = self.env["mrp.complete.orders"].with_context(
            **orders.action_complete_orders()["context"]
        )
        lines = dialog.create({}).line_ids
        self.assertEqual(lines.mapped("feasibility"), ["feasible"] * 2)
        results = orders.complete_orders()
        self.assertEqual([each["result"] for each in results], ["done"] * 2)
        self.assertEqual(self.get_pending().product_uom_qty, 150)

    def test_strict_bill_of_materials_has_no_deviation(self):
        self.bom.consumption = "strict"
        order = self.create_order(self.bom)
        self.assertIs(
            order.with_user(
                self.create_user(
                    "worker", "mrp.group_mrp_user", "stock.group_stock_user"
                )
            ).button_mark_done(),
            True,
        )
        self.assertEqual(order.state, "done")

    def test_cancelled_order_leaves_nothing(self):
        order = self.create_order(self.bom)
        order.action_cancel()
        self.assertFalse(self.get_pending())

    def test_count_shares_out_by_need(self):
        # Needed 100 and 200 of 1000; 685 are left: 315 were used, 15 more than needed,
        # 5 by the first and 10 by the second.
        orders = [self.complete(10), self.complete(20)]
        sheet = self.count(685)
        line = self.get_line(sheet)
        self.assertEqual((line.book_quantity, line.needed_quantity), (1000, 300))
        self.assertAlmostEqual(line.difference_percent, -0.05)
        sheet.action_validate()
        shares = self.get_shares(sheet)
        self.assertEqual([shares[order] for order in orders], [105, 210])
        self.assertEqual(self.on_shelf(), 685)
        self.assertFalse(self.get_pending())
        self.assertEqual(orders[0].move_raw_ids.issue_state, "counted")

    def test_limit_is_for_what_was_used_beyond_the_need(self):
        # Needed 100, used 160: 25 of the 60 are shared out.
        order = self.complete(10)
        sheet = self.count(840)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 125})
        by_usage = {
            move.location_dest_id.usage: move.quantity for move in sheet.move_ids
        }
        self.assertEqual(by_usage, {"production": 125, "inventory": 35})

    def test_each_need_is_counted_once(self):
        self.complete(10)
        self.count(895).action_validate()
        second = self.complete(10)
        sheet = self.count(795)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {second: 100})

    def test_cancelled_count_is_pending_again(self):
        self.complete(10)
        sheet = self.count(895)
        sheet.action_validate()
        sheet.action_cancel("Wrong shelf")
        self.assertEqual(self.get_pending().product_uom_qty, 100)
        self.assertEqual(self.on_shelf(), 1000)

    def test_unbuild_lowers_the_need(self):
        order = self.complete(10)
        self.env["mrp.unbuild"].create(
            {"mo_id": order.id, "product_qty": 4}
        ).action_unbuild()
        self.assertEqual(self.get_pending().product_uom_qty, 60)

    def test_what_a_person_records_is_posted_as_ever(self):
        order = self.create_order(self.bom)
        order.move_raw_ids.action_record_planned()
        self.finish(order.button_mark_done())
        self.assertEqual(self.on_shelf(), 900)
        self.assertFalse(self.get_pending())
        self.assertEqual(order.move_raw_ids.issue_state, "issued")

    def test_where_nobody_counts_it_is_issued_at_completion(self):
        self.company.use_line_count = False
        order = self.complete(10)
        self.assertEqual(order.move_raw_ids.issue_method, "completion")
        self.assertEqual(self.on_shelf(), 900)

    def test_backorder_needs_the_rest(self):
        order = self.create_order(self.bom)
        backorder = self.produce(order, 6)
        self.assertEqual(self.get_pending().product_uom_qty, 60)
        backorder.qty_producing = 4
        backorder._set_qty_producing()
        backorder.button_mark_done()
        self.assertEqual(self.get_pending().product_uom_qty, 100)

    def test_line_counts_stay_on_while_something_is_left_to_count(self):
        self.complete(10)
        with self.assertRaisesRegex(UserError, "Screw: WH/Stock/Assembly Shelf"):
            self.company.use_line_count = False
        self.count(900).action_validate()
        self.company.use_line_count = False


@tagged("post_install", "-at_install")
class TestCounting(CountCase):
    def test_scanned_again_counts_one_more(self):
        self.screw.barcode = "4006381333931"
        self.complete(10)
        sheet = self.create_sheet()
        counted = sheet.count_scanned("4006381333931")
        self.assertEqual((counted["counted"], counted["book"]), (1, 900))
        counted = sheet.count_scanned("4006381333931")
        self.assertEqual(counted["counted"], 2)
        with self.assertRaisesRegex(UserError, "No product, lot or serial number"):
            sheet.count_scanned("nothing")

    def test_scanned_lot(self):
        paint = self.create_product("Paint", tracking="lot")
        lot = self.create_lot(paint, "P-7")
        self.add_stock(paint, 5, lot=lot, location=self.shelf)
        self.create_bom((paint, 1, {}), product=self.create_product("Chair"))
        sheet = self.create_sheet()
        sheet.count_scanned("P-7")
        self.assertEqual(self.get_line(sheet, paint, lot).counted_quantity, 1)

    def test_a_product_that_is_not_on_the_sheet_is_added(self):
        nut = self.create_product("Nut", barcode="40063813")
        sheet = self.create_sheet()
        sheet.count_scanned("40063813")
        self.assertEqual(self.get_line(sheet, nut).counted_quantity, 1)

    def test_not_counted_is_not_zero(self):
        self.complete(10)
        sheet = self.create_sheet()
        [line] = sheet.get_counting()["lines"]
        self.assertIsNone(line["counted"])
        self.get_line(sheet).action_nothing_there()
        [line] = sheet.get_counting()["lines"]
        self.assertEqual(line["counted"], 0)

    def test_counted_again(self):
        self.complete(10)
        sheet = self.count(5)
        self.get_line(sheet).action_count_again()
        self.assertFalse(self.get_line(sheet).counted_at)
        self.assertFalse(sheet.share_ids)


@tagged("post_install", "-at_install")
class TestCountOfAnException(CountCase):
    def test_count_settles_what_waits(self):
        # The book says 0 of 100 that were used; on the shelf lie 12 all the same.
        self.company.shortage_rule = "park"
        nut = self.create_product("Nut", standard_price=1)
        bom = self.create_bom(
            (nut, 10, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        order = self.complete(10, bom)
        exception = order.backflush_exception_ids
        self.assertEqual(exception.quantity, 100)
        # It posts a difference, as validating a sheet does.
        user = self.create_user("counter", "mrp.group_mrp_user")
        with self.assertRaisesRegex(AccessError, "Validate Line Counts"):
            exception.with_user(user).action_count(12)
        exception.action_count(12)
        self.assertEqual(exception.state, "settled")
        self.assertEqual(self.on_shelf(nut), 12)
        self.assertFalse(self.env["mrp.consumption.share"].search([]))


@tagged("post_install", "-at_install")
class TestCountDue(CountCase):
    def test_places_that_backflush_takes_from_are_due(self):
        places = self.env["stock.location"]
        self.assertFalse(places._find_count_due(self.company) & self.shelf)
        self.env.cr.execute(
            "UPDATE stock_location SET create_date = now() - interval '40 days' "
            "WHERE id = %s",
            [self.shelf.id],
        )
        self.env.invalidate_all()
        self.assertIn(self.shelf, places._find_count_due(self.company))
        self.env["mrp.line.count"]._remind_of_due()
        self.env.invalidate_all()
        sheet = self.shelf.open_line_count_id
        self.assertTrue(sheet)
        self.complete(10)
        sheet.action_load()
        self.get_line(sheet).counted_quantity = 900
        sheet.action_validate()
        self.env.invalidate_all()
        self.assertFalse(places._find_count_due(self.company) & self.shelf)

    def test_days_of_the_place_itself(self):
        self.shelf.count_interval_days = 0
        self.company.count_interval_days = 0
        self.assertFalse(self.shelf.count_due_date)
