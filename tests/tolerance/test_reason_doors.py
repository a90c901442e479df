"""Reasons by other ways in: Report Production, other modules, clients that lie, and
what happens between a question and its answer."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.mrp.models.mrp_production import MrpProduction

from ...models.tolerance.stated_reasons import ReasonNeeded
from .test_deviation_reasons import ReasonCase
from .test_tolerance import ToleranceCase


@tagged("post_install", "-at_install")
class TestReportProduction(ReasonCase):
    """Orders of 5 tables; frames are recorded by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame.issue_method = "manual"
        cls.reports = cls.env["mrp.production.report"]
        cls.worker = cls.create_user("worker", "mrp.group_mrp_user")

    def create_recorded(self, frames, screws=10):
        order = self.create_order(self.bom, 5)
        self.component(order, self.frame).quantity = frames
        self.component(order, self.screw).write(
            {"quantity": screws, "picked": True, "manual_consumption": True}
        )
        return order

    def report_order(self, order, quantity=5, **values):
        reports = self.reports.with_user(self.worker)
        return reports.report_order(order.id, quantity, **values)

    def assert_question(self, call, *products):
        with self.assertRaises(ReasonNeeded) as caught, self.env.cr.savepoint():
            call()
        for product in products:
            self.assertIn(product.name, str(caught.exception))
        asked = caught.exception.context
        self.assertEqual(
            [component["product_id"] for component in asked["components"]],
            [product.id for product in products],
        )
        return asked

    def test_asked_in_one_message_and_answered_for_each(self):
        """6 of 5 frames and 12 of 10 screws; 5 frames and 11 screws are inside."""
        for consumption in ("flexible", "warning"):
            self.bom.consumption = consumption
            order = self.create_recorded(6, 12)
            asked = self.assert_question(
                lambda order=order: self.report_order(order), self.frame, self.screw
            )
            self.assertIn(
                {"id": self.reason.id, "name": "Machine Fault"}, asked["reasons"]
            )
            frame = asked["components"][0]
            self.assertEqual((frame["used"], frame["needed"]), (6, 5))
            self.assertNotEqual(order.state, "done")
            # One isn't enough: what is left is asked for.
            reasons = {str(self.frame.id): self.reason.id}
            self.assert_question(
                lambda order=order, reasons=reasons: self.report_order(
                    order, reasons=reasons
                ),
                self.screw,
            )
            reasons[str(self.screw.id)] = self.other_reason.id
            self.report_order(order, reasons=reasons)
            self.assertEqual(order.state, "done")
            self.assertEqual(self.get_reason(order), self.reason)
            self.assertEqual(self.get_reason(order, self.screw), self.other_reason)
        self.report_order(self.create_recorded(5, 11))

    def test_part_of_an_order(self):
        """4 frames for 3 of 5; the rest goes to a backorder without a reason."""
        order = self.create_recorded(4, 6)
        reasons = {self.frame.id: self.reason.id}
        self.assert_question(lambda: self.report_order(order, 3), self.frame)
        self.report_order(order, 3, reasons=reasons)
        self.assertEqual((order.state, self.get_reason(order)), ("done", self.reason))
        self.assertFalse(self.get_reason(self.get_chain(order) - order))

    def test_without_an_order(self):
        """A manual component is left out: 0 of 2 frames. A BoM that asks has it
        recorded first."""
        reports = self.reports.with_user(self.worker)
        self.bom.consumption = "flexible"

        def report(**values):
            return reports.report_production(self.finished.id, 2, **values)

        self.assert_question(report, self.frame)
        answer = report(reasons={self.frame.id: self.reason.id})
        order = self.env["mrp.production"].browse(answer["production_id"])
        self.assertEqual((order.state, self.get_reason(order)), ("done", self.reason))
        self.bom.consumption = "warning"
        with self.assertRaisesRegex(UserError, "must be recorded: Frame"):
            report()

    def test_component_that_was_taken_out(self):
        order = self.create_order(self.bom, 5)
        self.component(order, self.frame).unlink()
        self.assert_question(lambda: self.report_order(order), self.frame)
        self.report_order(order, reasons={self.frame.id: self.reason.id})
        self.assertEqual((order.state, self.get_reason(order)), ("done", self.reason))

    def test_where_the_bill_of_materials_blocks(self):
        """A worker's reason is no answer; an administrator's is."""
        self.bom.consumption = "strict"
        order = self.create_recorded(6)
        reasons = {self.frame.id: self.reason.id}
        for values in ({}, {"reasons": reasons}):
            with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
                self.report_order(order, **values)
            self.assertNotIsInstance(caught.exception, ReasonNeeded)
            self.assertIn("Frame", str(caught.exception))
        self.worker = self.create_user(
            "manager", "mrp.group_mrp_manager", "mrp.group_mrp_user"
        )
        self.assert_question(lambda: self.report_order(order), self.frame)
        self.report_order(order, reasons=reasons)
        self.assertEqual(order.state, "done")

    def test_not_required(self):
        """A BoM that asks: the reason is an answer. One that allows it: no question."""
        self.company.is_reason_required = False
        self.bom.consumption = "flexible"
        self.report_order(self.create_recorded(6))
        self.bom.consumption = "warning"
        order = self.create_recorded(6)
        self.assert_question(lambda: self.report_order(order), self.frame)
        self.report_order(order, reasons={self.frame.id: self.reason.id})
        self.assertEqual(self.get_reason(order), self.reason)

    def test_tolerances_off(self):
        self.company.use_consumption_tolerance = False
        order = self.create_recorded(6)
        with self.assertRaisesRegex(UserError, "Needs a person.*Frame") as caught:
            self.report_order(order)
        self.assertNotIsInstance(caught.exception, ReasonNeeded)

    def test_wrong_reasons(self):
        order = self.create_recorded(6)
        other = self.create_product("Other")
        archived = self.other_reason
        archived.active = False
        for reasons in (
            {other.id: self.reason.id},
            {self.frame.id: archived.id},
            {self.frame.id: self.reason.id + 10**6},
            {self.frame.id: "1"},
            {self.frame.id: True},
            {"Frame": self.reason.id},
            [self.reason.id],
            "x",
        ):
            with (
                self.subTest(reasons),
                self.assertRaisesRegex(UserError, "reason|comp"),
                self.env.cr.savepoint(),
            ):
                self.report_order(order, reasons=reasons)
            self.assertNotEqual(order.state, "done")


