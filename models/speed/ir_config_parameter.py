from odoo import api, models
from odoo.tools import ormcache

from .shortcuts import SHORTCUTS

PARAMETER = "mrp_backflush.speed"


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model
    @ormcache(cache="stable")
    def _get_shortcuts_switched_off(self):
        """Names of shortcuts, as the parameter has them: core forgets all of this
        cache when a parameter changes, on all workers."""
        value = (self._get_param(PARAMETER) or "on").strip().lower()
        if value == "on":
            return frozenset()
        if value == "off":
            return frozenset(SHORTCUTS)
        return frozenset(name.strip() for name in value.split(","))
