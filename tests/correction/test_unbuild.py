"""Unbuild orders of what waited, waits or was issued early."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.rules.backflush_plan import take_share
from ..accounting.test_cost import CostCase
from ..profiles import choose, get_random
from ..shortage.test_shortage import ShortageCase


class UnbuildCase(ShortageCase):
    """Tables of 1 frame and 2 legs; 7 frames and 1000 legs are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"

    def build(self, quantity=10, bom=None):
        order = self.create_order(bom or self.bom, quantity)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def unbuild(self, order, quantity, **values):
        unbuild = self.env["mrp.unbuild"].create(
            {"mo_id": order.id, "product_qty": quantity, **values}
        )
        unbuild.action_validate()
        self.assertEqual(unbuild.state, "done")
        return unbuild

    def waiting(self, order, product=None):
        """What waits, in the unit of each exception."""
        exceptions = order.backflush_exception_ids.filtered(
            lambda exception: exception.product_id == (product or self.frame)
        )
        return sum(
            exceptions.filtered(lambda each: each.state == "open").mapped("quantity")
        )

    def arrive(self, quantity, product=None):
        """Stock arrives, and what waits for it is settled."""
        self.receive(product or self.frame, quantity)
        self.settle_in_background()


@tagged("post_install", "-at_install")
class TestUnbuild(UnbuildCase):
    def test_all_of_it_when_a_part_waits(self):
        # 7 issued, 3 wait; 10 unbuilt: 7 are back, and nobody takes the 50.
        order = self.build()
        self.assertEqual(self.waiting(order), 3)
        self.unbuild(order, 10)
        self.assertEqual(order.backflush_exception_ids.state, "cancelled")
        self.assertEqual(self.on_hand(self.frame), 7)
        self.arrive(50)
        self.assertEqual(self.on_hand(self.frame), 57)
        self.assertEqual(self.on_hand(self.leg), 1000)

    def test_a_part_when_all_of_it_waits(self):
        # Nothing there: 10 wait, 4 of them for what was unbuilt; 50 − 6 = 44 stay.
        self.add_stock(self.frame, -7)
        order = self.build()
        self.unbuild(order, 4)
        self.assertEqual(self.waiting(order), 6)
        self.arrive(50)
        self.assertEqual(self.on_hand(self.frame), 44)

    def test_part_after_part(self):
        # 7 issued, 3 wait. 5 of 10 unbuilt: 3.5 back, 1.5 less wait; 2 of 5: 1.4 and
        # 0.6; 3 of 3: the rest.
        order = self.build()
        for quantity, on_hand, waiting in ((5, 3.5, 1.5), (2, 4.9, 0.9), (3, 7, 0)):
            self.unbuild(order, quantity)
            self.assertAlmostEqual(self.on_hand(self.frame), on_hand)
            self.assertAlmostEqual(self.waiting(order), waiting)
        self.arrive(50)
        self.assertEqual(self.on_hand(self.frame), 57)

    def test_parts_that_are_no_whole_shares(self):
        # A third of 7 is 2.33: three of them are all the same 7.
        order = self.build(9)
        for _each in range(3):
            self.unbuild(order, 3)
        self.assertEqual(self.on_hand(self.frame), 7)
        self.assertEqual(self.waiting(order), 0)
        self.assertEqual(order.backflush_exception_ids.state, "cancelled")

    def test_what_was_settled_meanwhile(self):
        # 4 of 10 unbuilt: 2.8 back, 1.8 wait. 1.8 arrive for the 6 tables that are
        # left: with them come back all 4.2 + 1.8.
        order = self.build()
        self.unbuild(order, 4)
        self.assertAlmostEqual(self.on_hand(self.frame), 2.8)
        self.transfer(self.frame, 2.8, self.stock, self.customer)
        self.arrive(1.8)
        self.assertEqual(order.backflush_exception_ids.state, "settled")
        self.assertAlmostEqual(self.on_hand(self.frame), 0)
        self.unbuild(order, 6)
        self.assertAlmostEqual(self.on_hand(self.frame), 6)

    def test_all_of_it_after_it_was_settled(self):
        order = self.build()
        self.arrive(3)
        self.assertEqual(self.on_hand(self.frame), 0)
        self.unbuild(order, 10)
        self.assertEqual(self.on_hand(self.frame), 10)
        self.assertEqual(order.backflush_exception_ids.state, "settled")

    def test_several_components_wait(self):
        # 3 of 10 frames and 4 of 20 legs wait; of 5 tables 1.5 and 2.
        self.add_stock(self.leg, -984)
        order = self.build()
        self.unbuild(order, 5)
        self.assertAlmostEqual(self.waiting(order), 1.5)
        self.assertAlmostEqual(self.waiting(order, self.leg), 2)
        self.assertAlmostEqual(self.on_hand(self.leg), 8)

    def test_the_same_component_on_two_lines(self):
        bom = self.create_bom((self.frame, 1, {}), (self.frame, 1, {}))
        order = self.build(5, bom)
        self.assertEqual(self.waiting(order), 3)
        self.unbuild(order, 2)
        # 2 of 5 of 7 issued and 3 waiting.
        self.assertAlmostEqual(self.on_hand(self.frame), 2.8)
        self.assertAlmostEqual(self.waiting(order), 1.8)
        self.unbuild(order, 3)
        self.assertAlmostEqual(self.on_hand(self.frame), 7)

    def test_what_was_issued_early(self):
        # 4 at once, 3 with the order, 3 wait.
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        order.button_mark_done()
        self.assertEqual(self.waiting(order), 3)
        self.unbuild(order, 5)
        self.assertAlmostEqual(self.on_hand(self.frame), 3.5)
        self.unbuild(order, 5)
        self.assertEqual(self.on_hand(self.frame), 7)
        self.assertEqual(self.waiting(order), 0)

    def test_issued_early_in_pieces(self):
        # Sevenths of 1, 1 and 5 would be 0.14, 0.14 and 0.71: 6.93 in the end.
        order = self.create_order(self.bom, 7)
        for quantity in (1, 1, 5):
            self.component(order, self.frame).action_issue(quantity)
        order.button_mark_done()
        for _each in range(7):
            self.unbuild(order, 1)
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_lots(self):
        """Each unbuild takes back other lots: core takes the first ones each time."""
        board = self.create_product("Board", tracking="lot")
        lots = [self.create_lot(board, name) for name in ("A", "B")]
        for lot, quantity in zip(lots, (3, 4), strict=True):
            self.add_stock(board, quantity, lot)
        order = self.build(10, self.create_bom((board, 1, {})))
        self.assertEqual(self.waiting(order, board), 3)
        self.unbuild(order, 5)
        self.assertEqual([lot.product_qty for lot in lots], [3, 0.5])
        self.unbuild(order, 5)
        self.assertEqual([lot.product_qty for lot in lots], [3, 4])

    def test_serial_numbers_come_back_one_by_one(self):
        # 7 of 10 there. A half is 5: 4 numbers (3.5 rounded) and 1 that waits.
        engine = self.create_product("Engine", tracking="serial")
        serials = [self.create_lot(engine, f"S{index}") for index in range(7)]
        for serial in serials:
            self.add_stock(engine, 1, serial)
        order = self.build(10, self.create_bom((engine, 1, {})))
        self.assertEqual(self.waiting(order, engine), 3)
        self.unbuild(order, 5)
        self.assertEqual(self.on_hand(engine), 4)
        self.assertEqual(self.waiting(order, engine), 2)
        self.unbuild(order, 5)
        self.assertEqual({serial.product_qty for serial in serials}, {1})
        self.assertEqual(self.waiting(order, engine), 0)

    def test_component_in_another_unit(self):
        # 5 pieces for a table are 0.42 dozen; 10 tables take 4.2 dozen, 50.4 pieces.
        # 25 are there, so 25.4 wait. Half: 12.5 back, 12.7 less wait.
        dozen = self.env.ref("uom.product_uom_dozen")
        screw = self.create_product("Screw", stock=25)
        bom = self.create_bom((screw, 0.42, {"product_uom_id": dozen.id}))
        order = self.build(10, bom)
        self.assertEqual(self.on_hand(screw), 0)
        self.unbuild(order, 5)
        self.assertAlmostEqual(self.on_hand(screw), 12.5)
        self.arrive(100, screw)
        self.assertAlmostEqual(self.on_hand(screw), 99.8)
        self.unbuild(order, 5)
        self.assertAlmostEqual(self.on_hand(screw), 125)

    def test_order_in_another_unit(self):
        # 1 dozen tables: 7 issued, 5 wait; 6 pieces are a half.
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self.create_order(self.bom, 1, confirm=False)
        order.product_uom_id = dozen
        order.product_qty = 1
        order.action_confirm()
        order.button_mark_done()
        self.assertEqual(self.waiting(order), 5)
        self.unbuild(order, 6, product_uom_id=self.unit.id)
        self.assertAlmostEqual(self.waiting(order), 2.5)
        self.unbuild(order, 0.5)
        self.assertEqual(self.waiting(order), 0)
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_a_backorder_waits_for_its_own(self):
        # 6 of 10: all issued. The backorder of 4: 1 issued, 3 wait.
        order = self.create_order(self.bom)
        backorder = self.produce(order, 6)
        backorder.button_mark_done()
        self.assertEqual(self.waiting(backorder), 3)
        self.unbuild(order, 6)
        self.assertEqual(self.waiting(backorder), 3)
        self.assertEqual(self.on_hand(self.frame), 6)
        self.unbuild(backorder, 2)
        self.assertAlmostEqual(self.waiting(backorder), 1.5)
        self.assertAlmostEqual(self.on_hand(self.frame), 6.5)

    def test_by_products(self):
        chips = self.create_product("Chips")
        self.bom.byproduct_ids = [
            Command.create({"product_id": chips.id, "product_qty": 2})
        ]
        order = self.build()
        self.assertEqual(self.on_hand(chips), 20)
        self.unbuild(order, 5)
        self.assertEqual(self.on_hand(chips), 10)
        self.assertAlmostEqual(self.waiting(order), 1.5)

    def test_finished_product_with_lots(self):
        self.finished.tracking = "lot"
        lot = self.create_lot(self.finished, "T1")
        order = self.create_order(self.bom, lot_producing_ids=lot.ids)
        order.button_mark_done()
        for quantity, on_hand in ((4, 2.8), (6, 7)):
            self.unbuild(order, quantity, lot_id=lot.id)
            self.assertAlmostEqual(self.on_hand(self.frame), on_hand)
        self.assertEqual(self.waiting(order), 0)

    def test_from_the_button_of_the_order(self):
        order = self.build()
        dialog = self.open(order.button_unbuild())
        dialog.product_qty = 10
        dialog.press("action_validate")
        self.assertEqual(self.waiting(order), 0)
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_from_the_menu(self):
        order = self.build()
        form = Form(self.env["mrp.unbuild"])
        form.mo_id = order
        form.product_qty = 4
        form.save().action_validate()
        self.assertAlmostEqual(self.waiting(order), 1.8)

    def test_over_rpc_with_default_values_in_the_context(self):
        order = self.build()
        unbuild = self.env["mrp.unbuild"].create({"mo_id": order.id, "product_qty": 5})
        context = {
            "default_product_uom_qty": 99,
            "default_quantity": 99,
            "default_state": "done",
            "default_location_id": self.customer.id,
        }
        self.client().call(unbuild, "action_unbuild", context=context)
        self.assertAlmostEqual(self.on_hand(self.frame), 3.5)
        self.assertAlmostEqual(self.waiting(order), 1.5)

    def test_from_the_menu_without_an_order(self):
        # By the bill of materials: which order's it was nobody knows.
        order = self.build()
        self.env["mrp.unbuild"].create(
            {"product_id": self.finished.id, "bom_id": self.bom.id, "product_qty": 4}
        ).action_validate()
        self.assertEqual(self.waiting(order), 3)
        self.assertEqual(self.on_hand(self.frame), 4)

    def test_product_that_is_gone(self):
        # As core asks: it is unbuilt all the same.
        order = self.build()
        self.transfer(self.finished, 10, self.stock, self.customer)
        unbuild = self.env["mrp.unbuild"].create({"mo_id": order.id, "product_qty": 10})
        self.open(unbuild.action_validate()).press("action_done")
        self.assertEqual(unbuild.state, "done")
        self.assertEqual(self.waiting(order), 0)

    def test_consumption_that_was_corrected_upwards(self):
        # 7 issued, 3 wait; corrected to 9 when 2 have come: 1 waits. A half: 4.5, 0.5.
        order = self.build()
        self.add_stock(self.frame, 2)
        self.component(order, self.frame).quantity = 9
        self.assertEqual(self.waiting(order), 1)
        self.unbuild(order, 5)
        self.assertAlmostEqual(self.on_hand(self.frame), 4.5)
        self.assertAlmostEqual(self.waiting(order), 0.5)
        self.unbuild(order, 5)
        self.assertAlmostEqual(self.on_hand(self.frame), 9)

    def test_consumption_that_is_corrected_afterwards(self):
        # Of 7 issued 3.5 came back: 2 more are for the 5 tables that are left, and
        # less than 3.5 can't have been used.
        order = self.build()
        self.unbuild(order, 5)
        used = self.component(order, self.frame)
        refused = self.assertRaisesRegex(UserError, "3.5 Units came back already")
        with refused, self.env.cr.savepoint():
            used.quantity = 3
        used.quantity = 9
        self.assertAlmostEqual(self.on_hand(self.frame), 1.5)
        self.unbuild(order, 5)
        self.assertAlmostEqual(self.on_hand(self.frame), 7)

    def test_whatever_happens_all_of_it_comes_back(self):
        """Random orders, issued in pieces, unbuilt in parts, with arrivals between."""
        chance = get_random("unbuild")
        for _round in range(choose(8, 200)):
            part = self.create_product("Part", stock=chance.choice([0, 0.5, 3, 7]))
            made = self.create_product("Made")
            per_unit = chance.choice([0.33, 0.5, 1, 1.5])
            bom = self.create_bom((part, per_unit, {}), product=made)
            owned, left = self.on_hand(part), chance.choice([1, 3, 7, 10])
            order = self.create_order(bom, left)
            if owned and chance.random() < 0.5:
                self.component(order, part).action_issue(0.25)
            order.button_mark_done()
            while left:
                quantity = chance.randint(1, left)
                self.unbuild(order, quantity)
                left -= quantity
                if chance.random() < 0.5:
                    owned += 1
                    self.arrive(1, part)
            self.assertAlmostEqual(self.on_hand(part), owned)
            self.assertEqual(self.waiting(order, part), 0)
            self.assertEqual(self.reserved(part), (0, 0))

    def test_more_than_was_built(self):
        order = self.build()
        self.add_stock(self.finished, 10)
        with self.assertRaisesRegex(UserError, "10 Units of Table are left"):
            self.unbuild(order, 11)
        self.unbuild(order, 7)
        with self.assertRaisesRegex(UserError, "3 Units of Table are left"):
            self.unbuild(order, 4)
        self.assertAlmostEqual(self.on_hand(self.frame), 4.9)

    def test_the_same_unbuild_order_again(self):
        order = self.build()
        self.add_stock(self.finished, 10)
        unbuild = self.unbuild(order, 4)
        with self.assertRaisesRegex(UserError, "done already"):
            unbuild.action_unbuild()
        self.assertAlmostEqual(self.waiting(order), 1.8)

    def test_orders_of_which_nothing_ever_waited_are_core_s(self):
        order = self.build(5)
        self.add_stock(self.finished, 10)
        self.unbuild(order, 5)
        self.assertEqual(self.on_hand(self.frame), 7)
        # Core lets one unbuild more than the order made.
        self.unbuild(order, 5)
        self.assertEqual(self.on_hand(self.frame), 12)

    def test_reserved_for_what_waits(self):
        # 2 have arrived and are reserved, nobody has settled yet.
        order = self.build()
        self.receive(self.frame, 2)
        self.assertEqual(self.reserved(self.frame), (2, 2))
        self.unbuild(order, 10)
        self.assertEqual(self.reserved(self.frame), (0, 0))
        self.assertEqual(self.on_hand(self.frame), 9)

    def test_says_so(self):
        order = self.build()
        unbuild = self.unbuild(order, 10)
        self.assertIn(unbuild.name, order.backflush_exception_ids.cancel_reason)

    def test_users_of_manufacturing_unbuild(self):
        order = self.build()
        worker = self.create_user("unbuilder", "mrp.group_mrp_user")
        own = self.env["mrp.unbuild"].with_user(worker)
        own.create({"mo_id": order.id, "product_qty": 10}).action_validate()
        self.assertEqual(self.waiting(order), 0)
        self.assertEqual(self.on_hand(self.frame), 7)


