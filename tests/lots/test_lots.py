import random
from datetime import timedelta
from unittest import SkipTest

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.misc import format_date

from ...models.call_scope import LOTS_CHOSEN_BY_SYSTEM
from ..common import BackflushCase
from ..profiles import choose


class LotCase(BackflushCase):
    """A pump of 1 motor (serial number) and 2 kg of resin (lots), 3 to make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resin = cls.create_product("Resin", tracking="lot")
        cls.motor = cls.create_product("Motor", tracking="serial")
        cls.old_resin = cls.create_lot(cls.resin, "R-OLD")
        cls.new_resin = cls.create_lot(cls.resin, "R-NEW")
        cls.add_stock(cls.resin, 100, lot=cls.old_resin)
        cls.add_stock(cls.resin, 100, lot=cls.new_resin)
        cls.motors = cls.env["stock.lot"]
        for number in range(1, 7):
            motor = cls.create_lot(cls.motor, f"M-{number}")
            cls.add_stock(cls.motor, 1, lot=motor)
            cls.motors += motor
        cls.bom = cls.create_bom((cls.resin, 2, {}), consumption="flexible")
        cls.motor_bom = cls.create_bom((cls.motor, 1, {}), consumption="flexible")

    def resin_order(self, reserve=True, **values):
        order = self.create_order(self.bom, quantity=3, **values)
        if not reserve:
            order.do_unreserve()
        return order

    def motor_order(self, reserve=True):
        order = self.create_order(self.motor_bom, quantity=3)
        if not reserve:
            order.do_unreserve()
        return order

    def line_vals(self, component, lot, quantity):
        return {
            "move_id": component.id,
            "product_id": component.product_id.id,
            "location_id": component.location_id.id,
            "location_dest_id": component.location_dest_id.id,
            "lot_id": lot.id,
            "quantity": quantity,
        }

    def assert_lots(self, component, *expected):
        """:param expected: (lot, quantity, origin) of each line"""
        self.assertEqual(
            sorted(
                (line.lot_id.name, line.quantity, line.lot_origin)
                for line in component.move_line_ids
            ),
            sorted((lot.name, quantity, origin) for lot, quantity, origin in expected),
        )


@tagged("post_install", "-at_install")
class TestLotOrigin(LotCase):
    # The system's choice.

    def test_reservation_infers(self):
        component = self.resin_order().move_raw_ids
        self.assert_lots(component, (self.old_resin, 6, "inferred"))

    def test_filling_infers(self):
        order = self.resin_order(reserve=False)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_lots(order.move_raw_ids, (self.old_resin, 6, "inferred"))

    def test_filling_infers_serial_numbers(self):
        order = self.motor_order(reserve=False)
        order.button_mark_done()
        self.assertEqual(
            order.move_raw_ids.move_line_ids.mapped("lot_origin"), ["inferred"] * 3
        )

    def test_typed_quantity_infers(self):
        component = self.resin_order(reserve=False).move_raw_ids
        component.quantity = 5
        self.assert_lots(component, (self.old_resin, 5, "inferred"))

    def test_no_mark_without_a_lot(self):
        screw = self.create_product("Screw", stock=100)
        order = self.create_order(self.create_bom((screw, 1, {})))
        self.assertTrue(order.move_raw_ids.move_line_ids)
        self.assertFalse(order.move_raw_ids.move_line_ids.lot_origin)

    def test_no_mark_on_transfers(self):
        move = self.env["stock.move"].create(
            {
                "product_id": self.resin.id,
                "product_uom_qty": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.create_location("Shelf").id,
            }
        )
        move._action_confirm()
        move._action_assign()
        self.assertEqual(move.move_line_ids.lot_id, self.old_resin)
        self.assertFalse(move.move_line_ids.lot_origin)
        move.move_line_ids.lot_id = self.new_resin
        self.assertFalse(move.move_line_ids.lot_origin)
        move.move_line_ids.copy({"lot_origin": "confirmed"})
        self.assertFalse(any(move.move_line_ids.mapped("lot_origin")))

    def test_finished_lot_has_no_mark(self):
        pump = self.create_product("Pump", tracking="lot")
        bom = self.create_bom((self.resin, 1, {}), product=pump)
        order = self.create_order(bom, quantity=1)
        order.lot_producing_ids = self.create_lot(pump, "P-1")
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertFalse(order.move_finished_ids.move_line_ids.lot_origin)

    # A person's choice.

    def test_created_line_confirms(self):
        component = self.resin_order(reserve=False).move_raw_ids
        self.env["stock.move.line"].create(self.line_vals(component, self.new_resin, 6))
        self.assert_lots(component, (self.new_resin, 6, "confirmed"))

    def test_line_picked_from_a_quant_confirms(self):
        component = self.resin_order(reserve=False).move_raw_ids
        quant = self.env["stock.quant"]._gather(
            self.resin, self.stock, lot_id=self.new_resin, strict=True
        )
        vals = self.line_vals(component, self.new_resin, 6)
        vals.pop("lot_id")
        component.write(
            {"move_line_ids": [Command.create({**vals, "quant_id": quant.id})]}
        )
        self.assert_lots(component, (self.new_resin, 6, "confirmed"))

    def test_other_lot_on_a_line_confirms(self):
        component = self.resin_order().move_raw_ids
        component.move_line_ids.lot_id = self.new_resin
        self.assert_lots(component, (self.new_resin, 6, "confirmed"))

    def test_same_lot_scanned_confirms(self):
        component = self.resin_order().move_raw_ids
        component.move_line_ids.lot_id = self.old_resin
        self.assert_lots(component, (self.old_resin, 6, "confirmed"))

    def test_lot_taken_away(self):
        component = self.resin_order().move_raw_ids
        component.move_line_ids.lot_id = False
        self.assertFalse(component.move_line_ids.lot_origin)

    def test_detailed_operations_confirm(self):
        component = self.resin_order().move_raw_ids
        form = Form(component, view="mrp.view_stock_move_operations_raw")
        with form.move_line_ids.edit(0) as line:
            self.assertEqual(line.lot_origin, "inferred")
            line.quant_id = self.env["stock.quant"]._gather(
                self.resin, self.stock, lot_id=self.new_resin, strict=True
            )
        form.save()
        self.assert_lots(component, (self.new_resin, 6, "confirmed"))

    def test_quantity_on_a_line_does_not_confirm(self):
        component = self.resin_order().move_raw_ids
        line = component.move_line_ids
        component.write({"move_line_ids": [Command.update(line.id, {"quantity": 4})]})
        self.assert_lots(component, (self.old_resin, 4, "inferred"))

    def test_lots_of_a_component_confirm(self):
        component = self.motor_order(reserve=False).move_raw_ids
        component.lot_ids = self.motors[3:6]
        self.assert_lots(
            component, *((motor, 1, "confirmed") for motor in self.motors[3:6])
        )

    def test_only_lots_that_a_person_adds_are_confirmed(self):
        component = self.motor_order().move_raw_ids
        self.assertEqual(component.lot_ids, self.motors[:3])
        component.write(
            {
                "lot_ids": [
                    Command.unlink(self.motors[2].id),
                    Command.link(self.motors[5].id),
                ]
            }
        )
        self.assert_lots(
            component,
            (self.motors[0], 1, "inferred"),
            (self.motors[1], 1, "inferred"),
            (self.motors[5], 1, "confirmed"),
        )

    def test_lots_that_were_reserved_are_confirmed_by_naming_them(self):
        component = self.motor_order().move_raw_ids
        component.write({"lot_ids": [Command.set(self.motors[:3].ids)]})
        self.assert_lots(
            component, *((motor, 1, "confirmed") for motor in self.motors[:3])
        )

    def test_system_tops_up_what_a_person_began(self):
        order = self.resin_order(reserve=False)
        component = order.move_raw_ids
        self.env["stock.move.line"].create(
            self.line_vals(component, self.create_lot(self.resin, "R-1"), 4)
        )
        self.assertEqual(component.move_line_ids.lot_origin, "confirmed")
        order.qty_producing = 3
        order.set_qty_producing()
        self.assertEqual(
            sorted(
                (line.lot_origin, line.quantity) for line in component.move_line_ids
            ),
            [("confirmed", 4), ("inferred", 2)],
        )

    def test_explicit_origin_wins(self):
        component = self.resin_order(reserve=False).move_raw_ids
        vals = self.line_vals(component, self.new_resin, 6)
        self.env["stock.move.line"].create({**vals, "lot_origin": "inferred"})
        self.assert_lots(component, (self.new_resin, 6, "inferred"))

    def test_backorder_keeps_the_marks(self):
        order = self.resin_order()
        component = order.move_raw_ids
        line = component.move_line_ids
        line.quantity = 3
        self.env["stock.move.line"].create(self.line_vals(component, self.new_resin, 3))
        parts = order._split_productions({order: [1, 2]})
        # 2 kg a pump: 2 of the 3 inferred, then 1 inferred and 3 confirmed.
        self.assert_lots(parts[0].move_raw_ids, (self.old_resin, 2, "inferred"))
        self.assert_lots(
            parts[1].move_raw_ids,
            (self.old_resin, 1, "inferred"),
            (self.new_resin, 3, "confirmed"),
        )

    def test_mark_of_the_system_can_not_be_sent(self):
        for value in (True, "system", {"system": True}):
            context = dict.fromkeys(("lots_chosen_by", "lots_chosen_by_system"), value)
            component = (
                self.resin_order(reserve=False).with_context(**context).move_raw_ids
            )
            self.env["stock.move.line"].with_context(**context).create(
                self.line_vals(component, self.new_resin, 6)
            )
            self.assert_lots(component, (self.new_resin, 6, "confirmed"))

    def test_mark_of_the_system_does_not_leak(self):
        order = self.resin_order()
        order.action_assign()
        order.qty_producing = 3
        order.set_qty_producing()
        for records in (order, order.move_raw_ids, order.move_raw_ids.move_line_ids):
            self.assertFalse(LOTS_CHOSEN_BY_SYSTEM.get(records.env))


@tagged("post_install", "-at_install")
class TestConfirmLot(LotCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.worker = cls.create_user("worker", "mrp.group_mrp_user")

    def test_reserved_lot(self):
        order = self.resin_order()
        lines = order.move_raw_ids.move_line_ids
        lines.with_user(self.worker).action_confirm_lot()
        self.assert_lots(order.move_raw_ids, (self.old_resin, 6, "confirmed"))

    def test_posted_lots_in_one_message(self):
        order = self.motor_order()
        order.button_mark_done()
        messages = order.message_ids
        order.move_raw_ids.move_line_ids.with_user(self.worker).action_confirm_lot()
        self.assert_lots(
            order.move_raw_ids,
            *((motor, 1, "confirmed") for motor in self.motors[:3]),
        )
        message = order.message_ids - messages
        self.assertEqual(len(message), 1)
        for motor in self.motors[:3]:
            self.assertIn(motor.name, message.body)
        self.assertEqual(message.author_id, self.worker.partner_id)

    def test_nothing_is_said_twice(self):
        order = self.resin_order()
        lines = order.move_raw_ids.move_line_ids
        lines.action_confirm_lot()
        messages = order.message_ids
        lines.action_confirm_lot()
        self.assertEqual(order.message_ids, messages)

    def test_line_of_a_transfer_or_without_a_lot(self):
        screw = self.create_product("Screw", stock=100)
        order = self.create_order(self.create_bom((screw, 1, {})))
        with self.assertRaises(UserError):
            order.move_raw_ids.move_line_ids.action_confirm_lot()
        done = self.resin_order()
        done.button_mark_done()
        with self.assertRaises(UserError):
            done.move_finished_ids.move_line_ids.action_confirm_lot()

    def test_never_back_to_inferred(self):
        order = self.resin_order()
        line = order.move_raw_ids.move_line_ids.with_user(self.worker)
        line.write({"lot_origin": "confirmed"})
        self.assertEqual(line.lot_origin, "confirmed")
        for origin in ("inferred", False):
            with self.assertRaises(AccessError):
                line.write({"lot_origin": origin})
        with self.assertRaises(AccessError):
            line.write({"lot_id": self.new_resin.id, "lot_origin": "inferred"})

    def test_not_for_users_of_inventory(self):
        clerk = self.create_user("clerk", "stock.group_stock_user")
        line = self.resin_order().move_raw_ids.move_line_ids.with_user(clerk)
        with self.assertRaises(AccessError):
            line.action_confirm_lot()

    def test_found_by_filter(self):
        order = self.resin_order()
        line = order.move_raw_ids.move_line_ids
        domain = [("product_id", "=", self.resin.id), ("lot_origin", "=", "inferred")]
        self.assertEqual(self.env["stock.move.line"].search(domain), line)
        line.action_confirm_lot()
        self.assertFalse(self.env["stock.move.line"].search(domain))

    def test_traceability_report(self):
        pump = self.create_product("Pump", tracking="lot")
        bom = self.create_bom((self.resin, 1, {}), (self.motor, 1, {}), product=pump)
        order = self.create_order(bom, quantity=1)
        order.lot_producing_ids = self.create_lot(pump, "P-1")
        self.component(order, self.motor).move_line_ids.action_confirm_lot()
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        report = self.env["stock.traceability.report"]
        top = report.with_context(
            active_id=order.id, model="mrp.production"
        ).get_main_lines()
        self.assertEqual([line["lot_origin"] for line in top], [False])
        lines = report.get_lines(
            top[0]["id"],
            model_id=top[0]["model_id"],
            model_name=top[0]["model"],
            level=1,
        )
        self.assertEqual(
            {line["lot_name"]: line["lot_origin_label"] for line in lines},
            {"R-OLD": "inferred", "M-1": "confirmed"},
        )
        body = self.env["ir.ui.view"]._render_template(
            "stock.report_stock_body_print", {"lines": lines}
        )
        self.assertIn("(inferred)", body)
        self.assertIn("(confirmed)", body)


@tagged("post_install", "-at_install")
class TestLotRules(LotCase):
    def assert_refused(self, orders, *words):
        """Done is refused with these words, and nothing is posted."""
        posted = orders.move_raw_ids.filtered(lambda move: move.state == "done")
        with self.assertRaises(UserError) as error:
            orders.button_mark_done()
        for word in words:
            self.assertIn(word, str(error.exception))
        self.assertEqual(
            orders.move_raw_ids.filtered(lambda move: move.state == "done"), posted
        )
        self.assertNotIn("done", orders.mapped("state"))

    def test_automatic_is_the_default(self):
        self.assertEqual(self.company.lot_rule, "automatic")
        self.assertEqual(self.company.serial_rule, "automatic")
        orders = self.resin_order() + self.motor_order()
        orders.button_mark_done()
        self.assertEqual(set(orders.mapped("state")), {"done"})

    def test_refused_before_core_asks_anything(self):
        self.company.lot_rule = "scan"
        order = self.resin_order(reserve=False)
        order.qty_producing = 1
        order.set_qty_producing()
        # Else core would ask about a backorder.
        self.assert_refused(order, "Resin")
        untouched = self.create_order(self.bom, quantity=3)
        untouched.bom_id.consumption = "strict"
        self.assert_refused(untouched, "Resin")

    def test_only_what_is_posted_counts(self):
        self.company.lot_rule = "scan"
        order = self.resin_order()
        component = order.move_raw_ids
        # As in the detailed operations: reserved lines stay, and are not posted.
        component.manual_consumption = True
        self.env["stock.move.line"].create(
            {**self.line_vals(component, self.new_resin, 6), "picked": True}
        )
        order.qty_producing = 3
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_lots(component, (self.new_resin, 6, "confirmed"))

    def test_each_rule_is_for_its_own_tracking(self):
        self.company.serial_rule = "scan"
        resin, motor = self.resin_order(), self.motor_order()
        resin.button_mark_done()
        self.assertEqual(resin.state, "done")
        self.assert_refused(motor, "Motor")
        self.company.write({"serial_rule": "automatic", "lot_rule": "scan"})
        motor.button_mark_done()
        self.assertEqual(motor.state, "done")

    def test_unreserved_component_is_refused(self):
        self.company.lot_rule = "scan"
        self.assert_refused(self.resin_order(reserve=False), "Resin")

    def test_reserved_lot_is_not_scanned(self):
        self.company.lot_rule = "scan"
        self.assert_refused(self.resin_order(), "Resin")

    def test_quantity_typed_on_the_order_is_not_a_scan(self):
        self.company.lot_rule = "scan"
        order = self.resin_order()
        with Form(order) as form:
            form.qty_producing = 3
        self.assert_refused(order, "Resin")

    def test_scanned_lot_is_posted(self):
        self.company.lot_rule = "scan"
        order = self.resin_order()
        order.move_raw_ids.move_line_ids.lot_id = self.new_resin
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_lots(order.move_raw_ids, (self.new_resin, 6, "confirmed"))

    def test_confirmed_lot_is_posted(self):
        self.company.lot_rule = "scan"
        order = self.resin_order()
        order.move_raw_ids.move_line_ids.action_confirm_lot()
        order.button_mark_done()
        self.assertEqual(order.state, "done")

    def test_part_of_the_quantity_is_not_enough(self):
        self.company.lot_rule = "scan"
        order = self.resin_order(reserve=False)
        self.env["stock.move.line"].create(
            self.line_vals(order.move_raw_ids, self.new_resin, 4)
        )
        self.assert_refused(order, "Resin")

    def test_what_core_fills_in_at_done_is_refused_there(self):
        """Past the first check: all of the lot was scanned, then more is needed."""
        self.company.lot_rule = "scan"
        order = self.resin_order(reserve=False)
        lot = self.create_lot(self.resin, "R-3")
        self.add_stock(self.resin, 6, lot=lot)
        self.env["stock.move.line"].create(self.line_vals(order.move_raw_ids, lot, 6))
        order.move_raw_ids.picked = True
        order.move_raw_ids._set_quantity_done(8)
        with self.assertRaises(UserError):
            order._post_inventory()
        self.assertNotEqual(order.move_raw_ids.state, "done")

    def test_one_error_lists_all_components_of_all_orders(self):
        self.company.write({"lot_rule": "scan", "serial_rule": "scan"})
        both = self.create_bom((self.resin, 1, {}), (self.motor, 1, {}))
        orders = self.resin_order() + self.create_order(both, quantity=1)
        self.assert_refused(orders, "Resin", "Motor", orders[0].name, orders[1].name)

    def test_untracked_components_are_not_asked_for(self):
        self.company.write({"lot_rule": "scan", "serial_rule": "scan"})
        screw = self.create_product("Screw", stock=100)
        order = self.create_order(self.create_bom((screw, 1, {})))
        order.button_mark_done()
        self.assertEqual(order.state, "done")

    def test_manual_component_that_nobody_issues(self):
        self.company.lot_rule = "scan"
        self.resin.issue_method = "manual"
        order = self.resin_order()
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(order.move_raw_ids.issue_state, "not_issued")

    def test_manual_component_recorded_without_scan(self):
        self.company.lot_rule = "scan"
        self.resin.issue_method = "manual"
        order = self.resin_order()
        order.move_raw_ids.action_record_planned()
        self.assert_refused(order, "Resin")
        order.move_raw_ids.move_line_ids.action_confirm_lot()
        order.button_mark_done()
        self.assertEqual(order.state, "done")

    def test_component_left_out_is_not_asked_for(self):
        self.company.lot_rule = "scan"
        self.resin.issue_method = "manual"
        order = self.resin_order()
        order.move_raw_ids.action_record_unused()
        order.button_mark_done()
        self.assertEqual(order.state, "done")

    def test_new_lot_that_a_person_names(self):
        self.company.lot_rule = "scan"
        self.warehouse.manu_type_id.use_create_components_lots = True
        order = self.resin_order(reserve=False)
        vals = self.line_vals(order.move_raw_ids, self.new_resin, 6)
        vals.pop("lot_id")
        self.env["stock.move.line"].create({**vals, "lot_name": "R-3"})
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(order.move_raw_ids.move_line_ids.lot_id.name, "R-3")
        self.assertEqual(order.move_raw_ids.move_line_ids.lot_origin, "confirmed")

    def test_part_of_the_order(self):
        self.company.lot_rule = "scan"
        order = self.resin_order(reserve=False)
        self.env["stock.move.line"].create(
            self.line_vals(order.move_raw_ids, self.new_resin, 2)
        )
        order.qty_producing = 1
        order.set_qty_producing()
        self.finish(order.button_mark_done())
        self.assertEqual(order.state, "done")
        self.assert_lots(order.move_raw_ids, (self.new_resin, 2, "confirmed"))

    def test_rule_is_not_a_users_to_set(self):
        worker = self.create_user("worker", "mrp.group_mrp_user")
        with self.assertRaises(AccessError):
            self.company.with_user(worker).lot_rule = "scan"

    def test_subcontracting_order(self):
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            self.skipTest("mrp_subcontracting is not installed")
        self.company.lot_rule = "scan"
        subcontractor = self.env["res.partner"].create({"name": "Subcontractor"})
        self.create_bom(
            (self.resin, 1, {}),
            product=self.create_product("Lamp"),
            type="subcontract",
            subcontractor_ids=[Command.set(subcontractor.ids)],
            consumption="flexible",
        )
        self.add_stock(
            self.resin,
            5,
            lot=self.old_resin,
            location=subcontractor.property_stock_subcontractor,
        )
        lamp = self.env["product.product"].search([("name", "=", "Lamp")], limit=1)
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "partner_id": subcontractor.id,
                "move_ids": [
                    Command.create({"product_id": lamp.id, "product_uom_qty": 1})
                ],
            }
        )
        receipt.action_confirm()
        order = receipt._get_subcontract_production()
        receipt.move_ids.picked = True
        receipt.button_validate()
        self.assertEqual(order.state, "done")


@tagged("post_install", "-at_install")
class TestIssuedSerialNumbers(LotCase):
    def issue(self, order, lots):
        """Post a part of the component before the order is done."""
        component = order.move_raw_ids.filtered(lambda move: move.state != "done")
        component._do_unreserve()
        issued = self.env["stock.move"].create(
            {
                "raw_material_production_id": order.id,
                "product_id": self.motor.id,
                "product_uom_qty": len(lots),
                "location_id": self.stock.id,
                "location_dest_id": order.production_location_id.id,
            }
        )
        issued._action_confirm(merge=False)
        issued._do_unreserve()
        for lot in lots:
            vals = self.line_vals(issued, lot, 1)
            self.env["stock.move.line"].create(
                {**vals, "production_id": order.id, "picked": True}
            )
        issued.picked = True
        issued._action_done()
        component.product_uom_qty -= len(lots)
        self.assertEqual(issued.state, "done")
        return issued

    def test_serial_issued_before_completion(self):
        order = self.motor_order()
        self.issue(order, self.motors[:2])
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(self.on_hand(self.motor), 3)

    def test_serial_that_another_order_consumed(self):
        self.issue(self.motor_order(), self.motors[:1])
        order = self.motor_order()
        self.issue(order, self.motors[1:2])
        component = order.move_raw_ids.filtered(lambda move: move.state != "done")
        component.lot_ids = self.motors[0] + self.motors[2]
        component.picked = True
        with self.assertRaises(UserError) as error:
            order.button_mark_done()
        self.assertIn("M-1", str(error.exception))

    def test_serial_twice_in_one_order(self):
        order = self.motor_order()
        self.issue(order, self.motors[:1])
        component = order.move_raw_ids.filtered(lambda move: move.state != "done")
        component.lot_ids = self.motors[0] + self.motors[2]
        component.picked = True
        with self.assertRaises(UserError) as error:
            order.button_mark_done()
        self.assertIn("M-1", str(error.exception))

    def test_a_client_hides_nothing_from_the_check(self):
        first = self.motor_order()
        first.button_mark_done()
        hidden = first.move_raw_ids.move_line_ids.ids
        order = self.motor_order(reserve=False).with_context(own_issues=hidden)
        order.move_raw_ids.lot_ids = self.motors[:3]
        order.move_raw_ids.picked = True
        with self.assertRaises(UserError):
            order.button_mark_done()


class ExpiredLotCase(LotCase):
    """R-OLD, 100 kg, is past its removal date since yesterday; R-NEW, 100 kg, is good
    for another month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "use_expiration_date" not in cls.env["product.template"]._fields:
            raise SkipTest("product_expiry is not installed")
        cls.resin.write({"use_expiration_date": True, "expiration_time": 30})
        cls.set_removal(cls.old_resin, -1)
        cls.set_removal(cls.new_resin, 30)

    @classmethod
    def set_removal(cls, lot, days):
        """:param days: from now"""
        moment = fields.Datetime.now() + timedelta(days=days)
        # The alert makes mrp_product_expiry ask, whatever is chosen.
        lot.write({"expiration_date": moment + timedelta(days=60)})
        lot.removal_date = moment

    def strategies(self):
        return {
            method: self.env.ref(f"stock.removal_{method}", False)
            or self.env.ref(f"product_expiry.removal_{method}")
            for method in ("fifo", "fefo")
        }


