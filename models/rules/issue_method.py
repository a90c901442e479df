"""The words of the issue method, and what a copied value is recognized by."""

MANUAL = "manual"
START = "start"
OPERATION = "operation"
COMPLETION = "completion"

ISSUE_METHODS = [
    (MANUAL, "Manual"),
    (START, "Backflush at Start"),
    (OPERATION, "Backflush at Operation"),
    (COMPLETION, "Backflush at Completion"),
]

# From the strongest to the weakest.
ISSUE_METHOD_SOURCES = [
    ("order", "Order"),
    ("bom_line", "BoM Line"),
    ("product", "Product"),
    ("category", "Product Category"),
    ("workcenter", "Work Center"),
    ("company", "Company"),
]

# Components leave the stock while their order is in one of these.
ORDER_STATES_TO_ISSUE = ("confirmed", "progress", "to_close")


class CarriedQuantity(float):
    """A quantity that the server itself works out or copies: see ``Carried``."""

    __slots__ = ()


class Carried(str):
    """A value that the server itself copies from one record to another.

    Whether a person may choose a value is checked where values come in. A backorder
    or a duplicate brings along what somebody who was allowed to chose earlier: its
    values are of this class, and a client can't send one, only plain strings.
    """

    __slots__ = ()
