"""Receipts and transfers of a world."""

from client import press

from odoo.fields import Command


def receive(world, products, quantities=(2, 5, 10, 20)):
    """Receive some of each from a supplier, with lots, packages and owners."""
    picking_type = world.warehouse.in_type_id
    places = {
        "location_id": world.env.ref("stock.stock_location_suppliers").id,
        "location_dest_id": world.draw.choice(world.locations).id,
    }
    picking = world.env["stock.picking"].create(
        {
            "picking_type_id": picking_type.id,
            "partner_id": world.partner.id,
            "move_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "product_uom_qty": world.draw.choice(quantities),
                        "price_unit": world.draw.choice((0, 1, 2.5, 3.33)),
                        **places,
                    }
                )
                for product in products
            ],
            **places,
        }
    )
    picking.action_confirm()
    world.say(
        ", ".join(f"{m.product_uom_qty} {m.product_id.name}" for m in picking.move_ids)
    )
    for move in picking.move_ids:
        if not move.is_subcontract:
            _fill(world, move)
    validate(world, picking)


def _fill(world, move):
    """Record what came in: by lots, in packages and an owner's, where there are any."""
    is_owned = world.has_owners and world.draw.random() < 0.4
    is_packed = world.has_packages and world.draw.random() < 0.5
    move.move_line_ids.unlink()
    move.move_line_ids = [
        Command.create(
            {
                **move._prepare_move_line_vals(),
                "quantity": size,
                "lot_name": move.has_tracking != "none" and world.name_lot(),
                "owner_id": is_owned and index % 2 == 0 and world.owner.id,
                "result_package_id": is_packed and _create_package(world).id,
                "picked": True,
            }
        )
        for index, size in enumerate(_get_sizes(world, move))
    ]


def _get_sizes(world, move):
    quantity = round(move.product_uom_qty)
    if move.has_tracking == "serial":
        return [1] * quantity
    part = world.draw.randint(1, quantity)
    return [size for size in (part, quantity - part) if size]


def _create_package(world):
    return world.env["stock.package"].create({"name": f"PACK-{world.name_lot()}"})


def validate(world, picking):
    """Validate a transfer, as it is reserved or a part of it."""
    world.say(picking.name)
    if world.draw.random() < 0.2:
        for move in picking.move_ids.filtered(lambda m: m.has_tracking == "none"):
            move.quantity = max(1, round(move.product_uom_qty) // 2)
            move.picked = True
    for line in picking.move_line_ids:
        if line.product_id.tracking != "none" and not (line.lot_id or line.lot_name):
            line.lot_name = world.name_lot()
    press(world, picking, "button_validate")
