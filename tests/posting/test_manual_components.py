from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import BackflushCase


class ManualComponentCase(BackflushCase):
    """A table of 1 frame (backflushed) and 2 kg of glue (manual), 10 to make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=100)
        cls.glue = cls.create_product("Glue", stock=100)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}),
            (cls.glue, 2, {"issue_method": "manual"}),
            # What is asked at Done is tested apart from what is issued there.
            consumption="flexible",
        )

    def report(self, order, quantity):
        """Type the quantity produced, as on the form."""
        with Form(order) as form:
            form.qty_producing = quantity

    def assert_consumed(self, frame=None, glue=None):
        if frame is not None:
            self.assertEqual(100 - self.on_hand(self.frame), frame, "frames consumed")
        if glue is not None:
            self.assertEqual(100 - self.on_hand(self.glue), glue, "glue consumed")

    def assert_left_alone(self, order):
        """The order is done; its glue stayed on it at 0, shown as not issued."""
        self.assertEqual(order.state, "done")
        glue = self.component(order, self.glue)
        self.assertEqual(glue.quantity, 0)
        self.assertEqual(glue.issue_state, "not_issued")
        self.assertFalse(glue.is_recorded)
        self.assertEqual(self.component(order, self.frame).issue_state, "issued")


@tagged("post_install", "-at_install")
class TestManualMeansManual(ManualComponentCase):
    """No path issues a manual component but a person."""

    def test_produce_all(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_done_after_typing_the_quantity(self):
        order = self.create_order(self.bom)
        self.report(order, 10)
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_reserved_quantity_is_not_taken_for_a_record(self):
        order = self.create_order(self.bom)
        order.action_assign()
        glue = self.component(order, self.glue)
        self.assertEqual((glue.quantity, glue.issue_state), (20, "to_issue"))
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)
        reserved = self.env["stock.quant"]._gather(self.glue, self.stock)
        self.assertEqual(sum(reserved.mapped("reserved_quantity")), 0)

    def test_core_flag_from_an_operation_does_not_issue(self):
        """Core calls a component of an operation "manual", and picks it at Done."""
        bom = self.create_bom(
            (self.frame, 1, {}),
            (self.glue, 2, {"issue_method": "manual", "operation": "Gluing"}),
            operations=["Gluing"],
            consumption="flexible",
        )
        order = self.create_order(bom)
        self.assertTrue(self.component(order, self.glue).manual_consumption)
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_core_flag_with_quantity_typed_before(self):
        bom = self.create_bom(
            (self.frame, 1, {}),
            (self.glue, 2, {"issue_method": "manual", "operation": "Gluing"}),
            operations=["Gluing"],
            consumption="flexible",
        )
        order = self.create_order(bom)
        self.report(order, 10)
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def order_with_two_operations(self):
        bom = self.create_bom(
            (self.frame, 1, {"operation": "Cutting"}),
            (self.glue, 2, {"issue_method": "manual", "operation": "Gluing"}),
            operations=["Cutting", "Gluing"],
            consumption="flexible",
        )
        order = self.create_order(bom)
        return order, *order.workorder_ids

    def test_work_order_start_and_finish(self):
        order, cutting, gluing = self.order_with_two_operations()
        glue = self.component(order, self.glue)
        for step in (
            cutting.button_start,
            cutting.button_finish,
            gluing.button_start,
            gluing.button_finish,
        ):
            step()
            self.assertFalse(glue.picked, step.__name__)
            self.assertEqual(glue.issue_state, "to_issue")
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_manual_component_without_operation_and_work_orders(self):
        bom = self.create_bom(
            (self.frame, 1, {"operation": "Cutting"}),
            (self.glue, 2, {"issue_method": "manual"}),
            operations=["Cutting"],
            consumption="flexible",
        )
        order = self.create_order(bom)
        order.workorder_ids.button_start()
        order.workorder_ids.button_finish()
        self.assertFalse(self.component(order, self.glue).picked)
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_done_without_touching_the_work_orders(self):
        order = self.order_with_two_operations()[0]
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_change_quantity_wizard(self):
        order = self.create_order(self.bom)
        self.report(order, 10)
        self.change_quantity(order, 12)
        glue = self.component(order, self.glue)
        self.assertFalse(glue.picked)
        self.assertEqual(glue.product_uom_qty, 24)
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=12, glue=0)

    def test_change_quantity_wizard_keeps_a_record(self):
        order = self.create_order(self.bom)
        self.report(order, 10)
        glue = self.component(order, self.glue)
        glue.quantity = 7
        self.change_quantity(order, 2)
        self.assertEqual(glue.product_uom_qty, 4)
        self.assertEqual((glue.quantity, glue.picked), (7, True))
        order.button_mark_done()
        self.assert_consumed(frame=2, glue=7)

    def test_serial_wizard(self):
        self.finished.tracking = "serial"
        order = self.create_order(self.bom, quantity=3)
        action = order.action_generate_serial()
        dialog = self.open(action)
        dialog.serial_numbers = "SN1\nSN2\nSN3"
        dialog.press("action_apply")
        self.assertEqual(order.qty_producing, 3)
        self.assertFalse(self.component(order, self.glue).picked)
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=3, glue=0)

    def test_mass_production_that_sets_quantities(self):
        order = self.create_order(self.bom, quantity=3)
        orders = order._split_productions({order: [1, 1, 1]}, set_consumed_qty=True)
        self.assertEqual(len(orders), 3)
        for part in orders:
            self.assertTrue(self.component(part, self.frame).picked)
            self.assertFalse(self.component(part, self.glue).picked)
        orders.button_mark_done()
        for part in orders:
            self.assert_left_alone(part)
        self.assert_consumed(frame=3, glue=0)

    def test_backorder(self):
        order = self.create_order(self.bom)
        self.report(order, 6)
        self.finish(order.button_mark_done())
        self.assert_left_alone(order)
        backorder = order.production_group_id.production_ids - order
        self.assertEqual(self.component(backorder, self.glue).product_uom_qty, 8)
        backorder.button_mark_done()
        self.assert_left_alone(backorder)
        self.assert_consumed(frame=10, glue=0)

    def test_split_and_merge(self):
        orders = self.create_order(self.bom)
        orders = orders._split_productions({orders: [4, 6]})
        action = orders.action_merge()
        merged = self.env["mrp.production"].browse(action["res_id"])
        merged.button_mark_done()
        self.assert_left_alone(merged)
        self.assert_consumed(frame=10, glue=0)

    def test_component_added_to_an_order_in_progress(self):
        paint = self.create_product("Paint", stock=100, issue_method="manual")
        order = self.create_order(self.bom)
        self.report(order, 10)
        with Form(order) as form, form.move_raw_ids.new() as line:
            line.product_id = paint
            line.product_uom_qty = 5
        component = self.component(order, paint)
        self.assertEqual((component.picked, component.issue_state), (False, "to_issue"))
        order.button_mark_done()
        self.assertEqual(self.on_hand(paint), 100)

    def test_kit_added_to_an_order_in_progress(self):
        kit = self.create_product("Screw Set")
        screw = self.create_product("Screw", stock=100, issue_method="manual")
        washer = self.create_product("Washer", stock=100)
        self.create_bom((screw, 4, {}), (washer, 4, {}), product=kit, type="phantom")
        order = self.create_order(self.bom)
        self.report(order, 10)
        order.move_raw_ids = [
            Command.create({"product_id": kit.id, "product_uom_qty": 2})
        ]
        order._autoconfirm_production()
        component = self.component(order, screw)
        self.assertEqual((component.picked, component.issue_state), (False, "to_issue"))
        self.assertTrue(self.component(order, washer).picked)
        order.button_mark_done()
        self.assertEqual(component.issue_state, "not_issued")
        self.assertEqual(self.on_hand(screw), 100)

    def test_line_added_to_a_done_order(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        order.is_locked = False
        with Form(order) as form, form.move_raw_ids.new() as line:
            line.product_id = self.glue
            line.quantity = 3
        self.assert_consumed(frame=10, glue=3)

    def test_same_product_once_manual_and_once_backflushed(self):
        bom = self.create_bom(
            (self.glue, 3, {"issue_method": "completion"}),
            (self.glue, 2, {"issue_method": "manual"}),
            consumption="flexible",
        )
        order = self.create_order(bom)
        order.button_mark_done()
        backflushed, manual = order.move_raw_ids.sorted("issue_method")
        self.assertEqual((backflushed.quantity, backflushed.state), (30, "done"))
        self.assertEqual((manual.quantity, manual.issue_state), (0, "not_issued"))
        self.assert_consumed(glue=30)

    def test_no_stock_at_all(self):
        varnish = self.create_product("Varnish")
        bom = self.create_bom(
            (self.frame, 1, {}),
            (varnish, 2, {"issue_method": "manual"}),
            consumption="flexible",
        )
        order = self.create_order(bom)
        self.report(order, 10)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(self.component(order, varnish).quantity, 0)
        quants = self.env["stock.quant"].search([("product_id", "=", varnish.id)])
        self.assertFalse(quants.filtered(lambda quant: quant.quantity))

    def test_all_components_manual(self):
        bom = self.create_bom(
            (self.frame, 1, {"issue_method": "manual"}),
            (self.glue, 2, {"issue_method": "manual"}),
            consumption="flexible",
        )
        for is_typed in (False, True):
            order = self.create_order(bom)
            if is_typed:
                self.report(order, 10)
            order.button_mark_done()
            self.assertEqual(order.state, "done")
            self.assertEqual(order.qty_produced, 10)
            self.assertEqual(
                order.move_raw_ids.mapped("issue_state"), ["not_issued"] * 2
            )
        self.assertEqual(self.on_hand(self.finished), 20)
        self.assert_consumed(frame=0, glue=0)

    def test_order_without_bom(self):
        order = self.env["mrp.production"].create(
            {
                "product_id": self.finished.id,
                "product_qty": 10,
                "move_raw_ids": [
                    Command.create(
                        {"product_id": self.frame.id, "product_uom_qty": 10}
                    ),
                    Command.create(
                        {
                            "product_id": self.glue.id,
                            "product_uom_qty": 20,
                            "issue_method": "manual",
                        }
                    ),
                ],
            }
        )
        order.action_confirm()
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_tracked_components(self):
        for tracking in ("lot", "serial"):
            with self.subTest(tracking=tracking):
                resin = self.create_product(f"Resin {tracking}", tracking=tracking)
                for number in range(10):
                    lot = self.create_lot(resin, f"{tracking}-{number}")
                    self.add_stock(resin, 1, lot)
                bom = self.create_bom(
                    (self.frame, 1, {}),
                    (resin, 1, {"issue_method": "manual", "operation": "Pouring"}),
                    operations=["Pouring"],
                    consumption="flexible",
                )
                for is_typed in (False, True):
                    order = self.create_order(bom, quantity=2)
                    order.action_assign()
                    if is_typed:
                        self.report(order, 2)
                    order.button_mark_done()
                    self.assert_left_alone_tracked(order, resin)

    def assert_left_alone_tracked(self, order, product):
        self.assertEqual(order.state, "done")
        component = self.component(order, product)
        self.assertEqual((component.quantity, component.issue_state), (0, "not_issued"))
        self.assertEqual(self.on_hand(product), 10)

    def test_several_orders_in_one_call(self):
        orders = self.create_order(self.bom) + self.create_order(self.bom, quantity=5)
        self.component(orders[0], self.glue).action_record_planned()
        orders.button_mark_done()
        self.assertEqual(orders.mapped("state"), ["done", "done"])
        self.assert_left_alone(orders[1])
        self.assert_consumed(frame=15, glue=20)


@tagged("post_install", "-at_install")
class TestRecording(ManualComponentCase):
    """What a person records is issued, exactly, and never rewritten."""

    def test_quantity_typed_in_the_form(self):
        order = self.create_order(self.bom)
        with Form(order) as form, form.move_raw_ids.edit(1) as line:
            line.quantity = 13
            self.assertTrue(line.picked)
        self.assertEqual(self.component(order, self.glue).issue_state, "recorded")
        order.button_mark_done()
        self.assert_consumed(frame=10, glue=13)
        self.assertEqual(self.component(order, self.glue).issue_state, "issued")

    def test_quantity_equal_to_the_demand_typed_in_the_form(self):
        """Core takes only a deviating quantity as recorded."""
        order = self.create_order(self.bom)
        order.do_unreserve()
        with Form(order) as form, form.move_raw_ids.edit(1) as line:
            line.quantity = 20
        order.button_mark_done()
        self.assert_consumed(frame=10, glue=20)

    def test_recorded_quantity_is_not_rewritten(self):
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.write({"quantity": 7})
        for quantity in (4, 10, 2, 10):
            self.report(order, quantity)
            self.assertEqual((glue.quantity, glue.picked), (7, True))
        order.button_mark_done()
        self.assert_consumed(frame=10, glue=7)

    def test_recorded_quantity_survives_work_orders(self):
        bom = self.create_bom(
            (self.frame, 1, {"operation": "Cutting"}),
            (self.glue, 2, {"issue_method": "manual", "operation": "Cutting"}),
            operations=["Cutting"],
            consumption="flexible",
        )
        order = self.create_order(bom)
        glue = self.component(order, self.glue)
        glue.quantity = 7
        order.workorder_ids.button_start()
        order.workorder_ids.button_finish()
        self.assertEqual((glue.quantity, glue.picked), (7, True))
        order.button_mark_done()
        self.assert_consumed(frame=10, glue=7)

    def test_recorded_zero(self):
        for through_form in (False, True):
            with self.subTest(through_form=through_form):
                order = self.create_order(self.bom)
                order.action_assign()
                glue = self.component(order, self.glue)
                if through_form:
                    with Form(order) as form, form.move_raw_ids.edit(1) as line:
                        line.quantity = 0
                else:
                    glue.quantity = 0
                self.assertEqual((glue.quantity, glue.issue_state), (0, "not_used"))
                self.report(order, 10)
                order.button_mark_done()
                self.assertEqual(order.state, "done")
                self.assertEqual((glue.quantity, glue.issue_state), (0, "not_used"))
                self.assert_consumed(glue=0)

    def test_one_click_records_the_planned_quantity(self):
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.action_record_planned()
        self.assertEqual((glue.quantity, glue.issue_state), (20, "recorded"))
        order.button_mark_done()
        self.assert_consumed(frame=10, glue=20)

    def test_one_click_records_what_the_reported_quantity_calls_for(self):
        order = self.create_order(self.bom)
        self.report(order, 6)
        glue = self.component(order, self.glue)
        glue.action_record_planned()
        self.assertEqual(glue.quantity, 12)
        self.finish(order.button_mark_done())
        self.assert_consumed(frame=6, glue=12)

    def test_one_click_records_zero(self):
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.action_record_unused()
        self.assertEqual((glue.quantity, glue.issue_state), (0, "not_used"))
        order.button_mark_done()
        self.assertEqual(glue.issue_state, "not_used")
        self.assert_consumed(frame=10, glue=0)

    def test_record_taken_back(self):
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.action_record_planned()
        glue.action_clear_record()
        self.assertEqual((glue.picked, glue.issue_state), (False, "to_issue"))
        order.button_mark_done()
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_only_manual_components_of_open_orders_can_be_recorded(self):
        order = self.create_order(self.bom)
        with self.assertRaisesRegex(UserError, "Frame"):
            self.component(order, self.frame).action_record_planned()
        order.button_mark_done()
        with self.assertRaisesRegex(UserError, "Glue"):
            self.component(order, self.glue).action_record_planned()

    def test_change_of_the_planned_quantity_is_no_record(self):
        order = self.create_order(self.bom)
        order.is_locked = False
        with Form(order) as form, form.move_raw_ids.edit(1) as line:
            line.product_uom_qty = 25
        glue = self.component(order, self.glue)
        self.assertEqual((glue.product_uom_qty, glue.issue_state), (25, "to_issue"))
        order.button_mark_done()
        self.assert_left_alone(order)

    def test_record_survives_a_change_to_backflush(self):
        for quantity in (7, 0):
            with self.subTest(quantity=quantity):
                order = self.create_order(self.bom)
                glue = self.component(order, self.glue)
                glue.quantity = quantity
                glue.issue_method = "completion"
                self.assertEqual(
                    glue.issue_state, "recorded" if quantity else "not_used"
                )
                self.report(order, 10)
                order.button_mark_done()
                self.assertEqual(glue.quantity, quantity)
                self.assertEqual(glue.issue_state, "issued" if quantity else "not_used")

    def test_record_taken_back_of_a_component_turned_backflush(self):
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.quantity = 7
        self.report(order, 10)
        glue.issue_method = "completion"
        glue.action_clear_record()
        self.assertEqual((glue.quantity, glue.picked), (20, True))
        order.button_mark_done()
        self.assert_consumed(frame=10, glue=20)

    def test_method_and_record_in_one_call(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.write({"issue_method": "manual", "quantity": 7})
        self.assertEqual((frame.quantity, frame.issue_state), (7, "recorded"))
        order.button_mark_done()
        self.assert_consumed(frame=7, glue=0)

    def test_record_of_an_order_that_is_cancelled(self):
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.action_record_planned()
        order.action_cancel()
        self.assertEqual(glue.issue_state, "not_issued")

    def test_record_taken_back_reserves_only_where_orders_are_reserved(self):
        self.warehouse.manu_type_id.reservation_method = "manual"
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.action_record_planned()
        glue.action_clear_record()
        self.assertEqual(glue.quantity, 0)

    def order_with_lots(self):
        resin = self.create_product("Resin", tracking="lot")
        lots = self.create_lot(resin, "A") + self.create_lot(resin, "B")
        for lot in lots:
            self.add_stock(resin, 10, lot)
        bom = self.create_bom(
            (resin, 1, {"issue_method": "manual"}), consumption="flexible"
        )
        order = self.create_order(bom, quantity=4)
        order.action_assign()
        return order, order.move_raw_ids, lots

    def test_lots_recorded_over_rpc(self):
        order, component, lots = self.order_with_lots()
        component._do_unreserve()
        line = component._prepare_move_line_vals() | {
            "quantity": 3,
            "lot_id": lots[1].id,
        }
        component.write({"picked": True, "move_line_ids": [Command.create(line)]})
        self.report(order, 4)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(component.move_line_ids.lot_id, lots[1])
        self.assertEqual(component.quantity, 3)

    def test_lots_written_over_rpc_are_a_record_without_being_picked(self):
        for values in ("lines", "lots"):
            with self.subTest(values=values):
                order, component, lots = self.order_with_lots()
                component._do_unreserve()
                if values == "lots":
                    component.write({"lot_ids": [Command.set(lots[1].ids)]})
                else:
                    line = component._prepare_move_line_vals()
                    line.update(quantity=1, lot_id=lots[1].id)
                    component.write({"move_line_ids": [Command.create(line)]})
                self.assertEqual(component.issue_state, "recorded")
                order.button_mark_done()
                self.assertEqual(component.move_line_ids.lot_id, lots[1])

    def test_lots_recorded_in_the_details(self):
        order, component, lots = self.order_with_lots()
        action = component.action_show_details()
        form = Form(
            component.with_context(**action["context"]), view=action["views"][0][0]
        )
        with form.move_line_ids.edit(0) as line:
            line.lot_id = lots[1]
        form.save()
        self.assertEqual((component.quantity, component.issue_state), (4, "recorded"))
        order.button_mark_done()
        self.assertEqual(component.move_line_ids.lot_id, lots[1])
        self.assertEqual((component.quantity, component.issue_state), (4, "issued"))

    def test_reserved_lots_recorded_in_one_click(self):
        order, component, lots = self.order_with_lots()
        component.action_record_planned()
        order.button_mark_done()
        self.assertEqual(component.move_line_ids.lot_id, lots[0])
        self.assertEqual((component.quantity, component.issue_state), (4, "issued"))

    def test_backorder_after_a_record_of_the_first_part(self):
        order = self.create_order(self.bom)
        self.report(order, 6)
        self.component(order, self.glue).quantity = 11
        self.finish(order.button_mark_done())
        self.assert_consumed(frame=6, glue=11)
        backorder = order.production_group_id.production_ids - order
        glue = self.component(backorder, self.glue)
        self.assertEqual((glue.product_uom_qty, glue.issue_state), (8, "to_issue"))


@tagged("post_install", "-at_install")
class TestConsumptionWarning(ManualComponentCase):
    """*Set Quantities & Validate* issues what the warning named, and no more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bom.consumption = "warning"

    def test_confirmed_quantity_is_issued(self):
        order = self.create_order(self.bom)
        self.set_quantities(order.button_mark_done())
        self.assertEqual(order.state, "done")
        self.assert_consumed(frame=10, glue=20)
        self.assertEqual(self.component(order, self.glue).issue_state, "issued")

    def test_confirmed_deviation_leaves_the_component_alone(self):
        order = self.create_order(self.bom)
        self.finish(order.button_mark_done())
        self.assert_left_alone(order)
        self.assert_consumed(frame=10, glue=0)

    def test_with_work_orders(self):
        bom = self.create_bom(
            (self.frame, 1, {"operation": "Gluing"}),
            (self.glue, 2, {"issue_method": "manual", "operation": "Gluing"}),
            operations=["Gluing"],
        )
        order = self.create_order(bom)
        self.set_quantities(order.button_mark_done())
        self.assertEqual(order.state, "done")
        self.assert_consumed(frame=10, glue=20)

    def test_mixed_orders_in_one_call(self):
        """Asked once, for the orders whose BoM asks, and all are completed."""
        flexible = self.create_bom(
            (self.frame, 1, {}), (self.glue, 2, {"issue_method": "manual"})
        )
        flexible.consumption = "flexible"
        backflushed = self.create_bom((self.frame, 1, {}))
        orders = self.env["mrp.production"].concat(
            *(self.create_order(bom) for bom in (self.bom, flexible, backflushed))
        )
        recorded = self.create_order(self.bom)
        self.component(recorded, self.glue).action_record_planned()
        orders += recorded
        action = orders.button_mark_done()
        warning = self.open(action)
        named = warning.save().mrp_consumption_warning_line_ids
        self.assertEqual(named.mrp_production_id, orders[0])
        warning.press("action_set_qty")
        self.assertEqual(set(orders.mapped("state")), {"done"})
        self.assertEqual(
            [self.component(order, self.glue).quantity for order in orders],
            [20, 0, 0, 20],
        )
        self.assert_consumed(frame=40, glue=40)

    def test_component_that_the_warning_did_not_name(self):
        paint = self.create_product("Paint", stock=100, issue_method="manual")
        order = self.create_order(self.bom)
        order.move_raw_ids = [
            Command.create({"product_id": paint.id, "product_uom_qty": 5})
        ]
        order._autoconfirm_production()
        action = order.button_mark_done()
        warning = self.open(action)
        lines = warning.save().mrp_consumption_warning_line_ids
        self.assertEqual(lines.product_id, self.glue)
        warning.press("action_set_qty")
        self.assert_consumed(frame=10, glue=20)
        self.assertEqual(self.on_hand(paint), 100)
        self.assertEqual(self.component(order, paint).issue_state, "not_issued")

    def test_product_once_manual_and_once_backflushed(self):
        bom = self.create_bom(
            (self.glue, 2, {"issue_method": "manual"}),
            (self.glue, 3, {"issue_method": "completion"}),
        )
        order = self.create_order(bom)
        self.set_quantities(order.button_mark_done())
        self.assertEqual(order.state, "done")
        manual, backflushed = order.move_raw_ids.sorted("issue_method", reverse=True)
        self.assertEqual((manual.quantity, backflushed.quantity), (20, 30))
        self.assert_consumed(glue=50)

    def test_product_twice_with_an_edited_demand(self):
        bom = self.create_bom(
            (self.glue, 3, {"issue_method": "completion"}),
            (self.glue, 2, {"issue_method": "manual"}),
        )
        order = self.create_order(bom)
        backflushed, manual = order.move_raw_ids.sorted("issue_method")
        backflushed.product_uom_qty = 60
        manual.product_uom_qty = 5
        self.set_quantities(order.button_mark_done())
        # By the BoM 30 and 20, 50 in all, whatever the order planned.
        self.assertEqual((backflushed.quantity, manual.quantity), (30, 20))
        self.assert_consumed(glue=50)

    def test_hand_added_component_of_a_product_that_the_warning_names(self):
        order = self.create_order(self.bom)
        order.move_raw_ids = [
            Command.create(
                {
                    "product_id": self.glue.id,
                    "product_uom_qty": 5,
                    "issue_method": "manual",
                    # Not to be merged with the line of the BoM.
                    "cost_share": 1,
                }
            )
        ]
        order._autoconfirm_production()
        planned, added = self.component(order, self.glue).sorted("id")
        self.set_quantities(order.button_mark_done())
        self.assertEqual((planned.quantity, planned.issue_state), (20, "issued"))
        self.assertEqual((added.quantity, added.issue_state), (0, "not_issued"))

    def test_partial_production(self):
        order = self.create_order(self.bom)
        self.report(order, 6)
        self.finish(self.set_quantities(order.button_mark_done()))
        self.assert_consumed(frame=6, glue=12)


