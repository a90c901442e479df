from odoo.tests import tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestFinishedOperation(BackflushCase):
    """12 lamps, 2 plates each, which core fills in and picks when Welding is finished:
    24. What is issued or returned beside that is reckoned with by the rule again: 4
    lamps need 8 plates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plate = cls.create_product("Plate", tracking="lot")
        cls.add_stock(cls.plate, 60, cls.create_lot(cls.plate, "P1"))
        cls.bom = cls.create_bom(
            (cls.plate, 2, {"operation": "Welding"}),
            product=cls.create_product("Lamp"),
            operations=["Welding"],
            consumption="flexible",
        )

    def prepare(self, method="completion"):
        """An order whose operation was finished, and its plates."""
        self.bom.bom_line_ids.issue_method = method
        order = self.create_order(self.bom, 12)
        order.workorder_ids.button_finish()
        return order, self.component(order, self.plate)

    def assert_needs_8_of_24(self, order):
        """Of two orders, of 4 and of 8 lamps."""
        backorder = self.produce(order, 4)
        self.assertEqual(self.consumed(order, self.plate), 8)
        self.finish(backorder.button_mark_done())
        self.assertEqual(backorder.state, "done")
        self.assertEqual(self.consumed(order | backorder, self.plate), 24)
        self.assertEqual(self.on_hand(self.plate), 36)

    def test_left_alone_it_is_posted_as_core_has_it(self):
        order, plate = self.prepare()
        self.assertEqual((plate.quantity, plate.picked), (24, True))
        self.produce(order, 4)
        self.assertEqual(self.consumed(order, self.plate), 24)

    def test_issued_and_returned_after_it(self):
        order, plate = self.prepare()
        plate.action_issue(10)
        plate.action_return(10)
        self.assert_needs_8_of_24(order)

    def test_issue_returned_by_itself(self):
        order, plate = self.prepare()
        plate.action_issue(10)
        plate.issue_move_ids.action_return()
        self.assert_needs_8_of_24(order)

    def test_more_issued_after_it_than_was_produced(self):
        order, plate = self.prepare()
        plate.action_issue(10)
        # 2 of the 10 go over to the backorder, which needs 14 more.
        self.assert_needs_8_of_24(order)

    def test_less_issued_after_it_than_was_produced(self):
        order, plate = self.prepare()
        plate.action_issue(3)
        self.assert_needs_8_of_24(order)

    def test_issued_before_and_returned_after_it(self):
        self.bom.bom_line_ids.issue_method = "completion"
        order = self.create_order(self.bom, 12)
        plate = self.component(order, self.plate)
        plate.action_issue(10)
        order.workorder_ids.button_finish()
        self.assertEqual(plate.quantity, 14)
        plate.action_return(10)
        self.assert_needs_8_of_24(order)

    def test_issued_by_it_and_returned(self):
        order, plate = self.prepare("operation")
        self.assertEqual(plate.issued_quantity, 24)
        plate.action_return(24)
        self.assert_needs_8_of_24(order)

    def test_what_a_person_recorded_stays(self):
        self.bom.bom_line_ids.issue_method = "completion"
        order = self.create_order(self.bom, 12)
        plate = self.component(order, self.plate)
        plate.write({"quantity": 26, "picked": True})
        order.workorder_ids.button_finish()
        plate.action_issue(10)
        self.assertEqual((plate.quantity, plate.picked), (16, True))
        order.button_mark_done()
        self.assertEqual(self.consumed(order, self.plate), 26)
