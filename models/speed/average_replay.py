"""The average cost of a product by core's replay of all its moves, as ``_run_avco`` of
``stock_account`` has it, but read in one statement instead of move by move."""

from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ..wrapped_methods import wrapping
from .shortcuts import is_taken

# Of each move what its lines brought into valued locations, and took out of them.
_VALUED_MOVES = """
    SELECT move.date, move.is_in, move.is_out, move.is_dropship,
           COALESCE(move.value, 0)::float8,
           ARRAY_AGG(line.quantity ORDER BY line.id)
               FILTER (WHERE line.is_valued AND NOT line.was_valued),
           ARRAY_AGG(line.quantity ORDER BY line.id)
               FILTER (WHERE line.was_valued AND NOT line.is_valued)
      FROM stock_move move
      LEFT JOIN (
           SELECT line.id, line.move_id,
                  line.quantity_product_uom::float8 AS quantity,
                  source.company_id IS NOT NULL
                      AND source.usage IN ('internal', 'transit')
                      AS was_valued,
                  destination.company_id IS NOT NULL
                      AND destination.usage IN ('internal', 'transit')
                      AS is_valued
             FROM stock_move_line line
             JOIN res_company company ON company.id = line.company_id
             JOIN stock_location source ON source.id = line.location_id
             JOIN stock_location destination
               ON destination.id = line.location_dest_id
            WHERE line.product_id = %(product)s
              AND line.picked
              AND (line.owner_id IS NULL
                   OR line.owner_id = company.partner_id)
           ) line ON line.move_id = move.id
     WHERE move.id IN %(moves)s
     GROUP BY move.id
     ORDER BY move.date, move.id
"""


@wrapping("product.product", "_run_avco")
def _replay_at_once(run_avco, product, *args, **kwargs):
    """With each order that is completed core reads all moves of the product one by
    one, and it takes longer with each."""
    if args or kwargs or not is_taken(product.env, "average"):
        return run_avco(*args, **kwargs)
    result = replay_average(product)
    return run_avco() if result is None else result


class ValuedMove(NamedTuple):
    """A move that changed the company's own stock of the product."""

    date: object
    is_in: bool
    is_out: bool
    is_dropship: bool
    value: float
    # Of its lines into and out of valued locations, in the product's unit.
    quantities_in: list
    quantities_out: list

    def get_quantity(self):
        """As core's ``_get_valued_qty``: an owner's lines don't count."""
        return sum(self.quantities_in or self.quantities_out or ())


def replay_average(product):
    """What core's ``_run_avco`` returns without arguments.

    :return: the average cost and the total value; None where that isn't to be had from
        moves alone
    """
    moves = _read_valued_moves(product)
    incoming = [move for move in moves if move.is_in or move.is_dropship]
    prices = _read_prices(product)
    if any(move.is_dropship for move in moves):
        return None
    if prices and (not incoming or prices[-1].date > incoming[-1].date):
        # The last word is a person's.
        return None
    return _replay(moves, [(price.date, price.value) for price in prices])


def _replay(moves, prices):
    average = total = quantity = 0.0
    for move in moves:
        while prices and move.date >= prices[0][0]:
            average = prices.pop(0)[1]
            total = average * quantity
        if move.is_in:
            quantity_in, quantity_before = move.get_quantity(), quantity
            quantity += quantity_in
            if quantity_before > 0:
                total += move.value
                average = total / quantity
            else:
                # What was owed has no cost of its own.
                average = move.value / quantity_in if quantity_in else average
                total = average * quantity
        if move.is_out:
            total -= move.get_quantity() * average
            quantity -= move.get_quantity()
    return average, total


def _read_prices(product):
    """Costs that a person gave the product, oldest first."""
    domain = [
        ("product_id", "=", product.id),
        ("move_id", "=", False),
        ("lot_id", "=", False),
    ]
    return product.env["product.value"].sudo().search(domain, order="date, id")


def _read_valued_moves(product):
    """:return: ValuedMoves, oldest first"""
    moves, lines = product.env["stock.move"], product.env["stock.move.line"]
    moves.flush_model(["date", "is_in", "is_out", "is_dropship", "value"])
    lines.flush_model(
        [
            *("company_id", "location_dest_id", "location_id", "move_id"),
            *("owner_id", "picked", "quantity_product_uom"),
        ]
    )
    domain = Domain(
        [
            ("product_id", "=", product.id),
            ("company_id", "=", product.env.company.id),
            *("|", "|"),
            ("is_in", "=", True),
            ("is_out", "=", True),
            ("is_dropship", "=", True),
        ]
    )
    # As the user may read them, which is core's way too.
    query = moves._search(domain)
    rows = product.env.execute_query(
        SQL(
            _VALUED_MOVES,
            product=product.id,
            moves=query.subselect(),
        )
    )
    return [ValuedMove(*row) for row in rows]
