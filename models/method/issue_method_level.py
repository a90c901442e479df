from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..rules.from_server import is_from_server, mark_copied
from ..rules.issue_method import ISSUE_METHODS


class IssueMethodLevel(models.AbstractModel):
    """A record on which an administrator sets how components are issued.

    Empty means inherited: a level's value is never copied into another level.
    """

    _name = "mrp.issue.method.level"
    _inherit = ["mrp.checked.record"]
    _description = "Level of the Issue Method"

    issue_method = fields.Selection(ISSUE_METHODS)
    issue_method_inherited = fields.Char(
        string="Inherited Issue Method",
        compute="_compute_issue_method_inherited",
        help="How components are issued where this level says nothing, and which "
        "other level says so.",
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
            text = self._describe_issue_method(method, source, record)
            if source == "company" and level._may_work_center_differ():
                text = self.env._("%s, unless the work center says otherwise", text)
            level.issue_method_inherited = text

    def _may_work_center_differ(self):
        """Whether a work center, which this level doesn't know, may come between it
        and the company."""
        return False

    @api.model
    def _describe_issue_method(self, method, source, record):
        """In words: "Backflush at Completion, from category Hardware"."""
        selection = self.fields_get(["issue_method"], ["selection"])
        values = {
            "method": dict(selection["issue_method"]["selection"])[method],
            "name": record.display_name,
        }
        sentences = {
            "bom_line": self.env._("%(method)s, from the BoM line", **values),
            "product": self.env._("%(method)s, from product %(name)s", **values),
            "category": self.env._("%(method)s, from category %(name)s", **values),
            "workcenter": self.env._("%(method)s, from work center %(name)s", **values),
            "company": self.env._("%(method)s, from company %(name)s", **values),
        }
        return sentences[source]

    # Who may set a level.

    @api.model
    def _get_level_fields(self):
        """Names of the fields that only an administrator of Manufacturing sets."""
        return ("issue_method",)

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
