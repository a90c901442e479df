from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import BackflushCase


class IssueCase(BackflushCase):
    """A table of 1 frame, of which 100 are in stock; 10 to make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=100)
        cls.bom = cls.create_bom((cls.frame, 1, {}), consumption="flexible")

    def assert_taken(self, quantity, product=None):
        product = product or self.frame
        self.assertAlmostEqual(100 - self.on_hand(product), quantity)


@tagged("post_install", "-at_install")
class TestQuantity(IssueCase):
    def test_six_issued_early_of_ten(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(6)
        self.assert_taken(6)
        self.assertEqual(frame.issued_quantity, 6)
        self.assertEqual(frame.product_uom_qty, 4, "the demand that is left")
        self.assertEqual(order.state, "progress")
        order.button_mark_done()
        self.assert_taken(10)
        self.assertEqual(frame.quantity, 4)
        self.assertEqual(self.consumed(order, self.frame), 10)

    def test_all_issued_early(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue()
        self.assert_taken(10)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_taken(10)
        self.assertEqual(frame.issue_state, "issued")

    def test_thirteen_issued_for_ten(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(13)
        order.button_mark_done()
        self.assertEqual(self.consumed(order, self.frame), 13)
        self.assert_taken(13)

    def test_ten_issued_early_six_produced_four_on_the_backorder(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(10)
        backorder = self.produce(order, 6)
        self.assertEqual(self.consumed(order, self.frame), 6)
        self.assertEqual(self.consumed(backorder, self.frame), 4)
        self.assertEqual(self.component(backorder, self.frame).product_uom_qty, 0)
        self.assert_taken(10)
        self.finish(backorder.button_mark_done())
        self.assertEqual(backorder.state, "done")
        self.assert_taken(10)
        self.assertEqual(self.consumed(backorder, self.frame), 4)

    def test_surplus_is_carried_over_twice(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(9)
        backorder = self.produce(order, 2)
        self.assertEqual(self.consumed(backorder, self.frame), 7)
        last = self.produce(backorder, 3)
        self.assertEqual(self.consumed(backorder, self.frame), 3)
        self.assertEqual(self.consumed(last, self.frame), 4)
        self.assertEqual(self.component(last, self.frame).product_uom_qty, 1)
        self.finish(last.button_mark_done())
        self.assertEqual(self.consumed(last, self.frame), 5)
        self.assert_taken(10)

    def test_one_for_three_reported_one_by_one(self):
        # 10 / 3 is planned as 3.34; core rounds each report again: 3.38.
        oil = self.create_product("Oil", stock=100)
        bom = self.create_bom(
            (oil, 1, {}), product_qty=3, product=self.create_product("Hinge")
        )
        self.assertEqual(bom.consumption, "warning")
        order = self.create_order(bom, 10)
        for _report in range(9):
            self.report(order, 1)
            action = order.button_mark_done()
            self.assertEqual(action["res_model"], "mrp.production.backorder")
            self.finish(action)
            order = self.get_chain(order)[-1]
        self.assertIs(order.button_mark_done(), True, "no warning for the last either")
        chain = self.get_chain(order)
        self.assertEqual(len(chain), 10)
        self.assertAlmostEqual(self.consumed(chain, oil), 3.34)
        self.assert_taken(3.34, oil)
        # 0.334, 0.668, 1.002, 1.336 ... cumulated.
        self.assertEqual(
            [round(self.consumed(part, oil), 2) for part in chain],
            [0.33, 0.34, 0.33, 0.34, 0.33, 0.33, 0.34, 0.33, 0.34, 0.33],
        )

    def test_one_for_three_reported_in_two_parts(self):
        oil = self.create_product("Oil", stock=100)
        bom = self.create_bom(
            (oil, 1, {}), product_qty=3, product=self.create_product("Hinge")
        )
        order = self.create_order(bom, 10)
        backorder = self.produce(order, 7)
        # 3.34 × 7 / 10 is 2.338, and 1.00 is left.
        self.assertAlmostEqual(self.consumed(order, oil), 2.34)
        self.finish(backorder.button_mark_done())
        self.assertAlmostEqual(self.consumed(backorder, oil), 1.0)

    def test_overproduction_consumes_in_proportion(self):
        leg = self.create_product("Leg", stock=100)
        bom = self.create_bom((leg, 2, {}), product=self.create_product("Stool"))
        order = self.create_order(bom, 10)
        self.report(order, 12)
        self.finish(order.button_mark_done())
        self.assert_taken(24, leg)

    def test_overproduction_after_an_early_issue(self):
        leg = self.create_product("Leg", stock=100)
        bom = self.create_bom((leg, 2, {}), product=self.create_product("Stool"))
        order = self.create_order(bom, 10)
        self.component(order, leg).action_issue(5)
        self.report(order, 12)
        self.finish(order.button_mark_done())
        self.assert_taken(24, leg)

    def test_closed_short(self):
        order = self.create_order(self.bom)
        order.action_assign()
        self.report(order, 4)
        action = order.button_mark_done()
        self.open(action).press("action_close_mo")
        self.assertEqual(order.state, "done")
        self.assert_taken(4)
        quant = self.frame.stock_quant_ids.filtered(
            lambda quant: quant.location_id == self.stock
        )
        self.assertEqual(quant.reserved_quantity, 0, "the rest is released")

    def test_closed_short_after_an_early_issue(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(3)
        self.report(order, 4)
        action = order.button_mark_done()
        self.open(action).press("action_close_mo")
        self.assert_taken(4)
        self.assertEqual(self.consumed(order, self.frame), 4)

    def test_closed_short_with_more_issued_is_a_deviation(self):
        self.bom.consumption = "warning"
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(10)
        self.report(order, 6)
        action = order.button_mark_done()
        self.assertEqual(action["res_model"], "mrp.production.backorder")
        action = self.open(action).press("action_close_mo")
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        wizard = self.open(action).save()
        line = wizard.mrp_consumption_warning_line_ids
        self.assertEqual(
            (line.product_consumed_qty_uom, line.product_expected_qty_uom), (10, 6)
        )

    def test_no_warning_of_what_the_stock_rounds(self):
        # 666 g for each of 10: 1.332 kg for 2, and 1.33 is what the stock can tell.
        kilo, gram = (
            self.env.ref(f"uom.product_uom_{name}") for name in ("kgm", "gram")
        )
        oil = self.create_product("Oil", stock=100, uom_id=kilo.id)
        bom = self.create_bom(
            (oil, 666, {"product_uom_id": gram.id}),
            product=self.create_product("Hinge"),
        )
        order = self.create_order(bom)
        self.component(order, oil).action_issue(1000)
        self.report(order, 2)
        action = order.button_mark_done()
        self.assertEqual(action["res_model"], "mrp.production.backorder")

    def test_surplus_passes_along_several_parts(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(10)
        orders = order._split_productions({order: [4, 3, 3]})
        self.assertEqual(
            [self.consumed(part, self.frame) for part in orders], [4, 3, 3]
        )

    def test_component_in_dozens(self):
        screw = self.create_product("Screw", stock=100)
        dozen = self.env.ref("uom.product_uom_dozen")
        bom = self.create_bom(
            (screw, 0.5, {"product_uom_id": dozen.id}),
            product=self.create_product("Box"),
        )
        order = self.create_order(bom, 10)
        component = self.component(order, screw)
        component.action_issue(2)
        self.assert_taken(24, screw)
        self.assertEqual(component.product_uom_qty, 3)
        order.button_mark_done()
        self.assert_taken(60, screw)

    def test_part_of_a_pack(self):
        # 5 pieces are 0.8333 of a pack of 6: not 0.83 of it, which are 4.98.
        pack = self.env.ref("uom.product_uom_pack_6")
        for stock in (0, 100):
            screw = self.create_product("Screw", stock=stock, uom_id=pack.id)
            bom = self.create_bom(
                (screw, 5, {"product_uom_id": self.unit.id}),
                product=self.create_product("Box"),
            )
            order = self.create_order(bom, 2)
            self.component(order, screw).action_issue(5)
            order.button_mark_done()
            moves = order.move_raw_ids.filtered(lambda move: move.state == "done")
            self.assertEqual(moves.mapped("quantity"), [5, 5])

    def test_kit_inside_a_kit(self):
        # 10 x 2 kits x 3 inner kits x 4 = 240 screws.
        screw = self.create_product("Screw", stock=300)
        inner = self.create_product("Inner Kit")
        outer = self.create_product("Outer Kit")
        self.create_bom((screw, 4, {}), product=inner, type="phantom")
        self.create_bom((inner, 3, {}), product=outer, type="phantom")
        bom = self.create_bom((outer, 2, {}), product=self.create_product("Box"))
        order = self.create_order(bom, 10)
        component = self.component(order, screw)
        component.action_issue(100)
        backorder = self.produce(order, 3)
        self.assertEqual(self.consumed(order, screw), 72)
        self.assertEqual(self.consumed(backorder, screw), 28)
        self.finish(backorder.button_mark_done())
        self.assertEqual(self.on_hand(screw), 60)

    def test_byproduct_is_produced_once(self):
        chips = self.create_product("Chips")
        bom = self.create_bom(
            (self.frame, 1, {}),
            product=self.create_product("Bench"),
            byproduct_ids=[Command.create({"product_id": chips.id, "product_qty": 2})],
        )
        order = self.create_order(bom, 10)
        self.component(order, self.frame).action_issue(10)
        backorder = self.produce(order, 6)
        self.assertEqual(self.on_hand(chips), 12)
        self.finish(backorder.button_mark_done())
        self.assertEqual(self.on_hand(chips), 20)
        self.assert_taken(10)

    def test_edited_demand_is_the_plan(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.product_uom_qty = 20
        frame.action_issue(5)
        self.assertEqual(frame.product_uom_qty, 15)
        order.button_mark_done()
        self.assert_taken(20)


@tagged("post_install", "-at_install")
class TestFixedAndScrap(IssueCase):
    """Paint: 2 for each, 10 % of it lost, and 3 to fill the pipes, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paint = cls.create_product("Paint", stock=100)
        cls.filling = cls.create_product("Filling", stock=100)
        cls.bom.bom_line_ids = [
            Command.create(
                {
                    "product_id": cls.paint.id,
                    "product_qty": 2,
                    "component_scrap": 10,
                }
            ),
            Command.create(
                {
                    "product_id": cls.filling.id,
                    "product_qty": 3,
                    "is_fixed_quantity": True,
                }
            ),
        ]

    def test_produce_all(self):
        order = self.create_order(self.bom)
        self.assertIs(order.button_mark_done(), True)
        self.assert_taken(22, self.paint)
        self.assert_taken(3, self.filling)

    def test_no_warning_where_the_bom_is_followed(self):
        self.bom.consumption = "warning"
        order = self.create_order(self.bom)
        backorder = self.produce(order, 6)
        self.assert_taken(13.2, self.paint)
        self.assert_taken(3, self.filling)
        self.assertIs(backorder.button_mark_done(), True)
        self.assert_taken(22, self.paint)
        self.assert_taken(3, self.filling)

    def test_fixed_is_issued_with_the_first_report(self):
        order = self.create_order(self.bom)
        first = self.produce(order, 1)
        self.assertEqual(self.consumed(order, self.filling), 3)
        second = self.produce(first, 4)
        self.finish(second.button_mark_done())
        self.assertEqual(self.consumed(self.get_chain(order), self.filling), 3)

    def test_fixed_at_the_start_stays_with_the_first_part(self):
        self.bom.bom_line_ids.issue_method = "start"
        order = self.create_order(self.bom)
        order.action_start()
        self.assert_taken(3, self.filling)
        self.assert_taken(22, self.paint)
        backorder = self.produce(order, 6)
        self.assertEqual(self.consumed(order, self.filling), 3)
        self.assertAlmostEqual(self.consumed(order, self.paint), 13.2)
        backorder.action_start()
        self.finish(backorder.button_mark_done())
        self.assert_taken(3, self.filling)
        self.assert_taken(22, self.paint)

    def test_fixed_is_returned_with_everything_only(self):
        order = self.create_order(self.bom)
        filling = self.component(order, self.filling)
        filling.action_issue()
        with self.assertRaises(UserError):
            filling.action_return(1)
        filling.action_return()
        self.assert_taken(0, self.filling)
        self.finish(order.button_mark_done())
        self.assert_taken(3, self.filling)

    def test_copy_asks_once_for_what_is_fixed_and_was_issued(self):
        order = self.create_order(self.bom)
        self.component(order, self.filling).action_issue()
        copied = self.component(order.copy(), self.filling)
        self.assertEqual(copied.mapped("product_uom_qty"), [3])

    def test_bom_made_of_an_order_with_issues_says_what_is_fixed(self):
        order = self.create_order(self.bom)
        # The issue's line comes before the filling's.
        self.component(order, self.paint).action_issue(4)
        issue = order.move_raw_ids.filtered("issue_component_id")
        issue.sequence = self.component(order, self.filling).sequence - 1
        order.invalidate_recordset(["move_raw_ids"])
        lines = {
            vals["product_id"]: (vals["product_qty"], vals.get("is_fixed_quantity"))
            for _command, _id, vals in order._get_bom_values()[0]
        }
        # 10 of 2, and a tenth of it lost: 22; 4 of them were issued.
        self.assertEqual(lines[self.paint.id], (22, None))
        self.assertEqual(lines[self.filling.id], (3, True))

    def test_split_orders_share_what_is_fixed(self):
        order = self.create_order(self.bom)
        orders = order._split_productions({order: [6, 4]})
        other = orders - order
        other.button_mark_done()
        self.assertEqual(self.consumed(other, self.filling), 3)
        order.button_mark_done()
        self.assertEqual(self.consumed(orders, self.filling), 3)
        self.assertAlmostEqual(self.consumed(orders, self.paint), 22)


