from collections import defaultdict
from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...models.rules.backflush_plan import (
    Need,
    Output,
    Part,
    Place,
    Request,
    Reservation,
    Stock,
    Turn,
    Whole,
    allocate,
    allocate_in_turn,
    divide,
)
from ..profiles import get_settings

ROUNDING = 0.01
hundredths = st.integers(0, 100_000).map(lambda number: number / 100)

GRAM_OF_KILOGRAM = 1 / 1000
PIECE_OF_PACK = 1 / 6


def report_in_parts(whole, parts):
    """What a whole takes that is reported in these parts, one after the other."""
    taken = []
    for part in parts:
        before = [Part(*pair) for pair in zip(parts, taken, strict=False)]
        taken.append(whole.get_part(part, before))
    return taken


@tagged("at_install", "-post_install")
class TestWhole(BaseCase):
    def assert_parts(self, whole, parts, expected):
        self.assertEqual(report_in_parts(whole, parts), expected)
        self.assertAlmostEqual(sum(expected), whole.get_part(sum(parts)))

    def test_one_for_three(self):
        # 10 / 3 is shown as 3.34. 0.334, 0.668, 1.002, 1.336, 1.67, 2.004, 2.338,
        # 2.672, 3.006, 3.34 are rounded, and each takes what is new of it.
        taken = [0.33, 0.34, 0.33, 0.34, 0.33, 0.33, 0.34, 0.33, 0.34, 0.33]
        self.assert_parts(Whole(3.34, 10, 0.01), [1] * 10, taken)

    def test_whole_pieces(self):
        # 0.24 each: 3 pieces for 10. 0.3, 0.6, 0.9, 1.2, 1.5, 1.8, 2.1, 2.4, 2.7, 3.
        taken = [0, 1, 0, 0, 1, 0, 0, 0, 1, 0]
        self.assert_parts(Whole(3, 10, 1), [1] * 10, taken)

    def test_first_report_is_cores(self):
        # Of 83.2 whole pieces core demands 84, and takes 33.6 of them for 8 of 20.
        self.assert_parts(Whole(84, 20, 1), [8, 12], [34, 50])

    def test_grams_of_what_is_stocked_in_kilograms(self):
        # 4 g are 0.00 kg, and 8 g are 0.01 kg. Of 12 g, 0.012 kg, the 0.01 kg left with
        # the second report; with 20 g, 0.02 kg; with 28 g, 0.03 kg; with 36 g, 0.04 kg.
        # The last report takes the rest, which no stock notices.
        whole = Whole(40, 10, 0.01, stock_factor=GRAM_OF_KILOGRAM, stock_rounding=0.01)
        taken = [0, 8, 0, 8, 0, 0, 12, 0, 8, 4]
        self.assert_parts(whole, [1] * 10, taken)
        in_stock = [round(quantity / 1000 + 1e-9, 2) for quantity in taken]
        self.assertAlmostEqual(sum(in_stock), 0.04)

    def test_pieces_stay_pieces(self):
        # 5 of a pack of 6 are 0.83 packs, 4.98 pieces: they are 5 all the same.
        whole = Whole(50, 10, 0.01, stock_factor=PIECE_OF_PACK, stock_rounding=0.01)
        self.assert_parts(whole, [1] * 10, [5] * 10)

    def test_more_than_planned(self):
        self.assert_parts(Whole(3.34, 10, 0.01), [6, 6], [2, 2.01])

    def test_what_a_person_stated_is_nothing_to_the_next_report(self):
        # Needed 6, whatever was used for it: 7, because one broke.
        need = Need(Whole(10, 10, 1), 4, (Part(6, 6),))
        self.assertEqual(need.total, 4)

    def test_nothing_reported_needs_nothing(self):
        # 1.2 g of 2 are open already.
        whole = Whole(2, 10, 0.01, stock_factor=GRAM_OF_KILOGRAM, stock_rounding=0.01)
        self.assertEqual(Need(whole, 0, (Part(6, 0),), fixed=2).total, 0)

    def test_nothing_was_left(self):
        # No plan says what 2 more take: what the BoM says for them, 2 / 3.
        whole = Whole(0, 0, 0.01, quantity_per_unit=1 / 3)
        self.assertEqual(report_in_parts(whole, [2, 2]), [0.67, 0.66])

    def test_issued_early_counts(self):
        need = Need(Whole(10, 10, ROUNDING), 10, issued=6)
        self.assertEqual((need.total, need.open, need.surplus), (10, 4, 0))

    def test_more_issued_than_needed(self):
        need = Need(Whole(10, 10, ROUNDING), 10, issued=13)
        self.assertEqual((need.open, need.surplus), (0, 3))

    def test_fixed_with_the_first_report(self):
        whole = Whole(0, 10, ROUNDING)
        self.assertEqual(Need(whole, 0, fixed=2).total, 0)
        self.assertEqual(Need(whole, 1, fixed=2).total, 2)

    @given(hundredths, st.integers(1, 50), st.integers(0, 60), hundredths)
    def test_open_or_surplus(self, demand, quantity, reported, issued):
        need = Need(Whole(demand, quantity, ROUNDING), reported, issued=issued)
        self.assertGreaterEqual(need.open, 0)
        self.assertGreaterEqual(need.surplus, 0)
        self.assertAlmostEqual(need.open - need.surplus, need.total - issued)