@tagged("post_install", "-at_install")
class TestOtherModules(ReasonCase):
    """Whose override of core's method lies below or above the module's."""

    def override(self, model_class, restate):
        """:param restate: what the other module makes of the issues of orders"""
        name = "_get_consumption_issues"
        found = getattr(model_class, name)
        return patch.object(
            model_class, name, lambda orders: restate(orders, found(orders))
        )

    def get_classes(self):
        return {
            "below": MrpProduction,
            "above": type(self.env["mrp.production"]),
        }

    def spare_screws(self, _orders, issues):
        return [issue for issue in issues if issue[1] != self.screw]

    def ask_about_packaging(self, orders, issues):
        """One that belongs to no bill of materials and no order."""
        if orders.env.context.get("skip_consumption"):
            return issues
        return [*issues, *((order, self.packaging, 1.0, 0.0) for order in orders)]

    def test_it_takes_questions_away(self):
        """12 frames of 10 and 25 screws of 20: of the screws nobody is asked, nor has
        to say why."""
        for name, model_class in self.get_classes().items():
            for consumption in ("warning", "flexible"):
                with (
                    self.subTest(name, consumption=consumption),
                    self.override(model_class, self.spare_screws),
                ):
                    self.bom.consumption = consumption
                    self.complete_with_many_screws()

    def complete_with_many_screws(self):
        order = self.create_deviating(12)
        self.component(order, self.screw).quantity = 25
        [answer] = order.complete_orders(deviations="accept")
        self.assertIn("Frame", answer["message"])
        self.assertNotIn("Screw", answer["message"])
        [forecast] = order._forecast_completion(deviations="accept")
        self.assertIn("Frame", str(forecast.questions))
        self.assertNotIn("Screw", str(forecast.questions))
        reasons = {self.component(order, self.frame).id: self.reason.id}
        [answer] = order.complete_orders(deviations="accept", reasons=reasons)
        self.assertEqual(answer["result"], "done", answer)
        self.assertEqual(self.get_reason(order), self.reason)
        # 11 frames are inside the tolerance all the same.
        order = self.create_deviating(11)
        self.component(order, self.screw).quantity = 25
        self.assert_not_asked(order)

    def test_it_asks_more(self):
        """Its question is asked, and ours with it; where there is nothing to note a
        reason on, none is required."""
        self.packaging = self.create_product("Packaging")
        for name, model_class in self.get_classes().items():
            with (
                self.subTest(name),
                self.override(model_class, self.ask_about_packaging),
            ):
                self.complete_with_packaging()

    def complete_with_packaging(self):
        order = self.create_deviating(11)
        dialog = self.open(self.assert_asked(order))
        self.assertEqual(len(dialog.mrp_consumption_warning_line_ids), 1)
        dialog.press("action_confirm")
        self.assertEqual(order.state, "done")
        order = self.create_deviating(12)
        dialog = self.open(self.assert_asked(order))
        self.assertEqual(len(dialog.mrp_consumption_warning_line_ids), 2)
        self.assert_refused(lambda: dialog.press("action_confirm"), "Frame")
        dialog = self.open(self.assert_asked(order))
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        self.assertEqual(self.get_reason(order), self.reason)

    def test_it_expects_something_else(self):
        """It knows that 12 are needed: 13 are inside 10 % over, 14 aren't."""

        def expect_12(orders, issues):
            return [
                *(issue for issue in issues if issue[1] != self.frame),
                *(
                    (order, self.frame, used, 12.0)
                    for order in orders
                    if (used := self.component(order, self.frame).quantity) != 12
                ),
            ]

        with self.override(MrpProduction, expect_12):
            for used, is_asked in ((12, False), (13, False), (14, True)):
                order = self.create_deviating(used)
                (self.assert_asked if is_asked else self.assert_not_asked)(order)


