"""Completing many orders at once: all components are filled in together, and so is
what is produced."""

from odoo import models

from .core_methods import is_cores_own
from .filled_components import get_filled_components, with_filled_components

_EXPECTED = "expected_consumption"


class Expected:
    """What orders are expected to use, of which only products and quantities are read:
    the same for all orders of a product and quantity."""

    def __init__(self):
        # Values of components, by what decides about them.
        self.values = {}


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def button_mark_done(self):
        self._read_ahead()
        return super().button_mark_done()

    def _read_ahead(self):
        """Read of components and finished products together what core reads of each
        by themselves."""
        moves = self.move_raw_ids | self.move_finished_ids
        moves.mapped("move_line_ids")
        moves.mapped("move_dest_ids")
        products = moves.sudo().product_id
        products.product_tmpl_id.mapped("tracking")
        products.mapped("is_kits")
        (moves.location_id | moves.location_dest_id).sudo().mapped("usage")

    def pre_button_mark_done(self):
        return super(MrpProduction, with_filled_components(self)).pre_button_mark_done()

    def _set_quantities(self):
        # Here and not earlier: core's checks of all orders are behind.
        filled = get_filled_components(self.env)
        if filled and filled.is_pending:
            filled.is_pending = False
            self.browse(filled.order_ids)._fill_components_together(filled)
        return super()._set_quantities()

    def _post_inventory(self, cancel_backorder=False):
        orders = with_filled_components(self)
        filled = get_filled_components(orders.env)
        filled.is_pending = False
        self._fill_finished_together(filled)
        return super(MrpProduction, orders)._post_inventory(
            cancel_backorder=cancel_backorder
        )

    def _fill_finished_together(self, filled):
        """Make the lines of what is produced in one go, so that core finds the
        quantity that it is about to set.

        :param filled: notes what was done
        """
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantities, ready = {}, {}
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
            if len(moves) != 1:
                continue
            if moves.move_line_ids and moves.quantity == quantity:
                # Core made it when the order was confirmed.
                ready[moves] = quantity
            elif moves._may_be_produced_together(quantity, digits):
                quantities[moves] = quantity
        moves = self.env["stock.move"].concat(*quantities)
        taken = moves._get_products_at_origin() if moves else moves.product_id
        quantities = {
            move: quantity
            for move, quantity in quantities.items()
            if move.product_id not in taken
        }
        moves._produce_together(quantities)
        filled.quantities.update(
            {move.id: quantity for move, quantity in (ready | quantities).items()}
        )

    def _get_consumption_issues(self):
        orders = self
        if len(self) > 1 and self._is_expected_by_core_alone():
            orders = self.with_context(**{_EXPECTED: Expected()})
        return [
            (order.with_env(self.env), *issue)
            for order, *issue in super(MrpProduction, orders)._get_consumption_issues()
        ]

    def _is_expected_by_core_alone(self):
        """Whether no other module has a say in what an order is expected to use."""
        return (
            is_cores_own(self, "_get_moves_raw_values")
            and is_cores_own(self, "_get_move_raw_values")
            and is_cores_own(self.env["mrp.bom"], "explode")
        )

    def _get_moves_raw_values(self):
        expected = self.env.context.get(_EXPECTED)
        if not isinstance(expected, Expected):
            return super()._get_moves_raw_values()
        key = self._get_explosion_key()
        if key not in expected.values:
            expected.values[key] = super()._get_moves_raw_values()
        return expected.values[key]

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

    def _fill_components_together(self, filled):
        """Fill in what core is about to fill in component by component, so that it
        finds it done. What is left to core is left to it with everything that it
        would share stock with: which of them comes first decides about lots.

        :param filled: notes what was done
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
        filled.quantities.update({move.id: quantities[move] for move in components})

    def _get_orders_to_fill(self):
        """The orders that core fills in, in its order, which is that of a set."""
        ids = set()
        for order in self:
            if order._auto_production_checks():
                ids.add(order.id)
        return self.browse(ids).filtered(lambda order: not order.qty_producing)

    def _prepare_to_fill(self):
        """What must be done on orders before their components are filled in."""

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
        quantities = {}
        for order in self:
            components = order._get_components_to_fill()
            if order._is_filled_together():
                quantities |= components._get_quantities_of_whole_order(order)
            else:
                quantities |= dict.fromkeys(components)
        return quantities

    def _get_components_to_fill(self):
        components = self._get_components().filtered(
            lambda move: (
                not move._is_manual()
                and not move._is_recorded()
                and not (move.picked and move.manual_consumption)
            )
        )
        if self._is_waiting_for_pick():
            components = components.filtered(lambda move: move.has_tracking == "none")
        return components
