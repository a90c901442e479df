from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.mrp_production import MrpProduction
from ...models.shortage.res_company import ResCompany
from ...models.shortage.stock_move import StockMove
from ..client import to_client
from ..common import BackflushCase


class ShortageCase(BackflushCase):
    """Tables of 1 frame and 2 legs; 7 frames and plenty of legs are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Where there is demo data: nothing waits, and no category says anything.
        cls.env["mrp.backflush.exception"].search([("state", "=", "open")])._cancel(
            "Not of this test"
        )
        categories = cls.env["product.category"]
        categories.search([("shortage_rule", "!=", False)]).shortage_rule = False
        cls.frame = cls.create_product("Frame", stock=7)
        cls.leg = cls.create_product("Leg", stock=1000)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}), (cls.leg, 2, {}), consumption="warning"
        )
        cls.customer = cls.env.ref("stock.stock_location_customers")
        cls.supplier = cls.env.ref("stock.stock_location_suppliers")

    def set_rule(self, rule):
        self.company.shortage_rule = rule

    def complete(self, orders):
        """Press *Produce All*: no dialog may come up."""
        self.assertIs(orders.button_mark_done(), True)
        self.assertEqual(set(orders.mapped("state")), {"done"})
        return orders.backflush_exception_ids

    def transfer(self, product, quantity, location, destination, lot=None):
        """A transfer that is validated."""
        picking = self.prepare_transfer(product, quantity, location, destination)
        picking.move_ids.quantity = quantity
        if lot:
            picking.move_ids.move_line_ids.lot_id = lot
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def prepare_transfer(self, product, quantity, location, destination):
        types = {
            self.supplier: self.warehouse.in_type_id,
            self.customer: self.warehouse.out_type_id,
        }
        picking_type = (
            types.get(location) or types.get(destination) or self.warehouse.int_type_id
        )
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": location.id,
                "location_dest_id": destination.id,
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": location.id,
                            "location_dest_id": destination.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        return picking

    def receive(self, product, quantity, lot=None):
        return self.transfer(product, quantity, self.supplier, self.stock, lot)

    def reserve_for_delivery(self, product, quantity):
        picking = self.prepare_transfer(product, quantity, self.stock, self.customer)
        picking.action_assign()
        self.assertEqual(picking.state, "assigned")
        return picking

    def settle_in_background(self):
        """What the scheduled action does that arrivals call for.

        :return: whether it was called for
        """
        cron = self.env.ref("mrp_backflush.ir_cron_settle_arrived")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        if triggers:
            # Not through the cron, which commits.
            exceptions = self.env["mrp.backflush.exception"]
            exceptions._find_settleable()._settle()
        triggers.unlink()
        return bool(triggers)

    def reserved(self, product):
        """What quants say is reserved, and what lines hold."""
        quants = self.env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id.usage", "=", "internal")]
        )
        lines = self.env["stock.move.line"].search(
            [("product_id", "=", product.id), ("state", "not in", ("done", "cancel"))]
        )
        return (
            sum(quants.mapped("reserved_quantity")),
            sum(lines.mapped("quantity_product_uom")),
        )


@tagged("post_install", "-at_install")
class TestShortageRule(ShortageCase):
    def test_allow_is_the_default(self):
        self.assertEqual(self.company.shortage_rule, "allow")
        order = self.create_order(self.bom)
        self.assertFalse(self.complete(order))
        self.assertEqual(self.on_hand(self.frame), -3)

    def test_category_overrides_the_company(self):
        self.set_rule("block")
        self.category.shortage_rule = "park"
        order = self.create_order(self.bom)
        self.assertEqual(self.complete(order).quantity, 3)

    def test_parent_category_is_inherited(self):
        child = self.env["product.category"].create(
            {"name": "Screws", "parent_id": self.category.id}
        )
        self.frame.categ_id = child
        self.category.shortage_rule = "park"
        self.assertEqual(
            child.shortage_rule_inherited,
            "Let It Wait and Settle Later (category Hardware)",
        )
        self.assertEqual(self.complete(self.create_order(self.bom)).quantity, 3)

    def test_category_may_allow_what_the_company_blocks(self):
        self.set_rule("block")
        self.category.shortage_rule = "allow"
        self.assertFalse(self.complete(self.create_order(self.bom)))
        self.assertEqual(self.on_hand(self.frame), -3)

    def test_product_without_category(self):
        self.set_rule("park")
        self.frame.categ_id = False
        self.assertEqual(self.complete(self.create_order(self.bom)).quantity, 3)

    def test_rule_of_a_category_is_the_administrators(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        with self.assertRaises(AccessError):
            self.category.with_user(user).shortage_rule = "allow"
        manager = self.create_user(
            "planner", "mrp.group_mrp_manager", "product.group_product_manager"
        )
        self.category.with_user(manager).shortage_rule = "allow"

    def test_consumables_are_never_short(self):
        self.set_rule("block")
        glue = self.create_product("Glue", is_storable=False)
        bom = self.create_bom((glue, 5, {}), product=self.create_product("Shelf"))
        self.complete(self.create_order(bom))


@tagged("post_install", "-at_install")
class TestBlock(ShortageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "block"

    def assert_blocked(self, orders, *parts):
        with self.assertRaises(UserError) as caught:
            orders.button_mark_done()
        message = str(caught.exception)
        for part in parts:
            self.assertIn(part, message)
        return message

    def test_one_error_lists_every_short_component_of_every_order(self):
        self.env["stock.quant"]._update_available_quantity(self.leg, self.stock, -985)
        first, second = self.create_order(self.bom), self.create_order(self.bom, 5)
        # 7 frames: 7 for the first order, 0 are left for the second. 15 legs: all 15
        # are for the first one.
        message = self.assert_blocked(
            first + second,
            f"{first.name}: Frame, needed 10 Units, available 7 in WH/Stock",
            f"{first.name}: Leg, needed 20 Units, available 15 in WH/Stock",
            f"{second.name}: Frame, needed 5 Units, available 0 in WH/Stock",
            f"{second.name}: Leg, needed 10 Units, available 0 in WH/Stock",
        )
        self.assertEqual(message.count("\n- "), 4)

    def test_nothing_is_posted(self):
        order = self.create_order(self.bom)
        with self.cr.savepoint(flush=False), self.assertRaises(UserError):
            order.button_mark_done()
        self.env.invalidate_all()
        self.assertEqual(order.state, "confirmed")
        self.assertEqual((self.on_hand(self.frame), self.on_hand(self.leg)), (7, 1000))
        self.assertFalse(order.backflush_exception_ids)

    def test_what_is_there_is_completed(self):
        self.complete(self.create_order(self.bom, 7))
        self.assertEqual(self.on_hand(self.frame), 0)

    def test_who_holds_the_rest_is_named(self):
        picking = self.reserve_for_delivery(self.frame, 4)
        picking.move_ids.date = "2026-12-24 10:00:00"
        order = self.create_order(self.bom, 5)
        self.assert_blocked(
            order,
            "Frame, needed 5 Units, available 3",
            f"4 reserved for {picking.name} (12/24/2026)",
        )
        self.assertEqual(picking.move_ids.quantity, 4)

    def test_next_receipt_is_named(self):
        """7 are there; 5 come on Christmas, 20 the day after."""
        receipts = [self.expect(day, number) for day, number in ((25, 20), (24, 5))]
        order = self.create_order(self.bom, 9)
        self.assert_blocked(
            order, f"5 expected on 12/24/2026 with {receipts[1].picking_id.name}"
        )
        [answer] = order.complete_orders()
        self.assertIn("5 expected on 12/24/2026", answer["message"])

    def expect(self, day, quantity):
        """A receipt in December."""
        receipt_type = self.warehouse.in_type_id
        places = {
            "location_id": self.env.ref("stock.stock_location_suppliers").id,
            "location_dest_id": self.stock.id,
        }
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": receipt_type.id,
                **places,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.frame.id,
                            "product_uom_qty": quantity,
                            **places,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.move_ids.date = f"2026-12-{day} 10:00:00"
        return picking.move_ids

    def test_message_leads_somewhere(self):
        """Over RPC it is an error like any other, with its text; the web client gets
        the preview and the forecasts of what is missing."""
        order = self.create_order(self.bom, 9)
        with self.assertRaises(UserError) as caught:
            order.button_mark_done()
        context = to_client(caught.exception.context)
        self.assertEqual(context["title"], "Not Enough Stock")
        preview, forecast = context["ways"]
        self.assertEqual(preview["action"]["res_model"], "mrp.backflush.preview")
        self.assertEqual(
            self.open(preview["action"]).save().line_ids[0].shortage, 2, "9 of 7"
        )
        self.assertEqual(forecast["label"], "Forecast of Frame")
        self.assertEqual(forecast["action"]["context"]["active_id"], self.frame.id)
        [answer] = order.complete_orders()
        self.assertEqual(answer["message"], str(caught.exception))

    def test_own_reservation_is_available(self):
        order = self.create_order(self.bom, 7)
        order.action_assign()
        self.complete(order)

    def test_components_of_another_order_are_not_taken(self):
        other = self.create_order(self.bom, 6)
        other.action_assign()
        order = self.create_order(self.bom, 2)
        self.assert_blocked(order, f"6 reserved for {other.name}")
        self.complete(other)

    def test_open_pick_is_named_as_the_cause(self):
        self.warehouse.manufacture_steps = "pbm"
        order = self.create_order(self.bom, 5)
        self.assert_blocked(
            order, "needed 5 Units, available 0", order.picking_ids.name
        )
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        self.complete(order)
        self.assertEqual(self.on_hand(self.frame), 2)

    def test_stock_below_the_location_is_available(self):
        shelf = self.create_location("Shelf")
        self.add_stock(self.frame, 3, location=shelf)
        self.complete(self.create_order(self.bom, 10))
        self.assertEqual(self.on_hand(self.frame), 0)
        quants = self.env["stock.quant"].search([("product_id", "=", self.frame.id)])
        self.assertFalse(quants.filtered(lambda quant: quant.quantity < 0)[1:])

    def test_recorded_quantity_of_a_manual_component(self):
        self.bom.bom_line_ids[0].issue_method = "manual"
        order = self.create_order(self.bom, 5)
        self.component(order, self.frame).quantity = 8
        self.assert_blocked(order, "Frame, needed 8 Units, available 7")

    def test_before_core_asks_anything(self):
        order = self.create_order(self.bom, 20)
        self.report(order, 15)
        # Less than planned: core would ask for a backorder.
        self.assert_blocked(order, "Frame, needed 15 Units, available 7")

    def test_start_operation_and_issue_are_blocked(self):
        self.bom.bom_line_ids[0].issue_method = "start"
        order = self.create_order(self.bom)
        with self.assertRaises(UserError) as caught:
            order.action_start()
        self.assertIn("needed 10 Units, available 7", str(caught.exception))
        with self.assertRaises(UserError):
            self.component(order, self.leg).action_issue(1001)
        self.component(order, self.frame).action_issue(7)
        self.assertEqual(self.on_hand(self.frame), 0)

    def test_context_of_a_client_switches_nothing_off(self):
        order = self.create_order(self.bom)
        context = {
            "skip_consumption": True,
            "skip_backorder": True,
            "taken_reservations": True,
            "completing_orders": True,
        }
        self.assert_blocked(order.with_context(**context), "available 7")

    def test_leaked_reservation_is_no_shortage(self):
        quant = self.env["stock.quant"].search([("product_id", "=", self.frame.id)])
        # As concurrent transactions leave it: reserved, and by nobody.
        quant.sudo().reserved_quantity = 5
        self.complete(self.create_order(self.bom, 7))
        self.assertEqual(self.reserved(self.frame), (0, 0))

    def test_leak_takes_nothing_from_others(self):
        picking = self.reserve_for_delivery(self.frame, 2)
        quant = self.env["stock.quant"].search([("product_id", "=", self.frame.id)])
        quant.sudo().reserved_quantity += 4
        self.complete(self.create_order(self.bom, 5))
        self.assertEqual(picking.move_ids.quantity, 2)
        self.assertEqual(self.reserved(self.frame), (2, 2))

    def test_subcontractor_is_never_blocked(self):
        order = self.create_order(self.bom)
        with patch.object(MrpProduction, "_is_subcontracted", lambda order: True):
            rules = order.move_raw_ids._get_shortage_rules()
        self.assertEqual(set(rules.values()), {"allow"})

    def test_rules_are_found_once_by_completion(self):
        """Two orders of two components, all of one category: its levels are asked once
        for all steps of the completion."""
        orders = self.create_order(self.bom, 2) + self.create_order(self.bom, 3)
        resolve, asked = ResCompany._resolve_shortage_rule, []

        def count(company, category):
            asked.append(category)
            return resolve(company, category)

        with patch.object(ResCompany, "_resolve_shortage_rule", count):
            self.complete(orders)
        self.assertEqual(len(asked), 1)

    def test_of_an_order_that_code_posts_in_parts(self):
        """Core's ``_post_inventory`` without completion: it divides the component."""
        order = self.create_order(self.bom, 7)
        self.report(order, 3)
        order._post_inventory()
        # 3 of the 7 frames are consumed; the other 4 are there for the rest.
        self.assertEqual(self.on_hand(self.frame), 4)
        self.report(order, 7)
        self.complete(order)
        self.assertEqual(self.on_hand(self.frame), 0)
        self.assertEqual(self.consumed(order, self.frame), 7)


