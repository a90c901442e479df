"""Core's check that companies agree, for many records at once.

Core asks for each record and each of its fields anew. Whether a linked record may
belong to a company doesn't depend on which record links it: here each is asked once.
"""


def have_agreeing_companies(records):
    """Whether core's ``_check_company`` of all fields finds nothing.

    :param records: of a model with a ``company_id``
    """
    names = [
        name
        for name, field in records._fields.items()
        if field.relational and field.check_company
    ]
    if any(records._fields[name].company_dependent for name in names):
        # These are asked about the user's company instead.
        return False
    for company, members in records.grouped("company_id").items():
        for name in names:
            linked = members.sudo().mapped(name)
            domain = linked and linked._check_company_domain(company)
            if domain and linked != linked.with_context(
                active_test=False
            ).filtered_domain(domain):
                return False
    return True
