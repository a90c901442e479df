from odoo import models


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    def button_finish(self):
        # Core fills and picks every component of the work order.
        workorders = self
        if self.move_raw_ids._has_manual():
            workorders = self._without_issuing_manual_components()
        return super(MrpWorkorder, workorders).button_finish()

    def _without_issuing_manual_components(self):
        return self.with_context(spare_manual_components=True)

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
