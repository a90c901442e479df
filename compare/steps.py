"""What people do in a world, and the scheduler. A step is drawn, done by a drawn actor.

A step that finds nothing to work on raises Nothing before it changes anything. What it
does it says in words (`World.say`), for whoever reads a difference.
"""

from client import press
from transfers import receive, validate

from odoo.fields import Command
from odoo.tests import Form

OPEN = ("confirmed", "progress", "to_close")
UNPOSTED = ("confirmed", "assigned", "partially_available")
# Of whole pieces: what core adds up without rounding.
QUANTITIES = (1, 2, 3, 4, 5, 6, 8, 10)

# (function, weight)
STEPS = []


class Nothing(Exception):
    """There is nothing that this step could be done with."""


def step(weight):
    def register(function):
        STEPS.append((function, weight))
        return function

    return register


def choose(world, records):
    if not records:
        raise Nothing
    return records[world.draw.randrange(len(records))]


def choose_order(world, *states):
    return choose(world, world.find("mrp.production", ("state", "in", states)))


def choose_component(world, order, *states):
    moves = order.move_raw_ids.filtered(lambda move: move.state in states)
    return choose(world, moves.sorted("id"))


# Orders.


@step(10)
def create_order(world):
    bom = choose(world, [bom for bom in world.boms if bom.type == "normal"])
    quantity = world.draw.choice(QUANTITIES)
    product = bom.product_tmpl_id.product_variant_id
    world.say(f"{quantity} {product.name}")
    values = {
        "product_id": product.id,
        "bom_id": bom.id,
        "product_qty": quantity,
        "picking_type_id": world.warehouse.manu_type_id.id,
    }
    order = world.env["mrp.production"].create(values)
    if world.draw.random() < 0.9:
        order.action_confirm()


@step(2)
def create_order_by_form(world):
    bom = choose(world, [bom for bom in world.boms if bom.type == "normal"])
    form = Form(world.env["mrp.production"])
    form.picking_type_id = world.warehouse.manu_type_id.with_env(world.env)
    form.product_id = bom.product_tmpl_id.product_variant_id.with_env(world.env)
    form.bom_id = bom.with_env(world.env)
    form.product_qty = world.draw.choice(QUANTITIES)
    order = form.save()
    world.say(f"{order.product_qty} {order.product_id.name}")
    order.action_confirm()


@step(2)
def confirm(world):
    order = choose_order(world, "draft")
    world.say(order.name)
    order.action_confirm()


@step(2)
def plan(world):
    order = choose_order(world, "confirmed", "progress")
    world.say(order.name)
    order.button_unplan() if order.is_planned else order.button_plan()


@step(1)
def reschedule(world):
    order = choose_order(world, "draft", *OPEN)
    world.say(order.name)
    order.date_start = world.now(days=world.draw.randint(-2, 5))


@step(5)
def reserve(world):
    order = choose_order(world, *OPEN)
    button = world.draw.choice(("action_assign", "action_assign", "do_unreserve"))
    world.say(f"{button} of {order.name}")
    getattr(order, button)()


@step(3)
def change_quantity(world):
    # Core rounds up what it rounded up before.
    if world.has_fractions:
        raise Nothing
    order = choose_order(world, *OPEN)
    quantity = world.draw.choice(QUANTITIES)
    world.say(f"{order.name} of {order.product_qty} to {quantity}")
    world.env["change.production.qty"].create(
        {"mo_id": order.id, "product_qty": quantity}
    ).change_prod_qty()


@step(2)
def split(world):
    if world.has_fractions:
        raise Nothing
    order = choose_order(world, "draft", "confirmed")
    form = Form.from_action(world.env, order.action_split())
    form.max_batch_size = world.draw.choice((1, 2, 3))
    world.say(f"{order.name} of {order.product_qty} by {form.max_batch_size}")
    form.save().action_split()


@step(2)
def merge(world):
    first = choose_order(world, "confirmed")
    same = world.find(
        "mrp.production",
        ("state", "=", "confirmed"),
        ("bom_id", "=", first.bom_id.id),
        ("product_id", "=", first.product_id.id),
    )
    if len(same) < 2:
        raise Nothing
    world.say(", ".join(same.mapped("name")))
    same.action_merge()


