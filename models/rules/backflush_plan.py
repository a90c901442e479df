"""The rules of backflushing: how much of a component is needed, and from where.

Plain Python: nothing here knows the database. What the rules work on was read before,
and what they say is posted after; the preview shows the very same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from odoo.tools.float_utils import float_compare, float_is_zero, float_round


def round_half_up(quantity, rounding):
    """Round to a multiple of ``rounding``, halves away from zero."""
    return float_round(quantity, precision_rounding=rounding, rounding_method="HALF-UP")


def get_whole_number(quantity, rounding):
    """Of serial numbers: a part of one can't be taken."""
    return float(int(round_half_up(quantity, rounding)))


class Part(NamedTuple):
    """What one order of a chain reported, and needed of the component for that."""

    # Finished quantity.
    reported: float
    # In the component's unit, without what is fixed per order.
    needed: float


@dataclass(frozen=True)
class Whole:
    """A component as it was planned for an order, whatever parts it is reported in.

    An order and its backorders are one whole until something is changed. From then on
    the rest is a whole of its own: its demand is what is left of the new plan.
    """

    # In the component's unit, as the order shows it: rounded up once. Without what is
    # fixed per order.
    demand: float
    # Finished quantity that this is for.
    quantity: float
    # Smallest quantity of the component's unit.
    rounding: float
    # For one finished unit, the component scrap included; unrounded.
    quantity_per_unit: float = 0.0
    # Quantity of the product's unit, in which stock is kept, in one of the component's.
    stock_factor: float = 1.0
    # Smallest quantity of the product's unit.
    stock_rounding: float = 0.0

    def get_need(self, reported):
        """What a quantity takes that is reported at once, as core has it."""
        return round_half_up(self._get_share(reported), self.rounding)

    def _get_share(self, reported):
        if self.quantity > 0:
            return self.demand * reported / self.quantity
        return self.quantity_per_unit * reported

    def may_be_part(self, quantity, reported):
        """Whether some part that reports as much takes this quantity: its share,
        rounded one way or the other."""
        step = max(self.rounding, self.stock_rounding / (self.stock_factor or 1.0))
        distance = abs(quantity - self._get_share(reported))
        return float_compare(distance, step, precision_digits=6) < 0

    def get_part(self, reported, before: Iterable[Part] = ()):
        """What a part takes: the need so far, less what the parts before it needed.

        So the parts add up to what the whole takes at once, in whatever parts.
        """
        if reported <= 0:
            return 0.0
        before = tuple(before)
        reported += sum(part.reported for part in before)
        need = self.get_need(reported)
        due = need - sum(part.needed for part in before)
        due = max(round_half_up(due, self.rounding), 0.0)
        is_whole = float_compare(reported, self.quantity, precision_digits=6) >= 0
        if not is_whole and self._is_nothing_in_stock(due, need, before):
            # It comes with the next part.
            return 0.0
        return due

    def _is_nothing_in_stock(self, due, need, before):
        """Whether the stock would not notice, or gave as much already: 4 g are nothing
        of a product that is stocked in kg at two digits, and 8 g are 0.01 kg of it."""
        given = sum(self._in_stock(part.needed) for part in before)
        open_in_stock = min(self._in_stock(due), self._in_stock(need) - given)
        return round_half_up(open_in_stock, self.stock_rounding or self.rounding) <= 0

    def _in_stock(self, quantity):
        return round_half_up(
            quantity * self.stock_factor, self.stock_rounding or self.rounding
        )


@dataclass(frozen=True)
class Need:
    """What one order needs of a component. Quantities are in the component's unit."""

    whole: Whole
    # Finished quantity that this order has reported.
    reported: float
    # The parts of the whole that come before this order.
    before: tuple[Part, ...] = ()
    # Once per order: what of it this order is to issue.
    fixed: float = 0.0
    # Issued to this order minus returned, with what was carried over to it.
    issued: float = 0.0
    # Waits for stock as an exception, and will be issued by it.
    parked: float = 0.0

    @cached_property
    def proportional(self):
        """The part of the need that grows with the quantity reported."""
        return self.whole.get_part(self.reported, self.before)

    @property
    def part(self):
        """What this order is to the parts of the whole that come after it."""
        return Part(self.reported, self.proportional)

    @property
    def total(self):
        """What the report calls for, whether it was issued or not."""
        due = self.fixed if self.reported > 0 else 0.0
        return self._round(self.proportional + due)

    @property
    def open(self):
        """What remains to be issued."""
        return max(self._round(self.total - self.issued - self.parked), 0.0)

    @property
    def surplus(self):
        """What was issued beyond the need."""
        return max(self._round(self.issued - self.total), 0.0)

    @property
    def parked_surplus(self):
        """What is parked and isn't needed any more."""
        beyond = self.issued + self.parked - self.total
        return max(min(self.parked, self._round(beyond)), 0.0)

    def _round(self, quantity):
        return round_half_up(quantity, self.whole.rounding)


