"""A person's choices on the components of an order live as long as its work does.

Core makes components anew where orders are copied, merged, split, or get another BoM.
One table says what is kept of them, and what holds where people chose differently.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..rules.issue_method import MANUAL


@dataclass(frozen=True)
class KeptChoice:
    """One thing that a person may choose on a component, rather than the levels."""

    value_field: str
    # What it says of a person's choice is *order*.
    source_field: str
    # Whether a copy keeps a value of which nobody knows who chose it.
    is_kept_without_source: bool
    # What holds of several values for the same; None: the levels decide.
    settle_conflict: Callable
    # Set it on a component again.
    restore: Callable


def _let_manual_win(methods):
    """Nothing is issued behind the back of the person who wanted to issue it."""
    return MANUAL if MANUAL in methods else methods[-1]


def _let_nothing_win(locations):
    return locations[0] if len(set(locations)) == 1 else None


ISSUE_METHOD = KeptChoice(
    value_field="issue_method",
    source_field="issue_method_source",
    is_kept_without_source=False,
    settle_conflict=_let_manual_win,
    restore=lambda component, method: component._override_issue_method(method),
)
SUPPLY_LOCATION = KeptChoice(
    value_field="location_id",
    source_field="supply_location_source",
    # From before the module: only a person can have set another one.
    is_kept_without_source=True,
    settle_conflict=_let_nothing_win,
    restore=lambda component, location: component._supply_from(location, "order"),
)
# In the order in which they are restored: the levels' location follows the method.
KEPT_CHOICES = (ISSUE_METHOD, SUPPLY_LOCATION)


def keep_choices_alone(vals):
    """Of the values of a component's copy: the levels decide anew on what no person
    chose."""
    for choice in KEPT_CHOICES:
        source = vals.get(choice.source_field)
        if source == "order" or (not source and choice.is_kept_without_source):
            continue
        vals.pop(choice.source_field, None)
        vals.pop(choice.value_field, None)


def read_choices(components):
    """:return: by choice what people chose on these, by BoM line and product"""
    chosen = {choice: {} for choice in KEPT_CHOICES}
    for component in components:
        key = component.bom_line_id, component.product_id
        for choice in KEPT_CHOICES:
            if component[choice.source_field] == "order":
                value = component[choice.value_field]
                chosen[choice].setdefault(key, []).append(value)
    return {
        choice: {key: choice.settle_conflict(values) for key, values in found.items()}
        for choice, found in chosen.items()
    }


def restore_choices(components, chosen, choices=KEPT_CHOICES):
    """Set on these components what people chose on those before them.

    :param chosen: as of ``read_choices``
    """
    for choice in choices:
        for component in components if chosen[choice] else ():
            value = chosen[choice].get((component.bom_line_id, component.product_id))
            if value and component[choice.source_field] != "order":
                choice.restore(component, value)