@step(1)
def cancel_order(world):
    order = choose_order(world, "draft", *OPEN)
    world.say(order.name)
    order.action_cancel()


@step(1)
def copy_order(world):
    order = choose_order(world, "draft", "done", "cancel", *OPEN)
    world.say(order.name)
    order.copy().action_confirm()


@step(1)
def change_bom(world):
    bom = choose(world, [bom for bom in world.boms if bom.type == "normal"])
    line = choose(world, bom.bom_line_ids)
    line.product_qty = line.product_qty * world.draw.choice((2, 3))
    world.say(f"{line.product_id.name} of {bom.product_tmpl_id.name}")
    for order in world.find("mrp.production", ("is_outdated_bom", "=", True))[:1]:
        world.say(order.name)
        order.action_update_bom()


# Components of an order.


@step(3)
def record_quantity(world):
    order = choose_order(world, *OPEN)
    move = choose_component(
        world, order, "confirmed", "assigned", "partially_available"
    )
    quantity = world.draw.choice((0, 1, move.product_uom_qty, move.product_uom_qty + 1))
    world.say(f"{quantity} of {move.product_id.name} in {order.name}")
    move.write({"quantity": quantity, "picked": world.draw.random() < 0.7})


@step(2)
def record_quantity_by_form(world):
    order = choose_order(world, *OPEN)
    index = world.draw.randrange(len(order.move_raw_ids) or 1)
    quantity = world.draw.choice((0, 1, 2, 5))
    world.say(f"{quantity} of component {index} in {order.name}")
    with Form(order) as form, form.move_raw_ids.edit(index) as line:
        line.quantity = quantity


@step(2)
def change_demand(world):
    order = choose_order(world, "draft", *OPEN)
    move = choose_component(world, order, "draft", *UNPOSTED)
    move.product_uom_qty += world.draw.choice((-1, 1, 2))
    world.say(f"{move.product_id.name} in {order.name} to {move.product_uom_qty}")


@step(1)
def change_place(world):
    order = choose_order(world, *OPEN)
    place = world.draw.choice(world.locations).with_env(world.env)
    world.say(f"{order.name} takes from {place.name}")
    if world.draw.random() < 0.5:
        order.location_src_id = place
    else:
        move = choose_component(world, order, "confirmed", "waiting", "assigned")
        world.say(move.product_id.name)
        move.location_id = place


@step(2)
def add_component(world):
    order = choose_order(world, "draft", *OPEN)
    product = world.draw.choice(world.components)
    world.say(f"{product.name} to {order.name}")
    order.move_raw_ids = [
        Command.create({"product_id": product.id, "product_uom_qty": 2})
    ]


@step(1)
def remove_component(world):
    order = choose_order(world, "draft", *OPEN)
    move = choose_component(world, order, "draft", "confirmed", "assigned")
    world.say(f"{move.product_id.name} from {order.name}")
    order.move_raw_ids = [Command.delete(move.id)]


# Reporting.


def prepare_lots(world, order):
    """Give an order the lot or the serial numbers of what it makes."""
    if order.product_tracking == "none" or order.lot_producing_ids:
        return
    is_serial = order.product_tracking == "serial"
    count = round(order.qty_producing or order.product_qty) if is_serial else 1
    order.lot_producing_ids = world.env["stock.lot"].create(
        [
            {"name": world.name_lot(), "product_id": order.product_id.id}
            for _number in range(count)
        ]
    )
    # Scripts leave this out.
    if is_serial and world.draw.random() < 0.8:
        order.qty_producing = count
        order.set_qty_producing()


def complete(world, orders):
    for order in orders:
        prepare_lots(world, order)
    world.say(", ".join(orders.mapped("name")))
    press(world, orders, "button_mark_done")


def bring_components(world, order):
    """Most often what is picked for an order is brought, and reserved."""
    if world.draw.random() < 0.7:
        for picking in order.picking_ids.filtered(lambda p: p.state == "assigned"):
            validate(world, picking)
        order.action_assign()


@step(12)
def complete_order(world):
    order = choose_order(world, *OPEN)
    bring_components(world, order)
    complete(world, order)