class Place(NamedTuple):
    """Where stock lies: ids, each None where there is none."""

    location: int
    lot: int | None = None
    package: int | None = None
    owner: int | None = None


class Stock(NamedTuple):
    """Stock of one product at one place, in the product's unit."""

    place: Place
    on_hand: float
    # By all documents; of a strict request, by others than those at hand.
    reserved: float = 0.0

    @property
    def free(self):
        return self.on_hand - self.reserved


class Reservation(NamedTuple):
    """A part of the stock that is reserved for the component, in the product's unit.

    ``key`` is the caller's: it finds the reservation again by it.
    """

    key: int
    place: Place
    quantity: float
    # A person said that it is this lot: no other is taken for it.
    is_confirmed: bool = False


class Take(NamedTuple):
    """A quantity to issue from one place, in the product's unit."""

    place: Place
    quantity: float
    # The reservation that it comes from, if any.
    reservation: int | None = None


@dataclass(frozen=True)
class Request:
    """A quantity of a component to issue, in the product's unit, not rounded."""

    key: int
    product: int
    quantity: float
    rounding: float
    # The order's own reservations, taken first.
    reservations: tuple[Reservation, ...] = ()
    # Where stock lies, in the order of the removal strategy.
    stock: tuple[Stock, ...] = ()
    # Tracked: each lot counts for itself. Else debts at one place count at the others.
    is_tracked: bool = False
    is_serial: bool = False
    # Nothing is taken that isn't really there, the own reservations included.
    is_strict: bool = False
    # Only what is reserved is taken: a person must say which lots are used.
    takes_reserved_only: bool = False
    # Filled in as core does: neither a rule nor a person says otherwise.
    is_as_core: bool = False
    # Where what is produced before it is put, to be taken after all other stock.
    output_places: tuple[Place, ...] = ()

    @property
    def places(self):
        """In the order in which stock is taken from them, each once."""
        found = [item.place for item in self.stock]
        return tuple(dict.fromkeys([*found, *self.output_places]))


@dataclass(frozen=True)
class Allocation:
    """Where the quantity of a request comes from."""

    request: Request
    takes: tuple[Take, ...]
    # What is missing of lots that a person named, by lot.
    missing_lots: tuple[tuple[int, float], ...] = ()
    # What is taken of places that have less: filled in by a person or by core, which
    # holds what isn't there. Known of stock that was read.
    overdrawn: float = 0.0

    @property
    def taken(self):
        return sum(take.quantity for take in self.takes)

    @property
    def rest(self):
        """What no stock was found for, be it too little for the stock to tell."""
        return max(self.request.quantity - self.taken, 0.0)

    @property
    def short(self):
        """What no stock was found for that may be taken. Nothing is short of a part
        of a serial number: no stock could give it."""
        if self.request.is_serial:
            return get_whole_number(self.rest, self.request.rounding)
        return self.rest if round_half_up(self.rest, self.request.rounding) > 0 else 0.0

    @property
    def lacking(self):
        """What no free stock is there for, whoever filled in the quantity."""
        return self.short + self.overdrawn

    @property
    def missing(self):
        """What is short, as pairs of a lot, None where any will do, and a quantity."""
        rest = self.short - sum(quantity for _lot, quantity in self.missing_lots)
        if float_compare(rest, 0, precision_rounding=self.request.rounding) <= 0:
            return self.missing_lots
        return (*self.missing_lots, (None, rest))

    def without_short(self):
        """The part of it that is there."""
        return Allocation(replace(self.request, quantity=self.taken), self.takes)


# The key of what is reserved of an output: no reservation that is there by now.
OUTPUT = 0


class Output(NamedTuple):
    """What completing an order puts into stock at one place, in the product's unit."""

    product: int
    place: Place
    quantity: float
    # Who has it reserved as soon as it is there, in this order: keys, of requests or
    # of others, and what each lacks.
    waiting: tuple[tuple[int, float], ...] = ()


