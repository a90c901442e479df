"""What each shortcut passes by of core, and whether that is still core's own.

Where many records are worked on together, methods of core aren't called that core
would call for each, or are called with fewer records. Another module that has a say in
one of them would not be asked: then that shortcut isn't taken, and core's way is.
"""

# The methods of core that aren't called as core would, by shortcut and model.
PASSED_BY = {
    # Stock for a component is found by this module's plan.
    "plan": {
        "stock.move": ("_set_quantity_done_prepare_vals",),
        "stock.quant": (
            "_gather",
            "_get_available_quantity",
            "_get_gather_domain",
            "_get_reserve_quantity",
        ),
    },
    "fill components": {
        "stock.move": ("_set_quantity_done", "_should_bypass_set_qty_producing"),
        "stock.move.line": ("_apply_putaway_strategy",),
    },
    "make finished lines": {
        "stock.move": (
            "_set_quantity",
            "_set_quantity_done",
            "_set_quantity_done_prepare_vals",
        ),
        "stock.move.line": ("_apply_putaway_strategy",),
        "stock.quant": (
            "_gather",
            "_get_available_quantity",
            "_get_gather_domain",
            "_get_reserve_quantity",
        ),
    },
    "move stock": {
        "stock.move.line": ("_synchronize_quant",),
        "stock.quant": (
            "_gather",
            "_get_available_quantity",
            "_get_gather_domain",
            "_update_available_quantity",
            "_update_reserved_quantity",
            "create",
            "write",
        ),
    },
    "check companies": {
        "mrp.production": ("_check_company",),
        "stock.move": ("_check_company",),
        "stock.move.line": ("_check_company",),
    },
    "pick": {"stock.move": ("_inverse_picked",)},
    "push": {
        "stock.move": ("_push_apply",),
        "stock.rule": ("_get_push_rule", "_search_rule"),
    },
    "find reordering rules": {"stock.move": ("_update_orderpoints",)},
    "reserve what was produced": {
        "stock.move": ("_action_assign", "_trigger_assign"),
        "stock.quant": ("_get_available_quantity",),
    },
    "expect components": {
        "mrp.bom": ("explode",),
        "mrp.production": ("_get_move_raw_values", "_get_moves_raw_values"),
    },
    "replay the average": {
        "product.product": ("_run_avco",),
        "stock.location": ("_should_be_valued",),
        "stock.move": (
            "_get_in_move_lines",
            "_get_out_move_lines",
            "_get_valued_qty",
            "_is_in",
            "_is_out",
        ),
        "stock.move.line": ("_should_exclude_for_valuation",),
    },
}
# Where core defines these methods; another place is another module's.
_KNOWN = {
    "odoo.orm.decorators",
    "odoo.orm.models",
    *(
        f"odoo.addons.{addon}.models.{name}"
        for addon, names in {
            "mrp": ("mrp_bom", "mrp_production", "stock_move"),
            "stock": ("stock_move", "stock_move_line", "stock_quant", "stock_rule"),
            "stock_account": (
                "product",
                "stock_location",
                "stock_move",
                "stock_move_line",
            ),
        }.items()
        for name in names
    ),
}
_OWN = __name__.partition(".models.")[0] + ".models."


def may_pass_by(env, shortcut):
    """Whether no other module has a say in what the shortcut passes by.

    :param shortcut: a key of PASSED_BY
    """
    for model, names in PASSED_BY[shortcut].items():
        for name in names:
            if not is_cores_own(env[model], name):
                return False
    return True


def is_cores_own(model, name):
    """Whether a method of the model is core's and this module's alone: none of those
    that call each other by ``super()`` is defined elsewhere, nor is a wrapper around
    one of them, as ``base_automation`` puts there."""
    for model_class in type(model).__mro__:
        method = vars(model_class).get(name)
        while method is not None:
            place = getattr(method, "__globals__", {}).get("__name__", "")
            if place not in _KNOWN and not place.startswith(_OWN):
                return False
            method = getattr(method, "__wrapped__", None)
    return True
