from odoo import api, fields, models, tools


class ResCompany(models.Model):
    _inherit = "res.company"

    use_consumption_analysis = fields.Boolean(
        string="Consumption Analysis",
        help="What orders really used: what it cost more than planned, why, and what "
        "bills of materials should say.",
    )
    proposal_least_deviation = fields.Float(
        string="Smallest Deviation",
        default=2.0,
        help="In percent. BoM lines that are less wrong than this are left alone.",
    )
    proposal_least_value = fields.Monetary(
        string="Smallest Yearly Value",
        default=0.0,
        help="BoM lines whose deviation is worth less than this in a year are left "
        "alone. 0: each deviation counts.",
    )

    _proposal_least_positive = models.Constraint(
        "CHECK (proposal_least_deviation >= 0 AND proposal_least_value >= 0)",
        "The smallest deviation and value of a proposal can't be negative.",
    )

    @tools.ormcache("self.id")
    def _proposes_corrections(self):
        return self.sudo().use_consumption_analysis

    @api.constrains("use_consumption_analysis")
    def _switch_consumption_analysis(self):
        """Menus and fields are there for everybody as soon as one company has it."""
        self.env.registry.clear_cache()
        group = self.env.ref("mrp_backflush.group_use_consumption_analysis").sudo()
        everybody = self.env.ref("base.group_user").sudo()
        if self.sudo().search_count([("use_consumption_analysis", "=", True)], limit=1):
            everybody._apply_group(group)
        else:
            everybody._remove_group(group)