# The rule once more, from the words of the design and in exact numbers: what is shown
# for an order, and what each report of it and of its backorders takes.


def half_up(number, digits):
    return Fraction(floor(number * 10**digits + Fraction(1, 2)), 10**digits)


def up(number, digits):
    return Fraction(-floor(-number * 10**digits), 10**digits)


class Chain:
    """A component of an order and of its backorders."""

    def __init__(self, per_unit, quantity, digits):
        self.per_unit, self.digits = per_unit, digits
        self.quantity = quantity
        self.planned = up(per_unit * quantity, digits)
        self.reported = self.needed = Fraction(0)
        self.reported_then = self.needed_then = Fraction(0)
        # What was reported and needed while so much was called for, by that.
        self.by_per_unit = defaultdict(lambda: [Fraction(0), Fraction(0)])

    def get_need(self, reported):
        left = self.quantity - self.reported_then
        since = reported - self.reported_then
        if left == 0:
            return self.needed_then + half_up(self.per_unit * since, self.digits)
        share = (self.planned - self.needed_then) * since / left
        return self.needed_then + half_up(share, self.digits)

    def report(self, quantity):
        self.reported += quantity
        taken = self.get_need(self.reported) - self.needed
        self.needed += taken
        self.by_per_unit[self.per_unit][0] += quantity
        self.by_per_unit[self.per_unit][1] += taken
        return taken

    def change_quantity(self, left):
        """As a new order would plan it. What was needed by another bill of materials
        is let alone.

        :param left: the new quantity that is left to produce
        """
        reported, needed = self.by_per_unit[self.per_unit]
        rest = up(self.per_unit * (reported + left), self.digits) - needed
        self._change(self.reported + left, self.needed + max(rest, 0))

    def change_bom(self, per_unit):
        self.per_unit = per_unit
        rest = up(per_unit * (self.quantity - self.reported), self.digits)
        self._change(self.quantity, self.needed + rest)

    def change_demand(self, demand):
        """:param demand: of what is left to produce, as a person enters it"""
        self._change(self.quantity, self.needed + demand)

    def _change(self, quantity, planned):
        self.quantity, self.planned = quantity, planned
        self.reported_then, self.needed_then = self.reported, self.needed

    @property
    def left(self):
        """What is left to need and to produce, as the backorder shows it."""
        return self.planned - self.needed_then, self.quantity - self.reported_then


digits = st.sampled_from([0, 1, 2, 3, 5])
per_unit = st.fractions(min_value=0, max_value=20, max_denominator=24)
# Of the component's unit in the product's: the same, g in kg, kg in g (as mL and L),
# piece in dozen and dozen in piece, piece in pack of 6.
factors = st.sampled_from(
    [Fraction(1), Fraction(1, 1000), Fraction(1000)]
    + [Fraction(1, 12), Fraction(12), Fraction(1, 6)]
)
parts_of_a_whole = st.lists(st.integers(1, 30), min_size=1, max_size=12)
changes = st.one_of(
    st.tuples(st.just("quantity"), st.integers(1, 40)),
    st.tuples(st.just("bom"), per_unit),
    st.tuples(st.just("demand"), st.integers(0, 500)),
)


