from datetime import timedelta

from odoo import fields
from odoo.tests import Form, tagged

from ..days import (
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
from .core_schedules import KNOWN, find_places


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

    def test_several_rescheduled_at_once(self):
        order, issue = self.prepare()
        other = self.create_order(self.panel_bom)
        self.component(other, self.panel).action_issue(1)
        self.go_to(WEDNESDAY)
        (order | other).write({"date_start": NEXT_WEEK})
        self.assert_posted(issue | self.issues(other, self.panel), TUESDAY, TUESDAY)
        self.assertEqual(self.component(other, self.panel).date, NEXT_WEEK)

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

    def test_returned_on_another_day(self):
        # 6 issued on Tuesday, 2 of them back on Wednesday; started on Thursday.
        order, _issue = self.prepare()
        self.go_to(WEDNESDAY)
        component = self.component(order, self.panel)
        component.action_return(2)
        self.go_to(THURSDAY)
        order.workorder_ids[0].button_start()
        self.assert_posted(self.issues(order, self.panel), TUESDAY)
        returned = component.issue_move_ids - self.issues(order, self.panel)
        self.assert_posted(returned, TUESDAY, WEDNESDAY)
        self.assertEqual(self.on_hand_on(self.panel, TUESDAY), 94)
        self.assertEqual(self.on_hand_on(self.panel, WEDNESDAY), 96)
        self.assertEqual(self.value_on(self.panel, TUESDAY), 188)

    def test_issues_of_different_days_carried_over(self):
        # 5 issued on Tuesday, 5 on Wednesday; 3 made on Thursday: 7 are the
        # backorder's, which is rescheduled, started and completed.
        self.go_to(MONDAY)
        order = self.create_order(self.panel_bom)
        for day in (TUESDAY, WEDNESDAY):
            self.go_to(day)
            self.component(order, self.panel).action_issue(5)
        self.go_to(THURSDAY)
        backorder = self.produce(order, 3)
        backorder.date_start = NEXT_MONTH
        self.go_to(FRIDAY)
        backorder.workorder_ids[0].button_start()
        backorder.button_mark_done()
        self.assertEqual(backorder.state, "done")
        self.assert_posted(self.issues(order, self.panel), TUESDAY)
        carried = self.issues(backorder, self.panel)
        self.assertEqual(sum(carried.mapped("quantity")), 7)
        self.assertEqual({*carried.mapped("date")}, {TUESDAY, WEDNESDAY})
        for moment, quantity in ((MONDAY, 100), (TUESDAY, 95), (WEDNESDAY, 90)):
            self.assertEqual(self.on_hand_on(self.panel, moment), quantity)
        self.assertEqual(self.on_hand_on(self.panel, FRIDAY), 90)

    def test_a_person_dates_an_issue_back(self):
        order, issue = self.prepare()
        self.go_to(WEDNESDAY)
        issue.date = MONDAY
        self.assert_posted(issue, MONDAY)
        self.assertEqual(self.on_hand_on(self.panel, MONDAY), 94)
        order.date_start = NEXT_MONTH
        self.assert_posted(issue, MONDAY)


@tagged("post_install", "-at_install")
class TestListOfPlaces(DaysCase):
    def test_each_place_where_core_dates_moves_is_known(self):
        places = find_places()
        self.assertEqual(places - KNOWN.keys(), set())
        self.assertIn("mrp/models/mrp_production.py:write", places)


@tagged("post_install", "-at_install")
class TestCostsReplayed(DaysCase):
    """10 panels at 5.00 on Sunday; 10 tables of 1 panel each, glued. 6 panels are
    issued on Tuesday, on Wednesday 10 come at 15 and 10 at 30."""

    def prepare(self, cost_method):
        """:return: the order, on Thursday"""
        category = self.create_category(cost_method)
        self.panel = self.create_product("Panel", categ_id=category.id)
        self.table = self.create_product("Panel Table", categ_id=category.id)
        self.receive(self.panel, 10, 5.0)
        bom = self.create_bom(
            (self.panel, 1, {}),
            product=self.table,
            operations=("Gluing",),
            consumption="flexible",
        )
        self.go_to(MONDAY)
        order = self.create_order(bom)
        self.go_to(TUESDAY)
        self.component(order, self.panel).action_issue(6)
        self.go_to(WEDNESDAY)
        self.receive(self.panel, 10, 15.0)
        self.later(hours=1)
        self.receive(self.panel, 10, 30.0)
        self.go_to(THURSDAY)
        return order

    def assert_values(self, expected):
        """What the stock of panels was worth at the end of each day, and is now, also
        where core works it all out again."""
        self.panel._update_standard_price()
        for moment, value in expected.items():
            self.assertAlmostEqual(self.value_on(self.panel, moment), value, 2)
        self.assertAlmostEqual(self.panel.total_value, [*expected.values()][-1], 2)

    def test_average_of_consumption_corrected_later(self):
        # 24 at 19.58 less 4 on Friday: 20, 391.67. 2 more next week: 18, 352.50.
        order = self.prepare("average")
        self.correct_next_week(order)
        self.assert_values({THURSDAY: 470, FRIDAY: 391.67, NEXT_WEEK: 352.5})

    def test_fifo_of_consumption_corrected_later(self):
        # The last 4 at 5 on Friday: 10 at 15 and 10 at 30, 450. 2 more next week: 420.
        order = self.prepare("fifo")
        self.correct_next_week(order)
        self.assert_values({THURSDAY: 470, FRIDAY: 450, NEXT_WEEK: 420})

    def correct_next_week(self, order):
        """Complete the order on Friday, and say in the next week that 2 more were
        used."""
        self.go_to(FRIDAY)
        order.button_mark_done()
        order.is_locked = False
        self.go_to(NEXT_WEEK)
        component = self.component(order, self.panel)
        component.quantity += 2

    def test_average_of_an_order_that_is_started_later(self):
        # 6 at 5: 30. Left 4 at 5, 10 at 15 and 10 at 30: 470, 19.58 each.
        order = self.prepare("average")
        order.workorder_ids.button_start()
        self.assertAlmostEqual(self.panel.standard_price, 19.58, 2)
        self.go_to(FRIDAY)
        order.button_mark_done()
        # 30, and 4 at 19.58.
        self.assertAlmostEqual(self.finished_value(order), 108.33, 2)
        self.assert_values(
            {SUNDAY: 50, TUESDAY: 20, WEDNESDAY: 470, THURSDAY: 470, FRIDAY: 391.67}
        )
        self.assertAlmostEqual(self.panel.standard_price, 19.58, 2)

    def test_average_of_an_order_that_nobody_started(self):
        order = self.prepare("average")
        self.go_to(FRIDAY)
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 108.33, 2)
        # 20 at 19.58.
        self.assert_values({TUESDAY: 20, WEDNESDAY: 470, FRIDAY: 391.67})
        self.assertAlmostEqual(self.panel.standard_price, 19.58, 2)

    def test_first_in_first_out(self):
        # 10 at 5 are gone: 6 on Tuesday, 4 on Friday. Left 10 at 15 and 10 at 30.
        order = self.prepare("fifo")
        order.workorder_ids.button_start()
        self.go_to(FRIDAY)
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 50, 2)
        self.assert_values({SUNDAY: 50, TUESDAY: 20, WEDNESDAY: 470, FRIDAY: 450})
        self.assertAlmostEqual(self.panel.standard_price, 22.5, 2)
        last = self.panel.stock_move_ids.filtered("is_in").sorted("id")
        self.assertEqual(last.mapped("remaining_qty"), [0, 10, 10])
        self.assertEqual(last.mapped("remaining_value"), [0, 150, 300])


