"""What a finished product costs: with what was issued before completion, what waits for
stock, and what is lost."""

from odoo.tools import float_round

from ..wrapped_methods import wrapping


@wrapping("mrp.production", "_cal_price")
def _add_cost_of_issued_and_waiting(cal_price, production, consumed_moves):
    """What was issued before completion costs as if it had been issued with it, and
    so does what waits for stock."""
    consumed_moves |= production._get_early_issues()
    is_any_parked = any(production.move_raw_ids.mapped("is_parked"))
    parked_cost = production._count_parked_cost() if is_any_parked else 0.0
    if production.company_id._counts_lines():
        parked_cost += production._count_cost_of_counts()
    if not parked_cost or "extra_cost" not in production._fields:
        return cal_price(consumed_moves)
    finished = production.move_finished_ids.filtered(
        lambda move: (
            move.product_id == production.product_id
            and move.state not in ("done", "cancel")
        )
    )
    quantity = sum(
        move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)
        for move in finished
    )
    if not quantity:
        return cal_price(consumed_moves)
    # For the length of this call: core shares it with by-products as all other cost.
    extra_cost = production.extra_cost
    production.extra_cost = extra_cost + parked_cost / quantity
    result = cal_price(consumed_moves)
    production.extra_cost = extra_cost
    return result


@wrapping("product.product", "_compute_bom_price")
def _add_scrap_to_bom_price(
    compute_bom_price, product, bom, boms_to_recompute=False, byproduct_bom=False
):
    """Core's price by the BoM, for one unit of the product, scrap included.

    Core counts each line's quantity once per quantity of the BoM, which is also what
    a fixed line costs there.
    """
    price = compute_bom_price(
        bom, boms_to_recompute=boms_to_recompute, byproduct_bom=byproduct_bom
    )
    if not bom:
        return price
    scrap_cost = sum(
        _get_line_cost(line, boms_to_recompute or []) * (line._get_scrap_factor() - 1)
        for line in bom.bom_line_ids
        if line._get_scrap_factor() != 1 and not line._skip_bom_line(product)
    )
    if not scrap_cost:
        return price
    return price + _get_share_per_unit(bom, product, scrap_cost, byproduct_bom)


def _get_line_cost(line, boms_to_recompute):
    """Core's cost of a line without its own scrap. A sub-assembly's is in its price."""
    product = line.product_id
    price = product.standard_price
    if line.child_bom_id and line.child_bom_id in boms_to_recompute:
        price = product._compute_bom_price(
            line.child_bom_id, boms_to_recompute=boms_to_recompute
        )
    return product.uom_id._compute_price(price, line.product_uom_id) * line.product_qty


def _get_share_per_unit(bom, product, cost, byproduct_bom):
    """What one unit of the product bears of a cost of the BoM, as core shares it."""
    if not byproduct_bom:
        cost_share = sum(bom.byproduct_ids.mapped("cost_share"))
        if cost_share:
            cost *= float_round(1 - cost_share / 100, precision_rounding=0.0001)
        return bom.product_uom_id._compute_price(cost / bom.product_qty, product.uom_id)
    byproducts = bom.byproduct_ids.filtered(
        lambda line: line.product_id == product and line.cost_share
    )
    quantity = sum(
        line.product_uom_id._compute_quantity(
            line.product_qty, product.uom_id, round=False
        )
        for line in byproducts
    )
    cost_share = sum(byproducts.mapped("cost_share")) / 100
    return cost * cost_share / quantity if quantity else 0.0
