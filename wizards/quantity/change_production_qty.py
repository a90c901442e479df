from odoo import models
from odoo.exceptions import UserError


class ChangeProductionQty(models.TransientModel):
    _inherit = "change.production.qty"

    def change_prod_qty(self):
        self.mo_id._take_turns()
        self._check_not_completed_meanwhile()
        result = super().change_prod_qty()
        return self.mo_id._adapt_to_new_quantity() or result

    def _check_not_completed_meanwhile(self):
        """Core, which asks no more, would change what was made and not what was used.

        :raise UserError: somebody completed the order while the dialog was open
        """
        completed = self.mo_id.filtered(
            lambda order: (
                order.state == "done" and order.company_id._has_shortage_rules()
            )
        )
        if completed:
            raise UserError(
                self.env._(
                    "%s was completed meanwhile: its quantity can't be changed here.",
                    ", ".join(completed.mapped("display_name")),
                )
            )
