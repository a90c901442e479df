"""The quants of one call: locked together, and written once each.

What many lines do to quants is added up before it is written. Only what is plain is
booked here, and what it comes to is what core comes to line by line. All else, debts
above all, is left to core.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..call_scope import CallScope

# The QuantBatch that what is done to quants goes through; without one they are locked
# and written one by one.
BATCH = CallScope("quant_batch")
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

    def get_new_values(self):
        values = {
            "quantity": self.quantity,
            "reserved_quantity": self.reserved,
            "in_date": self.in_date,
        }
        return {
            name: value for name, value in values.items() if self.quant[name] != value
        }


class QuantBatch:
    """Entries of quants, by product and place.

    Only for the length of one call: with a savepoint the locks may be gone.

    :param lines: those that are being posted
    """

    def __init__(self, lines=()):
        self.line_ids = frozenset(lines.ids if lines else ())
        # Those of them that were posted together; None as long as none was tried.
        self.posted_ids = None
        self._quants_cache = {}
        self._tried = set()
        self._locked = set()
        self._entries = defaultdict(dict)

    @property
    def is_reserving(self):
        """Whether lines are being created."""
        return not self.line_ids

    # Locks.

    def lock(self, quants_cache, keys):
        """Lock the quants at these places in one go, as core does with each before it
        writes to it: those that others are writing to at this moment are left out, and
        what was written since this transaction began ends it.

        :param quants_cache: core's
        :param keys: pairs of a product id and a Place
        """
        self._quants_cache = quants_cache
        found = [quants for key in keys if (quants := self._find(*key))]
        if not found:
            return
        quants = found[0].union(*found[1:])
        # Core reads them one at a time. All fields: a change looks at the others.
        quants.mapped("quantity")
        self._tried.update(quants.ids)
        self._locked.update(quants.try_lock_for_update(allow_referencing=True).ids)

    def _find(self, product_id, place):
        """:return: the quants at the place, or nothing"""
        key = product_id, *(part or False for part in place)
        quants = self._quants_cache.get(key)
        return quants.sudo() if quants else ()

    def add_created(self, quants):
        """What this transaction itself creates, nobody else can see."""
        self._tried.update(quants.ids)
        self._locked.update(quants.ids)

    def find_first_locked(self, quants):
        """The first of these quants that is locked, as core would try them.

        :return: None where that isn't known
        """
        for quant in quants:
            if quant.id in self._locked:
                return quant
            if quant.id not in self._tried:
                break
        return None

    # What is booked.

    def _get(self, product, place):
        """:return: None where there are several quants, or one is not ours to write"""
        entries = self._entries[product]
        if place not in entries:
            quants = self._find(product.id, place)
            if len(quants) > 1 or any(each.id not in self._locked for each in quants):
                return None
            entry = Entry(None)
            if quants:
                entry = Entry(quants, *(quants[name] for name in _FIELDS))
            entries[place] = entry
        return entries[place]

    def _get_source(self, product, place):
        # Core would make good what a lot owes from stock without lot.
        if place.lot and self._find(product.id, place._replace(lot=None)):
            return None
        entry = self._get(product, place)
        return entry if entry and entry.is_plain(product.uom_id.compare) else None

    def reserve(self, product, place, quantity):
        """:return: whether it was booked"""
        entry = self._get_source(product, place)
        if not entry or not entry.quant:
            return False
        entry.reserved += quantity
        entry.is_booked = True
        return True

    def move(self, product, source, destination, quantity, keeps_dates):
        """Book what was reserved at one place to another one.

        :param keeps_dates: whether what is at the destination stays as old as it is
        :return: whether it was booked
        """
        taken = self._get_source(product, source)
        brought = self._get(product, destination)
        if not taken or not brought or taken is brought:
            return False
        taken.reserved = max(0, taken.reserved - quantity)
        taken.quantity -= quantity
        if taken.quantity - taken.reserved < 0:
            # Others lose what they have reserved.
            return False
        dates = [taken.in_date]
        if keeps_dates and brought.is_plain(product.uom_id.compare):
            dates.append(brought.in_date)
        brought.in_date = min(dates)
        brought.quantity += quantity
        taken.is_booked = brought.is_booked = True
        return True

    def forget(self, product):
        """Leave the product to core: nothing of it was written."""
        self._entries.pop(product, None)

    def take_booked(self):
        """What is to be written; core may change the quants from now on.

        :return: values by quant, and the values of quants that are to be created
        """
        changes, missing = {}, []
        for product, entries in self._entries.items():
            for place, entry in entries.items():
                if entry.quant and entry.is_booked:
                    changes[entry.quant] = entry.get_new_values()
                elif not entry.quant and entry.quantity:
                    missing.append(_prepare_quant_vals(product, place, entry))
        self._entries.clear()
        return changes, missing


def _prepare_quant_vals(product, place, entry):
    return {
        "product_id": product.id,
        "location_id": place.location,
        "lot_id": place.lot,
        "package_id": place.package,
        "owner_id": place.owner,
        "in_date": entry.in_date,
        "quantity": entry.quantity,
    }
