"""Orders in every state that the module can leave them in. In Odoo's shell.

Used with the module installed, and, the part below ``ORDERS``, without it as well.
"""

from odoo import Command

from .processes import Workshop
from .proposals import Planners


class Factory(Workshop):
    """Tables of one frame each; every order has a frame of its own, at 5.00 each."""

    def __init__(self, env):
        super().__init__(env)
        category = {"name": "Furniture"}
        if "property_cost_method" in env["product.category"]._fields:
            category["property_cost_method"] = "average"
        self.category = env["product.category"].create(category)

    def create_order(self, on_hand, quantity=10, **frame):
        order = super().create_order(0, quantity)
        (order.product_id | order.move_raw_ids.product_id).categ_id = self.category
        order.move_raw_ids.product_id.write({"standard_price": 5.0, **frame})
        self.receive(order.move_raw_ids.product_id, on_hand)
        order.action_assign()
        return order

    def receive(self, product, quantity):
        return super().receive(product, quantity) if quantity else None

    def report(self, order, quantity):
        """As who types the quantity on the order."""
        order.qty_producing = quantity
        order.set_qty_producing()


def live(env):
    """Have orders in all states.

    :return: their ids by name
    """
    factory = Factory(env)
    return {name: make(factory).id for name, make in ORDERS.items()}


def _parked(factory):
    """4 issued, 6 wait; all of them have arrived meanwhile."""
    order = factory.create_order(4)
    order.move_raw_ids.action_issue()
    factory.receive(order.move_raw_ids.product_id, 6)
    order.backflush_exception_ids.pending_move_id._action_assign()
    return order


def _parked_and_reported(factory):
    """4 issued, 6 wait, and 10 are reported as produced."""
    order = _parked(factory)
    factory.report(order, 10)
    return order


def _parked_and_completed(factory):
    """7 posted, 3 wait and have arrived."""
    order = factory.create_order(7)
    order.button_mark_done()
    factory.receive(order.move_raw_ids.product_id, 5)
    order.backflush_exception_ids.pending_move_id._action_assign()
    return order


def _partly_settled(factory):
    """7 posted, 2 settled, 1 waits."""
    order = factory.create_order(7)
    order.button_mark_done()
    factory.receive(order.move_raw_ids.product_id, 2)
    order.backflush_exception_ids.action_retry()
    return order


def _issued(factory):
    """6 of 10 issued."""
    order = factory.create_order(10)
    order.move_raw_ids.action_issue(6)
    return order


def _issued_in_full(factory):
    order = factory.create_order(10)
    order.move_raw_ids.action_issue()
    return order


def _issued_and_returned(factory):
    """6 of 10 issued, 2 of them returned."""
    order = factory.create_order(10)
    component = order.move_raw_ids
    component.action_issue(6)
    component.action_return(2)
    return order


def _issued_of_lot(factory):
    """6 of 10 issued, of lot A with 20."""
    order = factory.create_order(0, tracking="lot")
    frame = order.move_raw_ids.product_id
    lot = factory.env["stock.lot"].create({"name": "A", "product_id": frame.id})
    factory.env["stock.quant"]._update_available_quantity(
        frame, factory.stock, 20, lot_id=lot
    )
    order.move_raw_ids.action_issue(6, [lot.id])
    return order


def _manual(factory, recorded=None):
    order = factory.create_order(10)
    order.move_raw_ids.issue_method = "manual"
    if recorded is not None:
        order.move_raw_ids.write({"quantity": recorded, "picked": True})
    return order


def _recorded(factory):
    """A person has used 7."""
    return _manual(factory, recorded=7)


def _recorded_unused(factory):
    return _manual(factory, recorded=0)


def _recorded_and_reported(factory):
    """A person has used 7, and 10 are reported as produced."""
    order = _recorded(factory)
    factory.report(order, 10)
    return order


def _manual_and_reported(factory):
    """10 are reported, and nobody has said what was used."""
    order = _manual(factory)
    factory.report(order, 10)
    return order


def _manual_and_issued(factory):
    """6 issued by hand, 10 are reported as produced."""
    order = _manual(factory)
    order.move_raw_ids.action_issue(6)
    factory.report(order, 10)
    return order


def _in_run(factory):
    """The second of two orders of a run, of which the first one is completed."""
    orders = factory.create_order(10) | factory.create_order(10)
    run = factory.env["mrp.completion.run"].create(
        {
            "user_id": factory.env.uid,
            "company_id": factory.env.company.id,
            "line_ids": [Command.create({"production_id": each.id}) for each in orders],
        }
    )
    run.line_ids[0]._process_together()
    return orders[1]


