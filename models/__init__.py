from importlib import import_module
from pathlib import Path

# The order of overrides, until each core method is overridden once.
_MODULES = (
    "access.arguments",
    "access.system_fields",
    "accounting.accounting",
    "shortage.backflush_exception_count",
    "method.issue_method_level",
    "shortage.mrp_backflush_exception",
    "access.handover",
    "quantity.mrp_bom",
    "method.mrp_bom_line",
    "mrp_production",
    "completion.mrp_production",
    "completion.mrp_completion_run",
    "lots.mrp_production",
    "posting.preview",
    "quantity.mrp_production",
    "report_production.mrp_production_report",
    "report_production.barcode",
    "shortage.mrp_production",
    "method.mrp_production",
    "completion.forecast",
    "posting.mrp_production",
    "correction.mrp_unbuild",
    "turns.mrp_unbuild",
    "method.mrp_workcenter",
    "mrp_workorder",
    "method.product_category",
    "shortage.product_product",
    "method.product_template",
    "correction.corrected_stock_at_date",
    "res_company",
    "res_config_settings",
    "lots.stock_lot",
    "stock_move",
    "posting.issue",
    "stock_move_line",
    "lots.stock_move",
    "quantity.stock_move",
    "posting.give_back",
    "shortage.stock_move",
    "method.stock_move",
    "turns.stock_move",
    "correction.stock_move",
    "correction.stock_move_line",
    "turns.stock_picking",
    "posting.stock_quant",
    "turns.stock_quant",
    "turns.stock_scrap",
    "correction.undo_valuation",
    "access.kept_records",
)

for _name in _MODULES:
    import_module(f"{__name__}.{_name}")

# The last, around all others; the module does without it (see there).
if (Path(__file__).parent / "speed").is_dir():
    import_module(f"{__name__}.speed")
