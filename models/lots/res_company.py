from odoo import fields, models, tools

SCAN_RULES = [
    ("automatic", "Automatic"),
    ("scan", "Must Be Scanned"),
]

EXPIRED_LOT_RULES = [
    ("allow", "As Odoo"),
    ("skip", "Never Chosen by the System"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    lot_rule = fields.Selection(
        SCAN_RULES,
        string="Lots of Components",
        default="automatic",
        required=True,
        help="How the lots of components are chosen.\n"
        "Automatic: by the removal strategy; such a lot is marked as inferred.\n"
        "Must Be Scanned: a person enters or confirms each lot before the order is "
        "done.",
    )
    serial_rule = fields.Selection(
        SCAN_RULES,
        string="Serial Numbers of Components",
        default="automatic",
        required=True,
        help="How the serial numbers of components are chosen.\n"
        "Automatic: by the removal strategy; such a number is marked as inferred.\n"
        "Must Be Scanned: a person enters or confirms each number before the order is "
        "done.",
    )
    expired_lot_rule = fields.Selection(
        EXPIRED_LOT_RULES,
        string="Lots Past Their Removal Date",
        default="allow",
        required=True,
        help="Whether Odoo chooses lots and serial numbers of components that are past "
        "their removal date. A person can always enter one.\n"
        "As Odoo: not reserved, but taken when an order is completed without a "
        "reservation.\n"
        "Never Chosen by the System: what is missing then is not in stock.",
    )

    @tools.ormcache("self._ids")
    def _have_lot_rules(self):
        """Whether one of them wants lots scanned, or skipped where they are past their
        removal date. Asked first, with every step, for most do neither: answered from
        memory until a rule changes."""
        return any(
            "scan" in (company.lot_rule, company.serial_rule)
            or company.expired_lot_rule == "skip"
            for company in self.sudo()
        )
