"""A clock that a test moves forward: orders live for days, and so do their postings."""

from datetime import datetime, timedelta

from odoo.tests import freeze_time

from .accounting.test_cost import CostCase

SUNDAY = datetime(2026, 3, 1, 8)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (
    SUNDAY + timedelta(days=days) for days in range(1, 6)
)
NEXT_WEEK = MONDAY + timedelta(days=7)
NEXT_MONTH = datetime(2026, 4, 6, 8)


@freeze_time(SUNDAY)
class DaysCase(CostCase):
    """All clocks stand still at a moment that only the test moves forward. What the
    class sets up is from Sunday."""

    def setUp(self):
        super().setUp()
        freezer = freeze_time(SUNDAY)
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)
        self.go_to(SUNDAY)

    def go_to(self, moment):
        """:param moment: in UTC, not before the one before"""
        self.assertGreaterEqual(moment, datetime.now())
        self.clock.move_to(moment)
        # What create_date says: the database's clock, which nothing else stops.
        self.env.cr._now = moment
        self.env.invalidate_all()

    def later(self, **duration):
        self.go_to(datetime.now() + timedelta(**duration))

    def on_hand_on(self, product, moment):
        """What Odoo says was on hand at that moment."""
        return product.with_context(to_date=moment).qty_available

    def value_on(self, product, moment):
        """What Odoo says the stock was worth at the end of that day."""
        # Core takes quantities at the moment, and values at the end of its day.
        end = moment.replace(hour=23, minute=59, second=59)
        return product.with_context(to_date=end).total_value

    def issues(self, order, product):
        """What was issued before the order's completion and not returned."""
        return order.move_raw_ids.filtered(
            lambda move: (
                move.product_id == product
                and move.issue_component_id
                and move.state == "done"
            )
        )

    def assert_posted(self, moves, *moments):
        """Moves that were posted at these moments, and their lines likewise."""
        self.assertEqual([*moves.sorted("id").mapped("date")], [*moments])
        for move in moves:
            self.assertEqual({*move.move_line_ids.mapped("date")}, {move.date})
