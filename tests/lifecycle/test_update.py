"""Update of a database of 19.0.1.1.0, the first version in use, and work that goes on.

Plain pytest: what today's code has made is brought back to that version's columns, and
the update run on it.
"""

import pytest

from .databases import copied_database, query, run_script, update

# What has come since. A component issued, a completion or a waiting component knew
# nothing of it.
NEW_COLUMNS = {
    "stock_move": (
        *("needed_quantity", "reported_quantity"),
        *("whole_demand", "whole_quantity", "whole_number"),
        *("net_quantity_per_unit", "component_scrap", "planned_unit_cost"),
        *("deviation_reason_id", "is_count_pending", "is_shared_out"),
        *("uncounted_value", "line_count_id", "line_count_line_id"),
    ),
    "mrp_production": ("planned_lot_size",),
    "mrp_backflush_exception": ("costed_unbuilt_value", "settled_unbuilt_value"),
    "mrp_bom_line": ("quantity_changed_at",),
    "mrp_completion_run": ("is_told",),
    "res_company": ("expired_lot_rule", "tell_taken_reservations", "use_line_count"),
}
OLD_NAMES = {"costed_quantity": "counted_quantity", "costed_value": "counted_value"}

BEGIN = """
Product = env["product.product"]
company = env.company
company.write({"shortage_rule": "park", "completion_background_limit": 1})
stock = env["stock.warehouse"].search([], limit=1).lot_stock_id

def create(name, price, on_hand=0):
    product = Product.create(
        {"name": name, "is_storable": True, "standard_price": price}
    )
    if on_hand:
        env["stock.quant"]._update_available_quantity(product, stock, on_hand)
    return product

def order(name, quantity, *lines):
    bom = env["mrp.bom"].create({
        "product_tmpl_id": create(name, 0).product_tmpl_id.id,
        "consumption": "flexible",
        "bom_line_ids": [
            (0, 0, {"product_id": component.id, "product_qty": needed, **values})
            for component, needed, values in lines
        ],
    })
    order = env["mrp.production"].create({
        "product_id": bom.product_tmpl_id.product_variant_id.id,
        "bom_id": bom.id,
        "product_qty": quantity,
        "origin": name,
    })
    order.action_confirm()
    return order

def produce(order, quantity):
    order.qty_producing = quantity
    order.set_qty_producing()
    order.complete_orders(backorder="create")

screw, rare, nut = create("screw", 0.1, 1000), create("rare", 11), create("nut", 1, 100)
manual = {"issue_method": "manual"}
# Two of six are completed without any of the two rare ones that they need.
produce(order("gadget", 6, (rare, 1, {})), 2)
# Eight of the 20 screws of ten lamps are issued, then ten lamps go on.
order("lamp", 10, (screw, 2, manual)).move_raw_ids.action_issue(8)
# 15 of 20 are issued, then four of ten stands are completed, which need eight.
stand = order("stand", 10, (screw, 2, manual))
stand.move_raw_ids.action_issue(15)
produce(stand, 4)
# Three toys of two nuts each are to be completed in the background.
toys = env["mrp.production"].concat(*(order("toy", 1, (nut, 2, {})) for _ in range(3)))
env["mrp.complete.orders"].create(
    {"production_ids": [(6, 0, toys.ids)]}
).action_complete_all()
answer = [order.state for order in toys]
"""

READ = """
def get(name, product):
    orders = env["mrp.production"].search([("origin", "=", name)], order="id")
    return orders.move_raw_ids.filtered(
        lambda move: move.product_id.name == product and not move.issue_component_id
    ).sorted("id")

def show(moves):
    return [
        [move.planned_quantity, move.issued_quantity, move.product_uom_qty]
        for move in moves
    ]
"""

AFTER = (
    READ
    + """
exception = env["mrp.backflush.exception"].search([])
answer = {
    "rare": get("gadget", "rare").mapped("needed_quantity"),
    "waiting": [
        exception.state,
        exception.quantity,
        exception.costed_quantity,
        exception.costed_value,
        exception.value_difference,
    ],
    "lamp": show(get("lamp", "screw")),
    "stand": show(get("stand", "screw")),
    "run": [env["mrp.completion.run"].search([]).state],
    "crons": [
        env.ref(f"mrp_backflush.{name}").name
        for name in ("ir_cron_settle_arrived", "ir_cron_retry_open")
    ],
    "company": [env.company.expired_lot_rule, env.company.use_line_count],
}
"""
)

