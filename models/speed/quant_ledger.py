"""What many lines do to quants, added up before it is written: once per quant.

Only what is plain is booked here, and what it comes to is what core comes to line by
line. All else, debts above all, is left to core.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

_FIELDS = ("quantity", "reserved_quantity", "in_date")


@dataclass
class Entry:
    """A quant as it is to be; without a quant, one that is to be created."""

    quant: Any
    quantity: float = 0.0
    reserved: float = 0.0
    in_date: datetime | None = None
    # One that was only looked at may be changed by core meanwhile.
    is_booked: bool = False

    def is_plain(self, rounding_compare):
        """Whether core keeps its date: nothing is owed."""
        return bool(self.in_date) and rounding_compare(self.quantity, 0.0) > 0


class QuantLedger:
    """Entries of the quants of one product, by place.

    :param find: returns the quants at a place
    :param locked: the LockedQuants of the call
    """

    def __init__(self, product, find, locked):
        self._product = product
        self._compare = product.uom_id.compare
        self._find = find
        self._locked = locked
        self.entries = {}

    def _get(self, place):
        """:return: None where there are several quants, or one is not ours to write"""
        if place not in self.entries:
            quants = self._find(place)
            if len(quants) > 1 or not all(map(self._locked.has, quants)):
                return None
            entry = Entry(None)
            if quants:
                entry = Entry(quants, *(quants[name] for name in _FIELDS))
            self.entries[place] = entry
        return self.entries[place]

    def _get_source(self, place):
        # Core would make good what a lot owes from stock without lot.
        if place.lot and self._find(place._replace(lot=None)):
            return None
        entry = self._get(place)
        return entry if entry and entry.is_plain(self._compare) else None

    def reserve(self, place, quantity):
        """:return: whether it was booked"""
        entry = self._get_source(place)
        if not entry or not entry.quant:
            return False
        entry.reserved += quantity
        entry.is_booked = True
        return True

    def move(self, source, destination, quantity, keeps_dates):
        """Book what was reserved at one place to another one.

        :param keeps_dates: whether what is at the destination stays as old as it is
        :return: whether it was booked
        """
        taken = self._get_source(source)
        brought = self._get(destination)
        if not taken or not brought or taken is brought:
            return False
        taken.reserved = max(0, taken.reserved - quantity)
        taken.quantity -= quantity
        if taken.quantity - taken.reserved < 0:
            # Others lose what they have reserved.
            return False
        dates = [taken.in_date]
        if keeps_dates and brought.is_plain(self._compare):
            dates.append(brought.in_date)
        brought.in_date = min(dates)
        brought.quantity += quantity
        taken.is_booked = brought.is_booked = True
        return True

    def get_changes(self):
        """:return: what is booked on quants that there are: values by quant"""
        changes = {}
        for entry in self.entries.values():
            if entry.quant and entry.is_booked:
                changes[entry.quant] = self._get_new_values(entry)
        return changes

    def _get_new_values(self, entry):
        values = {
            "quantity": entry.quantity,
            "reserved_quantity": entry.reserved,
            "in_date": entry.in_date,
        }
        return {
            name: value for name, value in values.items() if entry.quant[name] != value
        }

    def get_missing(self):
        """:return: what is booked where no quant is: the values of those to create"""
        return [
            self._prepare_quant_vals(place, entry)
            for place, entry in self.entries.items()
            if not entry.quant and entry.quantity
        ]

    def _prepare_quant_vals(self, place, entry):
        return {
            "product_id": self._product.id,
            "location_id": place.location,
            "lot_id": place.lot,
            "package_id": place.package,
            "owner_id": place.owner,
            "in_date": entry.in_date,
            "quantity": entry.quantity,
        }