@tagged("post_install", "-at_install")
class TestExpiredLotsAsOdoo(ExpiredLotCase):
    """The default: core takes them where they were not reserved beforehand."""

    def test_completion_takes_them(self):
        for method, strategy in self.strategies().items():
            with self.subTest(method=method):
                self.category.removal_strategy_id = strategy
                order = self.resin_order(reserve=False)
                order.button_mark_done()
                self.assertEqual(order.state, "done")
                self.assert_lots(order.move_raw_ids, (self.old_resin, 6, "inferred"))

    def test_completion_takes_them_for_want_of_others(self):
        order = self.create_order(self.bom, quantity=60)
        order.do_unreserve()
        order.button_mark_done()
        # 120 kg needed: all of R-OLD, then 20 of R-NEW.
        self.assert_lots(
            order.move_raw_ids,
            (self.old_resin, 100, "inferred"),
            (self.new_resin, 20, "inferred"),
        )

    def test_reservation_leaves_them_out(self):
        component = self.resin_order().move_raw_ids
        self.assert_lots(component, (self.new_resin, 6, "inferred"))

    def test_issue_at_once_and_plan(self):
        order = self.resin_order(reserve=False)
        [plan] = order.get_backflush_plan()
        self.assertEqual([lot["name"] for lot in plan["lots"]], ["R-OLD"])
        self.assertEqual((plan["available"], plan["shortage"]), (200, 0))
        order.move_raw_ids.action_issue()
        self.assert_lots(
            order.move_raw_ids.issue_move_ids, (self.old_resin, 6, "inferred")
        )

    def test_shortage_rules(self):
        order = self.create_order(self.bom, quantity=60)
        order.do_unreserve()
        self.company.shortage_rule = "block"
        order.button_mark_done()
        self.assertEqual(order.state, "done")


