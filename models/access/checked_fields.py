"""What a client may store in this module's fields: what fits, and is for it to say."""

from odoo import SUPERUSER_ID, Command, api, models, tools
from odoo.exceptions import AccessError, UserError

from ..call_scope import CREATED_BY_SYSTEM
from .arguments import (
    LARGEST_INTEGER,
    LARGEST_QUANTITY,
    MODULE,
    is_id,
    is_number,
    shorten,
)
from .system_fields import (
    FOLLOWING_FIELDS,
    SYSTEM_FIELDS,
    SYSTEM_MODELS,
    TECHNICAL_FIELDS,
    is_within_by_system,
)


class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        is_by_system = CREATED_BY_SYSTEM.is_open() and CREATED_BY_SYSTEM.get(self.env)
        if is_by_system or self._original_module == MODULE:
            self._forget_personal_defaults(defaults, fields)
        return defaults

    @api.model
    def _forget_personal_defaults(self, defaults, names):
        """Anybody may set default values for themselves. The module's own records and
        dialogs, and what the system creates, take those alone that are for all.

        :param defaults: the values of ``default_get``, which are corrected
        :param names: of the fields that these are for
        """
        ir_default = self.env["ir.default"]
        personal = ir_default._get_model_defaults(self._name)
        general = ir_default.with_user(SUPERUSER_ID).with_company(self.env.company)
        general = general._get_model_defaults(self._name)
        if personal == general:
            return
        stated = {key for key in self.env.context if key.startswith("default_")}
        for name in personal.keys() | general.keys():
            is_same = name in personal and name in general
            is_same = is_same and personal[name] == general[name]
            if is_same or name not in names or f"default_{name}" in stated:
                continue
            defaults.pop(name, None)
            field = self._fields[name]
            if name in general:
                value = general[name]
            elif field.default:
                value = field.default(self)
            else:
                continue
            value = field.convert_to_cache(value, self, validate=False)
            defaults[name] = field.convert_to_write(value, self)


class CheckedFields(models.AbstractModel):
    """A model of which this module's fields take only what can be stored and reckoned
    with, and some of them nothing that a client says.

    Its ``write`` says so itself, before it hands the values on to core; models without
    one of their own are ``CheckedRecord``.
    """

    _name = "mrp.checked.fields"
    _description = "Checked Fields"

    @api.model
    @tools.ormcache("self._name")
    def _get_checked_fields(self):
        """Names of the fields of which it is checked what fits."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field._modules == (MODULE,) and field.type in _FITTING
        ) - set(models.MAGIC_COLUMNS)

    @api.model
    @tools.ormcache("self._name")
    def _get_system_fields(self):
        """Names of the fields that no client creates or writes."""
        if self._name not in SYSTEM_MODELS:
            return SYSTEM_FIELDS.get(self._name, frozenset())
        own = {
            name
            for name, field in self._fields.items()
            # What another module adds, mail for example, is its business.
            if field._modules == (MODULE,)
        }
        return own - SYSTEM_MODELS[self._name] - set(models.MAGIC_COLUMNS)

    @api.model
    @tools.ormcache("self._name")
    def _get_guarded_fields(self):
        return self._get_system_fields() | self._get_checked_fields()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_said(vals_list)
        return super().create(vals_list)

    @api.model
    def _check_said(self, vals_list):
        """
        :raise AccessError: a client's values set what only the system sets
        :raise UserError: a value doesn't fit its field
        """
        guarded = self._get_guarded_fields()
        said = [vals for vals in vals_list if not guarded.isdisjoint(vals)]
        for vals in said:
            self._refuse_system_fields(vals)
        for vals in said:
            self._check_values(vals)

    @api.model
    def _refuse_system_fields(self, vals):
        """:raise AccessError: a client's values set what only the system sets"""
        names = self._get_system_fields()
        if names.isdisjoint(vals) or self._may_set_system_fields():
            return
        labels = self.fields_get(names & vals.keys(), ["string"])
        raise AccessError(
            self.env._(
                "%(model)s: only the system sets %(fields)s.",
                model=self.env["ir.model"]._get(self._name).name,
                fields=", ".join(
                    f"{labels[name]['string']} ({name})" if name in labels else name
                    for name in sorted(names & vals.keys())
                ),
            )
        )

    def _may_set_system_fields(self):
        """On core's models not even the superuser: other modules' code becomes it for
        a client, with the client's values. Of the system's own models nobody else has
        the right to create or to write."""
        if is_within_by_system(self.env):
            return True
        return self.env.su and self._name in SYSTEM_MODELS

    @api.model
    def _check_values(self, vals):
        """:raise UserError: a value doesn't fit its field"""
        for name in self._get_checked_fields() & vals.keys():
            field, value = self._fields[name], vals[name]
            if value is None or value is False:
                # Clients say *nothing* so.
                fits = not field.required
            else:
                fits = _FITTING[field.type](self, field, value)
            if not fits:
                label = self.fields_get([name], ["string"]).get(name, {})
                raise UserError(
                    self.env._(
                        "%(value)s is not valid for %(field)s (%(name)s).",
                        value=shorten(value),
                        field=label.get("string", name),
                        name=name,
                    )
                )

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        # Neither a client's context nor a default value that somebody has set, for
        # themselves or for all, has a say: only what the model itself declares.
        for name in self._get_fields_without_default() & defaults.keys():
            del defaults[name]
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, False)
                defaults[name] = field.convert_to_write(value, self)
        return defaults

    @api.model
    @tools.ormcache("self._name")
    def _get_fields_without_default(self):
        if self._name in SYSTEM_MODELS:
            return self._get_system_fields() | SYSTEM_MODELS[self._name]
        following = FOLLOWING_FIELDS.get(self._name, frozenset())
        return self._get_system_fields() | following


