"""Components that were taken out of the order, or added to it: deviations as well."""

from odoo.tests import tagged

from .test_deviation_reasons import WARNING, ReasonCase


@tagged("post_install", "-at_install")
class TestTakenOut(ReasonCase):
    """Of an order of 10 tables the frames are taken out, which its BoM calls for."""

    def create_without_frames(self, quantity=10, produced=None):
        order = self.create_order(self.bom, quantity)
        self.component(order, self.frame).unlink()
        order.qty_producing = produced or quantity
        order._set_qty_producing()
        return order

    def open_dialog(self, order):
        action = self.client().press(order, "button_mark_done")
        self.assertEqual(action["res_model"], WARNING)
        return self.open(action)

    def get_analysis(self, order):
        """Planned, actual and usage of the frames, by reason."""
        return self.env["mrp.consumption.analysis"]._read_group(
            [("production_id", "=", order.id), ("product_id", "=", self.frame.id)],
            ["deviation_reason_id"],
            ["planned_quantity:sum", "actual_quantity:sum", "usage_quantity:sum"],
        )

    def test_asked_whatever_the_bill_of_materials_says(self):
        for consumption in ("warning", "flexible"):
            self.bom.consumption = consumption
            order = self.create_without_frames()
            dialog = self.open_dialog(order)
            self.assert_refused(
                lambda dialog=dialog: dialog.press("action_confirm"),
                f"{order.name}: Frame, 0 used, 10 needed",
            )
            self.assertNotEqual(order.state, "done")
            self.assertFalse(self.component(order, self.frame))

    def test_the_reason_is_in_the_analysis(self):
        """10 frames planned, none used: 10 less."""
        order = self.create_without_frames()
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        self.assertEqual(order.state, "done")
        self.assertEqual(self.consumed(order, self.frame), 0)
        self.assertEqual(self.get_analysis(order), [(self.reason, 10, 0, -10)])
        component = self.component(order, self.frame)
        self.assertEqual(component.issue_state, "not_used")
        self.assertEqual((component.needed_quantity, component.used_quantity), (10, 0))
        # And may be corrected there.
        action = order.action_view_deviation_reasons()
        self.assertIn(component, self.env["stock.move"].search(action["domain"]))
        self.assertEqual(order.move_raw_ids.product_id, self.frame | self.screw)

    def test_what_is_fixed_per_order(self):
        """30 screws per order beside 1 frame each: 30 planned, none used."""
        self.screw_line.write({"product_qty": 30, "is_fixed_quantity": True})
        order = self.create_order(self.bom)
        self.component(order, self.screw).unlink()
        order.qty_producing = 10
        order._set_qty_producing()
        reason = self.reason.id
        [answer] = order.complete_orders(reason_id=reason)
        self.assertEqual(answer["result"], "done", answer)
        self.assertEqual(self.component(order, self.screw).needed_quantity, 30)

    def test_kit(self):
        """2 bolts for each kit: of 10 lamps 20 are planned."""
        bolt = self.create_product("Bolt", stock=100)
        kit = self.create_product("Kit")
        self.create_bom((bolt, 2, {}), product=kit, type="phantom")
        bom = self.create_bom(
            (kit, 1, {}), (self.screw, 1, {}), product=self.create_product("Lamp")
        )
        order = self.create_order(bom)
        self.component(order, bolt).unlink()
        order.complete_orders(reason_id=self.reason.id)
        self.assertEqual(order.state, "done")
        component = self.component(order, bolt)
        self.assertEqual(component.deviation_reason_id, self.reason)
        self.assertEqual(component.needed_quantity, 20)

    def test_part_with_a_backorder(self):
        """5 of 10: 5 frames less here; the backorder has none, and is asked anew."""
        order = self.create_without_frames(produced=5)
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog = self.open(dialog.press("action_confirm"))
        dialog.press("action_backorder")
        self.assertEqual(order.state, "done")
        self.assertEqual(self.get_analysis(order), [(self.reason, 5, 0, -5)])
        backorder = self.get_chain(order) - order
        self.assertEqual(backorder.product_qty, 5)
        self.assertFalse(self.component(backorder, self.frame))
        backorder.qty_producing = 5
        backorder._set_qty_producing()
        [answer] = backorder.complete_orders(deviations="accept")
        self.assertIn("Frame, 0 used, 5 needed", answer["message"])
        [answer] = backorder.complete_orders(reason_id=self.reason.id)
        self.assertEqual(answer["result"], "done", answer)
        self.assertEqual(self.get_analysis(backorder), [(self.reason, 5, 0, -5)])

    def test_confirmed_and_then_thought_over(self):
        """The reason was said, the question about the rest discarded, and 4 are
        produced instead of 5: nothing is used, and 4 less."""
        order = self.create_without_frames(produced=5)
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        order.qty_producing = 4
        order._set_qty_producing()
        component = self.component(order, self.frame)
        self.assertEqual((component.quantity, component.product_uom_qty), (0, 0))
        order.complete_orders(backorder="create", deviations="accept")
        self.assertEqual(order.state, "done")
        self.assertEqual(self.get_analysis(order), [(self.reason, 4, 0, -4)])

    def test_set_quantities(self):
        """Core adds it again, as without the module, and nothing deviates."""
        dialog = self.open_dialog(order := self.create_without_frames())
        dialog.deviation_reason_id = self.reason
        dialog.press("action_set_qty")
        self.assertEqual((order.state, self.consumed(order, self.frame)), ("done", 10))
        self.assertFalse(self.get_reason(order))

    def test_complete_orders(self):
        """The dialog says so beforehand; a reason for the order or for all will do."""
        orders = self.create_without_frames() | self.create_without_frames()
        wizard = self.env["mrp.complete.orders"].create(
            {"production_ids": orders.ids, "deviations": "accept"}
        )
        self.assertEqual(wizard.person_count, 2)
        self.assertIn("A reason is required", wizard.line_ids[0].message)
        self.assertIn("Frame", wizard.line_ids[0].message)
        wizard.line_ids[0].deviation_reason_id = self.other_reason
        wizard.deviation_reason_id = self.reason
        self.assertEqual(wizard.feasible_count, 2)
        wizard.action_complete_feasible()
        self.assertEqual(set(orders.mapped("state")), {"done"})
        self.assertEqual(
            [self.get_reason(order) for order in orders],
            [self.other_reason, self.reason],
        )

    def test_over_rpc(self):
        order = self.create_without_frames()
        complete = self.client().call
        [answer] = complete(order, "complete_orders", deviations="accept")
        self.assertEqual(answer["result"], "failed")
        self.assertTrue(answer["needs_person"])
        self.assertIn("Frame, 0 used, 10 needed", answer["message"])
        [answer] = complete(order, "complete_orders", reason_id=self.reason.id)
        self.assertEqual(answer["result"], "done", answer)
        self.assertEqual(self.get_analysis(order), [(self.reason, 10, 0, -10)])

    def test_not_required(self):
        """Confirmed without a reason, it stays taken out."""
        self.company.is_reason_required = False
        for consumption in ("warning", "flexible"):
            self.bom.consumption = consumption
            order = self.create_without_frames()
            order.complete_orders(deviations="accept")
            self.assertEqual(order.state, "done")
            self.assertFalse(self.component(order, self.frame))

    def test_replaced_by_another(self):
        """Two deviations, one reason for both: 10 less of one, 10 more of the other."""
        order = self.create_without_frames()
        other = self.create_product("Other Frame", stock=100)
        order.move_raw_ids = [(0, 0, {"product_id": other.id, "product_uom_qty": 10})]
        self.component(order, other).write({"quantity": 10, "picked": True})
        [answer] = order.complete_orders(deviations="accept")
        self.assertIn("Frame, 0 used, 10 needed", answer["message"])
        self.assertIn("Other Frame, 10 used, 0 needed", answer["message"])
        dialog = self.open_dialog(order)
        dialog.deviation_reason_id = self.reason
        dialog.press("action_confirm")
        self.assertEqual(order.state, "done")
        for product in (self.frame, other):
            self.assertEqual(self.get_reason(order, product), self.reason)

    def test_bill_of_materials_that_grew(self):
        """The order knows nothing of the line: core's warning names it."""
        order = self.create_order(self.bom)
        glue = self.create_product("Glue", stock=10)
        self.bom.bom_line_ids = [(0, 0, {"product_id": glue.id, "product_qty": 1})]
        order.qty_producing = 10
        order._set_qty_producing()
        [answer] = order.complete_orders(deviations="accept")
        self.assertIn("Glue, 0 used, 10 needed", answer["message"])
        order.complete_orders(reason_id=self.reason.id)
        self.assertEqual(self.get_reason(order, glue), self.reason)

    def test_component_without_any_use(self):
        """Recorded as none used, or not at all: as any other."""
        for is_recorded in (True, False):
            self.frame.issue_method = "manual"
            order = self.create_order(self.bom)
            if is_recorded:
                self.component(order, self.frame).action_record_unused()
            [answer] = order.complete_orders(deviations="accept")
            self.assertIn("Frame, 0 used, 10 needed", answer["message"])
            order.complete_orders(reason_id=self.reason.id)
            self.assertEqual(order.state, "done")
            self.assertEqual(self.get_reason(order), self.reason)
