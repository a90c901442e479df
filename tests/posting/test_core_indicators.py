"""What core shows and decides of an order of which components are posted already."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import html

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import BackflushCase
from .core_readers import HARMLESS, KNOWN, find_readers

PRODUCTION = "mrp/models/mrp_production.py:"
MOVE = "mrp/models/stock_move.py:"
OVERVIEW = "mrp/report/mrp_report_mo_overview.py:"


@dataclass(frozen=True)
class Place:
    """A place of core that reads an order's components whatever their state."""

    where: str
    shows: str
    # Runs it: called with the case and the order.
    read: Callable
    # By situation, as the methods of the case are named that make the orders.
    expected: dict[str, Any]


class ReaderCase(BackflushCase):
    """10 tables of 1 plate each; a plate costs 5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plate = cls.create_product("Plate", standard_price=5)
        cls.bom = cls.create_bom((cls.plate, 1, {}), consumption="warning")

    def make_order(self, stock, issued, location=None, bom=None):
        """:param stock: plates that are there before"""
        if stock and self.plate.tracking == "none":
            self.add_stock(self.plate, stock, location=location)
        order = self.make(bom or self.bom, 10)
        if issued:
            self.component(order, self.plate).action_issue(issued)
        return order

    def make(self, bom, quantity):
        order = self.env["mrp.production"].create(
            {"bom_id": bom.id, "product_qty": quantity}
        )
        order.action_confirm()
        return order

    # The situations.

    def six_issued(self):
        """6 of 10, and 94 are left in stock."""
        return self.make_order(100, 6)

    def all_issued(self):
        """10 of 10, and none is left."""
        return self.make_order(10, 10)

    def rest_missing(self):
        """6 of 10, and none of the other 4 is there."""
        return self.make_order(6, 6)

    def two_returned(self):
        """6 of 10 issued and 2 returned: 4 issued, 96 in stock."""
        order = self.six_issued()
        self.component(order, self.plate).action_return(2)
        return order

    def of_lots(self):
        """6 of 10, of lot A; 94 of lot B are left."""
        self.plate.tracking = "lot"
        for name, quantity in (("A", 6), ("B", 94)):
            lot = self.create_lot(self.plate, name)
            self.add_stock(self.plate, quantity, lot)
        return self.make_order(0, 6)

    def of_serial_numbers(self):
        """6 of 10, serial numbers 0 to 5; 6 to 9 are left."""
        self.plate.tracking = "serial"
        for number in range(10):
            lot = self.create_lot(self.plate, str(number))
            self.add_stock(self.plate, 1, lot)
        return self.make_order(0, 6)

    def of_two_steps(self):
        """6 of 10 that were brought to the line; the other 4 are to be picked."""
        self.warehouse.manufacture_steps = "pbm"
        order = self.make_order(6, 0, self.warehouse.pbm_loc_id)
        self.add_stock(self.plate, 94)
        self.component(order, self.plate).action_issue(6)
        return order

    def of_backorder(self):
        """The backorder of 7 after 3 of 10 were produced: 3 of the 6 issued are its."""
        return self.produce(self.six_issued(), 3)

    def of_operations(self, stock=100):
        """6 of 10 at the first of two operations; of what the second needs 3 of 10
        are there."""
        paint = self.create_product("Paint", stock=3)
        bom = self.create_bom(
            (self.plate, 1, {"operation": "Cut"}),
            (paint, 1, {"operation": "Paint"}),
            product=self.create_product("Painted Table"),
            operations=("Cut", "Paint"),
            ready_to_produce="asap",
            consumption="warning",
        )
        return self.make_order(stock, 6, bom=bom)

    def of_operations_all_issued(self):
        """As before, and all 10 plates are issued; none is left."""
        order = self.of_operations(stock=10)
        self.component(order, self.plate).action_issue(4)
        return order

    # What is read.

    def get_issues(self, order):
        return order.move_raw_ids.filtered("issue_component_id")

    def complete(self, order):
        """:return: plates consumed, and plates that have left the stock"""
        self.finish(order.button_mark_done())
        self.assertEqual(order.state, "done")
        return self.consumed(order, self.plate)

    def get_state_after(self, order, action):
        """:return: the states of what is issued, and of the plates still open"""
        action(order)
        component = self.component(order, self.plate)
        return set(self.get_issues(order).mapped("state")), component.state

    def is_refused(self, action):
        try:
            with self.env.cr.savepoint():
                action()
        except UserError:
            return True
        return False

    def overview(self, order):
        report = self.env["report.mrp.report_mo_overview"]
        return report._get_report_data(order.id)

    def get_plate_line(self, order):
        [line] = [
            line
            for line in self.overview(order)["components"]
            if line["summary"]["product_id"] == self.plate.id
        ]
        return line


def read_overview(case, order):
    """Its one line: quantity, when all is there, replenishment, costs."""
    line = case.get_plate_line(order)
    summary = line["summary"]
    return (
        summary["quantity"],
        summary["receipt"]["type"],
        [each["summary"]["model"] for each in line["replenishments"]],
        (summary["mo_cost"], summary["real_cost"]),
    )


def read_overview_with_incoming(case, order):
    """What replenishes the plates, 4 of which are being made."""
    metal = case.create_product("Metal", stock=4)
    case.make(case.create_bom((metal, 1, {}), product=case.plate), 4)
    return [
        (line["summary"]["model"], line["summary"]["quantity"])
        for line in case.get_plate_line(order)["replenishments"]
    ]


def read_overview_after_completion(case, order):
    case.complete(order)
    summary = case.get_plate_line(order)["summary"]
    return summary["quantity"], summary["mo_cost"], summary["real_cost"]


def read_bom_values(case, order):
    lines, _byproducts, _operations = order._get_bom_values()
    return [line[2]["product_qty"] for line in lines]


def read_copy(case, order):
    return order.copy().move_raw_ids.mapped("product_uom_qty")


def read_reported(case, order):
    """Quantities filled in of the plates still open, and those posted."""
    case.report(order, order.product_qty)
    return case.component(order, case.plate).quantity, sum(
        case.get_issues(order).mapped("quantity")
    )


def read_changed_quantity(case, order):
    """Demand and issues after twice as many are to be made."""
    wizard = case.env["change.production.qty"].create(
        {"mo_id": order.id, "product_qty": order.product_qty * 2}
    )
    wizard.change_prod_qty()
    return case.component(order, case.plate).product_uom_qty, sum(
        case.get_issues(order).mapped("quantity")
    )


def read_split(case, order):
    """3 are produced: consumed then, issued of the backorder and still open."""
    backorder = case.produce(order, 3)
    component = case.component(backorder, case.plate)
    return (
        case.consumed(order, case.plate),
        component.issued_quantity,
        component.product_uom_qty,
    )


def read_unbuilt(case, order):
    """In stock after all was completed and unbuilt again."""
    case.complete(order)
    unbuild = case.env["mrp.unbuild"].create(
        {
            "mo_id": order.id,
            "product_id": order.product_id.id,
            "product_qty": order.product_qty,
        }
    )
    unbuild.action_unbuild()
    return case.on_hand(case.plate)


def read_finished_operations(case, order):
    """Filled in after the operations are finished, without what is posted."""
    order.workorder_ids.button_finish()
    return case.component(order, case.plate).quantity


def read_planned(case, order):
    order.button_plan()
    return {move.workorder_id.name for move in case.get_issues(order)}


def read_set_quantities(case, order):
    """13 would be used; *Set Quantities & Validate* makes it 10."""
    case.report(order, order.product_qty)
    case.component(order, case.plate).write(
        {"quantity": 7, "picked": True, "manual_consumption": True}
    )
    case.set_quantities(order.button_mark_done())
    return case.consumed(order, case.plate)


def read_wip(case, order):
    """The components' value in the entry of the work in progress."""
    wizard = case.env["mrp.account.wip.accounting"]
    commands = wizard._get_line_vals(order, fields.Datetime.now())
    return sum(command[2].get("credit", 0) for command in commands)


