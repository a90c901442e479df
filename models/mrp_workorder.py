from odoo import models

from .call_scope import SPARED_COMPONENTS
from .rules.issue_method import OPERATION


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    def write(self, vals):
        if "workcenter_id" not in vals:
            return super().write(vals)
        moved = self.filtered(
            lambda order: order.workcenter_id.id != vals["workcenter_id"]
        )
        result = super().write(vals)
        moved.production_id.move_raw_ids.filtered(
            lambda move: move._get_supply_workorder() in moved
        )._resolve_supply_location_again()
        return result

    def button_start(self, raise_on_invalid_state=False):
        self.production_id._take_turns()
        result = super().button_start(raise_on_invalid_state)
        self.production_id._issue_at_start()
        return result

    def button_finish(self):
        if not self:
            # Core finishes the work orders of all orders, whether there are any.
            return super().button_finish()
        self.production_id._take_turns()
        finishing = self.filtered(lambda order: order.state not in ("done", "cancel"))
        components = finishing._get_open_components()
        recorded = components.filtered("picked")
        # Core fills and picks every component of the work order.
        with SPARED_COMPONENTS.hold(self.env):
            result = super().button_finish()
        finishing._refill_own_needs(components - recorded)
        if not self.production_id._is_completing():
            finishing._issue_at_operation(recorded)
        return result

    def _get_open_components(self):
        return self.move_raw_ids.filtered(lambda move: move._is_open_component())

    def _refill_own_needs(self, components):
        """Core filled these with a share of a demand that isn't proportional."""
        own = components.filtered(lambda move: move._has_own_need())
        for move, need in own._get_needs(own._get_reported_at_operation()).items():
            move._set_quantity_done(need.open)
            move.picked = True

    def _issue_at_operation(self, recorded):
        """Issue what is backflushed at the operations that were just reported.

        :param recorded: components of which a person said what was used
        """
        components = self._get_open_components().filtered(
            lambda move: move.issue_method == OPERATION
        )
        needs = components._get_needs(components._get_reported_at_operation())
        components._issue(
            {
                move: move.quantity if move in recorded else need.open
                for move, need in needs.items()
            }
        )

    def _get_reported_quantity(self):
        """Finished quantity that was reported at the operation, on this order or
        already on the one that it is the backorder of; in the order's unit."""
        self.ensure_one()
        return self.qty_reported_from_previous_wo + self.qty_produced
