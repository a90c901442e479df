from odoo import models

from ..texts import format_quantity


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _get_place_brought_to(self):
        """Product and place: lines that have it in common lie together."""
        self.ensure_one()
        return (
            *(self.product_id, self.location_dest_id, self.lot_id),
            *(self.result_package_id, self.owner_id),
        )

    def _are_still_there(self):
        """Whether what these lines brought to one place is there, all of it."""
        product, location, lot, package, owner = self[:1]._get_place_brought_to()
        if not product.is_storable:
            return True
        quants = self.env["stock.quant"]._gather(
            product,
            location,
            lot_id=lot,
            package_id=package,
            owner_id=owner,
            strict=True,
        )
        same = quants.filtered(lambda quant: quant.lot_id == lot)
        brought = sum(self.mapped("quantity_product_uom"))
        return product.uom_id.compare(sum(same.mapped("quantity")), brought) >= 0

    def _describe_place(self):
        """:return: what these lines brought to one place, in words"""
        product, location, lot, _package, _owner = self[:1]._get_place_brought_to()
        # A single line has the unit that people know.
        unit, quantity = self[:1].product_uom_id, sum(self.mapped("quantity"))
        if len(self) > 1:
            unit = product.uom_id
            quantity = sum(self.mapped("quantity_product_uom"))
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s%(lot)s at %(location)s",
            quantity=format_quantity(self.env, quantity),
            unit=unit.display_name,
            product=product.display_name,
            lot=f", {lot.name}" if lot else "",
            location=location.display_name,
        )