@step(3)
def complete_orders(world):
    orders = world.find("mrp.production", ("state", "in", OPEN))
    if len(orders) < 2:
        raise Nothing
    complete(world, orders[: world.draw.randint(2, 4)])


def choose_typed_order(world):
    """Of serial numbers the form counts what is produced itself."""
    orders = world.find("mrp.production", ("state", "in", OPEN))
    return choose(world, orders.filtered(lambda o: o.product_tracking != "serial"))


def type_produced(world, order):
    """Type a part of what is ordered, or more than it, on the form."""
    with Form(order) as form:
        form.qty_producing = world.draw.randint(1, max(1, int(order.product_qty) + 1))
    world.say(f"{order.qty_producing} of {order.product_qty} in {order.name}")


@step(4)
def report_quantity(world):
    type_produced(world, choose_typed_order(world))


@step(8)
def complete_part(world):
    order = choose_order(world, *OPEN)
    bring_components(world, order)
    if order.product_tracking == "serial":
        order.qty_producing = world.draw.randint(1, max(1, int(order.product_qty)))
    else:
        type_produced(world, order)
    complete(world, order)


@step(2)
def report_serials(world):
    orders = world.find("mrp.production", ("state", "in", OPEN))
    order = choose(world, orders.filtered(lambda o: o.product_tracking == "serial"))
    count = world.draw.randint(1, int(order.product_qty))
    world.say(f"{count} serial numbers for {order.name}")
    first = world.name_lot()
    world.lots += count
    dialog = world.env["mrp.production.serials"].create(
        {"production_id": order.id, "lot_name": first, "lot_quantity": count}
    )
    dialog.action_generate_serial_numbers()
    dialog.action_apply()


@step(1)
def report_nothing(world):
    order = choose_typed_order(world)
    world.say(order.name)
    with Form(order) as form:
        form.qty_producing = 0


@step(6)
def work(world):
    open_states = ("blocked", "ready", "progress")
    workorder = choose(
        world,
        world.find("mrp.workorder", ("state", "in", open_states)).filtered(
            lambda workorder: workorder.production_id.state in OPEN
        ),
    )
    button = world.draw.choice(
        ("button_start", "button_finish", "button_finish", "button_pending")
    )
    world.say(f"{button} of {workorder.name} of {workorder.production_id.name}")
    getattr(workorder, button)()


# After completion.


@step(3)
def edit_done_order(world):
    order = choose_order(world, "done")
    if order.is_locked:
        order.action_toggle_is_locked()
    if order.product_tracking != "serial" and world.draw.random() < 0.3:
        quantity = world.draw.choice(QUANTITIES)
        world.say(f"{order.name} produced {quantity}")
        with Form(order) as form:
            form.qty_producing = quantity
    else:
        move = choose_component(world, order, "done")
        # Not more, nor a part of several lines: docs/differences.md.
        is_one_line = len(move.move_line_ids) == 1
        quantity = world.draw.choice((0, 1, 2)) if is_one_line else 0
        quantity = min(quantity, move.quantity)
        world.say(f"{quantity} of {move.product_id.name} in {order.name}")
        move.quantity = quantity


@step(3)
def unbuild(world):
    order = choose_order(world, "done")
    quantity = world.draw.randint(1, max(1, int(order.qty_produced)))
    is_serial = order.product_tracking == "serial"
    world.say(f"{order.name}, {quantity}")
    values = {
        "mo_id": order.id,
        "product_id": order.product_id.id,
        "product_qty": 1 if is_serial else quantity,
        "location_id": world.warehouse.lot_stock_id.id,
        "location_dest_id": world.warehouse.lot_stock_id.id,
    }
    if order.product_tracking != "none":
        values["lot_id"] = order.lot_producing_ids[:1].id
    press(world, world.env["mrp.unbuild"].create(values), "action_validate")


