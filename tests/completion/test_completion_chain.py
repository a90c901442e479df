from contextlib import contextmanager

from odoo import Command
from odoo.tests import Form, tagged

from ..speed.shortcuts import needs_shortcuts
from .test_completion import CompletionCase

RULES = ("allow", "park", "block")


@tagged("post_install", "-at_install")
class TestSubAssembly(CompletionCase):
    """A door of 2 panels, a panel of 1 board: 20 boards and no panel are in stock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.board = cls.create_product("Board", stock=20)
        cls.panel = cls.create_product("Panel")
        cls.door = cls.create_product("Door")
        cls.panel_bom = cls.create_bom((cls.board, 1, {}), product=cls.panel)
        cls.door_bom = cls.create_bom((cls.panel, 2, {}), product=cls.door)

    def create_panels(self, quantity):
        return self.make(self.panel_bom, quantity)

    def create_doors(self, quantity):
        return self.make(self.door_bom, quantity)

    def make(self, bom, quantity, **values):
        order = self.env["mrp.production"].create(
            {"bom_id": bom.id, "product_qty": quantity, **values}
        )
        order.action_confirm()
        return order

    def open_dialog(self, orders, **values):
        """The dialog, which lists the orders by date."""
        for day, order in enumerate(orders, 1):
            order.date_start = f"2030-01-{day:02}"
        dialog = self.env["mrp.complete.orders"].with_context(
            **orders.action_complete_orders()["context"]
        )
        return dialog.create(values)

    def assert_forecast(self, orders, feasibility, **values):
        """:param feasibility: of each order, in the order in which they are served
        :return: the dialog
        """
        dialog = self.open_dialog(orders, **values)
        self.assertEqual(dialog.line_ids.production_id, orders)
        self.assertEqual(dialog.line_ids.mapped("feasibility"), feasibility)
        return dialog

    def assert_completed(self, orders, dialog, results):
        run = self.env["mrp.completion.run"].browse(
            dialog.action_complete_all()["res_id"]
        )
        self.assertEqual(
            run.line_ids.sorted("sequence").mapped("result"),
            results,
            run.line_ids.mapped("message"),
        )

    @contextmanager
    def under(self, rule):
        """Under one of the rules; afterwards all is as it was before."""
        with self.subTest(rule), self.env.cr.savepoint() as savepoint:
            self.set_rule(rule)
            yield
            savepoint.rollback()

    def test_sub_assembly_before_its_parent(self):
        """10 panels for 5 doors: made, and used up."""
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(10) + self.create_doors(5)
                dialog = self.assert_forecast(orders, ["feasible", "feasible"])
                self.assertFalse(dialog.shortage_ids)
                self.assert_completed(orders, dialog, ["done", "done"])
                self.assertEqual(self.on_hand(self.board), 10)
                self.assertEqual(self.on_hand(self.panel), 0)
                self.assertEqual(self.on_hand(self.door), 5)

    def test_both_are_completed_as_feasible(self):
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(10) + self.create_doors(5)
                self.open_dialog(orders).action_complete_feasible()
                self.assertEqual(orders.mapped("state"), ["done", "done"])
                self.assertFalse(orders.backflush_exception_ids)

    def test_parent_before_its_sub_assembly(self):
        """Nothing is there yet: 10 panels are missing."""
        results = {"allow": "done", "park": "exceptions", "block": "failed"}
        for rule in RULES:
            with self.under(rule):
                orders = self.create_doors(5) + self.create_panels(10)
                dialog = self.assert_forecast(orders, ["short", "feasible"])
                [missing] = dialog.shortage_ids
                self.assertEqual((missing.product_id, missing.short), (self.panel, 10))
                self.assert_completed(orders, dialog, [results[rule], "done"])

    def test_dragged(self):
        orders = self.create_doors(5) + self.create_panels(10)
        dialog = self.open_dialog(orders)
        with Form(dialog) as form, form.line_ids.edit(1) as line:
            line.sequence = -1
        by_order = {line.production_id: line for line in dialog.line_ids}
        self.assertEqual(by_order[orders[0]].feasibility, "feasible")
        self.assertEqual(by_order[orders[1]].feasibility, "feasible")
        self.assertEqual((dialog.feasible_count, dialog.short_count), (2, 0))
        dialog.action_complete_feasible()
        self.assertEqual(orders.mapped("state"), ["done", "done"])
        self.assertEqual(self.on_hand(self.panel), 0)

    def test_stock_and_what_is_produced_add_up(self):
        """3 in stock and 6 produced: of 10 that 5 doors take, 1 is missing."""
        self.add_stock(self.panel, 3)
        results = {"allow": "done", "park": "exceptions", "block": "failed"}
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(6) + self.create_doors(5)
                dialog = self.assert_forecast(orders, ["feasible", "short"])
                self.assertEqual(dialog.shortage_ids.short, 1)
                self.assert_completed(orders, dialog, ["done", results[rule]])
                if rule == "park":
                    self.assertEqual(orders.backflush_exception_ids.quantity, 1)

    def test_two_parents_share_it(self):
        """10 panels: 6 for 3 doors, and 4 of 6 for 3 more."""
        results = {"allow": "done", "park": "exceptions", "block": "failed"}
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(10)
                orders += self.create_doors(3) + self.create_doors(3)
                dialog = self.assert_forecast(orders, ["feasible", "feasible", "short"])
                self.assertEqual(dialog.shortage_ids.short, 2)
                self.assert_completed(orders, dialog, ["done", "done", results[rule]])

    def test_two_sub_assemblies_add_up(self):
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(4) + self.create_panels(6)
                orders += self.create_doors(5)
                dialog = self.assert_forecast(orders, ["feasible"] * 3)
                self.assert_completed(orders, dialog, ["done"] * 3)

    def test_sub_assembly_that_cannot_be_made(self):
        """20 boards for 30 panels: where the order fails, nothing is produced, and
        the doors have nothing to be made of."""
        self.set_rule("block")
        orders = self.create_panels(30) + self.create_doors(5)
        dialog = self.assert_forecast(orders, ["short", "short"])
        self.assert_completed(orders, dialog, ["failed", "failed"])

    def test_sub_assembly_that_needs_a_person(self):
        """Of 20 panels 10 are reported; whether a backorder is made is asked."""
        self.set_rule("block")
        orders = self.create_panels(20) + self.create_doors(5)
        self.report(orders[0], 10)
        dialog = self.assert_forecast(orders, ["person", "short"])
        self.assert_completed(orders, dialog, ["person", "failed"])
        dialog = self.assert_forecast(
            orders, ["feasible", "feasible"], backorder="create"
        )
        self.assert_completed(orders, dialog, ["done", "done"])

    def test_only_what_is_reported_is_counted(self):
        """Of 20 panels 8 are reported: 2 of 10 are missing."""
        self.set_rule("park")
        orders = self.create_panels(20) + self.create_doors(5)
        self.report(orders[0], 8)
        dialog = self.assert_forecast(orders, ["feasible", "short"], backorder="create")
        self.assertEqual(dialog.shortage_ids.short, 2)
        self.assert_completed(orders, dialog, ["done", "exceptions"])

    def test_three_levels(self):
        gate = self.create_product("Gate")
        gate_bom = self.create_bom((self.door, 5, {}), product=gate)
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(10) + self.create_doors(5)
                orders += self.make(gate_bom, 1)
                dialog = self.assert_forecast(orders, ["feasible"] * 3)
                self.assert_completed(orders, dialog, ["done"] * 3)

    def test_who_waits_for_it_goes_first(self):
        """A delivery waits for 4 of the 10: core reserves them for it as soon as they
        are there. 10 are for the doors, 4 are missing."""
        results = {"park": "exceptions", "block": "failed"}
        for rule in RULES:
            with self.under(rule):
                if rule == "allow":
                    # There completing takes what others reserved.
                    continue
                delivery = self.prepare_transfer(
                    self.panel, 4, self.stock, self.customer
                )
                delivery.move_ids.date = "2029-01-01"
                orders = self.create_panels(10) + self.create_doors(5)
                dialog = self.assert_forecast(orders, ["feasible", "short"])
                self.assertEqual(dialog.shortage_ids.short, 4)
                self.assert_completed(orders, dialog, ["done", results[rule]])
                self.assertEqual(delivery.state, "assigned")

    def test_who_it_is_made_to_order_for_goes_first(self):
        """6 panels are made to order for 3 doors, which lack a lock; 1 other door finds
        none of them."""
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        self.panel.route_ids = route | self.warehouse.manufacture_pull_id.route_id
        lock = self.create_product("Lock")
        bom = self.create_bom((self.panel, 2, {}), (lock, 1, {}), product=self.door)
        doors = self.make(bom, 3)
        panels = doors._get_children()
        self.assertEqual(panels.product_qty, 6)
        if panels.state == "draft":
            panels.action_confirm()
        self.panel.route_ids = False
        orders = panels | doors | self.create_doors(1)
        self.set_rule("block")
        dialog = self.assert_forecast(orders, ["feasible", "short", "short"])
        self.assert_completed(orders, dialog, ["done", "failed", "failed"])

    def test_who_waits_behind_gets_the_rest(self):
        for rule in RULES:
            with self.under(rule):
                delivery = self.prepare_transfer(
                    self.panel, 4, self.stock, self.customer
                )
                delivery.move_ids.date = "2031-01-01"
                orders = self.create_panels(12) + self.create_doors(5)
                dialog = self.assert_forecast(orders, ["feasible", "feasible"])
                self.assert_completed(orders, dialog, ["done", "done"])
                self.assertEqual(delivery.move_ids.quantity, 2)

    def test_what_waits_as_an_exception_goes_first(self):
        """2 doors were completed without their 4 panels: of 10 made, 6 are left, and
        4 of the 10 for 5 more doors are missing."""
        self.set_rule("park")
        self.complete(self.create_doors(2))
        orders = self.create_panels(10) + self.create_doors(5)
        dialog = self.assert_forecast(orders, ["feasible", "short"])
        self.assertEqual(dialog.shortage_ids.short, 4)
        self.assert_completed(orders, dialog, ["done", "exceptions"])
        self.assertEqual(orders.backflush_exception_ids.quantity, 4)

    def test_lots_produced(self):
        """Of a lot that completing the panels makes."""
        self.panel.tracking = "lot"
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(10) + self.create_doors(5)
                dialog = self.assert_forecast(orders, ["feasible", "feasible"])
                self.assert_completed(orders, dialog, ["done", "done"])
                self.assertEqual(
                    orders[1].move_raw_ids.lot_ids, orders[0].lot_producing_ids
                )

    def test_missing_lots_after_lots_produced(self):
        """8 of 10: core posts nothing of a lot that isn't there, under any rule."""
        self.panel.tracking = "lot"
        results = {"allow": "failed", "park": "exceptions", "block": "failed"}
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(8) + self.create_doors(5)
                dialog = self.assert_forecast(orders, ["feasible", "short"])
                self.assertEqual(dialog.shortage_ids.short, 2)
                self.assert_completed(orders, dialog, ["done", results[rule]])

    def test_lots_of_the_sub_assembly_must_be_scanned(self):
        """Nobody can have scanned what isn't made."""
        self.panel.tracking = "lot"
        self.company.lot_rule = "scan"
        self.set_rule("park")
        orders = self.create_panels(10) + self.create_doors(5)
        dialog = self.assert_forecast(orders, ["feasible", "short"])
        self.assert_completed(orders, dialog, ["done", "exceptions"])

    def test_serial_numbers_produced(self):
        self.panel.tracking = "serial"
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(2) + self.create_doors(1)
                orders[0].action_generate_serial()
                serials = self.env["stock.lot"].create(
                    [
                        {"name": f"P{number}", "product_id": self.panel.id}
                        for number in range(2)
                    ]
                )
                orders[0].lot_producing_ids = serials
                orders[0].qty_producing = 2
                orders[0]._set_qty_producing()
                dialog = self.assert_forecast(orders, ["feasible", "feasible"])
                self.assert_completed(orders, dialog, ["done", "done"])
                self.assertEqual(orders[1].move_raw_ids.lot_ids, serials)

    def test_two_steps(self):
        """Panels go into stock, doors are made of what was brought to the line."""
        self.warehouse.manufacture_steps = "pbm"
        self.set_rule("block")
        self.add_stock(self.board, 20, location=self.warehouse.pbm_loc_id)
        orders = self.create_panels(10) + self.create_doors(5)
        dialog = self.assert_forecast(orders, ["feasible", "short"])
        self.assert_completed(orders, dialog, ["done", "failed"])

    def test_two_steps_taken_from_stock(self):
        """Doors of which the panels are taken from stock all the same."""
        self.warehouse.manufacture_steps = "pbm"
        self.add_stock(self.board, 20, location=self.warehouse.pbm_loc_id)
        self.door_bom.bom_line_ids.supply_location_id = self.stock
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(10) + self.create_doors(5)
                dialog = self.assert_forecast(orders, ["feasible", "feasible"])
                self.assert_completed(orders, dialog, ["done", "done"])

    def test_put_away_to_a_shelf(self):
        shelf = self.create_location("Shelf")
        self.env["stock.putaway.rule"].create(
            {
                "product_id": self.panel.id,
                "location_in_id": self.stock.id,
                "location_out_id": shelf.id,
            }
        )
        self.set_rule("block")
        self.door_bom.bom_line_ids.supply_location_id = shelf
        orders = self.create_panels(10) + self.create_doors(5)
        self.assertEqual(orders[1].move_raw_ids.location_id, shelf)
        dialog = self.assert_forecast(orders, ["feasible", "feasible"])
        self.assert_completed(orders, dialog, ["done", "done"])

    def test_by_product(self):
        """Each panel leaves an off-cut, and a wedge is made of one."""
        offcut = self.create_product("Off-Cut")
        self.panel_bom.byproduct_ids = [
            Command.create({"product_id": offcut.id, "product_qty": 1})
        ]
        wedge_bom = self.create_bom(
            (offcut, 1, {}), product=self.create_product("Wedge")
        )
        results = {"allow": "done", "park": "exceptions", "block": "failed"}
        for rule in RULES:
            with self.under(rule):
                orders = self.create_panels(10) + self.make(wedge_bom, 9)
                orders += self.make(wedge_bom, 2)
                dialog = self.assert_forecast(orders, ["feasible", "feasible", "short"])
                self.assert_completed(orders, dialog, ["done", "done", results[rule]])

    def test_sub_assembly_in_dozens(self):
        """A dozen of panels is 12 of them: 10 for the doors, 2 are left."""
        self.set_rule("block")
        dozen = self.env.ref("uom.product_uom_dozen")
        orders = self.make(self.panel_bom, 1, product_uom_id=dozen.id)
        orders += self.create_doors(5)
        dialog = self.assert_forecast(orders, ["feasible", "feasible"])
        self.assert_completed(orders, dialog, ["done", "done"])
        self.assertEqual(self.on_hand(self.panel), 2)

    @needs_shortcuts
    def test_forecast_takes_a_bounded_number_of_statements(self):
        self.add_stock(self.board, 100)
        counts = []
        for number in (3, 12):
            orders = self.env["mrp.production"]
            for _each in range(number):
                orders += self.create_panels(2) + self.create_doors(1)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            forecasts = orders.browse(orders.ids)._forecast_completion()
            counts.append(self.cr.sql_log_count - before)
            self.assertTrue(all(each.is_feasible for each in forecasts))
            orders.action_cancel()
        self.assertLessEqual(counts[1], counts[0] + 1, counts)
