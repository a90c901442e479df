from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

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