GO_ON = (
    READ
    + """
env["mrp.completion.run"]._work()
get("lamp", "screw").action_return(3)
last = get("gadget", "rare")[-1].raw_material_production_id
env["change.production.qty"].create(
    {"mo_id": last.id, "product_qty": 7}
).change_prod_qty()
exception = env["mrp.backflush.exception"].search([])
rare = exception.product_id
env["stock.quant"]._update_available_quantity(rare, exception.location_id, 9)
exception._settle_arrived()
orders = env["mrp.production"].search([("origin", "in", ("gadget", "lamp", "stand"))])
in_progress = orders.filtered(lambda order: order.state != "done")
# A person issues what is left of the screws.
in_progress.move_raw_ids.filtered(
    lambda move: move.issue_method == "manual" and move.state != "done"
).action_issue()
for order in in_progress:
    order.complete_orders()
answer = {
    "lamp": show(get("lamp", "screw")),
    "gadget": get("gadget", "rare").mapped("needed_quantity"),
    "exception": [exception.state, exception.settled_quantity],
    "states": sorted(set(orders.mapped("state"))),
    "run": [env["mrp.completion.run"].search([]).state],
    "stock": [
        env["product.product"].search([("name", "=", name)]).qty_available
        for name in ("screw", "rare", "nut")
    ],
}
"""
)


@pytest.fixture
def database(request):
    with copied_database(request.node.name) as name:
        yield name


def test_update_from_the_first_version_in_use(database):
    assert run_script(database, BEGIN) == ["confirmed"] * 3
    bring_back(database)

    update(database)

    assert run_script(database, AFTER) == {
        # For two gadgets, whose rare ones wait; the last one isn't completed.
        "rare": [2, 0],
        # Two of 11.00 are in the gadgets' cost; nothing is settled, so no difference.
        "waiting": ["open", 2, 2, 22, 0],
        # Planned, issued, and still demanded.
        "lamp": [[20, 8, 12]],
        "stand": [[8, 8, 0], [12, 7, 5]],
        "run": ["running"],
        "crons": [
            "Backflush: Issue Waiting Components When Stock Arrives",
            "Backflush: Retry Waiting Components",
        ],
        "company": ["allow", False],
    }
    rows = read_rows(database)
    # The version between, which was never published, had a part of it done.
    set_version(database, "19.0.1.4.0")
    update(database)
    assert read_rows(database) == rows

    assert run_script(database, GO_ON) == {
        # Three came back and were issued again, of 20 as planned.
        "lamp": [[20, 20, 0]],
        # Four were changed to seven: nine in all, of which the first ones needed two.
        "gadget": [2, 7],
        "exception": ["settled", 2],
        "states": ["done"],
        "run": ["done"],
        # 1000 less 20 and 20; 9 less 2 and 7; 100 less three times two.
        "stock": [960, 0, 94],
    }


def bring_back(database):
    """Make it a database of 19.0.1.1.0, as far as open work goes."""
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            query(database, f'ALTER TABLE "{table}" DROP COLUMN "{column}" CASCADE')
    for now, before in OLD_NAMES.items():
        query(
            database,
            f"ALTER TABLE mrp_backflush_exception RENAME COLUMN {now} TO {before}",
        )
    first_names = {
        "ir_cron_settle_arrived": "Backflush: Settle Exceptions When Stock Arrives",
        "ir_cron_retry_open": "Backflush: Retry Open Exceptions",
    }
    for cron, name in first_names.items():
        query(
            database,
            """
            UPDATE ir_act_server
               SET name = jsonb_build_object('en_US', %s)
              FROM ir_cron
              JOIN ir_model_data ON ir_model_data.res_id = ir_cron.id
                                AND ir_model_data.model = 'ir.cron'
             WHERE ir_act_server.id = ir_cron.ir_actions_server_id
               AND ir_model_data.module = 'mrp_backflush' AND ir_model_data.name = %s
            """,
            name,
            cron,
        )
    set_version(database, "19.0.1.1.0")


def set_version(database, version):
    query(
        database,
        "UPDATE ir_module_module SET latest_version = %s WHERE name = 'mrp_backflush'",
        version,
    )


def read_rows(database):
    components = """
        SELECT id, state, product_uom_qty, quantity, needed_quantity,
               whole_demand, whole_quantity, whole_number, issue_method
          FROM stock_move ORDER BY id
    """
    exceptions = """
        SELECT id, state, quantity, costed_quantity, costed_value
          FROM mrp_backflush_exception ORDER BY id
    """
    return query(database, components), query(database, exceptions)