def read_sheet(case, order):
    """The production order on paper: each line's product, consumed and to consume."""
    content, _type = case.env["ir.actions.report"]._render_qweb_html(
        "mrp.report_mrporder", order.ids
    )
    return [
        tuple(float(cell.text_content().split()[0]) for cell in row.findall("td")[1:3])
        for row in html.fromstring(content).iter("tr")
        if "Plate" in row.text_content() and len(row.findall("td")) > 2
    ]


def read_expiry_question(case, order):
    """Whether core asks, all lots of what was issued having expired meanwhile."""
    case.plate.use_expiration_date = True
    case.get_issues(order).lot_ids.expiration_date = "2020-01-01"
    return bool(order._check_expired_lots())


def read_used_twice(case, order):
    """Numbers named again that are issued already: core says so."""
    component = case.component(order, case.plate)
    used = case.get_issues(order).lot_ids[0]
    line = case.env["stock.move.line"].create(
        {
            **component._prepare_move_line_vals(),
            "lot_id": used.id,
            "quantity": 1,
        }
    )
    return used in (line._get_similar_move_lines() - line).lot_id


def read_added(case, order):
    """The same product added by a person: posted quantity, and what is open."""
    order.move_raw_ids = [
        Command.create({"product_id": case.plate.id, "product_uom_qty": 2})
    ]
    issues = case.get_issues(order)
    return sum(issues.mapped("quantity")), sum(
        (order.move_raw_ids - issues).mapped("product_uom_qty")
    )