@tagged("post_install", "-at_install")
class TestLies(ReasonCase):
    def test_no_reason_written_on_a_component(self):
        worker = self.create_user("worker", "mrp.group_mrp_user")
        other = self.env["res.company"].create({"name": "Other Factory"})
        foreign = self.reason.create({"name": "Theirs", "company_id": other.id})
        archived = self.other_reason
        archived.active = False
        order = self.create_deviating(12)
        component = self.component(order, self.frame).with_user(worker)
        for said in (foreign.id, archived.id, self.reason.id + 10**6, "x", -1, 2**40):
            with self.subTest(said), self.assertRaises(UserError):
                component.write({"deviation_reason_id": said})
            with self.subTest(said), self.assertRaises(UserError):
                order.with_user(worker).write(
                    {"move_raw_ids": [(1, component.id, {"deviation_reason_id": said})]}
                )
            self.assertFalse(component.deviation_reason_id)

    def test_no_reason_of_a_new_component(self):
        """It can be said afterwards, of one that is there."""
        worker = self.create_user("worker", "mrp.group_mrp_user")
        other = self.env["res.company"].create({"name": "Other Factory"})
        foreign = self.reason.create({"name": "Theirs", "company_id": other.id})
        order = self.create_order(self.bom).with_user(worker)
        extra = self.create_product("Extra", stock=5)
        values = {"product_id": extra.id, "product_uom_qty": 1}
        for reason in (foreign, self.reason):
            try:
                with self.env.cr.savepoint():
                    order.write(
                        {
                            "move_raw_ids": [
                                (0, 0, {**values, "deviation_reason_id": reason.id})
                            ]
                        }
                    )
            except UserError:
                continue
            self.assertNotIn(foreign, order.move_raw_ids.deviation_reason_id)

    def test_reason_of_another_company_in_the_dialogs(self):
        """Of a person who works for both."""
        other = self.env["res.company"].create({"name": "Other Factory"})
        foreign = self.reason.create({"name": "Theirs", "company_id": other.id})
        worker = self.create_user(
            "worker",
            "mrp.group_mrp_user",
            company_ids=[(6, 0, (self.company | other).ids)],
        )
        order = self.create_deviating(12).with_user(worker)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            dialog = self.open(self.assert_asked(order), worker)
            dialog.deviation_reason_id = foreign.with_user(worker)
            dialog.press("action_confirm")
        self.assertNotEqual(order.state, "done")
        wizard = (
            self.env["mrp.complete.orders"]
            .with_user(worker)
            .create(
                {"production_ids": order.ids, "deviation_reason_id": foreign.id},
            )
        )
        action = wizard.action_complete_all()
        run = self.env["mrp.completion.run"].browse(action["res_id"])
        self.assertEqual(run.done_count, 0)
        self.assertNotEqual(order.state, "done")
        self.assertFalse(self.get_reason(order))

    def test_percentages_that_are_none(self):
        levels = (
            self.category,
            self.screw.product_tmpl_id,
            self.screw_line,
            self.company,
        )
        for level in levels:
            for name in ("tolerance_over", "tolerance_under"):
                for percent in (float("nan"), float("inf"), -float("inf"), -5):
                    with (
                        self.subTest(level=level, name=name, percent=percent),
                        self.assertRaises(UserError),
                        self.env.cr.savepoint(),
                    ):
                        level.write({name: percent})
                        self.env.flush_all()

    def test_huge_percentage(self):
        """Nobody is asked about more, and about less as before. What a quantity can't
        be is no percentage either."""
        self.company.tolerance_over = 1e9
        self.assert_not_asked(self.create_deviating(900))
        self.add_stock(self.frame, 900)
        self.assert_asked(self.create_deviating(9))
        for over in (1e13, 1e300):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.company.tolerance_over = over


