"""Lines of issues, given to another move, or divided."""

from odoo import Command, api, models
from odoo.exceptions import UserError


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done_or_cancel(self):
        # Core says to set the quantity to 0 instead.
        components = self.move_id.filtered(
            lambda move: move.state == "done" and move.raw_material_production_id
        )
        if components:
            raise UserError(
                self.env._(
                    "These components were issued already. Use Return Components "
                    "before the order is completed, afterwards correct the quantity "
                    "used:\n%s",
                    components._list_components(),
                )
            )
        return super()._unlink_except_done_or_cancel()

    def _is_more_than(self, quantity):
        """:param quantity: in the product's unit"""
        self.ensure_one()
        unit = self.product_id.uom_id
        return unit.compare(self.quantity_product_uom, quantity) > 0

    def _get_command_to_hold(self, quantity):
        """The command on its component with which the line holds that quantity.

        :param quantity: in the product's unit
        :return: None if nothing changes
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        if unit.compare(quantity, 0) <= 0:
            return Command.delete(self.id)
        own_unit = self.product_uom_id
        in_own_unit = unit._compute_quantity(
            quantity, own_unit, rounding_method="HALF-UP"
        )
        # 5 of a pack of 6 are 0.83 packs, but those reserved are 4.98.
        if (
            unit.compare(quantity, self.quantity_product_uom) == 0
            and own_unit.compare(in_own_unit, self.quantity) == 0
        ):
            return None
        exact = own_unit._compute_quantity(in_own_unit, unit, rounding_method="HALF-UP")
        if unit.compare(exact, quantity):
            # 7 of a dozen can only be said in pieces.
            return Command.update(
                self.id, {"quantity": quantity, "product_uom_id": unit.id}
            )
        return Command.update(self.id, {"quantity": in_own_unit})

    def _hold(self, quantity):
        """:param quantity: in the product's unit, more than nothing"""
        command = self._get_command_to_hold(quantity)
        if command:
            _update, _id, vals = command
            self.write(vals)

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

    def _divide_posted(self, quantity, part, stated):
        """Give a part of a posted line to a part of its move. Nothing moves: stock's
        own ``write`` would move the quantity back and forth, and is passed by.

        :param quantity: in the product's unit
        :param part: a move that is still in draft
        :param stated: the same before it was rounded
        :return: the line that is the part's
        """
        self.ensure_one()
        if not self._is_more_than(quantity):
            self.move_id = part
            return self
        rest = self._get_rest_as_stated(quantity, stated)
        taken = self.quantity - rest
        line = self.copy(
            {"move_id": part.id, "quantity": 0, "date": self.date, "picked": True}
        )
        models.Model.write(self, {"quantity": rest})
        models.Model.write(line, {"quantity": taken})
        return line

    def _get_rest_as_stated(self, quantity, stated):
        """What is left of the line in its unit: 15 of 20 pieces where 5 are taken,
        which are 0.83 packs of 6. Where both, each rounded by the stock, aren't what
        they were together, it is what is left of the packs.

        :param quantity: in the product's unit
        :param stated: the same before it was rounded
        """
        stock_unit, own_unit = self.product_id.uom_id, self.product_uom_id
        taken = own_unit.round(
            stock_unit._compute_quantity(stated, own_unit, round=False)
        )
        rest = own_unit.round(self.quantity - taken)
        left = self.quantity_product_uom - quantity
        for part, in_stock in ((taken, quantity), (rest, left)):
            # As core has the quantity of a line.
            part_in_stock = own_unit._compute_quantity(
                part, stock_unit, rounding_method="HALF-UP"
            )
            if stock_unit.compare(part_in_stock, in_stock) != 0:
                return self._get_rest(quantity)
        return rest

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
