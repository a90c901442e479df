from contextlib import contextmanager

from odoo import Command, models

from ..access.system_fields import by_system
from ..call_scope import DEMANDS, ORDER_EXPLOSION
from ..rules.component_quantity import Demands, OrderExplosion


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _demands_fixed_quantities(self):
        """Whether this order asks for what is needed once: the first one of a chain
        of backorders does, so that the others don't ask again."""
        self.ensure_one()
        return self.backorder_sequence <= 1

    @contextmanager
    def _exploding_bom(self):
        """Within this block core explodes the order's BoM.

        :return: the OrderExplosion, with what was found once the block is left
        """
        explosion = OrderExplosion(self, self.bom_id)
        with ORDER_EXPLOSION.hold(self.env, explosion):
            yield explosion

    def _get_bom_explosion(self):
        """What the BoM calls for on this order, whatever became of its components."""
        self.ensure_one()
        bom = self.bom_id
        explosion = OrderExplosion(self, bom)
        if bom:
            quantity = self.product_uom_id._compute_quantity(
                self.product_qty, bom.product_uom_id, round=False
            )
            never = self.never_product_template_attribute_value_ids
            with ORDER_EXPLOSION.hold(self.env, explosion):
                bom.explode(
                    self.product_id,
                    quantity / bom.product_qty,
                    picking_type=bom.picking_type_id,
                    never_attribute_values=never,
                )
        return explosion

    @contextmanager
    def _linking_quantities(self, bom):
        """Within this block core links another BoM to the order. At its end components
        of an order in progress need what that calls for."""
        if self.state in ("draft", "done", "cancel"):
            # A draft order's components are made anew.
            yield
            return
        times = 1 / self._get_ratio_between_mo_and_bom_quantities(bom)
        explosion = OrderExplosion(self, bom, times)
        called_for = {move: move._get_bom_quantities() for move in self.move_raw_ids}
        with (
            ORDER_EXPLOSION.hold(self.env, explosion),
            DEMANDS.hold(self.env, Demands()),
        ):
            yield
        for component in self.move_raw_ids:
            component._apply_bom_quantities(explosion)
        self._get_components()._adapt_wholes_to_bom(called_for)

    def _update_raw_moves(self, factor):
        product_qty = self.product_qty * factor
        components = self._get_components()
        rests = {move: move._plan_rest(product_qty) for move in components}
        demands = Demands(
            demands={
                move._get_demands_key(): move._get_open_demand(rest)
                for move, rest in rests.items()
            }
        )
        with DEMANDS.hold(self.env, demands):
            updates = super()._update_raw_moves(factor)
        for move, rest in rests.items():
            if move.whole_quantity:
                move._start_whole(rest, product_qty)
        return [
            (move, old_quantity, move.product_uom_qty)
            for move, old_quantity, _new_quantity in updates
            if not move.fixed_quantity
            or move.product_uom.compare(old_quantity, move.product_uom_qty)
        ]

    @contextmanager
    def _splitting_needs(self):
        """Within this block core divides the orders, and their needs are divided as one
        whole."""
        # Core leaves what was added by hand with the first order.
        components = self._get_components().filtered(lambda move: not move.additional)
        components._keep_whole()
        demands = Demands(needs=components._get_needs_to_split())
        # Copies of components, with what the system keeps on them.
        with DEMANDS.hold(self.env, demands), by_system(self.env):
            yield

    def _copy_fixed_components(self):
        """Commands for what core doesn't copy, as nothing of a component without a
        demand: the copy is no backorder.
        """
        return [
            Command.create(component._copy_fixed_component())
            for component in self.move_raw_ids
            if component.fixed_quantity and not component.product_qty
        ]

    def _mark_fixed_in_bom(self, by_component):
        """:param by_component: commands of core's with the lines of a BoM made of the
        order
        """
        for component, (_command, _id, vals) in by_component.items():
            if component.fixed_quantity and not component.quantity_per_unit:
                vals["is_fixed_quantity"] = True
                vals["product_qty"] = component.product_uom._compute_quantity(
                    component.fixed_quantity,
                    self.env["uom.uom"].browse(vals["product_uom_id"]),
                )
