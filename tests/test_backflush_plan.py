import math

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..models.backflush_plan import (
    Need,
    Output,
    Place,
    Report,
    Request,
    Reservation,
    Stock,
    Turn,
    allocate,
    allocate_in_turn,
    divide,
    round_half_up,
    settle,
)

ROUNDING = 0.01
hundredths = st.integers(0, 100_000).map(lambda number: number / 100)
per_unit = st.one_of(
    st.floats(0.0001, 50),
    st.fractions(min_value=0, max_value=20, max_denominator=12).map(float),
)


def total_need(quantity_per_unit, parts, fixed=0.0):
    """What a chain needs that reports these parts, one order after the other."""
    total = 0.0
    reports = []
    for part in parts:
        before, settled = settle(reports, ROUNDING)
        need = Need(
            quantity_per_unit,
            part,
            ROUNDING,
            needed_before=before,
            settled_before=settled,
            fixed=0.0 if reports else fixed,
        )
        total += need.open
        reports.append(Report(quantity_per_unit, part, need.proportional))
    return round_half_up(total, ROUNDING)


@tagged("at_install", "-post_install")
class TestNeed(BaseCase):
    def test_one_for_three(self):
        # 0.333 and 0.667 and 1.0: 0.33, 0.34, 0.33.
        needs = [
            Need(1 / 3, 1, ROUNDING, number / 3, settled).total
            for number, settled in enumerate((0, 0.33, 0.67))
        ]
        self.assertEqual(needs, [0.33, 0.34, 0.33])

    def test_what_rounding_took_is_made_good(self):
        # 8 of 20 at 4.16, whole units: core takes 34 for 33.28; 83.2 in all.
        needed, settled = settle([Report(4.16, 8, 34)], 1)
        self.assertEqual((needed, settled), (33.28, 34))
        self.assertEqual(Need(4.16, 12, 1, needed, settled).total, 49)

    def test_what_people_stated_stands(self):
        # 5 used for 6: the other 4 still need 4.
        needed, settled = settle([Report(1, 6, 5)], ROUNDING)
        self.assertEqual(Need(1, 4, ROUNDING, needed, settled).total, 4)

    def test_issued_early_counts(self):
        need = Need(1, 10, ROUNDING, issued=6)
        self.assertEqual((need.total, need.open, need.surplus), (10, 4, 0))

    def test_more_than_needed(self):
        need = Need(1, 10, ROUNDING, issued=13)
        self.assertEqual((need.open, need.surplus), (0, 3))

    def test_overproduction(self):
        self.assertEqual(Need(2, 12, ROUNDING).total, 24)

    def test_scrap_is_in_the_quantity_per_unit(self):
        self.assertEqual(Need(4 * 1.1, 10, ROUNDING).total, 44)

    def test_fixed_with_the_first_report(self):
        self.assertEqual(Need(0, 0, ROUNDING, fixed=2).total, 0)
        self.assertEqual(Need(0, 1, ROUNDING, fixed=2).total, 2)

    @given(per_unit, hundredths, hundredths, hundredths)
    def test_never_negative(self, quantity_per_unit, reported, before, issued):
        need = Need(
            quantity_per_unit, reported, ROUNDING, before, before / 2, issued=issued
        )
        self.assertGreaterEqual(need.open, 0)
        self.assertGreaterEqual(need.surplus, 0)
        self.assertEqual(
            round_half_up(need.open - need.surplus, ROUNDING),
            round_half_up(need.total - issued, ROUNDING),
        )

    @given(per_unit, st.lists(st.integers(1, 50), min_size=1, max_size=12))
    def test_sum_of_the_parts_is_the_need_of_all(self, quantity_per_unit, parts):
        whole = round_half_up(quantity_per_unit * sum(parts), ROUNDING)
        # The sum of floats may fall on the other side of a half.
        self.assertLessEqual(
            abs(total_need(quantity_per_unit, parts) - whole), ROUNDING * 1.000001
        )
        exact = quantity_per_unit * sum(parts) / ROUNDING
        if abs(exact - math.floor(exact) - 0.5) > 1e-6:
            self.assertAlmostEqual(total_need(quantity_per_unit, parts), whole)

    @given(
        st.integers(0, 500).map(lambda number: number / 100),
        st.lists(st.integers(1, 50), min_size=1, max_size=8),
        st.randoms(use_true_random=False),
        hundredths,
    )
    def test_order_of_reports_does_not_matter(self, quantity, parts, random, fixed):
        shuffled = list(parts)
        random.shuffle(shuffled)
        self.assertAlmostEqual(
            total_need(quantity, parts, fixed), total_need(quantity, shuffled, fixed)
        )


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

    @given(stocks.flatmap(lambda stock: st.tuples(st.just(stock), requests_for(stock))))
    def test_nothing_is_taken_twice_or_beyond_what_is_free(self, case):
        stock, requests = case
        free, taken = {}, {}
        for item in stock:
            free[item.place] = free.get(item.place, 0) + item.free
        for allocation in allocate(requests):
            request = allocation.request
            self.assertLessEqual(allocation.taken, request.quantity)
            self.assertEqual(allocation.taken + allocation.short, request.quantity)
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