def read_cancelled_component(case, order):
    """The order, after the rest of the plates was cancelled."""
    case.component(order, case.plate)._action_cancel()
    return order.state


def read_relocated(case, order):
    """Where the posted and the open ones are from, after the order's source changed."""
    order.location_src_id = case.create_location("Annex")
    return (
        case.get_issues(order).location_id.name,
        case.component(order, case.plate).location_id.name,
    )


def read_operation_type(case, order):
    """Of the posted ones, after the order's operation type changed: where from, state;
    and what is reserved of the others."""
    order.picking_type_id = case.warehouse.manu_type_id.copy()
    issues = case.get_issues(order)
    return (
        issues.location_id.name,
        issues.state,
        case.component(order, case.plate).quantity,
    )


def read_types_after_change(case, order):
    old = order.picking_type_id
    new = order.picking_type_id = old.copy()
    names = {old: "old", new: "new"}
    return (
        names[case.get_issues(order).picking_type_id],
        names[case.component(order, case.plate).picking_type_id],
    )


def read_unreserved(case, order):
    order.do_unreserve()
    return case.component(order, case.plate).quantity, sum(
        case.get_issues(order).mapped("quantity")
    )


def read_reserved(case, order):
    order.do_unreserve()
    order.action_assign()
    return case.component(order, case.plate).quantity, sum(
        case.get_issues(order).mapped("quantity")
    )


def read_genealogy(case, order):
    """Lots that the product was made of, by the traceability report."""
    case.complete(order)
    report = case.env["stock.traceability.report"]
    finished = order.move_finished_ids.move_line_ids
    found = report._get_linked_move_lines(finished)[0]
    return set(found.lot_id.mapped("name"))


def read_filter(case, order):
    """Found as available, and as not available."""
    orders = case.env["mrp.production"]
    return tuple(
        order in orders.search([("components_availability_state", "=", state)])
        for state in ("available", "unavailable")
    )


