import random
from statistics import fmean

from odoo.tests import BaseCase, tagged

from ...models.rules.bom_proposal import (
    FIXED,
    QUANTITY,
    SCRAP,
    Line,
    Observation,
    correct,
    estimate,
    find_true_alarms,
)
from ..profiles import SEED

NOISE = 0.03


def observe(ratios, needed=100, **values):
    return [
        Observation(index, needed, needed * ratio, finished=10, **values)
        for index, ratio in enumerate(ratios)
    ]


@tagged("post_install", "-at_install")
class TestEstimate(BaseCase):
    def test_mean_of_the_ratios_and_its_interval(self):
        # Mean 1.05; deviations ±0.01: s = 0.01 · √(8/7) = 0.010690, divided by √8 =
        # 0.0037796; t(7; 0.975) = 2.364624: ±0.0089374.
        found = estimate(observe([1.04, 1.06] * 4))
        self.assertAlmostEqual(found.ratio, 1.05)
        self.assertAlmostEqual(found.low, 1.0410626, places=6)
        self.assertAlmostEqual(found.high, 1.0589374, places=6)

    def test_seven_are_too_few(self):
        self.assertIsNone(estimate(observe([1.05] * 7)))
        self.assertTrue(estimate(observe([1.05] * 8)))

    def test_the_newest_twenty_count(self):
        found = estimate(observe([1.04, 1.06] * 10 + [2.0] * 20))
        self.assertEqual(len(found.kept), 20)
        self.assertAlmostEqual(found.ratio, 1.05)

    def test_outliers_are_named_and_left_out(self):
        # A typing error, 10 times too much. Median 1.05, MAD 0.01, scaled 0.0148: 1.12
        # is 4.7 of them away, and stays; 1.13 is 5.4 away.
        others = [1.04, 1.05, 1.06] * 4
        found = estimate(observe([*others, 10.5]))
        self.assertEqual([each.ratio for each in found.outliers], [10.5])
        self.assertAlmostEqual(found.ratio, 1.05)
        self.assertFalse(estimate(observe([*others, 1.12])).outliers)
        self.assertTrue(estimate(observe([*others, 1.13])).outliers)

    def test_outliers_leave_too_few(self):
        self.assertIsNone(estimate(observe([1.04, 1.06] * 3 + [1.05, 10.5])))

    def test_whole_pieces_are_mostly_equal(self):
        # More than half of them have no deviation at all: a MAD of 0 throws out no
        # fourth part of them.
        found = estimate(observe([1.0] * 15 + [1.1] * 5))
        self.assertFalse(found.outliers)
        self.assertAlmostEqual(found.ratio, 1.025)

    def test_always_the_same(self):
        found = estimate(observe([1.05] * 10))
        self.assertEqual((found.low, found.high), (found.ratio, found.ratio))
        self.assertEqual(found.p_value, 0)
        self.assertEqual(estimate(observe([1.0] * 10)).p_value, 1)

    def test_nothing_needed_says_nothing(self):
        empty = [Observation(99, 0.0, 5.0)]
        self.assertEqual(len(estimate(empty + observe([1.05] * 8)).kept), 8)


@tagged("post_install", "-at_install")
class TestFalseAlarms(BaseCase):
    def test_benjamini_and_hochberg(self):
        # Of five at 10 %: 0.02, 0.04, 0.06, 0.08, 0.10 by rank. The third is below its
        # own, and takes the second along, which is not.
        p_values = {"a": 0.01, "b": 0.05, "c": 0.055, "d": 0.3, "e": 0.9}
        self.assertEqual(find_true_alarms(p_values), {"a", "b", "c"})

    def test_none(self):
        self.assertEqual(find_true_alarms({}), set())
        self.assertEqual(find_true_alarms({"a": 0.2, "b": 0.06}), set())


