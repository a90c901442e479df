"""The words of shortages: rules, reasons, and what is known of one."""

from dataclasses import dataclass

ALLOW = "allow"
BLOCK = "block"
PARK = "park"

SHORTAGE_RULES = [
    (ALLOW, "Allow"),
    (BLOCK, "Block the Order"),
    (PARK, "Let It Wait and Settle Later"),
]

SHORTAGE = "shortage"
RESERVED = "reserved"
NOT_PICKED = "not_picked"
LOT_MISSING = "lot_missing"
LOT_NOT_SCANNED = "lot_not_scanned"
LOT_EXPIRED = "lot_expired"
LOCATION_BLOCKED = "location_blocked"
FAILURE = "failure"

REASONS = [
    (SHORTAGE, "Not in Stock"),
    (RESERVED, "Reserved for Others"),
    (NOT_PICKED, "Transfer Pending"),
    (LOT_MISSING, "Lot Missing"),
    (LOT_NOT_SCANNED, "Lot Not Scanned"),
    (LOT_EXPIRED, "Lot Expired"),
    (LOCATION_BLOCKED, "Location Blocked"),
    (FAILURE, "Posting Failed"),
]

RECEIVE = "receive"
RELEASE = "release"
CONFIRM_TRANSFER = "transfer"
CORRECT_LOT = "lot"
CORRECT_LOCATION = "location"
READ_MESSAGE = "message"

# In the order in which a list shows them: first what a person can do at once.
NEXT_STEPS = [
    (CONFIRM_TRANSFER, "Confirm the Transfer"),
    (RELEASE, "Release a Reservation"),
    (CORRECT_LOT, "Correct the Lot"),
    (CORRECT_LOCATION, "Correct the Location"),
    (READ_MESSAGE, "Read the Message"),
    (RECEIVE, "Receive or Buy Stock"),
]

# What to do about each reason.
STEP_OF_REASON = {
    SHORTAGE: RECEIVE,
    RESERVED: RELEASE,
    NOT_PICKED: CONFIRM_TRANSFER,
    LOT_MISSING: CORRECT_LOT,
    LOT_NOT_SCANNED: CORRECT_LOT,
    LOT_EXPIRED: CORRECT_LOT,
    LOCATION_BLOCKED: CORRECT_LOCATION,
    FAILURE: READ_MESSAGE,
}


@dataclass(frozen=True)
class Shortage:
    """What can't be issued of a component, and what is known of why."""

    # What was to be issued, and the part of it that can be; in the component's unit.
    needed: float
    available: float
    # What is missing, of one lot that a person named, if any, else of any; in the
    # product's unit, as all that follows.
    quantity: float
    lot: int | None = None
    # Archived, or a location that holds no stock.
    is_location_blocked: bool = False
    # A person must say which lots are used, and didn't.
    is_unscanned: bool = False
    # At the location and below: past their removal date, without a lot number though
    # the component is tracked, and reserved for other documents.
    expired: float = 0.0
    without_lot: float = 0.0
    reserved: float = 0.0
    # Transfers that are still to bring it.
    open_pickings: tuple[str, ...] = ()

    @property
    def reason(self):
        """The first cause that explains it, from what a person can set right at once
        to what must be bought."""
        causes = (
            (LOCATION_BLOCKED, self.is_location_blocked),
            (LOT_NOT_SCANNED, self.is_unscanned),
            (NOT_PICKED, self.open_pickings),
            (LOT_EXPIRED, self.expired > 0),
            (LOT_MISSING, self.without_lot > 0),
            (RESERVED, self.reserved > 0),
        )
        return next((reason for reason, holds in causes if holds), SHORTAGE)
