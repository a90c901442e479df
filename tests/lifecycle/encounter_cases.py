"""What the two do who meet: see encounters.py. In Odoo's shell.

Each case has frames of its own, of which a table takes one. It returns the two actions,
and what is to be looked at in the end.
"""

from odoo import Command

from .encounters import on, one_after_the_other


def look_at(encounter, *orders):
    """:return: a function that says what became of the frames of these orders"""

    def look():
        order = encounter.env["mrp.production"].union(*orders)
        order |= order.production_group_id.production_ids
        posted = order.move_raw_ids.filtered(lambda move: move.state == "done")
        exceptions = order.backflush_exception_ids.filtered(
            lambda exception: exception.state == "open"
        )
        return {
            "there": encounter.frame.qty_available,
            "used": sum(posted.mapped("quantity")),
            "waiting": sum(exceptions.mapped("quantity")),
            "made": sum(each.qty_produced for each in order if each.state == "done"),
        }

    return look


# Beside an inventory count.


def count_on_screen(encounter, quantity):
    """As the web client: typed in the list of stock, and applied at once."""
    quant = encounter.get_quant()

    def act(own):
        own["stock.quant"].browse(quant.ids).with_context(inventory_mode=True).write(
            {"inventory_quantity_auto_apply": quantity}
        )

    return act


def count_and_apply(encounter, quantity):
    """Entered before, applied now."""
    quant = encounter.get_quant().with_context(inventory_mode=True)
    quant.inventory_quantity = quantity
    return on(quant, "action_apply_inventory")


def count_in_dialog(encounter, quantity):
    quant = encounter.get_quant().with_context(inventory_mode=True)
    quant.inventory_quantity = quantity
    dialog = encounter.env["stock.inventory.adjustment.name"].create(
        {"quant_ids": [Command.set(quant.ids)]}
    )
    return on(dialog, "action_apply")


def count_where_nothing_was(encounter, quantity):
    """Where there has never been a quant."""
    frame, stock = encounter.frame.id, encounter.stock.id

    def act(own):
        own["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": frame,
                "location_id": stock,
                "inventory_quantity_auto_apply": quantity,
            }
        )

    return act


def settle_beside_count(encounter, count=count_on_screen):
    exception = encounter.create_exception()
    return [
        on(exception, "action_retry"),
        count(encounter, 1),
    ], look_at(encounter, exception.production_id)


def settle_beside_applied_count(encounter):
    return settle_beside_count(encounter, count_and_apply)


def settle_beside_dialog(encounter):
    return settle_beside_count(encounter, count_in_dialog)


def complete_beside_count(encounter):
    encounter.put(10)
    order = encounter.create_order()
    return [
        on(order, "button_mark_done"),
        count_on_screen(encounter, 4),
    ], look_at(encounter, order)


def issue_beside_count(encounter):
    encounter.put(10)
    order = encounter.create_order()
    return [
        on(order.move_raw_ids, "action_issue"),
        count_on_screen(encounter, 4),
    ], look_at(encounter, order)


def two_counts_of_what_was_not_there(encounter):
    return [
        count_where_nothing_was(encounter, 4),
        count_where_nothing_was(encounter, 4),
    ], look_at(encounter, encounter.create_order())


# Beside a change of the order.


def complete_beside_change(encounter):
    """10 are reserved; 6 are to be made, or 10 are made."""
    encounter.put(10)
    order = encounter.create_order()
    order.action_assign()
    dialog = encounter.env["change.production.qty"].create(
        {"mo_id": order.id, "product_qty": 6}
    )
    return [
        on(order, "button_mark_done"),
        on(dialog, "change_prod_qty"),
    ], look_at(encounter, order)


def complete_beside_other_orders_change(encounter):
    """20 are there, 10 of them reserved; the other order is changed to 15."""
    encounter.put(20)
    order, other = encounter.create_order(), encounter.create_order()
    other.action_assign()
    dialog = encounter.env["change.production.qty"].create(
        {"mo_id": other.id, "product_qty": 15}
    )
    return [
        on(order, "button_mark_done"),
        on(dialog, "change_prod_qty"),
    ], look_at(encounter, order)


