"""What was counted long ago isn't looked at again, and what is left to a count is
announced order by order: neither makes a difference to what is found."""

from collections import Counter

from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import tagged

from .. import profiles
from .test_count import CountCase
from .test_count_histories import History, HistoryCase


def let_days_pass(env, days=10):
    """All that was posted and counted so far is older by that."""
    env.flush_all()
    for table, column in (
        ("stock_location", "write_date"),
        ("stock_move", "write_date"),
        ("stock_move_line", "write_date"),
        ("mrp_line_count_line", "counted_at"),
    ):
        env.cr.execute(
            f"UPDATE {table} SET {column} = {column} - interval '{days} days'"
        )
    env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCountedLongAgo(CountCase):
    def setUp(self):
        super().setUp()
        # 100 of 1000 were taken, 10 more are missing; that was counted days after, and
        # days ago.
        self.order = self.complete(10)
        let_days_pass(self.env)
        self.count(890).action_validate()
        let_days_pass(self.env)

    def get_uncounted(self, location=None):
        sheet = self.create_sheet(location)
        return {
            row.production_id: row.quantity
            for row in self.env["mrp.consumption.share"]._read_uncounted(sheet)
        }

    def test_only_what_was_taken_since_is_counted(self):
        later = self.complete(20)
        self.assertEqual(self.get_uncounted(), {later.id: 200})

    def test_what_was_counted_is_not_looked_at_again(self):
        """However long the history is: what is wrong there isn't even found."""
        self.env.cr.execute(
            "UPDATE mrp_consumption_share SET base_quantity = base_quantity - 1"
        )
        self.assertEqual(self.get_uncounted(), {})

    def test_a_correction_is_counted_by_the_next(self):
        # 4 more of 100: the next count is the first to count these.
        self.order.move_raw_ids.quantity = 104
        self.assertEqual(self.get_uncounted(), {self.order.id: 4})

    def test_less_was_used(self):
        self.order.move_raw_ids.quantity = 95
        self.assertEqual(self.get_uncounted(), {self.order.id: -5})

    def test_what_is_unbuilt_comes_off(self):
        self.env["mrp.unbuild"].create(
            {"mo_id": self.order.id, "product_qty": 3}
        ).action_unbuild()
        self.assertEqual(self.get_uncounted(), {self.order.id: -30})

    def test_what_became_the_backorders_moves_with_it(self):
        """100 were issued at the start and counted; 6 of 10 are produced then."""
        self.screw.issue_method = "start"
        order = self.create_order(self.bom)
        order.action_start()
        let_days_pass(self.env)
        self.count(790).action_validate()
        let_days_pass(self.env)
        self.assertEqual(self.get_uncounted(), {})
        backorder = self.produce(order, 6)
        self.assertEqual(self.get_uncounted(), {order.id: -40, backorder.id: 40})

    def test_a_cancelled_count_frees_what_it_counted(self):
        [sheet] = self.order.consumption_share_ids.count_id
        sheet.action_cancel("Wrong")
        self.assertEqual(self.get_uncounted(), {self.order.id: 100})

    def test_a_place_above_has_its_own_count(self):
        """The shelf's count is none of all stock: there lies another that was never
        counted."""
        other = self.create_location("Other Shelf")
        self.add_stock(self.screw, 100, location=other)
        bom = self.create_bom(
            (self.screw, 1, {"supply_location_id": other.id}),
            product=self.create_product("Chair"),
        )
        chair = self.complete(5, bom)
        let_days_pass(self.env)
        self.assertEqual(self.get_uncounted(self.stock), {chair.id: 5})
        self.assertEqual(self.get_uncounted(other), {chair.id: 5})
        self.assertEqual(self.get_uncounted(), {})

    def test_a_place_that_moved_was_not_counted_with_what_is_above_it_now(self):
        elsewhere = self.create_location(
            "Other Shelf", location_id=self.warehouse.view_location_id.id
        )
        self.add_stock(self.screw, 100, location=elsewhere)
        bom = self.create_bom(
            (self.screw, 1, {"supply_location_id": elsewhere.id}),
            product=self.create_product("Chair"),
        )
        chair = self.complete(5, bom)
        let_days_pass(self.env)
        self.count(890, location=self.stock).action_validate()
        let_days_pass(self.env)
        elsewhere.location_id = self.stock
        self.assertEqual(self.get_uncounted(self.stock), {chair.id: 5})
        self.assertEqual(self.get_uncounted(elsewhere), {chair.id: 5})

    def test_a_count_of_the_place_above_counts_the_shelf(self):
        later = self.complete(20)
        let_days_pass(self.env)
        self.count(690, location=self.stock).action_validate()
        let_days_pass(self.env)
        self.assertEqual(self.get_uncounted(), {})
        last = self.complete(1)
        self.assertEqual(self.get_uncounted(), {last.id: 10})
        self.assertEqual(len(later.consumption_share_ids), 1)

    def test_lots_each_have_their_own_count(self):
        paint = self.create_product("Paint", tracking="lot")
        lots = [self.create_lot(paint, name) for name in ("A", "B")]
        for lot in lots:
            self.add_stock(paint, 10, lot=lot, location=self.shelf)
        bom = self.create_bom(
            (paint, 1, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        # 10 of A and 5 of B; A alone is counted.
        order = self.complete(15, bom)
        let_days_pass(self.env)
        sheet = self.create_sheet()
        self.get_line(sheet, paint, lots[0]).counted_quantity = 0
        sheet.action_validate()
        let_days_pass(self.env)
        self.assertEqual(self.get_uncounted(), {order.id: 5})


@tagged("post_install", "-at_install")
class TestPendingCounts(CountCase):
    """One move for each product and place carries what is left to count: it grows by
    what each order needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw.issue_method = "count"

    def get_pending(self):
        return get_pending(self.env, self.screw)

    def test_places_have_their_own(self):
        other = self.create_location("Other Shelf")
        bom = self.create_bom(
            (self.screw, 1, {"supply_location_id": other.id}),
            product=self.create_product("Chair"),
        )
        self.complete(10)
        self.complete(5, bom)
        self.complete(1)
        self.assertEqual(self.get_pending(), {self.shelf: 110, other: 5})

    def test_orders_together_add_up(self):
        # A line of ten, and one of two of another place's, on the same order twice.
        self.bom.bom_line_ids = [
            (
                0,
                0,
                {
                    "product_id": self.screw.id,
                    "product_qty": 2,
                    "supply_location_id": self.shelf.id,
                },
            )
        ]
        orders = self.create_order(self.bom, 3) | self.create_order(self.bom, 4)
        orders.button_mark_done()
        self.assertEqual(self.get_pending(), {self.shelf: 7 * 12})

    def test_what_a_person_recorded_is_known(self):
        """Of 100 that an order needed a person issued 40: nothing of it is left."""
        self.bom.consumption = "flexible"
        order = self.create_order(self.bom)
        order.move_raw_ids.write({"quantity": 40, "picked": True})
        self.finish(order.button_mark_done())
        self.assertEqual(self.get_pending(), {})
        other = self.complete(1)
        self.assertEqual(self.get_pending(), {self.shelf: 10})
        unused = self.create_order(self.bom)
        unused.move_raw_ids.action_record_unused()
        self.finish(unused.button_mark_done())
        # All is reckoned anew.
        self.env["mrp.unbuild"].create(
            {"mo_id": other.id, "product_qty": 1}
        ).action_unbuild()
        self.assertEqual(self.get_pending(), {})

    def test_stock_that_is_missing_is_reserved_as_far_as_it_goes(self):
        self.complete(99)
        self.complete(2)
        self.assertEqual(self.get_pending(), {self.shelf: 1010})
        self.assertEqual(self.screw.free_qty, 0)
        self.assertEqual(self.screw.virtual_available, -10)


def get_pending(env, product):
    """What is announced, by place."""
    moves = env["stock.move"].search(
        [
            ("is_count_pending", "=", True),
            ("product_id", "=", product.id),
            ("state", "not in", ("done", "cancel")),
        ]
    )
    assert len(moves.location_id) == len(moves)
    return {move.location_id: move.product_uom_qty for move in moves}


@tagged("post_install", "-at_install")
class TestLongHistories(HistoryCase):
    """As all histories of counts, with days between them."""

    def test_any_history(self):
        case = self

        class Machine(LongHistory):
            factory = case
            counts = Counter()

        run_state_machine_as_test(
            Machine,
            settings=profiles.get_settings(
                quick=6,
                nightly=300,
                stateful_step_count=14,
                phases=[Phase.generate],
            ),
        )
        self.assertGreater(Machine.counts["validated"], 0, Machine.counts)


class LongHistory(History):
    def count(self, found):
        let_days_pass(self.env)
        return super().count(found)