class Turn(NamedTuple):
    """What completing one order takes and gives."""

    requests: tuple[Request, ...]
    outputs: tuple[Output, ...] = ()
    # Whether it is completed where nothing is short.
    is_ready: bool = True
    # What its backorder has reserved as soon as it is made.
    backorder: tuple[Request, ...] = ()


def allocate(requests: Iterable[Request]) -> list[Allocation]:
    """Find where each quantity comes from: its own reservations, then free stock.

    Nothing is taken that is reserved for somebody else, and nothing twice: requests
    for the same product share its stock, in their order. What core fills in itself
    is filled in as core would, one request after the other.
    """
    return allocate_in_turn([Turn(tuple(requests))])


def allocate_in_turn(turns: Iterable[Turn]) -> list[Allocation]:
    """As ``allocate``, over the requests of all turns. What one that is ready, and of
    which nothing is short, puts into stock is there for those after it; what its
    backorder reserves is not."""
    turns = tuple(turns)
    shelves = {}
    requests = [request for turn in turns for request in turn.requests]
    for request in requests:
        _shelve(request, shelves)
    for turn in turns:
        for request in turn.backorder:
            _shelve(request, shelves)
    # First what each has reserved: none takes what another of them holds.
    waiting = [_wait(request, shelves) for request in requests]
    held = _sum_held(requests)
    # What was reserved of outputs, by key.
    assigned = {}
    allocations = []
    for turn in turns:
        own = waiting[: len(turn.requests)]
        waiting = waiting[len(turn.requests) :]
        found = [_serve(each, shelves, held) for each in own]
        allocations += found
        if turn.is_ready and not any(map(_is_short, found)):
            # What is issued waits for nothing any more.
            assigned.update((each.request.key, float("inf")) for each in own)
            for output in turn.outputs:
                _put_into_stock(output, shelves, waiting, assigned, held)
            for request in turn.backorder:
                Waiting(request).serve(shelves)
    return allocations


@dataclass
class Waiting:
    """A request whose turn is still to come."""

    request: Request
    # From its reservations.
    takes: tuple[Take, ...] = ()
    # What is not there of lots that a person named, by lot.
    lacking: dict[int, float] = field(default_factory=dict)

    def serve(self, shelves):
        if self.request.is_as_core:
            return fill_as_core(self.request, shelves)
        return _make_up(self.request, self.takes, self.lacking, shelves)

    def hold(self, place, quantity):
        """Reserve an output for it."""
        request = self.request
        if request.is_as_core:
            held = Reservation(OUTPUT, place, quantity)
            self.request = replace(request, reservations=(*request.reservations, held))
            return
        needed = request.quantity - sum(take.quantity for take in self.takes)
        taken = _part(request, min(quantity, needed))
        if taken and not request.takes_reserved_only:
            self.takes = (*self.takes, Take(place, taken))


def _wait(request, shelves):
    if request.is_as_core:
        return Waiting(request)
    return Waiting(request, *_take_reserved(request, shelves))


def _sum_held(requests):
    """What these have reserved, by product and place; what is taken strictly is off the
    shelves by now."""
    held = {}
    for request in requests:
        if not request.is_strict:
            for reservation in request.reservations:
                _hold(held, request.product, reservation.place, reservation.quantity)
    return held


def _hold(held, product, place, quantity):
    held[product, place] = held.get((product, place), 0.0) + quantity


def _serve(each, shelves, held):
    """
    :param held: what those whose turn is still to come have reserved, by product and
        place; shelves are without it
    """
    request = each.request
    allocation = each.serve(shelves)
    if request.is_strict:
        return allocation
    for reservation in request.reservations:
        _hold(held, request.product, reservation.place, -reservation.quantity)
    return replace(allocation, overdrawn=_get_overdrawn(allocation, shelves, held))


def _get_overdrawn(allocation, shelves, held):
    """What was just taken of places of which nothing is left, and less."""
    request = allocation.request
    taken = {}
    for take in allocation.takes:
        taken[take.place] = taken.get(take.place, 0.0) + take.quantity
    overdrawn = 0.0
    for place, quantity in taken.items():
        shelf = request.product, place
        if shelf in shelves:
            left = shelves[shelf] + held.get(shelf, 0.0) + _get_kept(allocation, place)
            overdrawn += min(quantity, max(-left, 0.0))
    return overdrawn if _is_more(request, overdrawn) else 0.0


