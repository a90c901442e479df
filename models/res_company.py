from odoo import fields, models, tools

from .rules.shortage import ALLOW, SHORTAGE_RULES

SCAN_RULES = [
    ("automatic", "Automatic"),
    ("scan", "Must Be Scanned"),
]

EXPIRED_LOT_RULES = [
    ("allow", "As Odoo"),
    ("skip", "Never Chosen by the System"),
]


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "mrp.checked.fields"]

    unissued_rule = fields.Selection(
        [
            ("bom", "As the bill of materials says"),
            ("block", "Block the order"),
        ],
        string="Manual Components Not Issued",
        default="bom",
        required=True,
        help="What happens when an order is marked done and a manual component was "
        "neither issued nor recorded as not used.\n"
        "As the bill of materials says: its Flexible Consumption setting decides "
        "whether the order is closed, closed after a warning, or blocked for all but "
        "administrators.\n"
        "Block the order: it can't be completed, and a message lists the components.",
    )
    lot_rule = fields.Selection(
        SCAN_RULES,
        string="Lots of Components",
        default="automatic",
        required=True,
        help="How the lots of components tracked by lot are chosen.\n"
        "Automatic: by the removal strategy; such a lot is marked as inferred.\n"
        "Must Be Scanned: a person enters or confirms each lot, and an order can't be "
        "completed before.",
    )
    serial_rule = fields.Selection(
        SCAN_RULES,
        string="Serial Numbers of Components",
        default="automatic",
        required=True,
        help="How the serial numbers of components tracked by serial number are "
        "chosen.\n"
        "Automatic: by the removal strategy; such a number is marked as inferred.\n"
        "Must Be Scanned: a person enters or confirms each number, and an order can't "
        "be completed before.",
    )
    expired_lot_rule = fields.Selection(
        EXPIRED_LOT_RULES,
        string="Lots Past Their Removal Date",
        default="allow",
        required=True,
        help="Whether the system may choose lots and serial numbers of components that "
        "are past their removal date. A person may always enter one.\n"
        "As Odoo: it reserves none, and takes them where the order is completed and "
        "they were not reserved.\n"
        "Never Chosen by the System: what is missing then is a shortage.",
    )

    shortage_rule = fields.Selection(
        SHORTAGE_RULES,
        string="Shortages of Components",
        default=ALLOW,
        required=True,
        help="What happens when a component is to be issued and not enough of it is "
        "there, unless its product category says otherwise.\n"
        "Allow: it is issued all the same. Stock goes negative, and what other "
        "documents have reserved is taken from them.\n"
        "Block the Order: a message lists every missing component and who holds the "
        "rest, and nothing is issued.\n"
        "Park and Settle Later: what is there is issued, and the order is completed. "
        "The rest becomes a backflush exception, which is settled by itself when the "
        "component arrives.",
    )
    tell_taken_reservations = fields.Boolean(
        string="Tell Whose Reservations Are Taken",
        help="Where a shortage is allowed and stock is taken that another document had "
        "reserved, a note on both documents says so. The preview of what would be "
        "issued always does.",
    )
    exception_attempt_limit = fields.Integer(
        string="Failed Attempts Until Somebody Is Told",
        default=3,
        help="After so many failed attempts to settle a backflush exception, its "
        "responsible person gets an activity. 0: never.",
    )

    _exception_attempt_limit_positive = models.Constraint(
        "CHECK (exception_attempt_limit >= 0)",
        "The number of failed attempts can't be negative.",
    )

    # Shortages.

    def _resolve_shortage_rule(self, category):
        """Find the first level that says what happens in a shortage: a category, its
        parents, the company.

        :return: (rule, the record that says it)
        """
        self.ensure_one()
        while category:
            rule = category.with_company(self).shortage_rule
            if rule:
                return rule, category
            category = category.parent_id
        return self.shortage_rule or ALLOW, self

    @tools.ormcache("self.id")
    def _has_shortage_rules(self):
        """Whether the company does anything but *allow*, for some products at least.
        Asked with every completion and transfer: answered without a query."""
        return self.sudo().shortage_rule != ALLOW or self._has_category_rules()

    def _has_any_shortage_rules(self):
        # A loop, for it is asked with every step: most often of one company.
        for company in self:
            if company._has_shortage_rules():
                return True
        return False

    def _has_category_rules(self):
        # *Allow* counts too: what is meant is decided later.
        categories = self.env["product.category"].sudo().with_company(self)
        return bool(categories.search_count([("shortage_rule", "!=", False)], limit=1))

    def _may_have_open_exceptions(self):
        """Asked with every transfer: answered without a query. Where shortages may be
        parked one can have been made this moment, by a process whose news of it have
        not come here yet."""
        self.ensure_one()
        return self._has_shortage_rules() or self._has_open_exceptions()

    @tools.ormcache("self.id")
    def _has_open_exceptions(self):
        domain = [("state", "=", "open"), ("company_id", "=", self.id)]
        exceptions = self.env["mrp.backflush.exception"].sudo()
        return bool(exceptions.search_count(domain, limit=1))

    def write(self, vals):
        result = super().write(vals)
        if "shortage_rule" in vals:
            self._forget_shortage_rules()
        return result

    def _forget_shortage_rules(self):
        """Answer the questions above anew, in all processes once this is committed."""
        self.env.registry.clear_cache()
