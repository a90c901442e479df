"""What is unbuilt is moved in turns with the orders that use it."""

from odoo import models

from .turns import take_turns


class MrpUnbuild(models.Model):
    _inherit = "mrp.unbuild"

    def _take_turns(self):
        if self.company_id._has_any_shortage_rules():
            order = self.mo_id
            moved = order.move_raw_ids.product_id | order.move_finished_ids.product_id
            take_turns(self.env, moved | self.product_id)

    def action_validate(self):
        self._take_turns()
        return super().action_validate()

    def action_unbuild(self):
        self._take_turns()
        return super().action_unbuild()
