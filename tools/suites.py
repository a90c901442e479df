"""Core's suites of other modules, and how companies are set up when they are run."""

# On the base "trade".
TRADE_SUITES = (
    "mrp_account",
    "project_mrp_account",
    "purchase_mrp",
    "sale_mrp",
    "mrp_repair",
    "mrp_subcontracting_purchase",
    "stock_account",
)

# On the base "shops"; project_mrp, which is there, too, has no tests.
SHOP_SUITES = (
    *("mrp_landed_costs", "stock_landed_costs", "stock_dropshipping"),
    *("pos_mrp", "website_sale_stock"),
)

# Of the community's, on the base "community": those that touch the same stock and the
# same orders, and all others around manufacturing that have tests.
COMMUNITY_SUITES = (
    *("mrp_multi_level", "stock_inventory", "stock_inventory_discrepancy"),
    *("mrp_stock_analytic", "queue_job", "stock_no_negative"),
)
OTHER_COMMUNITY_SUITES = (
    *("account_move_line_mrp_info", "agreement", "l10n_py_base"),
    *("l10n_py_maquila_base", "l10n_py_maquila_mrp", "mrp_attachment_mgmt"),
    *("mrp_bom_current_stock", "mrp_bom_structure_xlsx"),
    *("mrp_bom_structure_xlsx_level_1", "mrp_bom_tracking"),
    *("mrp_flattened_bom_xlsx", "mrp_multi_level_estimate"),
    *("mrp_production_back_to_draft", "mrp_production_generator_by_date_interval"),
    *("mrp_progress_button", "mrp_repair_order", "mrp_sale_info"),
    *("mrp_subcontracting_inhibit", "mrp_subcontracting_purchase_link"),
    *("mrp_subcontracting_skip_no_negative", "mrp_tag", "mrp_warehouse_calendar"),
    *("product_brand", "product_brand_mrp", "purchase_mrp_distribution"),
    *("report_xlsx", "sale_mrp_bom", "stock_analytic", "stock_demand_estimate"),
    *("stock_replenishment_mrp_bom_selection", "stock_warehouse_calendar"),
)

# What the companies have in a field, by the name of the variant.
VARIANTS = {
    "defaults": {},
    "operation": {"issue_method": "operation"},
    "park": {"shortage_rule": "park"},
    "block": {"shortage_rule": "block"},
}

_COST = "mrp_account/tests/test_mrp_account.py"
_VALUE = "mrp_account/tests/test_valuation_layers.py::TestMrpValuationStandard"
_ANALYTIC = "project_mrp_account/tests/test_analytic_account.py::TestAnalyticAccount"
_NOT_THERE = "it uses components that are not in stock"
_WAITS = "it reads the consumption of a component that isn't in stock, and waits"

# Tests that fail now and then, without the module as well, each with the reason.
UNSTEADY = {
    "mrp_subcontracting_purchase/tests/test_mrp_subcontracting_purchase.py::"
    "MrpSubcontractingPurchaseTest::test_subcontracting_purchase_bill": (
        "core posts components in the order of a set of ids: where these cross a "
        "multiple of 8, as in one of eight databases, the entries that it expects in "
        "the order of the components come the other way round"
    ),
}

# By variant: the tests that fail by what its setting means, each with the reason.
DIFFERING = {
    "defaults": {},
    "operation": {},
    "park": {
        f"{_COST}::TestMrpAccount::test_unbuild_account_00": _WAITS,
        f"{_VALUE}::test_average_cost_unbuild_component_change_move_qty": _WAITS,
        f"{_ANALYTIC}::test_bom_aal_generation": _WAITS,
        f"{_ANALYTIC}::test_category_analytic_line_mrp": _WAITS,
        f"{_ANALYTIC}::test_changing_mo_analytic_account": _WAITS,
        f"{_ANALYTIC}::test_cross_analytics": _WAITS,
        f"{_ANALYTIC}::test_mo_analytic": _WAITS,
        f"{_ANALYTIC}::test_mo_analytic_backorder": _WAITS,
        f"{_ANALYTIC}::test_update_components_qty_to_0": _WAITS,
    },
    "block": {
        f"{_COST}::TestMrpAccount::test_mo_overview_comp_different_uom": _NOT_THERE,
        f"{_COST}::TestMrpAccount::"
        "test_mrp_user_without_account_permissions_can_create_bom": _NOT_THERE,
        f"{_COST}::TestMrpAccount::"
        "test_two_productions_unbuild_one_sell_other_fifo": _NOT_THERE,
        f"{_COST}::TestMrpAccount::test_unbuild_account_00": _NOT_THERE,
        f"{_COST}::TestMrpAccountWorkorder::test_estimated_cost_valuation": _NOT_THERE,
        f"{_COST}::TestMrpAccountWorkorder::test_mo_without_finished_moves": _NOT_THERE,
        f"{_VALUE}::test_average_cost_unbuild_component_change_move_qty": _NOT_THERE,
        f"{_ANALYTIC}::test_bom_aal_generation": _NOT_THERE,
        f"{_ANALYTIC}::test_category_analytic_line_mrp": _NOT_THERE,
        f"{_ANALYTIC}::test_changing_mo_analytic_account": _NOT_THERE,
        f"{_ANALYTIC}::test_cross_analytics": _NOT_THERE,
        f"{_ANALYTIC}::test_mo_analytic": _NOT_THERE,
        f"{_ANALYTIC}::test_mo_analytic_backorder": _NOT_THERE,
        f"{_ANALYTIC}::test_mandatory_analytic_plan_production": _NOT_THERE,
        f"{_ANALYTIC}::test_update_components_qty_to_0": _NOT_THERE,
        f"{_ANALYTIC}::test_workcenter_different_analytic_account": _NOT_THERE,
    },
}


def get_statements(variant):
    """SQL that sets up a database's companies, and those that its tests create: these
    take the field's default."""
    for field, value in VARIANTS[variant].items():
        yield f"UPDATE res_company SET {field} = '{value}'"
        yield f"""
            INSERT INTO ir_default (field_id, json_value)
            SELECT id, '"{value}"' FROM ir_model_fields
             WHERE model = 'res.company' AND name = '{field}'
        """
