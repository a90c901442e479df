"""Where core reads the components of an order: found in its source, so that no place is
forgotten."""

import ast
import re
from functools import cache
from pathlib import Path

import odoo.addons

# Fields by which core comes to components, from an order, a work order or a line.
READS = re.compile(
    r"move_raw_ids|raw_material_production_id|move_line_raw_ids|raw_moves?\b"
    r"|consume_line_ids|produce_line_ids"
)
ADDON = re.compile(r"(^|_)mrp($|_)")
OWN_ADDON = "mrp_backflush"
# What neither decides nor shows anything while people work.
LEFT_OUT = {"tests", "i18n", "upgrades", "data", "security"}


@cache
def find_readers():
    """:return: all places, as ``addon/folders/file.py:function``, or a file that isn't
    Python's; fields are no place, what reads them is"""
    return frozenset(
        f"{addon.name}/{path.relative_to(addon)}{function}"
        for addon, path in find_files()
        for function in _find_functions(path)
    )


def find_files():
    for addons in map(Path, odoo.addons.__path__):
        for addon in sorted(addons.iterdir()):
            if not ADDON.search(addon.name) or addon.name == OWN_ADDON:
                continue
            for path in addon.rglob("*"):
                is_left_out = LEFT_OUT & set(path.relative_to(addon).parts)
                if path.suffix in (".py", ".xml", ".js") and not is_left_out:
                    yield addon, path


def _find_functions(path):
    """:return: names of methods after a colon, of all else nothing, once"""
    source = path.read_text()
    if not READS.search(source):
        return
    if path.suffix != ".py":
        yield ""
        return
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef):
            continue
        for function in node.body:
            if isinstance(function, ast.FunctionDef):
                body = "\n".join(lines[function.lineno - 1 : function.end_lineno])
                if READS.search(body):
                    yield f":{function.name}"


# Why a place can't show or decide anything wrong where components are posted on an open
# order; by place.

_DRAFT = "for draft orders, of which nothing is issued"
_NEW = "for orders or lines that are just made"
_OWN_ORDER = "asks a line for its order, not an order for its lines"
_SUBCONTRACTED = (
    "for subcontracting orders, of which nothing is issued before the receipt"
)
_EACH_ALIKE = "for each line alike, posted or not, and rightly so"
_UNSTARTED = (
    "for draft and confirmed orders; one of which something is issued is started"
)
_PRODUCTION = "mrp/models/mrp_production.py:"
_MOVE = "mrp/models/stock_move.py:"