def _get_kept(allocation, place):
    """What is reserved there and not used; core puts it back."""
    request = allocation.request
    if request.is_as_core:
        return 0.0
    reserved = sum(own.quantity for own in request.reservations if own.place == place)
    used = sum(
        take.quantity
        for take in allocation.takes
        if take.place == place and take.reservation is not None
    )
    return reserved - used


def _is_short(allocation):
    return _is_more(allocation.request, allocation.lacking)


def _put_into_stock(output, shelves, waiting, assigned, held):
    """:param waiting: whose turn is still to come
    :param assigned: what was reserved of outputs before, by key
    :param held: as in ``_serve``
    """
    by_key = {each.request.key: each for each in waiting}
    rest = output.quantity
    for key, lacking in output.waiting:
        quantity = max(min(rest, lacking - assigned.get(key, 0.0)), 0.0)
        rest -= quantity
        assigned[key] = assigned.get(key, 0.0) + quantity
        if quantity and key in by_key:
            by_key[key].hold(output.place, quantity)
            if by_key[key].request.is_as_core:
                _hold(held, output.product, output.place, quantity)
    shelf = output.product, output.place
    shelves[shelf] = shelves.get(shelf, 0.0) + rest


def fill_as_core(request, shelves):
    """What core's ``_set_quantity_done`` comes to: each line is kept and made up from
    its own place, in the order of the lines; then other places follow, in the order
    of the removal strategy.

    :param shelves: what is free, by product and place; less what is taken here
    """
    takes, made_up = [], {}
    rest = request.quantity
    for reservation in request.reservations:
        place = reservation.place
        kept = min(rest, reservation.quantity)
        rest -= kept
        if _is_more(request, kept):
            takes.append(Take(place, kept, reservation.key))
        free = shelves.get((request.product, place), 0.0) - made_up.get(place, 0.0)
        added = _part_as_core(request, min(rest, free))
        if added:
            takes.append(Take(place, added))
            made_up[place] = made_up.get(place, 0.0) + added
            rest -= added
        # What is given back is free for those that follow.
        _put_back(request, place, reservation.quantity - kept, shelves)
    if _is_more(request, rest):
        takes += _take_elsewhere(request, rest, shelves, made_up)
    for take in takes:
        if take.reservation is None:
            shelves[request.product, take.place] -= take.quantity
    return Allocation(request, tuple(takes))


def _take_elsewhere(request, rest, shelves, made_up):
    """As core: places whose lines were made up count against the limit, which is that
    of the whole quantity, and are left out."""
    free = {
        place: shelves.get((request.product, place), 0.0) for place in request.places
    }
    limit = _part_as_core(
        request, min(request.quantity, _get_free_as_core(request, free))
    )
    if not _is_more(request, limit):
        # What one place owes is more than all others have.
        return []
    # Core stops where nothing is left beside all that is reserved.
    beside = sum(free.values()) - sum(
        item.on_hand for item in request.stock if item.on_hand < 0
    )
    takes = []
    for place, quantity in free.items():
        if not _is_more(request, quantity):
            continue
        part = min(quantity, limit)
        limit -= part
        beside -= part
        if place not in made_up:
            taken = min(rest, part)
            takes.append(Take(place, taken))
            rest -= taken
        if (
            not _is_more(request, rest)
            or not _is_more(request, limit)
            or float_is_zero(beside, precision_rounding=request.rounding)
        ):
            break
    return takes


def _get_free_as_core(request, free):
    """What one lot owes can't be taken from another; without lots all counts."""
    if not request.is_tracked:
        return sum(free.values())
    by_lot = {}
    for place, quantity in free.items():
        by_lot[place.lot] = by_lot.get(place.lot, 0.0) + quantity
    return sum(quantity for quantity in by_lot.values() if quantity > 0)


def _part_as_core(request, quantity):
    """The part of a quantity that core reserves: of serial numbers all or nothing."""
    if not _is_more(request, quantity) or (
        request.is_serial
        and float_compare(quantity, int(quantity), precision_rounding=request.rounding)
    ):
        return 0.0
    return quantity


def _is_more(request, quantity):
    return float_compare(quantity, 0, precision_rounding=request.rounding) > 0


def _put_back(request, place, quantity, shelves):
    if _is_more(request, quantity):
        key = request.product, place
        shelves[key] = shelves.get(key, 0.0) + quantity


