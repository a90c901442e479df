"""Why components deviate beyond the tolerance: given at completion, and afterwards."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .. import profiles
from ..method.test_choice_log import ChoiceLogCase
from .test_tolerance import ToleranceCase

WARNING = "mrp.consumption.warning"


class ReasonCase(ToleranceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"tolerance_over": 10, "is_reason_required": True})

    def get_reason(self, order, product=None):
        return self.component(order, product or self.frame).deviation_reason_id

    def assert_refused(self, call, *texts):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            call()
        for text in ("Give the reason", *texts):
            self.assertIn(text, str(caught.exception))


@tagged("post_install", "-at_install")
class TestReasonInDialog(ReasonCase):
    """Core's dialog about consumption."""

    def open_dialog(self, order, user=None):
        action = self.client(user).press(order, "button_mark_done")
        self.assertEqual(action["res_model"], WARNING)
        return self.open(action, user)

    def test_refused_without(self):
        order = self.create_deviating(12)
        self.component(order, self.screw).quantity = 25
        dialog = self.open_dialog(order)
        self.assert_refused(
            lambda: dialog.press("action_confirm"),
            f"{order.name}: Frame, 12 used, 10 needed",
            f"{order.name}: Screw, 25 used, 20 needed",
        )
        self.assertNotEqual(order.state, "done")

    def test_one_for_all(self):
        order = self.create_deviating(12)
        self.component(order, self.screw).quantity = 25
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        self.assertEqual(order.state, "done")
        self.assertEqual(order.move_raw_ids.deviation_reason_id, self.reason)

    def test_one_for_each(self):
        order = self.create_deviating(12)
        self.component(order, self.screw).quantity = 25
        dialog = self.open_dialog(order)
        for number, reason in enumerate((self.reason, self.other_reason)):
            with dialog.mrp_consumption_warning_line_ids.edit(number) as line:
                line.deviation_reason_id = reason
        dialog.press("action_confirm")
        self.assertEqual(self.get_reason(order), self.reason)
        self.assertEqual(self.get_reason(order, self.screw), self.other_reason)

    def test_only_where_it_deviates(self):
        """11 frames of 10 are inside."""
        order = self.create_deviating(11)
        self.component(order, self.screw).quantity = 25
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        self.assertFalse(self.get_reason(order))
        self.assertEqual(self.get_reason(order, self.screw), self.reason)

    def test_kept_through_the_question_about_a_backorder(self):
        """And the backorder has none."""
        order = self.create_order(self.bom)
        self.state_frames(order, 6, produced=5)
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog = self.open(dialog.press("action_confirm"))
        dialog.press("action_backorder")
        self.assertEqual(order.state, "done")
        self.assertEqual(self.get_reason(order), self.reason)
        self.assertFalse(self.get_reason(self.get_chain(order) - order))

    def test_set_quantities_needs_none(self):
        order = self.create_deviating(12)
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog.press("action_set_qty")
        self.assertEqual((order.state, self.consumed(order, self.frame)), ("done", 10))
        self.assertFalse(self.get_reason(order))

    def test_flexible_bill_of_materials(self):
        """It doesn't ask whether, and the company asks why."""
        self.bom.consumption = "flexible"
        self.assert_not_asked(self.create_deviating(11))
        order = self.create_deviating(12)
        dialog = self.open_dialog(order)
        self.assert_refused(lambda: dialog.press("action_confirm"), "Frame")
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        self.assertEqual(self.get_reason(order), self.reason)
        # Said beforehand: nothing is asked.
        order = self.create_deviating(12)
        self.component(order, self.frame).deviation_reason_id = self.reason
        self.assert_not_asked(order)
        self.assertEqual(order.consumption, "flexible")

    def test_strict_bill_of_materials(self):
        """Administrators may, and say why."""
        self.bom.consumption = "strict"
        manager = self.create_user("manager", "mrp.group_mrp_manager")
        order = self.create_deviating(12)
        dialog = self.open_dialog(order, manager)
        self.assert_refused(lambda: dialog.press("action_confirm"), "Frame")
        dialog = self.open_dialog(order, manager)
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        self.assertEqual((order.state, self.get_reason(order)), ("done", self.reason))

    def test_what_core_reads_of_the_context_does_not_pass_by(self):
        order = self.create_deviating(12)
        self.assert_refused(
            order.with_context(skip_consumption=True).button_mark_done, "Frame"
        )

    def test_not_required(self):
        """It may be given all the same."""
        self.company.is_reason_required = False
        for reason in (self.env["mrp.deviation.reason"], self.reason):
            order = self.create_deviating(12)
            dialog = self.open_dialog(order)
            dialog.deviation_reason_id = reason
            dialog.press("action_confirm")
            self.assertEqual((order.state, self.get_reason(order)), ("done", reason))

    def test_added_component(self):
        """Nothing is needed of it: any use is beyond."""
        order = self.create_order(self.bom)
        extra = self.create_product("Extra", stock=10)
        order.move_raw_ids = [(0, 0, {"product_id": extra.id, "product_uom_qty": 1})]
        self.component(order, extra).write({"quantity": 1, "picked": True})
        self.state_frames(order, 10)
        dialog = self.open_dialog(order)
        self.assert_refused(lambda: dialog.press("action_confirm"), "Extra")

    def test_beyond_by_the_sum_of_the_chain(self):
        """5.5 of 5, then 6 of 5: 11.5 of 10."""
        order = self.create_order(self.bom)
        self.state_frames(order, 5.5, produced=5)
        self.assertEqual(order.complete_orders(backorder="create")[0]["result"], "done")
        backorder = self.get_chain(order) - order
        self.state_frames(backorder, 6)
        self.assertIn("Frame", backorder.complete_orders()[0]["message"])
        self.assertEqual(
            backorder.complete_orders(deviations="accept")[0]["result"], "failed"
        )


