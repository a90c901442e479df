"""Fields that only the system sets: which they are, and how the server's own values are
told from those of a client.

A client reaches ``create`` and ``write`` by many doors: directly, with the commands of
an order's component list, by a form, a copy with values, an import. All end here.
Its own values the server writes within ``by_system``, a scope of the call that no
client can open; a client never is the superuser either. What the system makes, it
makes with ``create_by_system``: default values of a person or of a client's context say
nothing about that.

That is for fields. Single values of fields which people may set as well, that core
hands from one record to the next beyond such a block, are marked: see
``rules/from_server.py``.
"""

from contextlib import contextmanager

from odoo.tools.misc import clean_context

from ..call_scope import BY_SYSTEM, CREATED_BY_SYSTEM

# On core's models: nobody else's to create or to write, and of no default value.
SYSTEM_FIELDS = {
    "stock.move": frozenset(
        {
            *("is_recorded", "is_issued_early", "is_fixed_issued", "is_parked"),
            *("issue_component_id", "issue_move_ids", "first_component_id"),
            *("settles_exception_id", "backflush_exception_ids", "needed_quantity"),
            *("reported_quantity", "whole_demand", "whole_quantity", "whole_number"),
            *("line_count_id", "line_count_line_id", "is_shared_out"),
            *("count_share_ids", "is_count_pending", "uncounted_value"),
        }
    ),
    "mrp.production": frozenset(
        {
            *("backflush_exception_ids", "production_report_ids"),
            *("consumption_share_ids", "planned_lot_size"),
        }
    ),
    "mrp.unbuild": frozenset({"production_report_ids"}),
    "mrp.bom.line": frozenset({"quantity_changed_at"}),
}

# On core's models, of no use to people who make filters and groups of their own.
TECHNICAL_FIELDS = {
    "stock.move": frozenset(
        {
            *("is_recorded", "is_issued_early", "is_fixed_issued", "is_parked"),
            *("issue_component_id", "issue_move_ids", "first_component_id"),
            *("settles_exception_id", "reported_quantity", "whole_demand"),
            *("whole_quantity", "whole_number", "quantity_per_unit"),
            *("fixed_quantity", "net_quantity_per_unit", "component_scrap"),
            *("planned_unit_cost",),
        }
    ),
    "mrp.bom.line": frozenset({"quantity_changed_at"}),
}

# On core's models, and of no default value either: these follow from what a person says
# of other fields. Forms send back what they showed, so it isn't refused, but what a
# client says of them is worked out anew (``lot_origin``: a person may confirm). A
# reason is a person's to say, of each component.
FOLLOWING_FIELDS = {
    "stock.move": frozenset(
        {
            *("issue_method", "issue_method_source", "supply_location_source"),
            *("quantity_per_unit", "fixed_quantity", "net_quantity_per_unit"),
            *("component_scrap", "planned_unit_cost", "deviation_reason_id"),
        }
    ),
    "stock.move.line": frozenset({"lot_origin"}),
}

# Models whose records the system makes: every field is its own, but for these, which
# people may correct afterwards.
SYSTEM_MODELS = {
    "mrp.backflush.exception": frozenset(
        {"quantity", "location_id", "lot_id", "user_id"}
    ),
    "mrp.production.report": frozenset(),
    "mrp.consumption.analysis": frozenset(),
    "mrp.consumption.share": frozenset(),
    "mrp.line.count": frozenset({"location_id", "user_id", "company_id", "line_ids"}),
    "mrp.line.count.line": frozenset(
        {"count_id", "product_id", "lot_id", "counted_quantity", "is_distributed"}
    ),
    "mrp.bom.proposal": frozenset(),
    "mrp.deviation.reason": frozenset(
        {"name", "kind", "sequence", "active", "company_id"}
    ),
    "mrp.completion.run": frozenset(),
    "mrp.completion.run.line": frozenset(),
}


# Within its block the system writes its own fields. No value of a client may be written
# within it.
by_system = BY_SYSTEM.hold


def is_within_by_system(env):
    return bool(BY_SYSTEM.get(env))


def is_by_system(env):
    """Whether values may be taken for the server's own, of fields that follow from
    others."""
    return env.su or is_within_by_system(env)


def create_by_system(model, vals_list):
    """Create records that no person's default values reach, with the user's rights.

    :param model: in whose environment they are created
    :param vals_list: values of each, none of a client's that weren't checked
    """
    with creating_by_system(model.env):
        cleaned = model.env(context=clean_context(model.env.context))
        return model.with_env(cleaned).create(vals_list).with_env(model.env)


@contextmanager
def creating_by_system(env):
    """As ``create_by_system``, where a method of core's creates the records."""
    with by_system(env), CREATED_BY_SYSTEM.hold(env, True):
        yield
