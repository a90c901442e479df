from odoo.tests import tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestOpenDialogs(BackflushCase):
    """A dialog stays open in one window while the order is done in another. What its
    button does then is core's: each number here is that of a database without the
    module."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leg = cls.create_product("Leg", stock=100)
        cls.bom = cls.create_bom((cls.leg, 1, {}), consumption="warning")

    def order(self):
        order = self.create_order(self.bom, 10)
        self.legs = order.move_raw_ids
        return order

    def open_change_of_quantity(self, order, quantity):
        return self.env["change.production.qty"].create(
            {"mo_id": order.id, "product_qty": quantity}
        )

    def produce_15_of_10(self, order):
        """:return: the warning, open: 15 produced, 10 used"""
        self.report(order, 15)
        self.legs.write({"quantity": 10, "picked": True, "manual_consumption": True})
        action = order.button_mark_done()
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        return self.open(action)

    def assert_posted(self, order, produced, consumed):
        self.assertEqual(order.state, "done")
        self.assertEqual(order.qty_produced, produced)
        self.assertEqual(self.consumed(order, self.leg), consumed)
        self.assertEqual(self.on_hand(self.leg), 100 - consumed)
        self.assertEqual(self.on_hand(self.finished), produced)

    def test_more_by_change_of_quantity(self):
        """Core writes what is produced, and leaves done components alone."""
        order = self.order()
        dialog = self.open_change_of_quantity(order, 15)
        order.button_mark_done()
        self.client().press(dialog, "change_prod_qty")
        self.assert_posted(order, produced=15, consumed=10)

    def test_less_by_change_of_quantity(self):
        order = self.order()
        dialog = self.open_change_of_quantity(order, 5)
        order.button_mark_done()
        self.client().press(dialog, "change_prod_qty")
        self.assert_posted(order, produced=5, consumed=10)

    def test_produced_of_a_done_order(self):
        order = self.order()
        order.button_mark_done()
        order.is_locked = False
        self.report(order, 15)
        self.assert_posted(order, produced=15, consumed=10)

    def test_warning_confirmed_twice(self):
        order = self.order()
        first, second = self.produce_15_of_10(order), self.produce_15_of_10(order)
        first.press("action_confirm")
        self.assert_posted(order, produced=15, consumed=10)
        second.press("action_confirm")
        self.assert_posted(order, produced=15, consumed=10)

    def test_quantities_set_after_the_warning_was_confirmed(self):
        order = self.order()
        first, second = self.produce_15_of_10(order), self.produce_15_of_10(order)
        first.press("action_confirm")
        self.assert_posted(order, produced=15, consumed=10)
        # Core writes the 15 that were expected on what is done.
        second.press("action_set_qty")
        self.assert_posted(order, produced=15, consumed=15)

    def test_quantity_changed_while_the_warning_is_open(self):
        order = self.order()
        warning = self.produce_15_of_10(order)
        self.client().press(self.open_change_of_quantity(order, 15), "change_prod_qty")
        warning.press("action_set_qty")
        self.assert_posted(order, produced=15, consumed=15)
