from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..choice_log import hold_value
from ..rules.from_server import is_from_server, mark_copied
from ..rules.issue_method import ISSUE_METHODS
from .issue_method_words import (
    describe_issue_method,
    describe_issue_method_shortly,
    get_issue_method_label,
)

# What a level may say, as far as it has it.
LEVEL_FIELDS = ("issue_method", "shortage_rule")


class IssueMethodLevel(models.AbstractModel):
    """A record on which an administrator sets how components are issued.

    Empty means inherited: a level's value is never copied into another level.
    """

    _name = "mrp.issue.method.level"
    _inherit = ["mrp.checked.record", "mrp.logged.choices"]
    _description = "Level of the Issue Method"

    issue_method = fields.Selection(ISSUE_METHODS)
    issue_method_inherited = fields.Char(
        string="Inherited Issue Method",
        compute="_compute_issue_method_inherited",
        help="How components are issued if nothing is set here, and where that is set.",
    )
    # The same with less of where it is set, and with nothing of it.
    issue_method_inherited_short = fields.Char(
        string="Inherited Issue Method, Short",
        compute="_compute_issue_method_inherited",
    )
    issue_method_inherited_label = fields.Char(
        string="Inherited Issue Method, Alone",
        compute="_compute_issue_method_inherited",
    )

    def _get_issue_method_company(self):
        """The company for which this level is looked at."""
        self.ensure_one()
        return self.env.company

    def _resolve_issue_method(self):
        """Return (method, source, record) as for a component of this level."""
        raise NotImplementedError

    @api.depends_context("company")
    def _compute_issue_method_inherited(self):
        for level in self:
            method, source, record = level.sudo()._resolve_issue_method()
            may_differ = source == "company" and level._may_work_center_differ()
            level.issue_method_inherited = describe_issue_method(
                method, source, record, may_work_center_differ=may_differ
            )
            level.issue_method_inherited_short = describe_issue_method_shortly(
                method, source, record
            )
            level.issue_method_inherited_label = get_issue_method_label(
                self.env, method
            )

    def _may_work_center_differ(self):
        """Whether a work center, which this level doesn't know, may come between it
        and the company."""
        return False

    # Who changed it.

    @api.model
    def _get_logged_fields(self):
        names = (*self._get_level_fields(), "supply_location_id")
        return [name for name in names if name in self._fields]

    def _hold_logged(self, name):
        self.ensure_one()
        title = ""
        if self._fields[name].company_dependent:
            title = self.env._("For %s", self.env.company.name)
        hold_value(self, title, self, name)

    # Who may set a level.

    @api.model
    def _get_level_fields(self):
        """Names of the fields that only an administrator of Manufacturing sets."""
        return tuple(name for name in LEVEL_FIELDS if name in self._fields)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # A client could send default values in the context.
        if not self._may_set_level():
            for name in self._get_level_fields():
                defaults.pop(name, None)
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in self._get_level_fields():
                if vals.get(name) and not is_from_server(vals[name]):
                    self._check_may_set_level()
        return super().create(vals_list)

    def write(self, vals):
        for name in self._get_level_fields():
            if name in vals:
                value = vals[name] or False
                if any(level[name] != value for level in self):
                    self._check_may_set_level()
        return super().write(vals)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        mark_copied(vals_list, self._get_level_fields(), default)
        return vals_list

    @api.model
    def _may_set_level(self):
        return self.env.su or self.env.user.has_group("mrp.group_mrp_manager")

    @api.model
    def _check_may_set_level(self):
        """:raise AccessError: the user is no administrator of Manufacturing"""
        if not self._may_set_level():
            raise AccessError(
                self.env._(
                    "Only an administrator of Manufacturing may change how components "
                    "are issued."
                )
            )
