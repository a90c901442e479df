from datetime import timedelta

from odoo import fields
from odoo.tests import Form, HttpCase, tagged

from ..common import BackflushCase


class DialogTourCase(BackflushCase, HttpCase):
    """Tables of 1 frame and 4 screws, whose BoM asks about deviations; 100 frames and
    400 screws are there. Orders are of 10 tables unless said otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=100)
        cls.screw = cls.create_product("Screw", stock=400)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}), (cls.screw, 4, {}), consumption="warning"
        )
        cls.worker = cls.create_user(
            "worker", "mrp.group_mrp_user", "stock.group_production_lot"
        )

    def run_tour(self, url, name, login="worker"):
        # Some ask two things of three orders, on a machine that may be busy.
        self.start_tour(url, f"mrp_backflush_{name}", login=login, timeout=120)

    def start_order_tour(self, name, order, login="worker"):
        self.run_tour(f"/odoo/mrp.production/{order.id}", name, login)

    def start_list_tour(self, name, login="worker"):
        action = self.env.ref("mrp.mrp_production_action")
        self.run_tour(f"/odoo/action-{action.id}", name, login)

    def report_with_frames(self, order, quantity, frames):
        """Type the quantity produced and that of the frames, as on the form."""
        with Form(order) as form:
            form.qty_producing = quantity
            with form.move_raw_ids.edit(0) as line:
                self.assertEqual(line.product_id, self.frame)
                line.quantity = frames

    def have_little_in_stock(self):
        """Leave 7 frames; what is missing waits."""
        self.company.shortage_rule = "park"
        self.add_stock(self.frame, -93)

    def assert_done(self, order, produced, frames, screws):
        """The order is done, and has really consumed this."""
        self.assertEqual((order.state, order.qty_produced), ("done", produced))
        self.assertEqual(self.consumed(order, self.frame), frames)
        self.assertEqual(self.consumed(order, self.screw), screws)

    def assert_open(self, order, quantity):
        """Nothing of the order is posted; it needs what this quantity needs."""
        self.assertEqual((order.state, order.product_qty), ("confirmed", quantity))
        self.assertEqual(self.component(order, self.frame).product_uom_qty, quantity)
        self.assertEqual(
            self.component(order, self.screw).product_uom_qty, 4 * quantity
        )
        self.assertFalse(order.move_raw_ids.filtered(lambda move: move.state == "done"))

    def assert_stock(self, frames, screws, tables):
        self.assertEqual(self.on_hand(self.frame), frames)
        self.assertEqual(self.on_hand(self.screw), screws)
        self.assertEqual(self.on_hand(self.finished), tables)

    def assert_waiting(self, order, frames):
        """One exception: frames that were needed and not there."""
        exception = order.backflush_exception_ids
        self.assertEqual((exception.product_id, exception.state), (self.frame, "open"))
        self.assertEqual(exception.quantity, frames)


@tagged("post_install", "-at_install")
class TestCompletionDialogs(DialogTourCase):
    """Core's two questions at completion, answered in a real browser."""

    def test_create_backorder(self):
        order = self.create_order(self.bom)
        self.start_order_tour("create_backorder", order)
        self.assert_done(order, 6, frames=6, screws=24)
        self.assert_open(self.get_chain(order) - order, 4)
        self.assert_stock(frames=94, screws=376, tables=6)

    def test_no_backorder(self):
        order = self.create_order(self.bom)
        self.start_order_tour("no_backorder", order)
        self.assert_done(order, 6, frames=6, screws=24)
        self.assertEqual(self.get_chain(order), order)
        self.assert_stock(frames=94, screws=376, tables=6)

    def test_confirm_deviation(self):
        order = self.create_order(self.bom)
        self.start_order_tour("confirm_deviation", order)
        self.assert_done(order, 10, frames=12, screws=40)
        self.assert_stock(frames=88, screws=360, tables=10)

    def test_set_quantities(self):
        order = self.create_order(self.bom)
        self.start_order_tour("set_quantities", order)
        self.assert_done(order, 10, frames=10, screws=40)
        self.assert_stock(frames=90, screws=360, tables=10)

    def test_administrator_forces_a_blocked_deviation(self):
        self.bom.consumption = "strict"
        self.create_user("planner", "mrp.group_mrp_manager")
        order = self.create_order(self.bom)
        self.start_order_tour("force_deviation", order, login="planner")
        self.assert_done(order, 10, frames=12, screws=40)

    def test_discarded_questions_change_nothing(self):
        order = self.create_order(self.bom)
        self.start_order_tour("discard_questions", order)
        self.assertNotIn(order.state, ("done", "cancel"))
        # What was typed is still there.
        self.assertEqual(order.qty_producing, 6)
        self.assertEqual(self.component(order, self.frame).quantity, 7)
        self.assertEqual(self.component(order, self.screw).quantity, 24)
        self.assertEqual(self.get_chain(order), order)
        self.assert_stock(frames=100, screws=400, tables=0)

    def test_backorder_of_a_backorder(self):
        order = self.create_order(self.bom)
        self.start_order_tour("backorder_of_a_backorder", order)
        first, second, third = self.get_chain(order)
        # 5 frames were used for 4 tables; the others take their own.
        self.assert_done(first, 4, frames=5, screws=16)
        self.assert_done(second, 4, frames=4, screws=16)
        self.assert_done(third, 2, frames=2, screws=8)
        self.assert_stock(frames=89, screws=360, tables=10)

    # What isn't there waits.

    def test_deviation_confirmed_and_backorder_with_a_shortage(self):
        self.have_little_in_stock()
        order = self.create_order(self.bom)
        self.start_order_tour("confirm_and_create_backorder", order)
        # 12 frames were used for 9 tables, as it was said; 7 are there.
        self.assert_done(order, 9, frames=7, screws=36)
        self.assert_waiting(order, 5)
        self.assert_open(self.get_chain(order) - order, 1)
        self.assert_stock(frames=0, screws=364, tables=9)

    def test_quantities_set_and_closed_with_a_shortage(self):
        self.have_little_in_stock()
        order = self.create_order(self.bom)
        self.start_order_tour("set_quantities_and_close", order)
        # 9 frames as planned.
        self.assert_done(order, 9, frames=7, screws=36)
        self.assert_waiting(order, 2)
        self.assertEqual(self.get_chain(order), order)
        self.assert_stock(frames=0, screws=364, tables=9)

    # From the list of orders.

    def test_list_with_one_partial_order(self):
        whole, partial = (self.create_order(self.bom) for _number in range(2))
        self.report(partial, 6)
        self.start_list_tour("list_one_partial")
        self.assert_done(whole, 10, frames=10, screws=40)
        self.assert_done(partial, 6, frames=6, screws=24)
        self.assert_open(self.get_chain(partial) - partial, 4)
        self.assert_stock(frames=84, screws=336, tables=16)

    def test_list_with_several_partial_orders(self):
        whole, closed, partial = (self.create_order(self.bom) for _number in range(3))
        self.report(closed, 6)
        self.report_with_frames(partial, 4, frames=5)
        self.start_list_tour("list_several_partial")
        self.assert_done(whole, 10, frames=10, screws=40)
        self.assert_done(closed, 6, frames=6, screws=24)
        self.assertEqual(self.get_chain(closed), closed)
        self.assert_done(partial, 4, frames=5, screws=16)
        self.assert_open(self.get_chain(partial) - partial, 6)
        self.assert_stock(frames=79, screws=320, tables=20)

    def test_list_with_quantities_set(self):
        whole, partial = (self.create_order(self.bom) for _number in range(2))
        self.report_with_frames(partial, 4, frames=5)
        self.start_list_tour("list_set_quantities")
        self.assert_done(whole, 10, frames=10, screws=40)
        self.assert_done(partial, 4, frames=4, screws=16)
        self.assertEqual(self.get_chain(partial), partial)
        self.assert_stock(frames=86, screws=344, tables=14)

    # Core's other questions.

    def create_lamp_order(self):
        """3 lamps with serial numbers, of a frame and 4 screws each."""
        lamp = self.create_product("Lamp", tracking="serial")
        bom = self.create_bom(
            (self.frame, 1, {}),
            (self.screw, 4, {}),
            product=lamp,
            consumption="warning",
        )
        return self.create_order(bom, 3)

    def test_serial_numbers_generated_in_mass(self):
        order = self.create_lamp_order()
        self.start_order_tour("serials", order)
        self.assert_done(order, 3, frames=3, screws=12)
        self.assertEqual(
            sorted(order.lot_producing_ids.mapped("name")),
            ["LAMP-001", "LAMP-002", "LAMP-003"],
        )
        self.assertEqual(self.on_hand(order.product_id), 3)

    def test_serial_numbers_of_a_part(self):
        order = self.create_lamp_order()
        self.start_order_tour("serials_partly", order)
        first, second = self.get_chain(order)
        self.assert_done(first, 2, frames=2, screws=8)
        self.assertEqual(
            sorted(first.lot_producing_ids.mapped("name")), ["LAMP-001", "LAMP-002"]
        )
        self.assert_done(second, 1, frames=1, screws=4)
        self.assertEqual(len(second.lot_producing_ids), 1)
        self.assertEqual(self.on_hand(order.product_id), 3)

    def test_expired_lot(self):
        if "expiry.picking.confirmation" not in self.env:
            self.skipTest("needs mrp_product_expiry")
        resin = self.create_product("Resin", tracking="lot", use_expiration_date=True)
        lot = self.create_lot(resin, "RESIN-1")
        now = fields.Datetime.now()
        lot.expiration_date = now - timedelta(days=1)
        lot.removal_date = now + timedelta(days=30)
        self.add_stock(resin, 50, lot=lot)
        bom = self.create_bom((resin, 2, {}), product=self.create_product("Lamp"))
        order = self.create_order(bom)
        order.action_assign()
        self.start_order_tour("expired_lot", order)
        self.assertEqual((order.state, order.qty_produced), ("done", 6))
        self.assertEqual(self.consumed(order, resin), 12)
        backorder = self.get_chain(order) - order
        self.assertEqual((backorder.state, backorder.product_qty), ("confirmed", 4))
        self.assertEqual(self.on_hand(resin), 38)


