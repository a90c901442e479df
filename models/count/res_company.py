from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class ResCompany(models.Model):
    _inherit = "res.company"

    use_line_count = fields.Boolean(
        string="Line Counts",
        help="Count what lies at the places that backflush takes from. What is missing "
        "is shared out among the orders that used it.",
    )
    count_share_limit = fields.Float(
        string="Shared Out at Most",
        default=25.0,
        help="In percent of what backflush took since the last count. What a count "
        "finds missing beyond it is an ordinary inventory difference.",
    )
    count_interval_days = fields.Integer(
        string="Days Between Counts",
        default=30,
        help="After so many days without a count a place is due. 0: never.",
    )

    _count_share_limit_percent = models.Constraint(
        "CHECK (count_share_limit BETWEEN 0 AND 100)",
        "What a count shares out at most is between 0 and 100 percent.",
    )
    _count_interval_days_positive = models.Constraint(
        "CHECK (count_interval_days >= 0)",
        "The number of days between counts can't be negative.",
    )

    @tools.ormcache("self.id")
    def _counts_lines(self):
        """Asked with every completion: answered without a query."""
        return self.sudo().use_line_count

    @tools.ormcache()
    def _find_counting_ids(self):
        return tuple(self.sudo().search([("use_line_count", "=", True)]).ids)

    def _check_counts_lines(self):
        """:raise UserError: a company doesn't count"""
        if not all(company._counts_lines() for company in self):
            raise UserError(
                self.env._(
                    "Switch on Line Counts first, in the settings of Manufacturing."
                )
            )

    def _has_any_line_count(self):
        return any(company._counts_lines() for company in self)

    @api.constrains("use_line_count")
    def _switch_line_counts(self):
        """Menus and fields are there for everybody as soon as one company counts.

        :raise UserError: a company doesn't count any more, and something is left to
        """
        self.filtered(
            lambda company: not company.use_line_count
        )._check_nothing_left_to_count()
        self.env.registry.clear_cache()
        group = self.env.ref("mrp_backflush.group_use_line_count").sudo()
        everybody = self.env.ref("base.group_user").sudo()
        if self.sudo().search_count([("use_line_count", "=", True)], limit=1):
            everybody._apply_group(group)
        else:
            everybody._remove_group(group)

    def _check_nothing_left_to_count(self):
        """:raise UserError: components At Count were used and not counted yet"""
        for company in self:
            moves = self.env["stock.move"].sudo()
            left = moves.concat(*moves._find_left_to_count(company))
            if left:
                raise UserError(
                    self.env._(
                        "Orders used these components At Count, and no count has found "
                        "how much. Count them before Line Counts are switched off:\n%s",
                        left._list_places(),
                    )
                )
