"""Several people complete orders that share components, at the same time.

Each is a process of its own, with its own registry and cursors, and calls as the web
server does: what collides is tried again. Receipts and deliveries go on beside, and
scheduled actions settle what was parked, if asked for. At the end the database is
checked in SQL; the exit code is 1 if it doesn't add up or somebody got an error who
did nothing wrong.

    make concurrency OPTIONS="--rule=park --processes=4 --seconds=120 --settlers=2"

With ``--orders`` it is over when so many were tried, however long that takes.
"""

import argparse
import logging
import multiprocessing
import os
import random
import sys
import time
from collections import Counter

import psycopg2
from factory import (
    HELD,
    MOVED,
    NOBODY,
    PARTS,
    PLACES,
    Factory,
    get_consumed,
    get_free,
    get_waiting,
)
from plant import set_up_odoo

import odoo
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

# More than can be completed in time.
ORDERS_PER_SECOND = 2
# Seconds until a process is ready, on a machine with other things to do.
STARTING = 300


def main():
    options = parse_arguments()
    set_up_odoo("critical")
    factory = prepare(options)
    results, lowest = run(options, factory)
    report = check(options, factory, results, lowest)
    for line in report.lines:
        print(line)
    for broken in report.broken:
        print(f"BROKEN: {broken}")
    sys.exit(1 if report.broken else 0)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database", help="with the module; it is filled with orders")
    parser.add_argument("--rule", choices=("park", "block"), default="park")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--orders", type=int, help="try each, whatever the time")
    parser.add_argument("--transfers", type=int, default=1)
    parser.add_argument("--settlers", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def prepare(options):
    with Registry(options.database).cursor() as cr:
        env = Environment(cr, odoo.SUPERUSER_ID, {})
        # Only the module's own scheduled actions are run, by the settlers.
        env["ir.cron"].search([]).active = False
        own = env["ir.model.data"].search(
            [("module", "=", "mrp_backflush"), ("model", "=", "ir.cron")]
        )
        env["ir.cron"].browse(own.mapped("res_id")).active = True
        count = options.orders or options.seconds * ORDERS_PER_SECOND
        factory = Factory(env, options.rule, count)
    # Those who work are forks: none may share a connection.
    odoo.sql_db.close_all()
    return factory


def run(options, factory):
    """:return: what each process counted, and the lowest stock seen at any place"""
    context = multiprocessing.get_context("fork")
    queue, begin, end = context.Queue(), context.Event(), context.Event()
    roles = [
        *((Completer, number) for number in range(options.processes)),
        *((Shipper, number) for number in range(options.transfers)),
        *((Settler, number) for number in range(options.settlers)),
    ]
    processes = [
        context.Process(
            target=work,
            args=(role, number, options, factory, queue, begin, end),
            daemon=True,
        )
        for role, number in roles
    ]
    for process in processes:
        process.start()
    for _process in processes:
        # One that dies before it is ready must not have the others wait for ever.
        queue.get(timeout=STARTING)
    begin.set()
    completers = processes[: options.processes]
    lowest = watch(options.database, factory, completers)
    end.set()
    results = [queue.get(timeout=60) for process in processes if not process.exitcode]
    died = [process.exitcode for process in processes if process.exitcode]
    return [*results, Counter(died=len(died))], lowest


def watch(database, factory, processes):
    """Wait until all have completed their orders.

    :return: the lowest quantity of a lot or a product at a place, while they work
    """
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    lowest = float("inf")
    while any(process.is_alive() for process in processes):
        with connection.cursor() as cursor:
            cursor.execute(PLACES, [factory.products])
            lowest = min(lowest, *(row[3] for row in cursor.fetchall()))
        time.sleep(0.1)
    connection.close()
    return lowest


def work(role, number, options, factory, queue, begin, end):
    random.seed(f"{options.seed} {role.__name__} {number}")
    worker = role(number, options, factory)
    queue.put("ready")
    begin.wait()
    deadline = time.monotonic() + options.seconds
    if options.orders:
        worker.work(lambda: end.is_set())
    else:
        worker.work(lambda: time.monotonic() >= deadline)
    queue.put(worker.counts)
    queue.close()
    queue.join_thread()
    # Not the interpreter's end, which waits for nothing of ours.
    os._exit(0)


class Person:
    """Somebody at the web client."""

    def __init__(self, number, options, factory):
        self.number, self.options, self.factory = number, options, factory
        self.registry = Registry(options.database)
        self.counts = Counter()

    def call(self, kind, action):
        """What the web server does with a call.

        :return: what the action returned, or the error that the person got
        """
        attempts = []
        started = time.monotonic()

        def counted():
            attempts.append(time.monotonic())
            return action(env)

        registry = self.registry.check_signaling()
        with registry.cursor() as cr:
            env = Environment(cr, self.factory.user, {})
            try:
                return retrying(counted, env)
            except UserError as error:
                if kind != "completion":
                    self.counts[f"failed: {kind}, {error}"] += 1
                return error
            except Exception as error:
                self.counts[f"failed: {kind}, {type(error).__name__}: {error}"] += 1
                return error
            finally:
                waited = time.monotonic() - started
                self.counts[f"retries: {kind}"] += len(attempts) - 1
                longest = f"longest: {kind}"
                self.counts[longest] = max(self.counts[longest], waited)


class Completer(Person):
    """Completes one order after the other; what is blocked is tried again later."""

    def work(self, is_over):
        waiting = self.factory.orders[self.number :: self.options.processes]
        while waiting and not is_over():
            order = waiting.pop(0)
            self.call("completion", self.read_like_a_form(order))
            result = self.call(
                "completion", lambda env, order=order: self.do(env, order)
            )
            if result is True:
                self.counts["done"] += 1
            elif isinstance(result, UserError):
                self.counts["blocked"] += 1
                if not self.options.orders:
                    waiting.append(order)

    def read_like_a_form(self, order):
        def read(env):
            env["mrp.production"].browse(order).read(["name", "state"])

        return read

    def do(self, env, order_id):
        """Completion, and in the same transaction a check of what was found short."""
        order = env["mrp.production"].browse(order_id)
        # What the web server has read when a button's method is called.
        order.read(["state"])
        try:
            result = order.button_mark_done()
        except UserError:
            if self.options.rule != "block" or not self.is_short(order):
                self.counts["wrongly refused"] += 1
            raise
        env.flush_all()
        waiting = order.backflush_exception_ids.filtered(
            lambda exception: exception.state == "open"
        )
        for exception in waiting:
            product, location = exception.product_id.id, exception.location_id.id
            if get_free(env.cr, product, location, order_id) > 1e-6:
                self.counts["wrongly parked"] += 1
        return result

    def is_short(self, order):
        order.env.invalidate_all()
        needs = self.factory.needs[order.product_id.id]
        location = order.location_src_id.id
        return any(
            get_free(order.env.cr, product, location, order.id) < quantity
            for product, quantity in needs.items()
        )


class Shipper(Person):
    """Receives parts, and delivers some of them as spare parts."""

    def work(self, is_over):
        reserved = []
        while not is_over():
            receipt = self.call("receipt", self.prepare_receipt)
            self.call("receipt", lambda env, receipt=receipt: validate(env, receipt))
            delivery = self.call("delivery", self.prepare_delivery)
            self.call("delivery", lambda env, delivery=delivery: reserve(env, delivery))
            reserved.append(delivery)
            if len(reserved) > 3:
                picking = reserved.pop(0)
                self.call("delivery", lambda env, picking=picking: ship(env, picking))
            time.sleep(random.uniform(0, 0.5))

    def prepare_receipt(self, env):
        part = random.choice(PARTS)
        location = random.choice(self.factory.locations)
        quantity = random.randint(1, 6) * part.quantity
        return self.factory.prepare_receipt(env, part, location, quantity).id

    def prepare_delivery(self, env):
        product = self.factory.parts[random.choice(PARTS)]
        return self.factory.prepare_delivery(env, product, random.randint(1, 4)).id


def validate(env, picking_id):
    env["stock.picking"].browse(picking_id).button_validate()


def reserve(env, picking_id):
    picking = env["stock.picking"].browse(picking_id)
    picking.action_confirm()
    picking.action_assign()


def ship(env, picking_id):
    """Deliver what is all there; free the rest."""
    picking = env["stock.picking"].browse(picking_id)
    if picking.state == "assigned":
        picking.move_ids.picked = True
        picking.button_validate()
    else:
        picking.action_cancel()


class Settler(Person):
    """A process of the server that runs the scheduled actions."""

    def work(self, is_over):
        failures = CountFailures(self.counts)
        logger = logging.getLogger("odoo.addons.base.models.ir_cron")
        logger.setLevel(logging.ERROR)
        logger.addHandler(failures)
        logger.propagate = False
        retry = "mrp_backflush.ir_cron_retry_open"
        while not is_over():
            if random.random() < 0.2:
                self.call("schedule", lambda env: env.ref(retry)._trigger() and None)
            started = time.monotonic()
            self.registry["ir.cron"]._process_jobs(self.options.database)
            longest = "longest: settlement"
            waited = time.monotonic() - started
            self.counts[longest] = max(self.counts[longest], waited)
            time.sleep(0.3)


class CountFailures(logging.Handler):
    """The scheduled actions' errors, which only the log knows."""

    def __init__(self, counts):
        super().__init__()
        self.counts = counts

    def emit(self, record):
        cause = record.exc_info and record.exc_info[1]
        self.counts[f"failed: settlement, {type(cause).__name__}: {cause}"] += 1


class Report:
    """Figures, and what of them should not be."""

    def __init__(self):
        self.lines, self.broken = [], []

    def add(self, name, value, is_broken=False):
        line = f"{name:<42}{value}"
        self.lines.append(line)
        if is_broken:
            self.broken.append(line)


def check(options, factory, results, lowest):
    report = Report()
    counts = Counter()
    for result in results:
        for name, value in result.items():
            is_longest = name.startswith("longest")
            counts[name] = (
                max(counts[name], value) if is_longest else (counts[name] + value)
            )
    connection = psycopg2.connect(dbname=options.database)
    with connection, connection.cursor() as cursor:
        _check_orders(report, cursor, factory, counts["done"])
        _check_stock(report, cursor, factory, lowest)
    connection.close()
    if not options.orders:
        rate = 60 * counts["done"] / options.seconds
        report.add("completed in a minute", f"{rate:.0f}")
    _report_counts(report, counts)
    return report


def _check_orders(report, cursor, factory, counted):
    cursor.execute(
        "SELECT id, product_id FROM mrp_production WHERE id = ANY(%s)"
        " AND state = 'done'",
        [factory.orders],
    )
    done = dict(cursor.fetchall())
    consumed = get_consumed(cursor, factory.orders)
    waiting = get_waiting(cursor, factory.orders)
    wrong = {
        order
        for order, product in done.items()
        for part, need in factory.needs[product].items()
        if abs(consumed[order, part] + waiting[order, part] - need) > 1e-6
    }
    posted = {order for order, _part in consumed | waiting} - set(done)
    cursor.execute(
        "SELECT state, count(*) FROM mrp_backflush_exception"
        " WHERE production_id = ANY(%s) GROUP BY 1",
        [factory.orders],
    )
    report.add("orders", len(factory.orders))
    report.add("done", len(done), len(done) != counted)
    report.add("exceptions", dict(cursor.fetchall()))
    report.add("done, with wrong consumption", len(wrong), wrong)
    report.add("not done, with something posted", len(posted), posted)


def _check_stock(report, cursor, factory, lowest):
    cursor.execute(PLACES, [factory.products])
    rows = cursor.fetchall()
    on_hand = {tuple(row[:3]): row[3] for row in rows}
    reserved = {tuple(row[:3]): row[4] for row in rows}
    cursor.execute(MOVED, [factory.products])
    moved = {tuple(row[:3]): row[3] for row in cursor.fetchall()}
    cursor.execute(HELD, [factory.products, NOBODY])
    held = {tuple(row[:3]): row[3] for row in cursor.fetchall()}
    report.add("lowest stock seen at a place", lowest, lowest < 0)
    inexact = _differing(on_hand, moved)
    report.add("places with an inexact sum", len(inexact), inexact)
    leaked = _differing(reserved, held)
    total = sum(reserved.get(at, 0) - held.get(at, 0) for at in leaked)
    report.add("places with leaked reservations", f"{len(leaked)} ({total:g})", leaked)
    second = [row for row in rows if row[5] > 1]
    report.add("places with a second quant", len(second))


def _differing(first, second):
    return [
        place
        for place in first.keys() | second.keys()
        if abs(first.get(place, 0) - second.get(place, 0)) > 1e-6
    ]


def _report_counts(report, counts):
    for name in ("wrongly parked", "wrongly refused", "died"):
        report.add(name, counts[name], counts[name])
    failed = [name for name in counts if name.startswith("failed")]
    report.add("failed", sum(counts[name] for name in failed))
    for name in failed:
        report.add(name, counts[name], True)
    report.add("refused, being really short", counts["blocked"])
    for name in sorted(counts):
        if name.startswith("retries"):
            report.add(name, counts[name])
        elif name.startswith("longest"):
            report.add(name, f"{counts[name]:.1f} s")


if __name__ == "__main__":
    main()
