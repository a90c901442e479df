"""Who chose the lot of a component: a person, or the system."""

INFERRED = "inferred"
CONFIRMED = "confirmed"

LOT_ORIGINS = [
    (INFERRED, "Inferred"),
    (CONFIRMED, "Confirmed"),
]
