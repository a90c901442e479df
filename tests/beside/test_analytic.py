from odoo.tests import tagged

from ..accounting.test_cost import CostCase


@tagged("post_install", "-at_install")
class TestAnalyticLines(CostCase):
    """With project_mrp_account what an order uses is on its project's account, as long
    as it is used: frames at 2.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Plan"})
        cls.account = cls.env["account.analytic.account"].create(
            {"name": "Tables", "plan_id": plan.id}
        )
        cls.project = cls.env["project.project"].create(
            {"name": "Tables", plan._column_name(): cls.account.id}
        )
        cls.order = cls.create_order(cls.bom, project_id=cls.project.id)
        cls.frames = cls.component(cls.order, cls.frame)

    def amounts(self, moves):
        return sorted(moves.analytic_account_line_ids.mapped("amount"))

    def balance(self):
        self.account.invalidate_recordset()
        return self.account.balance

    def test_of_what_was_issued_and_returned(self):
        self.frames.action_issue(10)
        self.assertEqual(self.amounts(self.order.move_raw_ids), [-20])
        # 6 of them at 2.00 are still issued; 4 are taken at completion.
        self.frames.action_return(4)
        self.assertEqual(self.amounts(self.order.move_raw_ids), [-12])
        self.assertEqual(self.balance(), -12)
        self.order.button_mark_done()
        self.assertEqual(self.amounts(self.order.move_raw_ids), [-12, -8])
        self.assertEqual(self.balance(), -20)
        self.assertEqual(self.consumed(self.order, self.frame), 10)

    def test_of_what_was_returned_entirely(self):
        self.frames.action_issue(10)
        self.frames.action_return()
        self.assertEqual(self.balance(), 0)
        self.assertEqual(self.amounts(self.frames.issue_move_ids), [-20, 20])
        self.order.button_mark_done()
        self.assertEqual(self.balance(), -20)

    def test_of_an_issue_that_is_shared_with_the_backorder(self):
        self.frames.action_issue(10)
        backorder = self.produce(self.order, 6)
        # 6 at 2.00, and 4 that went over.
        self.assertEqual(self.amounts(self.order.move_raw_ids), [-12])
        self.assertEqual(self.amounts(backorder.move_raw_ids), [-8])
        self.finish(backorder.button_mark_done())
        self.assertEqual(self.balance(), -20)

    def report_in_two_steps(self):
        """More is taken of what is picked: a line is added beside the one it has."""
        bolt = self.create_product("Bolt", standard_price=2.0)
        for name in ("Shelf 1", "Shelf 2"):
            self.add_stock(bolt, 5, location=self.create_location(name))
        bom = self.create_bom((bolt, 1, {}), product=self.create_product("Bench"))
        order = self.create_order(bom, project_id=self.project.id)
        order.do_unreserve()
        bolts = self.component(order, bolt)
        self.report(order, 5)
        self.assertEqual(self.amounts(bolts), [-10])
        self.report(order, 8)
        self.assertEqual(bolts.move_line_ids.mapped("quantity"), [5, 3])
        self.assertEqual(self.amounts(bolts), [-16])

    def test_of_components_that_are_picked_already(self):
        self.report_in_two_steps()

    def test_of_components_that_are_picked_already_under_a_rule(self):
        self.company.shortage_rule = "block"
        self.report_in_two_steps()

    def test_of_what_is_reported_by_nobody(self):
        """Filled in together, or one by one."""
        others = self.create_order(self.bom, 5, project_id=self.project.id)
        (self.order | others).button_mark_done()
        self.assertEqual(self.amounts(self.order.move_raw_ids), [-20])
        self.assertEqual(self.amounts(others.move_raw_ids), [-10])

    def make_by_operation(self, method="operation"):
        """A stool of 2 legs at 2.00, of one operation; 10 to make."""
        self.company.issue_method = method
        leg = self.create_product("Leg", categ_id=self.avco.id)
        self.receive(leg, 100, 2.0)
        bom = self.create_bom(
            (leg, 2, {"operation": "Glue"}),
            product=self.create_product("Stool"),
            operations=("Glue",),
        )
        order = self.create_order(bom, project_id=self.project.id)
        return order, self.component(order, leg)

    def test_of_what_is_issued_at_the_operation(self):
        order, legs = self.make_by_operation()
        order.workorder_ids.button_finish()
        # 20 legs at 2.00, once: nothing is left on the component to be posted.
        self.assertEqual(legs.issued_quantity, 20)
        self.assertEqual(self.amounts(order.move_raw_ids), [-40])
        order.button_mark_done()
        self.assertEqual(self.amounts(order.move_raw_ids), [-40])
        self.assertEqual(self.balance(), -40)

    def test_of_a_part_that_is_issued_at_the_operation(self):
        order, legs = self.make_by_operation()
        self.report(order, 4)
        order.workorder_ids.button_finish()
        self.assertEqual(legs.issued_quantity, 8)
        # 8 legs at 2.00, which left the stock.
        self.assertEqual(self.balance(), -16)
        self.report(order, 10)
        order.button_mark_done()
        # And the other 12.
        self.assertEqual(self.amounts(order.move_raw_ids), [-24, -16])
        self.assertEqual(self.balance(), -40)

    def test_of_what_was_filled_in_and_is_issued(self):
        self.report(self.order, 6)
        self.assertEqual(self.balance(), -12)
        self.frames.action_issue()
        # The 6 at 2.00 that were filled in are now posted.
        self.assertEqual(self.balance(), -12)
        self.report(self.order, 10)
        self.assertEqual(self.balance(), -20)
        self.order.button_mark_done()
        self.assertEqual(self.balance(), -20)

    def test_of_what_was_recorded_and_is_issued_in_part(self):
        """From three places: the issue takes the first of these lines as it is."""
        pin = self.create_product("Pin", standard_price=2.0)
        for name in ("Box 1", "Box 2", "Box 3"):
            self.add_stock(pin, 4, location=self.create_location(name))
        bom = self.create_bom(
            (pin, 1, {"issue_method": "manual"}), product=self.create_product("Rail")
        )
        order = self.create_order(bom, 12, project_id=self.project.id)
        pins = self.component(order, pin)
        pins.action_record_planned()
        self.assertEqual(self.balance(), -24)
        pins.action_issue(4)
        # 4 at 2.00 are posted, 8 still recorded.
        self.assertEqual(pins.quantity, 8)
        self.assertEqual(self.amounts(order.move_raw_ids), [-16, -8])
        self.assertEqual(self.balance(), -24)

    def test_of_a_quantity_that_is_taken_back(self):
        """Reported, then not: nothing is used."""
        self.report(self.order, 6)
        self.assertEqual(self.balance(), -12)
        self.report(self.order, 0)
        self.assertEqual(self.balance(), 0)
        self.assertEqual(self.amounts(self.order.move_raw_ids), [])

    def test_of_a_record_that_is_taken_back(self):
        self.frames.issue_method = "manual"
        self.frames.action_record_planned()
        self.assertEqual(self.balance(), -20)
        self.frames.action_clear_record()
        self.assertEqual(self.balance(), 0)

    def test_of_what_becomes_manual(self):
        self.report(self.order, 6)
        self.frames.issue_method = "manual"
        # It was filled in by the system, and isn't any more.
        self.assertFalse(self.frames.picked)
        self.assertEqual(self.balance(), 0)

    def test_of_what_waits(self):
        self.company.shortage_rule = "park"
        order = self.create_order(self.bom, 110, project_id=self.project.id)
        order.button_mark_done()
        # 90 at 2.00 are there beside what the other order holds; 20 wait.
        self.assertEqual(self.balance(), -180)
        self.receive(self.frame, 20, 2.0)
        order.move_raw_ids.backflush_exception_ids.action_retry()
        self.assertEqual(self.balance(), -220)

    def test_of_what_was_there_only_at_the_report(self):
        self.company.shortage_rule = "park"
        foot = self.create_product("Foot", stock=10, standard_price=2.0)
        bom = self.create_bom((foot, 1, {}), product=self.create_product("Lamp"))
        first = self.create_order(bom, project_id=self.project.id)
        first.do_unreserve()
        self.report(first, 10)
        self.assertEqual(self.balance(), -20)
        self.add_stock(foot, -10)
        first.button_mark_done()
        # All of it waits.
        self.assertEqual(first.backflush_exception_ids.quantity, 10)
        self.assertEqual(self.balance(), 0)
