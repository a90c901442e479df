from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import BackflushCase
from .test_count import CountCase


class MembersCase(CountCase):
    def unbuild(self, order, quantity):
        unbuild = self.env["mrp.unbuild"].create(
            {"mo_id": order.id, "product_qty": quantity}
        )
        unbuild.action_unbuild()
        return unbuild

    def get_bases(self, sheet):
        """By order: of all lots and places."""
        return self.sum_shares(sheet, "base_quantity")

    def get_shares(self, sheet):
        return self.sum_shares(sheet, "quantity")

    def sum_shares(self, sheet, name):
        shares = sheet.share_ids.grouped("production_id")
        return {order: sum(rows.mapped(name)) for order, rows in shares.items()}

    def take_from_shelf(self, product, quantity=1, name="Chair", **values):
        """:return: a bill of materials of another product"""
        return self.create_bom(
            (product, quantity, {"supply_location_id": self.shelf.id, **values}),
            product=self.create_product(name),
        )


@tagged("post_install", "-at_install")
class TestMembers(MembersCase):
    """Whose use a count counts, and who bears nothing."""

    def test_correction_after_the_count_is_the_next_ones(self):
        # 100 counted; corrected to 103 and to 98: 3 and then −5 for the next counts.
        order = self.complete(10)
        self.count(900).action_validate()
        order.move_raw_ids.quantity = 103
        sheet = self.count(897)
        self.assertEqual(self.get_bases(sheet), {order: 3})
        sheet.action_validate()
        order.move_raw_ids.quantity = 98
        sheet = self.count(902)
        self.assertEqual(self.get_bases(sheet), {order: -5})
        sheet.action_validate()
        self.assertEqual(self.on_shelf(), 902)

    def test_correction_between_counting_and_validation_is_the_next_ones(self):
        order = self.complete(10)
        sheet = self.count(900)
        order.move_raw_ids.quantity = 103
        sheet.action_validate()
        self.assertEqual(self.get_bases(sheet), {order: 100})
        self.assertEqual(self.get_bases(self.count(897)), {order: 3})

    def test_unbuilt_before_the_count(self):
        # 40 of 100 came back, and all 200 of the other: 6 missing are the first one's.
        first, second = self.complete(10), self.complete(20)
        self.unbuild(first, 4)
        self.unbuild(second, 20)
        # They came back to the warehouse's stock.
        sheet = self.count(694)
        sheet.action_validate()
        self.assertEqual(self.get_bases(sheet), {first: 60})
        self.assertEqual(self.get_shares(sheet), {first: 6})

    def test_unbuilt_after_the_count(self):
        # 100 counted and 40 unbuilt since: nobody's to bear, the next order bears all.
        first = self.complete(10)
        self.count(900).action_validate()
        self.unbuild(first, 4)
        second = self.complete(10)
        sheet = self.count(795)
        self.assertEqual(self.get_bases(sheet), {first: -40, second: 100})
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {first: 0, second: 5})

    def test_undone_report_bears_nothing(self):
        reports = self.env["mrp.production.report"]
        answer = reports.report_production(self.finished.id, 10)
        other = self.complete(10)
        reports.browse(answer["id"]).action_undo()
        sheet = self.count(895)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {other: 5})

    def test_cancelled_order_bears_nothing(self):
        self.screw.issue_method = "start"
        order = self.create_order(self.bom)
        order.action_start()
        order.move_raw_ids.filtered(lambda move: move.state != "done").action_return()
        order.action_cancel()
        other = self.complete(10)
        sheet = self.count(895)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {other: 5})

    def test_what_became_a_backorders_after_the_count_is_counted_once(self):
        # 100 are issued at start and counted. 40 of them are the backorder's then; in
        # the next count the other order alone bears what is missing.
        self.screw.issue_method = "start"
        order = self.create_order(self.bom)
        order.action_start()
        self.count(900).action_validate()
        backorder = self.produce(order, 6)
        other = self.complete(10)
        sheet = self.count(795)
        bases = self.get_bases(sheet)
        self.assertEqual(sum(bases.values()), 100)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet)[other], 5)
        self.assertFalse(self.get_shares(sheet).get(backorder))

    def test_backorders_are_counted_apart(self):
        order = self.create_order(self.bom)
        backorder = self.produce(order, 6)
        sheet = self.count(940)
        sheet.action_validate()
        self.assertEqual(self.get_bases(sheet), {order: 60})
        self.produce(backorder, 4)
        self.assertEqual(self.get_bases(self.count(900)), {backorder: 40})

    def test_components_of_kits(self):
        # A table takes a kit of 2 screws besides: 12 each.
        kit = self.create_product("Kit", is_storable=False)
        self.create_bom((self.screw, 2, {}), product=kit, type="phantom")
        self.bom.bom_line_ids = [Command.create({"product_id": kit.id})]
        self.bom.bom_line_ids.supply_location_id = self.shelf
        order = self.complete(10)
        sheet = self.count(874)
        self.assertEqual(self.get_bases(sheet), {order: 120})
        sheet.action_validate()
        # 6 over two lines of 100 and 20.
        self.assertEqual(sorted(sheet.share_ids.mapped("quantity")), [1, 5])

    def test_one_screw_of_several_bills_of_materials(self):
        chair = self.take_from_shelf(self.screw, 5)
        orders = [self.complete(10), self.complete(10, chair)]
        sheet = self.count(835)
        sheet.action_validate()
        shares = self.get_shares(sheet)
        self.assertEqual([shares[order] for order in orders], [10, 5])

    def test_several_units(self):
        # An order of 2 dozen tables of 1 box of ten screws each: 240 pieces.
        dozen = self.env.ref("uom.product_uom_dozen")
        box = self.env["uom.uom"].create(
            {
                "name": "Box",
                "relative_factor": 10,
                "relative_uom_id": self.unit.id,
            }
        )
        self.bom.bom_line_ids.write({"product_qty": 1, "product_uom_id": box.id})
        order = self.create_order(self.bom, 2, confirm=False)
        order.product_uom_id = dozen
        order.action_confirm()
        order.qty_producing = 2
        order._set_qty_producing()
        order.button_mark_done()
        other = self.complete(6)
        sheet = self.count(670)
        self.assertEqual(self.get_bases(sheet), {order: 240, other: 60})
        sheet.action_validate()
        shares = self.get_shares(sheet)
        self.assertEqual((shares[order], shares[other]), (24, 6))
        # In the component's own unit, boxes.
        self.assertAlmostEqual(order.move_raw_ids.shared_quantity, 2.4)

    def test_whole_pieces(self):
        # 7 missing of 100 : 100 : 100 are 3, 2, 2, the oldest 3.
        self.env.ref("uom.decimal_product_uom").digits = 0
        self.env.registry.clear_cache()
        orders = [self.complete(10) for _number in range(3)]
        sheet = self.count(693)
        sheet.action_validate()
        shares = self.get_shares(sheet)
        self.assertEqual([shares[order] for order in orders], [3, 2, 2])

    def test_two_digits(self):
        orders = [self.complete(10) for _number in range(3)]
        sheet = self.count(693)
        sheet.action_validate()
        shares = self.get_shares(sheet)
        self.assertEqual([shares[order] for order in orders], [2.34, 2.33, 2.33])

    def test_consigned_stock_is_not_counted(self):
        # 10 of a partner's lie there too; nobody counts them.
        owner = self.env["res.partner"].create({"name": "Supplier"})
        self.env["stock.quant"]._update_available_quantity(
            self.screw, self.shelf, 10, owner_id=owner
        )
        order = self.complete(10)
        sheet = self.count(890)
        line = self.get_line(sheet)
        self.assertEqual((line.book_quantity, line.difference), (900, -10))
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 10})
        owned = self.env["stock.quant"].search(
            [("product_id", "=", self.screw.id), ("owner_id", "=", owner.id)]
        )
        self.assertEqual(sum(owned.mapped("quantity")), 10)

    def test_loose_stock_gives_before_packages(self):
        # 30 loose and 50 in a package; 40 missing: 30 and 10.
        nut = self.create_product("Nut")
        package = self.env["stock.package"].create({"name": "Box"})
        quants = self.env["stock.quant"]
        self.add_stock(nut, 80, location=self.shelf)
        quants._update_available_quantity(nut, self.shelf, 50, package_id=package)
        self.complete(50, self.take_from_shelf(nut))
        sheet = self.count(40, nut)
        sheet.action_validate()
        left = quants.search(
            [("product_id", "=", nut.id), ("location_id", "=", self.shelf.id)]
        ).filtered("quantity")
        self.assertEqual(left.mapped("package_id"), package)
        self.assertEqual(left.quantity, 40)

    def test_negative_book_is_shared_out_only_where_somebody_says_so(self):
        # 10 there, 100 used: −90. Somebody forgot a transfer, 5 are there.
        nut = self.create_product("Nut")
        self.add_stock(nut, 10, location=self.shelf)
        bom = self.take_from_shelf(nut, 10)
        self.complete(10, bom)
        sheet = self.count(5, nut)
        self.assertFalse(self.get_line(sheet, nut).is_distributed)
        sheet.action_validate()
        self.assertFalse(any(sheet.share_ids.mapped("quantity")))
        self.assertEqual(sheet.move_ids.location_id.usage, "inventory")
        self.assertEqual(self.on_shelf(nut), 5)
        sheet.action_cancel("It was missing")
        again = self.count(-0, nut)
        line = self.get_line(again, nut)
        line.counted_quantity = 0
        line.is_distributed = True
        again.action_validate()
        # At most 25 % of 100 is given back.
        self.assertEqual(again.share_ids.quantity, -25)

    def test_serial_numbers_are_never_shared_out(self):
        motor = self.create_product("Motor", tracking="serial")
        serials = [self.create_lot(motor, f"S{number}") for number in range(3)]
        for serial in serials:
            self.add_stock(motor, 1, lot=serial, location=self.shelf)
        self.complete(1, self.take_from_shelf(motor))
        sheet = self.create_sheet()
        lines = sheet.line_ids.filtered(lambda line: line.product_id == motor)
        self.assertEqual(len(lines), 3)
        lines.counted_quantity = 0
        self.assertFalse(any(lines.mapped("is_distributed")))
        sheet.action_validate()
        self.assertFalse(any(sheet.share_ids.mapped("quantity")))
        self.assertEqual(self.on_shelf(motor), 0)

    def test_scanned_lots_bear_nothing(self):
        # 20 of A were scanned, 30 of B taken by the system: B's order bears the 5.
        paint = self.create_product("Paint", tracking="lot")
        lots = [self.create_lot(paint, name) for name in "AB"]
        for lot in lots:
            self.add_stock(paint, 50, lot=lot, location=self.shelf)
        bom = self.take_from_shelf(paint)
        scanned = self.create_order(bom, 20)
        component = scanned.move_raw_ids
        component.action_issue(20, [lots[0].id])
        scanned.qty_producing = 20
        self.finish(scanned.button_mark_done())
        self.assertEqual(self.on_shelf(paint), 80)
        other = self.complete(50, bom)
        sheet = self.create_sheet()
        for lot in lots:
            line = self.get_line(sheet, paint, lot)
            line.counted_quantity = 0 if lot == lots[0] else 25
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {other: 5})

    def test_lots_are_shared_out_together(self):
        # The system took 20 of A and of B: 2 of A are missing, 3 of B.
        paint = self.create_product("Paint", tracking="lot")
        lots = [self.create_lot(paint, name) for name in "AB"]
        for lot in lots:
            self.add_stock(paint, 20, lot=lot, location=self.shelf)
        self.add_stock(paint, 10, lot=lots[1], location=self.shelf)
        order = self.complete(40, self.take_from_shelf(paint))
        sheet = self.create_sheet()
        self.get_line(sheet, paint, lots[0]).counted_quantity = 2
        self.get_line(sheet, paint, lots[1]).counted_quantity = 5
        # A: 2 found. B: 5 missing. 3 net, the other 2 of B are A.
        sheet.action_validate()
        self.assertEqual(sum(sheet.share_ids.mapped("quantity")), 3)
        self.assertEqual(sheet.share_ids.production_id, order)
        shared = sheet.move_ids.filtered("is_shared_out")
        self.assertEqual((shared.quantity, shared.lot_ids), (3, lots[1]))
        self.assertEqual(self.on_shelf(paint), 7)

    def test_lot_that_is_left_out_is_an_ordinary_difference(self):
        # 2 of A and 3 of B are missing; A is left out: 3 are shared out, of B.
        paint = self.create_product("Paint", tracking="lot")
        lots = [self.create_lot(paint, name) for name in "AB"]
        for lot in lots:
            self.add_stock(paint, 20, lot=lot, location=self.shelf)
        self.complete(30, self.take_from_shelf(paint))
        sheet = self.create_sheet()
        a, b = (self.get_line(sheet, paint, lot) for lot in lots)
        a.counted_quantity, b.counted_quantity = 0, 8
        self.assertEqual((a.difference, b.difference), (0, -2))
        self.add_stock(paint, 5, lot=lots[0], location=self.shelf)
        a.counted_quantity = 3
        a.is_distributed = False
        sheet.action_validate()
        shared = sheet.move_ids.filtered("is_shared_out")
        self.assertEqual((shared.quantity, shared.lot_ids), (2, lots[1]))
        self.assertEqual(
            sheet.share_ids.filtered("quantity").count_line_id.lot_id, lots[1]
        )

    def test_places_below(self):
        # The shelf's drawer and box hold the screws: both are counted as one place.
        drawer = self.create_location("Drawer", location_id=self.shelf.id)
        nut = self.create_product("Nut")
        self.add_stock(nut, 60, location=drawer)
        self.add_stock(nut, 60, location=self.shelf)
        order = self.complete(10, self.take_from_shelf(nut, 10))
        sheet = self.count(15, nut)
        self.assertEqual(self.get_bases(sheet), {order: 100})
        sheet.action_validate()
        self.assertEqual(self.on_shelf(nut), 15)
        self.assertEqual(self.get_shares(sheet), {order: 5})

    def test_counted_below_and_then_above(self):
        # What the drawer's count has counted, the shelf's doesn't count again.
        drawer = self.create_location("Drawer", location_id=self.shelf.id)
        nut = self.create_product("Nut")
        self.add_stock(nut, 100, location=drawer)
        bom = self.create_bom(
            (nut, 1, {"supply_location_id": drawer.id}),
            product=self.create_product("Chair"),
        )
        first = self.complete(10, bom)
        self.count(88, nut, location=drawer).action_validate()
        second = self.complete(20, bom)
        sheet = self.count(66, nut)
        self.assertEqual(self.get_bases(sheet), {second: 20})
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {second: 2})
        third = self.complete(6, bom)
        below = self.count(60, nut, location=drawer)
        self.assertEqual(self.get_bases(below), {third: 6})
        self.assertEqual(first.move_raw_ids.shared_quantity, 2)

    def test_place_that_moved(self):
        order = self.complete(10)
        hall = self.create_location("Hall")
        self.shelf.location_id = hall
        sheet = self.count(895, location=hall)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 5})
        self.assertFalse(self.get_bases(self.count(895)))

    def test_archived_product(self):
        order = self.complete(10)
        self.bom.active = False
        self.screw.product_tmpl_id.active = False
        sheet = self.count(895)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 5})

    def test_physical_inventory_between_two_counts_is_in_otherwise(self):
        # 900 by the book. Core's count finds 880; 100 are used, 775 are there.
        self.complete(10)
        self.count(900).action_validate()
        quant = self.env["stock.quant"].search(
            [
                ("product_id", "=", self.screw.id),
                ("location_id", "=", self.shelf.id),
            ]
        )
        quant.inventory_quantity = 880
        quant.action_apply_inventory()
        order = self.complete(10)
        sheet = self.count(775)
        line = self.get_line(sheet)
        self.assertEqual(
            (line.opening_quantity, line.in_quantity, line.book_quantity),
            (900, -20, 780),
        )
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 5})
        # Core's revert is for its own adjustments.
        lines = self.env["stock.move.line"].search(
            [("product_id", "=", self.screw.id), ("state", "=", "done")]
        )
        lines.action_revert_inventory()
        # The 20 are back, what our count found stays.
        self.assertEqual(self.on_shelf(), 795)
        self.assertEqual(self.get_line(self.count(795)).in_quantity, 20)

    def test_difference_beyond_the_limit_is_not_reverted_either(self):
        self.complete(10)
        sheet = self.count(840)
        sheet.action_validate()
        sheet.move_ids.move_line_ids.action_revert_inventory()
        self.assertEqual(self.on_shelf(), 840)

    def test_scrap_and_transfers_are_in_otherwise(self):
        # 7 thrown away and 13 brought elsewhere.
        self.complete(10)
        self.count(900).action_validate()
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.screw.id,
                "scrap_qty": 7,
                "location_id": self.shelf.id,
            }
        )
        scrap.action_validate()
        move = self.env["stock.move"].create(
            {
                "product_id": self.screw.id,
                "product_uom_qty": 13,
                "location_id": self.shelf.id,
                "location_dest_id": self.stock.id,
            }
        )
        move._action_confirm()
        move.quantity, move.picked = 13, True
        move._action_done()
        self.complete(10)
        line = self.get_line(self.count(780))
        self.assertEqual((line.in_quantity, line.issued_quantity), (-20, 100))

    def test_recorded_scrap_of_a_component_is_in_otherwise(self):
        order = self.create_order(self.bom)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.screw.id,
                "scrap_qty": 7,
                "location_id": self.shelf.id,
                "production_id": order.id,
            }
        )
        scrap.action_validate()
        order.qty_producing = 10
        order._set_qty_producing()
        order.button_mark_done()
        sheet = self.count(893)
        self.assertEqual(self.get_bases(sheet), {order: 100})

    def test_reserved_stock_that_is_missing(self):
        # 800 are reserved for another order; 130 are missing of 900: it keeps 770.
        self.complete(10)
        other = self.create_order(self.bom, 80)
        other.action_assign()
        self.assertEqual(other.move_raw_ids.quantity, 800)
        self.count(770).action_validate()
        self.assertEqual(self.on_shelf(), 770)
        self.assertEqual(other.move_raw_ids.quantity, 770)

    def test_only_own_stock_is_counted(self):
        customers = self.env.ref("stock.stock_location_customers")
        with self.assertRaisesRegex(UserError, "no place of your own stock"):
            self.env["mrp.line.count"].create({"location_id": customers.id})
        sheet = self.env["mrp.line.count"].create({"location_id": self.shelf.id})
        with self.assertRaisesRegex(UserError, "no place of your own stock"):
            sheet.location_id = customers


