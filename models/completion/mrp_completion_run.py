"""A batch of orders on its way: in the background, resumed after a crash."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.misc import format_date

from ..access.arguments import check_record, check_records
from ..call_scope import SCREEN_NOTES
from ..shortage.order_notes import show
from ..turns.own_transaction import in_own_transaction
from ..turns.turns import claimed
from .mrp_production import (
    ASK,
    BACKORDER_CHOICES,
    DEVIATION_CHOICES,
    DONE,
    EXCEPTIONS,
    FAILED,
)

_logger = logging.getLogger(__name__)

WAITING = "waiting"
CANCELLED = "cancelled"
NEEDS_PERSON = "person"
# Until a worker comes back to what it tried in vain.
PAUSE = timedelta(minutes=1)


class MrpCompletionRun(models.Model):
    _name = "mrp.completion.run"
    _inherit = ["mrp.checked.record"]
    _description = "Batch Completion"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    user_id = fields.Many2one(
        "res.users",
        string="Started by",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The orders are completed with this person's rights.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    backorder = fields.Selection(
        BACKORDER_CHOICES,
        string="Partial Quantity",
        default=ASK,
        required=True,
        readonly=True,
    )
    deviations = fields.Selection(
        DEVIATION_CHOICES,
        default=ASK,
        required=True,
        readonly=True,
    )
    deviation_reason_id = fields.Many2one(
        "mrp.deviation.reason",
        readonly=True,
        ondelete="restrict",
        help="Why components of these orders deviate, where nothing else was said.",
    )
    line_ids = fields.One2many("mrp.completion.run.line", "run_id", string="Orders")
    is_cancelled = fields.Boolean(readonly=True)
    state = fields.Selection(
        [
            ("running", "Running"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_counts",
    )
    order_count = fields.Integer(string="Orders in All", compute="_compute_counts")
    done_count = fields.Integer(string="Completed", compute="_compute_counts")
    exception_count = fields.Integer(
        string="With Waiting Components",
        compute="_compute_counts",
        help="Completed, and components are waiting.",
    )
    person_count = fields.Integer(
        string="Needs a Person",
        compute="_compute_counts",
        help="Left as they were: a person must answer or enter something first.",
    )
    failed_count = fields.Integer(
        string="Failed",
        compute="_compute_counts",
        help="Left as they were: something went wrong, see the messages.",
    )
    waiting_count = fields.Integer(
        string="Still to Do",
        compute="_compute_counts",
        help="Orders that the batch has not come to yet.",
    )
    summary = fields.Char(
        compute="_compute_summary", help="What has become of the orders."
    )
    is_told = fields.Boolean(
        readonly=True, help="Who started it was told that it is finished."
    )
    progress = fields.Float(
        compute="_compute_counts", help="How much of it is finished, in percent."
    )

    @api.depends("create_date")
    def _compute_name(self):
        for run in self:
            begun = fields.Datetime.context_timestamp(
                run, run.create_date or fields.Datetime.now()
            )
            run.name = self.env._(
                "Batch of %(date)s, %(time)s",
                date=format_date(self.env, begun.date()),
                time=begun.strftime("%H:%M"),
            )

    @api.depends("line_ids.result", "is_cancelled")
    def _compute_counts(self):
        counts = {}
        for run, result, count in self.env["mrp.completion.run.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "result"], ["__count"]
        ):
            counts.setdefault(run, {})[result] = count
        for run in self:
            by_result = counts.get(run._origin, {})
            run.order_count = sum(by_result.values())
            run.exception_count = by_result.get(EXCEPTIONS, 0)
            run.done_count = by_result.get(DONE, 0) + run.exception_count
            run.failed_count = by_result.get(FAILED, 0)
            run.person_count = by_result.get(NEEDS_PERSON, 0)
            run.waiting_count = by_result.get(WAITING, 0)
            finished = run.order_count - run.waiting_count
            run.progress = 100.0 * finished / (run.order_count or 1)
            if run.waiting_count:
                run.state = "running"
            else:
                run.state = "cancelled" if run.is_cancelled else "done"

    @api.depends("line_ids.result", "is_cancelled")
    def _compute_summary(self):
        for run in self:
            run.summary = ", ".join(
                self.env._("%(number)s %(what)s", number=number, what=what)
                for number, what in (
                    (run.done_count - run.exception_count, self.env._("completed")),
                    (run.exception_count, self.env._("completed and waiting")),
                    (
                        run.person_count,
                        self.env._("needs a person")
                        if run.person_count == 1
                        else self.env._("need a person"),
                    ),
                    (run.failed_count, self.env._("failed")),
                    (run.waiting_count, self.env._("still to do")),
                )
                if number
            )

    def action_cancel(self):
        """Leave what waits as it is; what was completed stays completed.

        :raise AccessError: the user neither started it nor administers Manufacturing
        """
        check_records(self)
        for run in self:
            run._check_may_steer()
        self.sudo().is_cancelled = True
        waiting = self.sudo().line_ids.filtered(lambda line: line.result == WAITING)
        # What a worker has in its hands it finishes.
        waiting.try_lock_for_update().write({"result": CANCELLED})
        return True

    def action_retry_failed(self):
        """Complete again what failed or needed a person, now that its cause is gone."""
        check_record(self)
        self._check_may_steer()
        failed = self.sudo().line_ids.filtered(
            lambda line: line.result in (FAILED, NEEDS_PERSON)
        )
        failed.write({"result": WAITING, "message": False})
        self.sudo().is_told = False
        self.sudo()._start()
        return True

    def _check_may_steer(self):
        self.check_access("read")
        if self.user_id != self.env.user and not self.env.user.has_group(
            "mrp.group_mrp_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only who started it, or an administrator of Manufacturing, may "
                    "change a batch."
                )
            )

    def action_view_orders(self):
        check_record(self)
        action = self.env["ir.actions.actions"]._for_xml_id("mrp.mrp_production_action")
        action["domain"] = [("id", "in", self.line_ids.production_id.ids)]
        action["context"] = {}
        return action

    def action_view_exceptions(self):
        check_record(self)
        return self.line_ids.production_id.action_view_backflush_exceptions()

    # At work.

    def _start(self):
        """Complete the orders: at once if they are few, else in the background."""
        self.ensure_one()
        waiting = self.line_ids.filtered(lambda line: line.result == WAITING)
        if not waiting:
            return
        if len(waiting) <= self.company_id.completion_background_limit:
            waiting._process_together()
            # The screen that opens now says it.
            self.is_told = True
        elif "queue.job" in self.env:
            waiting._enqueue()
        else:
            self._trigger_workers()

    @api.model
    def _trigger_workers(self, moment=None):
        """Call every scheduled action that works on runs: administrators copy it to
        have more workers take part.

        :param moment: by default at once
        """
        first = self.env.ref("mrp_backflush.ir_cron_complete_orders").sudo()
        crons = self.env["ir.cron"].sudo()
        for cron in crons.search(
            [("model_id", "=", first.model_id.id), ("code", "=", first.code)]
        ):
            cron._trigger(moment)

    @api.model
    def _work(self):
        """Complete what waits, order by order, each in a transaction of its own. Any
        number of workers may be at it: what one is at, the others leave to it."""
        cron = self.env["ir.cron"]
        lines = self.env["mrp.completion.run.line"].search(
            [("result", "=", WAITING)], order="run_id, sequence, id"
        )
        cron._commit_progress(remaining=len(lines))
        for line in lines:
            # Each transaction reads anew: nothing of the other orders.
            line = line.with_prefetch()
            with claimed(self.env.cr, line.id) as is_mine:
                if is_mine and line._is_waiting():
                    line._process_in_own_transaction()
            if not cron._commit_progress(1):
                # Its share of time is over. Odoo goes on within a minute, or at once
                # where it is called again.
                self._trigger_workers()
                cron._commit_progress()
                break
        for run in lines.run_id:
            in_own_transaction(self.env, run._tell_when_finished)

    def _tell_when_finished(self):
        """Tell who started it once that nothing is left to do. Whoever calls it
        commits."""
        self.ensure_one()
        self.invalidate_recordset()
        if self.is_told or self.waiting_count or not self.try_lock_for_update():
            return
        self.is_told = True
        starter = self.line_ids[:1]._as_starter().run_id
        lines = [starter.summary] if starter.summary else []
        kind = "success" if starter.done_count == starter.order_count else "warning"
        show(
            starter.env,
            self.env._("%s is finished", starter.name),
            lines,
            starter,
            kind,
        )


class MrpCompletionRunLine(models.Model):
    _name = "mrp.completion.run.line"
    _inherit = ["mrp.checked.record"]
    _description = "Order in a Batch Completion"
    _order = "run_id desc, sequence, id"

    run_id = fields.Many2one(
        "mrp.completion.run", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    sequence = fields.Integer()
    production_id = fields.Many2one(
        "mrp.production", string="Order", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="production_id.product_id")
    product_qty = fields.Float(related="production_id.product_qty")
    product_uom_id = fields.Many2one(related="production_id.product_uom_id")
    deviation_reason_id = fields.Many2one(
        "mrp.deviation.reason",
        readonly=True,
        ondelete="restrict",
        help="Why components of the order deviate, if not for the reason of the batch.",
    )
    result = fields.Selection(
        [
            (WAITING, "Still to Do"),
            (DONE, "Completed"),
            (EXCEPTIONS, "Completed, Waiting"),
            (NEEDS_PERSON, "Needs a Person"),
            (FAILED, "Failed"),
            (CANCELLED, "Not Started"),
        ],
        default=WAITING,
        required=True,
        readonly=True,
        index=True,
        help="Completed: everything was issued.\n"
        "Completed, Waiting: completed, and components are waiting.\n"
        "Needs a Person: the order is as it was before, and asks something.\n"
        "Failed: the order is as it was before, see the message.\n"
        "Not Started: the batch was cancelled before it came to this order.",
    )
    exception_count = fields.Integer(
        string="Components Waiting",
        readonly=True,
        help="How many of its components are waiting.",
    )
    message = fields.Text(
        readonly=True, help="What it asks, why it failed, or what is waiting."
    )

    def action_open_order(self):
        check_record(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.production",
            "res_id": self.production_id.id,
            "views": [(False, "form")],
        }

    def _process_together(self):
        """In this very transaction."""
        self.run_id.ensure_one()
        self._as_starter().production_id._take_turns(always=True)
        for line in self:
            line._process()

    def _process_in_own_transaction(self):
        """The order is completed and the line says so in one transaction: after a
        crash neither happened, or both."""
        collision = in_own_transaction(self.env, self._process_in_turn)
        if collision:
            # It still waits. Who is in the way may be so for a while.
            _logger.info("%s is left: %s", self.production_id.display_name, collision)
            self.run_id._trigger_workers(fields.Datetime.now() + PAUSE)

    def _process_in_turn(self):
        """Whoever calls it commits, and tries again where transactions collide: a
        worker, or a job of OCA's queue."""
        self.ensure_one()
        self.production_id._take_turns(always=True)
        if self.try_lock_for_update() and self._is_waiting():
            self._process()

    def _is_waiting(self):
        """Read anew, after the lock."""
        self.invalidate_recordset(["result"])
        return self.result == WAITING

    def _as_starter(self):
        """With the rights, language and company of who started the run."""
        run = self.run_id
        return self.with_user(run.user_id).with_context(
            lang=run.user_id.lang,
            tz=run.user_id.tz,
            allowed_company_ids=run.company_id.ids,
        )

    def _process(self):
        run = self.run_id
        order = self._as_starter().production_id
        try:
            order.check_access("write")
        except AccessError as error:
            answer = order._describe_failure(order.id, str(error))
        else:
            with SCREEN_NOTES.hold(self.env, []):
                reason = self.deviation_reason_id or run.deviation_reason_id
                answer = order._attempt(
                    run.backorder,
                    run.deviations,
                    {order: reason} if reason else None,
                )
        self.sudo().write(
            {
                "result": NEEDS_PERSON if answer["needs_person"] else answer["result"],
                "message": answer["message"],
                "exception_count": len(answer["exception_ids"]),
            }
        )

    # On OCA's queue_job, where that is installed.

    def _enqueue(self):
        for line in self:
            line.with_delay(
                description=self.env._("Complete %s", line.production_id.display_name),
                identity_key=f"mrp_backflush.completion.{line.id}",
            )._complete_as_job()

    def _complete_as_job(self):
        """The queue keeps this name with its jobs, over an update of the module."""
        self._process_in_turn()
        self.run_id.sudo()._tell_when_finished()


class ResCompany(models.Model):
    _inherit = "res.company"

    completion_background_limit = fields.Integer(
        string="Complete in Background Above",
        default=20,
        help="With more orders than this, Complete Orders works in the background and "
        "shows its progress.",
    )

    _completion_background_limit_positive = models.Constraint(
        "CHECK (completion_background_limit >= 0)",
        "The number of orders can't be negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    completion_background_limit = fields.Integer(
        related="company_id.completion_background_limit", readonly=False
    )
