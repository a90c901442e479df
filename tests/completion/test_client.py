from odoo.exceptions import UserError
from odoo.tests import tagged

from ..client import FORMER_KEYS, check_plain
from ..common import BackflushCase

# What JSON can say, the texts that once stood for objects among it.
ODD_VALUES = (
    True,
    1,
    -0.5,
    "completing",
    "filled components",
    [1, 2],
    {"quantities": {}, "is_pending": False},
    [],
)


@tagged("post_install", "-at_install")
class TestDialogsOfCore(BackflushCase):
    """Each button of core's completion dialogs, pressed as in the browser: the context
    of the dialog comes back with it, as text, numbers and lists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=100)
        cls.leg = cls.create_product("Leg", stock=100)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}), (cls.leg, 4, {}), consumption="flexible"
        )

    def mark_done(self, orders):
        return self.client().press(orders, "button_mark_done")

    def create_partial_order(self, produced=6):
        order = self.create_order(self.bom)
        order.qty_producing = produced
        order._set_qty_producing()
        return order

    def assert_consumed(self, frame, leg):
        self.assertEqual(100 - self.on_hand(self.frame), frame)
        self.assertEqual(100 - self.on_hand(self.leg), leg)

    def test_create_backorder(self):
        order = self.create_partial_order()
        action = self.mark_done(order)
        self.assertEqual(action["res_model"], "mrp.production.backorder")
        action = self.open(action).press("action_backorder")
        self.assertEqual(order.state, "done")
        backorder = self.get_chain(order) - order
        self.assertEqual(action["res_id"], backorder.id)
        self.assertEqual(backorder.product_qty, 4)
        self.assert_consumed(frame=6, leg=24)
        # The client goes on with the context that came with it.
        self.client().press(backorder, "button_mark_done", action["context"])
        self.assertEqual(backorder.state, "done")
        self.assert_consumed(frame=10, leg=40)

    def test_no_backorder(self):
        order = self.create_partial_order()
        self.open(self.mark_done(order)).press("action_close_mo")
        self.assertEqual(order.state, "done")
        self.assertEqual(self.get_chain(order), order)
        self.assert_consumed(frame=6, leg=24)

    def create_deviating_order(self, produced=10):
        self.bom.consumption = "warning"
        order = self.create_partial_order(produced=produced)
        self.component(order, self.leg).quantity = 42
        return order

    def test_confirm(self):
        order = self.create_deviating_order()
        action = self.mark_done(order)
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        self.assertFalse(self.open(action).press("action_confirm"))
        self.assertEqual(order.state, "done")
        self.assert_consumed(frame=10, leg=42)

    def test_set_quantities(self):
        order = self.create_deviating_order()
        self.open(self.mark_done(order)).press("action_set_qty")
        self.assertEqual(order.state, "done")
        self.assert_consumed(frame=10, leg=40)

    def test_both_dialogs_one_after_the_other(self):
        order = self.create_deviating_order(produced=6)
        action = self.open(self.mark_done(order)).press("action_confirm")
        self.assertEqual(action["res_model"], "mrp.production.backorder")
        self.open(action).press("action_backorder")
        self.assertEqual(order.state, "done")
        self.assert_consumed(frame=6, leg=42)

    def test_several_orders_of_which_one_is_partial(self):
        whole, partial = self.create_order(self.bom, 3), self.create_partial_order()
        dialog = self.open(self.mark_done(whole + partial))
        dialog.press("action_backorder")
        self.assertEqual((whole + partial).mapped("state"), ["done", "done"])
        self.assert_consumed(frame=9, leg=36)

    def test_parked(self):
        self.company.shortage_rule = "park"
        self.add_stock(self.leg, -90)
        order = self.create_partial_order()
        self.open(self.mark_done(order)).press("action_backorder")
        # 24 needed, 10 there.
        self.assertEqual(order.backflush_exception_ids.quantity, 14)
        self.assertEqual(self.on_hand(self.leg), 0)

    def test_quantity_changed_after_an_early_issue(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(6)
        self.change_quantity(order, 8)
        self.mark_done(order)
        self.assert_consumed(frame=8, leg=32)


@tagged("post_install", "-at_install")
class TestKeysOfTheContext(BackflushCase):
    """A client may send any key: none that was the module's own does anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame")
        cls.glue = cls.create_product("Glue")
        cls.bom = cls.create_bom(
            (cls.frame, 3, {"component_scrap": 10}),
            (cls.glue, 2, {"issue_method": "manual", "operation": "Assembly"}),
            operations=["Assembly"],
            consumption="flexible",
        )

    def work(self, context):
        """An order from its creation to its end, all of it with that context.

        :return: what it comes to
        """
        browser = self.client()
        [values] = self.create_order(self.bom, confirm=False).copy_data()
        values = {
            name: values[name] for name in ("product_id", "bom_id", "product_qty")
        }
        order_id = browser.call(
            self.env["mrp.production"], "web_save", values, {}, context=context
        )[0]["id"]
        order = self.env["mrp.production"].browse(order_id)
        browser.press(order, "action_confirm", context)
        glue = self.component(order, self.glue)
        said = {"quantity": 7, "picked": True}
        browser.call(glue, "write", said, context=context)
        recorded = glue.quantity, glue.picked
        browser.call(
            self.component(order, self.frame), "action_issue", 5, context=context
        )
        browser.press(order.workorder_ids, "button_start", context)
        browser.press(order.workorder_ids, "button_finish", context)
        state = order.state
        browser.press(order, "button_mark_done", context)
        return (
            recorded,
            state,
            order.state,
            self.consumed(order, self.glue),
            self.consumed(order, self.frame),
            order.move_raw_ids.move_line_ids.mapped("lot_origin"),
        )

    def test_no_key_does_anything(self):
        expected = self.work({})
        self.assertEqual(expected[0], (7, True))
        # 33 is 10 times 3 and 10 % scrap.
        self.assertEqual(expected[2:5], ("done", 7, 33))
        for value in ODD_VALUES:
            with self.subTest(value=value):
                context = dict.fromkeys(FORMER_KEYS, value)
                self.assertEqual(self.work(context), expected)

    def test_no_default_sets_what_the_system_keeps(self):
        """Neither of a client nor of a user's own default values."""
        issued = self.create_order(self.bom)
        component = self.component(issued, self.frame)
        component.action_issue(2)
        odd = {
            **dict.fromkeys(("is_issued_early", "is_fixed_issued", "is_parked"), True),
            **dict.fromkeys(("needed_quantity", "whole_demand", "whole_quantity"), 7),
            **{"whole_number": 2, "is_recorded": True, "fixed_quantity": 4},
            **{"issue_component_id": component.id, "first_component_id": component.id},
        }
        expected = self.work({})
        values = {
            name: self.component(self.create_order(self.bom), self.frame)[name]
            for name in odd
        }
        context = {f"default_{name}": value for name, value in odd.items()}
        self.assertEqual(self.work(context), expected)
        for name, value in odd.items():
            self.env["ir.default"].set("stock.move", name, value, user_id=True)
        component = self.component(self.create_order(self.bom), self.frame)
        self.assertEqual({name: component[name] for name in odd}, values)

    def test_overview_of_a_bom(self):
        """What a kit's lines have of their kit is the server's to say."""
        operation = self.bom.operation_ids
        operation.workcenter_id.issue_method = "manual"

        def read(**keys):
            report = self.env["report.mrp.report_bom_structure"].with_context(**keys)
            return [
                (line["issue_method"], line["quantity"], line["quantity_rule"])
                for line in report.get_html(self.bom.id, 5)["lines"]["components"]
            ]

        expected = read()
        for value in (*ODD_VALUES, operation.id):
            with self.subTest(value=value):
                keys = dict.fromkeys(FORMER_KEYS, value)
                self.assertEqual(read(**keys), expected)