@tagged("post_install", "-at_install")
class TestReasonInMass(ReasonCase):
    def complete(self, orders, **answers):
        return self.client().call(orders, "complete_orders", **answers)

    def test_over_rpc(self):
        """Of three orders one has a reason, one none, one deviates by less."""
        told, silent, inside = (self.create_deviating(used) for used in (12, 13, 11))
        reasons = {str(self.component(told, self.frame).id): self.reason.id}
        answers = self.complete(
            told | silent | inside, deviations="accept", reasons=reasons
        )
        self.assertEqual(
            [answer["result"] for answer in answers], ["done", "failed", "done"]
        )
        self.assertTrue(answers[1]["needs_person"])
        self.assertIn(f"{silent.name}: Frame, 13 used", answers[1]["message"])
        self.assertEqual(self.get_reason(told), self.reason)
        self.assertFalse(self.get_reason(inside))
        self.assertNotEqual(silent.state, "done")

    def test_a_reason_is_an_answer(self):
        """Also where deviations are to be skipped and reported: this one isn't."""
        order = self.create_deviating(12)
        reasons = {self.component(order, self.frame).id: self.reason.id}
        [answer] = order.complete_orders(reasons=reasons)
        self.assertEqual(answer["result"], "done", answer)
        # Of two that deviate only one is explained.
        order = self.create_deviating(12)
        self.component(order, self.screw).quantity = 25
        reasons = {self.component(order, self.frame).id: self.reason.id}
        [answer] = order.complete_orders(reasons=reasons)
        self.assertEqual(answer["result"], "failed")
        self.assertIn("Screw", answer["message"])
        self.assertNotIn("Frame", answer["message"])
        # What failed has changed nothing.
        self.assertFalse(self.get_reason(order))

    def test_strict_is_for_administrators(self):
        self.bom.consumption = "strict"
        worker = self.create_user("worker", "mrp.group_mrp_user")
        manager = self.create_user(
            "manager", "mrp.group_mrp_manager", "mrp.group_mrp_user"
        )
        order = self.create_deviating(12)
        reasons = {self.component(order, self.frame).id: self.reason.id}
        for user, result in ((worker, "failed"), (manager, "done")):
            [answer] = order.with_user(user).complete_orders(
                deviations="accept", reasons=reasons
            )
            self.assertEqual(answer["result"], result)

    def test_wrong_reasons(self):
        order, other = self.create_deviating(12), self.create_deviating(12)
        move, reason = self.component(order, self.frame), self.reason.id
        archived = self.other_reason
        archived.active = False
        foreign = self.component(other, self.frame)
        for reasons in (
            {foreign.id: reason},
            {"x": reason},
            {0: reason},
            {"99999999999999999999": reason},
            {move.id: 0},
            {move.id: True},
            {move.id: "1"},
            {move.id: None},
            {move.id: archived.id},
            {move.id: reason + 1000},
            "x",
            [1],
            7,
        ):
            with (
                self.subTest(reasons),
                self.assertRaisesRegex(UserError, "reason|comp"),
            ):
                order.complete_orders(deviations="accept", reasons=reasons)
            self.assertNotEqual(order.state, "done")

    def test_reason_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        reason = self.reason.create({"name": "Theirs", "company_id": other.id})
        order = self.create_deviating(12)
        move = self.component(order, self.frame)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            move.deviation_reason_id = reason
        worker = self.create_user("worker", "mrp.group_mrp_user")
        with self.assertRaisesRegex(UserError, "no deviation reason"):
            order.with_user(worker).complete_orders(reasons={move.id: reason.id})
        self.assertNotIn(reason, self.reason.with_user(worker).search([]))

    def test_dialog_for_all_and_per_order(self):
        """3 orders: the first has a reason of its own, the others that for all."""
        orders = self.env["mrp.production"].concat(
            *(self.create_deviating(12) for _number in range(3))
        )
        wizard = self.env["mrp.complete.orders"].create({"production_ids": orders.ids})
        self.assertEqual(wizard.person_count, 3)
        self.assertIn("Frame", wizard.line_ids[0].message)
        wizard.deviations = "accept"
        self.assertEqual(wizard.person_count, 3)
        self.assertIn("A reason is required", wizard.line_ids[0].message)
        wizard.line_ids[0].deviation_reason_id = self.other_reason
        wizard._onchange_line_ids()
        self.assertEqual(wizard.feasible_count, 1)
        # Kept, whatever is said for all.
        wizard.deviation_reason_id = self.reason
        self.assertEqual(wizard.feasible_count, 3)
        action = wizard.action_complete_feasible()
        run = self.env["mrp.completion.run"].browse(action["res_id"])
        self.assertEqual(run.done_count, 3)
        self.assertEqual(
            [self.get_reason(order) for order in orders],
            [self.other_reason, self.reason, self.reason],
        )
        self.assertFalse(self.get_reason(orders[0], self.screw))

    def test_dialog_as_a_person_sees_it(self):
        order = self.create_deviating(12)
        dialog = self.open(order.action_complete_orders())
        self.assertEqual((dialog.person_count, dialog.feasible_count), (1, 0))
        dialog.deviation_reason_id = self.reason
        self.assertEqual((dialog.person_count, dialog.feasible_count), (0, 1))
        dialog.press("action_complete_feasible")
        self.assertEqual((order.state, self.get_reason(order)), ("done", self.reason))

    def test_a_hundred_orders_without_a_person(self):
        """Of a BoM that warns: used are 9.5 to 11 of 10, each inside 10 % over and
        5 % under; in the background, as with so many."""
        self.company.tolerance_under = 5
        self.add_stock(self.frame, 1000)
        orders = self.env["mrp.production"].create(
            [
                {
                    "product_id": self.finished.id,
                    "bom_id": self.bom.id,
                    "product_qty": 10,
                }
                for _number in range(100)
            ]
        )
        orders.action_confirm()
        for number, order in enumerate(orders):
            self.state_frames(order, 9.5 + 0.5 * (number % 4))
        wizard = self.env["mrp.complete.orders"].create({"production_ids": orders.ids})
        self.assertEqual((wizard.feasible_count, wizard.person_count), (100, 0))
        action = wizard.action_complete_feasible()
        run = self.env["mrp.completion.run"].browse(action["res_id"])
        self.assertEqual(run.waiting_count, 100)
        for line in run.line_ids:
            line._process_in_turn()
        self.assertEqual((run.done_count, run.person_count), (100, 0))
        self.assertEqual(set(orders.mapped("state")), {"done"})
        # 25 each of 9.5, 10, 10.5 and 11.
        self.assertEqual(self.consumed(orders, self.frame), 1025)

    def test_report_production(self):
        """Refused; a reason that was said on the order beforehand will do."""
        self.frame.issue_method = "manual"
        for consumption in ("warning", "flexible"):
            self.bom.consumption = consumption
            order = self.create_order(self.bom, 5)
            component = self.component(order, self.frame)
            component.quantity = 6
            reports = self.env["mrp.production.report"]
            with self.assertRaisesRegex(UserError, "Frame"):
                reports.report_order(order.id, 5)
            self.assertNotEqual(order.state, "done")
        component.deviation_reason_id = self.reason
        reports.report_order(order.id, 5)
        self.assertEqual(order.state, "done")

    def test_subcontractor_is_not_asked(self):
        if "is_subcontract" not in self.env["stock.move"]._fields:
            self.skipTest("needs mrp_subcontracting")
        self.bom.type = "subcontract"
        order = self.create_deviating(12)
        order.consumption = "flexible"
        order.button_mark_done()
        self.assertEqual(order.state, "done")


