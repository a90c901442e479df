"""Processes of their own at one database, for what can only be tested between them.

Runs in Odoo's shell. A process is a fork of it, with connections of its own.
"""

import multiprocessing
import os
import signal
import time
from contextlib import contextmanager
from types import SimpleNamespace

from odoo import sql_db
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service import model as service
from odoo.service.model import retrying

PATIENCE = 60
# Of what Odoo waits before it tries again, so that tests don't take that long.
HASTE = 0.1


@contextmanager
def forget_connections():
    """Within a fork: what the parent uses goes on being the parent's."""
    # Held, for closing them would end the parent's sessions.
    parents = []
    for pool in filter(None, (sql_db._Pool, sql_db._Pool_readonly)):
        parents.append(pool._connections)
        pool._connections = []
    yield


@contextmanager
def own_environment(env):
    with forget_connections(), Registry(env.cr.dbname).cursor() as cr:
        yield Environment(cr, env.uid, {})


def die():
    """As when the machine's memory ends."""
    os.kill(os.getpid(), signal.SIGKILL)


def run_and_wait(env, action):
    """Run ``action(own_env)`` in a process of its own.

    :return: whether it was killed
    """
    env.cr.commit()
    process = os.fork()
    if not process:
        try:
            with own_environment(env) as own:
                action(own)
        finally:
            os._exit(0)
    status = os.waitpid(process, 0)[1]
    env.invalidate_all()
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def meet(env, *actions, hold=0.0, is_midway=False):
    """Have people act at once: all have read before the first one does anything.

    :param hold: seconds for which the first one is held up, having done everything and
        about to commit; the others begin then. By default all begin together
    :param is_midway: the first one is held up before any stock is changed
    :return: what each of them got: "done", or the message of an error
    """
    env.cr.commit()
    context = multiprocessing.get_context("fork")
    begin = _Beginning(context, len(actions), hold, is_midway)
    results = context.SimpleQueue()
    processes = [
        context.Process(target=_act, args=(env, number, action, begin, results))
        for number, action in enumerate(actions)
    ]
    for process in processes:
        process.start()
    answers = dict(results.get() for _process in processes)
    for process in processes:
        process.join(PATIENCE)
    env.cr.rollback()
    env.invalidate_all()
    return [answers[number] for number in range(len(actions))]


class _Beginning:
    """When each of those who meet may go on, in a first try."""

    def __init__(self, context, count, hold, is_midway):
        self.barrier, self.acted = context.Barrier(count), context.Event()
        self.hold, self.is_midway = hold, is_midway

    def before(self, own, number):
        self.barrier.wait(PATIENCE)
        if self.hold and number:
            self.acted.wait(PATIENCE)
        elif self.is_midway:
            self._hold_up_before_stock_is_changed(own)

    def after(self, own, number):
        if self.hold and not number:
            self._hold_up(own)

    def _hold_up(self, own):
        if not self.acted.is_set():
            own.flush_all()
            self.acted.set()
            time.sleep(self.hold)

    def _hold_up_before_stock_is_changed(self, own):
        quants = own.registry["stock.quant"]
        change = quants._update_available_quantity

        def update_later(*arguments, **options):
            self._hold_up(own)
            return change(*arguments, **options)

        quants._update_available_quantity = update_later


def _act(env, number, action, begin, results):
    tries = []
    service.time = SimpleNamespace(sleep=lambda wait: time.sleep(wait * HASTE))

    def call():
        own["mrp.backflush.exception"].search([]).mapped("state")
        tries.append(number)
        is_first = len(tries) == 1
        if is_first:
            begin.before(own, number)
        action(own)
        if is_first:
            begin.after(own, number)

    answer = "not done"
    try:
        with own_environment(env) as own:
            retrying(call, own)
            answer = "done"
    except UserError as error:
        answer = str(error)
    except Exception as error:
        answer = f"{type(error).__name__}: {error}"
    finally:
        begin.acted.set()
        results.put((number, answer))
        os._exit(0)


class Workshop:
    """Tables of one frame; the company parks what isn't there."""

    def __init__(self, env):
        self.env = env
        env.company.shortage_rule = "park"
        self.stock = env["stock.warehouse"].search([], limit=1).lot_stock_id

    def create_order(self, on_hand, quantity=10):
        """An order of its own frame and table.

        :param on_hand: frames that are there
        """
        frame, table = self.env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Frame", "Table")]
        )
        self.receive(frame, on_hand)
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": table.product_tmpl_id.id,
                "consumption": "flexible",
                "bom_line_ids": [(0, 0, {"product_id": frame.id, "product_qty": 1})],
            }
        )
        order = self.env["mrp.production"].create(
            {"product_id": table.id, "bom_id": bom.id, "product_qty": quantity}
        )
        order.action_confirm()
        return order

    def create_exception(self):
        """3 of 10 frames are missing and have arrived since, and 2 more."""
        order = self.create_order(7)
        order.button_mark_done()
        self.receive(order.move_raw_ids.product_id, 5)
        return order.backflush_exception_ids

    def receive(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(
            product, self.stock, quantity
        )

    def look(self, order):
        """What there is of an order and its frames."""
        frame = order.move_raw_ids.product_id
        quants = self.env["stock.quant"].search(
            [("product_id", "=", frame.id), ("location_id", "=", self.stock.id)]
        )
        moves = self.env["stock.move"].search([("product_id", "=", frame.id)])
        posted = moves.filtered(lambda move: move.state == "done")
        lines = (moves - posted).move_line_ids
        exceptions = order.backflush_exception_ids
        return {
            "order": order.state,
            "on_hand": sum(quants.mapped("quantity")),
            "produced": order.product_id.qty_available,
            "consumed": sum(posted.move_line_ids.mapped("quantity")),
            "moves": len(posted),
            "exceptions": exceptions.mapped(lambda each: (each.state, each.quantity)),
            "settled": sum(exceptions.mapped("settled_quantity")),
            "leaked": sum(quants.mapped("reserved_quantity"))
            - sum(lines.mapped("quantity")),
        }
