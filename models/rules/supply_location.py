"""Where a backflushed component is taken from: the words for what decided it."""

# From the strongest to the weakest.
SUPPLY_LOCATION_SOURCES = [
    ("order", "Order"),
    ("bom_line", "BoM Line"),
    ("workcenter", "Work Center"),
    ("production", "Order's Source Location"),
]
