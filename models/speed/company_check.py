"""Core's check that companies agree, for many records at once.

Core asks for each record and each of its fields anew. Whether a linked record may
belong to a company doesn't depend on which record links it: here each is asked once.
"""

from odoo.models import BaseModel, check_company_domain_parent_of

from .shortcuts import is_taken

# With these, what belongs to the company itself or to none always agrees.
_PLAIN = (BaseModel._check_company_domain, check_company_domain_parent_of)


def have_agreeing_companies(records):
    """Whether core's ``_check_company`` of all fields finds nothing.

    :param records: orders, moves or lines; False where another module checks them too
    """
    if not is_taken(records.env, "companies"):
        return False
    names = [
        name
        for name, field in records._fields.items()
        if field.relational and field.check_company
    ]
    if any(records._fields[name].company_dependent for name in names):
        # These are asked about the user's company instead.
        return False
    return all(
        _is_allowed(members.sudo().mapped(name), company)
        for company, members in records.grouped("company_id").items()
        for name in names
    )


def _is_allowed(linked, company):
    if type(linked)._check_company_domain in _PLAIN and "company_id" in linked:
        linked = linked.filtered(lambda record: record.company_id - company)
    domain = linked and linked._check_company_domain(company)
    return not domain or linked == linked.with_context(
        active_test=False
    ).filtered_domain(domain)