@tagged("post_install", "-at_install")
class TestMeanwhile(ReasonCase):
    """Between a question and its answer."""

    def open_dialog(self, order):
        return self.open(self.assert_asked(order))

    def test_more_deviates_than_was_asked_about(self):
        """The dialog was opened about frames; meanwhile somebody used more screws."""
        order = self.create_deviating(12)
        dialog = self.open_dialog(order)
        self.component(order, self.screw).quantity = 25
        dialog.deviation_reason_id = self.reason
        self.assert_refused(
            lambda: dialog.press("action_confirm"), "Screw, 25 used, 20 needed"
        )
        self.assertNotEqual(order.state, "done")

    def test_nothing_deviates_any_more(self):
        order = self.create_deviating(12)
        dialog = self.open_dialog(order)
        self.component(order, self.frame).quantity = 10
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        self.assertEqual(order.state, "done")
        self.assertFalse(self.get_reason(order))

    def test_two_people_close_it(self):
        """The second one's reason doesn't replace the first one's."""
        order = self.create_deviating(12)
        first, second = self.open_dialog(order), self.open_dialog(order)
        first.deviation_reason_id = self.reason
        first.press("action_confirm")
        second.deviation_reason_id = self.other_reason
        second.press("action_confirm")
        self.assertEqual(self.get_reason(order), self.reason)
        self.assertEqual(self.consumed(order, self.frame), 12)
        [answer] = order.complete_orders(reason_id=self.other_reason.id)
        self.assertEqual(answer["result"], "done")
        self.assertEqual(self.get_reason(order), self.reason)

    def test_reason_archived_while_a_batch_is_at_work(self):
        self.company.completion_background_limit = 0
        order = self.create_deviating(12)
        wizard = self.env["mrp.complete.orders"].create(
            {"production_ids": order.ids, "deviation_reason_id": self.reason.id}
        )
        action = wizard.action_complete_feasible()
        self.reason.active = False
        run = self.env["mrp.completion.run"].browse(action["res_id"])
        run.line_ids._process_in_turn()
        self.assertEqual((order.state, self.get_reason(order)), ("done", self.reason))

    def test_tolerance_lowered_meanwhile(self):
        """Ready when the dialog was opened; asked about when it is its turn."""
        self.company.completion_background_limit = 0
        order = self.create_deviating(11)
        wizard = self.env["mrp.complete.orders"].create({"production_ids": order.ids})
        self.assertEqual(wizard.feasible_count, 1)
        action = wizard.action_complete_feasible()
        self.company.tolerance_over = 5
        run = self.env["mrp.completion.run"].browse(action["res_id"])
        run.line_ids._process_in_turn()
        self.assertEqual(run.person_count, 1)
        self.assertIn("Frame", run.line_ids.message)


