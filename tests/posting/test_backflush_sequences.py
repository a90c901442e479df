import contextlib
import sys
from collections import Counter, defaultdict

from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.float_utils import float_round

from .. import profiles
from ..common import BackflushCase

QUANTITY = 12
# What may be refused: there are 45 plates, and core takes none without a lot.
LOTS_MISSING = (
    "You need to supply Lot/Serial Number",
    "You need to supply a Lot/Serial Number",
    "There are not enough lots or serial numbers in stock",
)
ISSUED = "These components were issued to the order already"


@tagged("post_install", "-at_install")
class TestSequences(BackflushCase):
    """Whatever people do in whatever order: nothing is lost, and nothing doubled."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {}
        cls.is_valued = "value" in cls.env["stock.move"]._fields
        if cls.is_valued:
            category = cls.env["product.category"].create(
                {"name": "Average", "property_cost_method": "average"}
            )
            values = {"categ_id": category.id}
            cls.finished.categ_id = category
        cls.oil = cls.create_product("Oil", stock=100, standard_price=3, **values)
        cls.plate = cls.create_product(
            "Plate", tracking="lot", standard_price=2, **values
        )
        for name in ("P1", "P2", "P3"):
            cls.add_stock(cls.plate, 15, cls.create_lot(cls.plate, name))
        cls.cover = cls.create_product("Cover", stock=100, standard_price=5, **values)
        cls.bom = cls.create_bom(
            product=cls.finished,
            product_qty=3,
            operations=["Welding"],
            consumption="flexible",
        )
        welding = cls.bom.operation_ids
        cls.bom.bom_line_ids = [
            # 1 for 3: what rounding could lose shows here.
            Command.create({"product_id": cls.oil.id, "product_qty": 1}),
            Command.create(
                {
                    "product_id": cls.plate.id,
                    "product_qty": 6,
                    "operation_id": welding.id,
                    "issue_method": "operation",
                }
            ),
            Command.create(
                {
                    "product_id": cls.cover.id,
                    "product_qty": 3,
                    "issue_method": "start",
                }
            ),
        ]

    def test_any_sequence(self):
        case = self

        class Machine(Sequence):
            factory = case
            counts = Counter()

        run_state_machine_as_test(
            Machine,
            settings=profiles.get_settings(
                quick=20,
                nightly=500,
                stateful_step_count=12,
                # A sequence takes a second: looking for a shorter one takes minutes.
                phases=[Phase.generate],
            ),
        )
        counts = Machine.counts
        # Each sequence ends with the completion of its order. Refusing everything would
        # break no invariant; what is refused here is what is really short.
        self.assertGreaterEqual(counts["completed"], 0.8 * counts["sequences"], counts)
        self.assertGreaterEqual(counts["produced"], counts["sequences"], counts)


class Sequence(RuleBasedStateMachine):
    """:param factory: the test, which makes the orders
    :param counts: how many sequences there were, and what they came to
    """

    factory = None
    counts = None

    def __init__(self):
        super().__init__()
        self.case = self.factory
        self.env = self.case.env
        # Undone at the end: each sequence begins with the same stock.
        self.stack = contextlib.ExitStack()
        self.savepoint = self.stack.enter_context(self.env.cr.savepoint(flush=True))
        self.before = self.read_quants()
        self.begin()

    def teardown(self):
        try:
            if not sys.exc_info()[0]:
                self.complete()
        finally:
            self.env.flush_all()
            self.savepoint.rollback()
            self.env.invalidate_all()
            self.env.transaction.clear()
            self.stack.close()

    def begin(self):
        self.order = self.case.create_order(self.case.bom, QUANTITY)
        self.first = self.order
        # The rule of the design, kept by itself: issued minus returned on the chain.
        self.posted = defaultdict(float)
        self.reported = 0
        # Plates that core filled in when the operation was finished: it posts them,
        # whatever is reported then.
        self.filled = None
        # What was posted beyond the need so, or less where nobody issued anything by
        # hand: the next order doesn't make up for it.
        self.beyond = defaultdict(float)

    def complete(self):
        """Whatever came before: the order can be completed, and the rule holds."""
        if self.is_open:
            self.do_finish_operation()
            self.produce_quantity(self.order.product_qty)
        self.consumption_follows_the_rule()
        self.stock_is_the_sum_of_the_moves()
        self.value_in_is_value_out()
        self.counts["sequences"] += 1
        states = set(self.case.get_chain(self.first).mapped("state"))
        self.counts["completed"] += states == {"done"}

    def attempt(self, action, *messages):
        """Do what may be refused, but with these messages alone.

        :return: whether it was done
        """
        try:
            with self.env.cr.savepoint():
                action()
        except UserError as error:
            self.env.invalidate_all()
            if not any(message in str(error) for message in messages):
                raise
            self.counts[f"refused: {str(error)[:30]}"] += 1
            return False
        return True

    def assert_short_of_plates(self, quantity):
        on_hand = self.case.on_hand(self.case.plate)
        assert quantity > on_hand, f"{quantity} plates refused with {on_hand} in stock"

    # What people do.

    @precondition(lambda self: not self.is_open)
    @rule()
    def make_another_order(self):
        self.begin()

    @property
    def is_open(self):
        return self.order.state in ("confirmed", "progress", "to_close")

    def component(self, product):
        return self.case.component(self.order, product)

    def products(self):
        return (self.case.oil, self.case.plate, self.case.cover)

    def need(self, product, reported):
        per_unit = {self.case.oil: 1 / 3, self.case.plate: 2, self.case.cover: 1}
        need = float_round(per_unit[product] * reported, precision_rounding=0.01)
        return need + self.beyond[product]

    def call_for(self, product, reported):
        self.posted[product] = max(self.posted[product], self.need(product, reported))

    def is_asked_for_lots(self):
        """Core, too, wants a person to confirm the lots of what has an operation, where
        the quantity produced was typed."""
        plate = self.component(self.case.plate)
        return (
            plate.manual_consumption
            and not plate.picked
            and not self.is_manual(plate.product_id)
        )

    def get_open_need(self, product, reported):
        return self.need(product, reported) - self.posted[product]

    def is_manual(self, product):
        return self.component(product).issue_method == "manual"

    @precondition(lambda self: self.is_open)
    @rule(index=st.integers(0, 2), quantity=st.integers(1, 24))
    def issue(self, index, quantity):
        product = self.products()[index]
        component = self.component(product)
        if not self.attempt(
            lambda: component.action_issue(quantity / 2), *LOTS_MISSING
        ):
            assert product == self.case.plate
            self.assert_short_of_plates(quantity / 2)
            return
        self.posted[product] += quantity / 2
        self.reckon_anew(product)

    def reckon_anew(self, product):
        if product == self.case.plate:
            self.filled = None

    @precondition(lambda self: self.is_open)
    @rule(index=st.integers(0, 2), share=st.integers(1, 4))
    def give_back(self, index, share):
        product = self.products()[index]
        component = self.component(product)
        quantity = component.product_uom.round(component.issued_quantity * share / 4)
        if quantity:
            component.action_return(quantity)
            self.posted[product] -= quantity
            self.reckon_anew(product)

    @precondition(lambda self: self.is_open)
    @rule()
    def start(self):
        self.order.action_start()
        if self.component(self.case.cover).issue_method == "start":
            self.call_for(self.case.cover, self.reported + self.order.product_qty)

    @precondition(lambda self: self.is_open)
    @rule()
    def finish_operation(self):
        self.do_finish_operation()

    def do_finish_operation(self):
        workorder = self.order.workorder_ids
        if workorder.state in ("done", "cancel"):
            return
        if not self.attempt(workorder.button_finish, *LOTS_MISSING):
            whole = self.reported + self.order.product_qty
            self.assert_short_of_plates(self.get_open_need(self.case.plate, whole))
            return
        finished = self.reported + workorder._get_reported_quantity()
        method = self.component(self.case.plate).issue_method
        if method == "operation":
            self.call_for(self.case.plate, finished)
        elif method == "completion":
            self.filled = max(self.get_open_need(self.case.plate, finished), 0)

    @precondition(lambda self: self.is_open)
    @rule(index=st.integers(0, 2), method=st.sampled_from(["manual", "completion"]))
    def override(self, index, method):
        component = self.component(self.products()[index])
        if not component.issued_quantity:
            if component.issue_method != method:
                self.reckon_anew(component.product_id)
            component.issue_method = method

    @precondition(lambda self: self.is_open)
    @rule(part=st.integers(1, QUANTITY))
    def produce(self, part):
        self.produce_quantity(min(part, self.order.product_qty))

    def produce_quantity(self, quantity):
        manual = [product for product in self.products() if self.is_manual(product)]

        def mark_done():
            self.order.qty_producing = quantity
            self.order.set_qty_producing()
            self.case.finish(self.order.button_mark_done())

        is_asked = self.is_asked_for_lots()
        if not self.attempt(mark_done, *LOTS_MISSING):
            if is_asked:
                return
            need = self.get_open_need(self.case.plate, self.reported + quantity)
            self.assert_short_of_plates(need)
            return
        self.counts["produced"] += 1
        self.reported += quantity
        if self.filled is not None:
            self.posted[self.case.plate] += self.filled
            need = self.need(self.case.plate, self.reported)
            self.beyond[self.case.plate] += self.posted[self.case.plate] - need
            self.filled = None
        for product in self.products():
            if product in manual:
                left = self.posted[product] - self.need(product, self.reported)
                self.beyond[product] += min(left, 0)
            else:
                self.call_for(product, self.reported)
        chain = self.case.get_chain(self.first)
        self.order = (
            chain.filtered(lambda order: order.state != "done")[:1] or chain[-1]
        )

    @precondition(lambda self: self.is_open)
    @rule()
    def cancel(self):
        if any(self.component(product).issued_quantity for product in self.products()):
            assert not self.attempt(self.order.action_cancel, ISSUED)

    # What holds at any time.

    def read_quants(self):
        quants = self.env["stock.quant"].search(
            [("product_id", "in", [product.id for product in self.products()])]
        )
        found = defaultdict(float)
        for quant in quants:
            found[quant.product_id, quant.location_id, quant.lot_id] += quant.quantity
        return found

    @invariant()
    def stock_is_the_sum_of_the_moves(self):
        moved = defaultdict(float, self.before)
        lines = self.env["stock.move.line"].search(
            [
                ("product_id", "in", [product.id for product in self.products()]),
                ("state", "=", "done"),
            ]
        )
        for line in lines:
            quantity = line.quantity_product_uom
            moved[line.product_id, line.location_id, line.lot_id] -= quantity
            moved[line.product_id, line.location_dest_id, line.lot_id] += quantity
        stock = self.read_quants()
        for key in set(moved) | set(stock):
            assert abs(moved[key] - stock[key]) < 0.001, (key, moved[key], stock[key])

    @invariant()
    def consumption_follows_the_rule(self):
        chain = self.case.get_chain(self.first)
        for product in self.products():
            consumed = self.case.consumed(chain, product)
            assert abs(consumed - self.posted[product]) < 0.001, (
                product.name,
                consumed,
                self.posted[product],
            )

    @invariant()
    def value_in_is_value_out(self):
        if not self.case.is_valued:
            return
        for order in self.case.get_chain(self.first):
            if order.state != "done":
                continue
            moves = order.move_raw_ids + order.move_finished_ids
            moves = moves.filtered(lambda move: move.state == "done")
            difference = sum(
                move.value if move.production_id else -move.value for move in moves
            )
            assert abs(difference) < 0.05, (order.name, difference)