def complete_beside_written_quantity(encounter):
    encounter.put(20)
    order, other = encounter.create_order(), encounter.create_order()
    other.action_assign()
    return [
        on(order, "button_mark_done"),
        on(other, "write", {"product_qty": 5}),
    ], look_at(encounter, order)


def complete_beside_written_components(encounter):
    encounter.put(20)
    order, other = encounter.create_order(), encounter.create_order()
    other.action_assign()
    values = {"product_uom_qty": 5}
    return [
        on(order, "button_mark_done"),
        on(
            other,
            "write",
            {"move_raw_ids": [Command.update(other.move_raw_ids.id, values)]},
        ),
    ], look_at(encounter, order)


def complete_beside_unreserve(encounter):
    encounter.put(20)
    order, other = encounter.create_order(), encounter.create_order()
    (order | other).action_assign()
    return [
        on(order, "button_mark_done"),
        on(other, "do_unreserve"),
    ], look_at(encounter, order)


def complete_beside_split(encounter):
    encounter.put(20)
    order, other = encounter.create_order(), encounter.create_order()
    (order | other).action_assign()
    split = encounter.env["mrp.production.split"].create(
        {"production_id": other.id, "max_batch_size": 5}
    )
    split.production_detailed_vals_ids = [
        Command.clear(),
        *(
            Command.create({"quantity": 5, "date": other.date_start})
            for _part in range(2)
        ),
    ]
    return [
        on(order, "button_mark_done"),
        on(split, "action_split"),
    ], look_at(encounter, order)


def complete_beside_merge(encounter):
    encounter.put(30)
    orders = encounter.env["mrp.production"].union(
        *(encounter.create_order() for _each in range(3))
    )
    orders.action_assign()
    return [
        on(orders[0], "button_mark_done"),
        on(orders[1:], "action_merge"),
    ], look_at(encounter, orders[0])


def complete_beside_cancelled_order(encounter):
    encounter.put(20)
    order, other = encounter.create_order(), encounter.create_order()
    (order | other).action_assign()
    return [
        on(order, "button_mark_done"),
        on(other, "action_cancel"),
    ], look_at(encounter, order)


def complete_twice(encounter):
    """A person's *Done* beside *Complete Orders*."""
    encounter.put(7)
    order = encounter.create_order()
    return [
        on(order, "button_mark_done"),
        on(order, "complete_orders"),
    ], look_at(encounter, order)


def complete_many_in_opposite_order(encounter):
    """15 of 20 are there."""
    encounter.put(15)
    orders = encounter.create_order() | encounter.create_order()
    return [
        on(orders, "complete_orders"),
        on(orders[::-1], "complete_orders"),
    ], look_at(encounter, orders)


# Beside the editing of an exception.


def settle_beside_edited_quantity(encounter):
    """3 wait and 5 are there; or 4 wait."""
    exception = encounter.create_exception()
    return [
        on(exception, "action_retry"),
        on(exception, "write", {"quantity": 4}),
    ], look_at(encounter, exception.production_id)


def settle_beside_edited_location(encounter):
    exception = encounter.create_exception()
    encounter.put(5, location=encounter.shelf)
    return [
        on(exception, "action_retry"),
        on(exception, "write", {"location_id": encounter.shelf.id}),
    ], look_at(encounter, exception.production_id)


def settle_beside_edited_lot(encounter):
    frame = encounter.frame
    frame.tracking = "lot"
    lots = encounter.env["stock.lot"].create(
        [{"name": name, "product_id": frame.id} for name in ("A", "B")]
    )
    order = encounter.create_order()
    order.button_mark_done()
    for lot in lots:
        encounter.put(10, lot=lot)
    exception = order.backflush_exception_ids
    return [
        on(exception, "action_retry"),
        on(exception, "write", {"lot_id": lots[1].id}),
    ], look_at(encounter, order)


def complete_beside_edited_exception(encounter):
    """5 are there; 3 of another order wait, and reserve what they can."""
    exception = encounter.create_exception()
    order = encounter.create_order(4)
    return [
        on(order, "button_mark_done"),
        on(exception, "write", {"quantity": 2}),
    ], look_at(encounter, order)


# Beside a transfer.