@tagged("post_install", "-at_install")
class TestExpiredLotsSkipped(ExpiredLotCase):
    """``expired_lot_rule`` = skip: the system never chooses them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.expired_lot_rule = "skip"

    def big_order(self):
        """120 kg needed, of which 100 are good."""
        order = self.create_order(self.bom, quantity=60)
        order.do_unreserve()
        return order

    def assert_names_cause(self, error):
        message = str(error.exception)
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.assertIn(
            f"100 of R-OLD (since {format_date(self.env, yesterday)})", message
        )
        self.assertNotIn("R-NEW", message)

    def test_completion_leaves_them_out(self):
        for method, strategy in self.strategies().items():
            with self.subTest(method=method):
                self.category.removal_strategy_id = strategy
                order = self.resin_order(reserve=False)
                order.button_mark_done()
                self.assertEqual(order.state, "done")
                self.assert_lots(order.move_raw_ids, (self.new_resin, 6, "inferred"))

    def test_completion_says_why_there_are_not_enough(self):
        order = self.big_order()
        with self.assertRaises(UserError) as error:
            order.button_mark_done()
        self.assert_names_cause(error)
        self.assertIn("Enter the lot", str(error.exception))

    def test_reported_order_says_why_there_are_not_enough(self):
        order = self.big_order()
        self.report(order, 60)
        with self.assertRaises(UserError) as error:
            order.button_mark_done()
        self.assert_names_cause(error)

    def test_issue_at_once_says_why_there_are_not_enough(self):
        with self.assertRaises(UserError) as error:
            self.big_order().move_raw_ids.action_issue()
        self.assert_names_cause(error)

    def test_issue_at_start_says_why_there_are_not_enough(self):
        self.bom.bom_line_ids.issue_method = "start"
        order = self.big_order()
        with self.assertRaises(UserError) as error:
            order.action_start()
        self.assert_names_cause(error)

    def test_issue_at_start_leaves_them_out(self):
        self.bom.bom_line_ids.issue_method = "start"
        order = self.resin_order(reserve=False)
        order.action_start()
        self.assert_lots(
            order.move_raw_ids.issue_move_ids, (self.new_resin, 6, "inferred")
        )

    def test_lot_that_was_good_when_it_was_reserved(self):
        self.set_removal(self.old_resin, 1)
        order = self.resin_order()
        self.assert_lots(order.move_raw_ids, (self.old_resin, 6, "inferred"))
        self.set_removal(self.old_resin, -1)
        [plan] = order.get_backflush_plan()
        self.assertEqual([lot["name"] for lot in plan["lots"]], ["R-NEW"])
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_lots(order.move_raw_ids, (self.new_resin, 6, "inferred"))

    def test_lot_that_was_good_when_it_was_filled_in(self):
        self.set_removal(self.old_resin, 1)
        order = self.resin_order()
        self.report(order, 3)
        self.assertTrue(order.move_raw_ids.picked)
        self.set_removal(self.old_resin, -1)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_lots(order.move_raw_ids, (self.new_resin, 6, "inferred"))

    def test_order_that_is_late_reserves_what_is_good_today(self):
        # Core asks what was good on the day that was planned.
        order = self.create_order(self.bom, quantity=3, confirm=False)
        order.date_start = fields.Datetime.now() - timedelta(days=10)
        order.action_confirm()
        order.action_assign()
        self.assert_lots(order.move_raw_ids, (self.new_resin, 6, "inferred"))

    def test_plan_says_what_is_missing(self):
        [plan] = self.big_order().get_backflush_plan()
        self.assertEqual([lot["name"] for lot in plan["lots"]], ["R-NEW"])
        # On hand 200, of which nobody but a person may take 100.
        self.assertEqual((plan["on_hand"], plan["available"]), (200, 100))
        self.assertEqual(plan["shortage"], 20)

    def test_what_others_hold_of_them_is_counted_once(self):
        self.set_removal(self.old_resin, 1)
        other = self.resin_order()
        self.assert_lots(other.move_raw_ids, (self.old_resin, 6, "inferred"))
        self.set_removal(self.old_resin, -1)
        [plan] = self.big_order().get_backflush_plan()
        # 200 less 6 that the other order holds, less 94 that are free and expired.
        self.assertEqual((plan["reserved_by_others"], plan["available"]), (6, 100))

    def test_what_is_missing_is_parked(self):
        self.company.shortage_rule = "park"
        order = self.big_order()
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_lots(order.move_raw_ids, (self.new_resin, 100, "inferred"))
        exception = order.backflush_exception_ids
        self.assertEqual((exception.quantity, exception.reason), (20, "lot_expired"))
        self.assertIn("100 of R-OLD", exception.message)

    def test_what_is_missing_is_blocked(self):
        self.company.shortage_rule = "block"
        with self.assertRaises(UserError) as error:
            self.big_order().button_mark_done()
        self.assert_names_cause(error)

    def test_complete_orders(self):
        order = self.big_order()
        [forecast] = order._forecast_completion()
        self.assertEqual(list(forecast.shortages.values()), [20])
        [result] = order.complete_orders()
        self.assertEqual(result["result"], "failed")
        self.assertIn("100 of R-OLD", result["message"])

    def test_person_may_take_an_expired_lot(self):
        order = self.resin_order(reserve=False)
        self.env["stock.move.line"].create(
            self.line_vals(order.move_raw_ids, self.old_resin, 6)
        )
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_lots(order.move_raw_ids, (self.old_resin, 6, "confirmed"))

    def test_person_may_issue_an_expired_lot(self):
        component = self.resin_order(reserve=False).move_raw_ids
        component.action_issue(lot_ids=self.old_resin.ids)
        self.assert_lots(component.issue_move_ids, (self.old_resin, 6, "confirmed"))

    def test_transfers_are_as_ever(self):
        move = self.env["stock.move"].create(
            {
                "product_id": self.resin.id,
                "product_uom_qty": 120,
                "location_id": self.stock.id,
                "location_dest_id": self.create_location("Shelf").id,
            }
        )
        move._action_confirm()
        move.quantity = 120
        self.assertEqual(move.move_line_ids.lot_id, self.old_resin + self.new_resin)


@tagged("post_install", "-at_install")
class TestLotsAsCore(LotCase):
    """Without a rule and a person's word the lots are those that core fills in."""

    def hold(self, component, *held):
        component._do_unreserve()
        for lot, quantity in held:
            vals = self.line_vals(component, lot, quantity)
            with LOTS_CHOSEN_BY_SYSTEM.hold(self.env):
                self.env["stock.move.line"].create(vals)

    def test_lots_that_the_order_holds_are_made_up_first(self):
        """R-OLD is first by removal strategy, and the order holds 2 of R-NEW, of which
        100 - 2 = 98 are free. 6 needed: core makes up its line from R-NEW, and asks
        the strategy for nothing."""
        order = self.resin_order(reserve=False)
        self.hold(order.move_raw_ids, (self.new_resin, 2))
        [plan] = order.get_backflush_plan()
        self.assertEqual(
            [(lot["name"], lot["quantity"]) for lot in plan["lots"]], [("R-NEW", 6)]
        )
        order.button_mark_done()
        self.assert_lots(order.move_raw_ids, (self.new_resin, 6, "inferred"))

    def test_two_lots_are_made_up_in_the_order_of_their_lines(self):
        """120 needed, held 1 of R-NEW and 2 of R-OLD: R-NEW is made up to its 100, of
        R-OLD the 20 that are left are taken."""
        order = self.create_order(self.bom, quantity=60)
        self.hold(order.move_raw_ids, (self.new_resin, 1), (self.old_resin, 2))
        order.button_mark_done()
        self.assert_lots(
            order.move_raw_ids,
            (self.new_resin, 100, "inferred"),
            (self.old_resin, 20, "inferred"),
        )

    def test_less_than_what_is_held_leaves_the_first_lines(self):
        """Held 4 of R-NEW, 2 of R-OLD; of 2 pumps 4 are needed: those of R-NEW."""
        order = self.resin_order(reserve=False)
        self.hold(order.move_raw_ids, (self.new_resin, 4), (self.old_resin, 2))
        self.report(order, 2)
        self.assert_lots(order.move_raw_ids, (self.new_resin, 4, "inferred"))

    def test_what_was_filled_in_without_a_lot_stays_as_core_leaves_it(self):
        self.env["stock.quant"].search([("product_id", "=", self.resin.id)]).unlink()
        order = self.resin_order()
        order.qty_producing = 1
        order._set_qty_producing()
        self.add_stock(self.resin, 10, lot=self.new_resin)
        order.qty_producing = 3
        order._set_qty_producing()
        self.assertEqual(
            [
                (line.lot_id.name, line.quantity)
                for line in order.move_raw_ids.move_line_ids
            ],
            [(False, 2), ("R-NEW", 4)],
        )

    def test_completing_at_once_takes_what_core_fills_in(self):
        """Random stock, holders and orders: *Done* fills all components in from one
        plan; reported before, core's own ``_set_quantity_done`` fills each in."""
        for seed in range(choose(quick=8, nightly=100)):
            with self.subTest(seed=seed):
                planned, reported = (
                    self.create_random_order(random.Random(seed), name)
                    for name in ("planned", "reported")
                )
                shown = self.get_plan(planned)
                planned.button_mark_done()
                reported.qty_producing = reported.product_qty
                reported._set_qty_producing()
                reported.button_mark_done()
                self.assertEqual(planned.state, "done")
                self.assertEqual(reported.state, "done")
                self.assertEqual(self.get_lines(planned), self.get_lines(reported))
                self.assertEqual(shown, self.get_lots(reported))

    def create_random_order(self, chance, name):
        """An order of two components of one product, with stock in several lots and
        places, some of it held by others, some by the order."""
        tracking = chance.choice(("lot", "lot", "serial", "none"))
        strategy = chance.choice(("fifo", "lifo", "closest", "fefo"))
        if "use_expiration_date" not in self.env["product.template"]._fields:
            strategy = strategy.replace("fefo", "fifo")
        removal = self.env["product.removal"].search([("method", "=", strategy)])
        category = self.env["product.category"].create(
            {"name": name, "removal_strategy_id": removal.id}
        )
        product = self.create_product(name, tracking=tracking, categ_id=category.id)
        if strategy == "fefo":
            product.use_expiration_date = tracking != "none"
        # One clock for all: of two dates alike the strategy asks what comes next, which
        # a second between them would hide.
        now = fields.Datetime.now()
        shelves = [self.create_location(f"Shelf {number}") for number in (1, 2)]
        places = []
        for number in range(30 if tracking == "serial" else 6):
            lot = tracking != "none" and self.create_lot(product, f"L{number:02}")
            if lot and strategy == "fefo":
                lot.expiration_date = now + timedelta(days=300)
                days = chance.choice((-9, -2, 5, 30, None))
                lot.removal_date = days and now + timedelta(days=days)
            quantity = 1 if tracking == "serial" else chance.choice((5, 9, 30))
            place = chance.choice([self.stock, *shelves])
            self.add_stock(product, quantity, lot=lot or None, location=place)
            places.append((place, lot, quantity))
        age = self.env["stock.quant"].search([("product_id", "=", product.id)])
        for quant in age:
            quant.in_date = now - timedelta(days=chance.randrange(100))
        bom = self.create_bom(
            (product, chance.choice((1, 2)), {}),
            (product, 1, {}),
            product=self.create_product(f"{name} made"),
            consumption="flexible",
        )
        order = self.create_order(bom, quantity=chance.choice((3, 7, 9)))
        order.do_unreserve()
        for component in order.move_raw_ids:
            self.hold_at_random(chance, component, places)
        return order

    def hold_at_random(self, chance, component, places):
        open_quantity = component.product_uom_qty
        for place, lot, quantity in chance.sample(places, 2):
            free = self.env["stock.quant"]._get_available_quantity(
                component.product_id, place, lot_id=lot or None, strict=True
            )
            held = min(chance.choice((0, 1, 2)), free, quantity, open_quantity)
            if held > 0:
                open_quantity -= held
                vals = self.line_vals(component, lot, held) if lot else None
                vals = vals or {
                    "move_id": component.id,
                    "product_id": component.product_id.id,
                    "location_dest_id": component.location_dest_id.id,
                    "quantity": held,
                }
                with LOTS_CHOSEN_BY_SYSTEM.hold(self.env):
                    self.env["stock.move.line"].create(
                        {**vals, "location_id": place.id}
                    )

    def get_lines(self, order):
        return [
            [
                (line.location_id.name, line.lot_id.name, line.quantity)
                for line in component.move_line_ids.sorted("id")
            ]
            for component in order.move_raw_ids.sorted("id")
        ]

    def get_plan(self, order):
        return [
            sorted((lot["name"], lot["quantity"]) for lot in plan["lots"])
            for plan in order.get_backflush_plan()
        ]

    def get_lots(self, order):
        return [
            sorted(
                (line.lot_id.name, line.quantity)
                for line in component.move_line_ids
                if line.lot_id
            )
            for component in order.move_raw_ids.sorted("id")
        ]
