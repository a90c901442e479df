from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...models.rules.count_shares import share_out, share_value
from ..profiles import get_settings

steps = st.sampled_from([1.0, 0.1, 0.01, 0.001])


@tagged("post_install", "-at_install")
class TestCountShares(BaseCase):
    def share(self, missing, bases, step=0.01, limit=25.0):
        shares = share_out(missing, list(enumerate(bases)), step, limit)
        return list(shares.by_key.values()), shares.rest

    def test_in_proportion(self):
        self.assertEqual(self.share(30, [100, 200, 300]), ([5, 10, 15], 0))

    def test_whole_pieces_go_to_the_oldest_first(self):
        self.assertEqual(self.share(7, [100, 100, 100], step=1), ([3, 2, 2], 0))

    def test_two_digits(self):
        self.assertEqual(self.share(7, [100, 100, 100]), ([2.34, 2.33, 2.33], 0))

    def test_beyond_the_limit(self):
        # 25 % of 100 are 25; 60 - 25 = 35 are an ordinary difference.
        self.assertEqual(self.share(60, [100]), ([25], 35))

    def test_limit_is_rounded_down(self):
        # 25 % of 7 pieces are 1.75.
        self.assertEqual(self.share(3, [7], step=1), ([1], 2))

    def test_more_than_the_book_gives_back(self):
        self.assertEqual(self.share(-30, [100, 200, 300]), ([-5, -10, -15], 0))
        self.assertEqual(self.share(-60, [100]), ([-25], -35))

    def test_who_took_back_more_than_it_used_bears_nothing(self):
        self.assertEqual(self.share(10, [100, -5, 100]), ([5, 0, 5], 0))

    def test_nobody_used_any(self):
        self.assertEqual(self.share(10, []), ([], 10))
        self.assertEqual(self.share(10, [0, -3]), ([0, 0], 10))

    @get_settings()
    @given(
        st.integers(-100_000, 100_000),
        st.lists(st.integers(-500, 100_000), max_size=30),
        steps,
        st.integers(0, 100),
    )
    def test_sums_are_exact_and_fair(self, missing, bases, step, limit):
        bases = [base * step for base in bases]
        shares, rest = self.share(missing * step, bases, step, limit)
        in_steps = [round(share / step) for share in shares]
        self.assertEqual(sum(in_steps) + round(rest / step), missing)
        for share, number in zip(shares, in_steps, strict=True):
            self.assertAlmostEqual(share / step, number, places=6)
        total = sum(max(base, 0) for base in bases)
        self.assertLessEqual(abs(sum(in_steps)), total / step * limit / 100 + 1e-5)
        shared = sum(in_steps)
        for base, number in zip(bases, in_steps, strict=True):
            exact = shared * max(base, 0) / total if total else 0
            self.assertLess(abs(number - exact), 1 + 1e-5)
        # Who used more bears no less.
        ordered = sorted(zip(bases, map(abs, in_steps), strict=True))
        for (less, small), (more, large) in zip(ordered, ordered[1:], strict=False):
            if less < more:
                self.assertLessEqual(small, large)

    @get_settings()
    @given(
        st.integers(-10_000_000, 10_000_000),
        st.lists(st.integers(-100, 100), min_size=1, max_size=20),
    )
    def test_value_adds_up_to_the_cent(self, cents, quantities):
        values = share_value(cents / 100, dict(enumerate(quantities)), 0.01)
        expected = Fraction(cents) if any(quantities) else 0
        self.assertEqual(sum(round(value * 100) for value in values.values()), expected)