def write_and_validate(picking, quantity):
    """In one transaction."""
    move = picking.move_ids
    values = {"quantity": quantity, "picked": True}
    return one_after_the_other(
        on(picking, "write", {"move_ids": [Command.update(move.id, values)]}),
        on(picking, "button_validate"),
    )


def settle_beside_receipt(encounter):
    """3 wait, 2 are there, and 4 come."""
    exception = encounter.create_exception(arrived=2)
    picking = encounter.create_picking("in", 4)
    picking.action_confirm()
    return [
        on(exception, "action_retry"),
        write_and_validate(picking, 4),
    ], look_at(encounter, exception.production_id)


def two_first_receipts(encounter):
    """Where there has never been a quant: 10 wait and 4 come, and 4 more."""
    order = encounter.create_order()
    order.button_mark_done()
    pickings = [encounter.create_picking("in", 4) for _each in range(2)]
    for picking in pickings:
        picking.action_confirm()
    return [write_and_validate(picking, 4) for picking in pickings], look_at(
        encounter, order
    )


def settle_beside_delivery(encounter):
    """3 wait, 5 are there, and 4 are delivered."""
    exception = encounter.create_exception()
    exception.pending_move_id._do_unreserve()
    picking = encounter.create_picking("out", 4)
    picking.action_confirm()
    return [
        on(exception, "action_retry"),
        write_and_validate(picking, 4),
    ], look_at(encounter, exception.production_id)


def complete_beside_transfer(encounter):
    """15 are there; 10 are needed, and 5 are brought to the shelf below."""
    encounter.put(15)
    order = encounter.create_order()
    picking = encounter.create_picking("int", 5)
    picking.action_confirm()
    return [
        on(order, "button_mark_done"),
        write_and_validate(picking, 5),
    ], look_at(encounter, order)


def complete_beside_new_delivery(encounter):
    """Created, reserved and validated by a script, in one transaction: 5 of 15."""
    encounter.put(15)
    order = encounter.create_order()
    values = encounter.create_picking("out", 5).copy_data()[0]

    def deliver(own):
        picking = own["stock.picking"].create(dict(values))
        picking.action_confirm()
        picking.action_assign()
        picking.move_ids.picked = True
        picking.button_validate()

    return [on(order, "button_mark_done"), deliver], look_at(encounter, order)


# Other movements of the component.


def complete_beside_scrap(encounter):
    """10 of 14 are needed, 4 are thrown away."""
    encounter.put(14)
    order = encounter.create_order()
    scrap = encounter.env["stock.scrap"].create(
        {
            "product_id": encounter.frame.id,
            "scrap_qty": 4,
            "location_id": encounter.stock.id,
        }
    )
    return [
        on(order, "button_mark_done"),
        on(scrap, "action_validate"),
    ], look_at(encounter, order)


def return_beside_completion(encounter):
    """6 were issued; 2 of them come back, or 10 are made of them and 4 others."""
    encounter.put(10)
    order = encounter.create_order()
    order.move_raw_ids.action_issue(6)
    component = order.move_raw_ids.filtered(lambda move: not move.issue_component_id)
    return [
        on(order, "button_mark_done"),
        on(component, "action_return", 2),
    ], look_at(encounter, order)


def settle_beside_return(encounter):
    """3 of one order wait; of another one 6 were issued, and come back."""
    encounter.put(6)
    other = encounter.create_order(6)
    other.move_raw_ids.action_issue(6)
    component = other.move_raw_ids.filtered(lambda move: not move.issue_component_id)
    exception = encounter.create_exception(arrived=2)
    return [
        on(exception, "action_retry"),
        on(component, "action_return"),
    ], look_at(encounter, exception.production_id)


def settle_beside_unbuild(encounter):
    """3 of one order wait and 2 are there; another one's 4 are unbuilt."""
    encounter.put(4)
    other = encounter.create_order(4)
    other.button_mark_done()
    exception = encounter.create_exception(arrived=2)
    unbuild = encounter.env["mrp.unbuild"].create(
        {
            "product_id": encounter.table.id,
            "bom_id": encounter.bom.id,
            "mo_id": other.id,
            "product_qty": 4,
        }
    )
    return [
        on(exception, "action_retry"),
        on(unbuild, "action_unbuild"),
    ], look_at(encounter, exception.production_id)


