from odoo import models

# What is remembered of companies follows from these.
_RULES = frozenset({"shortage_rule", "lot_rule", "serial_rule", "expired_lot_rule"})


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if not _RULES.isdisjoint(vals):
            # In all processes, once this is committed.
            self.env.registry.clear_cache()
        return result
