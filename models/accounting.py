"""What depends on accounting modules, without depending on them.

This module depends on ``mrp`` only. ``mrp_account`` is loaded after it: an override
here of a method that it defines or extends would be below it and not be reached. Its
methods are wrapped once every module is loaded, as ``base_automation`` does.
"""

from collections import defaultdict
from functools import partial, wraps

from odoo import Command, models
from odoo.tools import float_round

WIP_MODEL = "mrp.account.wip.accounting"
# The context's key for a JustProduced.
JUST_PRODUCED = "just_produced"


def wrap_method(model, name, wrapper):
    """Have the calls of a method go through a function; no-op without the method.

    :param wrapper: called with the original method, bound to the records, then with
        the records and the arguments
    """
    model_class = type(model)
    original = getattr(model_class, name, None)
    if original is None or getattr(original, "is_backflush_wrapper", False):
        return

    @wraps(original)
    def method(self, *args, **kwargs):
        return wrapper(partial(original, self), self, *args, **kwargs)

    method.is_backflush_wrapper = True
    setattr(model_class, name, method)


def unwrap_method(model, name):
    """Undo ``wrap_method``."""
    model_class = type(model)
    if getattr(model_class.__dict__.get(name), "is_backflush_wrapper", False):
        delattr(model_class, name)


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _register_hook(self):
        wrap_method(self, "_cal_price", _complete_cost)
        return super()._register_hook()

    def _unregister_hook(self):
        unwrap_method(self, "_cal_price")
        return super()._unregister_hook()

    def _post_inventory(self, cancel_backorder=False):
        orders = self.with_context(**{JUST_PRODUCED: JustProduced(self)})
        return super(MrpProduction, orders)._post_inventory(
            cancel_backorder=cancel_backorder
        )


def _complete_cost(cal_price, production, consumed_moves):
    """What was issued before completion costs as if it had been issued with it, and
    so does what waits for stock."""
    consumed_moves |= production._get_early_issues()
    parked_cost = production._count_parked_cost()
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


class WipAccounting(models.AbstractModel):
    _name = "mrp.backflush.accounting"
    _description = "Accounting Wherever It Is Installed"

    def _register_hook(self):
        if WIP_MODEL in self.env:
            wrap_method(self.env[WIP_MODEL], "_get_line_vals", _credit_where_issues_are)
        return super()._register_hook()

    def _unregister_hook(self):
        if WIP_MODEL in self.env:
            unwrap_method(self.env[WIP_MODEL], "_get_line_vals")
        return super()._unregister_hook()


def _credit_where_issues_are(get_line_vals, wizard, productions=False, date=False):
    """What was issued in real-time valuation is off the stock's account already and on
    the production location's: the entry of the work in progress takes it from there.
    """
    commands = get_line_vals(productions, date)
    posted = defaultdict(float)
    for line in (productions or wizard.mo_ids)._get_early_issues().move_line_ids:
        account = line.location_dest_id.valuation_account_id
        if line.move_id.account_move_id and account and (not date or line.date <= date):
            # As core values what is in progress.
            lot = line.product_id.lot_valuated and line.lot_id
            price = (lot or line.product_id).standard_price
            posted[account] += line.quantity_product_uom * price
    if posted:
        commands[0][2]["credit"] -= sum(posted.values())
        label = wizard.env._("WIP - Components Issued")
        commands[1:1] = [
            Command.create({"label": label, "credit": value, "account_id": account.id})
            for account, value in posted.items()
        ]
    return commands


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _register_hook(self):
        wrap_method(self, "_compute_bom_price", _add_scrap_to_bom_price)
        wrap_method(self, "_update_standard_price", _add_produced_to_average)
        return super()._register_hook()

    def _unregister_hook(self):
        unwrap_method(self, "_compute_bom_price")
        unwrap_method(self, "_update_standard_price")
        return super()._unregister_hook()


class JustProduced:
    """The finished moves that a completion posts, for the average cost to be carried
    on from where it is. A client can't send one."""

    def __init__(self, orders):
        finished = orders.move_finished_ids
        self._moves = finished.filtered(lambda move: move.state != "done")

    def get_average(self, product):
        """The average cost with what was just produced, as core's replay of all moves
        of the product says, which takes longer with each of them.

        :return: None where only the replay can tell
        """
        produced = self._moves.filtered(
            lambda move: (
                move.product_id == product and move.state == "done" and move.is_in
            )
        )
        if not produced or product.cost_method != "average" or product.lot_valuated:
            return None
        if _has_stock_of_others(product) or not product.standard_price:
            return None
        quantities = {move: move._get_valued_qty() for move in produced}
        quantity = _get_valued_quantity(product) - sum(quantities.values())
        average = product.standard_price
        for move in produced.sorted(lambda move: (move.date, move.id)):
            if quantity > 0:
                total = average * quantity + move.value
                quantity += quantities[move]
                average = total / quantity
            elif quantities[move]:
                # What was owed has no cost of its own.
                quantity += quantities[move]
                average = move.value / quantities[move]
        return average


def set_values_together(moves):
    """What goes out at its product's cost is written once for all that are worth the
    same; core writes move by move.

    :return: the other moves
    """
    if any(move.is_in or move.is_dropship for move in moves):
        # These may change the cost for those behind them.
        return moves
    by_value = defaultdict(list)
    for move in moves:
        product = move.product_id
        if (
            not product.lot_valuated
            and product.cost_method in ("standard", "average")
            and move._is_out()
        ):
            value = product.standard_price * move._get_valued_qty()
            by_value[value].append(move.id)
    for value, ids in by_value.items():
        moves.browse(ids).value = value
    valued = {move_id for ids in by_value.values() for move_id in ids}
    return moves.filtered(lambda move: move.id not in valued)


def _has_stock_of_others(product):
    """Consigned stock, which isn't valued."""
    quants = product.env["stock.quant"].sudo()
    domain = [("product_id", "=", product.id), ("owner_id", "!=", False)]
    return bool(quants.search_count(domain, limit=1))


def _get_valued_quantity(product):
    """What came in less what went out, in the product's unit."""
    moves = product.env["stock.move"].sudo()
    domain = [
        ("product_id", "=", product.id),
        ("company_id", "=", product.env.company.id),
        "|",
        ("is_in", "=", True),
        ("is_out", "=", True),
    ]
    return sum(
        (is_in - is_out) * unit._compute_quantity(total, product.uom_id, round=False)
        for is_in, is_out, unit, total in moves._read_group(
            domain, ["is_in", "is_out", "product_uom"], ["quantity:sum"]
        )
    )


def _add_produced_to_average(update, products, *args, **kwargs):
    """Carry the average on, instead of replaying the history with each order."""
    produced = products.env.context.get(JUST_PRODUCED)
    if not isinstance(produced, JustProduced) or args or kwargs:
        return update(*args, **kwargs)
    to_replay = products.browse()
    for product in products:
        average = produced.get_average(product)
        if average is None:
            to_replay |= product
        else:
            product = product.with_context(disable_auto_revaluation=True).sudo()
            product.standard_price = average
    return update.func(to_replay) if to_replay else None


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
