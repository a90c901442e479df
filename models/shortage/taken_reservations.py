"""Whose reservations are taken when stock goes where the company allows it to."""

from collections import defaultdict
from contextlib import contextmanager

from ..call_scope import TAKEN_RESERVATIONS
from ..texts import format_quantity
from .documents import get_document, name_document
from .order_notes import leave_note


@contextmanager
def telling_of_taken_reservations(env):
    """Note whose reservations are taken while components are posted, with their order
    or before it is completed, and tell. For companies that want to be told."""
    with TAKEN_RESERVATIONS.hold(env, TakenReservations()) as taken:
        yield
    taken.tell()


class TakenReservations:
    """What components took although other documents had reserved it."""

    def __init__(self):
        # Quantity in the product's unit, by order, losing move.
        self._losses = defaultdict(float)

    def add(self, production, move, quantity):
        """:param quantity: in the product's unit"""
        self._losses[production, move] += quantity

    def tell(self):
        """Leave notes on the orders and on the documents that lose, and warn who is
        looking at a screen."""
        by_order = defaultdict(list)
        for (production, move), quantity in self._losses.items():
            by_order[production].append((move, quantity))
        for production, losses in by_order.items():
            _tell_of_order(production, losses)


def _tell_of_order(production, losses):
    env = production.env
    lines = []
    for move, quantity in losses:
        document = get_document(move)
        values = {
            "quantity": format_quantity(env, quantity),
            "unit": move.product_id.uom_id.display_name,
            "product": move.product_id.display_name,
        }
        lines.append(
            env._(
                "%(quantity)s %(unit)s of %(product)s were reserved for %(document)s",
                document=name_document(move, production.company_id),
                **values,
            )
        )
        if document:
            document.sudo().message_post(
                body=env._(
                    "%(order)s took %(quantity)s %(unit)s of %(product)s that were "
                    "reserved here: stock was short.",
                    order=production.display_name
                    if move.company_id == production.company_id
                    else env._("Another company"),
                    **values,
                )
            )
    title = env._("%s took what others had reserved", production.display_name)
    leave_note(production, title, lines)