@tagged("post_install", "-at_install")
class TestForecast(ReasonCase):
    """What the dialog says beforehand is what completing the order comes to: whatever
    the bill of materials, the tolerance, the parts before it, and what was said."""

    def test_random_orders(self):
        found = set()
        for seed in range(profiles.choose(15, 200)):
            pick = profiles.get_random(f"tolerance {seed}").choice
            self.bom.consumption = pick(("flexible", "warning", "strict"))
            self.company.write(
                {
                    "use_consumption_tolerance": pick((True, True, False)),
                    "is_reason_required": pick((True, False)),
                    "tolerance_over": pick((0, 10, 20)),
                    "tolerance_under": pick((0, 10)),
                }
            )
            order = self.create_order(self.bom)
            if pick((True, False)):
                self.state_frames(order, pick((4, 5, 5.5, 6)), produced=5)
                order.with_context(skip_consumption=True).complete_orders(
                    backorder="create",
                    reasons={order.move_raw_ids[0].id: self.reason.id},
                )
                order = self.get_chain(order)[-1:]
            if order.state == "done":
                continue
            needed = order.product_qty
            used = needed + pick((-1, -0.5, 0, 0.5, 1, 2))
            self.state_frames(order, used)
            answers = {
                "backorder": "create",
                "deviations": pick(("ask", "accept")),
                "reasons": pick(({}, {self.component(order, self.frame): self.reason})),
            }
            [forecast] = order._forecast_completion(**answers)
            answers["reasons"] = {
                move.id: reason.id for move, reason in answers["reasons"].items()
            }
            [answer] = order.complete_orders(**answers)
            with self.subTest(seed=seed, used=used, needed=needed, **answers):
                self.assertEqual(
                    (forecast.is_feasible, bool(forecast.questions)),
                    (answer["result"] == "done", answer["needs_person"]),
                    (forecast.questions, answer),
                )
            found.add(answer["result"])
        self.assertEqual(found, {"done", "failed"})


