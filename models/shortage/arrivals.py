"""When more of a component is expected."""

from odoo import models

from .documents import link_document, name_document

# What is planned, and not there yet.
ON_THE_WAY = ("waiting", "confirmed", "partially_available", "assigned")


class StockMove(models.Model):
    _inherit = "stock.move"

    def _read_arrivals(self):
        """The next move that brings more of each component to where it is taken from,
        or to a place above that.

        :return: a move or none, by component
        """
        if not self:
            return {}
        places = self.location_id.ids
        coming = self.sudo().search(
            [
                ("product_id", "in", self.product_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "in", ON_THE_WAY),
                ("location_dest_id.usage", "=", "internal"),
                "|",
                "|",
                ("location_dest_id", "child_of", places),
                ("location_dest_id", "parent_of", places),
                # A receipt in several steps.
                ("location_final_id", "child_of", places),
            ],
            order="date, id",
        )
        by_product = coming.grouped("product_id")
        return {
            move: by_product.get(move.product_id, coming.browse())
            .filtered(lambda arrival, move=move: arrival._brings(move))[:1]
            .with_env(self.env)
            for move in self
        }

    def _brings(self, component):
        """Whether this move brings what the component could be taken from."""
        place = component.location_id
        source = self.location_id
        target = self.location_final_id or self.location_dest_id
        return (
            self.company_id == component.company_id
            and (target._child_of(place) or place._child_of(target))
            and not source._child_of(place)
            # Nor what goes from one shelf to another.
            and not (place._child_of(target) and source._child_of(target))
        )

    def _describe_arrival(self, arrival):
        """:return: a dict of ``document``, ``document_model``, ``document_id``,
        ``quantity`` in the component's unit and ``date``; False where nothing is
        expected"""
        if not arrival:
            return False
        return {
            "document": name_document(arrival, self.company_id),
            **link_document(arrival, self.company_id),
            "quantity": self._in_own_unit(arrival.product_qty),
            "date": arrival.date,
        }
