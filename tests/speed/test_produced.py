import random
import sys
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..accounting.test_cost import CostCase
from ..completion.test_completion import CompletionCase
from .shortcuts import needs_shortcuts, shortcuts_off


@tagged("post_install", "-at_install")
class TestWaitingForTheProduct(CompletionCase):
    """What is produced is reserved for who waits for it, as core does."""

    def prepare_deliveries(self, *quantities):
        return self.env["stock.picking"].concat(
            *(
                self.prepare_transfer(
                    self.finished, quantity, self.stock, self.customer
                )
                for quantity in quantities
            )
        )

    def test_in_their_order(self):
        deliveries = self.prepare_deliveries(2, 3, 4)
        deliveries[2].move_ids.priority = "1"
        self.create_orders(5).complete_orders()
        # The urgent one first: 4; then 1 of 2; nothing for the last.
        self.assertEqual(deliveries.move_ids.mapped("quantity"), [1, 0, 4])

    def test_the_same_as_core(self):
        def assign(quantities, made):
            deliveries = self.prepare_deliveries(*quantities)
            deliveries[1].move_ids.priority = "1"
            self.create_orders(made).complete_orders()
            reserved = [
                (move.quantity, move.state, move.picking_id.state)
                for move in deliveries.move_ids
            ]
            deliveries.action_cancel()
            self.env["stock.quant"].search(
                [("product_id", "=", self.finished.id)]
            ).sudo().quantity = 0
            return reserved

        for quantities, made in (((1, 2, 3), 4), ((5, 1, 1, 1), 7), ((2, 2), 6)):
            own = assign(quantities, made)
            with shortcuts_off(self.env, "waiting"):
                self.assertEqual(own, assign(quantities, made))

    @needs_shortcuts
    def test_cost_does_not_grow_with_those_who_wait(self):
        counts = []
        for number in (5, 60):
            self.prepare_deliveries(*[1] * number)
            order = self.create_orders(1)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            order.complete_orders()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 5, counts)


def replay_as_core(product):
    with shortcuts_off(product.env, "average"):
        return product._run_avco()


class AverageCase(CostCase):
    """Tables at average cost, which come and go."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.env["res.partner"].create({"name": "Owner"})
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.customers = cls.env.ref("stock.stock_location_customers")
        # Core takes a cost of the same second for one from before the receipt.
        receipt = cls.env["stock.move"].search([("product_id", "=", cls.frame.id)])
        receipt.date -= timedelta(hours=1)

    def move(self, source, destination, own=0, consigned=0):
        """Move tables of the company's own and of an owner, with one move."""
        move = self.env["stock.move"].create(
            {
                "product_id": self.finished.id,
                "product_uom_qty": own + consigned,
                "location_id": source.id,
                "location_dest_id": destination.id,
            }
        )
        move._action_confirm()
        move.move_line_ids = [
            Command.clear(),
            *(
                Command.create(
                    {
                        **move._prepare_move_line_vals(),
                        "quantity": quantity,
                        "owner_id": owner.id,
                    }
                )
                for quantity, owner in (
                    (own, self.owner.browse()),
                    (consigned, self.owner),
                )
                if quantity
            ),
        ]
        move.picked = True
        move._action_done()
        return move

    def receive_tables(self, **quantities):
        return self.move(self.suppliers, self.stock, **quantities)

    def deliver(self, quantity):
        return self.move(self.stock, self.customers, own=quantity)

    def complete(self, quantity, price):
        """Produce tables whose frames cost that much."""
        self.frame.standard_price = price
        order = self.create_order(self.bom, quantity)
        order.button_mark_done()
        return order