def settle_beside_correction(encounter):
    """3 of one order wait, 5 are there; of another completed one 2 more were used."""
    encounter.put(4)
    other = encounter.create_order(4)
    other.button_mark_done()
    exception = encounter.create_exception()
    exception.pending_move_id._do_unreserve()
    values = {"quantity": 6}
    return [
        on(exception, "action_retry"),
        on(
            other,
            "write",
            {"move_raw_ids": [Command.update(other.move_raw_ids.id, values)]},
        ),
    ], look_at(encounter, exception.production_id | other)


def two_issue_the_same_component(encounter):
    """15 of 20 are there."""
    encounter.put(15)
    orders = [encounter.create_order() for _each in range(2)]
    return [on(order.move_raw_ids, "action_issue") for order in orders], look_at(
        encounter, *orders
    )


def issue_in_dialog_beside_completion(encounter):
    """15 of 20 are there."""
    encounter.put(15)
    order, other = encounter.create_order(), encounter.create_order()
    dialog = encounter.env["mrp.component.issue"].create({"production_id": other.id})
    dialog.action_fill_in()
    return [
        on(order, "button_mark_done"),
        on(dialog, "action_issue"),
    ], look_at(encounter, order, other)


def settle_beside_cancellation(encounter):
    exception = encounter.create_exception()
    return [
        on(exception, "action_retry"),
        on(exception, "action_cancel", "Not used"),
    ], look_at(encounter, exception.production_id)


def retry_two_in_opposite_order(encounter):
    """3 and 10 wait, and 5 are there."""
    exceptions = encounter.create_exception(arrived=0)
    other = encounter.create_order()
    other.button_mark_done()
    exceptions |= other.backflush_exception_ids
    encounter.put(5)
    return [
        on(exceptions, "action_retry"),
        on(exceptions[::-1], "action_retry"),
    ], look_at(encounter, *exceptions.production_id)


def work_orders_finished(encounter):
    """15 of 20 are there; each operation takes 10."""
    encounter.put(15)
    bom = encounter.bom
    centers = encounter.env["mrp.workcenter"].create([{"name": "One"}, {"name": "Two"}])
    operations = encounter.env["mrp.routing.workcenter"].create(
        [
            {"name": center.name, "bom_id": bom.id, "workcenter_id": center.id}
            for center in centers
        ]
    )
    bom.bom_line_ids = [
        Command.clear(),
        *(
            Command.create(
                {
                    "product_id": encounter.frame.id,
                    "product_qty": 1,
                    "operation_id": operation.id,
                    "issue_method": "operation",
                }
            )
            for operation in operations
        ),
    ]
    order = encounter.create_order()
    return [
        on(workorder, "button_finish") for workorder in order.workorder_ids
    ], look_at(encounter, order)


# Lots and serial numbers, where shortages are allowed.


def look_at_lots(encounter, product):
    def look():
        lots = encounter.env["stock.lot"].search([("product_id", "=", product.id)])
        return {"lots": lots.mapped("name"), "there": product.qty_available}

    return look


def report(encounter, lot_name):
    table = encounter.table.id

    def act(own):
        own["mrp.production.report"].report_production(table, 1, lot_name)

    return act


def same_serial_reported(encounter):
    encounter.put(10)
    encounter.table.tracking = "serial"
    action = report(encounter, "S1")
    return [action, action], look_at_lots(encounter, encounter.table)


def same_lot_reported(encounter):
    encounter.put(10)
    encounter.table.tracking = "lot"
    action = report(encounter, "L1")
    return [action, action], look_at_lots(encounter, encounter.table)


def same_known_serial_reported(encounter):
    """The number is there, of a table that was never made."""
    encounter.put(10)
    encounter.table.tracking = "serial"
    encounter.env["stock.lot"].create({"name": "S1", "product_id": encounter.table.id})
    action = report(encounter, "S1")
    return [action, action], look_at_lots(encounter, encounter.table)