@tagged("post_install", "-at_install")
class TestSettledOnItsDay(DaysCase):
    """7 panels at 5.00 on Sunday; 10 tables of 1 panel each, glued. What is missing
    waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.panel = cls.create_product("Panel", categ_id=cls.avco.id)
        cls.table = cls.create_product("Panel Table", categ_id=cls.avco.id)
        cls.receive(cls.panel, 7, 5.0)

    def prepare(self, issue_method):
        bom = self.create_bom(
            (self.panel, 1, {"issue_method": issue_method}),
            product=self.table,
            operations=("Gluing",),
            consumption="flexible",
        )
        self.go_to(MONDAY)
        return self.create_order(bom)

    def settle(self, order):
        """10 panels arrive at 15.00."""
        self.receive(self.panel, 10, 15.0)
        order.backflush_exception_ids.action_retry()
        self.assertEqual(order.backflush_exception_ids.state, "settled")

    def test_of_an_order_that_is_started_later(self):
        self.check_order_in_progress(lambda order: order.workorder_ids.button_start())

    def test_of_an_order_that_nobody_started(self):
        self.check_order_in_progress(lambda order: None)

    def check_order_in_progress(self, work):
        # 7 at 5.00 on Tuesday, 3 at 15.00 on Wednesday.
        order = self.prepare("start")
        self.go_to(TUESDAY)
        order.action_start()
        self.go_to(WEDNESDAY)
        self.settle(order)
        order.date_start = NEXT_MONTH
        self.go_to(THURSDAY)
        work(order)
        self.go_to(FRIDAY)
        order.button_mark_done()
        self.assert_posted(self.issues(order, self.panel), TUESDAY, WEDNESDAY)
        for moment, quantity, value in (
            (MONDAY, 7, 35),
            (TUESDAY, 0, 0),
            (WEDNESDAY, 7, 105),
            (FRIDAY, 7, 105),
        ):
            self.assertEqual(self.on_hand_on(self.panel, moment), quantity)
            self.assertAlmostEqual(self.value_on(self.panel, moment), value, 2)
        self.panel._update_standard_price()
        self.assertAlmostEqual(self.panel.standard_price, 15.0)
        self.assertAlmostEqual(self.finished_value(order), 80.0)

    def test_of_a_completed_order(self):
        # 3 are counted at 5.00 on Friday, and cost 15.00 in the next month.
        order = self.prepare("completion")
        self.go_to(FRIDAY)
        order.button_mark_done()
        exception = order.backflush_exception_ids
        self.assertEqual(exception.create_date, FRIDAY)
        self.go_to(NEXT_MONTH)
        self.settle(order)
        self.assertEqual(exception.date_closed, NEXT_MONTH)
        self.assertEqual(exception.age, 31)
        self.assertAlmostEqual(exception.value_difference, 30.0)
        self.later(days=1)
        # What core dates anew on a completed order, it posted with it.
        order.workorder_ids.write(
            {"date_start": WEDNESDAY, "date_finished": WEDNESDAY + timedelta(hours=1)}
        )
        self.assert_posted(self.issues(order, self.panel), NEXT_MONTH)
        self.assertAlmostEqual(self.finished_value(order), 50.0)
        self.assertEqual(self.on_hand_on(self.panel, FRIDAY), 0)
        self.assertEqual(self.on_hand_on(self.panel, NEXT_WEEK), 0)
        self.assertEqual(self.on_hand_on(self.panel, NEXT_MONTH), 7)
        self.assertAlmostEqual(self.value_on(self.table, FRIDAY), 50.0)
        self.assertAlmostEqual(self.value_on(self.panel, NEXT_MONTH), 105.0)


@tagged("post_install", "-at_install")
class TestLifeOfAnOrder(DaysCase):
    """10 tables of 1 panel, issued by hand, 1 board at start, 1 screw at the operation
    and 1 nail at completion; 8 nails are there, what is missing waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.parts = cls.env["product.product"]
        methods = {
            "Panel": "manual",
            "Board": "start",
            "Screw": "operation",
            "Nail": "completion",
        }
        cls.table = cls.create_product("Long Table", categ_id=cls.avco.id)
        for name in methods:
            cls.parts |= cls.create_product(name, categ_id=cls.avco.id)
        cls.panel, cls.board, cls.screw, cls.nail = cls.parts
        for part in cls.parts:
            cls.receive(part, 8 if part == cls.nail else 100, 2.0)
        cls.long_bom = cls.create_bom(
            *(
                (part, 1, {"issue_method": method, "operation": "Gluing"})
                for part, method in zip(cls.parts, methods.values(), strict=True)
            ),
            product=cls.table,
            operations=("Gluing", "Varnishing"),
            consumption="flexible",
        )

    def get_postings(self):
        """All that was posted: when, of what, how much and at which value."""
        moves = self.env["stock.move"].search(
            [
                ("product_id", "in", (self.parts | self.table).ids),
                ("state", "=", "done"),
                ("quantity", "!=", 0),
            ],
            order="id",
        )
        for move in moves:
            self.assertEqual({*move.move_line_ids.mapped("date")}, {move.date})
        return {
            move: (move.date, move.product_id.name, move.quantity, round(move.value, 2))
            for move in moves
        }

    def live(self, moment, step):
        """Do something at that moment: what was posted before stays as it is, what is
        posted now is of now, and stock and its value on each day before, too."""
        before = self.get_postings()
        self.go_to(moment)
        past = self.get_past()
        step()
        self.env.flush_all()
        self.env.invalidate_all()
        after = self.get_postings()
        for move, posting in before.items():
            self.assertEqual(after.pop(move), posting)
        self.assertEqual({date for date, *_what in after.values()} - {moment}, set())
        self.assertEqual(self.get_past(), past)
        return sorted(
            (name, quantity) for _date, name, quantity, _value in after.values()
        )

    def get_past(self):
        days = [SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, NEXT_WEEK]
        return {
            (product.name, day): (
                self.on_hand_on(product, day),
                round(self.value_on(product, day), 2),
            )
            for product in self.parts | self.table
            for day in days
            if day.date() < fields.Date.today()
        }

    def test_life(self):
        orders = self.env["mrp.production"]

        def create():
            nonlocal orders
            orders = self.create_order(self.long_bom)

        def reschedule():
            orders.date_start = NEXT_WEEK
            with Form(orders) as form:
                form.date_start = NEXT_MONTH
            orders.button_plan()
            orders.button_unplan()
            orders.button_plan()

        def issue():
            self.component(orders, self.panel).action_issue(6)

        def settle():
            self.receive(self.nail, 50, 8.0)
            orders.backflush_exception_ids.action_retry()

        def unbuild():
            self.env["mrp.unbuild"].create(
                {"mo_id": orders.id, "product_id": self.table.id, "product_qty": 10}
            ).action_unbuild()

        def gluing():
            return orders.workorder_ids[0]

        self.assertEqual(self.live(MONDAY, create), [])
        self.assertEqual(self.live(TUESDAY, issue), [("Panel", 6)])
        self.assertEqual(self.live(WEDNESDAY, reschedule), [])
        self.assertEqual(
            self.live(THURSDAY, lambda: gluing().button_start()), [("Board", 10)]
        )
        self.assertEqual(
            self.live(THURSDAY + timedelta(hours=1), lambda: gluing().button_finish()),
            [("Screw", 10)],
        )
        self.assertEqual(
            self.live(FRIDAY, lambda: self.finish(orders.button_mark_done())),
            [("Long Table", 10), ("Nail", 8)],
        )
        # 6 × 2.00, 10 × 2.00, 10 × 2.00, and 10 × 2.00 of which 2 wait.
        self.assertAlmostEqual(self.value_on(self.table, FRIDAY), 72)
        self.assertEqual(self.live(NEXT_WEEK, settle), [("Nail", 2), ("Nail", 50)])
        self.assertEqual(
            self.live(NEXT_MONTH, unbuild),
            [
                *(("Board", 10), ("Long Table", 10)),
                *(("Nail", 2), ("Nail", 8), ("Panel", 6), ("Screw", 10)),
            ],
        )
        for part, quantities in {
            self.panel: (100, 94, 94, 94, 94, 94, 100),
            self.board: (100, 100, 100, 90, 90, 90, 100),
            self.screw: (100, 100, 100, 90, 90, 90, 100),
            self.nail: (8, 8, 8, 8, 0, 48, 58),
            self.table: (0, 0, 0, 0, 10, 10, 0),
        }.items():
            self.assertEqual(
                tuple(
                    self.on_hand_on(part, day + timedelta(hours=2))
                    for day in (
                        *(MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY),
                        *(NEXT_WEEK, NEXT_MONTH),
                    )
                ),
                quantities,
            )


