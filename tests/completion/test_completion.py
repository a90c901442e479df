from contextlib import contextmanager
from unittest.mock import patch

import psycopg2.errors

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.mrp_production import MrpProduction
from .. import profiles
from ..shortage.test_shortage import ShortageCase
from ..speed.shortcuts import needs_shortcuts


class CompletionCase(ShortageCase):
    def create_orders(self, *quantities, bom=None):
        return self.env["mrp.production"].concat(
            *(self.create_order(bom or self.bom, quantity) for quantity in quantities)
        )

    def results(self, answers):
        return [answer["result"] for answer in answers]


@tagged("post_install", "-at_install")
class TestCompleteOrders(CompletionCase):
    def test_each_is_completed(self):
        orders = self.create_orders(1, 2, 3)
        answers = orders.complete_orders()
        self.assertEqual([answer["id"] for answer in answers], orders.ids)
        self.assertEqual(self.results(answers), ["done"] * 3)
        self.assertEqual(orders.mapped("state"), ["done"] * 3)
        self.assertEqual(self.on_hand(self.frame), 1)

    def test_one_that_fails_changes_nothing_of_the_others(self):
        self.set_rule("block")
        orders = self.create_orders(4, 5, 3)
        orders.do_unreserve()
        answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["done", "failed", "done"])
        self.assertIn("available 3", answers[1]["message"])
        self.assertEqual(orders.mapped("state"), ["done", "confirmed", "done"])
        self.assertEqual(orders[1].qty_producing, 0)
        self.assertEqual(self.on_hand(self.frame), 0)
        self.assertEqual(self.on_hand(self.leg), 1000 - 14)

    def test_exceptions(self):
        self.set_rule("park")
        [answer] = self.create_orders(10).complete_orders()
        self.assertEqual(answer["result"], "exceptions")
        exception = self.env["mrp.backflush.exception"].browse(answer["exception_ids"])
        self.assertEqual(exception.quantity, 3)
        self.assertIn("needed 10", answer["message"])

    def test_missing_lot_costs_its_order_only(self):
        board = self.create_product("Board", tracking="lot")
        bom = self.create_bom((board, 1, {}), product=self.create_product("Shelf"))
        orders = self.create_orders(1) + self.create_orders(1, bom=bom)
        orders += self.create_orders(2)
        answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["done", "failed", "done"])
        self.assertIn("Board", answers[1]["message"])

    def test_error_at_flush_time(self):
        orders = self.create_orders(1, 1, 1)
        broken = orders[1]

        def post(order, *args, **kwargs):
            result = original(order, *args, **kwargs)
            if broken in order:
                # Written when it is flushed, and refused then.
                order.flush_recordset()
                order.env.cr.execute(
                    "ALTER TABLE mrp_production ADD CONSTRAINT mrp_backflush_test"
                    " CHECK (origin IS DISTINCT FROM 'refused')"
                )
                order.origin = "refused"
            return result

        original = MrpProduction._post_inventory
        with patch.object(MrpProduction, "_post_inventory", post):
            answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["done", "failed", "done"])
        self.assertEqual(self.on_hand(self.frame), 5)
        self.assertFalse(broken.origin)

    def test_programming_error_costs_its_order_only(self):
        orders = self.create_orders(1, 1)
        broken = orders[0]

        def post(order, *args, **kwargs):
            if broken in order:
                raise ZeroDivisionError("of another addon")
            return original(order, *args, **kwargs)

        original = MrpProduction._post_inventory
        with (
            patch.object(MrpProduction, "_post_inventory", post),
            self.assertLogs("odoo.addons.mrp_backflush", "ERROR"),
        ):
            answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["failed", "done"])

    def test_collision_is_no_result(self):
        orders = self.create_orders(1)

        def post(order, *args, **kwargs):
            raise psycopg2.errors.SerializationFailure

        with (
            patch.object(MrpProduction, "_post_inventory", post),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            orders.complete_orders()

    def test_backorder_question(self):
        orders = self.create_orders(10, 2)
        self.report(orders[0], 4)
        answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["failed", "done"])
        self.assertIn("Needs a person", answers[0]["message"])
        self.assertEqual(orders[0].state, "progress")
        self.assertEqual(orders[0].qty_producing, 4)
        [answer] = orders[0].complete_orders(backorder="create")
        self.assertEqual(answer["result"], "done")
        [_order, backorder] = self.get_chain(orders[0])
        self.assertEqual(backorder.product_qty, 6)

    def test_close_without_backorder(self):
        order = self.create_orders(10)
        self.report(order, 4)
        order.complete_orders(backorder="close")
        self.assertEqual(order.state, "done")
        self.assertEqual(self.get_chain(order), order)
        self.assertEqual(self.consumed(order, self.frame), 4)

    def test_deviation_question(self):
        orders = self.create_orders(2, 2)
        self.report(orders[0], 2)
        self.component(orders[0], self.leg).quantity = 7
        answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["failed", "done"])
        [answer] = orders[0].complete_orders(deviations="accept")
        self.assertEqual(answer["result"], "done")
        self.assertEqual(self.consumed(orders[0], self.leg), 7)

    def test_strict_deviation_is_the_administrators(self):
        self.bom.consumption = "strict"
        order = self.create_orders(2)
        self.report(order, 2)
        self.component(order, self.leg).quantity = 7
        user = self.create_user("operator", "mrp.group_mrp_user")
        [answer] = order.with_user(user).complete_orders(deviations="accept")
        self.assertEqual(answer["result"], "failed")
        manager = self.create_user(
            "planner", "mrp.group_mrp_user", "mrp.group_mrp_manager"
        )
        [answer] = order.with_user(manager).complete_orders(deviations="accept")
        self.assertEqual(answer["result"], "done")

    def test_serial_numbers_to_produce(self):
        self.finished.tracking = "serial"
        orders = self.create_orders(2, 1)
        answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["failed", "done"])
        self.assertTrue(orders[1].lot_producing_ids)

    def test_lots_to_produce_are_made(self):
        self.finished.tracking = "lot"
        orders = self.create_orders(2, 3)
        answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["done", "done"])
        self.assertEqual(len(orders.lot_producing_ids), 2)

    def test_completed_ones_are_left_alone(self):
        order = self.create_orders(2)
        order.complete_orders()
        [answer] = order.complete_orders()
        self.assertEqual(answer["result"], "done")
        self.assertEqual(self.on_hand(self.frame), 5)

    def test_draft_and_cancelled_orders_fail(self):
        draft = self.create_order(self.bom, 1, confirm=False)
        cancelled = self.create_order(self.bom, 1)
        cancelled.action_cancel()
        answers = (draft + cancelled).complete_orders()
        self.assertEqual(self.results(answers), ["failed", "failed"])

    def test_bad_choice(self):
        with self.assertRaises(UserError):
            self.create_orders(1).complete_orders(backorder="maybe")

    def test_who_may(self):
        user = self.create_user("nobody", "base.group_user")
        with self.assertRaises(AccessError):
            self.create_orders(1).with_user(user).complete_orders()


