"""Work in progress: the value of what was issued to open orders."""

from collections import defaultdict

from odoo import Command

from ..wrapped_methods import wrapping


@wrapping("mrp.account.wip.accounting", "_get_line_vals")
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