DONE = {"done"}
PLACES = [
    Place(
        PRODUCTION + "_compute_components_availability",
        "Whether all components are there, or when",
        lambda case, order: order.components_availability_state,
        {
            "six_issued": "available",
            "all_issued": "available",
            "rest_missing": "unavailable",
            "two_returned": "available",
            "of_lots": "available",
            "of_serial_numbers": "available",
            "of_two_steps": "available",
            "of_backorder": "available",
            "of_operations": "unavailable",
        },
    ),
    Place(
        PRODUCTION + "_compute_components_availability",
        "The same in words",
        lambda case, order: order.components_availability,
        {"six_issued": "Available", "rest_missing": "Not Available"},
    ),
    Place(
        PRODUCTION + "_compute_components_availability",
        "The filter on it",
        read_filter,
        {
            "six_issued": (True, False),
            "all_issued": (True, False),
            "rest_missing": (False, True),
        },
    ),
    Place(
        PRODUCTION + "_compute_reservation_state",
        "Whether it is ready",
        lambda case, order: order.reservation_state,
        {
            "six_issued": "assigned",
            "all_issued": "assigned",
            "rest_missing": "confirmed",
            "two_returned": "assigned",
            "of_lots": "assigned",
            "of_two_steps": "waiting",
            "of_backorder": "assigned",
        },
    ),
    Place(
        PRODUCTION + "_get_ready_to_produce_state",
        "Whether it is ready for its first operation",
        lambda case, order: order.reservation_state,
        {"of_operations": "assigned", "of_operations_all_issued": "assigned"},
    ),
    Place(
        PRODUCTION + "_compute_unreserve_visible",
        "Whether *Unreserve* and *Check Availability* are offered",
        lambda case, order: (order.unreserve_visible, order.reserve_visible),
        {
            "six_issued": (True, False),
            "all_issued": (False, False),
            "rest_missing": (False, True),
            "of_lots": (True, False),
        },
    ),
    Place(
        PRODUCTION + "_compute_production_capacity",
        "How much of it can be produced",
        lambda case, order: order.production_capacity,
        {"six_issued": 10, "all_issued": 10},
    ),
    Place(
        PRODUCTION + "_compute_state",
        "Its state",
        lambda case, order: order.state,
        {
            "six_issued": "progress",
            "all_issued": "progress",
            "two_returned": "progress",
            "of_two_steps": "progress",
            "of_backorder": "progress",
            "of_operations": "progress",
        },
    ),
    Place(
        PRODUCTION + "_compute_delay_alert_date",
        "Whether something is late",
        lambda case, order: order.delay_alert_date,
        {"six_issued": False, "of_two_steps": False},
    ),
    Place(
        PRODUCTION + "_compute_json_popover",
        "What is late",
        lambda case, order: order.json_popover,
        {"six_issued": False, "of_two_steps": False},
    ),
    Place(
        PRODUCTION + "_compute_show_lot_ids",
        "Whether lots are offered",
        lambda case, order: order.show_lot_ids,
        {"six_issued": False, "of_lots": True},
    ),
    Place(
        PRODUCTION + "_auto_production_checks",
        "Whether it can be completed without a report",
        lambda case, order: order._auto_production_checks(),
        {"six_issued": True, "all_issued": True, "of_lots": True},
    ),
    Place(
        PRODUCTION + "_set_qty_producing",
        "What a report fills in",
        read_reported,
        {
            "six_issued": (4, 6),
            "all_issued": (0, 10),
            "two_returned": (6, 4),
            "of_lots": (4, 6),
            "of_backorder": (4, 3),
        },
    ),
    Place(
        PRODUCTION + "_post_inventory",
        "What completing consumes in all",
        lambda case, order: case.complete(order),
        {
            "six_issued": 10,
            "all_issued": 10,
            "two_returned": 10,
            "of_lots": 10,
            "of_serial_numbers": 10,
            "of_backorder": 7,
            "of_operations": 10,
        },
    ),
    Place(
        PRODUCTION + "button_mark_done",
        "What it leaves open",
        lambda case, order: (
            case.complete(order)
            and set(order.move_raw_ids.mapped("state")) <= {"done", "cancel"}
        ),
        {"six_issued": True, "all_issued": True},
    ),
    Place(
        PRODUCTION + "_set_quantities",
        "What is taken for unreported lots",
        lambda case, order: (
            order._set_quantities() or case.component(order, case.plate).quantity
        ),
        {"of_lots": 4, "of_serial_numbers": 4},
    ),
    Place(
        PRODUCTION + "_check_sn_uniqueness",
        "Whether a serial number was used before",
        lambda case, order: case.is_refused(order._check_sn_uniqueness),
        {"of_serial_numbers": False},
    ),
    Place(
        PRODUCTION + "_get_consumption_issues",
        "What deviates from the BoM",
        lambda case, order: (
            case.report(order, order.product_qty) or order._get_consumption_issues()
        ),
        {"six_issued": [], "all_issued": [], "of_lots": [], "of_backorder": []},
    ),
    Place(
        PRODUCTION + "_split_productions",
        "A backorder's share",
        read_split,
        # 3 of the 6 are used, 3 go over, and 4 of the backorder's 7 are open.
        {"six_issued": (3, 3, 4), "all_issued": (3, 7, 0), "two_returned": (3, 1, 6)},
    ),
    Place(
        PRODUCTION + "_action_cancel",
        "Cancelled: what is issued would be lost",
        lambda case, order: case.is_refused(order.action_cancel),
        {"six_issued": True, "all_issued": True},
    ),
    Place(
        PRODUCTION + "_link_bom",
        "Another BoM: what is issued would be taken for its components",
        lambda case, order: case.is_refused(lambda: order._link_bom(case.bom)),
        {"six_issued": True},
    ),
    Place(
        PRODUCTION + "_get_bom_values",
        "A BoM made of the order",
        read_bom_values,
        {"six_issued": [10], "all_issued": [10], "two_returned": [10]},
    ),
    Place(
        PRODUCTION + "copy_data",
        "A copy's components",
        read_copy,
        {"six_issued": [10], "all_issued": [10], "of_backorder": [7]},
    ),
    Place(
        PRODUCTION + "_update_raw_moves",
        "Demand and issues after twice as many are to be made",
        read_changed_quantity,
        {"six_issued": (14, 6), "all_issued": (10, 10), "of_backorder": (11, 3)},
    ),
    Place(
        "mrp/wizard/change_production_qty.py:change_prod_qty",
        "The same of an order with operations",
        read_changed_quantity,
        {"of_operations": (14, 6)},
    ),
    Place(
        PRODUCTION + "_link_workorders_and_moves",
        "Whose operation a posted component is",
        read_planned,
        {"of_operations": {"Cut"}},
    ),
    Place(
        PRODUCTION + "action_confirm",
        "Confirmed once more",
        lambda case, order: case.get_state_after(
            order, lambda order: order.action_confirm()
        ),
        {"six_issued": (DONE, "assigned"), "of_two_steps": (DONE, "waiting")},
    ),
    Place(
        PRODUCTION + "action_assign",
        "Reserved, and posted",
        read_reserved,
        {"six_issued": (4, 6), "all_issued": (0, 10), "of_lots": (4, 6)},
    ),
    Place(
        MOVE + "_action_assign",
        "The order on the lines reserved and posted",
        lambda case, order: (
            (order.action_assign() and order.move_raw_ids.move_line_ids.production_id)
            == order
        ),
        {"six_issued": True, "of_operations": True},
    ),
    Place(
        PRODUCTION + "do_unreserve",
        "Reserved, and posted",
        read_unreserved,
        {"six_issued": (0, 6), "all_issued": (0, 10), "of_lots": (0, 6)},
    ),
    Place(
        PRODUCTION + "button_scrap",
        "Products that may be scrapped: what is issued is on the order still",
        lambda case, order: (
            case.plate.id in order.button_scrap()["context"]["product_ids"]
        ),
        {"six_issued": True, "all_issued": True},
    ),
    Place(
        PRODUCTION + "write",
        "Another operation type: what is posted stays, the rest is reserved anew",
        read_operation_type,
        {"six_issued": ("Stock", "done", 4)},
    ),
    Place(
        "mrp/models/mrp_workorder.py:button_finish",
        "What finishing the operations fills in",
        read_finished_operations,
        {"of_operations": 4, "of_operations_all_issued": 0},
    ),
    Place(
        "mrp/models/mrp_workorder.py:button_scrap",
        "Products that may be scrapped",
        lambda case, order: (
            case.plate.id
            in order.workorder_ids[0].button_scrap()["context"]["product_ids"]
        ),
        {"of_operations": True},
    ),
    Place(
        "mrp/models/mrp_unbuild.py:_generate_produce_moves",
        "What unbuilding brings back",
        read_unbuilt,
        {"six_issued": 100, "all_issued": 10, "two_returned": 100},
    ),
    Place(
        "mrp/models/mrp_unbuild.py:action_unbuild",
        "What unbuilding brings back, of lots",
        read_unbuilt,
        {"of_lots": 100, "of_serial_numbers": 10},
    ),
    Place(
        "mrp/models/product.py:_search_product_is_in_mo",
        "Products of the order, in its catalog",
        lambda case, order: (
            case.plate
            in case.env["product.product"]
            .with_context(order_id=order.id)
            .search([("product_catalog_product_is_in_mo", "=", True)])
        ),
        {"six_issued": True, "all_issued": True},
    ),
    Place(
        MOVE + "_action_cancel",
        "Whether an order is cancelled of which the open components are",
        read_cancelled_component,
        {"six_issued": "progress"},
    ),
    Place(
        MOVE + "_update_candidate_moves_list",
        "Posted, and open after 2 more were added",
        read_added,
        {"six_issued": (6, 6)},
    ),
    Place(
        MOVE + "_compute_location_id",
        "Where it was taken from",
        read_relocated,
        {"six_issued": ("Stock", "Annex")},
    ),
    Place(
        MOVE + "_compute_picking_type_id",
        "The operation type that it was posted with, and that of the rest",
        read_types_after_change,
        {"six_issued": ("old", "new")},
    ),
    Place(
        "mrp/models/stock_move_line.py:_get_similar_move_lines",
        "Whether a number is used twice",
        read_used_twice,
        {"of_serial_numbers": True},
    ),
    Place(
        "mrp/models/stock_traceability.py:_get_linked_move_lines",
        "Of which lots it was made",
        read_genealogy,
        {"of_lots": {"A", "B"}},
    ),
    Place(
        "mrp/wizard/mrp_consumption_warning.py:action_set_qty",
        "What is used after *Set Quantities & Validate*",
        read_set_quantities,
        {"six_issued": 10},
    ),
    Place(
        OVERVIEW + "_get_components_data",
        "MO Overview: quantity, receipt, replenishment, costs",
        read_overview,
        # 10 at 5 each are planned.
        {
            "six_issued": (10, "available", [], (50, 30)),
            "all_issued": (10, "available", [], (50, 50)),
            "rest_missing": (10, "unavailable", ["to_order"], (50, 30)),
            "two_returned": (10, "available", [], (50, 20)),
        },
    ),
    Place(
        OVERVIEW + "_get_replenishments_from_forecast",
        "MO Overview: what is on the way for the rest",
        read_overview_with_incoming,
        # 4 in an order of 4.
        {"rest_missing": [("mrp.production", 4)], "six_issued": []},
    ),
    Place(
        OVERVIEW + "_get_replenishment_from_moves",
        "MO Overview of a completed order: quantity and costs",
        read_overview_after_completion,
        {"six_issued": (10, 50, 50), "all_issued": (10, 50, 50)},
    ),
    Place(
        OVERVIEW + "_get_report_data",
        "MO Overview: when all is there, and its costs",
        lambda case, order: tuple(
            case.overview(order)["summary"][name] for name in ("mo_cost", "bom_cost")
        ),
        {"six_issued": (50, 50), "all_issued": (50, 50), "rest_missing": (50, 50)},
    ),
    Place(
        "mrp/report/mrp_production_templates.xml",
        "The sheet of the order: consumed and to consume, of each line",
        read_sheet,
        # What is open, and what was issued.
        {"six_issued": [(4, 4), (6, 6)]},
    ),
    Place(
        "mrp/report/mrp_workorder_templates.xml",
        "The same on the sheet of an operation",
        read_sheet,
        {"of_operations": [(4, 4), (6, 6)]},
    ),
    Place(
        "mrp_account/wizard/mrp_wip_accounting.py:_get_line_vals",
        "The value of the work in progress",
        read_wip,
        {"six_issued": 30, "all_issued": 50, "two_returned": 20, "of_lots": 30},
    ),
    Place(
        "mrp_product_expiry/models/mrp_production.py:_check_expired_lots",
        "Whether expired lots are asked about",
        read_expiry_question,
        {"of_lots": False},
    ),
]
# In modules that only the base of test_core_indicators_beside has.
BESIDE = {
    "project_mrp_account/models/mrp_production.py:write",
    "purchase_mrp/report/mrp_report_mo_overview.py:_get_extra_replenishments",
}