@tagged("post_install", "-at_install")
class TestCompleteOrdersDialog(CompletionCase):
    def open_dialog(self, orders):
        return self.open(orders.action_complete_orders())

    def test_netted_shortages(self):
        orders = self.create_orders(4, 5, 3)
        orders.do_unreserve()
        dialog = self.open_dialog(orders).save()
        # 7 frames: 4 for the first, 3 of 5 for the second, none for the third.
        self.assertEqual(
            dialog.line_ids.mapped("feasibility"), ["feasible", "short", "short"]
        )
        [missing] = dialog.shortage_ids
        self.assertEqual((missing.product_id, missing.short), (self.frame, 5))
        self.assertEqual(missing.orders, f"{orders[1].name}, {orders[2].name}")
        self.assertIn("Frame: 2 Units missing", dialog.line_ids[1].message)
        self.assertEqual((dialog.feasible_count, dialog.short_count), (1, 2))
        # Nothing was posted.
        self.assertEqual(set(orders.mapped("state")), {"confirmed"})
        self.assertEqual(self.on_hand(self.frame), 7)

    def test_backorder_reserves_before_the_next_order_is_served(self):
        """7 frames. 4 of 10 are reported: 3 are left, and the backorder's from then on.
        Closed without a backorder, they are there for the next order."""
        for rule, backorder, missing in (
            ("park", "create", 5),
            ("park", "close", 2),
            ("block", "create", 5),
        ):
            with self.subTest(rule=rule, backorder=backorder), self.undone():
                self.set_rule(rule)
                orders = self.create_orders(10, 5)
                orders.do_unreserve()
                orders[0].qty_producing = 4
                orders[0]._set_qty_producing()
                forecasts = orders._forecast_completion(backorder=backorder)
                self.assertEqual(forecasts[0].shortages, {})
                frame = self.component(orders[1], self.frame)
                self.assertEqual(forecasts[1].shortages, {frame: missing})
                answers = orders.complete_orders(backorder=backorder)
                self.assertEqual(answers[0]["result"], "done")
                if rule == "park":
                    self.assertEqual(
                        orders[1].backflush_exception_ids.quantity, missing
                    )
                else:
                    self.assertEqual(answers[1]["result"], "failed")
                    self.assertIn("available 0", answers[1]["message"])

    @contextmanager
    def undone(self):
        with self.cr.savepoint(flush=False) as savepoint:
            yield
            savepoint.rollback()
            self.env.invalidate_all()

    def test_backorder_that_reserves_by_hand_leaves_stock(self):
        self.set_rule("park")
        self.warehouse.manu_type_id.reservation_method = "manual"
        orders = self.create_orders(10, 5)
        orders[0].qty_producing = 4
        orders[0]._set_qty_producing()
        forecasts = orders._forecast_completion(backorder="create")
        frame = self.component(orders[1], self.frame)
        self.assertEqual(forecasts[1].shortages, {frame: 2})
        orders.complete_orders(backorder="create")
        self.assertEqual(orders[1].backflush_exception_ids.quantity, 2)

    def test_components_that_wait_already_are_missing(self):
        """Of 10 frames 7 were there at the start: 3 wait, whatever else there is."""
        self.set_rule("park")
        self.bom.bom_line_ids[0].issue_method = "start"
        order = self.create_orders(10)
        order.action_start()
        self.assertEqual(order.backflush_exception_ids.quantity, 3)
        [forecast] = order._forecast_completion()
        frame = self.component(order, self.frame)
        self.assertEqual((forecast.shortages, forecast.questions), ({frame: 3}, []))
        dialog = self.open_dialog(order).save()
        self.assertEqual(dialog.line_ids.feasibility, "short")
        self.assertEqual(dialog.line_ids.message, "Frame: 3 Units missing")
        self.assertEqual(dialog.shortage_ids.short, 3)
        self.assertEqual(self.results(order.complete_orders()), ["exceptions"])
        self.assertEqual(order.backflush_exception_ids.quantity, 3)

    def test_served_in_another_order(self):
        orders = self.create_orders(4, 5, 3)
        orders.do_unreserve()
        form = self.open_dialog(orders)
        with form.line_ids.edit(1) as line:
            line.sequence = -1
        dialog = form.save()
        by_order = {line.production_id: line for line in dialog.line_ids}
        self.assertEqual(by_order[orders[1]].feasibility, "feasible")
        self.assertEqual(by_order[orders[0]].feasibility, "short")

    def test_complete_feasible(self):
        orders = self.create_orders(4, 5, 3)
        orders.do_unreserve()
        run = self.run_of(self.open_dialog(orders).press("action_complete_feasible"))
        self.assertEqual(run.line_ids.production_id, orders[0])
        self.assertEqual(orders.mapped("state"), ["done", "confirmed", "confirmed"])
        self.assertEqual((run.state, run.progress), ("done", 100))

    def run_of(self, action):
        self.assertEqual(action["res_model"], "mrp.completion.run")
        return self.env["mrp.completion.run"].browse(action["res_id"])

    def test_complete_all(self):
        self.set_rule("park")
        self.bom.bom_line_ids[1].issue_method = "manual"
        orders = self.create_orders(4, 5)
        orders.do_unreserve()
        strict = self.create_orders(1)
        self.component(orders[0], self.leg).quantity = 8
        self.component(orders[1], self.leg).quantity = 10
        orders += strict
        dialog = self.open_dialog(orders)
        self.assertEqual(
            dialog.save().line_ids.mapped("feasibility"),
            ["feasible", "short", "person"],
        )
        run = self.run_of(dialog.press("action_complete_all"))
        self.assertEqual(
            run.line_ids.mapped("result"), ["done", "exceptions", "person"]
        )
        self.assertEqual((run.done_count, run.exception_count), (2, 1))
        self.assertEqual((run.person_count, run.failed_count), (1, 0))
        failed = run.line_ids[2]
        self.assertIn("Needs a person", failed.message)
        self.assertEqual(failed.action_open_order()["res_id"], strict.id)
        # Its cause gone, it is completed.
        self.component(strict, self.leg).action_record_planned()
        run.action_retry_failed()
        self.assertEqual(strict.state, "done")

    def test_questions_are_answered_for_all(self):
        orders = self.create_orders(6, 2)
        self.report(orders[0], 1)
        form = self.open_dialog(orders)
        self.assertEqual(form.person_count, 1)
        form.backorder = "create"
        self.assertEqual(form.person_count, 0)
        run = self.run_of(form.press("action_complete_all"))
        self.assertEqual(run.line_ids.mapped("result"), ["done", "done"])
        self.assertEqual(len(self.get_chain(orders[0])), 2)

    # Each makes one of an order's components, or what it reports, deviate or not.

    def state_more(self, order):
        self.component(order, self.leg).write(
            {"quantity": 9, "picked": True, "manual_consumption": True}
        )

    def state_the_same(self, order):
        self.component(order, self.leg).write(
            {"quantity": 8, "picked": True, "manual_consumption": True}
        )

    def demand_more(self, order):
        self.component(order, self.leg).product_uom_qty = 10

    def remove_component(self, order):
        self.component(order, self.leg)._action_cancel()

    def add_component(self, order, quantity=3):
        extra = self.create_product("Extra", stock=50)
        order.move_raw_ids = [
            Command.create(
                {
                    "product_id": extra.id,
                    "product_uom_qty": quantity,
                    "raw_material_production_id": order.id,
                    "location_id": order.location_src_id.id,
                    "location_dest_id": order.production_location_id.id,
                }
            )
        ]
        order.move_raw_ids._action_confirm()

    def issue_too_much(self, order):
        self.component(order, self.leg).action_issue(11)

    def issue_half(self, order):
        self.component(order, self.leg).action_issue(4)

    def report_less_after_issue(self, order):
        self.issue_half(order)
        self.report(order, 1)

    def report_and_state_more(self, order):
        self.report(order, 4)
        self.state_more(order)

    def demand_more_after_report(self, order):
        """What was filled in for the report stays: 8 legs, as the BoM says."""
        self.report(order, 4)
        self.demand_more(order)

    def leave_alone(self, order):
        pass

    DEVIATING = (
        state_more,
        demand_more,
        remove_component,
        add_component,
        issue_too_much,
        report_and_state_more,
    )
    AS_TOLD = (
        state_the_same,
        issue_half,
        report_less_after_issue,
        demand_more_after_report,
        leave_alone,
    )

    def test_deviations_are_foreseen(self):
        """The dialog says beforehand what completing the order comes to."""
        self.add_stock(self.frame, 100)
        for consumption in ("warning", "flexible"):
            self.bom.consumption = consumption
            for change in (*self.DEVIATING, *self.AS_TOLD):
                order = self.create_order(self.bom, 4)
                change(self, order)
                [forecast] = order._forecast_completion(backorder="create")
                [answer] = order.complete_orders(backorder="create")
                with self.subTest(f"{change.__name__}, {consumption}"):
                    is_asked = consumption == "warning" and change in self.DEVIATING
                    self.assertEqual(
                        answer["result"], "failed" if is_asked else "done", answer
                    )
                    self.assertEqual(forecast.is_feasible, not is_asked)
                    if is_asked:
                        name = "Extra" if change.__name__ == "add_component" else "Leg"
                        self.assertIn(f"bill of materials: {name}", answer["message"])
                        [question] = forecast.questions
                        self.assertIn(f"bill of materials: {name}", question)

    def test_deviations_of_random_orders_are_foreseen(self):
        for seed in range(profiles.choose(10, 200)):
            self.random = profiles.get_random(f"deviations {seed}")
            order = self.create_random_order(seed)
            for change in self.random.choices(self.CHANGES, k=2):
                change(self, order)
            backorder = self.random.choice(("create", "close"))
            [forecast] = order._forecast_completion(backorder=backorder)
            [answer] = order.complete_orders(backorder=backorder)
            with self.subTest(seed):
                self.assertEqual(
                    any(
                        "deviates" in each or "not recorded" in each
                        for each in forecast.questions
                    ),
                    "deviates" in answer["message"],
                    (forecast.questions, answer["message"]),
                )

    def create_random_order(self, seed):
        """Scrap, fixed quantities, other units, manual components."""
        pick = self.random.choice
        dozen, kilogram, gram = (
            self.env.ref(f"uom.product_uom_{name}") for name in ("dozen", "kgm", "gram")
        )
        lines = []
        for number in range(3):
            unit = pick((self.unit, kilogram))
            part = self.create_product(
                f"Part {seed}.{number}", stock=10000, uom_id=unit.id
            )
            other = dozen if unit == self.unit else gram
            values = {
                "product_uom_id": pick((unit, other)).id,
                "component_scrap": pick((0, 0, 5, 3.3)),
                "is_fixed_quantity": pick((False, False, True)),
                "issue_method": pick((False, False, "manual", "start")),
            }
            lines.append((part, pick((1, 2, 0.333, 100)), values))
        bom = self.create_bom(*lines, product=self.create_product(f"Made {seed}"))
        bom.write(
            {"product_qty": pick((1, 3)), "consumption": pick(("warning", "strict"))}
        )
        return self.create_order(bom, pick((1, 4, 13)))

    def pick_component(self, order):
        return self.random.choice(order._get_components())

    def change_stated(self, order):
        component = self.pick_component(order)
        quantity = component.product_uom_qty + self.random.choice((0, 1))
        component.write(
            {"quantity": quantity, "picked": True, "manual_consumption": True}
        )

    def change_demand(self, order):
        component = self.pick_component(order)
        component.product_uom_qty += self.random.choice((0.01, 1))

    def change_report(self, order):
        self.report(order, self.random.choice((1, order.product_qty)))

    def change_issue(self, order):
        self.pick_component(order).action_issue(50)

    def change_cancel(self, order):
        if len(order._get_components()) > 1:
            self.pick_component(order)._action_cancel()

    CHANGES = (change_stated, change_demand, change_report, change_issue, change_cancel)

    def test_deviations_are_answered_for_all(self):
        orders = self.create_orders(4, 1)
        self.state_more(orders[0])
        form = self.open_dialog(orders)
        self.assertEqual(form.person_count, 1)
        form.deviations = "accept"
        self.assertEqual(form.person_count, 0)
        run = self.run_of(form.press("action_complete_feasible"))
        self.assertEqual(run.line_ids.mapped("result"), ["done", "done"])

    def test_operator(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        orders = self.create_orders(1, 2).with_user(user)
        form = self.open(orders.action_complete_orders(), user)
        run = self.run_of(form.press("action_complete_all")).with_user(user)
        self.assertEqual(run.line_ids.mapped("result"), ["done", "done"])
        self.assertEqual(run.user_id, user)
        with self.assertRaises(AccessError):
            run.line_ids[0].result = "failed"

    def test_nothing_to_complete(self):
        order = self.create_orders(1)
        order.complete_orders()
        with self.assertRaises(UserError):
            order.action_complete_orders()

    @needs_shortcuts
    def test_forecast_takes_a_bounded_number_of_statements(self):
        counts = []
        for number in (10, 40):
            orders = self.create_orders(*[1] * number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            orders.browse(orders.ids)._forecast_completion()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1, counts)


@tagged("post_install", "-at_install")
class TestCompletionRun(CompletionCase):
    def start_run(self, orders, **values):
        run = self.env["mrp.completion.run"].create(
            {
                "user_id": self.env.user.id,
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"production_id": order.id, "sequence": number})
                    for number, order in enumerate(orders)
                ],
                **values,
            }
        )
        run._start()
        return run

    def test_few_orders_are_completed_at_once(self):
        self.company.completion_background_limit = 2
        run = self.start_run(self.create_orders(1, 1))
        self.assertEqual(run.state, "done")

    def test_many_orders_wait_for_the_scheduled_action(self):
        self.company.completion_background_limit = 2
        orders = self.create_orders(1, 1, 1)
        run = self.start_run(orders)
        self.assertEqual((run.state, run.progress), ("running", 0))
        self.assertEqual(set(orders.mapped("state")), {"confirmed"})
        cron = self.env.ref("mrp_backflush.ir_cron_complete_orders")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        run.line_ids[0]._process()
        run.invalidate_recordset()
        self.assertAlmostEqual(run.progress, 100 / 3)
        self.assertEqual((run.done_count, run.waiting_count), (1, 2))

    def test_cancelled(self):
        self.company.completion_background_limit = 0
        orders = self.create_orders(1, 1, 1)
        run = self.start_run(orders)
        run.line_ids[0]._process()
        run.action_cancel()
        self.assertEqual(run.state, "cancelled")
        self.assertEqual(
            run.line_ids.mapped("result"), ["done", "cancelled", "cancelled"]
        )
        self.assertEqual(orders.mapped("state"), ["done", "confirmed", "confirmed"])

    def test_who_may_cancel(self):
        self.company.completion_background_limit = 0
        run = self.start_run(self.create_orders(1))
        user = self.create_user("operator", "mrp.group_mrp_user")
        with self.assertRaises(AccessError):
            run.with_user(user).action_cancel()
        manager = self.create_user(
            "planner", "mrp.group_mrp_user", "mrp.group_mrp_manager"
        )
        run.with_user(manager).action_cancel()
        self.assertEqual(run.state, "cancelled")

    def test_with_the_rights_of_who_started_it(self):
        nobody = self.create_user("nobody", "base.group_user")
        self.company.completion_background_limit = 0
        order = self.create_orders(1)
        run = self.start_run(order, user_id=nobody.id)
        run.line_ids._process()
        self.assertEqual(run.line_ids.result, "failed")
        self.assertEqual(order.state, "confirmed")

    def test_copied_scheduled_actions_take_part(self):
        cron = self.env.ref("mrp_backflush.ir_cron_complete_orders")
        copy = cron.copy()
        self.company.completion_background_limit = 0
        self.start_run(self.create_orders(1))
        triggered = self.env["ir.cron.trigger"].search([]).cron_id
        self.assertLessEqual(cron + copy, triggered)

    def test_from_the_dashboard(self):
        order = self.create_orders(1)
        order.date_start = "2020-01-01"
        action = order.picking_type_id.action_complete_orders()
        self.assertIn(order.id, action["context"]["default_production_ids"])
