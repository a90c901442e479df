from odoo import fields, models, tools

from ..rules.shortage import ALLOW, SHORTAGE_RULES


class ResCompany(models.Model):
    _inherit = "res.company"

    shortage_rule = fields.Selection(
        SHORTAGE_RULES,
        string="Shortages of Components",
        default=ALLOW,
        required=True,
        help="What happens when a component is to be issued and not enough of it is in "
        "stock, unless its product category has a rule of its own.\n"
        "Allow: it is issued all the same. Stock goes negative, and what other "
        "documents have reserved is taken from them.\n"
        "Block the Order: a message lists every missing component and who holds the "
        "rest, and nothing is issued.\n"
        "Let It Wait and Settle Later: what is in stock is issued, and the order is "
        "completed. The rest is waiting, and is issued when it arrives.",
    )
    tell_taken_reservations = fields.Boolean(
        string="Notes on Taken Reservations",
        help="Where shortages are allowed, stock may be taken that another document "
        "had reserved. A note on both documents then says so. Backflush Preview says "
        "it beforehand in any case.",
    )
    exception_attempt_limit = fields.Integer(
        string="Failed Attempts Before an Activity",
        default=3,
        help="When a waiting component could not be issued this many times, its "
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

    @tools.ormcache("self._ids")
    def _has_any_shortage_rules(self):
        return any(company._has_shortage_rules() for company in self)

    def _has_category_rules(self):
        # *Allow* counts too: what is meant is decided later.
        categories = self.env["product.category"].sudo().with_company(self)
        return bool(categories.search_count([("shortage_rule", "!=", False)], limit=1))

    def _get_category_shortage_rules(self):
        """:return: a set of those that any product category has for this company"""
        self.ensure_one()
        categories = self.env["product.category"].sudo().with_company(self)
        found = categories.search([("shortage_rule", "!=", False)])
        return set(found.mapped("shortage_rule"))

    def _may_have_open_exceptions(self):
        """Asked with every transfer: answered without a query. Where shortages may be
        parked one can have been made this moment, by a process whose news of it have
        not come here yet."""
        return self._has_any_shortage_rules() or any(
            company._has_open_exceptions() for company in self
        )

    @tools.ormcache("self.id")
    def _has_open_exceptions(self):
        domain = [("state", "=", "open"), ("company_id", "=", self.id)]
        exceptions = self.env["mrp.backflush.exception"].sudo()
        return bool(exceptions.search_count(domain, limit=1))

    def _forget_shortage_rules(self):
        """Answer the questions above anew, in all processes once this is committed."""
        self.env.registry.clear_cache()
