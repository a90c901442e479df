"""Transfers and orders that hold stock or take it, found and named by their moves."""


def name_document(move, company):
    """What is said of a document to those who work in a company: what another one has
    reserved at a place that both use isn't named, nor is who reads it known, for
    messages are kept."""
    if move.company_id != company:
        return move.env._("another company")
    return move.picking_id.name or move.reference


def link_document(move, company):
    """Where the document is opened: its model and its id, for whom it is named.

    :return: a dict of ``document_model`` and ``document_id``, both False where it isn't
    """
    document = get_document(move) if move.company_id == company else None
    return {
        "document_model": document._name if document else False,
        "document_id": document.id if document else False,
    }


def get_document(move):
    """The document that a move belongs to, with a chatter, or None."""
    document = (
        move.picking_id
        or move.raw_material_production_id
        or move.production_id
        or move.settles_exception_id.production_id
    )
    return document or None
