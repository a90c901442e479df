from contextlib import nullcontext
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .. import profiles
from ..common import BackflushCase
from .shortcuts import cores_way, needs_shortcuts, shortcuts_off

NOW = datetime(2030, 1, 15, 12)


class BatchCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.is_valued = "value" in cls.env["stock.move"]._fields
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.shelves = [cls.create_location("Shelf 1"), cls.create_location("Shelf 2")]

    def complete_in_each_way(self, orders, method="button_mark_done"):
        """Complete the orders three times, each time undone: all at once, component
        by component with this module's plan, and as core does.

        :return: what became of them each time
        """
        outcomes = [self.complete_and_undo(orders, method)]
        for way in (shortcuts_off, cores_way):
            with way(self.env):
                outcomes.append(self.complete_and_undo(orders, method))
        return outcomes

    def complete_and_undo(self, orders, method):
        with freeze_time(NOW):
            savepoint = self.cr.savepoint()
            self.env.invalidate_all()
            try:
                result = getattr(orders, method)()
                self.env.flush_all()
                self.env.invalidate_all()
                outcome = type(result), self.describe(orders)
            except UserError as error:
                self.env.clear()
                outcome = str(error)
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
        return outcome

    def describe(self, orders):
        """Every row that a completion writes, without the ids of what it creates."""
        moves = orders.move_raw_ids | orders.move_finished_ids
        products = moves.product_id
        quants = self.env["stock.quant"].search([("product_id", "in", products.ids)])
        others = self.env["stock.move"].search([("product_id", "in", products.ids)])
        return {
            "orders": [
                (order.id, order.state, order.qty_producing, order.qty_produced)
                for order in orders
            ],
            "moves": [self.describe_move(move) for move in moves.sorted("id")],
            "others": [
                # What waits as an exception is created, and so are its lines.
                (self.describe_move(move)[1:-1], move.move_line_ids.mapped("quantity"))
                for move in (others - moves).sorted("id")
            ],
            "quants": sorted(self.describe_quant(quant) for quant in quants),
            "costs": [
                (product.id, product.standard_price) for product in products.sorted()
            ],
            "to order": products.orderpoint_ids.sorted("id").mapped("qty_to_order"),
        }

    def describe_move(self, move):
        return (
            move.id,
            move.state,
            move.quantity,
            move.product_uom_qty,
            move.picked,
            move.manual_consumption,
            move.date,
            self.is_valued and (move.value, move.is_valued, move.remaining_qty),
            [
                (
                    *self.describe_line(line),
                    sorted(map(self.describe_line, line.consume_line_ids)),
                )
                for line in move.move_line_ids.sorted("id")
            ],
        )

    def describe_line(self, line):
        return (
            line.move_id.id,
            line.product_id.id,
            line.location_id.id,
            line.location_dest_id.id,
            line.lot_id.id,
            line.owner_id.id,
            line.package_id.id,
            line.quantity,
            line.quantity_product_uom,
            line.product_uom_id.id,
            line.picked,
            line.state,
            line.date,
            line.lot_origin or "",
            line.production_id.id,
            line.company_id.id,
        )

    def describe_quant(self, quant):
        return (
            quant.product_id.id,
            quant.location_id.id,
            quant.lot_id.id,
            quant.owner_id.id,
            quant.package_id.id,
            quant.quantity,
            quant.reserved_quantity,
            quant.in_date,
        )

    def assert_alike(self, orders, method="button_mark_done"):
        at_once, one_by_one, core = self.complete_in_each_way(orders, method)
        self.maxDiff = None
        self.assertEqual(at_once, one_by_one)
        self.assertEqual(one_by_one, core)
        return at_once


