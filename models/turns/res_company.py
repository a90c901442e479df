from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _takes_turns(self):
        """Whether it matters what is there: who moves the same products waits for each
        other. Asked with every posting: answered without a query."""
        self.ensure_one()
        # Of a count and a posting at once one must see what the other did.
        return self._has_shortage_rules() or self._counts_lines()
