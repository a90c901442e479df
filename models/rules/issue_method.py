"""The words of the issue method."""

MANUAL = "manual"
START = "start"
OPERATION = "operation"
COMPLETION = "completion"
COUNT = "count"

# What no report fills in: a person issues it, or a count finds what was used.
NOT_FILLED_IN = frozenset({MANUAL, COUNT})

ISSUE_METHODS = [
    (MANUAL, "Manual"),
    (START, "Backflush at Start"),
    (OPERATION, "Backflush at Operation"),
    (COMPLETION, "Backflush at Completion"),
    (COUNT, "At Count"),
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
