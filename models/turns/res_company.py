from odoo import models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    @tools.ormcache("self._ids")
    def _has_turns(self):
        """Whether who moves the same products waits for each other: where what is there
        decides, and where it is counted. Asked with every posting: answered without a
        query."""
        return any(
            company._has_shortage_rules() or company._counts_lines() for company in self
        )