@tagged("post_install", "-at_install")
class TestUnissuedRule(ManualComponentCase):
    """Closing an order with manual components that nobody issued."""

    def test_by_the_bom_flexible(self):
        order = self.create_order(self.bom)
        self.assertIs(order.button_mark_done(), True)
        self.assert_left_alone(order)

    def test_by_the_bom_warning(self):
        self.bom.consumption = "warning"
        order = self.create_order(self.bom)
        action = order.button_mark_done()
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        self.assertNotEqual(order.state, "done")

    def test_by_the_bom_strict_holds_whatever_the_client_sends(self):
        self.bom.consumption = "strict"
        worker = self.create_user("worker", "mrp.group_mrp_user")
        order = self.create_order(self.bom).with_user(worker)
        action = order.button_mark_done()
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        with self.assertRaisesRegex(UserError, "Glue, 20 Units"):
            order.with_context(skip_consumption=True).button_mark_done()
        warning = self.open(action, worker)
        wizard = warning.save()
        # The button is not shown: a client may still call what is behind it.
        with self.assertRaises(UserError):
            self.client(worker).call(
                wizard, "action_confirm", context=action["context"]
            )
        self.assertNotEqual(order.state, "done")
        warning.press("action_set_qty")
        self.assertEqual(order.state, "done")
        self.assert_consumed(frame=10, glue=20)

    def test_by_the_bom_strict_lets_an_administrator_decide(self):
        self.bom.consumption = "strict"
        manager = self.create_user("manager", "mrp.group_mrp_manager")
        order = self.create_order(self.bom).with_user(manager)
        self.finish(order.button_mark_done())
        self.assertEqual(order.state, "done")
        self.assert_consumed(frame=10, glue=0)

    def test_block_lists_the_components_of_all_orders(self):
        self.company.unissued_rule = "block"
        orders = self.create_order(self.bom) + self.create_order(self.bom, quantity=3)
        with self.assertRaises(UserError) as error:
            orders.button_mark_done()
        message = str(error.exception)
        for order, quantity in zip(orders, (20, 6), strict=True):
            self.assertIn(f"{order.name}: Glue, {quantity} Units", message)
        self.assertNotIn("Frame", message)
        self.assertNotIn("done", orders.mapped("state"))
        self.assert_consumed(frame=0, glue=0)

    def test_block_comes_before_any_question(self):
        self.company.unissued_rule = "block"
        self.bom.consumption = "warning"
        order = self.create_order(self.bom)
        self.report(order, 6)
        with self.assertRaisesRegex(UserError, "Glue"):
            order.button_mark_done()

    def test_block_holds_whatever_the_client_sends(self):
        self.company.unissued_rule = "block"
        manager = self.create_user("manager", "mrp.group_mrp_manager")
        order = self.create_order(self.bom).with_user(manager)
        for key in (
            "skip_consumption",
            "skip_backorder",
            "skip_redirection",
            "spare_manual_components",
            "mo_ids_to_backorder",
        ):
            with self.subTest(key=key), self.assertRaises(UserError):
                order.with_context(
                    **{key: [] if "ids" in key else True}
                ).button_mark_done()

    def test_block_holds_for_an_order_that_another_brings_along(self):
        """Core completes what its backorder dialog names, asked for or not."""
        harmless = self.create_order(self.create_bom((self.frame, 1, {})))
        for rule, consumption in (("block", "flexible"), ("bom", "strict")):
            with self.subTest(rule=rule):
                self.company.unissued_rule = rule
                self.bom.consumption = consumption
                worker = self.create_user(f"worker {rule}", "mrp.group_mrp_user")
                order = self.create_order(self.bom)
                self.report(order, 6)
                with self.assertRaises(UserError):
                    harmless.with_user(worker).with_context(
                        mo_ids_to_backorder=order.ids
                    ).button_mark_done()
                wizard = self.env["mrp.production.backorder"].with_user(worker)
                wizard = wizard.create(
                    {
                        "mrp_production_ids": [Command.set(harmless.ids)],
                        "mrp_production_backorder_line_ids": [
                            Command.create(
                                {"mrp_production_id": order.id, "to_backorder": True}
                            )
                        ],
                    }
                )
                with self.assertRaises(UserError):
                    wizard.action_backorder()

    def test_strict_holds_where_core_sees_no_deviation(self):
        """Core adds up by product: too much of one line hides another at 0."""
        bom = self.create_bom(
            (self.glue, 3, {"issue_method": "completion"}),
            (self.glue, 2, {"issue_method": "manual"}),
            consumption="strict",
        )
        worker = self.create_user("worker", "mrp.group_mrp_user")
        order = self.create_order(bom).with_user(worker)
        self.report(order, 10)
        backflushed = order.move_raw_ids.sorted("issue_method")[0]
        backflushed.quantity = 50
        with self.assertRaisesRegex(UserError, "Glue, 20 Units"):
            order.button_mark_done()

    def test_block_is_satisfied_by_a_record(self):
        self.company.unissued_rule = "block"
        first, second = self.create_order(self.bom), self.create_order(self.bom)
        self.component(first, self.glue).action_record_planned()
        self.component(second, self.glue).action_record_unused()
        (first + second).button_mark_done()
        self.assertEqual((first + second).mapped("state"), ["done", "done"])
        self.assert_consumed(frame=20, glue=20)

    def test_block_is_per_company(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        other.unissued_rule = "block"
        order = self.create_order(self.bom)
        order.with_company(other).button_mark_done()
        self.assert_left_alone(order)

    def test_block_does_not_concern_backflushed_components(self):
        self.company.unissued_rule = "block"
        order = self.create_order(self.create_bom((self.frame, 1, {})))
        order.button_mark_done()
        self.assertEqual(order.state, "done")
