from odoo import models

# What is remembered of companies follows from these.
_RULES = frozenset(
    {
        *("shortage_rule", "lot_rule", "serial_rule", "expired_lot_rule"),
        *("tell_taken_reservations", "use_consumption_tolerance"),
        "is_reason_required",
    }
)


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(self._with_tolerance_used(vals))
        if not _RULES.isdisjoint(vals):
            # In all processes, once this is committed.
            self.env.registry.clear_cache()
        return result
