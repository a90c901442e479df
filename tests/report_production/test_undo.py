"""What was undone stays undone; what an undo finds when it comes late."""

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_report_production import ReportCase


class UndoCase(ReportCase):
    def prepare_unbuild(self, order, quantity):
        # Nobody's: the product of others is there, too.
        self.add_stock(self.finished, 10)
        return self.env["mrp.unbuild"].create(
            {"mo_id": order.id, "product_qty": quantity}
        )

    def scrap(self, order, product, quantity, **values):
        scrap = self.env["stock.scrap"].create(
            {
                "production_id": order.id,
                "product_id": product.id,
                "scrap_qty": quantity,
                **values,
            }
        )
        scrap.action_validate()
        self.assertEqual(scrap.state, "done")
        return scrap


@tagged("post_install", "-at_install")
class TestUndoneOnce(UndoCase):
    def test_unbuild_of_what_was_undone(self):
        report, _answer = self.report_product(3)
        report.action_undo()
        for quantity in (3, 1):
            unbuild = self.prepare_unbuild(report.production_id, quantity)
            with self.assertRaisesRegex(UserError, "was undone"):
                unbuild.action_validate()
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_unbuild_that_was_drafted_before_the_undo(self):
        report, _answer = self.report_product(3)
        unbuild = self.prepare_unbuild(report.production_id, 3)
        report.action_undo()
        with self.assertRaisesRegex(UserError, "was undone"):
            unbuild.action_unbuild()
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_the_undo_s_own_unbuild_order(self):
        report, _answer = self.report_product(3)
        self.add_stock(self.finished, 10)
        report.action_undo()
        unbuild = report.unbuild_id
        for user in (self.env.user, self.create_user("u", "mrp.group_mrp_user")):
            client = self.client(user)
            for name in ("action_unbuild", "action_validate"):
                with self.assertRaisesRegex(UserError, "was undone"):
                    client.call(unbuild, name)
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_the_undo_s_own_unbuild_order_stays_as_it_is(self):
        report, _answer = self.report_product(3)
        report.action_undo()
        manager = self.create_user("manager", "mrp.group_mrp_manager")
        other, _answer = self.report_product(1)
        for values in (
            {"state": "draft"},
            {"mo_id": other.production_id.id},
            {"product_qty": 1},
            {"production_report_ids": [Command.clear()]},
        ):
            with self.assertRaises(UserError):
                self.client(manager).call(report.unbuild_id, "write", values)
        question = "Why?"
        report.unbuild_id.with_user(manager).message_post(body=question)
        with self.assertRaises(UserError):
            report.unbuild_id.unlink()
        self.assertEqual(report.unbuild_id.state, "done")

    def test_consumption_of_what_was_undone(self):
        """Corrected to none it would come back once more."""
        report, _answer = self.report_product(3)
        report.action_undo()
        used = report.production_id.move_raw_ids.filtered(
            lambda move: move.product_id == self.frame
        )
        report.production_id.is_locked = False
        for quantity in (0, 5):
            for corrected in (used, used.move_line_ids):
                refused = self.assertRaisesRegex(UserError, "was undone")
                with refused, self.env.cr.savepoint():
                    corrected.quantity = quantity
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_ordinary_unbuild_orders_can_be_changed(self):
        order = self.create_order(self.bom, 2)
        order.button_mark_done()
        unbuild = self.prepare_unbuild(order, 1)
        unbuild.product_qty = 2
        unbuild.action_unbuild()
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_undo_of_what_was_unbuilt(self):
        for quantity in (3, 1):
            report, _answer = self.report_product(3)
            self.prepare_unbuild(report.production_id, quantity).action_unbuild()
            before = self.on_hand(self.frame)
            with self.assertRaisesRegex(UserError, "unbuilt already"):
                report.action_undo()
            self.assertEqual(self.on_hand(self.frame), before)

    def test_undo_of_what_was_unbuilt_whatever_its_document_says(self):
        report, _answer = self.report_product(3)
        other, _answer = self.report_product(1)
        for values in ({"state": "draft"}, {"mo_id": other.production_id.id}):
            unbuild = self.prepare_unbuild(report.production_id, 1)
            unbuild.action_unbuild()
            unbuild.write(values)
            with self.assertRaisesRegex(UserError, "unbuilt already"):
                report.action_undo()

    def test_a_document_that_posted_nothing(self):
        report, _answer = self.report_product(3)
        self.prepare_unbuild(report.production_id, 1).state = "done"
        report.action_undo()
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_unbuilt_twice(self):
        # 3 made: 2 are unbuilt, and 1 is left.
        report, _answer = self.report_product(3)
        self.prepare_unbuild(report.production_id, 2).action_unbuild()
        again = self.prepare_unbuild(report.production_id, 2)
        with self.assertRaisesRegex(UserError, "1 Units of Table are left"):
            again.action_unbuild()
        again.product_qty = 1
        again.action_unbuild()
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_the_same_unbuild_order_twice(self):
        report, _answer = self.report_product(3)
        unbuild = self.prepare_unbuild(report.production_id, 1)
        unbuild.action_unbuild()
        with self.assertRaisesRegex(UserError, "done already"):
            unbuild.action_unbuild()
        self.assertEqual(self.on_hand(self.frame), 5)


