"""What depends on accounting modules, without depending on them.

This module depends on ``mrp`` only. ``mrp_account`` is loaded after it: an override
here of a method that it defines or extends would be below it and not be reached. Its
methods are wrapped once every module is loaded, as ``base_automation`` does.
"""

from collections import defaultdict
from functools import partial, wraps

from odoo import Command, fields, models
from odoo.tools import float_round

WIP_MODEL = "mrp.account.wip.accounting"


def wrap_method(model, name, wrapper):
    """Have the calls of a method go through a function; no-op without the method.

    :param wrapper: called with the original method, bound to the records, then with
        the records and the arguments
    """
    model_class = type(model)
    original = getattr(model_class, name, None)
    wrappers = getattr(original, "backflush_wrappers", ())
    if original is None or wrapper in wrappers:
        return
    patched = vars(model_class).get(name)

    @wraps(original)
    def method(self, *args, **kwargs):
        # Not ``original``: it is looked up as any other ``super()``.
        following = getattr(super(model_class, self), name)
        if patched:
            following = partial(patched, self)
        return wrapper(following, self, *args, **kwargs)

    method.backflush_wrappers = (*wrappers, wrapper)
    setattr(model_class, name, method)


def unwrap_method(model, name):
    """Undo each ``wrap_method`` of it."""
    model_class = type(model)
    if hasattr(model_class.__dict__.get(name), "backflush_wrappers"):
        delattr(model_class, name)


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _register_hook(self):
        wrap_method(self, "_cal_price", _complete_cost)
        return super()._register_hook()

    def _unregister_hook(self):
        unwrap_method(self, "_cal_price")
        return super()._unregister_hook()


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
    orders = productions or wizard.mo_ids
    returned = _get_lines_returned_after(orders, date)
    for command, side in ((commands[0], "credit"), (commands[-1], "debit")):
        command[2][side] += sum(_get_value_in_progress(line) for line in returned)
    posted = defaultdict(float)
    for line in orders._get_early_issues().move_line_ids | returned:
        account = line.location_dest_id.valuation_account_id
        if line.move_id.account_move_id and account and (not date or line.date <= date):
            posted[account] += _get_value_in_progress(line)
    if posted:
        commands[0][2]["credit"] -= sum(posted.values())
        label = wizard.env._("WIP - Components Issued")
        commands[1:1] = [
            Command.create({"label": label, "credit": value, "account_id": account.id})
            for account, value in posted.items()
        ]
    return commands


def _get_lines_returned_after(orders, date):
    """What the orders had at that time: they no longer have it."""
    returns = orders.move_raw_ids.issue_move_ids.filtered(
        lambda move: (
            date
            and move.state == "done"
            and move.origin_returned_move_id
            and move.date > date
        )
    )
    lines = returns.origin_returned_move_id.move_line_ids
    return lines.filtered(lambda line: line.date <= date)


def _get_value_in_progress(line):
    """As core values what is in progress."""
    lot = line.product_id.lot_valuated and line.lot_id
    return line.quantity_product_uom * (lot or line.product_id).standard_price


class StockMove(models.Model):
    _inherit = "stock.move"

    def _register_hook(self):
        wrap_method(self, "_get_analytic_distribution", _distribute_as_component)
        wrap_method(self, "_prepare_analytic_line_values", _date_as_posted)
        return super()._register_hook()

    def _unregister_hook(self):
        unwrap_method(self, "_get_analytic_distribution")
        unwrap_method(self, "_prepare_analytic_line_values")
        return super()._unregister_hook()

    def _set_quantity_done(self, qty):
        before = self.move_line_ids
        result = super()._set_quantity_done(qty)
        if before and self.move_line_ids - before:
            # Core also writes the lines that there are, with which stock_account
            # brings the analytic lines up to date: the plan adds lines beside them.
            self._update_analytic_lines()
        return result

    def _inverse_picked(self):
        result = super()._inverse_picked()
        self._remove_analytic_lines()
        return result

    def _update_analytic_lines(self):
        """Make the analytic lines say what these moves are, as ``stock_account`` does
        where it sees them change; no-op without it."""
        if "analytic_account_line_ids" in self._fields:
            self._remove_analytic_lines()
            self.sudo()._create_analytic_move()

    def _remove_analytic_lines(self):
        """Nothing is used of a component that isn't picked any more. ``stock_account``
        leaves its analytic lines: core never takes back that something is picked."""
        if "analytic_account_line_ids" in self._fields:
            unpicked = self.filtered(
                lambda move: not move.picked and move._is_open_component()
            )
            unpicked.sudo().analytic_account_line_ids.unlink()


def _distribute_as_component(get_distribution, move):
    """What is returned leaves its order: its cost on the day of the issue stays, and
    what comes back is on the day of the return."""
    is_returned = move.state == "done" and not move.raw_material_production_id
    if move.issue_component_id and is_returned:
        return move.issue_component_id._get_analytic_distribution()
    return get_distribution()


def _date_as_posted(prepare_values, move, *args, **kwargs):
    """What was issued before completion has its cost on the day of the issue, also
    where it comes to another order or project later."""
    values = prepare_values(*args, **kwargs)
    if move._is_posted_issue():
        values["date"] = fields.Date.context_today(move, move.date)
        if not move.raw_material_production_id:
            component = move.issue_component_id
            as_component = component._prepare_analytic_line_values(*args, **kwargs)
            values["category"] = as_component["category"]
    return values


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _register_hook(self):
        wrap_method(self, "_compute_bom_price", _add_scrap_to_bom_price)
        wrap_method(self, "_run_avco", _replay_at_date)
        return super()._register_hook()

    def _unregister_hook(self):
        unwrap_method(self, "_compute_bom_price")
        unwrap_method(self, "_run_avco")
        return super()._unregister_hook()


def _replay_at_date(run_avco, product, at_date=None, lot=None, **kwargs):
    """Core's replay, and what was in stock then but was undone since, or taken by a
    correction."""
    average, total = run_avco(at_date=at_date, lot=lot, **kwargs)
    _quantity, value = product._count_undone_since(at_date, lot)
    value += product._get_value_corrected_after(at_date, lot)
    return average, total + value


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