class StockMove(models.Model):
    _inherit = "stock.move"

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        described = super().fields_get(allfields, attributes)
        # The client asks so what a person may filter and group by.
        for name in TECHNICAL_FIELDS["stock.move"]:
            for attribute in ("searchable", "groupable"):
                if attribute in described.get(name, ()):
                    described[name][attribute] = False
        return described


class CheckedRecord(models.AbstractModel):
    """Last in the order of overrides: what arrives here is what would be stored."""

    _name = "mrp.checked.record"
    _inherit = ["mrp.checked.fields"]
    _description = "Checked Record"

    def write(self, vals):
        if not self._get_guarded_fields().isdisjoint(vals):
            self._check_said([vals])
        return super().write(vals)


def _fits_float(model, field, value):
    # Data files have numbers as texts.
    number = _to_number(value, float)
    return number is not None and abs(number) < LARGEST_QUANTITY


def _fits_integer(model, field, value):
    number = _to_number(value, int)
    return number is not None and abs(number) <= LARGEST_INTEGER


def _to_number(value, number_class):
    """:return: None where it is none"""
    if isinstance(value, str):
        try:
            value = number_class(value)
        except ValueError:
            return None
    return value if is_number(value) else None


def _fits_text(model, field, value):
    return isinstance(value, str | int | float) and "\x00" not in str(value)


def _fits_selection(model, field, value):
    return isinstance(value, str) and (
        not value or value in field.get_values(model.env)
    )


def _fits_many2one(model, field, value):
    # A pair of id and name is what reading gives.
    is_read = isinstance(value, models.BaseModel | tuple)
    return is_id(value) or is_read or (not field.required and value == 0)


def _fits_x2many(model, field, value):
    if isinstance(value, models.BaseModel):
        return True
    return isinstance(value, list | tuple) and all(
        is_id(item) or _is_command(item) for item in value
    )


def _is_command(item):
    if not isinstance(item, list | tuple) or not item or type(item[0]) is bool:
        return False
    command, record_id, said = (*item, None, None)[:3]
    if command == Command.CREATE:
        return isinstance(said, dict)
    if command == Command.UPDATE:
        return is_id(record_id) and isinstance(said, dict)
    if command == Command.SET:
        return isinstance(said, list | tuple) and all(map(is_id, said))
    if command == Command.CLEAR:
        return True
    return command in (Command.DELETE, Command.UNLINK, Command.LINK) and (
        is_id(record_id)
    )


_FITTING = {
    "float": _fits_float,
    "monetary": _fits_float,
    "integer": _fits_integer,
    "char": _fits_text,
    "text": _fits_text,
    "html": _fits_text,
    "selection": _fits_selection,
    "many2one": _fits_many2one,
    "many2many": _fits_x2many,
    "one2many": _fits_x2many,
}
