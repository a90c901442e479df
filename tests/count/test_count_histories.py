import contextlib
import sys
from collections import Counter, defaultdict

from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from odoo.exceptions import UserError
from odoo.tests import tagged

from .. import profiles
from .test_count import CountCase

quantities = st.integers(1, 9)


class HistoryCase(CountCase):
    """Of paint, which is At Count, a table takes 0.4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        paint = cls.create_product("Paint", standard_price=2, issue_method="count")
        cls.add_stock(paint, 500, location=cls.shelf)
        cls.paint = paint
        place = {"supply_location_id": cls.shelf.id}
        cls.bom.write({"consumption": "flexible"})
        cls.bom.bom_line_ids = [
            (0, 0, {"product_id": paint.id, "product_qty": 0.4, **place})
        ]


@tagged("post_install", "-at_install")
class TestCountHistories(HistoryCase):
    """Whatever happens between counts: each use is counted once, and all adds up."""

    def test_any_history(self):
        case = self

        class Machine(History):
            factory = case
            counts = Counter()

        run_state_machine_as_test(
            Machine,
            settings=profiles.get_settings(
                quick=8,
                nightly=400,
                stateful_step_count=14,
                phases=[Phase.generate],
            ),
        )
        self.assertGreater(Machine.counts["validated"], 0, Machine.counts)
        self.assertGreater(Machine.counts["completed"], 0, Machine.counts)


class History(RuleBasedStateMachine):
    factory = None
    counts = None

    def __init__(self):
        super().__init__()
        self.case = self.factory
        self.env = self.case.env
        self.stack = contextlib.ExitStack()
        self.savepoint = self.stack.enter_context(self.env.cr.savepoint(flush=True))
        self.orders = self.env["mrp.production"]
        self.sheets = self.env["mrp.line.count"]
        self.expected = {
            product: self.case.on_shelf(product) for product in self.get_products()
        }

    def teardown(self):
        try:
            if not sys.exc_info()[0]:
                self.count(0, 0)
        finally:
            self.env.flush_all()
            self.savepoint.rollback()
            self.env.invalidate_all()
            self.env.transaction.clear()
            self.stack.close()

    def get_products(self):
        return self.case.screw, self.case.paint

    def attempt(self, name, callback):
        """What is refused changes nothing."""
        try:
            with self.env.cr.savepoint():
                callback()
            self.counts[name] += 1
        except UserError:
            self.env.invalidate_all()
            self.counts["refused"] += 1

    # What people do.

    @rule(quantity=quantities)
    def complete(self, quantity):
        self.orders |= self.case.complete(quantity)
        self.counts["completed"] += 1

    @rule(quantity=st.integers(3, 9), produced=st.integers(1, 2))
    def complete_in_parts(self, quantity, produced):
        order = self.case.create_order(self.case.bom, quantity)
        backorder = self.case.produce(order, produced)
        self.orders |= order | backorder
        self.case.report(backorder, quantity - produced)
        self.case.finish(backorder.button_mark_done())

    @rule(quantity=quantities, early=quantities, back=st.integers(0, 3))
    def issue_early(self, quantity, early, back):
        order = self.case.create_order(self.case.bom, quantity)
        self.orders |= order
        component = self.case.component(order, self.case.screw)
        component.action_issue(early)
        if back:
            self.attempt("returned", lambda: component.action_return(back))

    @rule(data=st.data(), quantity=quantities)
    def unbuild(self, data, quantity):
        done = self.orders.filtered(lambda order: order.state == "done")
        if not done:
            return
        order = data.draw(st.sampled_from(list(done)))
        self.attempt(
            "unbuilt",
            lambda: (
                self.env["mrp.unbuild"]
                .create({"mo_id": order.id, "product_qty": quantity})
                .action_unbuild()
            ),
        )

    @rule(data=st.data(), change=st.integers(-5, 5))
    def correct(self, data, change):
        done = self.orders.move_raw_ids.filtered(
            lambda move: move.state == "done" and not move.issue_component_id
        )
        if not done:
            return
        move = data.draw(st.sampled_from(list(done)))
        quantity = max(move.quantity + change, 1)
        self.attempt("corrected", lambda: move.write({"quantity": quantity}))

    @rule(quantity=quantities)
    def receive(self, quantity):
        for product in self.get_products():
            self.case.add_stock(product, quantity, location=self.case.shelf)

    @rule(off=st.integers(-15, 5), paint_off=st.integers(-5, 2))
    def count(self, off, paint_off):
        sheet = self.case.create_sheet()
        found = {}
        for product, difference in zip(
            self.get_products(), (off, paint_off), strict=True
        ):
            line = self.case.get_line(sheet, product)
            if not line:
                continue
            needed = self.get_left_to_count(product)
            found[product] = max(self.case.on_shelf(product) - needed + difference, 0)
            line.counted_quantity = found[product]
        sheet.action_validate()
        self.sheets |= sheet
        self.counts["validated"] += 1
        for product, quantity in found.items():
            self.case.assertAlmostEqual(self.case.on_shelf(product), quantity, 2)
        for product in found:
            self.case.assertFalse(self.get_left_to_count(product))

    @rule()
    def cancel_last_count(self):
        done = self.sheets.filtered(lambda sheet: sheet.state == "done")
        if done:
            done[-1].action_cancel("Counted wrongly")
            self.counts["cancelled"] += 1

    # What must hold.

    def get_left_to_count(self, product):
        moves = self.env["stock.move"]
        return sum(moves._find_left_to_count(self.case.company, product).values())

    @invariant()
    def each_use_is_counted_once(self):
        """What counts have counted and have yet to count is what was used."""
        self.env.flush_all()
        counted = defaultdict(float)
        sheet = self.case.create_sheet()
        shares = self.env["mrp.consumption.share"]
        for row in shares._read_uncounted(sheet):
            counted[row.move_id] += row.quantity
        sheet.action_cancel("Only looked")
        for share in self.sheets.share_ids:
            if share.state == "done" and not share.is_at_count:
                counted[share.move_id.id] += share.base_quantity
        for move in self.orders.move_raw_ids:
            if move.issue_component_id or move.product_id != self.case.screw:
                continue
            self.case.assertAlmostEqual(
                counted[move.id], self.get_used(move), 2, move.display_name
            )

    def get_used(self, component):
        """By itself: posted, less what came back."""
        moves = component.filtered(lambda move: move.state == "done")
        moves |= component._get_early_issues()
        back = moves.returned_move_ids.filtered(
            lambda move: move.state == "done" and move.unbuild_id
        )
        return sum(moves.move_line_ids.mapped("quantity_product_uom")) - sum(
            back.move_line_ids.mapped("quantity_product_uom")
        )

    @invariant()
    def what_is_posted_is_shared_out(self):
        for sheet in self.sheets.filtered(lambda sheet: sheet.state == "done"):
            for product in self.get_products():
                posted = sum(
                    -move.quantity
                    if move.location_dest_id == self.case.shelf
                    else move.quantity
                    for move in sheet.move_ids
                    if move.is_shared_out and move.product_id == product
                )
                shared = sum(
                    sheet.share_ids.filtered(
                        lambda share, product=product: share.product_id == product
                    ).mapped("quantity")
                )
                self.case.assertAlmostEqual(posted, shared, 2)
