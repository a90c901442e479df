"""Does the work of random worlds in one database, and writes what comes of each step.

One JSON object a line, to the file descriptor that it is told; nothing is committed
but the people who work. See `compare.py`, which runs it.
"""

import argparse
import json
import logging
import os
import random
import traceback
from datetime import datetime, timedelta

import freezegun
from comparison import DISTURBED
from rows import Reader, remove_ids
from steps import STEPS, Nothing
from transfers import receive
from world import World

import odoo
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

START = datetime(2026, 3, 2, 8)
# Kinds of steps that are drawn until one finds something to do.
TRIES = 20
# Each so many steps, what core computes is compared as well.
THOROUGH = 5

GROUPS = (
    *("stock.group_production_lot", "stock.group_tracking_owner", "uom.group_uom"),
    *("stock.group_tracking_lot", "stock.group_stock_multi_locations"),
    *("stock.group_adv_location", "mrp.group_mrp_routings"),
    *("mrp.group_mrp_byproducts", "analytic.group_analytic_accounting"),
    # Without it core's own copying of an order or a move is refused.
    "account.group_account_readonly",
)
# By login: what else they may do.
ACTORS = {
    "manager": (
        *("mrp.group_mrp_manager", "stock.group_stock_manager"),
        "product.group_product_manager",
    ),
    "planner": ("mrp.group_mrp_user", "stock.group_stock_user"),
    "worker": ("mrp.group_mrp_user",),
}
OFTEN = ("manager", "manager", "planner", "planner", "planner", "worker")


class Clock:
    """The time of a world: the same in each database."""

    def __init__(self, cr, frozen):
        self.cr = cr
        self.frozen = frozen
        self.move_to(START)

    def move_to(self, moment):
        self.now = moment
        self.frozen.move_to(moment)
        # As a new transaction would have it.
        self.cr._now = moment

    def wait(self, **time):
        self.move_to(self.now + timedelta(**time))


class WorkingWorld(World):
    """A world in which steps are done, by somebody at a time."""

    def __init__(self, env, draw, clock):
        self.clock = clock
        self.said = []
        super().__init__(env, draw)
        self.mto_route = env.ref("stock.route_warehouse0_mto")
        for product in self.components:
            receive(self, [product], (20, 40, 60))
        self.said.clear()

    def say(self, text):
        self.said.append(str(text))

    def now(self, **offset):
        return self.clock.now + timedelta(**offset)

    def sudo(self):
        return self.env(su=True)

    def find_lot(self, product):
        domain = [("product_id", "=", product.id)]
        return self.env["stock.lot"].search(domain, order="id", limit=1)

    def describe_quant(self, quant):
        parts = (quant.product_id, quant.location_id, quant.lot_id, quant.package_id)
        return " ".join(str(part.display_name) for part in (*parts, quant.owner_id))


def main():
    options = parse_arguments()
    config.parse_config(
        [
            f"--addons-path={os.environ['ADDONS_PATH']}",
            f"--data-dir={os.environ['DATA_DIR']}",
            "--log-level=critical",
            "--no-http",
        ]
    )
    logging.getLogger("odoo").setLevel(logging.CRITICAL)
    registry = Registry(options.database)
    with registry.cursor() as cr:
        employ(Environment(cr, odoo.SUPERUSER_ID, {}))
    with (
        os.fdopen(options.output, "w") as output,
        freezegun.freeze_time(START) as frozen,
    ):
        for number in options.worlds:
            with registry.cursor() as cr:
                work_in_world(cr, frozen, options, number, output)
                cr.rollback()
            registry.clear_all_caches()


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--worlds", type=int, nargs="+", required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--output", type=int, required=True)
    parser.add_argument("--disturb", action="store_true", help="in its own world")
    return parser.parse_args()


def employ(env):
    """Create who works, with all features in sight; once in a database."""
    if env["res.users"].search([("login", "=", "manager")]):
        return
    shown = [env.ref(group).id for group in GROUPS]
    for login, groups in ACTORS.items():
        own = [env.ref(group).id for group in ("base.group_user", *groups)]
        env["res.users"].create(
            {
                "name": login,
                "login": login,
                "group_ids": [Command.set([*own, *shown])],
            }
        )
    env["ir.cron"].search([]).active = False


def work_in_world(cr, frozen, options, number, output):
    env = Environment(cr, odoo.SUPERUSER_ID, {"tz": "UTC", "lang": "en_US"})
    # Numbers that were drawn in other worlds aren't given back.
    env["ir.sequence"].search([]).number_next_actual = 1000
    clock = Clock(cr, frozen)
    reader = Reader(env)
    world = WorkingWorld(env, random.Random(f"{options.seed} {number}"), clock)
    write(output, world=number, step=0, kind="world", text=str(world), reader=reader)
    if number == DISTURBED:
        if options.disturb:
            disturb(world)
        # Costs are read where all is.
        write(output, world=number, step=THOROUGH, kind="disturbed", reader=reader)
        return
    for step in range(1, options.steps + 1):
        clock.wait(minutes=7)
        result = work(world, random.Random(f"{options.seed} {number} {step}"))
        write(output, world=number, step=step, reader=reader, **result)


def work(world, draw):
    """Draw who does what until it can be done.

    :return: what was done and what came of it
    """
    root = world.env
    actor = draw.choice(OFTEN)
    user = root["res.users"].search([("login", "=", actor)])
    for _try in range(TRIES):
        functions, weights = zip(*STEPS, strict=True)
        [function] = draw.choices(functions, weights)
        world.draw = draw
        world.said.clear()
        world.env = root(user=user)
        try:
            outcome = do(world, function)
        except Nothing:
            continue
        finally:
            world.env = root
        return {
            "kind": function.__name__,
            "text": f"{actor}: {'; '.join(world.said)}",
            "outcome": outcome,
        }
    return {"kind": "nothing", "text": actor, "outcome": "done"}


def do(world, function):
    """:return: "done", or the error's type and its message"""
    cr = world.env.cr
    try:
        with cr.savepoint():
            function(world)
            world.env.flush_all()
            cr.precommit.run()
        return "done"
    except Nothing:
        raise
    except Exception as error:
        cr.precommit.clear()
        if not isinstance(error, UserError):
            # A fault, of core's or of the module's.
            traceback.print_exc(limit=-4)
        # What the database adds to its refusals are whole rows, with ids.
        message = str(error).split("\nDETAIL:")[0]
        return remove_ids(f"{type(error).__name__}: {message}")
    finally:
        world.env.invalidate_all()


def disturb(world):
    """A wrong cost, to see that the comparison sees it."""
    world.components[0].standard_price += 1


def write(output, reader, step, **result):
    reader.env.flush_all()
    rows = reader.read(is_thorough=step % THOROUGH == 0)
    output.write(json.dumps({"step": step, **result, "rows": rows}) + "\n")
    output.flush()


if __name__ == "__main__":
    main()
