from odoo import models


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _is_more_than(self, quantity):
        """:param quantity: in the product's unit"""
        self.ensure_one()
        unit = self.product_id.uom_id
        return unit.compare(self.quantity_product_uom, quantity) > 0

    def _reduce(self, quantity):
        """Leave that much less on the line.

        :param quantity: in the product's unit
        """
        self.quantity = self._get_rest(quantity)

    def _get_rest(self, quantity):
        """What is left of the line without that, in the line's unit."""
        return self.product_id.uom_id._compute_quantity(
            self.quantity_product_uom - quantity,
            self.product_uom_id,
            rounding_method="HALF-UP",
        )

    def _divide_posted(self, quantity, part):
        """Give a part of a posted line to a part of its move. Nothing moves: stock's
        own ``write`` would move the quantity back and forth, and is passed by.

        :param quantity: in the product's unit
        :param part: a move that is still in draft
        """
        self.ensure_one()
        if not self._is_more_than(quantity):
            self.move_id = part
            return
        rest = self._get_rest(quantity)
        taken = self.quantity - rest
        line = self.copy(
            {"move_id": part.id, "quantity": 0, "date": self.date, "picked": True}
        )
        models.Model.write(self, {"quantity": rest})
        models.Model.write(line, {"quantity": taken})

    def _prepare_return_vals(self, move):
        """The way back of a posted line.

        :param move: the move that returns it
        """
        self.ensure_one()
        return {
            **move._prepare_move_line_vals(),
            "product_uom_id": self.product_uom_id.id,
            "quantity": self.quantity,
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "lot_id": self.lot_id.id,
            "package_id": self.result_package_id.id,
            "result_package_id": self.package_id.id,
            "owner_id": self.owner_id.id,
            "picked": True,
        }