@tagged("post_install", "-at_install")
class TestUnbuiltCost(CostCase):
    """7 panels at 2.00 for 10 tables: 3 wait and are counted at 2.00, a table is 2.00.

    What components cost more than was counted is on the production account.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.account = cls.env["account.account"].create(
            {"name": "In Production", "code": "PROD3", "account_type": "asset_current"}
        )
        cls.finished.property_stock_production.valuation_account_id = cls.account

    def build(self, cost_method):
        category = self.create_category(cost_method, "real_time")
        self.panel = self.create_product("Panel", categ_id=category.id)
        self.table = self.create_product("Panel Table", categ_id=category.id)
        self.receive(self.panel, 7, 2.0)
        bom = self.create_bom((self.panel, 1, {}), product=self.table)
        self.order = self.create_order(bom)
        self.order.button_mark_done()
        self.exception = self.order.backflush_exception_ids

    def unbuild(self, quantity):
        self.env["mrp.unbuild"].create(
            {"mo_id": self.order.id, "product_qty": quantity}
        ).action_unbuild()

    def settle(self, quantity, price):
        self.receive(self.panel, quantity, price)
        self.exception.action_retry()
        self.assertEqual(self.exception.state, "settled")

    def assert_values(self, panels, tables, difference):
        """:param difference: on the production account, and at the exception"""
        products = self.panel | self.table
        products.invalidate_recordset()
        self.assertAlmostEqual(self.panel.total_value, panels, 2)
        self.assertAlmostEqual(self.table.total_value, tables, 2)
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.account.id), ("parent_state", "=", "posted")]
        )
        self.assertAlmostEqual(sum(lines.mapped("balance")), difference, 2)

    def test_all_of_it(self):
        for method in ("average", "fifo"):
            self.build(method)
            self.assert_values(0, 20, -6)
            self.unbuild(10)
            self.assert_values(14, 0, 0)
            self.assertAlmostEqual(self.exception.value_difference, 0)
            self.assertAlmostEqual(self.exception.costed_value, 6)

    def test_a_part_that_is_settled_afterwards(self):
        # Of 5 tables 3.5 panels are back; 1.5 wait, counted at 3.00.
        self.build("average")
        self.unbuild(5)
        self.assert_values(7, 10, -3)
        self.assertAlmostEqual(self.exception.value_difference, 0)
        # 3.5 at 2.00 and 6.5 at 4.00 are 3.30 each: 1.5 × 3.30 = 4.95.
        self.settle(6.5, 4.0)
        self.assert_values(8.5 * 3.3, 10, 1.95)
        self.assertAlmostEqual(self.exception.value_difference, 1.95)
        # The other 5: 3.5 × 2.00 and 1.5 × 3.30 are back.
        self.unbuild(5)
        self.assert_values(28.05 + 11.95, 0, 0)
        self.assertAlmostEqual(self.exception.value_difference, 0)

    def test_a_part_that_was_settled_before(self):
        # 3 at 5.00 came: 9 more than was counted. Of 5 tables half of that is left.
        self.build("average")
        self.settle(3, 5.0)
        self.assert_values(0, 20, 9)
        self.unbuild(5)
        self.assert_values(3.5 * 2 + 1.5 * 5, 10, 4.5)
        self.assertAlmostEqual(self.exception.value_difference, 4.5)
        self.assertAlmostEqual(self.exception.settled_value, 15)

    def test_what_was_issued_early(self):
        # 6 at 2.00 and 6 at 3.00: 4 at once, 8.00; then 2 and 4 with the order, 16.00.
        category = self.create_category("fifo", "real_time")
        self.panel = self.create_product("Panel", categ_id=category.id)
        self.table = self.create_product("Panel Table", categ_id=category.id)
        self.receive(self.panel, 6, 2.0)
        self.receive(self.panel, 6, 3.0)
        bom = self.create_bom((self.panel, 1, {}), product=self.table)
        self.order = self.create_order(bom)
        self.component(self.order, self.panel).action_issue(4)
        self.order.button_mark_done()
        self.assert_values(6, 24, 0)
        self.unbuild(5)
        self.assert_values(6 + 12, 12, 0)
        self.unbuild(5)
        self.assert_values(30, 0, 0)


@tagged("post_install", "-at_install")
class TestShare(UnbuildCase):
    def test_halves_of_each(self):
        # 1.5 of 3 is 2; 3.5 of the 7 together 4: 2 of the other 4.
        self.assertEqual(take_share([("a", 3), ("b", 4)], 0.5, 1), {"a": 2, "b": 2})

    def test_never_more_than_there_is(self):
        # 0.6 of 1 and of 1 and of 1: 1, 0 (1.2 in all), 1 (1.8).
        parts = [("a", 1), ("b", 1), ("c", 1)]
        self.assertEqual(take_share(parts, 0.6, 1), {"a": 1, "b": 0, "c": 1})

    def test_all_of_it_is_all(self):
        self.assertEqual(take_share([("a", 5.004)], 1, 0.01), {"a": 5.004})
