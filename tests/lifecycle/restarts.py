"""What Odoo's workers and people go through when PostgreSQL is stopped and started in
the midst of it. Each function is called in a fork."""

import logging
import multiprocessing
import os
import traceback
from contextlib import contextmanager

import psycopg2

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import execute_cr

from odoo.addons.base.models.ir_cron import IrCron

from .databases import _load, not_testing
from .processes import Workshop, forget_connections

# A point: the model, the method that comes next, and whether it is over by then.
BEFORE_COMMIT, AFTER_COMMIT = "just before the commit", "just after the commit"
RUN = {
    "before the completion": ("mrp.production", "_attempt", False),
    "before the posting": ("stock.move", "_action_done", False),
    "after the whole posting": ("mrp.production", "_post_inventory", True),
    "before the line says so": ("mrp.production", "_attempt", True),
}


def in_fork(database, function, *arguments):
    """:return: what the function returns there"""
    _load(database)
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    process = context.Process(
        target=_call, args=(results, function, database, *arguments)
    )
    process.start()
    is_well, result = results.get()
    process.join()
    assert is_well, result
    return result


def _call(results, function, *arguments):
    logging.getLogger().handlers = [logging.NullHandler()]
    answer = False, "no answer"
    try:
        with not_testing(), forget_connections():
            answer = True, function(*arguments)
    except BaseException:
        answer = False, traceback.format_exc()
    finally:
        results.put(answer)
        # Without the ends of pytest and its fixtures.
        os._exit(0)


@contextmanager
def environment(database):
    """Of a transaction that is committed."""
    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


class Interruptions:
    """The server is restarted at these points, in the order in which they are given,
    each once; in between something is finished. (Odoo puts a scheduled action off that
    is interrupted three times and finishes nothing.)

    :param points: names of points
    :param methods: what each is, where it isn't a commit's
    :param commits_after: a point, after which the next commit is that of the work
    :param restart: called at each, with its name
    """

    def __init__(self, database, points, methods, commits_after, restart):
        self.left = list(points)
        self._restart = restart
        self._is_commit_near, self._is_armed = False, True
        registry = Registry(database)
        for name, method in methods.items():
            self._watch(registry, name, *method)
        self._watch_commits(registry, *commits_after)

    def _watch(self, registry, name, model, method, is_over):
        original = getattr(registry[model], method)

        def watched(records, *args, **kwargs):
            if not is_over:
                self._reach(name)
            result = original(records, *args, **kwargs)
            if is_over:
                records.env.flush_all()
                self._reach(name)
            return result

        setattr(registry[model], method, watched)

    def _watch_commits(self, registry, model, method):
        original, commit = getattr(registry[model], method), sql_db.Cursor.commit

        def watched(records, *args, **kwargs):
            result = original(records, *args, **kwargs)
            # Where the server is gone it is said here, and no commit comes.
            records.env.flush_all()
            self._is_commit_near = True
            return result

        def watched_commit(cursor):
            is_near, self._is_commit_near = self._is_commit_near, False
            if is_near:
                cursor.flush()
                self._reach(BEFORE_COMMIT)
            commit(cursor)
            if is_near:
                self._reach(AFTER_COMMIT)
                self._is_armed = True

        setattr(registry[model], method, watched)
        sql_db.Cursor.commit = watched_commit

    def _reach(self, name):
        if self._is_armed and self.left and self.left[0] == name:
            self.left.pop(0)
            self._is_commit_near, self._is_armed = False, False
            self._restart(name)


def work_through(database, points, methods, commits_after, restart, is_finished):
    """Do as Odoo's cron workers do, over and over, until everything is done.

    :return: the points that they didn't come to
    """
    interruptions = Interruptions(database, points, methods, commits_after, restart)
    for _round in range(3 * len(points)):
        IrCron._process_jobs(database)
        # Odoo finds out one by one which of its connections are lost.
        sql_db.close_all()
        with environment(database) as env:
            if is_finished(env):
                return interruptions.left
    raise AssertionError("It doesn't come to an end.")


def work_through_run(database, points, restart, run_id):
    """Have the scheduled action complete the orders of a run."""
    return work_through(
        database,
        points,
        RUN,
        ("mrp.completion.run.line", "_process"),
        restart,
        lambda env: env["mrp.completion.run"].browse(run_id).state == "done",
    )


def settle_through(database, points, methods, restart):
    """Have the scheduled action settle two exceptions for each point.

    :return: what ``work_through`` returns, and what is found of each order
    """
    with environment(database) as env:
        workshop = Workshop(env)
        ids = [workshop.create_exception().id for _point in 2 * points]
        exceptions = env["mrp.backflush.exception"].browse(ids)
        orders = [exception.production_id.id for exception in exceptions]
        env.ref("mrp_backflush.ir_cron_settle_arrived")._trigger()
    left = work_through(
        database,
        points,
        methods,
        ("mrp.backflush.exception", "_note_settled"),
        restart,
        lambda env: set(exceptions.with_env(env).mapped("state")) == {"settled"},
    )
    return left, [look(database, order_id) for order_id in orders]


def complete_through(database, points, methods, restart):
    """Have a person complete an order for each point, and again after the restart.

    :return: by point what the first call got, and what is found after each
    """
    answer = {}
    interruptions = Interruptions(
        database, points, methods, ("mrp.production", "button_mark_done"), restart
    )
    for name in points:
        with environment(database) as env:
            order_id = Workshop(env).create_order(7).id
        error = press_done(database, order_id)
        sql_db.close_all()
        answer[name] = [error, look(database, order_id)]
        answer[name].append(press_done(database, order_id))
        answer[name].append(look(database, order_id))
    return interruptions.left, answer


def press_done(database, order_id):
    """As a client does.

    :return: the name of the error that it gets, if any
    """
    try:
        with Registry(database).cursor() as cr:
            execute_cr(
                *(cr, SUPERUSER_ID, "mrp.production", "button_mark_done"),
                *([[order_id]], {}),
            )
    except Exception as error:
        return type(error).__name__
    return None


def look(database, order_id):
    with environment(database) as env:
        return Workshop(env).look(env["mrp.production"].browse(order_id))


# One worker's connection is lost, and nobody else's.


def lose_claim(database):
    """At its first order a worker loses its connection, another one does all there is
    to do, and the first goes on.

    :return: what the first one got
    """
    production = Registry(database)["mrp.production"]
    complete, lost = production._attempt, []

    def complete_after_loss(order, *arguments):
        if not lost:
            lost.append(order.id)
            _end_session(database, order.env.cr)
            in_fork(database, _work)
        return complete(order, *arguments)

    production._attempt = complete_after_loss
    try:
        _work(database)
    except psycopg2.Error as error:
        return type(error).__name__
    return None


def _work(database):
    with environment(database) as env:
        env["mrp.completion.run"]._work()


def _end_session(database, cr):
    pid = cr.connection.get_backend_pid()
    with Registry(database).cursor() as other:
        # Waits until it has ended.
        other.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
