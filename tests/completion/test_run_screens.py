"""What a run tells: at its end, of what needs a person, and that it goes on."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from odoo.addons.base.models.ir_cron import IrCron

from ...models.completion.mrp_completion_run import MrpCompletionRun
from ..shortage.test_shortage import ShortageCase
from .test_completion import CompletionCase

RUN = MrpCompletionRun.__module__


class NotificationCase(ShortageCase):
    def listen(self, function):
        """What the user's screen is told by a call, when it is committed."""
        self.env.cr.precommit.run()
        with patch.object(type(self.env.user), "_bus_send", autospec=True) as sent:
            function()
            self.env.flush_all()
            self.env.cr.precommit.run()
        return [
            (call.args[0], call.args[2])
            for call in sent.call_args_list
            if call.args[1] == "mrp_backflush.notification"
        ]


@tagged("post_install", "-at_install")
class TestNotifications(NotificationCase):
    def setUp(self):
        super().setUp()
        self.set_rule("park")

    def create_short_orders(self, number):
        orders = self.env["mrp.production"].concat(
            *(self.create_order(self.bom, 9) for _number in range(number))
        )
        orders.do_unreserve()
        return orders

    def test_one_order(self):
        order = self.create_short_orders(1)
        [(user, told)] = self.listen(lambda: self.complete(order))
        self.assertEqual(user, self.env.user)
        self.assertIn(f"{order.name}: 1 waiting", told["title"])
        self.assertIn("2 Units of Frame", told["lines"][0])
        # What its button opens.
        self.assertEqual(
            (told["res_model"], told["res_ids"]), ("mrp.production", order.ids)
        )

    def test_one_per_call(self):
        """7 frames for 6 times 9: all of them wait, in one go or one by one."""
        for name in ("button_mark_done", "complete_orders"):
            orders = self.create_short_orders(6)
            [(_user, told)] = self.listen(getattr(orders, name))
            self.assertEqual(told["res_ids"], orders.ids)
            self.assertEqual(told["title"], "Please look at 6 orders")
            # 5 by name, and the rest by number.
            self.assertEqual(len(told["lines"]), 6)
            self.assertEqual(told["lines"][-1], "1 more")

    def test_each_has_an_id_of_its_own(self):
        """By which a browser shows it once."""
        ids = [
            self.listen(lambda: self.complete(self.create_short_orders(1)))[0][1]["id"]
            for _number in range(2)
        ]
        self.assertEqual(len(set(ids)), 2)

    def test_order_that_failed_is_not_told(self):
        first, broken = self.create_short_orders(1), self.create_short_orders(1)
        original = type(broken)._attempt

        def attempt(order, *args):
            result = None
            try:
                with self.cr.savepoint():
                    result = original(order, *args)
                    if order == broken:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                result = order._describe_failure(order.id, "broken")
            return result

        with patch.object(type(broken), "_attempt", attempt):
            [(_user, told)] = self.listen(lambda: (first | broken).complete_orders())
        self.assertEqual(told["res_ids"], first.ids)

    def test_none_in_report_production(self):
        """The screen says it itself."""
        self.bom.consumption = "flexible"
        reports = self.env["mrp.production.report"]
        told = self.listen(lambda: reports.report_production(self.finished.id, 9))
        self.assertFalse(told)
        order = reports.search([], limit=1).production_id
        self.assertEqual(order.open_exception_count, 1)
        # The note is there.
        self.assertIn("1 waiting", "".join(order.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestRunScreens(NotificationCase, CompletionCase):
    def start_run(self, orders, limit=0, **values):
        self.company.completion_background_limit = limit
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

    def create_mixed_orders(self):
        """One that is whole, one that will wait, one that asks, and a draft."""
        self.set_rule("park")
        whole, short, asking = self.create_orders(6, 2, 2)
        orders = whole | short | asking
        orders.do_unreserve()
        self.report(asking, 1)
        return whole | short | asking

    def test_none_in_a_run_but_one_at_the_end(self):
        orders = self.create_mixed_orders()
        run = self.start_run(orders)

        def work():
            for line in run.line_ids:
                line._process_in_turn()
                run._tell_when_finished()

        [(user, told)] = self.listen(work)
        self.assertEqual(user, run.user_id)
        self.assertEqual((told["res_model"], told["res_ids"]), (run._name, run.ids))
        self.assertEqual(
            told["lines"], ["1 completed, 1 completed and waiting, 1 needs a person"]
        )
        self.assertIn("finished", told["title"])
        # Once: another worker has nothing to add.
        self.assertFalse(self.listen(run._tell_when_finished))

    def test_as_jobs_of_a_queue(self):
        """They run with the rights of who started it, who writes nothing there."""
        user = self.create_user("operator", "mrp.group_mrp_user")
        run = self.start_run(self.create_orders(1, 1), user_id=user.id)

        def work():
            for line in run.line_ids.with_user(user):
                line._complete_as_job()

        [(told_user, told)] = self.listen(work)
        self.assertEqual(told_user, user)
        self.assertEqual(told["lines"], ["2 completed"])
        self.assertEqual(told["kind"], "success")

    def test_none_where_the_result_opens_at_once(self):
        orders = self.create_mixed_orders()
        self.assertFalse(self.listen(lambda: self.start_run(orders, limit=20)))

    def test_needs_a_person_is_not_failed(self):
        orders = self.create_mixed_orders()
        answers = orders.complete_orders()
        self.assertEqual(self.results(answers), ["done", "exceptions", "failed"])
        self.assertEqual(
            [answer["needs_person"] for answer in answers], [False, False, True]
        )

    def test_counted_apart_and_found(self):
        orders = self.create_mixed_orders()
        run = self.start_run(orders, limit=20)
        self.assertEqual(
            run.line_ids.mapped("result"), ["done", "exceptions", "person"]
        )
        self.assertEqual((run.person_count, run.failed_count), (1, 0))
        self.assertEqual((run.done_count, run.exception_count), (2, 1))
        runs = self.env["mrp.completion.run"]
        self.assertIn(run, runs.search([("line_ids.result", "=", "person")]))
        self.assertNotIn(run, runs.search([("line_ids.result", "=", "failed")]))

    def test_what_the_dialog_announced(self):
        """Manual components that nobody recorded, where the company blocks that: an
        error, and still a person's."""
        self.company.unissued_rule = "block"
        bom = self.create_bom((self.leg, 1, {"issue_method": "manual"}))
        order = self.create_orders(1, bom=bom)
        [forecast] = order._forecast_completion()
        self.assertTrue(forecast.questions)
        [answer] = order.complete_orders()
        self.assertTrue(answer["needs_person"])

    def test_blocked_shortage_is_failed(self):
        self.set_rule("block")
        [answer] = self.create_orders(9).complete_orders()
        self.assertEqual((answer["result"], answer["needs_person"]), ("failed", False))

    def test_retried_with_what_failed(self):
        orders = self.create_mixed_orders()
        run = self.start_run(orders, limit=20)
        run.backorder = "close"
        run.action_retry_failed()
        self.assertEqual(orders[2].state, "done")
        self.assertEqual(run.person_count, 0)

    def test_goes_on_when_its_share_of_time_is_over(self):
        """The workers are called again at once: Odoo alone comes back within a
        minute."""
        run = self.start_run(self.create_orders(1, 1, 1))
        cron = self.env.ref("mrp_backflush.ir_cron_complete_orders")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()

        def process(line):
            line._process()

        # No time is left after the first.
        with (
            patch.object(IrCron, "_commit_progress", lambda self, *a, **kw: 0),
            patch.object(type(run.line_ids), "_process_in_own_transaction", process),
            patch(f"{RUN}.in_own_transaction", lambda env, function: function()),
            patch.object(IrCron, "_notifydb") as woken,
        ):
            run._work()
            self.env.cr.postcommit.run()
        self.assertEqual(run.line_ids.mapped("result"), ["done", "waiting", "waiting"])
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))
        self.assertTrue(woken.called)

    def test_names(self):
        run = self.start_run(self.create_orders(1), limit=20)
        self.assertRegex(run.name, r"^Batch of \d\d/\d\d/\d{4}, \d\d:\d\d$")
        menu = self.env.ref("mrp_backflush.mrp_completion_run_menu")
        self.assertEqual(menu.name, "Batch Completions")


