"""The clicks that `make story` follows: what is prepared, and what is called then."""

from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import patch

from odoo.fields import Command

QUANTITY = 10


class Factory:
    """A company at default settings that makes tables of one board each.

    :param rule: its rule for shortages
    :param name: the company's
    """

    def __init__(self, env, rule, name=None):
        company = env["res.company"].create(
            {"name": name or f"Story, {rule}", "shortage_rule": rule}
        )
        user = env.ref("base.user_admin")
        user.company_ids += company
        self.env = env(user=user, context={"allowed_company_ids": company.ids})
        # Odoo makes one for a company only where tests run.
        warehouses = env["stock.warehouse"]
        warehouse = warehouses.search(
            [("company_id", "=", company.id)], limit=1
        ) or warehouses.create({"company_id": company.id, "code": "STORY"})
        self.stock = warehouse.lot_stock_id
        self.table, self.board = self.env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Table", "Board")]
        )
        self.bom = self.create_bom()

    def create_bom(self, **values):
        """:param values: the component's"""
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.table.product_tmpl_id.id,
                "bom_line_ids": [
                    Command.create({"product_id": self.board.id, **values})
                ],
            }
        )

    def create_bom_with_operation(self):
        workcenter = self.env["mrp.workcenter"].create({"name": "Bench"})
        bom = self.create_bom(issue_method="operation")
        bom.operation_ids = [
            Command.create({"name": "Assemble", "workcenter_id": workcenter.id})
        ]
        bom.bom_line_ids.operation_id = bom.operation_ids
        return bom

    def create_order(self, bom=None):
        order = self.env["mrp.production"].create(
            {
                "product_id": self.table.id,
                "bom_id": (bom or self.bom).id,
                "product_qty": QUANTITY,
            }
        )
        order.action_confirm()
        return order

    def receive(self):
        """What an order needs."""
        self.env["stock.quant"].sudo()._update_available_quantity(
            self.board, self.stock, QUANTITY
        )


def done(factory):
    factory.receive()
    return factory.create_order().button_mark_done


def finish_operation(factory):
    factory.receive()
    [workorder] = factory.create_order(
        factory.create_bom_with_operation()
    ).workorder_ids
    workorder.button_start()
    return workorder.button_finish


def issue(factory):
    factory.receive()
    return factory.create_order().move_raw_ids.action_issue


def give_back(factory):
    factory.receive()
    component = factory.create_order().move_raw_ids
    component.action_issue()
    return component.action_return


def settle(factory):
    order = factory.create_order()
    order.button_mark_done()
    factory.receive()
    return order.backflush_exception_ids.action_retry


def work_on_run(factory):
    factory.receive()
    order = factory.create_order()
    runs = factory.env["mrp.completion.run"].sudo()
    run = runs.create(
        {
            "user_id": factory.env.uid,
            "company_id": factory.env.company.id,
            "line_ids": [Command.create({"production_id": order.id})],
        }
    )
    cursor = factory.env.cr

    def work():
        # All but the end of the transaction.
        with patch.object(cursor, "commit", cursor.flush):
            runs._work()
        assert run.line_ids.result == "done", run.line_ids.message

    return work


def report(factory):
    factory.receive()
    reports = factory.env["mrp.production.report"]
    return lambda: reports.report_production(factory.table.id, QUANTITY)


def undo(factory):
    answer = report(factory)()
    return factory.env["mrp.production.report"].browse(answer["id"]).action_undo


def count(factory):
    """A line is counted, of which a piece is missing, and the sheet is validated."""
    # In a company of its own: what is kept of the others says that they don't count.
    factory = Factory(factory.env(su=True), "allow", "Story, counts")
    factory.env.company.use_line_count = True
    factory.receive()
    factory.receive()
    factory.create_order().button_mark_done()
    sheet = factory.env["mrp.line.count"].create({"location_id": factory.stock.id})
    sheet.action_load()

    def count_and_validate():
        sheet.line_ids.counted_quantity = QUANTITY - 1
        sheet.action_validate()
        assert sheet.share_ids.quantity == 1

    return count_and_validate


def preview(factory):
    factory.receive()
    return factory.create_order().get_backflush_plan


@dataclass(frozen=True)
class Click:
    """:param prepare: called with the factory, it does what comes before and returns
        what the click calls
    :param rule: the company's for shortages
    """

    name: str
    prepare: Callable
    rule: str = "allow"


CLICKS = {
    "done": Click("Done", done),
    "operation": Click("A work order's finish, method *operation*", finish_operation),
    "issue": Click("Issue Components, park", issue, "park"),
    "return": Click("Return Components", give_back),
    "settle": Click("An exception's retry", settle, "park"),
    "run": Click("Complete Orders, one line of a run", work_on_run),
    "report": Click("Report Production", report),
    "undo": Click("Undo of a report", undo),
    "preview": Click("Backflush Preview", preview),
    "count": Click("A Line Count: one line, and Validate", count),
}
