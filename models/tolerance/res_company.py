from odoo import api, fields, models, tools

from ..rules.tolerance import Tolerance
from ..texts import format_number
from .tolerance_level import check_percentages


class ResCompany(models.Model):
    _inherit = "res.company"

    use_consumption_tolerance = fields.Boolean(
        string="Consumption Tolerance",
        help="Nobody is asked about small deviations, and reasons may be given for "
        "larger ones. Off: as in Odoo, whatever categories, products and BoM lines "
        "have set.",
    )
    tolerance_over = fields.Float(
        digits=(16, 2),
        help="By how many percent of the need more of a component may be used, and "
        "nobody is asked when an order is completed. A category, product or BoM line "
        "may have its own tolerance.",
    )
    tolerance_under = fields.Float(
        digits=(16, 2),
        help="By how many percent of the need less of a component may be used, and "
        "nobody is asked when an order is completed. A category, product or BoM line "
        "may have its own tolerance.",
    )
    is_reason_required = fields.Boolean(
        string="Require a Reason",
        help="An order that uses more or less of a component than the tolerance allows "
        "is completed only with the reason, whether or not its bill of materials asks.",
    )

    # What is set.

    @api.constrains("tolerance_over", "tolerance_under")
    def _check_tolerance(self):
        for company in self:
            check_percentages(company)

    def _check_tolerance_of(self, level):
        """:raise ValidationError: the level's percentages are none"""
        check_percentages(level.with_company(self))

    @api.constrains("use_consumption_tolerance")
    def _switch_consumption_tolerance(self):
        """Menus and fields are there for everybody as soon as one company uses it."""
        self.env.registry.clear_cache()
        group = self.env.ref("mrp_backflush.group_use_consumption_tolerance").sudo()
        everybody = self.env.ref("base.group_user").sudo()
        domain = [("use_consumption_tolerance", "=", True)]
        if self.sudo().search_count(domain, limit=1):
            everybody._apply_group(group)
        else:
            everybody._remove_group(group)

    @tools.ormcache("self.id")
    def _uses_tolerance(self):
        """Asked with each deviation: answered without a query."""
        return self.sudo().use_consumption_tolerance

    @tools.ormcache("self._ids")
    def _require_reasons(self):
        """Asked with every completion: answered without a query."""
        return any(
            company.use_consumption_tolerance and company.is_reason_required
            for company in self.sudo()
        )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_tolerance_used(vals) for vals in vals_list])

    def _with_tolerance_used(self, vals):
        """What somebody sets is to hold, and to be seen.

        :return: the values, with which tolerances are used where one of them is set
        """
        names = ("tolerance_over", "tolerance_under", "is_reason_required")
        if "use_consumption_tolerance" in vals or not any(map(vals.get, names)):
            return vals
        # Settings write all that they show.
        is_new = not self or any(
            vals.get(name) and company[name] != vals[name]
            for company in self
            for name in names
        )
        return {**vals, "use_consumption_tolerance": True} if is_new else vals

    # What holds.

    def _resolve_tolerance(self, product=None, category=None, bom_line=None):
        """Find the first level that says how far a component may deviate: BoM line,
        product, category and its parents, company.

        :param product: product.product or product.template
        :param category: product.category, where there is no product
        :param bom_line: of the component, or none
        :return: (tolerance, source, the record that says it)
        """
        self.ensure_one()
        levels = self._get_issue_method_levels(product, category, bom_line=bom_line)
        for source, record in levels:
            if record.with_company(self).has_own_tolerance:
                return self._read_tolerance(record), source, record
        return self._read_tolerance(self), "company", self

    def _read_tolerance(self, level):
        level = level.with_company(self)
        return Tolerance(level.tolerance_over, level.tolerance_under)

    # In words.

    def _describe_tolerance(self, tolerance):
        if not tolerance:
            return self.env._("none")
        return self.env._(
            "%(over)s %% over, %(under)s %% under",
            over=format_number(self.env, tolerance.over),
            under=format_number(self.env, tolerance.under),
        )

    def _add_tolerance_source(self, text, source, record):
        """
        :param text: as of ``_describe_tolerance``
        :return: as "5 % over, 2 % under (Category Screws)"
        """
        levels = {
            "product": self.env._("Product %s", record.display_name),
            "category": self.env._("Category %s", record.display_name),
            "company": self.env._("Company"),
        }
        return f"{text} ({levels[source]})"