@tagged("post_install", "-at_install")
class TestListOfReaders(ReaderCase):
    def test_each_place_of_core_is_named(self):
        """A new place in core is looked at, and put into a list."""
        tested = {place.where for place in PLACES}
        named = tested | BESIDE | set(HARMLESS) | set(KNOWN)
        self.assertEqual(find_readers() - named, set(), "not looked at")
        self.assertEqual(named - find_readers(), set(), "not in core any more")
        self.assertEqual((tested | BESIDE) & set(HARMLESS), set(), "in both")

    def test_subcontracting_orders_have_nothing_issued(self):
        """On that others are named harmless for them."""
        order = self.make_order(100, 0)
        order.bom_id.type = "subcontract"
        self.assertTrue(
            self.is_refused(lambda: self.component(order, self.plate).action_issue(6))
        )


class PlaceCase(ReaderCase):
    """Each place is run in each situation that it names."""

    def run_places(self, situation):
        order = getattr(self, situation)()
        self.assertNotEqual(order.state, "done")
        for place in PLACES:
            if situation in place.expected:
                with (
                    self.subTest(place.where, shows=place.shows),
                    self.env.cr.savepoint() as savepoint,
                ):
                    found = place.read(self, order)
                    self.assertEqual(found, place.expected[situation], place.shows)
                    savepoint.rollback()