def _reported(factory):
    """Made by Report Production."""
    planned = factory.create_order(10)
    planned.action_cancel()
    report = factory.env["mrp.production.report"].report_production(
        planned.product_id.id, 10
    )
    return factory.env["mrp.production"].browse(report["production_id"])


def _at_count(factory):
    """Frames are At Count."""
    factory.env.company.use_line_count = True
    order = factory.create_order(10)
    order.move_raw_ids.issue_method = "count"
    return order


def _left_to_count(factory):
    """Completed, and nobody has counted yet."""
    order = _at_count(factory)
    order.button_mark_done()
    return order


def _count(factory, order, quantity):
    sheet = factory.env["mrp.line.count"].create({"location_id": factory.stock.id})
    line = factory.env["mrp.line.count.line"].create(
        {
            "count_id": sheet.id,
            "product_id": order.move_raw_ids.product_id.id,
            "counted_quantity": quantity,
        }
    )
    line.count_id.action_validate()


def _counted(factory):
    """10 of 12 used, and 1 is left by a count."""
    factory.env.company.use_line_count = True
    order = factory.create_order(12)
    order.button_mark_done()
    _count(factory, order, 1)
    return order


def _issued_and_counted(factory):
    """6 of 12 issued, and 5 are left by a count."""
    factory.env.company.use_line_count = True
    order = factory.create_order(12)
    order.move_raw_ids.action_issue(6)
    _count(factory, order, 5)
    return order


ORDERS = {
    "parked": _parked,
    "parked and reported": _parked_and_reported,
    "parked and completed": _parked_and_completed,
    "partly settled": _partly_settled,
    "issued": _issued,
    "issued in full": _issued_in_full,
    "issued and returned": _issued_and_returned,
    "issued of a lot": _issued_of_lot,
    "recorded": _recorded,
    "recorded as unused": _recorded_unused,
    "recorded and reported": _recorded_and_reported,
    "manual and reported": _manual_and_reported,
    "manual and issued": _manual_and_issued,
    "in a run": _in_run,
    "reported production": _reported,
    "at count": _at_count,
    "left to a count": _left_to_count,
    "counted": _counted,
    "issued and counted": _issued_and_counted,
}


def leave_traces(env):
    """What people and administrators make beside the orders."""
    # As the file of the scheduled action advises.
    env.ref("mrp_backflush.ir_cron_complete_orders").copy()
    order = _parked_and_completed(Factory(env))
    exception = order.backflush_exception_ids
    exception.activity_schedule("mail.mail_activity_data_todo", summary="Look at it")
    exception.message_post(body=env._("Seen"))
    env["ir.attachment"].create(
        {"name": "Photo", "res_model": exception._name, "res_id": exception.id}
    )
    env["ir.filters"].create(
        {"name": "Mine", "model_id": exception._name, "user_ids": [env.uid]}
    )
    sheet = env["mrp.line.count"].create({"location_id": order.location_src_id.id})
    sheet.action_load()
    sheet.line_ids[:1].counted_quantity = 3
    sheet.activity_schedule("mail.mail_activity_data_todo", summary="Count it")
    sheet.message_post(body=env._("Begun"))
    env["ir.filters"].create(
        {"name": "Mine", "model_id": sheet._name, "user_ids": [env.uid]}
    )
    env["ir.default"].set("stock.move", "issue_method", "manual", user_id=True)
    env["ir.exports"].create({"name": "List", "resource": exception._name})
    _leave_proposals(env)


def _leave_proposals(env):
    """One that was applied, one that was rejected, and one that is open."""
    applied = Planners(env)
    applied.propose().action_apply()
    applied.bom.standard_lot = 100
    Planners(env).propose().action_reject("The pump leaked")
    proposal = Planners(env).propose()
    dialog = env["mrp.bom.proposal.reject"]
    dialog.create({"proposal_id": proposal.id, "reason": "To be seen"})
    for model in (proposal._name, "mrp.consumption.analysis"):
        env["ir.filters"].create(
            {"name": "Mine", "model_id": model, "user_ids": [env.uid]}
        )
        env["ir.exports"].create({"name": "List", "resource": model})
    env["ir.attachment"].create(
        {"name": "Photo", "res_model": proposal._name, "res_id": proposal.id}
    )
