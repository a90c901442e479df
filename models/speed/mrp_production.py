"""Completing many orders at once: what core compares an order with, without what it
does not read of it; all components are filled in together, and so is what is produced.
"""

from odoo import models

from ..call_scope import CallScope
from .company_check import have_agreeing_companies
from .filling import FILLING, Filling
from .shortcuts import is_taken

# Values of the components that orders are expected to use, of which only products and
# quantities are read, by what decides about them.
_EXPECTED = CallScope("expected_components")


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _check_company(self, fnames=None):
        if len(self) > 1 and fnames is None and have_agreeing_companies(self):
            return None
        # Core says in words what is wrong.
        return super()._check_company(fnames)

    # Components.

    def pre_button_mark_done(self):
        self._read_ahead()
        if len(self.move_raw_ids) < 2:
            return super().pre_button_mark_done()
        with FILLING.hold(self.env, Filling(self.ids)):
            return super().pre_button_mark_done()

    def _read_ahead(self):
        """Read of components and finished products together what core reads of each
        by themselves."""
        moves = self.move_raw_ids | self.move_finished_ids
        moves.mapped("move_line_ids")
        for name in ("is_kits", "orderpoint_ids", "standard_price"):
            moves.product_id.mapped(name)

    def _set_quantities(self):
        # Here and not earlier: core's checks of all orders are behind.
        filling = FILLING.is_open() and FILLING.get(self.env)
        if filling and filling.quantities is None:
            filling.quantities = {}
            if is_taken(self.env, "components"):
                self.browse(filling.order_ids)._fill_components_together(filling)
        return super()._set_quantities()

    def _fill_components_together(self, filling):
        """Fill in what core is about to fill in component by component, so that it
        finds it done. What is left to core is left to it with everything that it
        would share stock with: which of them comes first decides about lots.

        :param filling: notes what was done
        """
        orders = self._get_orders_to_fill()
        orders._prepare_to_fill()
        quantities = orders._get_quantities_to_fill()
        components = self.env["stock.move"].concat(*quantities)
        alone = components.filtered(
            lambda move: not move._may_be_filled_together(quantities[move])
        )
        shared = alone.product_id | components._get_products_of_nested_locations()
        components = components.filtered(lambda move: move.product_id not in shared)
        components._set_quantities_done(quantities)
        filling.quantities = {move.id: quantities[move] for move in components}

    def _get_orders_to_fill(self):
        """The orders that core fills in, in its order, which is that of a set."""
        ids = set()
        for order in self:
            if order._auto_production_checks():
                ids.add(order.id)
        return self.browse(ids).filtered(lambda order: not order.qty_producing)

    def _is_filled_together(self):
        """Whether what core reports for the order is the quantity to produce."""
        self.ensure_one()
        return (
            self.state not in ("draft", "done", "cancel")
            and not self._is_subcontracted()
            and not self.qty_produced
            # Core makes serial numbers first, which report a quantity themselves.
            and not (self.product_tracking == "serial" and not self.lot_producing_ids)
        )

    def _get_quantities_to_fill(self):
        """:return: in the component's unit, by component, in core's order; None where
        it is for core to say"""
        quantities, filled_together = {}, self.env["stock.move"]
        for order in self:
            components = order._get_components_to_fill()
            quantities |= dict.fromkeys(components)
            if order._is_filled_together():
                filled_together |= components
        # Of all orders at once: those of one chain come one after the other.
        known = filled_together._get_quantities_of_whole_orders()
        return {
            move: known.get(move)
            for move in quantities
            if move in known or move not in filled_together
        }

    def _get_components_to_fill(self):
        components = self._get_components().filtered(
            lambda move: (
                not move._is_not_filled_in()
                and not move._is_recorded()
                and not (move.picked and move.manual_consumption)
            )
        )
        if self._is_waiting_for_pick():
            components = components.filtered(lambda move: move.has_tracking == "none")
        return components

    # What is expected.

    def _get_consumption_issues(self):
        if len(self.move_raw_ids) < 2 or not is_taken(self.env, "expected"):
            return super()._get_consumption_issues()
        # Components are made for a comparison alone.
        with _EXPECTED.hold(self.env, {}):
            return super()._get_consumption_issues()

    def _get_moves_raw_values(self):
        expected = _EXPECTED.get(self.env) if _EXPECTED.is_open() else None
        if expected is None:
            return super()._get_moves_raw_values()
        key = self._get_explosion_key()
        if key not in expected:
            expected[key] = super()._get_moves_raw_values()
        return expected[key]

    def _get_explosion_key(self):
        """What decides about the products and quantities of an order's components."""
        return (
            self.bom_id,
            self.product_id,
            self.product_qty,
            self.product_uom_id,
            self.company_id,
            self.backorder_sequence,
            self.never_product_template_attribute_value_ids,
        )

    def _get_move_raw_values(
        self, product, product_uom_qty, product_uom, operation_id=False, bom_line=False
    ):
        if _EXPECTED.is_open() and _EXPECTED.get(self.env) is not None:
            return {
                "product_id": product.id,
                "product_uom_qty": product_uom_qty,
                "product_uom": product_uom.id,
                "bom_line_id": bom_line.id if bom_line else False,
            }
        return super()._get_move_raw_values(
            product, product_uom_qty, product_uom, operation_id, bom_line
        )

    # What is produced.

    def _post_inventory(self, cancel_backorder=False):
        if len(self) > 1:
            if is_taken(self.env, "finished"):
                self._fill_finished_together()
            # Core reads these of one order at a time. The latter may take the database
            # far longer than anything else here, as often as it is asked.
            lines = self.move_finished_ids.move_line_ids
            lines.mapped("quantity")
            lines.mapped("consume_line_ids")
        return super()._post_inventory(cancel_backorder=cancel_backorder)

    def _fill_finished_together(self):
        """Make the lines of what is produced in one go, so that core finds the
        quantity that it is about to set."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantities = {}
        for order in self:
            quantity = order.product_uom_id.round(
                order.qty_producing - order.qty_produced, rounding_method="HALF-UP"
            )
            moves = order.move_finished_ids.filtered(
                lambda move, order=order: (
                    move.product_id == order.product_id
                    and move.state not in ("done", "cancel")
                )
            )
            if len(moves) == 1 and moves._may_be_produced_together(quantity, digits):
                quantities[moves] = quantity
        moves = self.env["stock.move"].concat(*quantities)
        taken = moves._get_products_at_origin() if moves else moves.product_id
        moves._produce_together(
            {
                move: quantity
                for move, quantity in quantities.items()
                if move.product_id not in taken
            }
        )