HARMLESS = {
    **{
        _PRODUCTION + name: reason
        for name, reason in {
            "_autoconfirm_production": "asks for draft lines",
            "_compute_move_raw_ids": _DRAFT,
            "_compute_show_allocation": "leaves out the order's own lines",
            "_compute_show_generate_bom": "asks whether there is a line at all",
            "_get_backorder_mo_vals": _NEW,
            "_get_move_raw_values": _NEW,
            "_post_run_manufacture": _OWN_ORDER,
            "_pre_action_split_merge_hook": _UNSTARTED,
            "_prepare_merge_orig_links": _UNSTARTED,
            "_search_delay_alert_date": "asks for an alert; posted lines have none",
            "action_merge": _UNSTARTED,
            "action_plan_with_components_availability": _UNSTARTED,
            "create": _NEW,
            "pre_button_mark_done": "picks lines; posted ones are picked",
        }.items()
    },
    **{
        _MOVE + name: reason
        for name, reason in {
            "_check_negative_quantity": _OWN_ORDER,
            "_compute_display_assign_serial": _OWN_ORDER,
            "_compute_is_locked": _OWN_ORDER,
            "_compute_location_dest_id": _OWN_ORDER,
            "_compute_priority": _EACH_ALIKE,
            "_compute_reference": _OWN_ORDER,
            "_compute_should_consume_qty": "shown of open lines only",
            "_compute_unit_factor": "of a posted line nobody asks for its factor",
            "_delay_alert_get_documents": _OWN_ORDER,
            "_get_relevant_state_among_moves": "see _compute_reservation_state",
            "_get_source_document": _OWN_ORDER,
            "_onchange_product_uom_qty": "leaves posted lines out",
            "_onchange_quantity": "a posted line is read-only on the form",
            "_prepare_move_line_vals": _OWN_ORDER,
            "_prepare_procurement_origin": _OWN_ORDER,
            "_set_references": _OWN_ORDER,
            "_should_be_assigned": _OWN_ORDER,
            "action_add_from_catalog_raw": _OWN_ORDER,
            "action_open_reference": _OWN_ORDER,
            "action_show_details": _OWN_ORDER,
            "create": _NEW,
            "default_get": _NEW,
            "write": "that of a posted line changes without procurement",
        }.items()
    },
    "mrp/models/mrp_workorder.py:unlink": _EACH_ALIKE,
    "mrp/models/stock_lot.py:_check_create": "asks for products",
    "mrp/models/stock_move_line.py:create": "links lines added to a completed order",
    "mrp/models/stock_move_line.py:write": _OWN_ORDER,
    "mrp/models/stock_orderpoint.py:_post_process_scheduler": _DRAFT,
    "mrp/models/stock_picking.py:_less_quantities_than_expected_add_documents": (
        _OWN_ORDER
    ),
    "mrp/models/stock_rule.py:_should_auto_confirm_procurement_mo": _DRAFT,
    "mrp/models/stock_scrap.py:_prepare_move_values": _NEW,
    "mrp/models/stock_traceability.py:_get_reference": _OWN_ORDER,
    "mrp/report/report_stock_reception.py:_get_extra_domain": (
        "leaves out the order's own lines"
    ),
    "mrp/report/stock_forecasted.py:_get_report_header": "asks for draft lines",
    "mrp/report/stock_forecasted.py:_get_reservation_data": _OWN_ORDER,
    "mrp/report/stock_forecasted.py:_move_draft_domain": "asks for draft lines",
    "mrp/report/stock_forecasted.py:_prepare_report_line": _OWN_ORDER,
    "mrp/static/src/mrp_forecasted/forecasted_details.js": _OWN_ORDER,
    "mrp/static/src/mrp_forecasted/forecasted_details.xml": _OWN_ORDER,
    "mrp/views/mrp_production_views.xml": "asks whether there is a line at all",
    "mrp/views/mrp_workorder_views.xml": "lists lines with their state",
    "mrp/views/stock_move_views.xml": "lists lines with their state",
    "mrp_account/models/mrp_production.py:write": _EACH_ALIKE,
    "mrp_subcontracting/models/mrp_production.py:_compute_move_line_raw_ids": (
        _SUBCONTRACTED
    ),
    "mrp_subcontracting/models/mrp_production.py:_get_writeable_fields_portal_user": (
        _SUBCONTRACTED
    ),
    "mrp_subcontracting/models/mrp_production.py:_inverse_move_line_raw_ids": (
        _SUBCONTRACTED
    ),
    "mrp_subcontracting/models/stock_move.py:_prepare_procurement_values": _OWN_ORDER,
    "mrp_subcontracting/models/stock_picking.py:_action_done": _SUBCONTRACTED,
    "mrp_subcontracting/models/stock_rule.py:_get_stock_move_values": _OWN_ORDER,
    "mrp_subcontracting/views/mrp_production_views.xml": _SUBCONTRACTED,
    "mrp_subcontracting/views/stock_move_views.xml": _OWN_ORDER,
    "mrp_subcontracting_dropshipping/models/stock_rule.py:_prepare_purchase_order": (
        _OWN_ORDER
    ),
    "mrp_subcontracting_purchase/models/account_move_line.py"
    ":_get_price_unit_val_dif_and_relevant_qty": _SUBCONTRACTED,
    "mrp_subcontracting_purchase/models/stock_picking.py"
    ":_get_subcontracting_source_purchase": _OWN_ORDER,
    "project_mrp_account/models/stock_move.py:_get_analytic_distribution": _OWN_ORDER,
    "project_mrp_account/models/stock_move.py:_prepare_analytic_line_values": (
        _OWN_ORDER
    ),
    "project_mrp_account/models/stock_move.py:_prepare_analytic_lines": _OWN_ORDER,
    "purchase_mrp/models/mrp_production.py:_prepare_merge_orig_links": _UNSTARTED,
}
# Wrong, and another matter: the day of what is posted.
KNOWN = {
    "mrp/models/mrp_production.py:write": (
        "a changed date is written on all lines, posted ones too"
    ),
}
