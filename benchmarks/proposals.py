"""How long it takes to look for BoM proposals, and how much memory.

A database with the module is the last argument. Nothing is left in it: orders are
completed as people do it, copied by SQL in one transaction, and that is undone. A third
of the lines is 5 % wrong; all are measured 3 % wrong. Printed are the median by the
clock, the shortest and the longest in brackets, statements, and what the process has
taken of memory beyond what it had.
"""

import sys

from analysis import copy_rows, describe, drop_foreign_keys
from count import measured
from plant import create_parts, set_up_odoo

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL

BOMS, LINES = 200, 10
# Of each BoM in the last twelve months.
ORDERS = (20, 100)
TIMES = 3


def main():
    set_up_odoo()
    print(
        f"Odoo {odoo.release.version}, proposals for {BOMS * LINES:,} BoM lines",
        flush=True,
    )
    for number in ORDERS:
        with Registry(sys.argv[-1]).cursor() as cr:
            env = Environment(cr, odoo.SUPERUSER_ID, {})
            env.company.use_consumption_analysis = True
            fill(env, create_completed_orders(env), number)
            measure(env, number)
            cr.rollback()


def create_completed_orders(env):
    """:return: a completed order of each bill of materials"""
    parts = create_parts(env, ["none"] * BOMS * LINES, 10_000)
    parts.issue_method = "manual"
    products = env["product.product"].create(
        [{"name": f"Product {number}", "is_storable": True} for number in range(BOMS)]
    )
    boms = env["mrp.bom"].create(
        [
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "consumption": "flexible",
                "bom_line_ids": [
                    (0, 0, {"product_id": part.id, "product_qty": 2})
                    for part in parts[number * LINES : (number + 1) * LINES]
                ],
            }
            for number, product in enumerate(products)
        ]
    )
    orders = env["mrp.production"].create(
        [
            {"product_id": bom.product_tmpl_id.product_variant_id.id, "bom_id": bom.id}
            | {"product_qty": 10}
            for bom in boms
        ]
    )
    orders.action_confirm()
    for component in orders.move_raw_ids:
        component.write({"quantity": 20, "picked": True})
    orders.button_mark_done()
    env.flush_all()
    return orders


def fill(env, orders, number):
    """Copy these orders with their components until there are so many of each."""
    cr = env.cr
    tables = ("mrp_production", "stock_move", "stock_move_line")
    for table in tables:
        drop_foreign_keys(cr, table)
    components = orders.move_raw_ids
    [last_order, last_move] = (
        env[model].search([], order="id desc", limit=1).id
        for model in ("mrp.production", "stock.move")
    )
    copy_rows(
        cr,
        "mrp_production",
        SQL("original.id = ANY(%s)", orders.ids),
        number - 1,
        name=SQL("original.name || '/' || copy"),
        date_finished=SQL("now() - copy %% 350 * interval '1 day'"),
        origin=SQL("original.id::text"),
    )
    copy_rows(
        cr,
        "stock_move",
        SQL(
            "original.id = ANY(%s) AND copies.of = original.raw_material_production_id",
            components.ids,
        ),
        SQL(
            "(SELECT id AS copy, origin::int AS of FROM mrp_production WHERE id > %s)",
            last_order,
        ),
        raw_material_production_id=SQL("copies.copy"),
        first_component_id=SQL("NULL"),
        origin=SQL("original.id::text"),
    )
    copy_rows(
        cr,
        "stock_move_line",
        SQL("copies.of = original.move_id"),
        SQL(
            "(SELECT id AS copy, origin::int AS of FROM stock_move WHERE id > %s)",
            last_move,
        ),
        move_id=SQL("copies.copy"),
        quantity_product_uom=SQL(
            "original.quantity_product_uom * (0.97 + random() * 0.06"
            " + CASE WHEN original.move_id %% 3 = 0 THEN 0.05 ELSE 0 END)"
        ),
    )
    for table in tables:
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def measure(env, number):
    proposals = env["mrp.bom.proposal"]
    costs = []
    for _time in range(TIMES):
        with measured(env) as cost:
            proposals.generate()
        costs.append(cost)
    found = proposals.search_count([("state", "=", "open")])
    print(
        f"{number} orders of each: {describe([cost.clock for cost in costs])} s "
        f"({describe([cost.database for cost in costs])} in the database), "
        f"{costs[-1].statements} statements, "
        f"{max(cost.memory for cost in costs):.0f} MiB, {found} proposals",
        flush=True,
    )


if __name__ == "__main__":
    main()
