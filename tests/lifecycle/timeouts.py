"""Statements and locks that take longer than the database allows. Each function is
called in a fork."""

import threading
from contextlib import contextmanager
from unittest.mock import patch

from odoo.modules.registry import Registry
from odoo.service import model as rpc

from odoo.addons.mrp_backflush.models.turns.turns import take_turns

from .processes import Workshop
from .restarts import environment, look, press_done

FOREVER = 60


@contextmanager
def slow(database, model, method, record_id):
    """Have a method take for ever once it is through with this record."""
    registered = Registry(database)[model]
    original = getattr(registered, method)

    def delayed(records, *args, **kwargs):
        result = original(records, *args, **kwargs)
        if record_id in records.ids:
            records.env.flush_all()
            records.env.cr.execute("SELECT pg_sleep(%s)", [FOREVER])
        return result

    with patch.object(registered, method, delayed):
        yield


@contextmanager
def held(database, table, record_id):
    """Have somebody else hold a row."""
    with Registry(database).cursor() as other:
        other.execute(f"SELECT FROM {table} WHERE id = %s FOR UPDATE", [record_id])
        yield other


def without_pauses():
    """Without the seconds between two tries."""
    return patch.object(rpc.random, "uniform", return_value=0.0)


def count_locks(env):
    """:return: how many advisory locks the session has, between transactions"""
    env.cr.commit()
    env.cr.execute(
        """
        SELECT count(*) FROM pg_locks
         WHERE locktype = 'advisory' AND pid = pg_backend_pid()
        """
    )
    [count] = env.cr.fetchone()
    return count


def work(database):
    """:return: how many locks the worker keeps"""
    with environment(database) as env, without_pauses():
        env["mrp.completion.run"]._work()
        return count_locks(env)


def describe_run(database, run_id):
    with environment(database) as env:
        return [
            (line.result, line.message, line.production_id.state)
            for line in env["mrp.completion.run"].browse(run_id).line_ids
        ]


def run_with_slow_order(database, run_id):
    """:return: what is found then, and the locks that the worker keeps"""
    with slow(database, "mrp.production", "_post_inventory", _first(database, run_id)):
        locks = work(database)
    return describe_run(database, run_id), locks


def retry_run(database, run_id):
    with environment(database) as env:
        env["mrp.completion.run"].browse(run_id).action_retry_failed()
    work(database)


def run_beside_holder(database, run_id):
    """:return: what is found then, the locks that the worker keeps, and in how many
    seconds it is called again"""
    with held(database, "mrp_production", _first(database, run_id)):
        with environment(database) as env:
            env["ir.cron.trigger"].search([]).unlink()
        locks = work(database)
    with environment(database) as env:
        trigger = env["ir.cron.trigger"].search([])
        pause = (trigger.call_at - trigger.create_date).total_seconds()
    return describe_run(database, run_id), locks, pause


def _first(database, run_id):
    with environment(database) as env:
        return env["mrp.completion.run"].browse(run_id).line_ids[0].production_id.id


def create_exceptions(database):
    """:return: ids of two exceptions for which stock has arrived, the older first"""
    with environment(database) as env:
        workshop = Workshop(env)
        return [workshop.create_exception().id for _number in range(2)]


def describe_exceptions(database, ids):
    """:return: of each, its state and message, and what is found of its order"""
    found = []
    for exception_id in ids:
        with environment(database) as env:
            exception = env["mrp.backflush.exception"].browse(exception_id)
            described = exception.state, exception.attempts, exception.message
            order_id = exception.production_id.id
        found.append((*described, look(database, order_id)))
    return found


def settle(database):
    """:return: how many locks the worker keeps"""
    with environment(database) as env, without_pauses():
        env["mrp.backflush.exception"]._settle_arrived()
        return count_locks(env)


def settle_slowly(database, ids):
    with slow(database, "mrp.backflush.exception", "_note_settled", ids[0]):
        return settle(database)


def settle_beside_holder(database, ids):
    with environment(database) as env:
        component = env["mrp.backflush.exception"].browse(ids[0]).move_id.id
    with held(database, "stock_move", component):
        return settle(database)


def complete_slowly(database):
    """:return: the error that a person gets, what is found, and once more without"""
    order_id = _create_order(database)
    with slow(database, "mrp.production", "_post_inventory", order_id):
        error = press_done(database, order_id)
    return error, look(database, order_id), *_complete(database, order_id)


def complete_beside_holder(database):
    """Somebody holds the order longer than a lock may be waited for, and lets go.

    :return: the error that a person gets, and what is found
    """
    order_id = _create_order(database)
    with held(database, "mrp_production", order_id) as other:
        timer = threading.Timer(0.6, other.rollback)
        timer.start()
        with patch.object(rpc.random, "uniform", return_value=0.3):
            answer = _complete(database, order_id)
        timer.join()
    return answer


def complete_in_turn(database, seconds):
    """Somebody is at the same stock for longer than a statement may take.

    :return: the error that a person gets, and what is found
    """
    order_id = _create_order(database)
    with environment(database) as other:
        order = other["mrp.production"].browse(order_id)
        take_turns(other, order.move_raw_ids.product_id)
        timer = threading.Timer(seconds, other.cr.rollback)
        timer.start()
        answer = _complete(database, order_id)
        timer.join()
    return answer


def _complete(database, order_id):
    return press_done(database, order_id), look(database, order_id)


def _create_order(database):
    with environment(database) as env:
        return Workshop(env).create_order(7).id
