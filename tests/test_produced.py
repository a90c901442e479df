from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from ..models import accounting
from ..models.stock_move_assign import StockMove
from .test_completion import CompletionCase
from .test_cost import CostCase


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
            with patch.object(StockMove, "_trigger_assign", assign_as_core):
                self.assertEqual(own, assign(quantities, made))

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


def assign_as_core(moves):
    return super(StockMove, moves)._trigger_assign()


@tagged("post_install", "-at_install")
class TestAverageCost(CostCase):
    """The average is carried on, and says what core's replay says."""

    def replay(self, product):
        return product._run_avco()[0]

    def complete(self, quantity, price):
        """Produce tables whose frames cost that much."""
        self.frame.standard_price = price
        order = self.create_order(self.bom, quantity)
        order.button_mark_done()
        self.assertAlmostEqual(self.finished.standard_price, self.replay(self.finished))
        return order

    def test_as_the_replay(self):
        replays = []
        run_avco = type(self.finished)._run_avco

        def counting(product, *args, **kwargs):
            replays.append(product)
            return run_avco(product, *args, **kwargs)

        # 4 at 2.00; then 4 at 2.00 and 6 at 5.00: 3.80.
        self.complete(4, 2.0)
        self.assertAlmostEqual(self.finished.standard_price, 2.0)
        with patch.object(type(self.finished), "_run_avco", counting):
            self.frame.standard_price = 5.0
            replays.clear()
            self.create_order(self.bom, 6).button_mark_done()
            self.assertNotIn(self.finished, replays)
        self.assertAlmostEqual(self.finished.standard_price, 3.8)
        self.assertAlmostEqual(self.replay(self.finished), 3.8)
        self.deliver(7)
        # 3 at 3.80 and 3 at 1.00: 2.40.
        self.complete(3, 1.0)
        self.assertAlmostEqual(self.finished.standard_price, 2.4)

    def deliver(self, quantity):
        move = self.env["stock.move"].create(
            {
                "product_id": self.finished.id,
                "product_uom_qty": quantity,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()

    def test_after_more_was_delivered_than_there_was(self):
        self.complete(4, 2.0)
        self.deliver(9)
        # 5 are owed: what comes in sets the cost.
        self.complete(3, 4.0)
        self.assertAlmostEqual(self.finished.standard_price, 4.0)
        self.complete(8, 1.0)

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
        self.complete(4, 2.0)
        self.assertAlmostEqual(self.finished.standard_price, 6.0)

    def test_several_orders_in_one_call(self):
        self.complete(4, 2.0)
        self.frame.standard_price = 3.0
        orders = self.create_order(self.bom, 2) + self.create_order(self.bom, 6)
        orders.button_mark_done()
        self.assertAlmostEqual(self.finished.standard_price, 2.6666667)
        self.assertAlmostEqual(self.replay(self.finished), 2.6666667)

    def test_consigned_stock_is_left_to_the_replay(self):
        self.complete(4, 2.0)
        owner = self.env["res.partner"].create({"name": "Owner"})
        self.env["stock.quant"]._update_available_quantity(
            self.finished, self.stock, 5, owner_id=owner
        )
        produced = accounting.JustProduced(self.create_order(self.bom, 1))
        self.assertIsNone(produced.get_average(self.finished))
        self.complete(4, 3.0)