@tagged("post_install", "-at_install")
class TestDialogTells(CompletionCase):
    """Of each order what *Complete All* does to it, by the rule that holds there."""

    def forecast(self, orders):
        orders.do_unreserve()
        return self.open(orders.action_complete_orders()).save()

    def test_by_the_company(self):
        for rule, outcome, text in (
            ("allow", "negative", "1 with stock going negative"),
            ("park", "wait", "1 with components waiting"),
            ("block", "blocked", "1 left as they are (blocked)"),
        ):
            with self.subTest(rule=rule):
                self.set_rule(rule)
                dialog = self.forecast(self.create_orders(3, 9))
                self.assertEqual(dialog.line_ids.mapped("outcome"), ["ready", outcome])
                self.assertEqual(dialog.consequence, text)
                dialog.production_ids.action_cancel()

    def test_by_the_category(self):
        """The company allows, the frames' category lets them wait."""
        hardware = self.frame.categ_id
        self.leg.categ_id = hardware.copy({"name": "Legs"})
        hardware.shortage_rule = "park"
        more_legs = self.create_bom((self.leg, 600, {}))
        orders = self.create_orders(9) | self.create_orders(2, bom=more_legs)
        dialog = self.forecast(orders)
        self.assertEqual(dialog.line_ids.mapped("outcome"), ["wait", "negative"])
        self.assertEqual(
            dialog.consequence,
            "1 with stock going negative, 1 with components waiting",
        )

    def test_as_it_then_comes(self):
        for rule, state, waiting in (("allow", "done", 0), ("park", "done", 1)):
            self.set_rule(rule)
            order = self.create_orders(9)
            self.forecast(order)
            order.complete_orders()
            self.assertEqual(
                (order.state, order.open_exception_count), (state, waiting)
            )

    def test_without_a_lot_core_refuses(self):
        bulb = self.create_product("Bulb", tracking="lot")
        order = self.create_orders(1, bom=self.create_bom((bulb, 1, {})))
        dialog = self.forecast(order)
        self.assertEqual(dialog.line_ids.outcome, "blocked")
        [answer] = order.complete_orders()
        self.assertEqual(answer["result"], "failed")

    def test_person(self):
        orders = self.create_orders(2)
        self.report(orders, 1)
        dialog = self.forecast(orders)
        self.assertEqual(dialog.line_ids.outcome, "person")
        self.assertEqual(
            (dialog.feasible_count, dialog.short_count, dialog.person_count), (0, 0, 1)
        )

    def test_open_an_order(self):
        """In a tab of its own: the dialog stays open."""
        order = self.create_orders(1)
        action = self.forecast(order).line_ids.action_open_order()
        self.assertEqual(action["url"], f"/odoo/mrp.production/{order.id}")
        self.assertEqual(action["target"], "new")

    def test_partial_quantity(self):
        labels = dict(self.env["mrp.complete.orders"]._fields["backorder"].selection)
        self.assertEqual(
            labels,
            {"ask": "Skip and Report", "create": "Backorder", "close": "Close"},
        )
