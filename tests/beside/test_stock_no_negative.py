from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..shortage.test_shortage import ShortageCase


@tagged("post_install", "-at_install")
class TestStockNoNegative(ShortageCase):
    """OCA's stock_no_negative refuses negative stock, when that is flushed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Without it, it refuses nothing in tests.
        cls.env = cls.env(context=dict(cls.env.context, test_stock_no_negative=True))
        for name in ("bom", "frame", "leg", "company", "category"):
            setattr(cls, name, getattr(cls, name).with_env(cls.env))

    def test_allow_meets_its_error(self):
        order = self.create_order(self.bom)
        with self.assertRaisesRegex(ValidationError, "would become negative"):
            order.button_mark_done()

    def test_park_never_does(self):
        self.set_rule("park")
        exception = self.complete(self.create_order(self.bom))
        self.env.flush_all()
        self.assertEqual(exception.quantity, 3)
        self.receive(self.frame, 3)
        exception.action_retry()
        self.env.flush_all()
        self.assertEqual(exception.state, "settled")

    def test_park_with_a_reservation_of_others(self):
        self.set_rule("park")
        self.reserve_for_delivery(self.frame, 5)
        exception = self.complete(self.create_order(self.bom))
        self.env.flush_all()
        self.assertEqual(exception.quantity, 8)

    def test_block_lists_what_is_missing(self):
        self.set_rule("block")
        order = self.create_order(self.bom)
        with self.assertRaisesRegex(Exception, "needed 10 Units, available 7"):
            order.button_mark_done()

    def test_block_completes_what_is_there(self):
        self.set_rule("block")
        self.complete(self.create_order(self.bom, 7))
        self.env.flush_all()
        self.assertEqual(self.on_hand(self.frame), 0)

    def test_it_costs_its_order_only(self):
        """Its error comes with the flush, after the order seems to be done."""
        orders = self.create_order(self.bom, 4) + self.create_order(self.bom, 9)
        orders += self.create_order(self.bom, 2)
        orders.do_unreserve()
        answers = orders.complete_orders()
        self.assertEqual(
            [answer["result"] for answer in answers], ["done", "failed", "done"]
        )
        self.assertIn("negative", answers[1]["message"])
        self.assertEqual(self.on_hand(self.frame), 1)
