from odoo.tests import tagged

from odoo.addons.queue_job.job import Job

from ..completion.test_completion import CompletionCase


@tagged("post_install", "-at_install")
class TestQueueJob(CompletionCase):
    """OCA's queue_job, where it is installed, does what the scheduled action does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.completion_background_limit = 0
        cls.company.shortage_rule = "park"

    def start_run(self, orders):
        dialog = self.env["mrp.complete.orders"].with_context(
            **orders.action_complete_orders()["context"]
        )
        action = dialog.create({}).action_complete_all()
        return self.env["mrp.completion.run"].browse(action["res_id"])

    def get_jobs(self):
        jobs = self.env["queue.job"].search(
            [("model_name", "=", "mrp.completion.run.line")], order="id"
        )
        return [Job.load(self.env, job.uuid) for job in jobs]

    def test_one_job_for_each_order(self):
        orders = self.create_orders(3, 9)
        orders.do_unreserve()
        run = self.start_run(orders)
        self.assertEqual(run.state, "running")
        self.assertFalse(
            self.env["ir.cron.trigger"]
            .search([])
            .filtered(
                lambda trigger: (
                    trigger.cron_id
                    == self.env.ref("mrp_backflush.ir_cron_complete_orders")
                )
            )
        )
        jobs = self.get_jobs()
        self.assertEqual(len(jobs), 2)
        for job in jobs:
            job.perform()
        run.invalidate_recordset()
        self.assertEqual(run.line_ids.mapped("result"), ["done", "exceptions"])
        self.assertEqual(run.state, "done")
        # Called again, as after a crash: nothing twice.
        for job in jobs:
            job.perform()
        self.assertEqual(self.on_hand(self.frame), 0)
        self.assertEqual(run.line_ids.production_id.backflush_exception_ids.quantity, 5)

    def test_cancelled_orders_are_left_alone(self):
        orders = self.create_orders(1, 1)
        run = self.start_run(orders)
        run.action_cancel()
        for job in self.get_jobs():
            job.perform()
        self.assertEqual(set(orders.mapped("state")), {"confirmed"})
