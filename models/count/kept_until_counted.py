"""What must not change as long as something is left to the next count: it could not be
counted any more. Issue methods may: what is left keeps its own, and stays due."""

from odoo import api, models
from odoo.exceptions import UserError


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model
    def _check_nothing_left_to_count(self, records, products=None, location=None):
        """
        :param records: that are to change, for the message
        :raise UserError: orders used some of it At Count, and no count has found it
        """
        companies = self.env["res.company"].sudo()
        # Where nobody counts: without a query.
        for company in companies.browse(companies._find_counting_ids()):
            moves = self.sudo()
            left = moves.concat(*moves._find_left_to_count(company, products, location))
            if left:
                raise UserError(
                    self.env._(
                        "%(name)s: orders used components At Count, and no count has "
                        "found how much. Count it first:\n%(places)s",
                        name=", ".join(records.mapped("display_name")),
                        places=left._list_places(),
                    )
                )

    def _list_places(self):
        places = {(move.location_id, move.product_id) for move in self}
        return "\n".join(
            f"- {product.display_name}: {location.display_name}"
            for location, product in sorted(
                places, key=lambda pair: (pair[0].id, pair[1].id)
            )
        )


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.constrains("tracking")
    def _check_counted_before_serials(self):
        """Of serial numbers nothing is At Count.

        :raise UserError: something of it is left to count
        """
        serial = self.filtered(lambda product: product.tracking == "serial")
        products = serial.with_context(active_test=False).product_variant_ids
        if products:
            self.env["stock.move"]._check_nothing_left_to_count(serial, products)


class StockLocation(models.Model):
    _inherit = "stock.location"

    @api.constrains("active")
    def _check_counted_before_archived(self):
        """:raise UserError: something that was used there is left to count"""
        for place in self.filtered(lambda place: not place.active):
            self.env["stock.move"]._check_nothing_left_to_count(place, location=place)