@tagged("at_install", "-post_install")
class TestRuleKeptApart(BaseCase):
    def make_whole(self, chain, factor=Fraction(1)):
        demand, quantity = chain.left
        return Whole(
            float(demand),
            float(quantity),
            10.0**-chain.digits,
            quantity_per_unit=float(chain.per_unit),
            stock_factor=float(factor),
            stock_rounding=10.0**-chain.digits,
        )

    def in_steps(self, quantity, digits):
        """As a whole number of the smallest quantity."""
        steps = quantity * 10**digits
        self.assertAlmostEqual(float(steps), round(steps), places=4)
        return round(steps)

    @given(per_unit, digits, parts_of_a_whole)
    @get_settings(quick=300, nightly=5000)
    def test_any_split(self, per_unit, digits, parts):
        chain = Chain(per_unit, Fraction(sum(parts)), digits)
        taken = report_in_parts(self.make_whole(chain), parts)
        self.assertEqual(
            [self.in_steps(quantity, digits) for quantity in taken],
            [self.in_steps(chain.report(part), digits) for part in parts],
        )
        self.assertEqual(chain.needed, chain.planned)

    @given(per_unit, digits, st.lists(st.one_of(st.integers(1, 9), changes)))
    @get_settings(quick=300, nightly=5000)
    def test_changes_in_between(self, per_unit, digits, events):
        chain = Chain(per_unit, Fraction(30), digits)
        whole, before = self.make_whole(chain), []
        for event in events:
            if isinstance(event, int):
                taken = whole.get_part(event, before)
                before.append(Part(event, taken))
                expected = chain.report(Fraction(event))
                self.assertEqual(
                    self.in_steps(taken, digits), self.in_steps(expected, digits)
                )
                continue
            kind, value = event
            if kind == "quantity":
                chain.change_quantity(value)
            elif chain.quantity <= chain.reported:
                # The order is completed.
                break
            elif kind == "bom":
                chain.change_bom(value)
            else:
                chain.change_demand(Fraction(value, 10**digits))
            whole, before = self.make_whole(chain), []

    @given(per_unit, digits, factors, parts_of_a_whole)
    @get_settings(quick=300, nightly=5000)
    def test_any_split_of_what_is_stocked_in_another_unit(
        self, per_unit, digits, factor, parts
    ):
        chain = Chain(per_unit, Fraction(sum(parts)), digits)
        whole = self.make_whole(chain, factor)
        sums, needs = [0], [0]
        for part, taken in zip(parts, report_in_parts(whole, parts), strict=True):
            # Never falling.
            self.assertGreaterEqual(taken, 0)
            sums.append(sums[-1] + self.in_steps(taken, digits))
            needs.append(needs[-1] + self.in_steps(chain.report(part), digits))
            # What the stock wouldn't notice comes later, and nothing too early.
            self.assertLessEqual(sums[-1], needs[-1])
            if taken and chain.reported < chain.quantity:
                in_stock = half_up(
                    Fraction(taken) * factor + Fraction(1, 10**9), digits
                )
                self.assertGreater(in_stock, 0)
        planned = self.in_steps(chain.planned, digits)
        self.assertLessEqual(max(sums), planned)
        self.assertEqual(sums[-1], planned)
        self.assertEqual(self.in_steps(whole.get_part(sum(parts)), digits), planned)
        if factor >= 1:
            self.assertEqual(sums, needs)


places = st.builds(
    Place,
    location=st.integers(1, 3),
    lot=st.one_of(st.none(), st.integers(1, 3)),
)
stocks = st.lists(
    st.builds(
        Stock,
        place=places,
        on_hand=st.integers(-20, 40).map(float),
        reserved=st.integers(0, 20).map(float),
    ),
    max_size=8,
).map(tuple)


def requests_for(stock):
    return st.lists(
        st.builds(
            Request,
            key=st.integers(1, 1000),
            product=st.just(1),
            quantity=st.integers(0, 60).map(float),
            rounding=st.just(ROUNDING),
            reservations=st.lists(
                st.builds(
                    Reservation,
                    key=st.integers(1, 9),
                    place=places,
                    quantity=st.integers(1, 20).map(float),
                ),
                max_size=3,
                unique_by=lambda reservation: reservation.key,
            ).map(tuple),
            stock=st.just(stock),
            is_tracked=st.booleans(),
            is_serial=st.booleans(),
        ),
        max_size=5,
    )


