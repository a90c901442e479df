"""What clients hand over, read and checked: of the right kind and size, or an error in
words. JSON has NaN and infinity too, numbers of any length, and texts with zero bytes.
"""

import math

from odoo.exceptions import MissingError, UserError
from odoo.orm.identifiers import NewId

MODULE = "mrp_backflush"

# Beyond it, a float can't tell one unit from none.
LARGEST_QUANTITY = 1e12
# PostgreSQL's.
LARGEST_INTEGER = 2**31 - 1


def check_records(records):
    """:raise MissingError: there are no such records, or not any more"""
    if any(not is_id(record_id) for record_id in records._ids) or (
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
    stated = list(dict.fromkeys(filter(is_id, ids)))
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
    if not is_number(value) or not abs(value) < LARGEST_QUANTITY:
        raise UserError(env._("%s is not a quantity.", shorten(value)))
    return value


def read_text(env, value):
    """:return: the text without spaces around it, empty where nothing was said
    :raise UserError: it is no text
    """
    if value is None or value is False:
        return ""
    if not isinstance(value, str) or "\x00" in value:
        raise UserError(env._("%s is not a text.", shorten(value)))
    return value.strip()


def is_id(value):
    if isinstance(value, NewId):
        return True
    return type(value) is int and 0 < value <= LARGEST_INTEGER


def is_number(value):
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        # An integer can be too large for a float.
        and (isinstance(value, int) or math.isfinite(value))
    )


def shorten(value):
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