@tagged("post_install", "-at_install")
class TestCheckOfActions(BackflushCase):
    """What all tests check of the actions that public methods return."""

    def test_own_key(self):
        with self.assertRaisesRegex(AssertionError, "lots_chosen_by"):
            check_plain({"context": {"lots_chosen_by": "system"}})

    def test_object(self):
        with self.assertRaisesRegex(AssertionError, "no client can send back"):
            check_plain({"context": {"anything": object()}})

    def test_own_object(self):
        with self.assertRaisesRegex(AssertionError, "WebClient"):
            check_plain({"params": [self.client()]})

    def test_records(self):
        with self.assertRaises(AssertionError):
            check_plain({"context": {"orders": self.env["mrp.production"]}})

    def test_each_returned_action_is_checked(self):
        bom = self.create_bom((self.create_product("Frame", stock=10), 1, {}))
        order = self.create_order(bom, quantity=2)
        order.qty_producing = 1
        with self.assertRaisesRegex(AssertionError, "lots_chosen_by"):
            order.with_context(lots_chosen_by=1).button_mark_done()


@tagged("post_install", "-at_install")
class TestOddArguments(BackflushCase):
    """What a script sends by mistake is answered in words, and posts nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=10)
        cls.bom = cls.create_bom((cls.frame, 1, {}), consumption="flexible")

    def refuse(self, records, name, *arguments, **named):
        with self.subTest(name=name, arguments=arguments, named=named):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                getattr(records, name)(*arguments, **named)

    def test_no_lots(self):
        component = self.component(self.create_order(self.bom), self.frame)
        for lots in (5, True, [[1]], [1.5], "lot", {"id": 1}):
            self.refuse(component, "action_issue", 1, lots)
        self.assertFalse(component.is_issued_early)

    def test_no_choices(self):
        order = self.create_order(self.bom)
        for answer in ([], {}, None, True, 5, "yes"):
            self.refuse(order, "complete_orders", backorder=answer)
            self.refuse(order, "complete_orders", deviations=answer)

    def test_no_operation_type(self):
        reports = self.env["mrp.production.report"]
        for type_id in ("abc", True, 1.5, [1, 2], ["abc"], {"id": 1}, -1):
            self.refuse(
                *(reports, "report_production", self.bom.product_id.id, 1),
                picking_type_id=type_id,
            )

    def test_nothing_failed(self):
        """Two press *Retry Failed*: the second finds nothing to do."""
        order = self.create_order(self.bom)
        dialog = self.env["mrp.complete.orders"].create({"production_ids": order.ids})
        action = dialog.action_complete_all()
        run = self.env["mrp.completion.run"].browse(action["res_id"])
        self.assertTrue(run.action_retry_failed())
        self.assertEqual((order.state, run.done_count), ("done", 1))
