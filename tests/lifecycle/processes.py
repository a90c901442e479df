"""Processes of their own at one database, for what can only be tested between them.

Runs in Odoo's shell. A process is a fork of it, with connections of its own.
"""

import multiprocessing
import os
import signal
from contextlib import contextmanager

from odoo import sql_db
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

PATIENCE = 60


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


def meet(env, *actions):
    """Have people act at once: all have read before the first one does anything.

    :return: what each of them got: "done", or the message of an error
    """
    env.cr.commit()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(len(actions)), context.SimpleQueue()
    processes = [
        context.Process(target=_act, args=(env, number, action, barrier, results))
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


def _act(env, number, action, barrier, results):
    tries = []

    def call():
        own["mrp.backflush.exception"].search([]).mapped("state")
        tries.append(number)
        if len(tries) == 1:
            barrier.wait(PATIENCE)
        action(own)

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
