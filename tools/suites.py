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

# What the companies have in a field, by the name of the variant.
VARIANTS = {
    "defaults": {},
    "operation": {"issue_method": "operation"},
    "park": {"shortage_rule": "park"},
    "block": {"shortage_rule": "block"},
}

# By variant: the tests that fail by what its setting means, each with the reason.
DIFFERING = {
    "defaults": {},
    "operation": {},
    "park": {},
    "block": {},
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