@tagged("post_install", "-at_install")
class TestUndoWhatIsThere(UndoCase):
    def add_byproducts(self, *quantities):
        """:return: the by-product, of which the BoM has a line for each quantity"""
        chips = self.create_product("Chips")
        self.bom.byproduct_ids = [
            Command.create({"product_id": chips.id, "product_qty": quantity})
            for quantity in quantities
        ]
        return chips

    def test_byproducts_on_two_lines(self):
        # 5 and 5 were made, 4 are gone: 6 would be enough for each line by itself.
        chips = self.add_byproducts(5, 5)
        report, _answer = self.report_product(1)
        self.assertEqual(self.on_hand(chips), 10)
        self.transfer(chips, 4, self.stock, self.customer)
        with self.assertRaisesRegex(UserError, "10 Units of Chips"):
            report.action_undo()
        self.assertEqual(self.on_hand(chips), 6)
        self.receive(chips, 4)
        report.action_undo()
        self.assertEqual(self.on_hand(chips), 0)

    def test_byproduct_that_is_the_product(self):
        # 2 made and 1 more as a by-product of the same: 3 at one place.
        shelf = self.create_product("Shelf")
        bom = self.create_bom((self.frame, 1, {}), product=shelf)
        order = self.env["mrp.production"].create(
            {"product_id": shelf.id, "bom_id": bom.id, "product_qty": 2}
        )
        order.action_confirm()
        order.button_mark_done()
        report = self.reports.create(order._prepare_report_vals())
        # Two lines of the one move.
        [line] = order.move_finished_ids.move_line_ids
        line.copy({"quantity": 1})
        self.assertEqual(self.on_hand(shelf), 3)
        self.transfer(shelf, 1, self.stock, self.customer)
        with self.assertRaisesRegex(UserError, "3 Units of Shelf"):
            report.action_undo()

    def test_scrapped_product(self):
        """Others of the same are there, and aren't what this order made."""
        self.add_stock(self.finished, 10)
        report, _answer = self.report_product(3)
        self.scrap(report.production_id, self.finished, 1)
        with self.assertRaisesRegex(UserError, "was scrapped(.|\n)*1 Units of Table"):
            report.action_undo()
        self.assertEqual(self.on_hand(self.finished), 12)

    def test_scrapped_byproduct(self):
        chips = self.add_byproducts(5)
        self.add_stock(chips, 10)
        report, _answer = self.report_product(1)
        self.scrap(report.production_id, chips, 1)
        with self.assertRaisesRegex(UserError, "was scrapped"):
            report.action_undo()

    def test_component_scrapped_from_stock(self):
        """One more of it is gone: what was used for the product comes back, what was
        scrapped doesn't."""
        report, _answer = self.report_product(3)
        self.scrap(report.production_id, self.frame, 1)
        self.assertEqual(self.on_hand(self.frame), 3)
        report.action_undo()
        self.assertEqual(self.on_hand(self.frame), 6)
        note = report.production_id.message_ids[0].body
        self.assertIn("stays scrapped", note)
        self.assertIn("1 Units of Frame", note)

    def test_component_scrapped_in_production(self):
        """3 were issued and one of them was scrapped: 2 come back."""
        report, _answer = self.report_product(3)
        order = report.production_id
        production = order.move_raw_ids.location_dest_id
        before = self.at(production, self.frame)
        self.scrap(order, self.frame, 1, location_id=production.id)
        report.action_undo()
        self.assertEqual(self.on_hand(self.frame), 6)
        self.assertEqual(self.on_hand(self.leg), 1000)
        self.assertEqual(self.at(production, self.frame), before - 3)

    def test_lot_scrapped_in_production(self):
        board = self.create_product("Board", tracking="lot")
        lots = [self.create_lot(board, name) for name in ("A", "B")]
        for lot in lots:
            self.add_stock(board, 2, lot)
        shelf = self.create_product("Shelf")
        self.create_bom((board, 1, {}), product=shelf)
        report, _answer = self.report_product(4, shelf)
        order = report.production_id
        production = order.move_raw_ids.location_dest_id
        self.scrap(order, board, 1, location_id=production.id, lot_id=lots[1].id)
        report.action_undo()
        quants = self.env["stock.quant"].search(
            [("product_id", "=", board.id), ("location_id", "=", self.stock.id)]
        )
        found = {quant.lot_id.name: quant.quantity for quant in quants}
        self.assertEqual(found, {"A": 2, "B": 1})

    def test_all_of_a_component_scrapped_in_production(self):
        report, _answer = self.report_product(3)
        order = report.production_id
        production = order.move_raw_ids.location_dest_id
        self.scrap(order, self.frame, 3, location_id=production.id)
        report.action_undo()
        self.assertEqual(self.on_hand(self.frame), 4)
        self.assertEqual(self.on_hand(self.leg), 1000)

    def at(self, location, product):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )
        return sum(quants.mapped("quantity"))

    def test_what_waited_costs_nothing_any_more(self):
        self.company.shortage_rule = "park"
        report, _answer = self.report_product(10)
        exception = report.production_id.backflush_exception_ids
        exception.sudo()._write_system({"costed_value": 6.0, "costed_quantity": 3})
        self.assertEqual(exception.value_difference, 0)
        report.action_undo()
        self.assertEqual(exception.state, "cancelled")
        self.assertEqual(exception.value_difference, 0)
        self.assertTrue(fields.Datetime.now() >= exception.date_closed)
