"""Returns of one issue, called on its own line."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..shortage.test_shortage import ShortageCase


@tagged("post_install", "-at_install")
class TestReturnOfIssue(ShortageCase):
    """Tables of 1 board; 10 of lot A and 10 of lot B are there. 4 of A were issued,
    then 3 of B, for 10 tables."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls.create_product("Board", tracking="lot")
        cls.lots = [cls.create_lot(cls.board, name) for name in ("A", "B")]
        for lot in cls.lots:
            cls.add_stock(cls.board, 10, lot)
        cls.board_bom = cls.create_bom((cls.board, 1, {}), consumption="flexible")
        cls.order = cls.create_order(cls.board_bom)
        cls.line = cls.component(cls.order, cls.board)
        for lot, quantity in zip(cls.lots, (4, 3), strict=True):
            cls.line.action_issue(quantity, lot.ids)
        cls.first, cls.second = cls.line.issue_move_ids.sorted("id")

    def in_stock(self):
        return [
            sum(
                self.env["stock.quant"]
                .search([("lot_id", "=", lot.id), ("location_id", "=", self.stock.id)])
                .mapped("quantity")
            )
            for lot in self.lots
        ]

    def test_all_of_it(self):
        self.assertEqual(self.in_stock(), [6, 7])
        self.first.action_return()
        self.assertEqual(self.in_stock(), [10, 7])
        self.assertEqual(self.line.issued_quantity, 3)
        self.assertEqual(self.line.product_uom_qty, 7)
        self.assertTrue(self.line.is_issued_early)

    def test_a_part_of_it(self):
        self.first.action_return(1)
        self.assertEqual(self.in_stock(), [7, 7])
        self.assertEqual(self.line.issued_quantity, 6)
        self.first.action_return()
        self.assertEqual(self.in_stock(), [10, 7])

    def test_over_rpc(self):
        worker = self.create_user("returner", "mrp.group_mrp_user")
        self.client(worker).call(self.first, "action_return", 4)
        self.assertEqual(self.in_stock(), [10, 7])

    def test_of_a_component_the_last_one_goes_first(self):
        self.line.action_return(3)
        self.assertEqual(self.in_stock(), [6, 10])

    def test_several_issues(self):
        (self.first | self.second).action_return()
        self.assertEqual(self.in_stock(), [10, 10])
        self.assertFalse(self.line.is_issued_early)
        self.assertEqual(self.line.product_uom_qty, 10)

    def test_issues_and_their_component(self):
        # All lines of the order selected: nothing comes back twice.
        self.order.move_raw_ids.action_return()
        self.assertEqual(self.in_stock(), [10, 10])

    def test_more_than_it(self):
        with self.assertRaisesRegex(UserError, "4 Units were issued"):
            self.first.action_return(5)
        self.assertEqual(self.in_stock(), [6, 7])

    def test_odd_quantities(self):
        for quantity in (0, -1, float("nan"), "4", True):
            with self.assertRaises(UserError):
                self.first.action_return(quantity)

    def test_twice(self):
        self.first.action_return()
        with self.assertRaisesRegex(UserError, "returned already"):
            self.first.action_return()
        [way_back] = self.first.returned_move_ids
        with self.assertRaisesRegex(UserError, "returned already"):
            way_back.action_return()
        self.assertEqual(self.in_stock(), [10, 7])

    def test_of_a_completed_order(self):
        self.order.button_mark_done()
        with self.assertRaisesRegex(UserError, "until their order is completed"):
            self.first.action_return()

    def test_nobody_else_does(self):
        other = self.create_user("keeper", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.first.with_user(other).action_return()

    def test_what_settled_an_exception(self):
        """An issue as any other, of an order that isn't completed."""
        self.company.shortage_rule = "park"
        order = self.create_order(self.bom)
        component = self.component(order, self.frame)
        component.action_issue()
        self.assertEqual(order.backflush_exception_ids.quantity, 3)
        self.receive(self.frame, 3)
        self.settle_in_background()
        self.assertEqual(self.on_hand(self.frame), 0)
        settled = order.backflush_exception_ids.issue_move_ids
        self.assertEqual(settled.quantity, 3)
        settled.action_return()
        self.assertEqual(self.on_hand(self.frame), 3)
        self.assertEqual(component.product_uom_qty, 3)

    def test_what_is_fixed_per_order(self):
        """5 per order, issued as 4 and 1: 4 alone would be no order's need."""
        glue = self.create_product("Glue", stock=100)
        bom = self.create_bom(
            (glue, 1, {}),
            (glue, 5, {"is_fixed_quantity": True}),
            consumption="flexible",
        )
        order = self.create_order(bom)
        fixed = self.component(order, glue).filtered("fixed_quantity")
        fixed.action_issue(4)
        fixed.action_issue(1)
        first, second = fixed.issue_move_ids.sorted("id")
        with self.assertRaisesRegex(UserError, "fixed per order"):
            second.action_return()
        (first | second).action_return()
        self.assertEqual(self.on_hand(glue), 100)
