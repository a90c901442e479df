"""Completed and cancelled orders that people change afterwards, in a real browser."""

from odoo.tests import tagged

from .test_tours_dialogs import DialogTourCase


class CorrectionTourCase(DialogTourCase):
    """Orders of 10 tables."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.create_user("planner", "mrp.group_mrp_manager")

    def have_frames(self, quantity, rule="park"):
        self.company.shortage_rule = rule
        self.add_stock(self.frame, quantity - 100)

    def complete_order(self):
        order = self.create_order(self.bom)
        self.produce(order, 10)
        self.assertEqual(order.state, "done")
        return order

    def correct_up(self):
        """10 were used, 2 are left: 15 are said, then 11."""
        self.have_frames(12)
        order = self.complete_order()
        self.start_order_tour("correct_up", order)
        self.assertEqual(self.consumed(order, self.frame), 11)
        self.assertEqual(self.on_hand(self.frame), 1)
        self.assertNotIn("open", order.backflush_exception_ids.mapped("state"))

    def correct_up_blocked(self):
        """15 are refused; 12 are there."""
        self.have_frames(12, rule="block")
        order = self.complete_order()
        self.start_order_tour("correct_up_blocked", order)
        self.assertEqual(self.consumed(order, self.frame), 12)
        self.assert_stock(frames=0, screws=360, tables=10)

    def unbuild_part(self):
        """10 tables of no frame. Without 4 of them 6 frames are still missing."""
        self.have_frames(0)
        order = self.complete_order()
        self.assert_waiting(order, 10)
        self.start_order_tour("unbuild_part", order)
        self.assert_waiting(order, 6)
        # 16 of the 40 screws came back.
        self.assert_stock(frames=0, screws=376, tables=6)
        self.add_stock(self.frame, 50)
        order.backflush_exception_ids.action_retry()
        self.assertEqual(self.on_hand(self.frame), 44)

    def cancel_order(self):
        """An order that was given up, of whose frames 6 had waited."""
        self.have_frames(4)
        order = self.create_order(self.bom)
        component = self.component(order, self.frame)
        component.action_issue()
        component.action_return()
        order.action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(order.backflush_exception_ids.state, "cancelled")
        return order

    def assert_kept(self, order):
        self.assertTrue(order.exists())
        self.assertTrue(order.backflush_exception_ids)


@tagged("post_install", "-at_install")
class TestCorrections(CorrectionTourCase):
    def test_consumption_is_corrected_and_waits(self):
        self.correct_up()

    def test_correction_is_blocked(self):
        self.correct_up_blocked()

    def test_part_is_unbuilt(self):
        self.unbuild_part()

    def test_cancelled_order_is_kept(self):
        order = self.cancel_order()
        self.start_order_tour("delete_cancelled", order, login="planner")
        self.assert_kept(order)

    def test_cancelled_order_is_kept_by_the_list(self):
        order = self.cancel_order()
        self.start_list_tour("delete_cancelled_in_list", login="planner")
        self.assert_kept(order)


@tagged("post_install", "-at_install")
class TestCorrectionsOnPhone(CorrectionTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_part_is_unbuilt(self):
        self.unbuild_part()