@tagged("post_install", "-at_install")
class TestKindsOfComponents(ToleranceCase):
    """With 10 % over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tolerance_over = 10

    def test_issued_before_completion(self):
        """12 issued of 10: asked; 11: not."""
        for issued, is_asked in ((12, True), (11, False)):
            order = self.create_order(self.bom)
            self.component(order, self.frame).action_issue(issued)
            order.qty_producing = 10
            order._set_qty_producing()
            (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_issued_before_completion_for_an_order_that_is_not_reported(self):
        for issued, is_asked in ((12, True), (11, False)):
            order = self.create_order(self.bom)
            self.component(order, self.frame).action_issue(issued)
            (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_another_unit_than_that_of_the_bill_of_materials(self):
        """The BoM says 1 dozen of screws for each: of 10 tables 132 are inside, 133
        aren't, typed in pieces."""
        dozen = self.env.ref("uom.product_uom_dozen")
        bom = self.create_bom(
            (self.screw, 1, {"product_uom_id": dozen.id}),
            product=self.create_product("Lamp"),
            consumption="warning",
        )
        for used, is_asked in ((132, False), (133, True)):
            order = self.create_order(bom)
            order.qty_producing = 10
            order._set_qty_producing()
            component = self.component(order, self.screw)
            component.write(
                {
                    "product_uom": self.screw.uom_id.id,
                    "product_uom_qty": 120,
                    "quantity": used,
                    "picked": True,
                }
            )
            (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_serial_numbers(self):
        """10 needed, each with a number: 11 are inside, 12 aren't."""
        motor = self.create_product("Motor", tracking="serial")
        lots = [self.create_lot(motor, f"M-{number}") for number in range(40)]
        for lot in lots:
            self.add_stock(motor, 1, lot)
        bom = self.create_bom(
            (motor, 1, {}), product=self.create_product("Lamp"), consumption="warning"
        )
        for used, is_asked in ((11, False), (12, True)):
            order = self.create_order(bom)
            order.qty_producing = 10
            order._set_qty_producing()
            component = self.component(order, motor)
            component.write({"quantity": used, "picked": True})
            self.assertEqual(len(component.move_line_ids.lot_id), used)
            (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_by_products(self):
        """They are no components: more of them is nobody's question, and what they are
        made beside is judged as ever."""
        offcut = self.create_product("Offcut")
        self.bom.byproduct_ids = [(0, 0, {"product_id": offcut.id, "product_qty": 1})]
        for used, is_asked in ((11, False), (12, True)):
            order = self.create_deviating(used)
            order.move_byproduct_ids.write({"quantity": 50, "picked": True})
            (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_worker_without_rights_to_products(self):
        """Whoever completes orders is judged by the same tolerances."""
        worker = self.create_user("worker", "mrp.group_mrp_user")
        order = self.create_deviating(12).with_user(worker)
        [answer] = order.complete_orders()
        self.assertTrue(answer["needs_person"])
        order = self.create_deviating(11).with_user(worker)
        [answer] = order.complete_orders()
        self.assertEqual(answer["result"], "done", answer)
        with self.assertRaises(AccessError):
            self.company.with_user(worker).tolerance_over = 50
