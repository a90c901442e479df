"""What is unbuilt without an order is moved in turns with the orders that use it."""

from odoo import models

from .turns import take_turns


class MrpUnbuild(models.Model):
    _inherit = "mrp.unbuild"

    def _take_turns(self):
        """Of an order's components and products it takes turns as the order does."""
        if self.mo_id:
            self.mo_id._take_turns()
        elif self.company_id._has_turns():
            _boms, lines = self.bom_id.explode(self.product_id, 1)
            components = (line.product_id for line, _values in lines)
            take_turns(self.env, self.product_id.union(*components))