@tagged("post_install", "-at_install")
class TestSameAsCore(BatchCase):
    """Completed at once or as core does it: row by row the same."""

    def setUp(self):
        super().setUp()
        self.random = profiles.get_random(self._testMethodName)

    # Random data, of the same kinds each time.

    def make_category(self):
        vals = {
            "name": "Kind",
            "removal_strategy_id": self.env["product.removal"]
            .search([("method", "in", ("fifo", "lifo", "closest"))])[
                self.random.randrange(3)
            ]
            .id,
        }
        if self.is_valued:
            methods = ["standard", "average", "fifo"]
            vals["property_cost_method"] = self.random.choice(methods)
        return self.env["product.category"].create(vals)

    def make_component(self, index, tracking=None):
        tracking = tracking or self.random.choice(["none", "none", "lot", "serial"])
        product = self.create_product(
            f"Component {index}",
            tracking=tracking,
            is_storable=tracking != "none" or self.random.random() < 0.9,
            standard_price=self.random.randint(1, 9),
            categ_id=self.make_category().id,
        )
        if not product.is_storable:
            return product
        if self.random.random() < 0.3:
            self.create_orderpoint(product)
        places = [self.stock, *self.shelves]
        for number in range(self.random.randint(1, 6)):
            # Enough of what core refuses to take without a lot.
            quantity = self.random.choice([1, 2.5, 7, 30])
            lot = None
            if tracking != "none":
                quantity = 60 if tracking == "lot" else 1
            if tracking == "lot":
                lot = self.create_lot(product, f"L{number}")
            elif self.random.random() < 0.15:
                quantity = -2
            for each in range(25 if tracking == "serial" else 1):
                if tracking == "serial":
                    lot = self.create_lot(product, f"S{number}-{each}")
                self.env["stock.quant"]._update_available_quantity(
                    product,
                    self.random.choice(places),
                    quantity,
                    lot_id=lot,
                    in_date=NOW - timedelta(days=self.random.randint(1, 9)),
                )
        return product

    def create_orderpoint(self, product):
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": product.id,
                "location_id": self.stock.id,
                "product_min_qty": 20,
                "product_max_qty": 50,
            }
        )

    def make_boms(self, components, number):
        boms = []
        for index in range(number):
            finished = self.create_product(
                f"Finished {index}", categ_id=self.make_category().id
            )
            if self.random.random() < 0.3:
                self.create_orderpoint(finished)
            lines = []
            for component in self.random.sample(
                components, self.random.randint(1, len(components))
            ):
                quantity = self.random.choice([1, 2, 3])
                values = {}
                if component.tracking != "serial" and self.random.random() < 0.3:
                    values["product_uom_id"] = self.dozen.id
                    quantity = self.random.choice([0.25, 0.5, 1])
                if self.random.random() < 0.2:
                    values["operation"] = "Assembly"
                lines.append((component, quantity, values))
            boms.append(
                self.create_bom(
                    *lines,
                    product=finished,
                    operations=["Assembly"],
                )
            )
        return boms

    def make_orders(self, boms, number):
        orders = self.env["mrp.production"].create(
            [
                {
                    "product_id": bom.product_tmpl_id.product_variant_id.id,
                    "bom_id": bom.id,
                    "product_qty": self.random.choice([1, 1, 2, 4]),
                }
                for bom in self.random.choices(boms, k=number)
            ]
        )
        orders.action_confirm()
        # Stock freed after others were reserved is where the plan prefers what is
        # reserved, and core does not.
        orders.do_unreserve()
        for order in orders:
            if self.random.random() < 0.4:
                order.action_assign()
                order.move_raw_ids.filtered(
                    lambda move: move.state == "partially_available"
                )._do_unreserve()
        return orders

    def check(self, tracking=None, components=5, number=5):
        parts = [self.make_component(index, tracking) for index in range(components)]
        # Somebody else holds a part of it.
        self.make_orders(self.make_boms(parts, 1), 1).action_assign()
        orders = self.make_orders(self.make_boms(parts, 2), number)
        if profiles.IS_NIGHTLY:
            # What comes before the posting, by itself.
            self.assert_alike(orders, "pre_button_mark_done")
        return self.assert_alike(orders)

    def test_untracked_components(self):
        for _round in range(profiles.choose(1, 20)):
            self.check("none")

    def test_components_with_lots(self):
        for _round in range(profiles.choose(1, 20)):
            self.check("lot")

    def test_components_with_serial_numbers(self):
        for _round in range(profiles.choose(1, 5)):
            self.check("serial", components=2, number=3)

    def test_all_kinds_in_one_order(self):
        for _round in range(profiles.choose(1, 30)):
            self.check()

    def test_before_the_posting(self):
        parts = [self.make_component(index) for index in range(4)]
        orders = self.make_orders(self.make_boms(parts, 2), 4)
        self.assert_alike(orders, "pre_button_mark_done")

    # What is likely to differ.

    def test_stock_that_runs_out_within_the_call(self):
        component = self.create_product("Scarce", stock=5)
        self.add_stock(component, 4, location=self.shelves[0])
        bom = self.create_bom((component, 2, {}))
        orders = self.make_orders([bom], 12)
        orders.do_unreserve()
        _type, rows = self.assert_alike(orders)
        self.assertLess(min(quant[5] for quant in rows["quants"]), 0)

    def test_lots_that_run_out_within_the_call_are_refused(self):
        component = self.create_product("Scarce", tracking="lot")
        self.add_stock(component, 3, self.create_lot(component, "L1"))
        orders = self.make_orders([self.create_bom((component, 1, {}))], 9)
        self.assertIn("Lot/Serial Number", self.assert_alike(orders))

    def test_one_product_from_two_locations(self):
        component = self.create_product("Spread", stock=3)
        for shelf in self.shelves:
            self.add_stock(component, 3, location=shelf)
        bom = self.create_bom((component, 2, {}), (component, 1, {}))
        orders = self.make_orders([bom], 4)
        orders.do_unreserve()
        orders[1::2].move_raw_ids.location_id = self.shelves[1]
        self.assert_alike(orders)

    def test_stock_of_owners_and_in_packages(self):
        component = self.create_product("Packed", tracking="lot")
        lot = self.create_lot(component, "L1")
        owner = self.env["res.partner"].create({"name": "Owner"})
        package = self.env["stock.package"].create({"name": "Package"})
        update = self.env["stock.quant"]._update_available_quantity
        update(component, self.stock, 4, lot_id=lot, owner_id=owner)
        update(component, self.stock, 4, lot_id=lot, package_id=package)
        update(component, self.stock, 40, lot_id=lot)
        orders = self.make_orders([self.create_bom((component, 3, {}))], 4)
        self.assert_alike(orders)

    def test_lot_that_is_owed_is_made_good_from_stock_without_lot(self):
        component = self.create_product("Loose", stock=20, tracking="lot")
        lot = self.create_lot(component, "L1")
        self.add_stock(component, 6, lot)
        order = self.make_orders([self.create_bom((component, 5, {}))], 1)
        order.move_raw_ids._do_unreserve()
        # A person says so, whatever is there.
        order.move_raw_ids.move_line_ids = [
            Command.clear(),
            Command.create(
                {
                    **order.move_raw_ids._prepare_move_line_vals(),
                    "lot_id": lot.id,
                    "quantity": order.move_raw_ids.product_uom_qty,
                }
            ),
        ]
        self.add_stock(component, -6, lot)
        self.assert_alike(order)

    def test_orders_of_which_something_was_reported(self):
        component = self.create_product("Component", stock=50)
        by_lot = self.create_product("By Lot", tracking="lot")
        for name in ("L1", "L2"):
            self.add_stock(by_lot, 10, self.create_lot(by_lot, name))
        bom = self.create_bom((component, 2, {}), (by_lot, 1, {}))
        orders = self.make_orders([bom], 5)
        for order in orders[1:3]:
            order.qty_producing = order.product_qty
            order.set_qty_producing()
        self.assert_alike(orders)

    def test_finished_serial_number_that_is_made_in_the_call(self):
        """Core then fills in the order itself: in its turn, as before."""
        finished = self.create_product("By Serial", tracking="serial")
        by_lot = self.create_product("By Lot", tracking="lot")
        other = self.create_product("Other", stock=20)
        for name in ("L1", "L2", "L3"):
            self.add_stock(by_lot, 2, self.create_lot(by_lot, name))
        with_serial = self.create_bom((by_lot, 1, {}), (other, 1, {}), product=finished)
        without = self.create_bom((by_lot, 1, {}), (other, 1, {}))
        orders = self.env["mrp.production"].create(
            [
                {
                    "product_id": bom.product_tmpl_id.product_variant_id.id,
                    "bom_id": bom.id,
                    "product_qty": 1,
                }
                for bom in (without, with_serial, without)
            ]
        )
        orders.action_confirm()
        orders.do_unreserve()
        at_once, one_by_one, core = (
            # The finished lot is another one each time.
            [row[-1] for row in rows["moves"] if row[0] in orders.move_raw_ids.ids]
            for _type, rows in self.complete_in_each_way(orders)
        )
        self.assertEqual(at_once, one_by_one)
        self.assertEqual(one_by_one, core)

    def test_waiting_deliveries_of_what_is_produced(self):
        component = self.create_product("Component", stock=50)
        bom = self.create_bom((component, 1, {}))
        customers = self.env.ref("stock.stock_location_customers")
        deliveries = self.env["stock.move"].create(
            [
                {
                    "product_id": self.finished.id,
                    "product_uom_qty": 1,
                    "location_id": self.stock.id,
                    "location_dest_id": customers.id,
                    "picking_type_id": self.warehouse.out_type_id.id,
                }
                for _index in range(6)
            ]
        )
        deliveries._action_confirm()
        self.assert_alike(self.make_orders([bom], 3))

    def test_components_under_a_rule(self):
        """Blocked or parked, core has no say: but one by one is no other result."""
        component = self.create_product("Scarce", stock=5)
        by_lot = self.create_product("By Lot", tracking="lot")
        self.add_stock(by_lot, 4, self.create_lot(by_lot, "L1"))
        bom = self.create_bom((component, 2, {}), (by_lot, 1, {}))
        for rule in ("block", "park"):
            self.company.shortage_rule = rule
            orders = self.make_orders([bom], 4)
            orders.do_unreserve()
            at_once = self.complete_and_undo(orders, "button_mark_done")
            with shortcuts_off(self.env):
                one_by_one = self.complete_and_undo(orders, "button_mark_done")
            self.assertEqual(at_once, one_by_one)

    def test_finished_product_that_is_where_products_come_from(self):
        """Core takes its owner over, and so on: it is left to core."""
        owner = self.env["res.partner"].create({"name": "Owner"})
        finished = self.create_product("Finished")
        self.env["stock.quant"]._update_available_quantity(
            finished, finished.property_stock_production, 3, owner_id=owner
        )
        component = self.create_product("Component", stock=50)
        bom = self.create_bom((component, 1, {}), product=finished)
        orders = self.make_orders([bom], 4)
        orders.do_unreserve()
        _type, rows = self.assert_alike(orders)
        self.assertIn(owner.id, [quant[3] for quant in rows["quants"]])

    def test_what_is_produced_is_put_away(self):
        finished = self.create_product("Finished")
        self.env["stock.putaway.rule"].create(
            {
                "product_id": finished.id,
                "location_in_id": self.stock.id,
                "location_out_id": self.shelves[1].id,
            }
        )
        component = self.create_product("Component", stock=50)
        orders = self.make_orders(
            [self.create_bom((component, 1, {}), product=finished)], 3
        )
        orders.do_unreserve()
        _type, rows = self.assert_alike(orders)
        places = {quant[1] for quant in rows["quants"] if quant[0] == finished.id}
        self.assertIn(self.shelves[1].id, places)

    def test_deviations_from_the_bom_are_asked_about(self):
        """Orders of equal quantities, one of which used more."""
        component = self.create_product("Component", stock=50)
        orders = self.make_orders([self.create_bom((component, 2, {}))], 5)
        orders.bom_id.consumption = orders.consumption = "warning"
        odd = orders[2]
        odd.qty_producing = odd.product_qty
        odd.move_raw_ids.quantity = 2 * odd.product_qty + 1
        odd.move_raw_ids.picked = True
        asked = []
        for way in (nullcontext, shortcuts_off):
            with way(self.env):
                savepoint = self.cr.savepoint()
                action = orders.button_mark_done()
                self.assertEqual(action["res_model"], "mrp.consumption.warning")
                lines = action["context"]["default_mrp_consumption_warning_line_ids"]
                asked.append([line[2] for line in lines])
                savepoint.rollback()
                savepoint.close()
                self.env.invalidate_all()
        self.assertEqual(asked[0], asked[1])
        [line] = asked[0]
        self.assertEqual(line["mrp_production_id"], odd.id)

    def test_companies_that_disagree_are_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        lot_of_other = self.env["stock.location"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        component = self.create_product("Component", stock=50)
        orders = self.make_orders([self.create_bom((component, 1, {}))], 3)
        orders.do_unreserve()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE stock_move SET location_dest_id = %s WHERE id = %s",
            [lot_of_other.id, orders[1].move_raw_ids.id],
        )
        self.env.invalidate_all()
        refusal = self.assert_alike(orders)
        self.assertIn("Theirs", refusal)
        self.assertIn("company", refusal)

    def test_reordering_rule_that_comes_between(self):
        """What the cache knows about a product's rules holds until there is one."""
        component = self.create_product("Component", stock=50)
        first, second = self.make_orders([self.create_bom((component, 1, {}))], 2)
        first.button_mark_done()
        self.create_orderpoint(component)
        orderpoint = component.orderpoint_ids
        before = orderpoint.qty_forecast
        second.button_mark_done()
        self.assertEqual(
            orderpoint.qty_forecast,
            component.with_context(location=self.stock.id).virtual_available,
        )
        self.assertEqual(before, orderpoint.qty_forecast)


