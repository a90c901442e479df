"""Installation on a database of its own.

Plain pytest, because it can't happen within a test's transaction. The name of a
database with core's modules alone, to copy from, is in BASE_DATABASE.
"""

import os

import pytest

from .databases import copied_database, install, query, run_in_shell

# Orders as a factory has them the day it installs the module.
PREPARE = """
Product = env["product.product"]
screw, glue, lamp = Product.create([
    {"name": name, "is_storable": True} for name in ("Screw", "Glue", "Lamp")
])
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id
for product in screw + glue:
    env["stock.quant"]._update_available_quantity(product, stock, 1000)
bom = env["mrp.bom"].create({
    "product_tmpl_id": lamp.product_tmpl_id.id,
    "consumption": "flexible",
    "bom_line_ids": [
        (0, 0, {"product_id": screw.id, "product_qty": 4}),
        (0, 0, {"product_id": glue.id, "product_qty": 1}),
    ],
})
orders = env["mrp.production"].create(
    [{"product_id": lamp.id, "bom_id": bom.id, "product_qty": 10} for _ in range(3)]
)
orders.action_confirm()
orders[0].button_mark_done()
orders[1].qty_producing = 10
orders[1].set_qty_producing()
answer = orders.ids
"""


@pytest.fixture
def database(request):
    with copied_database(request.node.name, os.environ["BASE_DATABASE"]) as name:
        yield name


def test_install_on_a_database_in_use(database):
    done, started, confirmed = run_in_shell(database, PREPARE)
    # The checkbox of Odoo 16 to 18, and a long history.
    query(database, "ALTER TABLE mrp_bom_line ADD COLUMN manual_consumption boolean")
    query(
        database,
        """
        UPDATE mrp_bom_line SET manual_consumption = true
          FROM product_product JOIN product_template
            ON product_template.id = product_product.product_tmpl_id
         WHERE product_product.id = mrp_bom_line.product_id
           AND product_template.name->>'en_US' = 'Glue'
        """,
    )
    query(
        database,
        """
        INSERT INTO stock_move (product_id, product_uom, product_uom_qty, product_qty,
                                company_id, location_id, location_dest_id, state,
                                procure_method, date, origin)
        SELECT product_id, product_uom, 1, 1, company_id, location_id,
               location_dest_id, 'done', 'make_to_stock', date, 'history'
          FROM stock_move, generate_series(1, 10000)
         WHERE raw_material_production_id = %s
        """,
        done,
    )
    # A row that is written moves to another place.
    places = "SELECT array_agg(ctid ORDER BY id) FROM stock_move WHERE state = 'done'"
    before = query(database, places)

    log = install(database)

    assert query(database, places) == before
    assert "1 BoM lines had Manual Consumption checked" in log
    components = """
        SELECT product_template.name->>'en_US',
               stock_move.issue_method, issue_method_source
          FROM stock_move
          JOIN product_product ON product_product.id = stock_move.product_id
          JOIN product_template ON product_template.id = product_tmpl_id
         WHERE raw_material_production_id = %s
         ORDER BY 1
    """
    assert query(database, components, done) == [
        ("Glue", None, None),
        ("Screw", None, None),
    ]
    for order in (started, confirmed):
        assert query(database, components, order) == [
            ("Glue", "manual", "bom_line"),
            ("Screw", "completion", "company"),
        ]
    answer = run_in_shell(
        database,
        f"""
order = env["mrp.production"].browse({confirmed})
order.button_mark_done()
answer = [order.state, order.move_raw_ids.sorted("id").mapped("quantity")]
""",
    )
    assert answer == ["done", [40, 0]]
