"""What the benchmarks of completion share: Odoo's settings, components in stock, a bill
of materials and its orders."""

import os

from odoo.tools import config

# Of components: not reserved and untracked, or by lot; untracked and reserved.
KINDS = ("untracked", "lots", "reserved")
LOTS = 5


def set_up_odoo(log_level="error"):
    """Read from the environment where Odoo's addons and data are."""
    config.parse_config(
        [
            f"--addons-path={os.environ['ADDONS_PATH']}",
            f"--data-dir={os.environ['DATA_DIR']}",
            f"--log-level={log_level}",
            "--no-http",
        ]
    )


def create_parts_of_kind(env, number, kind, orders):
    """Create components that are in stock, more than these orders need.

    :param kind: one of KINDS
    """
    is_tracked = kind == "lots"
    quantity = 2 * (orders // LOTS + 1) if is_tracked else 10 * orders
    return create_parts(env, ["lot" if is_tracked else "none"] * number, quantity)


def create_parts(env, trackings, quantity, lots=LOTS):
    """Create components that are in stock.

    :param trackings: of each component: "none" or "lot"
    :param quantity: in stock of each, in every lot of it
    """
    warehouse = env["stock.warehouse"].search([], limit=1)
    parts = env["product.product"].create(
        [
            {
                "name": f"Part {number}",
                "is_storable": True,
                "standard_price": 1,
                "tracking": tracking,
            }
            for number, tracking in enumerate(trackings)
        ]
    )
    for part in parts:
        held = [None]
        if part.tracking == "lot":
            held = env["stock.lot"].create(
                [{"name": f"Lot {each}", "product_id": part.id} for each in range(lots)]
            )
        for lot in held:
            env["stock.quant"]._update_available_quantity(
                part, warehouse.lot_stock_id, quantity, lot_id=lot
            )
    return parts


def create_category(env, cost_method):
    return env["product.category"].create(
        {"name": cost_method, "property_cost_method": cost_method}
    )


def create_bom(env, parts, **values):
    """Create a product made of one of each of these.

    :param values: the product's
    """
    product = env["product.product"].create(
        {"name": "Product", "is_storable": True, **values}
    )
    return env["mrp.bom"].create(
        {
            "product_tmpl_id": product.product_tmpl_id.id,
            "bom_line_ids": [
                (0, 0, {"product_id": part.id, "product_qty": 1}) for part in parts
            ],
        }
    )


def create_orders(bom, number, is_reserved=False):
    """Create confirmed orders of one product each."""
    orders = bom.env["mrp.production"].create(
        [
            {
                "product_id": bom.product_tmpl_id.product_variant_id.id,
                "bom_id": bom.id,
                "product_qty": 1,
            }
            for _number in range(number)
        ]
    )
    orders.action_confirm()
    if is_reserved:
        orders.action_assign()
    else:
        orders.do_unreserve()
    return orders


def create_run(env, order_ids, user=None):
    """Put orders into a run of *Complete Orders*, in the background."""
    return env["mrp.completion.run"].create(
        {
            "user_id": (user or env.user).id,
            "company_id": env.company.id,
            "line_ids": [(0, 0, {"production_id": order}) for order in order_ids],
        }
    )