@tagged("post_install", "-at_install")
class TestRefusals(MembersCase):
    def create_parked(self):
        """12 nuts lie there, 20 were used."""
        self.company.shortage_rule = "park"
        nut = self.create_product("Nut")
        self.add_stock(nut, 12, location=self.shelf)
        order = self.complete(20, self.take_from_shelf(nut))
        self.assertEqual(order.backflush_exception_ids.quantity, 8)
        return nut, order

    def test_settled_between_counting_and_validation(self):
        # The shelf is empty by the book, and 8 wait. 30 came in and nobody settled it
        # yet: 22 are really there. Settled after it was counted, it would be missing
        # twice.
        nut, order = self.create_parked()
        self.add_stock(nut, 30, location=self.shelf)
        self.assertEqual(order.open_exception_count, 1)
        sheet = self.count(22, nut)
        order.backflush_exception_ids.action_retry()
        self.assertFalse(order.open_exception_count)
        self.assertEqual(self.on_shelf(nut), 22)
        with self.assertRaisesRegex(UserError, "Nut waited for stock"):
            sheet.action_validate()
        self.get_line(sheet, nut).counted_quantity = 22
        sheet.action_validate()
        self.assertEqual(self.on_shelf(nut), 22)
        self.assertEqual(self.get_bases(sheet), {order: 20})

    def test_parked_and_settled_is_counted_once(self):
        nut, order = self.create_parked()
        self.add_stock(nut, 30, location=self.shelf)
        order.backflush_exception_ids.action_retry()
        sheet = self.count(20, nut)
        sheet.action_validate()
        self.assertEqual(self.get_bases(sheet), {order: 20})
        self.assertEqual(self.get_shares(sheet), {order: 2})

    def test_last_count_is_told_within_a_second(self):
        self.complete(10)
        first = self.count(890)
        first.action_validate()
        self.complete(10)
        second = self.count(790)
        second.action_validate()
        second.action_cancel("Wrong")
        first.action_cancel("Wrong")
        self.assertEqual(self.on_shelf(), 800)

    def test_each_product_has_its_own_last_count(self):
        # Nuts were counted on the second sheet, before the screws of the first one.
        nut = self.create_product("Nut")
        self.add_stock(nut, 100, location=self.shelf)
        self.complete(10, self.take_from_shelf(nut))
        self.complete(10)
        first = self.count(88, nut)
        first.action_validate()
        second = self.count(890)
        self.get_line(second, nut).counted_quantity = 80
        second.action_validate()
        with self.assertRaisesRegex(UserError, f"Nut: {second.name}"):
            first.action_cancel("Wrong")
        second.action_cancel("Wrong")
        first.action_cancel("Wrong")
        self.assertEqual((self.on_shelf(nut), self.on_shelf()), (90, 900))

    def test_what_an_open_sheet_takes_for_granted_is_not_cancelled(self):
        self.complete(10)
        first = self.count(890)
        first.action_validate()
        sheet = self.count(880)
        with self.assertRaisesRegex(UserError, sheet.name):
            first.action_cancel("Wrong")
        self.get_line(sheet).action_count_again()
        first.action_cancel("Wrong")

    def test_several_sheets_are_validated_together(self):
        nut = self.create_product("Nut")
        other = self.create_location("Other Shelf")
        self.add_stock(nut, 100, location=other)
        bom = self.create_bom(
            (nut, 1, {"supply_location_id": other.id}),
            product=self.create_product("Chair"),
        )
        self.complete(10)
        self.complete(10, bom)
        sheets = self.count(895) | self.count(88, nut, location=other)
        sheets.action_validate()
        self.assertEqual(sheets.mapped("state"), ["done", "done"])
        self.assertEqual((self.on_shelf(), self.on_shelf(nut, other)), (895, 88))

    def test_line_is_not_moved_to_a_closed_sheet(self):
        self.complete(10)
        done = self.count(895)
        done.action_validate()
        nut = self.create_product("Nut")
        sheet = self.create_sheet()
        line = sheet.line_ids.create({"count_id": sheet.id, "product_id": nut.id})
        with self.assertRaisesRegex(UserError, "closed"):
            line.count_id = done


@tagged("post_install", "-at_install")
class TestWithoutLineCounts(BackflushCase):
    def test_no_sheet_where_nobody_counts(self):
        with self.assertRaisesRegex(UserError, "Switch on Line Counts"):
            self.env["mrp.line.count"].create({"location_id": self.stock.id})