@tagged("at_install", "-post_install")
class TestAllocate(BaseCase):
    def test_own_reservation_before_the_removal_strategy(self):
        first, second = Place(1, lot=1), Place(1, lot=2)
        [allocation] = allocate(
            [
                Request(
                    key=1,
                    product=1,
                    quantity=5,
                    rounding=ROUNDING,
                    reservations=(Reservation(7, second, 3),),
                    stock=(Stock(first, 10), Stock(second, 3, reserved=3)),
                    is_tracked=True,
                )
            ]
        )
        self.assertEqual(
            [
                (take.place, take.quantity, take.reservation)
                for take in allocation.takes
            ],
            [(second, 3, 7), (first, 2, None)],
        )

    def test_debt_at_one_place_counts_at_another(self):
        # 5 on a shelf, the stock itself owes 3: as core, 2 are there.
        [allocation] = allocate(
            [
                Request(
                    key=1,
                    product=1,
                    quantity=5,
                    rounding=ROUNDING,
                    stock=(Stock(Place(1), -3), Stock(Place(2), 5)),
                )
            ]
        )
        self.assertEqual((allocation.taken, allocation.short), (2, 3))

    def test_debt_beyond_what_all_others_have(self):
        # As core: no line of nothing at the place that has 5.
        [allocation] = allocate(
            [
                Request(
                    key=1,
                    product=1,
                    quantity=4,
                    rounding=ROUNDING,
                    stock=(Stock(Place(1), 5), Stock(Place(2), -50)),
                    is_as_core=True,
                )
            ]
        )
        self.assertEqual((allocation.takes, allocation.short), ((), 4))

    @given(stocks.flatmap(lambda stock: st.tuples(st.just(stock), requests_for(stock))))
    def test_nothing_is_taken_twice_or_beyond_what_is_free(self, case):
        stock, requests = case
        free, taken = {}, {}
        for item in stock:
            free[item.place] = free.get(item.place, 0) + item.free
        for allocation in allocate(requests):
            request = allocation.request
            self.assertLessEqual(allocation.taken, request.quantity)
            self.assertEqual(allocation.taken + allocation.rest, request.quantity)
            held = {own.key: own.quantity for own in request.reservations}
            for take in allocation.takes:
                self.assertGreater(take.quantity, 0)
                if request.is_serial:
                    self.assertEqual(take.quantity, int(take.quantity))
                if take.reservation:
                    self.assertLessEqual(take.quantity, held[take.reservation])
                else:
                    taken[take.place] = taken.get(take.place, 0) + take.quantity
        for place, quantity in taken.items():
            self.assertLessEqual(quantity, free[place])

    @given(stocks, st.integers(0, 60), st.integers(0, 60))
    def test_divided_demand_finds_the_same_stock(self, stock, one, other):
        def find(*quantities):
            return sum(
                allocation.taken
                for allocation in allocate(
                    Request(number, 1, quantity, ROUNDING, stock=stock)
                    for number, quantity in enumerate(quantities)
                )
            )

        self.assertEqual(find(one, other), find(one + other))


@tagged("at_install", "-post_install")
class TestAllocateInTurn(BaseCase):
    """Product 1 is made of product 2, 10 of which are in stock."""

    PLACE = Place(1)

    def make(self, quantity, key=1, waiting=()):
        request = Request(key, 2, quantity, ROUNDING, stock=(Stock(self.PLACE, 10),))
        return Turn((request,), (Output(1, self.PLACE, quantity, waiting),))

    def use(self, quantity, key=9, **values):
        request = Request(
            key, 1, quantity, ROUNDING, output_places=(self.PLACE,), **values
        )
        return Turn((request,))

    def get_short(self, *turns):
        return [allocation.short for allocation in allocate_in_turn(turns)]

    def test_taken_by_those_after_it(self):
        self.assertEqual(self.get_short(self.make(8), self.use(10)), [0, 2])
        self.assertEqual(self.get_short(self.use(10), self.make(8)), [10, 0])

    def test_nothing_comes_of_one_that_is_not_ready(self):
        made = self.make(8)._replace(is_ready=False)
        self.assertEqual(self.get_short(made, self.use(5)), [0, 5])

    def test_nothing_comes_of_one_that_is_short(self):
        self.assertEqual(self.get_short(self.make(11), self.use(5)), [1, 5])

    def test_after_stock(self):
        in_stock = (Stock(Place(2), 3),)
        [_made, used] = allocate_in_turn([self.make(8), self.use(5, stock=in_stock)])
        self.assertEqual(
            [(take.place, take.quantity) for take in used.takes],
            [(Place(2), 3), (self.PLACE, 2)],
        )

    def test_reserved_for_others_first(self):
        # 8 made: 6 for somebody else, 2 are left of the 5 needed.
        turns = [self.make(8, waiting=((77, 6),)), self.use(5)]
        self.assertEqual(self.get_short(*turns), [0, 3])

    def test_reserved_for_a_later_one_first(self):
        # The last one, 8 of whom wait before all, gets its 8; none is left before.
        turns = [self.make(8, waiting=((9, 8),)), self.use(5, key=5), self.use(8)]
        self.assertEqual(self.get_short(*turns), [0, 5, 0])

    def test_served_once_of_two_outputs(self):
        # 4 and 5 made, 6 of them for somebody else: 3 are left.
        waiting = ((77, 6),)
        turns = [self.make(4, 1, waiting), self.make(5, 2, waiting), self.use(9)]
        self.assertEqual(self.get_short(*turns), [0, 0, 6])

    def test_what_is_held_beyond_the_need_is_not_taken_by_others(self):
        # 8 are reserved for the last one, which takes 3 of them.
        turns = [self.make(8, waiting=((9, 8),)), self.use(1, key=5), self.use(3)]
        self.assertEqual(self.get_short(*turns), [0, 1, 0])

    def test_completed_ones_wait_no_more(self):
        # The first one is served from its own stock before: all 8 are for the last.
        first = self.use(2, key=7, stock=(Stock(Place(2), 2),))
        turns = [first, self.make(8, waiting=((7, 2),)), self.use(8)]
        self.assertEqual(self.get_short(*turns), [0, 0, 0])


