from odoo import fields, models

KINDS = [
    ("material", "Material"),
    ("machine", "Machine"),
    ("people", "People"),
    ("data", "Data"),
]


class MrpDeviationReason(models.Model):
    _name = "mrp.deviation.reason"
    _description = "Deviation Reason"
    _inherit = ["mrp.checked.record", "mrp.backflush.kept"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        translate=True,
        help="Why more or less of a component was used than planned.",
    )
    kind = fields.Selection(
        KINDS,
        required=True,
        default="material",
        help="What it comes from. Material: the component itself. Machine: a machine "
        "or its set-up. People: how it was worked. Data: the bill of materials or an "
        "entry is wrong, no more was really used.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(
        default=True, help="Reasons that were given stay where they are."
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="The company whose orders may have it. Empty: any.",
    )
