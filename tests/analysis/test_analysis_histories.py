"""Whatever happens to orders: what was planned and all differences are what it came to,
and that is what was posted."""

from collections import Counter, defaultdict

from hypothesis import Phase, given
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .. import profiles
from ..common import BackflushCase
from .test_analysis import CATEGORIES

# Of nine components each: 324 histories of a component in 3 rounds.
ORDERS = 12

BEFORE = (
    *("issue", "give_back", "change_quantity", "change_demand", "update_bom"),
    *("add_component", "remove_component", "scrap", "split", "set_manual"),
    *("change_price", "record_unused", "change_lot_size"),
)
AFTER = (
    *("settle", "cancel_waiting", "correct_use", "correct_made", "unbuild", "scrap"),
    *("change_price", "count", "cancel_count", "add_component", "unbuild_all"),
)


@tagged("post_install", "-at_install")
class TestAnalysisHistories(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"use_line_count": True, "use_consumption_analysis": True})
        cls.env.user.group_ids += cls.env.ref("mrp.group_mrp_byproducts")
        cls.is_valued = "value" in cls.env["stock.move"]._fields
        cls.parking = cls.create_category("standard", shortage_rule="park")
        cls.products = {
            name: cls.create_component(name, *values)
            for name, values in {
                "Oil": ("average", 3.3),
                "Plate": ("fifo", 2.0),
                "Glue": ("standard", 0.5),
                "Nail": ("standard", 0.0),
                "Bolt": ("average", 0.1),
                "Foil": ("fifo", 1.7),
                "Paint": ("average", 0.7),
            }.items()
        }
        cls.rare = cls.create_product(
            "Rare", categ_id=cls.parking.id, standard_price=1.1, stock=60
        )
        cls.products["Rare"] = cls.rare
        cls.products["Paint"].issue_method = "count"
        cls.products["Foil"].issue_method = "manual"
        cls.bom = cls.create_full_bom()

    @classmethod
    def create_category(cls, cost_method, **values):
        if cls.is_valued:
            values["property_cost_method"] = cost_method
        return cls.env["product.category"].create({"name": cost_method, **values})

    @classmethod
    def create_component(cls, name, cost_method, price):
        category = cls.create_category(cost_method)
        product = cls.create_product(name, categ_id=category.id, standard_price=price)
        cls.receive(product, 900, price)
        return product

    @classmethod
    def receive(cls, product, quantity, price):
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.stock.id,
                **({"price_unit": price} if cls.is_valued else {}),
            }
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()

    @classmethod
    def create_full_bom(cls):
        product, dozen = cls.products, cls.env.ref("uom.product_uom_dozen")
        kit = cls.create_product("Kit")
        cls.create_bom(
            (product["Bolt"], 3, {"component_scrap": 8}), product=kit, type="phantom"
        )
        byproduct = cls.create_product("Offcut")
        return cls.create_bom(
            (product["Oil"], 1, {}),
            (product["Plate"], 2, {"component_scrap": 5}),
            (product["Glue"], 50, {"is_fixed_quantity": True}),
            (product["Nail"], 0.25, {"product_uom_id": dozen.id}),
            (kit, 2, {"component_scrap": 4}),
            (product["Foil"], 1.5, {}),
            (product["Paint"], 0.4, {}),
            (product["Rare"], 1, {}),
            product_qty=3,
            consumption="flexible",
            byproduct_ids=[
                Command.create(
                    {"product_id": byproduct.id, "product_qty": 1, "cost_share": 12}
                )
            ],
        )

    def test_any_history(self):
        self.counts = Counter()
        run = profiles.get_settings(quick=3, nightly=100, phases=[Phase.generate])(
            given(st.data())(self.run_histories)
        )
        run()
        for name in ("completed", "provisional", "unbuild", "count", "give_back"):
            self.assertGreater(self.counts[name], 0, self.counts)
        for name in CATEGORIES:
            self.assertGreater(self.counts[name], 0, (name, self.counts))

    def run_histories(self, data):
        with self.env.cr.savepoint(flush=True) as savepoint:
            orders = self.env["mrp.production"]
            self.sheets = self.env["mrp.line.count"]
            for _number in range(ORDERS):
                orders |= self.live(data)
            self.check(orders)
            self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()
        self.env.transaction.clear()

    def live(self, data):
        """:return: one order with its backorders, after all that happened to it"""
        order = self.create_order(self.bom, data.draw(st.integers(1, 12)))
        self.data, self.order = data, order
        for name in data.draw(st.lists(st.sampled_from(BEFORE), max_size=4)):
            self.attempt(name)
        chain = self.get_chain(order)
        for part in chain if len(chain) > 1 else order:
            self.complete(part)
        for name in data.draw(st.lists(st.sampled_from(AFTER), max_size=4)):
            self.attempt(name)
        return self.get_chain(order)

    def report(self, order, quantity):
        # As in a request of its own: core's form can't be changed with a list of
        # components in the cache to which *Update BoM* has added the scrapped ones.
        self.env.flush_all()
        self.env.invalidate_all()
        return super().report(order, quantity)

    def complete(self, order):
        try:
            with self.env.cr.savepoint():
                if self.data.draw(st.booleans()) and order.product_qty > 1:
                    backorder = self.produce(order, order.product_qty // 2)
                    self.counts["backorder"] += 1
                    self.complete(backorder)
                    return
                self.report(order, order.product_qty)
                self.finish(order.button_mark_done())
                self.counts["completed"] += 1
        except UserError:
            self.env.invalidate_all()

    def attempt(self, name):
        """What is refused changes nothing."""
        try:
            with self.env.cr.savepoint():
                if getattr(self, f"do_{name}")() is not False:
                    self.counts[name] += 1
        except UserError:
            self.env.invalidate_all()
            self.counts["refused"] += 1

    # What people do.

    def draw_component(self):
        components = self.order.move_raw_ids.filtered(
            lambda move: not move.issue_component_id and not move.scrap_id
        )
        return self.data.draw(st.sampled_from(list(components)))

    def draw_quantity(self, most=9):
        return self.data.draw(st.integers(1, most))

    def do_issue(self):
        self.draw_component().action_issue(self.draw_quantity(40))

    def do_give_back(self):
        component = self.draw_component()
        if not component.is_issued_early:
            component.action_issue(self.draw_quantity())
        component.action_return(self.draw_quantity())

    def do_change_quantity(self):
        self.change_quantity(self.order, self.draw_quantity(15))

    def do_change_demand(self):
        self.draw_component().product_uom_qty = self.draw_quantity(30)

    def do_update_bom(self):
        line = self.data.draw(st.sampled_from(list(self.bom.bom_line_ids)))
        line.product_qty = self.draw_quantity(5)
        self.order.action_update_bom()

    def do_change_lot_size(self):
        self.order.planned_lot_size = self.draw_quantity()

    def do_add_component(self):
        product = self.data.draw(st.sampled_from(list(self.products.values())))
        quantity = self.draw_quantity()
        vals = {"product_id": product.id, "product_uom_qty": quantity}
        if self.order.state == "done":
            vals.update(quantity=quantity, picked=True)
        self.order.move_raw_ids = [Command.create(vals)]

    def do_remove_component(self):
        component = self.draw_component()
        component._action_cancel()
        component.unlink()

    def do_scrap(self):
        product = self.draw_component().product_id
        self.env["stock.scrap"].create(
            {
                "production_id": self.order.id,
                "product_id": product.id,
                "product_uom_id": product.uom_id.id,
                "scrap_qty": self.draw_quantity(),
                "location_id": self.stock.id,
            }
        ).do_scrap()

    def do_split(self):
        if self.order.product_qty < 2:
            return False
        return bool(
            self.order._split_productions({self.order: [1, self.order.product_qty - 1]})
        )

    def do_set_manual(self):
        self.draw_component().issue_method = "manual"

    def do_record_unused(self):
        self.draw_component().action_record_unused()

    def do_change_price(self):
        product = self.data.draw(st.sampled_from(list(self.products.values())))
        self.receive(product, self.draw_quantity(), self.draw_quantity() / 4)

    def do_settle(self):
        self.add_stock(self.rare, self.draw_quantity(30))
        self.order.backflush_exception_ids.action_retry()

    def do_cancel_waiting(self):
        waiting = self.order.backflush_exception_ids.filtered(
            lambda exception: exception.state == "open"
        )
        if not waiting:
            return False
        return waiting.action_cancel("Not needed")

    def do_correct_use(self):
        self.draw_component().quantity = self.draw_quantity(30)

    def do_correct_made(self):
        self.order.qty_producing = self.draw_quantity()

    def do_unbuild(self):
        self.unbuild(self.draw_quantity(4))

    def do_unbuild_all(self):
        self.unbuild(self.order.qty_producing)

    def unbuild(self, quantity):
        self.env["mrp.unbuild"].create(
            {"mo_id": self.order.id, "product_qty": quantity}
        ).action_unbuild()

    def do_count(self):
        sheet = self.env["mrp.line.count"].create({"location_id": self.stock.id})
        sheet.action_load()
        found = self.draw_quantity(12) - 9
        counted = {self.products[name] for name in ("Paint", "Oil", "Bolt")}
        for line in sheet.line_ids:
            if line.product_id in counted:
                line.counted_quantity = max(line.book_quantity or 0, 800) + found
        sheet.action_validate()
        self.sheets |= sheet

    def do_cancel_count(self):
        done = self.sheets.filtered(lambda sheet: sheet.state == "done")
        if not done:
            return False
        return done[-1].action_cancel("Counted wrongly")

    # What must hold.

    def check(self, orders):
        self.env.flush_all()
        self.env.invalidate_all()
        done = orders.filtered(lambda order: order.state == "done")
        rows = self.env["mrp.consumption.analysis"].search(
            [("production_id", "in", orders.ids)]
        )
        self.assertEqual(rows.production_id, done.filtered("move_raw_ids"))
        actual = defaultdict(float)
        for row in rows:
            total = sum(row[name] for name in CATEGORIES)
            self.assertAlmostEqual(total, row.actual_cost, 6, row.product_id.name)
            actual[row.production_id] += row.actual_cost
            self.counts["provisional"] += row.is_provisional
            self.counts.update(name for name in CATEGORIES if row[name])
        for order in done:
            self.assertAlmostEqual(
                actual[order], self.get_posted_cost(order), 5, order.name
            )
        self.check_parts(rows)

    def check_parts(self, rows):
        """A few rows by themselves say the same as all of them."""
        few = rows[::7]
        before = self.read_figures(few)
        few.invalidate_recordset()
        self.assertEqual(self.read_figures(few.browse(few.ids)), before)

    def read_figures(self, rows):
        """Rounded: sums of floats depend on the order in which they are added up."""
        return [
            [round(row[name], 6) + 0.0 for name in (*CATEGORIES, "actual_quantity")]
            for row in rows
        ]

    def get_posted_cost(self, order):
        """Of what is posted, waits, and was counted; by itself."""
        moves = self.env["stock.move"].search(
            [("raw_material_production_id", "=", order.id), ("state", "=", "done")]
        )
        back = self.env["stock.move"].search(
            [
                ("unbuild_id.mo_id", "=", order.id),
                ("state", "=", "done"),
                ("origin_returned_move_id", "in", moves.ids),
            ]
        )
        posted = sum(map(self.get_value, moves)) - sum(map(self.get_value, back))
        waiting = sum(
            map(
                self.get_waiting_cost,
                order.backflush_exception_ids.filtered(
                    lambda exception: exception.state == "open"
                ),
            )
        )
        shares = self.env["mrp.consumption.share"].search(
            [("production_id", "=", order.id), ("count_id.state", "=", "done")]
        )
        left = self.env["stock.move"]._find_left_to_count(self.company)
        # Less than nothing: counted, and unbuilt since. The next count takes it back.
        uncounted = sum(
            self.get_uncounted_cost(move, quantity)
            for move, quantity in left.items()
            if move.raw_material_production_id == order and quantity > 0
        )
        return posted + waiting + sum(shares.mapped("value")) + uncounted

    def get_value(self, move):
        if self.is_valued:
            return move.value
        origin = move.origin_returned_move_id or move
        component = origin.issue_component_id or origin
        if component.scrap_id:
            component = min(
                component.raw_material_production_id.move_raw_ids.filtered(
                    lambda other: (
                        other.product_id == component.product_id
                        and not other.issue_component_id
                    )
                ),
                key=lambda other: other.id,
                default=component,
            )
        quantity = move.product_uom._compute_quantity(
            move.quantity, move.product_id.uom_id, round=False
        )
        return quantity * component.planned_unit_cost

    def get_waiting_cost(self, exception):
        if exception.costed_quantity:
            share = exception.quantity / exception.costed_quantity
            return exception.costed_value * share
        quantity = exception.product_uom_id._compute_quantity(
            exception.quantity, exception.product_id.uom_id, round=False
        )
        return quantity * exception.move_id.planned_unit_cost

    def get_uncounted_cost(self, move, quantity):
        order = move.raw_material_production_id
        unbuilt = sum(
            unbuild.product_qty
            for unbuild in order.unbuild_ids
            if unbuild.state == "done"
        )
        left = max(1 - unbuilt / order.qty_producing, 0) if order.qty_producing else 1
        if move.uncounted_value:
            return move.uncounted_value * left
        return quantity * move.planned_unit_cost
