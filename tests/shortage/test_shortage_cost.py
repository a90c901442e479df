from odoo import Command
from odoo.tests import tagged

from ..accounting.test_cost import CostCase


@tagged("post_install", "-at_install")
class TestShortageCost(CostCase):
    """10 tables need 10 frames, and 7 are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"

    def prepare(self, cost_method, *receipts, valuation="periodic"):
        """An order of 10, components and product valued in this way.

        :param receipts: pairs of a quantity and a price
        """
        category = self.create_category(cost_method, valuation)
        self.panel = self.create_product("Panel", categ_id=category.id)
        self.table = self.create_product("Panel Table", categ_id=category.id)
        for quantity, price in receipts:
            self.receive(self.panel, quantity, price)
        self.panel_bom = self.create_bom(
            (self.panel, 1, {}), product=self.table, consumption="flexible"
        )
        return self.create_order(self.panel_bom)

    def settle(self, exception, quantity, price):
        self.receive(self.panel, quantity, price)
        exception.action_retry()

    def test_average(self):
        # 7 at 2.00 are issued, and 3 counted at 2.00: 20.
        order = self.prepare("average", (7, 2.0))
        order.button_mark_done()
        exception = order.backflush_exception_ids
        self.assertEqual(exception.quantity, 3)
        self.assertAlmostEqual(exception.costed_value, 6)
        self.assertAlmostEqual(self.finished_value(order), 20)
        self.assertAlmostEqual(self.table.standard_price, 2.0)
        # They come at 5.00: 3 × 5.00 = 15, 9 more than was counted.
        self.settle(exception, 10, 5.0)
        self.assertEqual(exception.state, "settled")
        self.assertAlmostEqual(exception.settled_value, 15)
        self.assertAlmostEqual(exception.value_difference, 9)
        self.assertAlmostEqual(self.finished_value(order), 20)
        self.assertAlmostEqual(self.table.standard_price, 2.0)
        self.assertAlmostEqual(self.panel.total_value, 7 * 5)

    def test_first_in_first_out(self):
        # 5 at 2.00 and 5 at 3.00, of which 3 are another's: 5 × 2 + 2 × 3 = 16, and
        # the next 3 are at 3.00: 25.
        order = self.prepare("fifo", (5, 2.0), (5, 3.0))
        order.do_unreserve()
        other = self.create_order(self.panel_bom, 3)
        other.action_assign()
        order.button_mark_done()
        exception = order.backflush_exception_ids
        self.assertEqual((exception.quantity, exception.reason), (3, "reserved"))
        self.assertAlmostEqual(exception.costed_value, 9)
        self.assertAlmostEqual(self.finished_value(order), 25)
        # First out is still at 3.00, whatever came since.
        self.settle(exception, 10, 4.0)
        self.assertEqual(exception.state, "settled")
        self.assertAlmostEqual(exception.settled_value, 9)
        self.assertAlmostEqual(exception.value_difference, 0)
        self.assertAlmostEqual(self.finished_value(order), 25)

    def test_first_in_first_out_with_nothing_left(self):
        # 4 at 2.00 and 3 at 3.00 = 17; beyond them core goes on with the last price,
        # 3 × 3.00 = 9.
        order = self.prepare("fifo", (4, 2.0), (3, 3.0))
        order.button_mark_done()
        exception = order.backflush_exception_ids
        self.assertAlmostEqual(exception.costed_value, 9)
        self.assertAlmostEqual(self.finished_value(order), 26)
        # 3 × 4.00.
        self.settle(exception, 10, 4.0)
        self.assertAlmostEqual(exception.settled_value, 12)
        self.assertAlmostEqual(exception.value_difference, 3)
        self.assertAlmostEqual(self.finished_value(order), 26)

    def test_difference_stays_on_the_production_account(self):
        account = self.env["account.account"].create(
            {"name": "In Production", "code": "PROD2", "account_type": "asset_current"}
        )
        self.finished.property_stock_production.valuation_account_id = account
        order = self.prepare("average", (7, 2.0), valuation="real_time")
        order.button_mark_done()
        # 14 were issued, 20 are in the product.
        self.assertAlmostEqual(self.balance(account), -6)
        self.settle(order.backflush_exception_ids, 10, 5.0)
        # 15 were issued since.
        self.assertAlmostEqual(self.balance(account), 9)

    def balance(self, account):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return sum(lines.mapped("balance"))

    def test_standard_price(self):
        order = self.prepare("average", (7, 2.0))
        self.table.categ_id = self.create_category("standard")
        self.table.standard_price = 11
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 110)
        self.assertAlmostEqual(order.backflush_exception_ids.costed_value, 6)

    def test_by_product_bears_its_share(self):
        order = self.prepare("average", (7, 2.0))
        order.action_cancel()
        waste = self.create_product("Waste", categ_id=self.table.categ_id.id)
        self.panel_bom.byproduct_ids = [
            Command.create({"product_id": waste.id, "product_qty": 1, "cost_share": 25})
        ]
        order = self.create_order(self.panel_bom)
        order.button_mark_done()
        # 20 in all, 25 % of it the by-product's.
        self.assertAlmostEqual(self.finished_value(order), 15)
        by_product = order.move_byproduct_ids
        self.assertAlmostEqual(by_product.value, 5)
        self.assertEqual(order.extra_cost, 0)

    def test_settled_before_completion_costs_what_it_cost(self):
        order = self.prepare("average", (7, 2.0))
        order.move_raw_ids.issue_method = "start"
        order.action_start()
        exception = order.backflush_exception_ids
        self.settle(exception, 10, 5.0)
        self.assertEqual(exception.state, "settled")
        order.button_mark_done()
        # 7 × 2.00 + 3 × 5.00.
        self.assertAlmostEqual(self.finished_value(order), 29)
        self.assert_balanced(order)

    def test_open_since_the_start(self):
        """Counted at the cost of the day of completion."""
        order = self.prepare("average", (7, 2.0))
        order.move_raw_ids.issue_method = "start"
        order.action_start()
        self.panel.standard_price = 4.0
        order.button_mark_done()
        self.assertAlmostEqual(order.backflush_exception_ids.costed_value, 12)
        self.assertAlmostEqual(self.finished_value(order), 26)

    def test_a_part_settled_before_completion(self):
        order = self.prepare("average", (7, 2.0))
        order.move_raw_ids.issue_method = "start"
        order.action_start()
        exception = order.backflush_exception_ids
        # 1 comes at 5.00 and is issued; 2 are missing at completion, at 5.00: 10.
        self.settle(exception, 1, 5.0)
        order.button_mark_done()
        self.assertAlmostEqual(exception.costed_value, 10)
        self.assertAlmostEqual(self.finished_value(order), 14 + 5 + 10)
        # One of them comes at 8.00, 3 more than was counted for it.
        self.settle(exception, 1, 8.0)
        self.assertAlmostEqual(exception.value_difference, 3)
        # The other never does: 5 were counted for it.
        exception.action_cancel("Never used")
        self.assertAlmostEqual(exception.value_difference, 8 - 10)

    def test_partial_settlement(self):
        order = self.prepare("average", (7, 2.0))
        order.button_mark_done()
        exception = order.backflush_exception_ids
        self.settle(exception, 2, 5.0)
        # 10 for two thirds of the 6 that were counted.
        self.assertAlmostEqual(exception.settled_value, 10)
        self.assertAlmostEqual(exception.value_difference, 6)
        self.settle(exception, 1, 2.0)
        self.assertAlmostEqual(exception.settled_value, 12)
        self.assertAlmostEqual(exception.value_difference, 6)