@tagged("post_install", "-at_install")
class TestAverageCost(AverageCase):
    """The history is read in one go, and says what core's replay says."""

    def assert_average(self, expected):
        self.assertAlmostEqual(self.finished.standard_price, expected)
        self.assertAlmostEqual(replay_as_core(self.finished)[0], expected)

    def test_of_what_came_and_went(self):
        # 4 at 2.00; then 4 at 2.00 and 6 at 5.00: 3.80.
        self.complete(4, 2.0)
        self.assert_average(2.0)
        self.complete(6, 5.0)
        self.assert_average(3.8)
        self.deliver(7)
        # 3 at 3.80 and 3 at 1.00: 2.40.
        self.complete(3, 1.0)
        self.assert_average(2.4)

    def test_after_more_was_delivered_than_there_was(self):
        self.complete(4, 2.0)
        self.deliver(9)
        # 5 are owed: what comes in sets the cost.
        self.complete(3, 4.0)
        self.assert_average(4.0)

    def test_after_a_manual_cost(self):
        order = self.complete(4, 2.0)
        # Core tells what came first by the second.
        order.move_finished_ids.date -= timedelta(hours=2)
        values = self.env["product.value"].sudo()
        values.search([("product_id", "=", self.finished.id)]).date -= timedelta(
            hours=3
        )
        self.finished.standard_price = 10.0
        latest = values.search(
            [("product_id", "=", self.finished.id)], order="id desc", limit=1
        )
        latest.date -= timedelta(hours=1)
        self.assertAlmostEqual(self.finished.standard_price, 10.0)
        # 4 at 10.00 and 4 at 2.00.
        self.complete(4, 2.0)
        self.assert_average(6.0)

    def test_several_orders_in_one_call(self):
        self.complete(4, 2.0)
        self.frame.standard_price = 3.0
        orders = self.create_order(self.bom, 2) + self.create_order(self.bom, 6)
        orders.button_mark_done()
        # 4 at 2.00 and 8 at 3.00.
        self.assert_average(2.6666667)

    def test_of_a_consigned_stock_that_was_returned(self):
        self.complete(4, 2.0)
        self.receive_tables(own=2, consigned=10)
        self.move(self.stock, self.suppliers, consigned=10)
        # The scheduler leaves no trace of it in the stock.
        self.env["stock.quant"]._quant_tasks()
        quants = self.env["stock.quant"].search([("product_id", "=", self.finished.id)])
        self.assertFalse(quants.owner_id)
        # 6 at 2.00 and 4 at 10.00.
        self.complete(4, 10.0)
        self.assert_average(5.2)

    def test_of_free_components_there_is_none(self):
        """Core leaves the cost that there is, as long as nothing that costs came in."""
        self.finished.standard_price = 12.0
        self.complete(4, 0.0)
        self.assertAlmostEqual(self.finished.standard_price, 12.0)
        # 4 for nothing and 4 at 3.00, whatever the cost says.
        self.complete(4, 3.0)
        self.assert_average(1.5)

    def test_of_a_by_product_without_a_share_of_the_cost_there_is_none(self):
        chips = self.create_product("Chips", categ_id=self.avco.id, standard_price=7.0)
        bom = self.create_bom(
            (self.frame, 1, {}),
            product=self.create_product("Bench", categ_id=self.avco.id),
            byproduct_ids=[Command.create({"product_id": chips.id, "product_qty": 2})],
        )
        order = self.create_order(bom)
        order.button_mark_done()
        self.assertEqual(order.move_byproduct_ids.state, "done")
        self.assertAlmostEqual(chips.standard_price, 7.0)

    def test_of_random_histories(self):
        """Own and consigned, at odds with the order of dates, with costs that a person
        states in between."""
        chance = random.Random("histories")
        for _history in range(4):
            self.finished = self.create_product("Table", categ_id=self.avco.id)
            for _step in range(8):
                self.take_random_step(chance)
                average, value = self.finished._run_avco()
                expected_average, expected_value = replay_as_core(self.finished)
                self.assertAlmostEqual(average, expected_average, 9)
                self.assertAlmostEqual(value, expected_value, 9)

    def take_random_step(self, chance):
        step = chance.randrange(6)
        numbers = chance.choice([(3, 0), (0, 4), (2, 5)])
        own, consigned = numbers
        if step < 3:
            move = self.receive_tables(own=own, consigned=consigned)
            if own and chance.random() < 0.8:
                move.value_manual = chance.randint(0, 30)
        elif step == 3:
            move = self.move(
                self.stock, self.customers, own=own * 2, consigned=consigned
            )
        elif step == 4:
            # Past the company's own stock.
            move = self.move(self.suppliers, self.customers, own=3)
        else:
            self.finished.standard_price = chance.randint(0, 9)
            return
        if chance.random() < 0.5:
            move.date -= timedelta(minutes=chance.randint(0, 300))

    @needs_shortcuts
    def test_is_not_read_move_by_move(self):
        counts = []
        for number in (1, 60):
            self.finished = self.create_product("Table", categ_id=self.avco.id)
            moves = self.env["stock.move"].create(
                [
                    {
                        "product_id": self.finished.id,
                        "product_uom_qty": 1,
                        "quantity": 1,
                        "picked": True,
                        "location_id": self.suppliers.id,
                        "location_dest_id": self.stock.id,
                    }
                    for _index in range(number)
                ]
            )
            moves._action_done()
            counts.append(self.count_calls(self.finished._run_avco))
        # Core makes dozens for each.
        self.assertLess(counts[1] - counts[0], 10 * 59)

    def count_calls(self, function):
        """Calls in Python, which don't vary as the time does."""
        self.env.flush_all()
        calls = 0

        def count(_frame, event, _argument):
            nonlocal calls
            calls += event == "call"

        sys.setprofile(count)
        try:
            function()
        finally:
            sys.setprofile(None)
        return calls
