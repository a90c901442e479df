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