@tagged("at_install", "-post_install")
class TestOverdrawn(BaseCase):
    """What is filled in and isn't there."""

    PLACE = Place(1)

    def hold(self, key, held, quantity=None, on_hand=10, reserved=0, **values):
        """:param reserved: by others and by all of these"""
        return Request(
            key,
            1,
            held if quantity is None else quantity,
            ROUNDING,
            reservations=(Reservation(key, self.PLACE, held),),
            stock=(Stock(self.PLACE, on_hand, reserved),),
            **values,
        )

    def get_overdrawn(self, *requests):
        return [allocation.overdrawn for allocation in allocate(requests)]

    def test_filled_in_beyond_what_is_there(self):
        for is_as_core in (True, False):
            values = {"is_as_core": is_as_core}
            # 4 of 10 are there; then 10, 8 of them held by others; then debts.
            for on_hand, reserved, expected in ((4, 10, 6), (10, 18, 8), (-5, 10, 10)):
                request = self.hold(1, 10, None, on_hand, reserved, **values)
                self.assertEqual(self.get_overdrawn(request), [expected])

    def test_what_is_there_is_not(self):
        for is_as_core in (True, False):
            values = {"is_as_core": is_as_core}
            self.assertEqual(
                self.get_overdrawn(self.hold(1, 10, None, 10, 10, **values)), [0]
            )
            # 10 are held, 4 are there and used.
            self.assertEqual(
                self.get_overdrawn(self.hold(1, 10, 4, 4, 10, **values)), [0]
            )

    def test_the_first_has_what_is_there(self):
        for is_as_core in (True, False):
            values = {"on_hand": 12, "reserved": 20, "is_as_core": is_as_core}
            requests = self.hold(1, 10, **values), self.hold(2, 10, **values)
            self.assertEqual(self.get_overdrawn(*requests), [0, 8])

    def test_nothing_is_overdrawn_where_nothing_is_taken_that_is_not_there(self):
        [allocation] = allocate(
            [self.hold(1, 10, None, on_hand=4, reserved=0, is_strict=True)]
        )
        self.assertEqual((allocation.overdrawn, allocation.short), (0, 6))
        self.assertEqual(allocation.lacking, 6)


@tagged("at_install", "-post_install")
class TestDivide(BaseCase):
    def test_what_was_issued_last_first(self):
        parts = [("early", 6), ("late", 4)]
        self.assertEqual(divide(parts, 5, ROUNDING), [("late", 4), ("early", 1)])

    @given(st.lists(hundredths, max_size=8), hundredths)
    def test_exactly_the_quantity(self, quantities, quantity):
        parts = list(enumerate(quantities))
        end = divide(parts, quantity, ROUNDING)
        self.assertAlmostEqual(
            sum(part for _key, part in end), min(quantity, sum(quantities))
        )
        for key, part in end:
            self.assertLessEqual(part, quantities[key])
