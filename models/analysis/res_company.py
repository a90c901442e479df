from odoo import api, fields, models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    use_consumption_analysis = fields.Boolean(
        string="Consumption Analysis",
        help="Compare what was planned of each component with what was used, in "
        "quantity and money.",
    )

    @tools.ormcache("self.id")
    def _analyses_consumption(self):
        return self.sudo().use_consumption_analysis

    @api.constrains("use_consumption_analysis")
    def _switch_consumption_analysis(self):
        """Menus and fields are there for everybody as soon as one company uses it."""
        self.env.registry.clear_cache()
        group = self.env.ref("mrp_backflush.group_use_consumption_analysis").sudo()
        everybody = self.env.ref("base.group_user").sudo()
        is_used = self.sudo().search_count(
            [("use_consumption_analysis", "=", True)], limit=1
        )
        if is_used:
            everybody._apply_group(group)
        else:
            everybody._remove_group(group)