@tagged("post_install", "-at_install")
class TestReasonAfterwards(ChoiceLogCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.use_consumption_tolerance = True
        cls.reason = cls.env.ref("mrp_backflush.mrp_deviation_reason_fault")
        cls.order = cls.create_order(cls.bom)
        cls.component(cls.order, cls.glue).quantity = 25
        cls.order.with_context(skip_consumption=True).button_mark_done()
        assert cls.order.state == "done"
        cls.worker = cls.create_user("worker", "mrp.group_mrp_user")

    def test_corrected_on_a_done_order(self):
        component = self.component(self.order, self.glue)
        self.read_new(self.order)
        component.with_user(self.worker).deviation_reason_id = self.reason
        [text] = self.read_new(self.order)
        self.assertIn("Glue, Deviation Reason: none → Machine Fault", text)
        self.assertEqual(self.order.message_ids[0].author_id, self.worker.partner_id)
        component.with_user(self.worker).deviation_reason_id = False
        [text] = self.read_new(self.order)
        self.assertIn("Machine Fault → none", text)

    def test_where(self):
        action = self.order.with_user(self.worker).action_view_deviation_reasons()
        moves = self.env["stock.move"].search(action["domain"])
        self.assertEqual(moves, self.order.move_raw_ids)
        glue = moves.filtered(lambda move: move.product_id == self.glue)
        # 2 for each of 10.
        self.assertEqual((glue.needed_quantity, glue.used_quantity), (20, 25))

    def test_in_the_analysis(self):
        """25 of 20 for one reason, all else for none."""
        component = self.component(self.order, self.glue)
        component.deviation_reason_id = self.reason
        found = dict(
            self.env["mrp.consumption.analysis"]._read_group(
                [("production_id", "=", self.order.id)],
                ["deviation_reason_id"],
                ["deviation_quantity:sum"],
            )
        )
        self.assertEqual(found[self.reason], 5)
        self.assertEqual(found[self.reason.browse()], 0)

    def test_by_users_of_manufacturing(self):
        clerk = self.create_user("clerk", "stock.group_stock_user")
        component = self.component(self.order, self.glue)
        with self.assertRaises(AccessError):
            component.with_user(clerk).deviation_reason_id = self.reason

    def test_reasons_are_administrators(self):
        values = {"name": "Rust", "kind": "material"}
        with self.assertRaises(AccessError):
            self.reason.with_user(self.worker).create(values)
        with self.assertRaises(AccessError):
            self.reason.with_user(self.worker).name = "Rust"
        self.reason.with_user(self.planner).create(values)
        self.reason.with_user(self.planner).active = False

    def test_reason_that_was_given_is_kept(self):
        self.component(self.order, self.glue).deviation_reason_id = self.reason
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.reason.unlink()

    def test_log_of_levels(self):
        self.read_new(self.bom)
        self.screw_line.write(
            {"has_own_tolerance": True, "tolerance_over": 5, "tolerance_under": 2}
        )
        [text] = self.read_new(self.bom)
        self.assertIn("Screw, Tolerance: Inherited → 5 % over, 2 % under", text)
        self.screw_line.has_own_tolerance = False
        [text] = self.read_new(self.bom)
        self.assertIn("5 % over, 2 % under → Inherited", text)
        partner = self.company.partner_id
        self.read_new(partner)
        self.company.write({"tolerance_over": 4, "is_reason_required": True})
        [text] = self.read_new(partner)
        self.assertIn("Tolerance Over: 0.0 → 4.0", text)
        self.assertIn("Require a Reason", text)
        self.read_new(self.category)
        self.category.write({"has_own_tolerance": True, "tolerance_over": 5})
        [text] = self.read_new(self.category)
        self.assertIn("Tolerance Over: 0.0 → 5.0", text)


@tagged("post_install", "-at_install")
class TestOff(ToleranceCase):
    def test_nothing_on_the_screens(self):
        """Until a company uses it."""
        worker = self.create_user(
            "worker", "mrp.group_mrp_manager", "product.group_product_manager"
        )
        names = {
            "product.category": "has_own_tolerance",
            "product.template": "has_own_tolerance",
            "mrp.bom.line": "has_own_tolerance",
            "mrp.bom": "tolerance_text",
            "mrp.production": "deviation_reason_id",
            "mrp.consumption.warning": "deviation_reason_id",
            "mrp.complete.orders": "deviation_reason_id",
        }
        menu = self.env.ref("mrp_backflush.mrp_deviation_reason_menu")
        for is_used in (False, True):
            self.company.use_consumption_tolerance = is_used
            for model, name in names.items():
                arch = self.env[model].with_user(worker).get_view(view_type="form")
                with self.subTest(model=model, is_used=is_used):
                    self.assertEqual(f'name="{name}"' in arch["arch"], is_used)
            shown = self.env["ir.ui.menu"].with_user(worker)._visible_menu_ids()
            self.assertEqual(menu.id in shown, is_used)

    def count_statements(self):
        """Of a completion that asks about nothing, and of one that asks."""
        orders = self.create_order(self.bom) | self.create_order(self.bom)
        for order, used in zip(orders, (10, 12), strict=True):
            self.state_frames(order, used)
        counts = []
        for order in orders:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.with_context(skip_redirection=True).button_mark_done()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        return counts

    def test_no_statement_more(self):
        """With the room's methods taken out of the way, as many."""
        self.count_statements()
        counted = self.count_least()
        company, order = type(self.env["res.company"]), type(self.env["mrp.production"])
        self.patch(company, "_require_reasons", lambda records: False)
        self.patch(company, "_uses_tolerance", lambda records: False)
        self.patch(order, "_is_tolerated", lambda *arguments: False)
        self.patch(order, "_asks_for_reasons", lambda records: False)
        self.patch(order, "_has_reasons_to_note", lambda records: False)
        self.assertEqual(self.count_least(), counted)

    def count_least(self):
        """Of three: where a second passes meanwhile, dates are written by statements of
        their own."""
        counted = [self.count_statements() for _time in range(3)]
        return [min(counts) for counts in zip(*counted, strict=True)]