@tagged("post_install", "-at_install")
class TestCorrection(BaseCase):
    def correct(self, line, ratios, **values):
        found = estimate(observe(ratios, **values))
        correction = correct(line, found)
        return correction and (correction.kind, correction.proposed)

    def test_quantity(self):
        # 20 g · 1.052 = 21.04, of which three digits are measured.
        line = Line(quantity=20, rounding=0.01)
        self.assertEqual(self.correct(line, [1.052] * 8), (QUANTITY, 21.0))
        self.assertEqual(self.correct(line, [0.95] * 8), (QUANTITY, 19.0))

    def test_less_than_the_smallest_deviation(self):
        line = Line(quantity=20, rounding=0.01)
        self.assertIsNone(self.correct(line, [1.02] * 8))
        self.assertIsNone(self.correct(line, [0.98] * 8))
        self.assertTrue(self.correct(line, [1.021] * 8))

    def test_interval_holds_one(self):
        # 1.05 ± t(7) · 0.107 / √8 = 1.05 ± 0.089.
        line = Line(quantity=20, rounding=0.01)
        self.assertIsNone(self.correct(line, [0.95, 1.15] * 4))

    def test_accuracy_eats_half_of_the_correction(self):
        # 0.12 · 1.052 = 0.12624: 0.13 would be 0.0038 too much, of 0.0062.
        line = Line(quantity=0.12, rounding=0.01)
        self.assertEqual(self.correct(line, [1.052] * 8), (SCRAP, 5.2))
        # With 10 % scrap already: 1.1 · 1.052 = 1.1572.
        line = Line(quantity=0.12, rounding=0.01, scrap=10)
        self.assertEqual(self.correct(line, [1.052] * 8), (SCRAP, 15.7))

    def test_accuracy_leaves_nothing_to_correct(self):
        # 0.12 · 0.97 = 0.1164 is 0.12 again, and scrap can't be less than 0.
        line = Line(quantity=0.12, rounding=0.01)
        self.assertIsNone(self.correct(line, [0.97] * 8))
        # 0.12 · 0.94 = 0.1128: 0.11 is nearer.
        self.assertEqual(self.correct(line, [0.94] * 8), (QUANTITY, 0.11))

    def test_recorded_scrap(self):
        # 5 of the 5 too many are recorded scrap; 2 of them are less than half.
        line = Line(quantity=20, rounding=0.01)
        self.assertEqual(self.correct(line, [1.05] * 8, scrapped=5), (SCRAP, 5.0))
        self.assertEqual(self.correct(line, [1.05] * 8, scrapped=2), (QUANTITY, 21.0))

    def test_recorded_scrap_beyond_what_is_allowed(self):
        # Needed 100 of 10 % scrap: 9.09 of them are the allowance. 105 used, 10
        # recorded as scrap: 0.91 of the 5 too many. 12: 2.91 are.
        line = Line(quantity=20, rounding=0.01, scrap=10)
        self.assertEqual(self.correct(line, [1.05] * 8, scrapped=10), (QUANTITY, 21.0))
        # 1.1 · 1.05 = 1.155.
        self.assertEqual(self.correct(line, [1.05] * 8, scrapped=12), (SCRAP, 15.5))

    def test_less_scrap_than_allowed(self):
        # 94 of 100 used, 3.5 recorded: 5.59 less than allowed explain the 6.
        line = Line(quantity=20, rounding=0.01, scrap=10)
        self.assertEqual(self.correct(line, [0.94] * 8, scrapped=3.5), (SCRAP, 3.4))

    def test_scrap_alone(self):
        line = Line(quantity=20, rounding=0.01, is_scrap_alone=True)
        self.assertEqual(self.correct(line, [1.05] * 8, scrapped=5), (SCRAP, 5.0))
        # That nobody recorded any doesn't say that there is none.
        line = Line(quantity=20, rounding=0.01, scrap=10, is_scrap_alone=True)
        self.assertIsNone(self.correct(line, [0.91] * 8))

    def test_fixed_line(self):
        line = Line(quantity=50, rounding=0.01, is_fixed=True)
        self.assertEqual(self.correct(line, [1.1] * 8, scrapped=10), (QUANTITY, 55.0))

    def fixed(self, use, sizes, per_unit=20, **values):
        found = estimate(
            [
                Observation(size, size * per_unit, use(size), finished=size)
                for size in sizes
            ]
        )
        return correct(Line(quantity=per_unit, rounding=0.01, **values), found)

    def test_fixed_beside_the_quantity(self):
        sizes = [5, 8, 13, 20, 30, 45, 60, 80, 100]
        correction = self.fixed(lambda size: 50 + 20 * size, sizes)
        self.assertEqual(
            (correction.kind, correction.proposed, correction.quantity), (FIXED, 50, 20)
        )
        # And a wrong quantity beside it.
        correction = self.fixed(lambda size: 50 + 22 * size, sizes)
        self.assertEqual((correction.proposed, correction.quantity), (50, 22))

    def test_all_of_it_is_fixed(self):
        sizes = [20, 25, 30, 40, 50, 60, 80, 90, 100]
        correction = self.fixed(lambda size: 200, sizes)
        self.assertEqual(
            (correction.kind, correction.proposed, correction.quantity), (FIXED, 200, 0)
        )

    def test_orders_of_one_size_say_nothing_of_it(self):
        correction = self.fixed(lambda size: 50 + 20 * size, [25] * 8)
        # 550 of 500.
        self.assertEqual((correction.kind, correction.proposed), (QUANTITY, 22.0))
        # Nor do kits, which go into several products.
        sizes = [5, 8, 13, 20, 30, 45, 60, 80, 100]
        correction = self.fixed(
            lambda size: 50 + 20 * size, sizes, may_have_fixed=False
        )
        self.assertEqual(correction.kind, QUANTITY)

    def test_small_orders_with_something_fixed_are_no_outliers(self):
        sizes = [1, 2, 90, 91, 92, 93, 94, 95, 96, 97]
        found = estimate(
            [
                Observation(size, size * 20, 50 + 20 * size, finished=size)
                for size in sizes
            ]
        )
        self.assertFalse(found.outliers)


