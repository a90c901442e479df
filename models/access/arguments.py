"""What clients hand over, read and checked: of the right kind and size, or an error in
words. JSON has NaN and infinity too, numbers of any length, and texts with zero bytes.
"""

import math

from odoo import Command, api, models, tools
from odoo.exceptions import MissingError, UserError
from odoo.orm.identifiers import NewId

MODULE = "mrp_backflush"

# Beyond it, a float can't tell one unit from none.
LARGEST_QUANTITY = 1e12
# PostgreSQL's.
LARGEST_INTEGER = 2**31 - 1


def check_records(records):
    """:raise MissingError: there are no such records, or not any more"""
    if any(not _is_id(record_id) for record_id in records._ids) or (
        records.exists() != records
    ):
        raise MissingError(
            records.env._(
                "Record does not exist or has been deleted: %s.",
                records.env["ir.model"]._get(records._name).name,
            )
        )


def check_record(record):
    """:raise UserError: it isn't exactly one
    :raise MissingError: there is no such record
    """
    if len(record._ids) != 1:
        raise UserError(record.env._("Choose exactly one record."))
    check_records(record)


def find_readable(model, ids):
    """The records with these ids, archived ones too, as far as the user may read them
    in any of their companies: whether there are others is not to be found out.

    :param ids: as a client says them
    :return: in the order of their ids as stated, each once
    """
    stated = list(dict.fromkeys(filter(_is_id, ids)))
    found = search_readable(model, [("id", "in", stated)]) if stated else model
    return model.browse(sorted(found.ids, key=stated.index))


def search_readable(model, domain):
    """What the user may read in any of their companies, archived ones too."""
    companies = model.env.user.company_ids.ids
    if model.env.su:
        companies = model.env.companies.ids
    found = model.with_context(
        active_test=False,
        allowed_company_ids=[
            model.env.company.id,
            *(company for company in companies if company != model.env.company.id),
        ],
        # GS1 barcodes are taken apart here, not by the search of other modules.
        skip_preprocess_gs1=True,
    ).search(domain)
    return found.with_env(model.env)


def read_quantity(env, value):
    """:raise UserError: it is no number, or not one of that size"""
    if not _is_number(value) or not abs(value) < LARGEST_QUANTITY:
        raise UserError(env._("%s is not a quantity.", _shorten(value)))
    return value


def read_text(env, value):
    """:return: the text without spaces around it, empty where nothing was said
    :raise UserError: it is no text
    """
    if value is None or value is False:
        return ""
    if not isinstance(value, str) or "\x00" in value:
        raise UserError(env._("%s is not a text.", _shorten(value)))
    return value.strip()


def _is_id(value):
    if isinstance(value, NewId):
        return True
    return type(value) is int and 0 < value <= LARGEST_INTEGER


def _is_number(value):
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        # An integer can be too large for a float.
        and (isinstance(value, int) or math.isfinite(value))
    )


def _shorten(value):
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


class CheckedFields(models.AbstractModel):
    """A model of which this module's fields take only what can be stored and reckoned
    with."""

    _name = "mrp.checked.fields"
    _description = "Checked Fields"

    @api.model
    @tools.ormcache("self._name")
    def _get_checked_fields(self):
        return frozenset(
            name
            for name, field in self._fields.items()
            if field._modules == (MODULE,) and field.type in _FITTING
        ) - set(models.MAGIC_COLUMNS)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_values(vals)
        return super().write(vals)

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
                        "%(value)s can't be %(field)s (%(name)s).",
                        value=_shorten(value),
                        field=label.get("string", name),
                        name=name,
                    )
                )


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
    return value if _is_number(value) else None


def _fits_text(model, field, value):
    return isinstance(value, str | int | float) and "\x00" not in str(value)


def _fits_selection(model, field, value):
    return isinstance(value, str) and (
        not value or value in field.get_values(model.env)
    )


def _fits_many2one(model, field, value):
    # A pair of id and name is what reading gives.
    is_read = isinstance(value, models.BaseModel | tuple)
    return _is_id(value) or is_read or (not field.required and value == 0)


def _fits_x2many(model, field, value):
    if isinstance(value, models.BaseModel):
        return True
    return isinstance(value, list | tuple) and all(
        _is_id(item) or _is_command(item) for item in value
    )


def _is_command(item):
    if not isinstance(item, list | tuple) or not item or type(item[0]) is bool:
        return False
    command, record_id, said = (*item, None, None)[:3]
    if command == Command.CREATE:
        return isinstance(said, dict)
    if command == Command.UPDATE:
        return _is_id(record_id) and isinstance(said, dict)
    if command == Command.SET:
        return isinstance(said, list | tuple) and all(map(_is_id, said))
    if command == Command.CLEAR:
        return True
    return command in (Command.DELETE, Command.UNLINK, Command.LINK) and (
        _is_id(record_id)
    )


_FITTING = {
    "float": _fits_float,
    "monetary": _fits_float,
    "integer": _fits_integer,
    "char": _fits_text,
    "text": _fits_text,
    "selection": _fits_selection,
    "many2one": _fits_many2one,
    "many2many": _fits_x2many,
    "one2many": _fits_x2many,
}
