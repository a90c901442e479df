from odoo.tests import tagged

from ..days import FRIDAY, MONDAY, NEXT_WEEK, THURSDAY, TUESDAY, WEDNESDAY, DaysCase


@tagged("post_install", "-at_install")
class TestAnalyticDays(DaysCase):
    """With project_mrp_account the cost of what an order uses is on its project's
    account, on the day of the issue: frames at 2.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Plan"})
        cls.column = plan._column_name()
        cls.account, cls.other_account = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Tables", "Chairs")]
        )
        cls.project, cls.other_project = cls.env["project.project"].create(
            [
                {"name": account.name, cls.column: account.id}
                for account in cls.account | cls.other_account
            ]
        )

    def prepare(self):
        """An order of Monday of which 6 frames were issued on Tuesday."""
        self.go_to(MONDAY)
        order = self.create_order(self.bom, project_id=self.project.id)
        self.go_to(TUESDAY)
        self.component(order, self.frame).action_issue(6)
        return order

    def get_lines(self, account=None):
        """Amounts by day; the categories of all lines are the order's."""
        lines = self.env["account.analytic.line"].search(
            [(self.column, "=", (account or self.account).id)]
        )
        self.assertEqual({*lines.mapped("category")} - {"manufacturing_order"}, set())
        return sorted((line.date, line.amount) for line in lines)

    def test_carried_over_to_the_backorder(self):
        # 3 made on Friday, the other 3 are the backorder's since Tuesday.
        order = self.prepare()
        self.go_to(FRIDAY)
        backorder = self.produce(order, 3)
        [line] = self.issues(backorder, self.frame).analytic_account_line_ids
        self.assertEqual((line.date, line.amount), (TUESDAY.date(), -6))
        self.assertEqual(self.get_lines(), [(TUESDAY.date(), -6), (TUESDAY.date(), -6)])
        self.go_to(NEXT_WEEK)
        backorder.button_mark_done()
        # 4 more for 7.
        self.assertEqual(self.get_lines()[-1], (NEXT_WEEK.date(), -8))

    def test_returned_on_another_day(self):
        # 2 of the 6 come back on Wednesday: Tuesday's cost stays 12.
        order = self.prepare()
        self.go_to(WEDNESDAY)
        self.component(order, self.frame).action_return(2)
        self.assertEqual(
            self.get_lines(),
            [
                *((TUESDAY.date(), -8), (TUESDAY.date(), -4)),
                (WEDNESDAY.date(), 4),
            ],
        )

    def test_order_of_another_project(self):
        # Issued on Tuesday, for whichever project.
        order = self.prepare()
        self.go_to(THURSDAY)
        order.project_id = self.other_project
        self.assertEqual(self.get_lines(), [])
        self.assertEqual(self.get_lines(self.other_account), [(TUESDAY.date(), -12)])