def _make_up(request, reserved, lacking, shelves):
    """Take from free stock what is reserved too little of.

    :param lacking: what is not there of lots that a person named, by lot
    """
    takes = list(reserved)
    missing_lots = []
    rest = request.quantity - sum(take.quantity for take in takes)
    for lot, quantity in lacking.items():
        same_lot = [place for place in request.places if place.lot == lot]
        found = _take_free(request, quantity, shelves, same_lot)
        takes += found
        rest -= quantity
        missing = quantity - sum(take.quantity for take in found)
        if float_compare(missing, 0, precision_rounding=request.rounding) > 0:
            missing_lots.append((lot, missing))
    if not request.takes_reserved_only:
        takes += _take_free(request, rest, shelves, request.places)
    return Allocation(request, _fill_up(request, takes), tuple(missing_lots))


def _fill_up(request, takes):
    """What the stock can't tell from nothing isn't missing, but is a part of what was
    found: 0.83 packs of 6 that are there are 5 pieces, and not 4.98."""
    rest = request.quantity - sum(take.quantity for take in takes)
    if not takes or not float_is_zero(rest, precision_rounding=request.rounding):
        return tuple(takes)
    last = takes[-1]
    return (*takes[:-1], last._replace(quantity=last.quantity + rest))


def _take_reserved(request, shelves):
    """:return: the takes, and what lacks of lots that a person named, by lot"""
    takes = []
    lacking = {}
    rest = request.quantity
    for reservation in request.reservations:
        wanted = _part(request, min(rest, reservation.quantity))
        quantity = wanted
        if request.is_strict:
            shelf = request.product, reservation.place
            quantity = _part(request, min(wanted, shelves.get(shelf, 0.0)))
            shelves[shelf] = shelves.get(shelf, 0.0) - quantity
        if quantity:
            takes.append(Take(reservation.place, quantity, reservation.key))
            rest -= quantity
        if reservation.is_confirmed and reservation.place.lot and quantity < wanted:
            lot = reservation.place.lot
            lacking[lot] = lacking.get(lot, 0.0) + wanted - quantity
            rest -= wanted - quantity
    return tuple(takes), lacking


def _take_free(request, quantity, shelves, places):
    """:param shelves: what is left, by product and place
    :param places: in the order of the removal strategy
    """
    rest = quantity
    limit = _get_limit(request, places, shelves)
    takes = []
    for place in places:
        shelf = request.product, place
        taken = _part(request, min(rest, limit, shelves.get(shelf, 0.0)))
        if taken:
            takes.append(Take(place, taken))
            shelves[shelf] -= taken
            limit -= taken
            rest -= taken
    return takes


def _shelve(request, shelves):
    """Sum up the free stock of each place, once for all requests of the product."""
    found = {}
    for stock in request.stock:
        found[stock.place] = found.get(stock.place, 0.0) + stock.free
    for place, free in found.items():
        shelves.setdefault((request.product, place), free)


def _get_limit(request, places, shelves):
    """As core: what one place owes (negative stock) can't be taken from another."""
    free = [shelves.get((request.product, place), 0.0) for place in places]
    if request.is_tracked:
        free = [quantity for quantity in free if quantity > 0]
    return sum(free)


def _part(request, quantity):
    """The part of a quantity that may be taken: none of a debt, serials one by one."""
    if float_compare(quantity, 0, precision_rounding=request.rounding) <= 0:
        return 0.0
    if request.is_serial:
        return get_whole_number(quantity, request.rounding)
    # Not rounded: 5 pieces are 0.8333 of a pack of 6, and 4.98 pieces 0.83 of it.
    return quantity


def divide(parts, quantity, rounding):
    """Divide a row of quantities in two at ``quantity`` from its end.

    What was issued first is used first: the end is what is returned, or carried over.

    :param parts: pairs of a key and a quantity, in order of time
    :return: pairs of a key and the quantity that belongs to the end, last first
    """
    end = []
    for key, part in reversed(parts):
        taken = round_half_up(min(part, quantity), rounding)
        if float_is_zero(taken, precision_rounding=rounding):
            continue
        end.append((key, taken))
        quantity -= taken
    return end


def take_share(parts, share, rounding):
    """Take the same share of each of these quantities, rounded so that the whole is
    right: 0.5 of 3 and 4 pieces are 2 and 2. A share of 1 takes all there is.

    :param parts: pairs of a key and a quantity
    :return: the quantity taken, by key
    """
    if share >= 1:
        return dict(parts)
    taken, total, total_taken = {}, 0.0, 0.0
    for key, quantity in parts:
        total += quantity
        due = round_half_up(total * share, rounding) - total_taken
        taken[key] = min(max(round_half_up(due, rounding), 0.0), quantity)
        total_taken += taken[key]
    return taken