@step(3)
def scrap(world):
    order = choose_order(world, "done", *OPEN)
    is_component = order.state != "done"
    product = order.product_id
    if is_component:
        product = choose(world, order.move_raw_ids.sorted("id")).product_id
    world.say(f"{product.name} of {order.name}")
    lot = product.tracking != "none" and world.find_lot(product)
    record = world.env["stock.scrap"].create(
        {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "scrap_qty": 1,
            "production_id": order.id,
            "location_id": world.warehouse.lot_stock_id.id,
            "lot_id": lot and lot.id,
        }
    )
    press(world, record, "action_validate")


# Stock.


@step(8)
def receive_goods(world):
    """Rather what open orders lack."""
    orders = world.find("mrp.production", ("state", "in", OPEN))
    lacking = orders.move_raw_ids.filtered(lambda m: m.state in UNPOSTED).product_id
    lacking = [product for product in world.components if product in lacking]
    receive(
        world,
        world.draw.sample(lacking, min(2, len(lacking)))
        or [world.draw.choice(world.components)],
    )


@step(2)
def receive_subcontracted(world):
    [bom] = [bom for bom in world.boms if bom.type == "subcontract"]
    receive(world, [bom.product_tmpl_id.product_variant_id])


@step(8)
def validate_transfer(world):
    states = ("assigned", "confirmed", "waiting")
    picking = choose(world, world.find("stock.picking", ("state", "in", states)))
    validate(world, picking)


@step(4)
def deliver(world):
    product = world.draw.choice(world.products)
    picking_type = world.warehouse.out_type_id
    places = {
        "location_id": picking_type.default_location_src_id.id,
        "location_dest_id": world.env.ref("stock.stock_location_customers").id,
    }
    quantity = world.draw.choice(QUANTITIES)
    world.say(f"{quantity} {product.name}")
    is_to_order = world.mto_route in product.route_ids
    line = {
        "product_id": product.id,
        "product_uom_qty": quantity,
        "procure_method": "make_to_order" if is_to_order else "make_to_stock",
        **places,
    }
    picking = world.env["stock.picking"].create(
        {
            "picking_type_id": picking_type.id,
            "partner_id": world.partner.id,
            "move_ids": [Command.create(line)],
            **places,
        }
    )
    picking.action_confirm()
    if world.draw.random() < 0.5:
        validate(world, picking)


@step(3)
def return_goods(world):
    picking = choose(
        world,
        world.find("stock.picking", ("state", "=", "done"), ("move_ids", "!=", 0)),
    )
    dialog = (
        world.env["stock.return.picking"]
        .with_context(active_id=picking.id, active_model="stock.picking")
        .create({"picking_id": picking.id})
    )
    for line in dialog.product_return_moves:
        line.quantity = world.draw.choice((0, 1, 1, line.move_quantity))
    world.say(f"{picking.name}: {dialog.product_return_moves.mapped('quantity')}")
    action = dialog.action_create_returns()
    validate(world, world.env["stock.picking"].browse(action["res_id"]))


@step(1)
def cancel_transfer(world):
    states = ("assigned", "confirmed", "waiting")
    picking = choose(world, world.find("stock.picking", ("state", "in", states)))
    world.say(picking.name)
    picking.action_cancel()


@step(2)
def count_stock(world):
    quants = world.env["stock.quant"].search(
        [
            ("product_id", "in", [product.id for product in world.components]),
            ("location_id", "child_of", world.warehouse.lot_stock_id.id),
        ],
        order="id",
    )
    quant = choose(world, quants.sorted(world.describe_quant))
    quantity = world.draw.choice((0, 1)) if quant.lot_id else world.draw.randint(0, 20)
    world.say(f"{quantity} {world.describe_quant(quant)}")
    quant.with_context(inventory_mode=True).inventory_quantity = quantity
    quant.action_apply_inventory()


@step(1)
def change_cost(world):
    product = world.draw.choice(world.components)
    product.with_env(world.env).standard_price = world.draw.choice((0, 1, 4, 2.19))
    world.say(f"{product.name} {product.standard_price}")


@step(2)
def run_scheduler(world):
    world.sudo()["stock.rule"].run_scheduler()


@step(1)
def tidy_quants(world):
    world.sudo()["stock.quant"]._quant_tasks()


@step(2)
def wait_days(world):
    days = world.draw.choice((1, 3, 6, 12))
    world.say(f"{days} days")
    world.clock.wait(days=days)