@tagged("post_install", "-at_install")
class TestSimulations(BaseCase):
    """2,000 lines of 20 orders each, whose use is measured 3 % wrong."""

    LINES = 2000
    SIZES = {
        "equal": lambda source: 25,
        "5 to 100": lambda source: source.randint(5, 100),
        "log-normal": lambda source: max(1, round(source.lognormvariate(3.2, 0.8))),
    }

    def setUp(self):
        super().setUp()
        # Printed by pytest where the test fails.
        self.seed = f"{SEED} {self._testMethodName}"
        print(f"seed: {self.seed}")  # pylint: disable=print-used

    def simulate(self, sizes, use, lines=None):
        """:param use: says what is used, and scrapped of it, by random source and size
        :return: Estimates
        """
        source = random.Random(f"{self.seed} {sizes}")
        found = []
        for _line in range(lines or self.LINES):
            observations = []
            for index in range(20):
                size = self.SIZES[sizes](source)
                used, scrapped = use(source, size)
                observations.append(
                    Observation(index, size * 20.0, used, size, scrapped)
                )
            found.append(estimate(observations))
        return found

    def use(self, per_unit, fixed=0.0):
        return lambda source, size: (
            (fixed + per_unit * size) * source.gauss(1, NOISE),
            0.0,
        )

    def propose(self, found):
        """:return: Corrections by number"""
        alarms = find_true_alarms(
            {number: each.p_value for number, each in enumerate(found)}
        )
        line = Line(quantity=20, rounding=0.01)
        corrections = {number: correct(line, found[number]) for number in alarms}
        return {number: each for number, each in corrections.items() if each}

    def test_what_is_wrong_by_5_2_percent_is_found(self):
        for sizes in self.SIZES:
            with self.subTest(sizes):
                found = self.simulate(sizes, self.use(20 * 1.052))
                near = fmean(abs(each.ratio - 1.052) <= 0.015 for each in found)
                self.assertGreaterEqual(near, 0.95)
                held = fmean(each.low <= 1.052 <= each.high for each in found)
                self.assertGreaterEqual(held, 0.93)
                self.assertLessEqual(held, 0.97)
                kinds = [each.kind for each in self.propose(found).values()]
                self.assertGreaterEqual(kinds.count(QUANTITY), 0.95 * self.LINES)

    def test_right_lines_are_left_alone(self):
        for sizes in self.SIZES:
            with self.subTest(sizes):
                right = self.simulate(sizes, self.use(20))
                self.assertLessEqual(len(self.propose(right)), 0.01 * self.LINES)
                wrong = self.simulate(sizes, self.use(20 * 1.052))
                proposed = self.propose([*right, *wrong])
                false = [number for number in proposed if number < self.LINES]
                self.assertLessEqual(len(false), 0.01 * self.LINES)
                self.assertGreaterEqual(
                    len(proposed) - len(false), 0.95 * self.LINES, "wrong ones"
                )

    def test_fixed_is_told_from_the_quantity(self):
        # 50 g once beside 20 g for each.
        for sizes in ("5 to 100", "log-normal"):
            with self.subTest(sizes):
                proposed = self.propose(self.simulate(sizes, self.use(20, fixed=50)))
                fixed = [each for each in proposed.values() if each.kind == FIXED]
                self.assertGreaterEqual(len(fixed), 0.85 * self.LINES)
                self.assertAlmostEqual(
                    fmean(each.proposed for each in fixed), 50, delta=2
                )

    def test_recorded_scrap_is_told_from_the_quantity(self):
        def use(source, size):
            scrapped = 20 * size * 0.05 * source.gauss(1, 0.3)
            return 20 * size * source.gauss(1, NOISE) + scrapped, scrapped

        for sizes in self.SIZES:
            with self.subTest(sizes):
                proposed = self.propose(self.simulate(sizes, use))
                scrap = [each for each in proposed.values() if each.kind == SCRAP]
                self.assertGreaterEqual(len(scrap), 0.85 * self.LINES)