def enter_lot(order, name):
    """As the order's form, with a new number; and done, in one transaction."""
    values = {"name": name, "product_id": order.product_id.id}

    def act(own):
        own_order = own["mrp.production"].browse(order.id)
        own_order.lot_producing_ids = own["stock.lot"].create(dict(values))
        own_order.qty_producing = own_order.product_qty
        own_order.button_mark_done()

    return act


def same_serial_on_two_orders(encounter):
    encounter.put(10)
    encounter.table.tracking = "serial"
    orders = [encounter.create_order(1) for _each in range(2)]
    return [enter_lot(order, "S1") for order in orders], look_at_lots(
        encounter, encounter.table
    )


def new_serial_in_two_forms(encounter):
    """The number is stored when it is typed; then the order is completed."""
    encounter.put(10)
    encounter.table.tracking = "serial"
    orders = [encounter.create_order(1) for _each in range(2)]
    values = {"name": "S1", "product_id": encounter.table.id}

    def enter_and_complete(order):
        def act(own):
            lot = own["stock.lot"].create(dict(values))
            own.cr.commit()
            own_order = own["mrp.production"].browse(order.id)
            own_order.write({"lot_producing_ids": lot.ids, "qty_producing": 1})
            own_order.button_mark_done()

        return act

    def look():
        return {"there": encounter.table.qty_available}

    return [enter_and_complete(order) for order in orders], look


def same_serials_in_two_dialogs(encounter):
    encounter.put(10)
    encounter.table.tracking = "serial"
    dialogs = [
        encounter.env["mrp.production.serials"].create(
            {
                "production_id": encounter.create_order(2).id,
                "serial_numbers": "S1\nS2",
            }
        )
        for _each in range(2)
    ]
    return [on(dialog, "action_apply") for dialog in dialogs], look_at_lots(
        encounter, encounter.table
    )


def same_lot_on_two_orders(encounter):
    encounter.put(10)
    encounter.table.tracking = "lot"
    orders = [encounter.create_order(1) for _each in range(2)]
    return [enter_lot(order, "L1") for order in orders], look_at_lots(
        encounter, encounter.table
    )


def serial_reported_and_on_order(encounter):
    encounter.put(10)
    encounter.table.tracking = "serial"
    order = encounter.create_order(1)
    return [enter_lot(order, "S1"), report(encounter, "S1")], look_at_lots(
        encounter, encounter.table
    )


def same_known_serial_on_two_orders(encounter):
    encounter.put(10)
    encounter.table.tracking = "serial"
    lot = encounter.env["stock.lot"].create(
        {"name": "S1", "product_id": encounter.table.id}
    )
    orders = [encounter.create_order(1) for _each in range(2)]
    for order in orders:
        order.write({"lot_producing_ids": lot.ids, "qty_producing": 1})
    return [on(order, "button_mark_done") for order in orders], look_at_lots(
        encounter, encounter.table
    )


def prepare_serial_component(encounter):
    """One frame with a number; two orders of one table each."""
    frame = encounter.frame
    frame.tracking = "serial"
    lot = encounter.env["stock.lot"].create({"name": "C1", "product_id": frame.id})
    encounter.put(1, lot=lot)
    return lot, [encounter.create_order(1) for _each in range(2)]


def complete_with(order, lot):
    """The number entered on the order, and done."""
    component = order.move_raw_ids
    line = {
        "product_id": component.product_id.id,
        "lot_id": lot.id,
        "quantity": 1,
        "picked": True,
    }

    def act(own):
        own_order = own["mrp.production"].browse(order.id)
        own_order.qty_producing = 1
        move = own["stock.move"].browse(component.ids)
        move.move_line_ids.unlink()
        move.write({"move_line_ids": [Command.create(dict(line))], "picked": True})
        own_order.button_mark_done()

    return act


def component_serial_on_two_orders(encounter):
    lot, orders = prepare_serial_component(encounter)
    return [complete_with(order, lot) for order in orders], look_at_lots(
        encounter, encounter.frame
    )


def component_serial_issued_twice(encounter):
    lot, orders = prepare_serial_component(encounter)
    return [
        on(order.move_raw_ids, "action_issue", None, lot.ids) for order in orders
    ], look_at_lots(encounter, encounter.frame)
