"""Which orders wait for somebody: filters, tiles, the Inventory overview."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_completion import CompletionCase


class WorkCase(CompletionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["mrp.production"]

    def find(self, field, *orders):
        """:return: which of these orders it is true for, by their numbers"""
        candidates = self.orders.union(*orders)
        found = self.orders.search([("id", "in", candidates.ids), (field, "=", True)])
        others = self.orders.search([("id", "in", candidates.ids), (field, "=", False)])
        self.assertEqual(found | others, candidates)
        self.assertFalse(found & others)
        return [order in found for order in orders]


@tagged("post_install", "-at_install")
class TestFilters(WorkCase):
    def create_manual_bom(self, **values):
        return self.create_bom(
            (self.frame, 1, {}),
            (self.leg, 2, {"issue_method": "manual"}),
            consumption="flexible",
            **values,
        )

    def test_waiting(self):
        self.set_rule("park")
        short, whole = self.create_orders(10), self.create_orders(1)
        self.complete(short)
        self.assertEqual(self.find("is_waiting", short, whole), [True, False])
        self.assertEqual(short.waiting_label, "1 Waiting")
        self.assertFalse(whole.waiting_label)
        short.backflush_exception_ids.action_cancel("Not used")
        self.assertEqual(self.find("is_waiting", short), [False])

    def test_to_issue_by_hand(self):
        """Until somebody has recorded or issued all of it."""
        bom = self.create_manual_bom()
        untouched, recorded, unused, part, whole, done = (
            self.create_order(bom, 1) for _number in range(6)
        )
        by_backflush = self.create_orders(1)
        self.component(recorded, self.leg).action_record_planned()
        self.component(unused, self.leg).action_record_unused()
        self.component(part, self.leg).action_issue(1)
        self.component(whole, self.leg).action_issue(2)
        self.complete(done)
        draft = self.create_order(bom, 1, confirm=False)
        self.assertEqual(
            self.find(
                "is_to_issue_by_hand",
                *(untouched, recorded, unused, part, whole, done, draft, by_backflush),
            ),
            [True, False, False, True, False, False, False, False],
        )

    def test_ready_to_complete(self):
        """7 frames are there: 7 are reserved, of 8 one is missing."""
        missing = self.create_orders(8)
        missing.do_unreserve()
        ready = self.create_orders(7)
        missing.action_assign()
        done = self.create_orders(1, bom=self.create_bom((self.leg, 1, {})))
        self.complete(done)
        draft = self.create_order(self.bom, 1, confirm=False)
        self.assertEqual(
            self.find("is_ready_to_complete", ready, missing, done, draft),
            [True, False, False, False],
        )

    def test_ready_once_it_is_recorded(self):
        order = self.create_order(self.create_manual_bom(), 1)
        self.assertEqual(self.find("is_ready_to_complete", order), [False])
        self.component(order, self.leg).action_record_planned()
        self.assertEqual(self.find("is_ready_to_complete", order), [True])

    def test_not_ready_without_serial_numbers_produced(self):
        product = self.create_product("Robot", tracking="serial")
        bom = self.create_bom((self.leg, 1, {}), product=product)
        order = self.create_order(bom, 1)
        self.assertEqual(self.find("is_ready_to_complete", order), [False])
        order.lot_producing_ids = [
            Command.create({"name": "SN-READY", "product_id": product.id})
        ]
        self.assertEqual(self.find("is_ready_to_complete", order), [True])

    def test_not_ready_with_less_reported(self):
        """Somebody has to say what becomes of the rest."""
        partly, whole = self.create_orders(2), self.create_orders(2)
        self.report(partly, 1)
        self.report(whole, 2)
        self.assertEqual(
            self.find("is_ready_to_complete", partly, whole), [False, True]
        )

    def test_ready_ones_are_completed(self):
        """What the filter finds needs nobody."""
        orders = self.create_orders(1, 2, 3)
        ready = self.orders.search(
            [("id", "in", orders.ids), ("is_ready_to_complete", "=", True)]
        )
        self.assertEqual(ready, orders.sorted(ready._order))
        self.assertEqual(self.results(ready.complete_orders()), ["done"] * 3)

    def test_closed_with_deviations(self):
        bom = self.create_manual_bom()
        as_planned, more, unissued, early, early_and_less = (
            self.create_order(bom, 1) for _number in range(5)
        )
        still_open = self.create_order(bom, 1)
        for order in (as_planned, more):
            self.component(order, self.leg).action_record_planned()
        self.component(more, self.leg).quantity = 3
        self.component(early, self.leg).action_issue(2)
        self.component(early_and_less, self.leg).action_issue(1)
        for order in (as_planned, more, unissued, early, early_and_less):
            self.complete(order)
        self.assertEqual(
            self.find(
                "is_closed_with_deviations",
                *(as_planned, more, unissued, early, early_and_less, still_open),
            ),
            [False, True, True, False, True, False],
        )

    def test_what_waits_deviates_until_it_is_settled(self):
        self.set_rule("park")
        order = self.create_orders(10)
        exception = self.complete(order)
        self.assertEqual(self.find("is_closed_with_deviations", order), [True])
        self.receive(self.frame, 5)
        exception.action_retry()
        self.assertEqual(exception.state, "settled")
        # 10 were needed, though 3 of them had to wait.
        self.assertEqual(self.component(order, self.frame).needed_quantity, 10)
        self.assertEqual(self.find("is_closed_with_deviations", order), [False])

    def test_filters_of_the_list(self):
        """Each is there, and finds what it says."""
        view = self.env["mrp.production"].get_view(
            self.env.ref("mrp.view_mrp_production_filter").id, "search"
        )["arch"]
        for name in (
            *("Waiting", "To Issue by Hand", "Ready to Complete"),
            "Closed with Deviations",
        ):
            self.assertIn(f'string="{name}"', view)


@tagged("post_install", "-at_install")
class TestTiles(WorkCase):
    def setUp(self):
        super().setUp()
        # Whatever else there is.
        self.domain = [("product_id", "=", self.finished.id)]

    def tiles(self):
        return self.orders.get_order_tiles(self.domain)

    def test_numbers(self):
        self.assertEqual(set(self.tiles().values()), {0})
        self.set_rule("park")
        self.complete(self.create_orders(10))
        manual = self.create_bom((self.leg, 1, {"issue_method": "manual"}))
        self.create_orders(1, 1, bom=manual)
        self.create_orders(
            *(1, 1, 1),
            bom=self.create_bom((self.leg, 1, {"issue_method": "completion"})),
        )
        self.assertEqual(
            self.tiles(),
            {"with_open_exceptions": 1, "to_issue_by_hand": 2, "ready_to_complete": 3},
        )

    def count_queries(self, call):
        call()
        self.env.flush_all()
        before = self.cr.sql_log_count
        call()
        return self.cr.sql_log_count - before

    def test_one_query_each(self):
        """And none about what waits, where nothing waits nor can."""
        self.create_orders(1, 1, 1)
        self.assertFalse(self.company._may_have_open_exceptions())
        self.assertLessEqual(self.count_queries(self.tiles), 2)
        self.set_rule("park")
        self.assertLessEqual(self.count_queries(self.tiles), 3)

    def test_no_domain(self):
        for domain in ("x", [["no_such_field", "=", 1]], 5):
            with self.assertRaises(UserError):
                self.orders.get_order_tiles(domain)

    def test_subcontractor(self):
        """Their list is of Odoo's own, and asks for it all the same."""
        portal = self.create_user("portal", "base.group_portal")
        tiles = self.orders.with_user(portal).get_order_tiles(self.domain)
        self.assertEqual(set(tiles.values()), {0})

    def test_operator(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        self.create_orders(1)
        tiles = self.orders.with_user(user).get_order_tiles(self.domain)
        self.assertEqual(tiles["ready_to_complete"], 1)


@tagged("post_install", "-at_install")
class TestCard(WorkCase):
    """The card of Manufacturing in the Inventory overview."""

    def test_numbers(self):
        picking_type = self.warehouse.manu_type_id.copy({"name": "Line 2"})
        self.set_rule("park")
        short = self.create_order(self.bom, 10, picking_type_id=picking_type.id)
        self.complete(short)
        manual = self.create_bom((self.leg, 1, {"issue_method": "manual"}))
        ready = self.create_bom((self.leg, 1, {}))
        for bom, date in ((manual, "2020-01-01"), (ready, "2099-01-01")):
            self.create_order(bom, 1, picking_type_id=picking_type.id, date_start=date)
        self.assertEqual(
            (
                picking_type.count_mo_with_waiting,
                picking_type.count_mo_to_issue,
                picking_type.count_mo_ready,
                picking_type.count_mo_due,
            ),
            (1, 1, 1, 1),
        )
        self.assertEqual(self.warehouse.in_type_id.count_mo_ready, 0)

    def test_queries_dont_grow_with_cards(self):
        names = ["count_mo_with_waiting", "count_mo_to_issue", "count_mo_ready"]
        one = self.warehouse.manu_type_id
        three = one | one.copy({"name": "A"}) | one.copy({"name": "B"})

        def count(types):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            types.read(names)
            return self.cr.sql_log_count - before

        count(three)
        self.assertEqual(count(one), count(three))


@tagged("post_install", "-at_install")
class TestColumn(WorkCase):
    def count_queries(self, orders):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        orders.browse(orders.ids).web_read({"waiting_label": {}})
        return self.cr.sql_log_count - before

    def test_queries_dont_grow_with_rows(self):
        self.set_rule("park")
        orders = self.create_orders(*[8] * 6)
        orders.do_unreserve()
        self.complete(orders)
        self.count_queries(orders)
        self.assertEqual(self.count_queries(orders[:1]), self.count_queries(orders))

    def test_costs_nothing_where_nothing_waits(self):
        orders = self.create_orders(1, 1)
        self.count_queries(orders)
        with_column = self.count_queries(orders)
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        orders.browse(orders.ids).web_read({"id": {}})
        self.assertEqual(with_column, self.cr.sql_log_count - before)