@tagged("post_install", "-at_install")
class TestIssueComponents(IssueCase):
    def test_manual_component_is_issued_at_once(self):
        glue = self.create_product("Glue", stock=100)
        bom = self.create_bom(
            (glue, 2, {"issue_method": "manual"}), product=self.create_product("Chair")
        )
        order = self.create_order(bom, 5)
        component = self.component(order, glue)
        component.action_issue()
        self.assert_taken(10, glue)
        self.assertEqual(component.issue_state, "issued")
        self.assertIs(order.button_mark_done(), True)
        self.assert_taken(10, glue)

    def test_manual_component_issued_in_part_is_not_filled_up(self):
        glue = self.create_product("Glue", stock=100)
        bom = self.create_bom(
            (glue, 2, {"issue_method": "manual"}),
            product=self.create_product("Chair"),
            consumption="flexible",
        )
        order = self.create_order(bom, 5)
        component = self.component(order, glue)
        component.action_issue(4)
        self.assertEqual(component.issue_state, "partly_issued")
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_taken(4, glue)

    def test_recorded_quantity_is_proposed(self):
        glue = self.create_product("Glue", stock=100)
        bom = self.create_bom(
            (glue, 2, {"issue_method": "manual"}), product=self.create_product("Chair")
        )
        order = self.create_order(bom, 5)
        component = self.component(order, glue)
        component.quantity = 7
        component.action_issue()
        self.assert_taken(7, glue)
        self.assertEqual(component.issue_state, "partly_issued")
        self.assertEqual(component.quantity, 3, "the rest is reserved")
        self.assertFalse(component.picked)

    def test_more_is_issued_than_is_reserved(self):
        """Of 100 in stock 3 are reserved, for 9 with 1 for 3; 5 are used."""
        oil = self.create_product("Oil", stock=100)
        bom = self.create_bom((oil, 1, {}), product_qty=3)
        order = self.create_order(bom, 9)
        component = self.component(order, oil)
        self.assertEqual(component.quantity, 3)
        component.action_issue(5)
        self.assertEqual(self.consumed(order, oil), 5)
        self.assertEqual(self.on_hand(oil), 95)

    def test_own_reservation_is_used_first(self):
        other = self.create_order(self.bom, 95)
        order = self.create_order(self.bom, 10)
        self.assertEqual(self.component(other, self.frame).quantity, 95)
        frame = self.component(order, self.frame)
        self.assertEqual(frame.quantity, 5)
        frame.action_issue(5)
        self.assert_taken(5)
        self.assertEqual(self.component(other, self.frame).quantity, 95)
        self.assertEqual(frame.quantity, 0)

    def test_part_of_a_reservation(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        self.assertEqual(frame.quantity, 10)
        frame.action_issue(3)
        self.assertEqual(frame.quantity, 7)
        quant = self.frame.stock_quant_ids.filtered(
            lambda quant: quant.location_id == self.stock
        )
        self.assertEqual((quant.quantity, quant.reserved_quantity), (97, 7))

    def test_stock_may_go_negative(self):
        order = self.create_order(self.bom, 150)
        self.component(order, self.frame).action_issue()
        self.assertEqual(self.on_hand(self.frame), -50)

    def test_bad_quantities(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        for quantity in (0, -1):
            with self.assertRaises(UserError):
                frame.action_issue(quantity)
        frame.action_issue()
        with self.assertRaises(UserError):
            frame.action_issue()
        self.assert_taken(10)

    def test_orders_that_are_not_in_progress(self):
        draft = self.create_order(self.bom, confirm=False)
        with self.assertRaises(UserError):
            self.component(draft, self.frame).action_issue(1)
        done = self.create_order(self.bom)
        done.button_mark_done()
        with self.assertRaises(UserError):
            self.component(done, self.frame).action_issue(1)

    def test_order_with_issues_is_not_cancelled(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(4)
        with self.assertRaises(UserError):
            order.action_cancel()
        frame.action_return()
        order.action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assert_taken(0)

    def test_copy_of_an_order_with_issues(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        copy = order.copy()
        self.assertEqual(copy.move_raw_ids.mapped("product_uom_qty"), [10])
        order.button_mark_done()
        copy = order.copy()
        self.assertEqual(copy.move_raw_ids.mapped("product_uom_qty"), [10])
        copy.action_confirm()
        copy.button_mark_done()
        self.assert_taken(20)

    def test_bom_is_not_updated_after_an_issue(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        with self.assertRaises(UserError):
            order.action_update_bom()

    def test_bom_made_of_an_order_with_issues(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        lines = order._get_bom_values()[0]
        self.assertEqual([line[2]["product_qty"] for line in lines], [10])

    def test_issued_component_is_not_removed(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(10)
        with self.assertRaises(UserError), Form(order) as form:
            form.move_raw_ids.remove(0)
        frame.action_return()
        self.assertFalse(frame.is_issued_early)
        self.assert_taken(0)

    def test_method_and_product_of_an_issued_component_stay(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(4)
        for values in (
            {"issue_method": "manual"},
            {"product_id": self.finished.id},
            {"product_uom": self.env.ref("uom.product_uom_dozen").id},
        ):
            with self.assertRaises(UserError):
                frame.write(values)
        self.category.issue_method = "manual"
        order.move_raw_ids._resolve_issue_method_again()
        self.assertEqual(frame.issue_method, "completion")
        frame.action_return()
        frame.issue_method = "manual"

    def test_demand_edited_after_an_issue_is_the_open_rest(self):
        for demand, total in ((4, 10), (7, 13)):
            order = self.create_order(self.bom)
            frame = self.component(order, self.frame)
            frame.action_issue(6)
            frame.product_uom_qty = demand
            order.button_mark_done()
            self.assertEqual(self.consumed(order, self.frame), total)

    def test_recorded_rest_stays_recorded(self):
        glue = self.create_product("Glue", stock=100)
        bom = self.create_bom(
            (glue, 1, {"issue_method": "manual"}),
            product=self.create_product("Chair"),
            consumption="flexible",
        )
        order = self.create_order(bom)
        component = self.component(order, glue)
        component.action_issue(5)
        component.quantity = 5
        component.action_return(2)
        self.assertTrue(component.picked)
        self.change_quantity(order, 12)
        order.button_mark_done()
        self.assertEqual(self.consumed(order, glue), 8)

    def test_part_of_a_record_is_issued(self):
        glue = self.create_product("Glue", stock=100)
        bom = self.create_bom(
            (glue, 1, {"issue_method": "manual"}),
            product=self.create_product("Chair"),
            consumption="flexible",
        )
        order = self.create_order(bom)
        component = self.component(order, glue)
        component.quantity = 8
        component.action_issue(3)
        self.assertEqual((component.quantity, component.picked), (5, True))
        order.button_mark_done()
        self.assertEqual(self.consumed(order, glue), 8)

    def test_less_than_the_stock_can_tell(self):
        glue = self.create_product(
            "Glue", stock=100, uom_id=self.env.ref("uom.product_uom_kgm").id
        )
        gram = self.env.ref("uom.product_uom_gram")
        bom = self.create_bom(
            (glue, 400, {"product_uom_id": gram.id}),
            product=self.create_product("Chair"),
        )
        order = self.create_order(bom)
        with self.assertRaises(UserError):
            self.component(order, glue).action_issue(4)
        self.assertFalse(self.component(order, glue).is_issued_early)

    def test_no_quantities(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        for quantity in (float("nan"), float("inf"), 1e300, "6", [3], True):
            with self.assertRaises(UserError):
                frame.action_issue(quantity)
            with self.assertRaises(UserError):
                frame.action_return(quantity)
        for lots in (["x"], [999999999]):
            with self.assertRaises(UserError):
                frame.action_issue(1, lots)
        self.assert_taken(0)

    def test_dialog_takes_each_component_of_its_order_once(self):
        order, other = self.create_order(self.bom), self.create_order(self.bom)
        frame = self.component(order, self.frame)
        for moves in (frame.ids * 2, self.component(other, self.frame).ids):
            wizard = self.env["mrp.component.issue"].create(
                {
                    "production_id": order.id,
                    "line_ids": [
                        Command.create({"move_id": move, "quantity": 1})
                        for move in moves
                    ],
                }
            )
            with self.assertRaises(UserError):
                wizard.action_issue()
        self.assert_taken(0)

    def test_stock_user_may_not(self):
        user = self.create_user("stock_user", "stock.group_stock_user")
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(2)
        with self.assertRaises(AccessError):
            frame.with_user(user).action_issue(1)
        with self.assertRaises(AccessError):
            frame.with_user(user).action_return(1)
        self.assert_taken(2)

    def test_operator_may_issue_and_return(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame).with_user(user)
        frame.action_issue(4)
        frame.action_return(1)
        self.assert_taken(3)

    def test_outsider_may_not(self):
        user = self.create_user("outsider", "base.group_user")
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame).with_user(user)
        with self.assertRaises(AccessError):
            frame.action_issue(4)
        self.assert_taken(0)

    def test_chosen_lot(self):
        board = self.create_product("Board", tracking="lot")
        lots = [self.create_lot(board, name) for name in ("L1", "L2")]
        for lot in lots:
            self.add_stock(board, 10, lot)
        bom = self.create_bom((board, 1, {}), product=self.create_product("Shelf"))
        order = self.create_order(bom, 5)
        component = self.component(order, board)
        self.assertEqual(component.lot_ids, lots[0])
        component.action_issue(3, lots[1].ids)
        self.assertEqual(component.issue_move_ids.lot_ids, lots[1])
        self.assertEqual(component.quantity, 2, "the rest stays reserved")
        component.action_issue()
        self.assertEqual(component.issue_move_ids.lot_ids, lots[0] + lots[1])

    def test_serial_numbers_are_issued_and_pass_the_check(self):
        motor = self.create_product("Motor", tracking="serial")
        serials = self.env["stock.lot"].union(
            *(self.create_lot(motor, f"S{number}") for number in range(4))
        )
        for serial in serials:
            self.add_stock(motor, 1, serial)
        bom = self.create_bom((motor, 1, {}), product=self.create_product("Fan"))
        order = self.create_order(bom, 3)
        self.component(order, motor).action_issue(lot_ids=serials[1:3].ids)
        self.assertEqual(self.on_hand(motor), 2)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(self.on_hand(motor), 1)

    def test_lot_of_another_product(self):
        board = self.create_product("Board", tracking="lot", stock=0)
        other = self.create_lot(self.create_product("Pipe", tracking="lot"), "P")
        bom = self.create_bom((board, 1, {}), product=self.create_product("Shelf"))
        order = self.create_order(bom, 5)
        with self.assertRaises(UserError):
            self.component(order, board).action_issue(3, other.ids)

    def test_missing_lots_are_named_at_once(self):
        products = [
            self.create_product(name, tracking="lot") for name in ("Board", "Pipe")
        ]
        bom = self.create_bom(
            *((product, 1, {}) for product in products),
            product=self.create_product("Shelf"),
        )
        order = self.create_order(bom, 5)
        with self.assertRaises(UserError) as caught:
            order.move_raw_ids.action_issue()
        for product in products:
            self.assertIn(product.name, str(caught.exception))


@tagged("post_install", "-at_install")
class TestReturnComponents(IssueCase):
    def test_part_is_returned_and_needed_again(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(10)
        frame.action_return(4)
        self.assert_taken(6)
        self.assertEqual(frame.issued_quantity, 6)
        self.assertEqual(frame.product_uom_qty, 4)
        self.assertEqual(self.consumed(order, self.frame), 6)
        order.button_mark_done()
        self.assert_taken(10)
        self.assertEqual(self.consumed(order, self.frame), 10)

    def test_all_is_returned(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(7)
        frame.action_return()
        self.assert_taken(0)
        self.assertEqual(frame.issue_state, "to_issue")
        self.assertEqual(frame.product_uom_qty, 10)
        self.assertFalse(frame.is_issued_early)
        order.button_mark_done()
        self.assert_taken(10)

    def test_same_lots_to_the_same_shelf(self):
        board = self.create_product("Board", tracking="lot")
        shelf = self.env["stock.location"].create(
            {"name": "Shelf 1", "location_id": self.stock.id}
        )
        first, second = (self.create_lot(board, name) for name in ("L1", "L2"))
        self.add_stock(board, 6, first, shelf)
        self.add_stock(board, 6, second, shelf)
        bom = self.create_bom((board, 1, {}), product=self.create_product("Rack"))
        order = self.create_order(bom, 10)
        component = self.component(order, board)
        component.action_issue(10)
        # 6 of L1, 4 of L2: what was taken last goes back first.
        component.action_return(5)
        quantities = {
            quant.lot_id: quant.quantity
            for quant in board.stock_quant_ids
            if quant.location_id == shelf
        }
        self.assertEqual(quantities, {first: 1, second: 6})

    def test_no_more_than_was_issued(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(3)
        for quantity in (4, 0, -1):
            with self.assertRaises(UserError):
                frame.action_return(quantity)
        self.assert_taken(3)

    def test_not_after_completion(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(3)
        order.button_mark_done()
        with self.assertRaises(UserError):
            frame.action_return(1)

    def test_history_stays(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(3)
        frame.action_return(1)
        history = frame.issue_move_ids
        self.assertEqual(sorted(history.mapped("quantity")), [1, 1, 2])
        self.assertEqual(set(history.mapped("reference")), {order.name})
        self.assertEqual(set(history.mapped("state")), {"done"})


@tagged("post_install", "-at_install")
class TestOperation(IssueCase):
    """Frames at Welding, screws at Assembly; paint has no operation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.create_product("Screw", stock=100)
        cls.paint = cls.create_product("Paint", stock=100)
        cls.bom = cls.create_bom(
            (cls.paint, 1, {"issue_method": "operation"}),
            product=cls.create_product("Bed"),
            operations=["Welding", "Assembly"],
            consumption="flexible",
        )
        cls.bom.bom_line_ids = [
            Command.create(
                {
                    "product_id": product.id,
                    "product_qty": quantity,
                    "operation_id": operation.id,
                    "issue_method": "operation",
                }
            )
            for product, quantity, operation in zip(
                (cls.frame, cls.screw), (1, 4), cls.bom.operation_ids, strict=True
            )
        ]

    def test_stock_moves_when_the_operation_is_finished(self):
        order = self.create_order(self.bom)
        welding, assembly = order.workorder_ids
        welding.button_start()
        self.assert_taken(0)
        welding.button_finish()
        self.assert_taken(10)
        self.assert_taken(0, self.screw)
        assembly.button_start()
        assembly.button_finish()
        self.assert_taken(40, self.screw)
        self.assert_taken(0, self.paint)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assert_taken(10)
        self.assert_taken(40, self.screw)
        self.assert_taken(10, self.paint)

    def test_unreported_operation_is_caught_up(self):
        order = self.create_order(self.bom)
        order.workorder_ids[0].button_start()
        order.workorder_ids[0].button_finish()
        order.button_mark_done()
        self.assert_taken(10)
        self.assert_taken(40, self.screw)

    def test_nothing_reported_at_all(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        self.assert_taken(10)
        self.assert_taken(40, self.screw)
        self.assert_taken(10, self.paint)

    def test_finished_twice(self):
        order = self.create_order(self.bom)
        welding = order.workorder_ids[0]
        welding.button_start()
        welding.button_finish()
        welding.button_finish()
        self.assert_taken(10)
        welding.set_state("progress")
        welding.button_finish()
        self.assert_taken(10)
        order.button_mark_done()
        self.assert_taken(10)

    def test_cancelled_work_order(self):
        order = self.create_order(self.bom)
        welding, assembly = order.workorder_ids
        welding.button_start()
        welding.button_finish()
        assembly.set_state("cancel")
        order.button_mark_done()
        self.assert_taken(10)
        self.assert_taken(40, self.screw)

    def test_part_reported_then_backorder(self):
        order = self.create_order(self.bom)
        self.report(order, 6)
        welding = order.workorder_ids[0]
        welding.button_start()
        welding.button_finish()
        self.assert_taken(6)
        backorder = self.produce(order, 6)
        self.assert_taken(6)
        self.assert_taken(24, self.screw)
        self.finish(backorder.button_mark_done())
        self.assert_taken(10)
        self.assert_taken(40, self.screw)
        self.assert_taken(10, self.paint)

    def test_operation_reported_in_full_order_in_part(self):
        order = self.create_order(self.bom)
        welding = order.workorder_ids[0]
        welding.button_start()
        welding.button_finish()
        self.assert_taken(10)
        backorder = self.produce(order, 6)
        self.assertEqual(self.consumed(order, self.frame), 6)
        self.assertEqual(self.consumed(backorder, self.frame), 4)
        self.finish(backorder.button_mark_done())
        self.assert_taken(10)
        self.assert_taken(40, self.screw)

    def test_quantity_that_a_person_typed(self):
        order = self.create_order(self.bom)
        with Form(order) as form:
            index = order.move_raw_ids.ids.index(self.component(order, self.frame).id)
            with form.move_raw_ids.edit(index) as line:
                line.quantity = 11
        welding = order.workorder_ids[0]
        welding.button_start()
        welding.button_finish()
        self.assert_taken(11)
        order.button_mark_done()
        self.assert_taken(11)

    def test_operation_without_work_of_its_own(self):
        bom = self.create_bom(
            (self.frame, 1, {"issue_method": "operation"}),
            product=self.create_product("Lamp"),
        )
        order = self.create_order(bom)
        order.action_start()
        self.assert_taken(0)
        order.button_mark_done()
        self.assert_taken(10)


@tagged("post_install", "-at_install")
class TestStart(IssueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bom.bom_line_ids.issue_method = "start"

    def test_start_button(self):
        order = self.create_order(self.bom)
        order.action_start()
        self.assert_taken(10)
        order.action_start()
        self.assert_taken(10)
        order.button_mark_done()
        self.assert_taken(10)

    def test_first_work_order(self):
        bom = self.create_bom(
            (self.frame, 1, {"issue_method": "start", "operation": "Assembly"}),
            product=self.create_product("Lamp"),
            operations=["Welding", "Assembly"],
        )
        order = self.create_order(bom)
        welding = order.workorder_ids[0]
        welding.button_start()
        self.assert_taken(10)
        welding.button_pending()
        welding.button_start()
        order.workorder_ids[1].button_start()
        self.assert_taken(10)
        order.button_mark_done()
        self.assert_taken(10)

    def test_never_started(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        self.assert_taken(10)

    def test_quantity_changed_before_the_start(self):
        order = self.create_order(self.bom)
        self.change_quantity(order, 14)
        self.assert_taken(0)

    def test_quantity_raised(self):
        order = self.create_order(self.bom)
        order.action_start()
        self.assertFalse(self.change_quantity(order, 14))
        self.assert_taken(14)
        self.assertEqual(self.component(order, self.frame).product_uom_qty, 0)
        order.button_mark_done()
        self.assert_taken(14)

    def test_quantity_lowered_asks_for_a_return(self):
        order = self.create_order(self.bom)
        order.action_start()
        action = self.change_quantity(order, 7)
        self.assert_taken(10)
        dialog = self.open(action)
        self.assertEqual(dialog.save().line_ids.quantity, 3)
        dialog.press("action_return")
        self.assert_taken(7)
        order.button_mark_done()
        self.assert_taken(7)

    def test_produced_in_part(self):
        order = self.create_order(self.bom)
        order.action_start()
        backorder = self.produce(order, 6)
        self.assertEqual(self.consumed(order, self.frame), 6)
        backorder.action_start()
        self.assert_taken(10)
        self.finish(backorder.button_mark_done())
        self.assert_taken(10)
