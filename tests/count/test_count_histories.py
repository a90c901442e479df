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
differences = st.integers(-15, 5)


class HistoryCase(CountCase):
    """A table takes 10 screws, 0.4 of paint, which is At Count, and 2 of glue, which
    has lots; a chair takes 3 nuts, of which there never are enough."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.paint = cls.create_product("Paint", standard_price=2, issue_method="count")
        cls.glue = cls.create_product("Glue", tracking="lot")
        cls.nut = cls.create_product("Nut")
        cls.add_stock(cls.paint, 500, location=cls.shelf)
        cls.lots = [cls.create_lot(cls.glue, name) for name in ("A", "B")]
        for lot in cls.lots:
            cls.add_stock(cls.glue, 400, lot=lot, location=cls.shelf)
        cls.add_stock(cls.screw, 4000, location=cls.shelf)
        cls.add_stock(cls.nut, 15, location=cls.shelf)
        place = {"supply_location_id": cls.shelf.id}
        cls.bom.write({"consumption": "flexible"})
        cls.bom.bom_line_ids = [
            (0, 0, {"product_id": product.id, "product_qty": quantity, **place})
            for product, quantity in ((cls.paint, 0.4), (cls.glue, 2))
        ]
        cls.chair = cls.create_bom(
            (cls.nut, 3, place),
            product=cls.create_product("Chair"),
            consumption="flexible",
        )


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
                quick=10,
                nightly=500,
                stateful_step_count=14,
                phases=[Phase.generate],
            ),
        )
        for name in ("validated", "completed", "settled", "undone"):
            self.assertGreater(Machine.counts[name], 0, Machine.counts)


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
        self.reports = self.env["mrp.production.report"]
        self.sheets = self.env["mrp.line.count"]
        # What is on it is counted, and waits to be validated.
        self.begun = self.env["mrp.line.count"]
        # Of which nothing is counted: only to look.
        self.blank = self.sheets.create({"location_id": self.case.shelf.id})
        self.start = {
            product: self.case.on_shelf(product) for product in self.get_products()
        }
        # Received, found and lost otherwise than by backflush and our counts.
        self.otherwise = Counter()

    def teardown(self):
        try:
            if not sys.exc_info()[0]:
                self.drop_begun()
                self.receive(50)
                self.settle()
                self.count({product: 0 for product in self.get_products()})
        finally:
            self.env.flush_all()
            self.savepoint.rollback()
            self.env.invalidate_all()
            self.env.transaction.clear()
            self.stack.close()

    def get_products(self):
        return self.case.screw, self.case.paint, self.case.glue, self.case.nut

    def attempt(self, name, callback):
        """What is refused changes nothing."""
        try:
            with self.env.cr.savepoint():
                callback()
            self.counts[name] += 1
            return True
        except UserError:
            self.env.invalidate_all()
            self.counts["refused"] += 1
            return False

    def find_waiting(self):
        return self.orders.backflush_exception_ids.filtered(
            lambda exception: exception.state == "open"
        )

    # What people do.

    @rule(quantity=quantities)
    def complete(self, quantity):
        self.orders |= self.case.complete(quantity)
        self.counts["completed"] += 1

    @rule(quantity=quantities)
    def complete_chairs(self, quantity):
        self.orders |= self.case.complete(quantity, self.case.chair)

    @rule()
    def settle(self):
        waiting = self.find_waiting()
        if not waiting:
            return
        needed = sum(waiting.mapped("quantity"))
        self.case.add_stock(self.case.nut, needed, location=self.case.shelf)
        self.otherwise[self.case.nut] += needed
        waiting.action_retry()
        self.counts["settled"] += 1

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

    @rule(data=st.data(), produced=quantities)
    def go_on(self, data, produced):
        """With what was begun: a part of it, or all."""
        open_orders = self.orders.filtered(lambda order: order.state != "done")
        if not open_orders:
            return
        order = data.draw(st.sampled_from(list(open_orders)))
        self.orders |= self.case.produce(order, min(produced, order.product_qty))

    @rule(quantity=quantities)
    def report(self, quantity):
        answer = self.reports.report_production(self.case.finished.id, quantity)
        report = self.reports.browse(answer["id"])
        self.reports |= report
        self.orders |= report.production_id

    @rule(data=st.data())
    def undo(self, data):
        if self.reports:
            report = data.draw(st.sampled_from(list(self.reports)))
            self.attempt("undone", report.action_undo)

    @rule(data=st.data(), quantity=quantities)
    def unbuild(self, data, quantity):
        done = self.orders.filtered(lambda order: order.state == "done")
        if not done:
            return
        order = data.draw(st.sampled_from(list(done)))
        values = {"mo_id": order.id, "product_qty": quantity}
        self.attempt(
            "unbuilt", lambda: self.env["mrp.unbuild"].create(values).action_unbuild()
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
            lot = self.case.lots[0] if product == self.case.glue else None
            self.case.add_stock(product, quantity, lot=lot, location=self.case.shelf)
            self.otherwise[product] += quantity

    @rule(data=st.data(), difference=differences)
    def take_inventory(self, data, difference):
        """Core's."""
        quants = self.env["stock.quant"].search(
            [
                ("location_id", "=", self.case.shelf.id),
                ("product_id", "in", [product.id for product in self.get_products()]),
            ],
            order="id",
        )
        quant = data.draw(st.sampled_from(list(quants)))
        found = max(quant.quantity + difference, 0)
        self.otherwise[quant.product_id] += found - quant.quantity
        quant.inventory_quantity = found
        quant.action_apply_inventory()

    # Who counts.

    def write_down(self, found):
        """A sheet with what was found beyond what should be there, by product.

        :return: the sheet, and what is there then
        """
        sheet = self.case.create_sheet()
        there = {}
        for product, difference in found.items():
            lines = sheet.line_ids.filtered(
                lambda line, product=product: line.product_id == product
            )
            if not lines:
                continue
            # What was left to the count is gone.
            off = difference - self.get_left_to_count(product)
            books = lines._read_books()
            for line in lines:
                quantity = max(books[line] + off, 0)
                off -= quantity - books[line]
                line.counted_quantity = quantity
            there[product] = sum(lines.mapped("counted_quantity"))
        return sheet, there

    @rule(
        screw=differences,
        paint=st.integers(-5, 2),
        glue=differences,
        nut=st.none() | differences,
    )
    def count_all(self, screw, paint, glue, nut):
        found = dict(zip(self.get_products(), (screw, paint, glue, nut), strict=True))
        if nut is None:
            del found[self.case.nut]
        self.count(found)

    def count(self, found):
        sheet, there = self.write_down(found)
        is_waiting = self.case.nut in found and self.find_waiting()
        if not self.attempt("validated", sheet.action_validate):
            self.case.assertTrue(self.begun or is_waiting)
            sheet.action_cancel("It can't be")
            return
        self.sheets |= sheet
        for product, quantity in there.items():
            self.case.assertAlmostEqual(self.case.on_shelf(product), quantity, 2)
            self.case.assertFalse(self.get_left_to_count(product))

    @rule(off=differences, paint=st.integers(-5, 2))
    def begin(self, off, paint):
        """Work goes on, and it is validated later."""
        if not self.begun:
            self.begun, _there = self.write_down(
                {self.case.screw: off, self.case.paint: paint}
            )

    @rule()
    def validate_begun(self):
        if self.begun:
            self.begun.action_validate()
            self.sheets |= self.begun
            self.begun = self.begun.browse()
            self.counts["validated later"] += 1

    @rule()
    def drop_begun(self):
        if self.begun:
            self.begun.action_cancel("Counted wrongly")
            self.begun = self.begun.browse()

    @rule(data=st.data())
    def cancel_count(self, data):
        """Any: only the last one of each product may be."""
        done = self.sheets.filtered(lambda sheet: sheet.state == "done")
        if done:
            sheet = data.draw(st.sampled_from(list(done)))
            is_last = sheet == done[-1] and not self.begun
            is_cancelled = self.attempt(
                "cancelled", lambda: sheet.action_cancel("Counted wrongly")
            )
            self.case.assertTrue(is_cancelled or not is_last)

    # What must hold.

    def get_left_to_count(self, product):
        moves = self.env["stock.move"]
        return sum(moves._find_left_to_count(self.case.company, product).values())

    def get_done_shares(self):
        return self.sheets.share_ids.filtered(lambda share: share.state == "done")

    @invariant()
    def each_use_is_counted_once(self):
        """What counts have counted and have yet to count is what was used."""
        counted = defaultdict(float)
        shares = self.env["mrp.consumption.share"]
        for row in shares._read_uncounted(self.blank):
            counted[row.move_id] += row.quantity
        for row in shares._read_left_to_count(self.blank):
            counted[row.move_id] += row.quantity
        for share in self.get_done_shares():
            counted[share.move_id.id] += share.base_quantity
        for move in self.orders.move_raw_ids:
            if not move.issue_component_id:
                self.case.assertAlmostEqual(
                    counted[move.id], self.get_used(move), 2, move.display_name
                )

    def get_used(self, component):
        """By itself: posted, less what came back; At Count, what was needed for what
        wasn't unbuilt."""
        order = component.raw_material_production_id
        if component.product_id == self.case.paint:
            if order.state != "done":
                return 0.0
            unbuilt = sum(
                order.move_finished_ids.returned_move_ids.filtered(
                    lambda move: move.state == "done"
                ).mapped("quantity")
            )
            made = sum(order.move_finished_ids.mapped("quantity"))
            # Core unbuilds more than was made, too.
            return round(component.needed_quantity * max(1 - unbuilt / made, 0), 2)
        moves = component.filtered(lambda move: move.state == "done")
        moves |= component._get_early_issues()
        back = moves.returned_move_ids.filtered(
            lambda move: move.state == "done" and move.unbuild_id
        )
        return sum(moves.move_line_ids.mapped("quantity_product_uom")) - sum(
            back.move_line_ids.mapped("quantity_product_uom")
        )

    @invariant()
    def what_left_the_place_was_issued_shared_out_or_moved_otherwise(self):
        for product in self.get_products():
            shared = sum(
                self.get_done_shares()
                .filtered(lambda share, product=product: share.product_id == product)
                .mapped("quantity")
            )
            moves = self.env["stock.move"].search(
                [("product_id", "=", product.id), ("state", "=", "done")]
            )
            ordinary = moves.filtered(
                lambda move: move.line_count_id and not move.is_shared_out
            )
            components = moves.filtered(
                lambda move: (
                    move.raw_material_production_id
                    or move.issue_component_id
                    or move.unbuild_id
                )
            )
            self.case.assertAlmostEqual(
                self.case.on_shelf(product),
                self.start[product]
                + self.otherwise[product]
                - self.get_net(components)
                - self.get_net(ordinary)
                - shared,
                2,
                product.name,
            )

    def get_net(self, moves):
        """What these took from the shelf, less what they brought there."""
        net, shelf = 0.0, self.case.shelf
        for line in moves.move_line_ids:
            if line.location_id == shelf:
                net += line.quantity_product_uom
            if line.location_dest_id == shelf:
                net -= line.quantity_product_uom
        return net

    @invariant()
    def one_move_promises_what_is_left_to_count(self):
        left = self.get_left_to_count(self.case.paint)
        pending = self.env["stock.move"].search(
            [
                ("is_count_pending", "=", True),
                ("state", "not in", ("done", "cancel")),
            ]
        )
        self.case.assertAlmostEqual(
            sum(pending.mapped("product_uom_qty")), max(left, 0), 2
        )
        self.case.assertLessEqual(len(pending), 1)
