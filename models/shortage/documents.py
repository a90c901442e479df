"""Transfers and orders that hold stock or take it, found and named by their moves."""


def name_document(move, company):
    """What is said of a document to those who work in a company: what another one has
    reserved at a place that both use isn't named, nor is who reads it known, for
    messages are kept."""
    if move.company_id != company:
        return move.env._("another company")
    return move.picking_id.name or move.reference


def get_document(move):
    """The document that a move belongs to, with a chatter, or None."""
    document = (
        move.picking_id
        or move.raw_material_production_id
        or move.production_id
        or move.settles_exception_id.production_id
    )
    return document or None
