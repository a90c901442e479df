from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.from_server import is_from_server
from ..texts import format_number

TOLERANCE_FIELDS = ("has_own_tolerance", "tolerance_over", "tolerance_under")


class ToleranceLevel(models.AbstractModel):
    """A record on which an administrator sets how far components may deviate.

    A number can't be empty in Odoo: whether something is set here at all is a field of
    its own. Where nothing is, the next level says it.
    """

    _name = "mrp.tolerance.level"
    _description = "Level of the Tolerance"

    has_own_tolerance = fields.Boolean(
        string="Own Tolerance",
        copy=True,
        help="The tolerance is set here. Otherwise it is inherited.",
    )
    tolerance_over = fields.Float(
        copy=True,
        digits=(16, 2),
        help="By how many percent of the need more may be used, and nobody is asked "
        "when an order is completed.",
    )
    tolerance_under = fields.Float(
        copy=True,
        digits=(16, 2),
        help="By how many percent of the need less may be used, and nobody is asked "
        "when an order is completed.",
    )
    tolerance_text = fields.Char(
        string="Tolerance",
        compute="_compute_tolerance_text",
        help="How far what is used may be from what is needed, and nobody is asked.",
    )
    tolerance_inherited = fields.Char(
        string="Inherited Tolerance",
        compute="_compute_tolerance_text",
        help="The tolerance if none is set here, and where that is set.",
    )

    may_set_tolerance = fields.Boolean(compute="_compute_may_set_tolerance")

    @api.depends_context("uid")
    def _compute_may_set_tolerance(self):
        self.may_set_tolerance = self._may_set_level()

    @api.depends(*TOLERANCE_FIELDS)
    @api.depends_context("company")
    def _compute_tolerance_text(self):
        for level in self:
            company = level._get_tolerance_company()
            found, source, record = level.sudo()._resolve_inherited_tolerance()
            inherited = company._describe_tolerance(found)
            level.tolerance_inherited = company._add_tolerance_source(
                inherited, source, record
            )
            level.tolerance_text = inherited
            if level.has_own_tolerance:
                own = company._read_tolerance(level)
                level.tolerance_text = company._describe_tolerance(own)

    def _resolve_inherited_tolerance(self):
        """As of the company's ``_resolve_tolerance``, without this level."""
        raise NotImplementedError

    def _get_tolerance_company(self):
        """The company for which this level is looked at."""
        self.ensure_one()
        return self.env.company

    @api.constrains(*TOLERANCE_FIELDS)
    def _check_tolerance(self):
        for level in self:
            level._get_tolerance_company()._check_tolerance_of(level)

    @api.model
    def _get_level_fields(self):
        return (*super()._get_level_fields(), *TOLERANCE_FIELDS)

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        for level, vals in zip(levels, vals_list, strict=True):
            own = vals.get("has_own_tolerance")
            if own and not is_from_server(own):
                level._switch_tolerance_on()
        return levels

    def _follow_choices(self, names):
        if "has_own_tolerance" in names:
            for level in self.filtered("has_own_tolerance"):
                level._switch_tolerance_on()
        return super()._follow_choices(names)

    def _switch_tolerance_on(self):
        """What somebody sets is to hold, and to be seen."""
        company = self._get_tolerance_company()
        if not company._uses_tolerance():
            company.sudo().use_consumption_tolerance = True


def check_percentages(record):
    """:raise ValidationError: they are none that a tolerance can be"""
    if record.tolerance_over < 0 or not 0 <= record.tolerance_under <= 100:
        raise ValidationError(
            record.env._(
                "%(name)s: a tolerance is 0 percent or more, and at most 100 percent "
                "under what is needed. It can't be %(over)s %% over and %(under)s %% "
                "under.",
                name=record.display_name,
                over=format_number(record.env, record.tolerance_over),
                under=format_number(record.env, record.tolerance_under),
            )
        )
