"""When more of a component is expected."""

from odoo import api, models
from odoo.fields import Domain

from .documents import link_document, name_document

# What is planned, and not there yet.
ON_THE_WAY = ("waiting", "confirmed", "partially_available", "assigned")


class StockMove(models.Model):
    _inherit = "stock.move"

    def _read_arrivals(self):
        """The next move that brings more of each component to where it is taken from,
        or to a place above that, from which somebody may fetch it.

        :return: a move or none, by component
        """
        return dict(zip(self, self._find_arrivals(self, with_above=True), strict=True))

    @api.model
    def _find_arrivals(self, records, with_above=False):
        """The next move that brings more of what each of these is about.

        :param records: with a product, a location and a company
        :param with_above: also to a place above the location
        :return: a list of moves, empty ones where nothing is on its way
        """
        if not records:
            return []
        records = records.sudo()
        places = records.location_id.ids
        to_places = (
            Domain("location_dest_id", "child_of", places)
            # A receipt in several steps.
            | Domain("location_final_id", "child_of", places)
        )
        if with_above:
            to_places |= Domain("location_dest_id", "parent_of", places)
        coming = self.sudo().search(
            Domain("product_id", "in", records.product_id.ids)
            & Domain("company_id", "in", records.company_id.ids)
            & Domain("state", "in", ON_THE_WAY)
            & Domain("location_dest_id.usage", "in", ("internal", "transit"))
            & to_places,
            order="date, id",
        )
        by_product = coming.grouped("product_id")
        return [
            by_product.get(record.product_id, coming.browse())
            .filtered(
                lambda arrival, record=record: arrival._brings(
                    record.location_id, record.company_id, with_above
                )
            )[:1]
            .with_env(self.env)
            for record in records
        ]

    def _brings(self, place, company, with_above):
        """Whether this move brings something to a place."""
        source = self.location_id
        target = self.location_final_id or self.location_dest_id
        is_above = with_above and place._child_of(target)
        return (
            self.company_id == company
            and (target._child_of(place) or is_above)
            and not source._child_of(place)
            # Nor what goes from one shelf to another.
            and not (is_above and source._child_of(target))
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