@tagged("post_install", "-at_install")
class TestReaders(PlaceCase):
    def test_situations(self):
        """All are run."""
        named = {name for place in PLACES for name in place.expected}
        tested = {name.removeprefix("test_") for name in dir(self)}
        self.assertLessEqual(named, tested)

    def test_six_issued(self):
        self.run_places("six_issued")

    def test_all_issued(self):
        self.run_places("all_issued")

    def test_rest_missing(self):
        self.run_places("rest_missing")

    def test_two_returned(self):
        self.run_places("two_returned")

    def test_of_lots(self):
        self.run_places("of_lots")

    def test_of_serial_numbers(self):
        self.run_places("of_serial_numbers")

    def test_of_two_steps(self):
        self.run_places("of_two_steps")

    def test_of_backorder(self):
        self.run_places("of_backorder")

    def test_of_operations(self):
        self.run_places("of_operations")

    def test_of_operations_all_issued(self):
        self.run_places("of_operations_all_issued")


@tagged("post_install", "-at_install")
class TestOverview(ReaderCase):
    def test_what_is_on_the_way_is_for_what_is_open(self):
        """Two lines of 1 plate each: those of the first are issued, those of the
        second are being made."""
        bom = self.create_bom(
            (self.plate, 1, {"sequence": 1}),
            (self.plate, 1, {"sequence": 2}),
            product=self.create_product("Bench"),
        )
        self.add_stock(self.plate, 10)
        order = self.make(bom, 10)
        first, second = order.move_raw_ids
        first.action_issue(10)
        # Core lists what is issued after its component, and before the next one.
        self.env.invalidate_all()
        metal = self.create_product("Metal", stock=10)
        made = self.make(self.create_bom((metal, 1, {}), product=self.plate), 10)
        lines = {
            line["summary"]["move_id"]: line
            for line in self.overview(order)["components"]
        }
        self.assertEqual(lines[first.id]["replenishments"], [])
        [replenishment] = lines[second.id]["replenishments"]
        self.assertEqual(replenishment["summary"]["model"], "mrp.production")
        self.assertEqual(replenishment["summary"]["id"], made.id)
        self.assertEqual(lines[second.id]["summary"]["receipt"]["type"], "expected")


