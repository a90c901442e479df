from odoo import models


class MrpProductionSerials(models.TransientModel):
    _inherit = "mrp.production.serials"

    def action_apply(self):
        order = self.production_id
        lots = {
            (order.product_id.id, name)
            for name in (self.serial_numbers or "").split("\n")
            if name.strip()
        }
        # Core makes those that aren't there: two who enter the same would make two.
        order._take_turns(lots=lots)
        self.env["stock.lot"]._check_turns(lots)
        return super().action_apply()