@tagged("post_install", "-at_install")
class TestStatements(BatchCase):
    """The database is asked about all components, not about each."""

    def prepare(self, number, components, tracking="none"):
        lots = {"lots": 5} if tracking == "lot" else {}
        parts = self.create_parts(components, quantity=5 * number, **lots)
        finished = self.create_product("Finished")
        bom = self.create_bom(*((part, 2, {}) for part in parts), product=finished)
        orders = self.env["mrp.production"].create(
            [
                {"product_id": finished.id, "bom_id": bom.id, "product_qty": 1}
                for _index in range(number)
            ]
        )
        orders.action_confirm()
        orders.do_unreserve()
        self.env.flush_all()
        return orders

    def count(self, orders):
        """:return: SQL statements per component of completing them, which is undone"""
        components = len(orders.move_raw_ids)
        savepoint = self.cr.savepoint()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.assertIs(orders.button_mark_done(), True)
        self.env.flush_all()
        count = self.cr.sql_log_count - before
        savepoint.rollback()
        savepoint.close()
        self.env.invalidate_all()
        return count / components

    def check_statements(self, number, components):
        """Core takes 8 for a component that is reserved, and 19 for another; here an
        order takes some 80 by itself, the next ones 5, and none for a component."""
        for tracking in ("lot", "none"):
            orders = self.prepare(number, components, tracking)
            self.assertLessEqual(self.count(orders), 0.9, tracking)
        orders.action_assign()
        self.assertLessEqual(self.count(orders), 0.9, "reserved")

    @needs_shortcuts
    def test_one_order_of_many_components(self):
        self.check_statements(1, profiles.choose(120, 500))

    @needs_shortcuts
    def test_one_order_of_10_components(self):
        """What an order costs by itself, as in the background: core takes nearly 30."""
        self.assertLessEqual(self.count(self.prepare(1, 10)), 8.4)

    @needs_shortcuts
    def test_many_orders_of_10_components(self):
        self.check_statements(profiles.choose(20, 200), 10)

    def test_a_component_costs_the_same_in_large_calls(self):
        for few, many in (((1, 40), (1, 120)), ((8, 5), (24, 5))):
            ratio = self.count(self.prepare(*many)) / self.count(self.prepare(*few))
            self.assertLessEqual(ratio, 1.15, (few, many))