@tagged("post_install", "-at_install")
class TestPark(ShortageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"

    def test_what_is_there_is_posted(self):
        order = self.create_order(self.bom)
        exception = self.complete(order)
        self.assertEqual(self.on_hand(self.frame), 0)
        self.assertEqual(self.on_hand(self.leg), 980)
        self.assertEqual(self.on_hand(self.finished), 10)
        self.assertEqual(self.consumed(order, self.frame), 7)
        self.assertEqual(
            (exception.quantity, exception.state, exception.reason),
            (3, "open", "shortage"),
        )
        self.assertEqual(exception.production_id, order)
        self.assertEqual(exception.move_id, self.component(order, self.frame))
        self.assertFalse(exception.pending_move_id.picking_id)
        self.assertEqual(exception.product_id, self.frame)
        self.assertEqual(exception.location_id, self.stock)
        self.assertEqual(exception.product_uom_id, self.unit)
        self.assertEqual(exception.company_id, self.company)
        self.assertIn("needed 10 Units, available 7", exception.message)
        self.assertEqual(order.open_exception_count, 1)
        self.assertEqual(self.component(order, self.frame).issue_state, "parked")
        self.assertEqual(self.component(order, self.frame).parked_quantity, 3)

    def test_nothing_is_there(self):
        self.env["stock.quant"]._update_available_quantity(self.frame, self.stock, -7)
        order = self.create_order(self.bom)
        exception = self.complete(order)
        self.assertEqual(exception.quantity, 10)
        self.assertEqual(self.on_hand(self.finished), 10)
        self.assertEqual(self.consumed(order, self.frame), 0)
        self.assertEqual(self.component(order, self.frame).issue_state, "parked")

    def test_two_orders_share_what_is_there(self):
        first, second = self.create_order(self.bom, 5), self.create_order(self.bom, 5)
        exception = self.complete(first + second)
        self.assertEqual((exception.production_id, exception.quantity), (second, 3))
        self.assertEqual(self.on_hand(self.frame), 0)

    def test_reserved_for_others(self):
        picking = self.reserve_for_delivery(self.frame, 4)
        order = self.create_order(self.bom, 5)
        exception = self.complete(order)
        self.assertEqual((exception.quantity, exception.reason), (2, "reserved"))
        self.assertIn(picking.name, exception.message)
        self.assertEqual(picking.move_ids.quantity, 4)
        self.assertEqual(self.on_hand(self.frame), 4)

    def test_open_pick(self):
        self.warehouse.manufacture_steps = "pbm"
        board = self.create_product("Board", tracking="lot")
        lot = self.create_lot(board, "L1")
        self.add_stock(board, 10, lot)
        bom = self.create_bom((board, 1, {}), (self.leg, 1, {}))
        order = self.create_order(bom, 5)
        exceptions = self.complete(order)
        self.assertEqual(set(exceptions.mapped("reason")), {"not_picked"})
        self.assertEqual(exceptions.mapped("quantity"), [5, 5])
        names = order.picking_ids.mapped("name")
        self.assertTrue(any(name in exceptions[0].message for name in names))
        # The pick brings it.
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        self.assertTrue(self.settle_in_background())
        self.assertEqual(set(exceptions.mapped("state")), {"settled"})
        self.assertEqual(order.move_raw_ids.move_line_ids.lot_id, lot)
        self.assertEqual(self.consumed(order, board), 5)

    def test_missing_lot(self):
        board = self.create_product("Board", tracking="lot")
        lot = self.create_lot(board, "L1")
        self.add_stock(board, 4, lot)
        bom = self.create_bom((board, 1, {}))
        order = self.create_order(bom)
        exception = self.complete(order)
        self.assertEqual((exception.quantity, exception.reason), (6, "shortage"))
        self.assertEqual(self.consumed(order, board), 4)

    def test_stock_without_a_lot_number(self):
        board = self.create_product("Board")
        self.add_stock(board, 10)
        board.tracking = "lot"
        bom = self.create_bom((board, 1, {"operation": "Saw"}), operations=["Saw"])
        order = self.create_order(bom)
        exception = self.complete(order)
        self.assertEqual((exception.quantity, exception.reason), (10, "lot_missing"))
        self.assertEqual(self.on_hand(board), 10)

    def test_lot_that_must_be_scanned(self):
        self.company.lot_rule = "scan"
        board = self.create_product("Board", tracking="lot")
        lot = self.create_lot(board, "L1")
        self.add_stock(board, 20, lot)
        order = self.create_order(self.create_bom((board, 1, {})))
        exception = self.complete(order)
        self.assertEqual(
            (exception.quantity, exception.reason), (10, "lot_not_scanned")
        )
        exception.action_retry()
        self.assertEqual((exception.state, exception.attempts), ("open", 1))
        exception.lot_id = lot
        exception.action_retry()
        self.assertEqual(exception.state, "settled")
        line = exception.issue_move_ids.move_line_ids
        self.assertEqual((line.lot_id, line.lot_origin), (lot, "confirmed"))
        self.assertEqual(self.on_hand(board), 10)

    def test_a_part_was_scanned(self):
        self.company.serial_rule = "scan"
        motor = self.create_product("Motor", tracking="serial")
        lots = self.env["stock.lot"].browse()
        for number in range(4):
            lots += self.create_lot(motor, f"S{number}")
            self.add_stock(motor, 1, lots[-1])
        order = self.create_order(self.create_bom((motor, 1, {})), 3)
        component = self.component(order, motor)
        component.lot_ids = lots[:1]
        component.picked = True
        exception = self.complete(order)
        self.assertEqual(self.consumed(order, motor), 1)
        self.assertEqual(component.move_line_ids.lot_id, lots[0])
        if exception:
            self.assertEqual(exception.reason, "lot_not_scanned")

    def test_serials_are_scanned_one_by_one(self):
        self.company.serial_rule = "scan"
        motor = self.create_product("Motor", tracking="serial")
        lots = self.env["stock.lot"].browse()
        for number in range(4):
            lots += self.create_lot(motor, f"S{number}")
            self.add_stock(motor, 1, lots[-1])
        order = self.create_order(self.create_bom((motor, 1, {})), 2)
        exception = self.complete(order)
        self.assertEqual(exception.quantity, 2)
        for lot in lots[2:]:
            exception.lot_id = lot
            exception.action_retry()
        self.assertEqual(exception.state, "settled")
        self.assertEqual(exception.issue_move_ids.lot_ids, lots[2:])

    def test_location_that_is_blocked(self):
        shelf = self.create_location("Shelf")
        order = self.create_order(self.bom, 5)
        self.component(order, self.frame).location_id = shelf
        shelf.active = False
        exception = self.complete(order)
        self.assertEqual(
            (exception.quantity, exception.reason), (5, "location_blocked")
        )
        exception.location_id = self.stock
        exception.action_retry()
        self.assertEqual(exception.state, "settled")
        self.assertEqual(self.on_hand(self.frame), 2)

    def test_recorded_quantity_of_a_manual_component(self):
        self.bom.bom_line_ids[0].issue_method = "manual"
        order = self.create_order(self.bom, 5)
        self.component(order, self.frame).quantity = 8
        self.finish(order.button_mark_done())
        self.assertEqual(order.backflush_exception_ids.quantity, 1)
        self.assertEqual(self.consumed(order, self.frame), 7)

    def test_lot_that_a_person_named(self):
        board = self.create_product("Board", tracking="lot")
        first, second = (self.create_lot(board, name) for name in ("L1", "L2"))
        self.add_stock(board, 4, first)
        self.add_stock(board, 20, second)
        order = self.create_order(self.create_bom((board, 1, {})))
        component = self.component(order, board)
        order.qty_producing = 10
        component.move_line_ids.unlink()
        component.move_line_ids = [
            fields.Command.create(
                {
                    **component._prepare_move_line_vals(),
                    "lot_id": first.id,
                    "quantity": 10,
                }
            )
        ]
        component.picked = True
        exception = self.complete(order)
        # The person said L1, so the missing 6 are of L1.
        self.assertEqual((exception.quantity, exception.lot_id), (6, first))
        self.assertEqual(component.move_line_ids.lot_id, first)
        self.assertEqual(self.on_hand(board), 20)

    def test_kit_component(self):
        kit = self.create_product("Kit")
        self.create_bom((self.frame, 2, {}), product=kit, type="phantom")
        table = self.create_product("Kit Table")
        order = self.create_order(self.create_bom((kit, 1, {}), product=table), 5)
        exception = self.complete(order)
        self.assertEqual((exception.product_id, exception.quantity), (self.frame, 3))

    def test_other_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        bom = self.create_bom((self.frame, 1, {"product_uom_id": dozen.id}))
        exception = self.complete(self.create_order(bom, 1))
        # 12 are needed and 7 there: 5 of 12 are missing.
        self.assertEqual((exception.product_uom_id, exception.quantity), (self.unit, 5))
        self.assertEqual(self.on_hand(self.frame), 0)
        self.receive(self.frame, 5)
        self.settle_in_background()
        self.assertEqual(exception.state, "settled")
        self.assertEqual(self.on_hand(self.frame), 0)

    def test_reservations_are_the_lines(self):
        other = self.create_order(self.bom, 4)
        other.action_assign()
        self.complete(self.create_order(self.bom, 5))
        self.assertEqual(self.reserved(self.frame), (4, 4))
        self.receive(self.frame, 10)
        self.settle_in_background()
        self.assertEqual(self.reserved(self.frame), (4, 4))
        self.complete(other)
        self.assertEqual(self.reserved(self.frame), (0, 0))

    def test_it_is_in_the_forecast(self):
        self.complete(self.create_order(self.bom))
        self.assertEqual(self.frame.qty_available, 0)
        self.assertEqual(self.frame.virtual_available, -3)
        self.receive(self.frame, 3)
        self.settle_in_background()
        self.env.invalidate_all()
        self.assertEqual(self.frame.virtual_available, 0)

    def test_multi_user_operator(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        order = self.create_order(self.bom).with_user(user)
        self.assertIs(order.button_mark_done(), True)
        exception = order.backflush_exception_ids
        self.assertEqual(exception.quantity, 3)
        self.receive(self.frame, 3)
        exception.action_retry()
        self.assertEqual(exception.state, "settled")

    def test_note_on_the_order(self):
        order = self.create_order(self.bom)
        self.complete(order)
        self.assertIn(
            "<li>3 Units of Frame: needed 10 Units, available 7 in WH/Stock</li>",
            "".join(order.message_ids.mapped("body")),
        )

    def test_backorder(self):
        order = self.create_order(self.bom, 20)
        backorder = self.produce(order, 10)
        self.assertEqual(order.backflush_exception_ids.quantity, 3)
        self.assertEqual(self.consumed(order, self.frame), 7)
        self.receive(self.frame, 13)
        self.settle_in_background()
        self.assertEqual(self.consumed(order, self.frame), 10)
        self.complete(backorder)
        self.assertEqual(self.consumed(order + backorder, self.frame), 20)
        self.assertFalse(backorder.backflush_exception_ids)

    def test_preview_says_so(self):
        picking = self.reserve_for_delivery(self.frame, 4)
        order = self.create_order(self.bom, 5)
        plan = {line["product_id"]: line for line in order.get_backflush_plan()}
        frame = plan[self.frame.id]
        self.assertEqual(
            (frame["shortage"], frame["shortage_rule"], frame["shortage_reason"]),
            (2, "park", "reserved"),
        )
        # 3 of 7 are free and leave the stock.
        self.assertEqual((frame["quantity"], frame["on_hand_after"]), (5, 4))
        preview = self.open(order.action_preview_backflush()).save()
        line = preview.line_ids[0]
        self.assertEqual((line.quantity, line.waiting), (3, 2))
        self.assertEqual((preview.waiting_count, preview.blocking_count), (1, 0))
        self.assertIn("2 will be waiting", preview.line_ids[0].remarks)
        self.assertIn(picking.name, preview.line_ids[0].remarks)


@tagged("post_install", "-at_install")
class TestParkBeforeCompletion(ShortageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.bom.bom_line_ids[0].issue_method = "start"

    def test_start_parks_and_completion_does_not_park_again(self):
        order = self.create_order(self.bom)
        order.action_start()
        exception = order.backflush_exception_ids
        self.assertEqual(exception.quantity, 3)
        self.assertEqual(self.consumed(order, self.frame), 7)
        self.assertEqual(self.component(order, self.frame).product_uom_qty, 0)
        self.complete(order)
        self.assertEqual(order.backflush_exception_ids, exception)
        self.receive(self.frame, 3)
        self.settle_in_background()
        self.assertEqual(self.consumed(order, self.frame), 10)

    def test_settled_before_completion(self):
        order = self.create_order(self.bom)
        order.action_start()
        self.receive(self.frame, 5)
        self.settle_in_background()
        self.assertEqual(order.backflush_exception_ids.state, "settled")
        self.assertEqual(self.consumed(order, self.frame), 10)
        self.complete(order)
        self.assertEqual(self.consumed(order, self.frame), 10)
        self.assertEqual(self.on_hand(self.frame), 2)

    def test_less_is_produced(self):
        order = self.create_order(self.bom)
        order.action_start()
        backorder = self.produce(order, 6)
        # 7 issued: 6 are this order's, 1 goes over; 3 are no longer waited for here.
        self.assertEqual(order.backflush_exception_ids.state, "cancelled")
        self.assertEqual(self.consumed(order, self.frame), 6)
        self.assertEqual(self.consumed(backorder, self.frame), 1)
        self.assertEqual(self.component(backorder, self.frame).product_uom_qty, 3)
        self.complete(backorder)
        self.assertEqual(backorder.backflush_exception_ids.quantity, 3)

    def test_quantity_is_lowered(self):
        order = self.create_order(self.bom)
        order.action_start()
        self.change_quantity(order, 8)
        self.assertEqual(order.backflush_exception_ids.quantity, 1)
        self.assertEqual(order.backflush_exception_ids.state, "open")

    def test_order_is_cancelled(self):
        self.env["stock.quant"]._update_available_quantity(self.frame, self.stock, -7)
        order = self.create_order(self.bom)
        order.action_start()
        exception = order.backflush_exception_ids
        self.assertEqual(exception.quantity, 10)
        order.action_cancel()
        self.assertEqual((order.state, exception.state), ("cancel", "cancelled"))

    def test_cancelled_exception_leaves_the_need_open(self):
        order = self.create_order(self.bom)
        order.action_start()
        order.backflush_exception_ids.action_cancel("Counted wrong")
        self.assertEqual(self.component(order, self.frame).product_uom_qty, 3)
        self.receive(self.frame, 3)
        self.complete(order)
        self.assertEqual(self.consumed(order, self.frame), 10)

    def test_method_and_component_stay(self):
        self.env["stock.quant"]._update_available_quantity(self.frame, self.stock, -7)
        order = self.create_order(self.bom)
        order.action_start()
        component = self.component(order, self.frame)
        with self.assertRaises(UserError):
            component.issue_method = "manual"
        with self.assertRaises(UserError):
            component.product_id = self.leg
        with self.assertRaises(UserError):
            order._link_bom(order.bom_id)

    def test_operation(self):
        bom = self.create_bom(
            (self.frame, 1, {"operation": "Weld", "issue_method": "operation"}),
            operations=["Weld"],
            product=self.create_product("Bench"),
        )
        order = self.create_order(bom)
        order.workorder_ids.button_start()
        order.workorder_ids.button_finish()
        self.assertEqual(order.backflush_exception_ids.quantity, 3)
        self.complete(order)
        self.assertEqual(order.backflush_exception_ids.quantity, 3)

    def test_issue_components(self):
        self.bom.bom_line_ids[0].issue_method = "manual"
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(9)
        self.assertEqual(self.consumed(order, self.frame), 7)
        self.assertEqual(order.backflush_exception_ids.quantity, 2)

    def test_fixed_quantity_is_not_asked_for_again(self):
        self.env["stock.quant"]._update_available_quantity(self.frame, self.stock, -7)
        self.bom.bom_line_ids[0].is_fixed_quantity = True
        order = self.create_order(self.bom)
        order.action_start()
        self.assertEqual(order.backflush_exception_ids.quantity, 1)
        backorder = self.produce(order, 6)
        self.complete(backorder)
        exceptions = (order + backorder).backflush_exception_ids
        opened = exceptions.filtered(lambda exception: exception.state == "open")
        self.assertEqual(sum(opened.mapped("quantity")), 1)


@tagged("post_install", "-at_install")
class TestSettle(ShortageCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"

    def test_receipt_of_500_with_90_short(self):
        self.add_stock(self.frame, 3)
        order = self.create_order(self.bom, 100)
        exception = self.complete(order)
        self.assertEqual(exception.quantity, 90)
        self.receive(self.frame, 500)
        self.assertTrue(self.settle_in_background())
        self.assertEqual(self.on_hand(self.frame), 410)
        self.assertEqual((exception.state, exception.quantity), ("settled", 0))
        self.assertEqual(exception.settled_quantity, 90)
        self.assertEqual(self.consumed(order, self.frame), 100)
        self.assertEqual(order.state, "done")
        self.assertEqual(order.open_exception_count, 0)
        self.assertEqual(self.component(order, self.frame).issue_state, "issued")

    def test_partial_arrival_settles_partly(self):
        exception = self.complete(self.create_order(self.bom))
        self.receive(self.frame, 2)
        self.settle_in_background()
        self.assertEqual((exception.state, exception.quantity), ("open", 1))
        self.assertEqual((exception.settled_quantity, exception.attempts), (2, 0))
        self.assertEqual(self.on_hand(self.frame), 0)
        self.receive(self.frame, 2)
        self.settle_in_background()
        self.assertEqual(exception.state, "settled")
        self.assertEqual(self.on_hand(self.frame), 1)

    def test_oldest_order_first(self):
        first, second = self.create_order(self.bom, 10), self.create_order(self.bom, 4)
        # The first has the 7 reserved.
        younger = self.complete(second)
        older = self.complete(first)
        self.assertEqual((older.quantity, younger.quantity), (3, 4))
        self.receive(self.frame, 5)
        self.settle_in_background()
        self.assertEqual((older.state, younger.quantity), ("settled", 2))

    def test_arrivals_of_every_kind(self):
        shelf = self.create_location("Shelf")
        outside = self.create_location("Outside", location_id=False)
        self.add_stock(self.frame, 100, location=outside)

        def count():
            quant = self.env["stock.quant"].search(
                [("product_id", "=", self.frame.id), ("location_id", "=", shelf.id)]
            ) or self.env["stock.quant"].create(
                {"product_id": self.frame.id, "location_id": shelf.id}
            )
            quant.inventory_quantity = 1
            quant.action_apply_inventory()

        def produce():
            bom = self.create_bom((self.leg, 1, {}), product=self.frame)
            self.complete(self.create_order(bom, 1))

        def give_back():
            delivery = self.transfer(self.leg, 1, self.stock, self.customer)
            delivery = self.transfer(self.frame, 1, outside, self.customer)
            wizard = self.env["stock.return.picking"].create(
                {"picking_id": delivery.id}
            )
            wizard.product_return_moves.quantity = 1
            returned = wizard._create_return()
            returned.move_ids.location_dest_id = self.stock
            returned.move_ids.quantity = 1
            returned.move_ids.picked = True
            returned.button_validate()

        arrivals = {
            "receipt": lambda: self.receive(self.frame, 1),
            "transfer": lambda: self.transfer(self.frame, 1, outside, shelf),
            "production": produce,
            "count": count,
            "return": give_back,
        }
        exception = self.complete(self.create_order(self.bom, 20))
        self.assertEqual(exception.quantity, 13)
        for number, (name, arrive) in enumerate(arrivals.items(), 1):
            with self.subTest(name):
                arrive()
                self.assertTrue(self.settle_in_background())
                self.assertEqual(exception.settled_quantity, number)

    def test_arrival_in_a_process_that_has_no_news_of_the_exception(self):
        exception = self.complete(self.create_order(self.bom))
        company_class = type(self.company)
        with patch.object(company_class, "_has_open_exceptions", return_value=False):
            self.receive(self.frame, 3)
        self.assertTrue(self.settle_in_background())
        self.assertEqual(exception.state, "settled")

    def test_arrival_elsewhere_calls_for_nothing(self):
        self.complete(self.create_order(self.bom))
        outside = self.create_location("Outside", location_id=False)
        self.transfer(self.frame, 10, self.supplier, outside)
        self.receive(self.leg, 10)
        self.assertFalse(self.settle_in_background())

    def test_what_others_reserve_is_not_taken(self):
        exception = self.complete(self.create_order(self.bom))
        self.receive(self.frame, 2)
        self.settle_in_background()
        self.add_stock(self.frame, 5)
        self.reserve_for_delivery(self.frame, 5)
        exception.action_retry()
        self.assertEqual((exception.quantity, exception.reason), (1, "reserved"))
        self.assertEqual(exception.attempts, 1)

    def test_arrival_goes_to_what_waits_before_new_orders(self):
        order = self.create_order(self.bom)
        other = self.create_order(self.bom, 10)
        self.component(other, self.frame).date = "2020-01-01"
        exception = self.complete(order)
        self.receive(self.frame, 3)
        self.settle_in_background()
        self.assertEqual(exception.state, "settled")
        self.assertEqual(self.component(other, self.frame).quantity, 0)

    def test_closed_exception_is_not_posted_again(self):
        exception = self.complete(self.create_order(self.bom))
        self.receive(self.frame, 50)
        exception.action_retry()
        exception.action_retry()
        exception.sudo()._settle()
        self.env["mrp.backflush.exception"]._find_settleable()._settle()
        self.assertEqual(self.on_hand(self.frame), 47)

    def test_genealogy(self):
        self.finished.tracking = "lot"
        board = self.create_product("Board", tracking="lot")
        order = self.create_order(self.create_bom((board, 1, {})))
        lot = self.create_lot(board, "L1")
        exception = self.complete(order)
        self.receive(board, 10, lot)
        self.settle_in_background()
        self.assertEqual(exception.state, "settled")
        finished_line = order.move_finished_ids.move_line_ids
        self.assertEqual(finished_line.consume_line_ids.lot_id, lot)

    def test_attempts_tell_the_responsible(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        self.company.exception_attempt_limit = 2
        order = self.create_order(self.bom)
        order.user_id = user
        exception = self.complete(order)
        self.assertEqual(exception.user_id, user)
        exception.action_retry()
        self.assertFalse(exception.activity_ids)
        exception.action_retry()
        self.assertEqual(exception.attempts, 2)
        self.assertEqual(exception.activity_ids.user_id, user)
        exception.action_retry()
        self.assertEqual(len(exception.activity_ids), 1)
        self.receive(self.frame, 3)
        exception.action_retry()
        self.assertFalse(exception.activity_ids)

    def test_correction(self):
        shelf = self.create_location("Other Shelf", location_id=False)
        self.add_stock(self.frame, 10, location=shelf)
        exception = self.complete(self.create_order(self.bom))
        user = self.create_user("operator", "mrp.group_mrp_user")
        exception = exception.with_context(tracking_disable=False)
        exception.with_user(user).write({"quantity": 2, "location_id": shelf.id})
        exception.with_user(user).action_retry()
        self.assertEqual(exception.state, "settled")
        issue = exception.issue_move_ids
        self.assertEqual((issue.quantity, issue.location_id), (2, shelf))
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertIn(
            "2.0",
            str(exception.message_ids.tracking_value_ids.mapped("new_value_float")),
        )

    def test_bad_corrections(self):
        exception = self.complete(self.create_order(self.bom))
        for values in (
            {"quantity": 0},
            {"location_id": self.customer.id},
            {"lot_id": self.create_lot(self.leg, "X").id},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                exception.write(values)
        user = self.create_user("operator", "mrp.group_mrp_user")
        for values in ({"state": "settled"}, {"attempts": 0}, {"move_id": False}):
            with self.subTest(values), self.assertRaises(AccessError):
                exception.with_user(user).write(values)
        self.assertEqual(exception.quantity, 3)

    def test_closed_exception_is_not_corrected(self):
        exception = self.complete(self.create_order(self.bom))
        exception.action_cancel("Wrong")
        with self.assertRaises(UserError):
            exception.quantity = 5

    def test_cancel(self):
        exception = self.complete(self.create_order(self.bom))
        user = self.create_user("operator", "mrp.group_mrp_user")
        manager = self.create_user("planner", "mrp.group_mrp_manager")
        with self.assertRaises(AccessError):
            exception.with_user(user).action_cancel("Never used")
        for reason in ("", "  ", False, None):
            with self.assertRaises(UserError):
                exception.with_user(manager).action_cancel(reason)
        exception.with_user(manager).action_cancel("Never used")
        self.assertEqual(
            (exception.state, exception.cancel_reason), ("cancelled", "Never used")
        )
        self.receive(self.frame, 10)
        exception.action_retry()
        self.assertEqual(self.on_hand(self.frame), 10)
        with self.assertRaises(UserError):
            exception.with_user(manager).action_cancel("Again")
        self.assertEqual(self.frame.virtual_available, 10)

    def test_never_deleted(self):
        exception = self.complete(self.create_order(self.bom))
        with self.assertRaises(UserError):
            exception.unlink()
        with self.assertRaises(UserError):
            exception.sudo().unlink()
        manager = self.create_user("planner", "mrp.group_mrp_manager")
        with self.assertRaises(AccessError):
            exception.with_user(manager).unlink()

    def test_users_make_none(self):
        exception = self.complete(self.create_order(self.bom))
        manager = self.create_user("planner", "mrp.group_mrp_manager")
        with self.assertRaises(AccessError):
            self.env["mrp.backflush.exception"].with_user(manager).create(
                {
                    "production_id": exception.production_id.id,
                    "product_id": self.frame.id,
                    "quantity": 1,
                }
            )

    def test_failure_of_one_leaves_the_others(self):
        board = self.create_product("Board", tracking="lot")
        bom = self.create_bom((self.frame, 1, {}), (board, 1, {}))
        order = self.create_order(bom)
        exceptions = self.complete(order)
        self.receive(self.frame, 3)
        exceptions.action_retry()
        self.assertEqual(exceptions.mapped("state"), ["settled", "open"])

    def test_programming_error_in_one_leaves_the_others(self):
        """An error of another addon, which must not stop all settlement."""
        orders = [self.create_order(self.bom), self.create_order(self.bom)]
        broken, other = (self.complete(order) for order in orders)
        self.receive(self.frame, 100)
        settle_one = type(broken)._settle_one

        def settle_or_fail(exception):
            if exception == broken:
                raise ZeroDivisionError("of another addon")
            return settle_one(exception)

        with (
            patch.object(type(broken), "_settle_one", settle_or_fail),
            mute_logger("odoo.addons.mrp_backflush.models.shortage.settlement"),
        ):
            (broken | other)._settle()
        self.assertEqual((broken.state, other.state), ("open", "settled"))
        self.assertIn("of another addon", broken.message)
        self.assertEqual(broken.attempts, 1)

    def test_scheduled_retry_counts_attempts(self):
        exception = self.complete(self.create_order(self.bom))
        exception._settle()
        self.assertEqual(exception.attempts, 1)
        older = fields.Datetime.now() - timedelta(days=3)
        self.cr.execute("UPDATE mrp_backflush_exception SET create_date = %s", [older])
        exception.invalidate_recordset()
        self.assertEqual(exception.age, 3)

    def test_company_rule(self):
        exception = self.complete(self.create_order(self.bom))
        other = self.env["res.company"].create({"name": "Other"})
        user = self.create_user(
            "elsewhere",
            "mrp.group_mrp_user",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        found = self.env["mrp.backflush.exception"].with_user(user).search([])
        self.assertNotIn(exception, found)

    def test_product_shows_what_waits(self):
        exception = self.complete(self.create_order(self.bom))
        self.assertEqual(self.frame.open_exception_count, 1)
        self.assertEqual(self.frame.product_tmpl_id.open_exception_count, 1)
        self.assertEqual(self.leg.open_exception_count, 0)
        products = self.env["product.product"]
        waiting = products.search([("open_exception_count", ">", 0)])
        self.assertIn(self.frame, waiting)
        self.assertNotIn(self.leg, waiting)
        orders = self.env["mrp.production"]
        found = orders.search([("open_exception_count", "=", 1)])
        self.assertEqual(found, exception.production_id)
        action = self.frame.action_view_backflush_exceptions()
        found = self.env["mrp.backflush.exception"].search(action["domain"])
        self.assertEqual(found, exception)


@tagged("post_install", "-at_install")
class TestWhoLoses(ShortageCase):
    """Allowed, as core does, but not in silence where the company wants to know."""

    def setUp(self):
        super().setUp()
        self.company.tell_taken_reservations = True
        self.picking = self.reserve_for_delivery(self.frame, 6)
        self.order = self.create_order(self.bom, 5)

    def test_completion_names_it(self):
        self.complete(self.order)
        # 1 was free; 4 of the 5 are the delivery's.
        self.assertEqual(self.picking.move_ids.quantity, 2)
        note = "".join(self.order.message_ids.mapped("body"))
        self.assertIn(f"4 Units of Frame were reserved for {self.picking.name}", note)
        note = "".join(self.picking.message_ids.mapped("body"))
        self.assertIn(f"{self.order.name} took 4 Units of Frame", note)

    def test_nothing_is_said_unless_the_company_wants_it(self):
        """As core: neither a note nor a message on the screen."""
        self.company.tell_taken_reservations = False
        before = self.order.message_ids, self.picking.message_ids
        with patch.object(type(self.env.user), "_bus_send") as sent:
            self.component(self.order, self.frame).action_issue(2)
            self.complete(self.order)
            # What is told is sent right before the end of the transaction.
            self.env.cr.precommit.run()
        told = [call for call in sent.call_args_list if "mrp_backflush" in str(call)]
        self.assertFalse(told)
        self.assertEqual(self.picking.move_ids.quantity, 2)
        bodies = (self.order.message_ids - before[0]).mapped("body")
        self.assertNotIn("reserved", "".join(bodies))
        self.assertEqual(self.picking.message_ids, before[1])

    def test_preview_names_it_whether_the_company_is_told_or_not(self):
        self.company.tell_taken_reservations = False
        [frame, _leg] = self.order.get_backflush_plan()
        self.assertEqual(
            frame["taken_from"], [{"document": self.picking.name, "quantity": 4}]
        )

    def test_preview_names_it(self):
        [frame, leg] = self.order.get_backflush_plan()
        self.assertEqual(
            frame["taken_from"], [{"document": self.picking.name, "quantity": 4}]
        )
        self.assertEqual(leg["taken_from"], [])
        preview = self.open(self.order.action_preview_backflush()).save()
        self.assertIn(
            "Takes 4 that are reserved for "
            f'<a href="/odoo/stock.picking/{self.picking.id}">{self.picking.name}</a>',
            preview.line_ids[0].remarks,
        )

    def test_issue_names_it(self):
        self.component(self.order, self.frame).action_issue(5)
        note = "".join(self.order.message_ids.mapped("body"))
        self.assertIn(f"4 Units of Frame were reserved for {self.picking.name}", note)

    def test_nobody_loses(self):
        self.add_stock(self.frame, 10)
        self.complete(self.order)
        self.assertNotIn("reserved", "".join(self.order.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestExpiredLots(ShortageCase):
    def test_expired_lots_only(self):
        if "use_expiration_date" not in self.env["product.product"]._fields:
            self.skipTest("needs product_expiry")
        self.set_rule("park")
        self.company.expired_lot_rule = "skip"
        paint = self.create_product("Paint", tracking="lot", use_expiration_date=True)
        lot = self.create_lot(paint, "OLD")
        lot.removal_date = fields.Datetime.now() - timedelta(days=1)
        self.add_stock(paint, 10, lot)
        order = self.create_order(self.create_bom((paint, 1, {})), 5)
        exception = self.complete(order)
        self.assertEqual((exception.quantity, exception.reason), (5, "lot_expired"))
        self.assertIn("past their removal date", exception.message)
        self.assertIn("10 of OLD", exception.message)
        exception.lot_id = lot
        exception.action_retry()
        self.assertEqual(exception.state, "settled")


@tagged("post_install", "-at_install")
class TestNothingWithoutRules(ShortageCase):
    """A company that allows shortages and has no open exceptions pays nothing."""

    def count_statements(self):
        """The SQL statements of a transfer: core's own differ by what is cached."""
        counts = []
        for _turn in range(4):
            picking = self.prepare_transfer(self.leg, 5, self.supplier, self.stock)
            picking.move_ids.quantity = 5
            picking.move_ids.picked = True
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            picking._action_done()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        return min(counts)

    def test_transfers(self):
        counted = self.count_statements()
        with patch.object(StockMove, "_trigger_settlement", lambda moves: None):
            self.assertEqual(counted, self.count_statements())
        cron = self.env.ref("mrp_backflush.ir_cron_settle_arrived")
        triggers = self.env["ir.cron.trigger"]
        self.assertFalse(triggers.search([("cron_id", "=", cron.id)]))

    def test_with_open_exceptions_it_is_one_look(self):
        self.set_rule("park")
        self.complete(self.create_order(self.bom))
        self.set_rule("allow")
        self.assertTrue(self.company._has_open_exceptions())
        self.receive(self.frame, 10)
        self.assertTrue(self.settle_in_background())
        self.assertFalse(self.company._has_open_exceptions())
