"""How far components may deviate, and nobody is asked."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import BackflushCase


class ToleranceCase(BackflushCase):
    """Tables of 1 frame and 2 screws, of a BoM that warns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=1000)
        cls.screw = cls.create_product("Screw", stock=5000)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}), (cls.screw, 2, {}), consumption="warning"
        )
        cls.frame_line, cls.screw_line = cls.bom.bom_line_ids
        cls.reason = cls.env.ref("mrp_backflush.mrp_deviation_reason_fault")
        cls.other_reason = cls.env.ref("mrp_backflush.mrp_deviation_reason_lost")

    @classmethod
    def state_frames(cls, order, used, produced=None):
        """Somebody types what was produced, and how many frames were used."""
        order.qty_producing = produced or order.product_qty
        order._set_qty_producing()
        cls.component(order, cls.frame).write({"quantity": used, "picked": True})

    def create_deviating(self, used, quantity=10):
        order = self.create_order(self.bom, quantity)
        self.state_frames(order, used)
        return order

    def assert_asked(self, order):
        action = self.client().press(order, "button_mark_done")
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        self.assertNotEqual(order.state, "done")
        return action

    def assert_not_asked(self, order):
        self.client().press(order, "button_mark_done")
        self.assertEqual(order.state, "done")


@tagged("post_install", "-at_install")
class TestTolerance(ToleranceCase):
    def test_off_as_in_odoo(self):
        """11 of 10 are asked about."""
        self.assertFalse(self.company.use_consumption_tolerance)
        self.assertEqual(
            (self.company.tolerance_over, self.company.tolerance_under), (0, 0)
        )
        self.assert_asked(self.create_deviating(11))

    def test_inside_and_beyond(self):
        """10 % over and 5 % under of 10: from 9.5 to 11."""
        self.company.write({"tolerance_over": 10, "tolerance_under": 5})
        for used in (9.5, 10, 10.01, 11):
            with self.subTest(used):
                self.assert_not_asked(self.create_deviating(used))
        for used in (9.49, 0, 11.01, 12):
            with self.subTest(used):
                self.assert_asked(self.create_deviating(used))

    def test_exactly_at_the_limit_whatever_the_float(self):
        """110 % of 0.1 × 3 is 0.33; in floats 0.33000000000000007, and 0.7 of 0.3
        is 0.21."""
        self.company.write({"tolerance_over": 10, "tolerance_under": 30})
        self.frame_line.product_qty = 0.1
        for used, is_asked in ((0.33, 0), (0.34, 1), (0.21, 0), (0.2, 1)):
            with self.subTest(used):
                order = self.create_deviating(used, 3)
                (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_by_each_way(self):
        """Complete Orders and RPC as the form; 11 of 10 with 10 % are inside."""
        self.company.tolerance_over = 10
        inside, beyond = self.create_deviating(11), self.create_deviating(12)
        forecasts = (inside | beyond)._forecast_completion()
        self.assertEqual(
            [forecast.get_outcome() for forecast in forecasts], ["ready", "person"]
        )
        self.assertIn("Frame", forecasts[1].questions[0])
        answers = self.client().call(inside | beyond, "complete_orders")
        self.assertEqual([answer["result"] for answer in answers], ["done", "failed"])
        self.assertTrue(answers[1]["needs_person"])
        self.assertIn("Frame", answers[1]["message"])
        self.assertNotIn("Screw", answers[1]["message"])

    def test_report_production(self):
        """6 frames were recorded on a planned order of 5: 20 %."""
        reports = self.env["mrp.production.report"]
        self.frame.issue_method = "manual"
        for over, is_done in ((10, False), (20, True)):
            self.company.tolerance_over = over
            order = self.create_order(self.bom, 5)
            self.component(order, self.frame).quantity = 6
            with self.subTest(over):
                if is_done:
                    reports.report_order(order.id, 5)
                else:
                    with self.assertRaisesRegex(UserError, "Frame"):
                        reports.report_order(order.id, 5)
                self.assertEqual(order.state == "done", is_done)

    def test_all_beyond_it_are_in_one_message(self):
        """Of 10 frames and 20 screws 12 and 25 with 10 %: both; 11 and 25: screws."""
        self.company.tolerance_over = 10
        for frames, products in (
            (12, self.frame | self.screw),
            (11, self.screw),
        ):
            order = self.create_deviating(frames)
            self.component(order, self.screw).quantity = 25
            self.assert_asked(order)
            asked = {vals["product_id"] for vals in self.read_lines(order)}
            self.assertEqual(asked, set(products.ids))

    def read_lines(self, order):
        action = order.button_mark_done()
        return [
            vals
            for *_command, vals in action["context"][
                "default_mrp_consumption_warning_line_ids"
            ]
        ]

    def test_bill_of_materials_decides_beyond(self):
        self.company.tolerance_over = 10
        for consumption, button in (("strict", True), ("flexible", False)):
            self.bom.consumption = consumption
            self.assert_not_asked(self.create_deviating(11))
            order = self.create_deviating(12)
            (self.assert_asked if button else self.assert_not_asked)(order)

    def test_over_alone_and_under_alone(self):
        self.company.tolerance_over = 10
        self.assert_asked(self.create_deviating(9.9))
        self.company.write({"tolerance_over": 0, "tolerance_under": 10})
        self.assert_not_asked(self.create_deviating(9))
        self.assert_asked(self.create_deviating(10.01))

    def test_nothing_needed_has_no_tolerance(self):
        """A component that a person added."""
        self.company.write({"tolerance_over": 1000, "tolerance_under": 100})
        order = self.create_order(self.bom)
        extra = self.create_product("Extra", stock=10)
        order.move_raw_ids = [
            (0, 0, {"product_id": extra.id, "product_uom_qty": 1, "quantity": 1})
        ]
        self.component(order, extra).picked = True
        self.state_frames(order, 10)
        self.assertEqual(self.read_lines(order)[0]["product_id"], extra.id)

    def test_manual_component_that_nobody_recorded(self):
        """Nothing of 10 is inside 100 % under alone."""
        self.frame.issue_method = "manual"
        self.company.tolerance_under = 99
        order = self.create_order(self.bom)
        self.assert_asked(order)
        self.company.tolerance_under = 100
        self.assert_not_asked(order)

    def test_manual_component_that_somebody_recorded(self):
        self.frame.issue_method = "manual"
        self.company.tolerance_over = 10
        order = self.create_order(self.bom)
        self.component(order, self.frame).quantity = 11
        self.assert_not_asked(order)

    def test_kit(self):
        """2 bolts for each kit of each table; the kit's own BoM line says 10 %."""
        bolt = self.create_product("Bolt", stock=1000)
        kit = self.create_product("Kit")
        kit_bom = self.create_bom((bolt, 2, {}), product=kit, type="phantom")
        kit_bom.bom_line_ids.write({"has_own_tolerance": True, "tolerance_over": 10})
        lamp = self.create_product("Lamp")
        bom = self.create_bom((kit, 1, {}), product=lamp, consumption="warning")
        for used, is_asked in ((22, False), (23, True)):
            order = self.create_order(bom)
            order.qty_producing = 10
            order._set_qty_producing()
            self.component(order, bolt).write({"quantity": used, "picked": True})
            (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_several_lines_of_one_product(self):
        """10 by one line with 10 %, 30 by another with 30 %: together 25 % of 40 are
        10; core asks by product."""
        lamp = self.create_product("Lamp")
        own = {"has_own_tolerance": True}
        bom = self.create_bom(
            (self.frame, 1, {**own, "tolerance_over": 10}),
            (self.frame, 3, {**own, "tolerance_over": 30}),
            product=lamp,
            consumption="warning",
        )
        for second, is_asked in ((40, False), (40.01, True)):
            order = self.create_order(bom)
            order.qty_producing = 10
            order._set_qty_producing()
            self.component(order, self.frame)[1].quantity = second
            (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_in_the_unit_of_the_component(self):
        """50 g of a glue that is stocked in kg at two digits: 55 g are inside 10 %,
        58 g aren't, although both are 0.06 kg."""
        gram, kilogram = (
            self.env.ref(f"uom.product_uom_{name}") for name in ("gram", "kgm")
        )
        glue = self.create_product("Glue", stock=10, uom_id=kilogram.id)
        lamp = self.create_product("Lamp")
        bom = self.create_bom(
            (glue, 50, {"product_uom_id": gram.id}), product=lamp, consumption="warning"
        )
        self.company.tolerance_over = 10
        for used, is_asked in ((55, False), (58, True)):
            order = self.create_order(bom, 1)
            order.qty_producing = 1
            order._set_qty_producing()
            self.component(order, glue).write({"quantity": used, "picked": True})
            (self.assert_asked if is_asked else self.assert_not_asked)(order)

    def test_demand_that_a_person_changed(self):
        """The order asks for 12; the bill of materials says 10, as core compares."""
        self.company.tolerance_over = 10
        for demand, is_asked in ((11, False), (12, True)):
            order = self.create_order(self.bom)
            self.component(order, self.frame).product_uom_qty = demand
            (self.assert_asked if is_asked else self.assert_not_asked)(order)


@tagged("post_install", "-at_install")
class TestToleranceOfChain(ToleranceCase):
    """An order of 10 with its backorders; 10 % over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tolerance_over = 10

    def close_half(self, used):
        """5 of 10 are done with that many frames, whatever is asked.

        :return: the backorder
        """
        order = self.create_order(self.bom)
        self.state_frames(order, used, produced=5)
        order.complete_orders(backorder="create", deviations="accept")
        self.assertEqual(order.state, "done")
        return self.get_chain(order) - order

    def test_judged_by_the_sum(self):
        """5 then 6: 11 of 10. 5.5 then 6: 11.5 of 10. 6 then 5.01: 11.01."""
        for first, second, is_asked in (
            (5, 6, False),
            (5.5, 5.5, False),
            (5.5, 6, True),
            (6, 4, False),
            (6, 5.01, True),
        ):
            with self.subTest(first=first, second=second):
                backorder = self.close_half(first)
                self.state_frames(backorder, second)
                [forecast] = backorder._forecast_completion()
                self.assertEqual(bool(forecast.questions), is_asked)
                (self.assert_asked if is_asked else self.assert_not_asked)(backorder)

    def test_first_half_alone(self):
        """The rest is still to come: 5.5 of 5 are inside, 6 aren't."""
        for used, is_asked in ((5.5, False), (6, True)):
            order = self.create_order(self.bom)
            self.state_frames(order, used, produced=5)
            [answer] = order.complete_orders(backorder="create")
            self.assertEqual(answer["result"], "failed" if is_asked else "done")

    def test_off_again_each_order_counts_for_itself(self):
        """6 of 5, then 4 of 5: 10 of 10, and without a tolerance asked as in Odoo."""
        backorder = self.close_half(6)
        self.company.use_consumption_tolerance = False
        self.state_frames(backorder, 4)
        self.assert_asked(backorder)

    def test_corrected_afterwards(self):
        """The first half is corrected from 5 to 5.5: 6 on the backorder are beyond."""
        backorder = self.close_half(5)
        first = self.get_chain(backorder) - backorder
        self.component(first, self.frame).quantity = 5.5
        self.state_frames(backorder, 6)
        self.assert_asked(backorder)

    def test_issued_early_and_waiting(self):
        """First half: 2 issued early, 3 at completion, of which 1 waits: 5. 6 then is
        11 of 10, and 6.01 is not."""
        self.company.shortage_rule = "park"
        order = self.create_order(self.bom)
        order.move_raw_ids._do_unreserve()
        self.add_stock(self.frame, 4 - self.on_hand(self.frame))
        self.component(order, self.frame).action_issue(2)
        order.qty_producing = 5
        order._set_qty_producing()
        order.complete_orders(backorder="create")
        exception = order.backflush_exception_ids
        self.assertEqual(exception.quantity, 1)
        backorder = self.get_chain(order) - order
        self.state_frames(backorder, 6.01)
        self.add_stock(self.frame, 20)
        self.assert_asked(backorder)
        self.component(backorder, self.frame).quantity = 6
        exception.action_retry()
        self.assertEqual(exception.state, "settled")
        self.assert_not_asked(backorder)

    def test_completed_in_one_call(self):
        """Split into 5 and 5: 5 and 6 in one go are 11 of 10."""
        order = self.create_order(self.bom)
        parts = order._split_productions({order: [5, 5]})
        for part, used in zip(parts.sorted("backorder_sequence"), (5, 6), strict=True):
            self.state_frames(part, used)
        self.client().press(parts, "button_mark_done")
        self.assertEqual(set(parts.mapped("state")), {"done"})

    def test_demand_that_a_person_changed(self):
        """12 demanded for 10; of the bill of materials' 5 and 5 6 and 6 are used."""
        order = self.create_order(self.bom)
        self.component(order, self.frame).product_uom_qty = 12
        self.state_frames(order, 6, produced=5)
        order.complete_orders(backorder="create", deviations="accept")
        backorder = self.get_chain(order) - order
        self.state_frames(backorder, 6)
        self.assert_asked(backorder)
        self.component(backorder, self.frame).quantity = 5
        self.assert_not_asked(backorder)


@tagged("post_install", "-at_install")
class TestLevels(ToleranceCase):
    def get_over(self, line=None):
        line = line or self.screw_line
        tolerance, source, _record = self.company._resolve_tolerance(
            line.product_id, bom_line=line
        )
        return tolerance.over, source

    def test_first_that_says_something(self):
        parent = self.env["product.category"].create({"name": "Parts"})
        self.category.parent_id = parent
        self.company.tolerance_over = 1
        self.assertEqual(self.get_over(), (1, "company"))
        for level, over, source in (
            (parent, 2, "category"),
            (self.category, 3, "category"),
            (self.screw.product_tmpl_id, 4, "product"),
            (self.screw_line, 5, "bom_line"),
        ):
            # A number alone says nothing.
            level.tolerance_over = over
            self.assertLess(self.get_over()[0], over)
            level.has_own_tolerance = True
            self.assertEqual(self.get_over(), (over, source))
        # No tolerance at all is one, too.
        self.screw_line.tolerance_over = 0
        self.assertEqual(self.get_over(), (0, "bom_line"))

    def test_what_is_inherited(self):
        self.company.write({"tolerance_over": 5, "tolerance_under": 2.5})
        self.assertEqual(
            self.category.tolerance_inherited, "5 % over, 2.5 % under (Company)"
        )
        self.assertEqual(self.screw_line.tolerance_text, "5 % over, 2.5 % under")
        self.category.write({"has_own_tolerance": True, "tolerance_over": 7})
        self.env.invalidate_all()
        self.assertEqual(
            self.screw.tolerance_inherited, "7 % over, 0 % under (Category Hardware)"
        )
        self.screw.write({"has_own_tolerance": True})
        self.env.invalidate_all()
        self.assertEqual(self.screw_line.tolerance_inherited, "none (Product Screw)")
        self.assertEqual(self.screw.tolerance_text, "none")

    def test_each_company_has_its_own(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        self.screw.write({"has_own_tolerance": True, "tolerance_over": 10})
        product = self.screw.with_company(other)
        self.assertFalse(product.has_own_tolerance)
        self.assertFalse(other.use_consumption_tolerance)
        self.assertEqual(other._resolve_tolerance(self.screw)[1], "company")

    def test_setting_one_uses_them(self):
        """By whatever way; switched off, none holds."""
        for level in (self.category, self.screw.product_tmpl_id, self.screw_line):
            self.company.use_consumption_tolerance = False
            level.write({"has_own_tolerance": True, "tolerance_over": 10})
            self.assertTrue(self.company.use_consumption_tolerance)
        self.company.use_consumption_tolerance = False
        # What Settings show they write.
        self.company.tolerance_over = 0
        self.assertFalse(self.company.use_consumption_tolerance)
        self.company.is_reason_required = True
        self.assertTrue(self.company.use_consumption_tolerance)
        self.company.use_consumption_tolerance = False
        self.company.is_reason_required = True
        self.assertFalse(self.company.use_consumption_tolerance)
        # A copy says nothing new.
        self.screw.copy()
        self.assertFalse(self.company.use_consumption_tolerance)

    def test_switched_off(self):
        self.company.tolerance_over = 10
        self.company.use_consumption_tolerance = False
        self.assert_asked(self.create_deviating(11))

    def test_no_percentage(self):
        levels = (
            self.category,
            self.screw.product_tmpl_id,
            self.screw_line,
            self.company,
        )
        for level in levels:
            for values in (
                {"tolerance_over": -1},
                {"tolerance_under": -0.5},
                {"tolerance_under": 100.5},
            ):
                with (
                    self.subTest(level=level, values=values),
                    self.assertRaisesRegex(ValidationError, "tolerance is 0 percent"),
                    self.env.cr.savepoint(),
                ):
                    level.write(values)
            level.write({"tolerance_over": 250, "tolerance_under": 100})

    def test_administrators_set_them(self):
        worker = self.create_user("worker", "mrp.group_mrp_user")
        designer = self.create_user("designer", "product.group_product_manager")
        manager = self.create_user(
            "manager", "mrp.group_mrp_manager", "product.group_product_manager"
        )
        values = {"has_own_tolerance": True, "tolerance_over": 5}
        for level, user in (
            (self.screw_line, worker),
            (self.category, designer),
            (self.screw.product_tmpl_id, designer),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                level.with_user(user).write(values)
            self.assertFalse(level.with_user(user).may_set_tolerance)
            level.with_user(manager).write(values)
            self.assertTrue(level.with_user(manager).may_set_tolerance)
            self.assertEqual(level.tolerance_over, 5)
        self.assertTrue(self.company.use_consumption_tolerance)

    def test_copies(self):
        for level in (self.category, self.screw, self.screw_line):
            level.write({"has_own_tolerance": True, "tolerance_over": 5})
        bom = self.bom.copy()
        self.assertEqual(bom.bom_line_ids.mapped("tolerance_over"), [0, 5])
        self.assertEqual(bom.bom_line_ids.mapped("has_own_tolerance"), [False, True])
        self.assertEqual(self.screw.copy().tolerance_over, 5)