@tagged("post_install", "-at_install")
class TestOtherDays(DaysCase):
    """Doors through which a posting could come to another day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.panel = cls.create_product("Panel", categ_id=cls.avco.id)
        cls.screw = cls.create_product("Screw", categ_id=cls.avco.id)
        for part in (cls.panel, cls.screw):
            cls.receive(part, 100, 2.0)
        cls.table = cls.create_product("Panel Table", categ_id=cls.avco.id)

    def create_bom_with_operations(self, **values):
        return self.create_bom(
            (self.panel, 1, {"issue_method": "operation", "operation": "Gluing"}),
            (self.screw, 1, {"issue_method": "operation", "operation": "Screwing"}),
            product=self.table,
            operations=("Gluing", "Screwing"),
            consumption="flexible",
            **values,
        )

    def test_operations_reported_on_different_days(self):
        # The second one first: core dates all anew where the first one starts.
        order = self.create_order(self.create_bom_with_operations())
        gluing, screwing = order.workorder_ids
        for moment, workorder in ((TUESDAY, screwing), (THURSDAY, gluing)):
            self.go_to(moment)
            workorder.button_start()
            self.later(hours=2)
            workorder.button_finish()
        self.go_to(NEXT_WEEK)
        order.button_mark_done()
        self.assert_posted(self.issues(order, self.screw), TUESDAY + timedelta(hours=2))
        self.assert_posted(
            self.issues(order, self.panel), THURSDAY + timedelta(hours=2)
        )
        self.assertEqual(self.on_hand_on(self.screw, WEDNESDAY), 90)
        self.assertEqual(self.on_hand_on(self.panel, WEDNESDAY), 100)
        self.assertEqual(self.on_hand_on(self.table, FRIDAY), 0)

    def test_work_orders_of_a_completed_order_dated_anew(self):
        # Core then dates all its components anew, as if none had gone before.
        order = self.create_order(self.create_bom_with_operations())
        self.go_to(TUESDAY)
        order.workorder_ids[0].button_start()
        order.workorder_ids[0].button_finish()
        self.go_to(FRIDAY)
        order.button_mark_done()
        self.go_to(NEXT_WEEK)
        order.workorder_ids[0].date_start = SUNDAY
        self.assert_posted(self.issues(order, self.panel), TUESDAY)

    def test_lots_and_units(self):
        # 2 dozen of lot A on Tuesday, 5 pieces of lot B on Wednesday.
        board = self.create_product("Board", tracking="lot", categ_id=self.avco.id)
        lots = [self.create_lot(board, name) for name in ("A", "B")]
        for lot in lots:
            self.receive(board, 48, 2.0, lot)
        bom = self.create_bom(
            (board, 4, {"product_uom_id": self.env.ref("uom.product_uom_dozen").id}),
            product=self.table,
            operations=("Gluing",),
            consumption="flexible",
        )
        order = self.create_order(bom, 1)
        component = self.component(order, board)
        for moment, quantity, lot in ((TUESDAY, 2, lots[0]), (WEDNESDAY, 1, lots[1])):
            self.go_to(moment)
            component.action_issue(quantity, lot.ids)
        self.go_to(THURSDAY)
        component.action_return(0.5)
        order.workorder_ids.button_start()
        self.assert_posted(self.issues(order, board), TUESDAY, WEDNESDAY)
        lines = component.issue_move_ids.move_line_ids
        self.assertEqual(
            sorted(
                (line.date, line.lot_id.name, line.quantity_product_uom)
                for line in lines
            ),
            [
                (TUESDAY, "A", 24),
                *((WEDNESDAY, "B", 6), (WEDNESDAY, "B", 6)),
                (THURSDAY, "B", 6),
            ],
        )
        for moment, quantity in ((TUESDAY, 72), (WEDNESDAY, 60), (THURSDAY, 66)):
            self.assertEqual(self.on_hand_on(board, moment), quantity)

    def test_deadline_of_the_transfer_that_brings_it(self):
        # The order's own component says when it is due, once.
        self.warehouse.manufacture_steps = "pbm"
        self.add_stock(self.panel, 6, location=self.warehouse.pbm_loc_id)
        bom = self.create_bom((self.panel, 1, {}), product=self.table)
        self.go_to(MONDAY)
        order = self.create_order(bom)
        brought = self.component(order, self.panel).move_orig_ids
        self.assertTrue(brought)
        deadline = brought.date_deadline
        self.go_to(TUESDAY)
        self.component(order, self.panel).action_issue(6)
        issue = self.issues(order, self.panel)
        own_deadline = issue.date_deadline
        order.date_start += timedelta(days=3)
        self.assertEqual(brought.date_deadline, deadline + timedelta(days=3))
        self.assertEqual(issue.date_deadline, own_deadline)
        self.assert_posted(issue, TUESDAY)

    def test_completed_in_a_list_on_another_day(self):
        order = self.create_order(self.create_bom_with_operations())
        self.go_to(TUESDAY)
        self.component(order, self.panel).action_issue(4)
        self.go_to(FRIDAY)
        [answer] = order.complete_orders()
        self.assertEqual(answer["result"], "done")
        self.assert_posted(self.issues(order, self.panel), TUESDAY)
        self.assert_posted(self.component(order, self.panel), FRIDAY)
        self.assertEqual(order.date_finished, FRIDAY)
        self.assertEqual(self.on_hand_on(self.panel, THURSDAY), 96)
        self.assertEqual(self.on_hand_on(self.panel, FRIDAY), 90)

    def test_consumption_of_a_completed_order_corrected(self):
        # 4 on Tuesday, 6 on Friday; 3 more are said in the next week, 5 less later: of
        # what was posted with the order, as in core.
        order = self.create_order(self.create_bom_with_operations())
        self.go_to(TUESDAY)
        self.component(order, self.panel).action_issue(4)
        self.go_to(FRIDAY)
        order.button_mark_done()
        order.is_locked = False
        component = self.component(order, self.panel)
        [line] = component.move_line_ids
        self.go_to(NEXT_WEEK)
        component.quantity = 9
        self.assertEqual((line.date, line.quantity), (FRIDAY, 6))
        self.assertEqual((component.move_line_ids - line).date, NEXT_WEEK)
        for moment, quantity in ((THURSDAY, 96), (FRIDAY, 90), (NEXT_WEEK, 87)):
            self.assertEqual(self.on_hand_on(self.panel, moment), quantity)
        self.go_to(NEXT_MONTH)
        component.quantity = 4
        self.assert_posted(self.issues(order, self.panel), TUESDAY)
        self.assertEqual(component.date, FRIDAY)
        for moment, quantity in ((MONDAY, 100), (THURSDAY, 96), (NEXT_MONTH, 92)):
            self.assertEqual(self.on_hand_on(self.panel, moment), quantity)
        self.assertAlmostEqual(self.value_on(self.panel, NEXT_MONTH), 184)

    def test_end_of_a_completed_order_corrected(self):
        # As core: the product moves with it, and what was issued doesn't.
        order = self.create_order(self.create_bom_with_operations())
        self.go_to(TUESDAY)
        self.component(order, self.panel).action_issue(4)
        self.go_to(FRIDAY)
        order.button_mark_done()
        order.date_finished = THURSDAY
        self.assertEqual(self.on_hand_on(self.table, THURSDAY), 10)
        self.assert_posted(self.issues(order, self.panel), TUESDAY)
        self.assert_posted(self.component(order, self.panel), FRIDAY)


@tagged("post_install", "-at_install")
class TestUndoneLater(DaysCase):
    """5 desks at 6.00 on Sunday; 10 more reported on Tuesday, of 1 leg at 2.00 each,
    and undone on Friday."""

    def prepare(self, cost_method, **values):
        """:return: the report, on Tuesday"""
        category = self.create_category(cost_method)
        self.leg = self.create_product("Leg", categ_id=category.id, **values)
        self.desk = self.create_product("Desk", categ_id=category.id)
        lot = self.create_lot(self.leg, "A") if values else None
        self.receive(self.leg, 100, 2.0, lot)
        self.receive(self.desk, 5, 6.0)
        self.create_bom((self.leg, 1, {}), product=self.desk)
        self.go_to(TUESDAY)
        reports = self.env["mrp.production.report"]
        answer = reports.report_production(self.desk.id, 10)
        return reports.browse(answer["id"])

    def check(self, cost_method, **values):
        # 5 × 6.00 and 10 × 2.00 from Tuesday to Thursday.
        report = self.prepare(cost_method, **values)
        self.go_to(THURSDAY)
        self.assertAlmostEqual(self.desk.total_value, 50)
        self.go_to(FRIDAY)
        report.action_undo()
        for moment, desks, desk_value, leg_value in (
            (SUNDAY, 5, 30, 200),
            (TUESDAY, 15, 50, 180),
            (THURSDAY, 15, 50, 180),
            (FRIDAY, 5, 30, 200),
        ):
            self.assertEqual(self.on_hand_on(self.desk, moment), desks)
            self.assertAlmostEqual(self.value_on(self.desk, moment), desk_value)
            self.assertAlmostEqual(self.value_on(self.leg, moment), leg_value)
        self.assertAlmostEqual(self.desk.standard_price, 6)

    def test_average(self):
        self.check("average")

    def test_first_in_first_out(self):
        self.check("fifo")

    def test_lots_with_a_cost_of_their_own(self):
        self.check("average", tracking="lot", lot_valuated=True)

    def test_what_came_first(self):
        # Of desks at 1.00, 6.00 and 2.00 there are 15 of 20: the 5 at 1.00 are gone.
        report = self.prepare("fifo")
        with_first = self.receive(self.desk, 5, 1.0)
        with_first.date = SUNDAY - timedelta(days=1)
        self.go_to(WEDNESDAY)
        gone = self.env["stock.move"].create(
            {
                "product_id": self.desk.id,
                "product_uom_qty": 5,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        gone._action_confirm()
        gone.quantity = 5
        gone.picked = True
        gone._action_done()
        self.assertAlmostEqual(gone.value, 5)
        self.go_to(FRIDAY)
        report.action_undo()
        self.assertAlmostEqual(self.value_on(self.desk, WEDNESDAY), 50)
        self.assertAlmostEqual(self.value_on(self.desk, FRIDAY), 30)


@tagged("post_install", "-at_install")
class TestEntriesOfTheDay(DaysCase):
    """Panels at 2.00, of which 10 are issued on Tuesday."""

    def prepare(self, valuation):
        self.production = self.env["account.account"].create(
            {"name": "In Production", "code": "PROD1", "account_type": "asset_current"}
        )
        category = self.create_category("average", valuation)
        self.panel = self.create_product("Panel", categ_id=category.id)
        location = self.panel.property_stock_production
        location.valuation_account_id = self.production
        self.receive(self.panel, 100, 2.0)
        bom = self.create_bom(
            (self.panel, 1, {}),
            product=self.create_product("Panel Table", categ_id=category.id),
            consumption="flexible",
        )
        order = self.create_order(bom)
        self.go_to(TUESDAY)
        self.component(order, self.panel).action_issue(10)
        return order

    def assert_in_progress(self, order, values, is_off_stock):
        """What is in progress on each day, by the wizard's entry.

        :param is_off_stock: whether it comes from the production account
        """
        wizard = Form(
            self.env["mrp.account.wip.accounting"].with_context(
                active_model="mrp.production", active_ids=order.ids
            )
        )
        wizard.reversal_date = NEXT_MONTH.date()
        for moment, value in values.items():
            wizard.date = moment.date()
            lines = wizard.save().line_ids
            self.assertAlmostEqual(sum(lines.mapped("debit")), value)
            [credit] = [line for line in lines if line.credit] or [lines.browse()]
            self.assertAlmostEqual(credit.credit, value)
            self.assertEqual(credit.account_id == self.production, is_off_stock)

    def test_issues_carried_over(self):
        order = self.prepare("real_time")
        [entry] = self.issues(order, self.panel).account_move_id
        self.assertEqual(entry.date, TUESDAY.date())
        self.go_to(FRIDAY)
        backorder = self.produce(order, 4)
        self.assertEqual(self.issues(backorder, self.panel).account_move_id, entry)
        # The 6 that the backorder has are off the stock's account since Tuesday.
        self.assert_in_progress(backorder, {TUESDAY: 12, FRIDAY: 12}, is_off_stock=True)

    def test_issues_returned_on_another_day(self):
        # In progress: 10 from Tuesday on, 7 from Thursday on.
        order = self.prepare("periodic")
        self.go_to(THURSDAY)
        self.component(order, self.panel).action_return(3)
        self.go_to(FRIDAY)
        self.assert_in_progress(
            order,
            {TUESDAY: 20, WEDNESDAY: 20, THURSDAY: 14, FRIDAY: 14},
            is_off_stock=False,
        )

    def test_issues_returned_on_another_day_in_real_time_valuation(self):
        order = self.prepare("real_time")
        self.go_to(THURSDAY)
        self.component(order, self.panel).action_return(3)
        self.go_to(FRIDAY)
        self.assert_in_progress(order, {TUESDAY: 20, THURSDAY: 14}, is_off_stock=True)
