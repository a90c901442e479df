"""How a component is issued and which level says so, in the words of the screens.

A record is the level that decided, as of the company's ``_resolve_issue_method``.
"""


def describe_issue_method(method, source, record, may_work_center_differ=False):
    """:return: as "At Completion (category Hardware)"
    :param may_work_center_differ: whether a work center, which isn't known yet, may
        come between
    """
    env = record.env
    values = {
        "method": get_issue_method_label(env, method),
        "name": record.display_name,
    }
    if may_work_center_differ:
        return env._("%(method)s (company, unless the work center differs)", **values)
    sentences = {
        "bom_line": env._("%(method)s (BoM line)", **values),
        "product": env._("%(method)s (product %(name)s)", **values),
        "category": env._("%(method)s (category %(name)s)", **values),
        "workcenter": env._("%(method)s (work center %(name)s)", **values),
        "company": env._("%(method)s (company)", **values),
    }
    return sentences[source]


def describe_issue_method_shortly(method, source, record):
    """For a narrow column.

    :return: as "At Completion · Hardware"
    """
    env = record.env
    name = env._("company") if source == "company" else record.name
    return f"{get_issue_method_label(env, method)} · {name}"


def describe_level(source, record):
    """For a column of its own.

    :return: as "Category Hardware"
    """
    env = record.env
    name = record.display_name
    return {
        "bom_line": env._("BoM Line"),
        "product": env._("Product"),
        "category": env._("Category %s", name),
        "workcenter": env._("Work Center %s", name),
        "company": env._("Company"),
    }[source]


def get_issue_method_label(env, method):
    selection = env["res.company"].fields_get(["issue_method"], ["selection"])
    return dict(selection["issue_method"]["selection"])[method]
