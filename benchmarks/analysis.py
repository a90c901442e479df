"""How long the pivot of the consumption analysis takes over a million components.

A database with the module is the last argument. Nothing is left in it: orders are
completed as people do it, copied by SQL in one transaction, and that is undone. Printed
is the median, the shortest and the longest in brackets, by the clock.
"""

import statistics
import sys
import time

from plant import create_parts, set_up_odoo

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL

COMPONENTS = 1_000_000
TIMES = 3
BOMS, LINES = 20, 10

PIVOTS = {
    "by product and month": ["product_id", "date:month"],
    "by work center and week": ["workcenter_id", "date:week"],
}
MEASURES = ["planned_cost:sum", "deviation_cost:sum", "actual_cost:sum"]
# Each category, in money.
ALL_MEASURES = [
    *MEASURES,
    *("price_cost:sum", "usage_cost:sum", "rounding_cost:sum", "scrap_cost:sum"),
    *("lot_size_cost:sum", "substitution_cost:sum", "not_issued_cost:sum"),
    *("count_cost:sum", "usage_percent:avg", "deviation_percent:avg"),
]


def main():
    set_up_odoo()
    print(
        f"Odoo {odoo.release.version}, the analysis of {COMPONENTS:,} components",
        flush=True,
    )
    with Registry(sys.argv[-1]).cursor() as cr:
        env = Environment(cr, odoo.SUPERUSER_ID, {})
        env.company.use_consumption_analysis = True
        fill(env, create_completed_orders(env))
        for name, groups in PIVOTS.items():
            for measures in (MEASURES, ALL_MEASURES):
                measure(env, name, groups, measures)
        measure_one_order(env)
        cr.rollback()


def create_completed_orders(env):
    """:return: a completed order of each bill of materials"""
    parts = create_parts(env, ["none"] * 5 * LINES, 10_000)
    centers = env["mrp.workcenter"].create(
        [{"name": f"Work Center {number}"} for number in range(5)]
    )
    orders = env["mrp.production"]
    for number in range(BOMS):
        product = env["product.product"].create(
            {"name": f"Product {number}", "is_storable": True}
        )
        bom = env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "consumption": "flexible",
                "operation_ids": [
                    (
                        0,
                        0,
                        {"name": "Assembly", "workcenter_id": centers[number % 5].id},
                    )
                ],
            }
        )
        first = number * LINES % len(parts)
        bom.bom_line_ids = [
            (
                0,
                0,
                {
                    "product_id": part.id,
                    "product_qty": 2,
                    "component_scrap": 5,
                    "operation_id": bom.operation_ids.id,
                },
            )
            for part in parts[first : first + LINES]
        ]
        orders |= env["mrp.production"].create(
            {"product_id": product.id, "bom_id": bom.id, "product_qty": 3}
        )
    orders.action_confirm()
    for order in orders:
        order.qty_producing = order.product_qty
        order._set_qty_producing()
        order.button_mark_done()
    env.flush_all()
    return orders


def fill(env, orders):
    """Copy these orders with all that belongs to them, until there are enough."""
    times = COMPONENTS // (len(orders) * LINES)
    cr = env.cr
    tables = (
        *("mrp_production", "stock_move", "mrp_consumption_share"),
        *("mrp_backflush_exception", "mrp_line_count"),
    )
    for table in tables[:4]:
        drop_foreign_keys(cr, table)
    cr.execute("SELECT MAX(id) FROM mrp_production")
    [last_order] = cr.fetchone()
    copy_rows(
        cr,
        "mrp_production",
        SQL("original.id = ANY(%s)", orders.ids),
        times,
        name=SQL("original.name || '/' || copy"),
        date_finished=SQL("now() - copy %% 700 * interval '1 day'"),
        origin=SQL("original.id::text"),
    )
    copy_moves(env, orders, last_order)
    for table in tables:
        cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def drop_foreign_keys(cr, table):
    """Those of a copy are those of what is copied: none is looked up."""
    cr.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = %s::regclass",
        [table],
    )
    for [name] in cr.fetchall():
        cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )


def copy_moves(env, orders, last_order):
    """Of every 20th component a part was issued before its order's completion, of every
    100th something waits, and counts have found something of every tenth one."""
    cr = env.cr
    cr.execute("SELECT MAX(id) FROM stock_move")
    [last_move] = cr.fetchone()
    component = SQL("original.raw_material_production_id = ANY(%s)", orders.ids)
    copies = SQL(
        "(SELECT id AS copy, origin::int AS of FROM mrp_production WHERE id > %s)",
        last_order,
    )
    copy_rows(
        cr,
        "stock_move",
        SQL("%s AND copies.of = original.raw_material_production_id", component),
        copies,
        raw_material_production_id=SQL("copies.copy"),
        quantity=SQL("original.quantity * (0.95 + random() / 10)"),
        workorder_id=SQL("NULL"),
    )
    new = SQL(
        "original.id > %s AND original.raw_material_production_id > %s",
        last_move,
        last_order,
    )
    copy_rows(
        cr,
        "stock_move",
        SQL("%s AND original.id %% 20 = 0", new),
        1,
        issue_component_id=SQL("original.id"),
    )
    cr.execute(
        """
        INSERT INTO mrp_backflush_exception
               (production_id, move_id, product_id, quantity, product_uom_id,
                location_id, reason, state, company_id, costed_quantity, costed_value)
        SELECT raw_material_production_id, id, product_id, 1, product_uom, location_id,
               'stock', CASE WHEN id %% 100 = 0 THEN 'open' ELSE 'settled' END,
               company_id, 1, 1
          FROM stock_move WHERE id > %s AND id %% 50 = 0
        """,
        [last_move],
    )
    cr.execute(
        """
        INSERT INTO mrp_line_count (state, company_id, location_id)
        SELECT 'done', company_id, location_id FROM stock_move WHERE id = %s
        RETURNING id
        """,
        [last_move],
    )
    [sheet] = cr.fetchone()
    cr.execute(
        """
        INSERT INTO mrp_consumption_share
               (count_id, count_line_id, production_id, move_id, product_id,
                location_id, company_id, is_at_count, base_quantity, quantity, value)
        SELECT %s, id, raw_material_production_id, id, product_id, location_id,
               company_id, FALSE, quantity, 0.1, 0.1
          FROM stock_move
         WHERE id > %s AND issue_component_id IS NULL AND id %% 10 = 0
        """,
        [sheet, last_move],
    )


def copy_rows(cr, table, condition, copies, **values):
    """Copy rows of a table as they are.

    :param condition: of which, as ``original``
    :param copies: how often, or a query of ``copies``
    :param values: what is otherwise, as SQL
    """
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND column_name != 'id'",
        [table],
    )
    names = [name for [name] in cr.fetchall()]
    source = (
        SQL("generate_series(1, %s) AS copy", copies)
        if isinstance(copies, int)
        else SQL("%s AS copies", copies)
    )
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS original, %s WHERE %s",
            SQL.identifier(table),
            SQL(", ").join(SQL.identifier(name) for name in names),
            SQL(", ").join(
                values.get(name, SQL.identifier("original", name)) for name in names
            ),
            SQL.identifier(table),
            source,
            condition,
        )
    )


def measure(env, name, groups, measures):
    taken = []
    for _time in range(TIMES):
        began = time.perf_counter()
        # As the web client does: with the totals of rows, of columns, and of all.
        *_totals, rows = env["mrp.consumption.analysis"].formatted_read_grouping_sets(
            [], [[], groups[:1], groups[1:], groups], measures
        )
        taken.append(time.perf_counter() - began)
    print(
        f"{name}, {len(measures)} measures: {describe(taken)} s, {len(rows)} groups",
        flush=True,
    )


def measure_one_order(env):
    """What the order's form reads."""
    order = env["mrp.production"].search([("state", "=", "done")], limit=1)
    taken = []
    for _time in range(TIMES):
        env.invalidate_all()
        began = time.perf_counter()
        order.consumption_analysis_ids.read(["planned_cost", "actual_cost"])
        taken.append(time.perf_counter() - began)
    print(f"one order: {describe(taken)} s", flush=True)


def describe(values):
    return f"{statistics.median(values):.2f} [{min(values):.2f}, {max(values):.2f}]"


if __name__ == "__main__":
    main()
