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
    (START, "At Start"),
    (OPERATION, "At Operation"),
    (COMPLETION, "At Completion"),
    (COUNT, "At Count"),
]

# In the help of each level.
ISSUE_METHODS_HELP = (
    "Manual: only a person issues the component.\n"
    "At Start: issued automatically when the order, or one of its work orders, is "
    "started.\n"
    "At Operation: issued automatically when the work order of its operation is "
    "finished; without an operation, when the order is done.\n"
    "At Completion: issued automatically when the order is done.\n"
    "At Count: the next count of its place finds what was used. Only where Line Counts "
    "are switched on, and not for serial numbers."
)

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
