from datetime import timedelta

from odoo import Command
from odoo.tests import Form, tagged

from .days import (
    FRIDAY,
    MONDAY,
    NEXT_MONTH,
    NEXT_WEEK,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    DaysCase,
)


@tagged("post_install", "-at_install")
class TestPostedIsPosted(DaysCase):
    """100 panels on Sunday; 10 tables of 1 panel each, glued and varnished."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.panel = cls.create_product("Panel", categ_id=cls.avco.id)
        cls.receive(cls.panel, 100, 2.0)
        cls.panel_bom = cls.create_bom(
            (cls.panel, 1, {"operation": "Gluing"}),
            product=cls.create_product("Panel Table", categ_id=cls.avco.id),
            operations=("Gluing", "Varnishing"),
            consumption="flexible",
        )

    def prepare(self):
        """An order of Monday of which 6 panels were issued on Tuesday.

        :return: the order, and the issue
        """
        self.go_to(MONDAY)
        order = self.create_order(self.panel_bom)
        self.go_to(TUESDAY)
        self.component(order, self.panel).action_issue(6)
        return order, self.issues(order, self.panel)

    def assert_as_posted(self, issue, moment=TUESDAY):
        self.assert_posted(issue, moment)
        self.assertEqual(self.on_hand_on(self.panel, moment - timedelta(1)), 100)
        self.assertEqual(self.on_hand_on(self.panel, moment), 94)

    def test_rescheduled_by_a_script(self):
        order, issue = self.prepare()
        for moment in (SUNDAY, WEDNESDAY, NEXT_MONTH):
            order.date_start = moment
            self.assert_as_posted(issue)
            # What is still to be issued moves with the order, as in core.
            self.assertEqual(self.component(order, self.panel).date, moment)

    def test_rescheduled_on_the_form(self):
        order, issue = self.prepare()
        with Form(order) as form:
            form.date_start = NEXT_MONTH
        self.assert_as_posted(issue)
        self.assertEqual(self.component(order, self.panel).date, NEXT_MONTH)

    def test_planned_and_unplanned(self):
        order, issue = self.prepare()
        order.date_start = NEXT_WEEK
        order.button_plan()
        self.assertTrue(order.is_planned)
        self.assert_as_posted(issue)
        order.button_unplan()
        self.assert_as_posted(issue)
        order.button_plan()
        order.workorder_ids[0].write(
            {"date_start": NEXT_MONTH, "date_finished": NEXT_MONTH + timedelta(hours=1)}
        )
        self.assertEqual(order.date_start, NEXT_MONTH)
        self.assert_as_posted(issue)

    def test_started(self):
        order, issue = self.prepare()
        self.go_to(THURSDAY)
        order.workorder_ids[0].button_start()
        self.assert_as_posted(issue)

    def test_completed(self):
        order, issue = self.prepare()
        self.go_to(FRIDAY)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_as_posted(issue)
        self.assert_posted(self.component(order, self.panel), FRIDAY)
        self.assertEqual(self.on_hand_on(self.panel, THURSDAY), 94)
        self.assertEqual(self.on_hand_on(self.panel, FRIDAY), 90)