@tagged("post_install", "-at_install")
class TestDialogsOnPhone(DialogTourCase):
    """Where the lists of the dialogs are cards, and the form's buttons a menu."""

    browser_size = "375x667"
    touch_enabled = True

    def test_both_questions(self):
        order = self.create_order(self.bom)
        self.report_with_frames(order, 6, frames=7)
        self.start_order_tour("phone_questions", order)
        self.assert_done(order, 6, frames=7, screws=24)
        self.assert_open(self.get_chain(order) - order, 4)

    def test_quantities_are_set(self):
        order = self.create_order(self.bom)
        self.report_with_frames(order, 6, frames=7)
        self.start_order_tour("phone_set_quantities", order)
        self.assert_done(order, 6, frames=6, screws=24)
        self.assertEqual(self.get_chain(order), order)

    def test_components_are_issued_and_returned(self):
        order = self.create_order(self.bom)
        self.start_order_tour("phone_issue", order)
        # 4 were issued and 1 came back.
        self.assertEqual(self.component(order, self.frame).product_uom_qty, 7)
        self.assertEqual(self.consumed(order, self.frame), 3)
        self.assert_stock(frames=97, screws=400, tables=0)


@tagged("post_install", "-at_install")
class TestOrderChanges(DialogTourCase):
    """Orders that are changed on the way, and then completed."""

    def issue(self, order, product, quantity):
        self.component(order, product).action_issue(quantity)

    def test_quantity_is_increased(self):
        order = self.create_order(self.bom)
        self.issue(order, self.frame, 4)
        self.start_order_tour("increase_quantity", order)
        self.assert_done(order, 15, frames=15, screws=60)
        self.assert_stock(frames=85, screws=340, tables=15)

    def test_quantity_is_reduced_below_what_was_issued(self):
        order = self.create_order(self.bom)
        self.issue(order, self.frame, 10)
        self.start_order_tour("reduce_quantity", order)
        self.assertEqual((order.state, order.qty_produced), ("done", 6))
        self.assert_stock(frames=94, screws=376, tables=6)

    def test_split_orders_are_completed(self):
        order = self.create_order(self.bom)
        self.start_order_tour("split", order)
        orders = self.get_chain(order)
        for part, quantity in zip(orders, (4, 4, 2), strict=True):
            self.assert_open(part, quantity)
        self.start_list_tour("mark_all_done")
        for part, quantity in zip(orders, (4, 4, 2), strict=True):
            self.assert_done(part, quantity, frames=quantity, screws=4 * quantity)
        self.assert_stock(frames=90, screws=360, tables=10)

    def test_merged_order_is_completed(self):
        merged = self.create_order(self.bom) + self.create_order(self.bom, 5)
        self.start_list_tour("merge")
        self.assertEqual(set(merged.mapped("state")), {"cancel"})
        order = self.env["mrp.production"].search(
            [("product_id", "=", self.finished.id), ("state", "=", "done")]
        )
        self.assert_done(order, 15, frames=15, screws=60)
        self.assert_stock(frames=85, screws=340, tables=15)

    def test_discarded_dialogs_change_nothing(self):
        order = self.create_order(self.bom)
        self.issue(order, self.frame, 4)
        self.start_order_tour("discard_own_dialogs", order)
        component = self.component(order, self.frame)
        self.assertEqual(component.product_uom_qty, 6)
        self.assertEqual(self.consumed(order, self.frame), 4)
        self.assert_stock(frames=96, screws=400, tables=0)

    def test_all_orders_are_completed_with_answers(self):
        self.have_little_in_stock()
        # The backorder leaves to the other order what is there.
        self.warehouse.manu_type_id.reservation_method = "manual"
        partial, short = self.create_order(self.bom), self.create_order(self.bom, 5)
        self.report_with_frames(partial, 4, frames=5)
        self.start_list_tour("complete_all")
        self.assert_done(partial, 4, frames=5, screws=16)
        self.assert_open(self.get_chain(partial) - partial, 6)
        # 5 were needed, 2 were left.
        self.assert_done(short, 5, frames=2, screws=20)
        self.assert_waiting(short, 3)