@tagged("post_install", "-at_install")
class TestExpiredLots(ReaderCase):
    """Plates of lots that may expire: 6 of lot A are issued, and 4 of lot B are
    reserved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plate.write({"tracking": "lot", "use_expiration_date": True})
        cls.lots = cls.env["stock.lot"]
        for name, quantity in (("A", 6), ("B", 4)):
            lot = cls.create_lot(cls.plate, name)
            lot.expiration_date = fields.Datetime.add(fields.Datetime.now(), days=30)
            cls.add_stock(cls.plate, quantity, lot)
            cls.lots += lot

    def setUp(self):
        super().setUp()
        self.order = self.make_order(0, 6)
        self.assertEqual(self.get_issues(self.order).lot_ids, self.lots[0])
        self.assertEqual(self.component(self.order, self.plate).lot_ids, self.lots[1])

    def let_expire(self, lots):
        lots.expiration_date = fields.Datetime.subtract(fields.Datetime.now(), days=1)

    def forecast(self, orders):
        dialog = self.env["mrp.complete.orders"].with_context(
            **orders.action_complete_orders()["context"]
        )
        return dialog.create({}).line_ids

    def test_posted_lots_bring_no_question(self):
        self.let_expire(self.lots[0])
        self.assertIs(self.order.button_mark_done(), True)
        self.assertEqual(self.order.state, "done")
        self.assertEqual(self.consumed(self.order, self.plate), 10)

    def test_complete_orders_says_nothing_of_posted_lots(self):
        self.let_expire(self.lots[0])
        line = self.forecast(self.order)
        self.assertEqual((line.feasibility, line.message), ("feasible", ""))
        [answer] = self.order.complete_orders()
        self.assertEqual((answer["result"], answer["message"]), ("done", ""))

    def test_lots_that_will_be_used_bring_the_question(self):
        self.let_expire(self.lots)
        action = self.order.button_mark_done()
        self.assertEqual(action["res_model"], "expiry.picking.confirmation")
        dialog = self.open(action)
        self.assertEqual(
            action["context"]["default_lot_ids"], [(Command.SET, 0, self.lots[1].ids)]
        )
        dialog.press("confirm_produce")
        self.assertEqual(self.order.state, "done")

    def test_complete_orders_foresees_the_question(self):
        self.let_expire(self.lots)
        line = self.forecast(self.order)
        self.assertEqual(line.feasibility, "person")
        self.assertEqual(line.message, "Lots past their date would be used")
        [answer] = self.order.complete_orders()
        self.assertEqual(answer["result"], "failed")
        self.assertIn("lots past their date would be used", answer["message"])

    def test_question_about_several_orders(self):
        """Nothing of the one order is left to be used, of the other one lot C is."""
        lot = self.create_lot(self.plate, "C")
        self.add_stock(self.plate, 10, lot)
        other = self.make_order(0, 0)
        self.assertEqual(self.component(other, self.plate).lot_ids, lot)
        self.let_expire(self.lots[0] + lot)
        action = (self.order + other).button_mark_done()
        [[_command, _zero, lot_ids]] = action["context"]["default_lot_ids"]
        self.assertEqual(lot_ids, lot.ids)
        self.assertEqual(
            self.forecast(self.order + other).mapped("feasibility"),
            ["feasible", "person"],
        )

    def test_core_alone_where_nothing_is_issued(self):
        self.component(self.order, self.plate).action_return(6)
        self.let_expire(self.lots)
        action = self.order.button_mark_done()
        self.assertEqual(action["res_model"], "expiry.picking.confirmation")
