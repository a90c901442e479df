from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import BackflushCase


class SupplyLocationCase(BackflushCase):
    """A table of 2 screws and 1 board, screwed at a work center; 10 to make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("stock.group_stock_multi_locations")
        cls.line_side = cls.create_location("Line Side")
        cls.shelf = cls.create_location("Shelf")
        cls.person_place = cls.create_location("Trolley")
        cls.screw = cls.create_product("Screw")
        cls.board = cls.create_product("Board", stock=100)
        for location in (cls.stock, cls.line_side, cls.shelf, cls.person_place):
            cls.add_stock(cls.screw, 100, location=location)
        cls.bom = cls.create_bom(
            (cls.screw, 2, {"operation": "Screwing"}),
            (cls.board, 1, {}),
            operations=["Screwing"],
            consumption="flexible",
        )
        cls.line = cls.bom.bom_line_ids.filtered(
            lambda line: line.product_id == cls.screw
        )
        cls.workcenter = cls.bom.operation_ids.workcenter_id

    def screws(self, order):
        return self.component(order, self.screw)

    def assert_from(self, component, location, source):
        self.assertEqual(component.location_id, location)
        self.assertEqual(component.supply_location_source, source)

    def reserved(self, location):
        quants = self.env["stock.quant"]._gather(self.screw, location, strict=True)
        return sum(quants.mapped("reserved_quantity"))

    def in_location(self, location, product=None):
        quants = self.env["stock.quant"]._gather(
            product or self.screw, location, strict=True
        )
        return sum(quants.mapped("quantity"))


@tagged("post_install", "-at_install")
class TestSupplyLocationLevels(SupplyLocationCase):
    def test_nothing_set(self):
        order = self.create_order(self.bom)
        self.assert_from(self.screws(order), self.stock, "production")

    def test_work_center(self):
        self.workcenter.supply_location_id = self.line_side
        order = self.create_order(self.bom)
        self.assert_from(self.screws(order), self.line_side, "workcenter")
        # The board is of no operation.
        self.assert_from(self.component(order, self.board), self.stock, "production")

    def test_bom_line_wins_over_work_center(self):
        self.workcenter.supply_location_id = self.line_side
        self.line.supply_location_id = self.shelf
        order = self.create_order(self.bom)
        self.assert_from(self.screws(order), self.shelf, "bom_line")

    def test_person_wins_over_bom_line(self):
        self.line.supply_location_id = self.shelf
        order = self.create_order(self.bom, confirm=False)
        with Form(order) as form, form.move_raw_ids.edit(0) as line:
            self.assertEqual(line.product_id, self.screw)
            line.location_id = self.person_place
        self.assert_from(self.screws(order), self.person_place, "order")
        order.action_confirm()
        self.assert_from(self.screws(order), self.person_place, "order")

    def test_person_chooses_the_orders_own_location(self):
        self.line.supply_location_id = self.shelf
        order = self.create_order(self.bom, confirm=False)
        self.screws(order).location_id = self.stock
        self.assert_from(self.screws(order), self.stock, "order")

    def test_choice_is_taken_back_by_choosing_what_the_levels_say(self):
        self.line.supply_location_id = self.shelf
        order = self.create_order(self.bom)
        self.screws(order).location_id = self.person_place
        self.screws(order).location_id = self.shelf
        self.assert_from(self.screws(order), self.shelf, "bom_line")

    def test_person_chooses_on_an_unsaved_order(self):
        self.line.supply_location_id = self.shelf
        form = Form(self.env["mrp.production"])
        form.product_id = self.finished
        form.bom_id = self.bom
        with form.move_raw_ids.edit(0) as line:
            self.assertEqual(line.location_id, self.shelf)
            line.location_id = self.stock
        order = form.save()
        self.assert_from(self.screws(order), self.stock, "order")

    def test_source_is_not_a_clients_to_say(self):
        order = self.create_order(self.bom)
        self.screws(order).write({"supply_location_source": "bom_line"})
        self.assert_from(self.screws(order), self.stock, "production")

    def test_manual_component_comes_from_the_orders_own_location(self):
        self.workcenter.supply_location_id = self.line_side
        self.line.write({"supply_location_id": self.shelf.id, "issue_method": "manual"})
        order = self.create_order(self.bom)
        self.assert_from(self.screws(order), self.stock, "production")
        self.screws(order).location_id = self.person_place
        self.assert_from(self.screws(order), self.person_place, "order")

    def test_level_of_another_company_is_passed_over(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        self.workcenter.supply_location_id = self.line_side
        # As a BoM that companies share may name.
        self.env.cr.execute(
            "UPDATE mrp_bom_line SET supply_location_id = %s WHERE id = %s",
            [
                self.env["stock.warehouse"]
                .search([("company_id", "=", other.id)], limit=1)
                .lot_stock_id.id,
                self.line.id,
            ],
        )
        self.line.invalidate_recordset(["supply_location_id"])
        order = self.create_order(self.bom)
        self.assert_from(self.screws(order), self.line_side, "workcenter")

    def test_levels_are_the_administrators_to_set(self):
        worker = self.create_user("worker", "mrp.group_mrp_user")
        for level in (self.line, self.workcenter):
            with self.assertRaises(AccessError):
                level.with_user(worker).supply_location_id = self.shelf

    def test_level_names_a_location_of_its_company(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        foreign = (
            self.env["stock.warehouse"]
            .search([("company_id", "=", other.id)], limit=1)
            .lot_stock_id
        )
        self.bom.company_id = self.company
        with self.assertRaises(UserError):
            self.line.supply_location_id = foreign

    def test_component_added_by_hand_at_an_operation(self):
        self.workcenter.supply_location_id = self.line_side
        order = self.create_order(self.bom)
        added = self.env["stock.move"].create(
            {
                "raw_material_production_id": order.id,
                "product_id": self.board.id,
                "product_uom_qty": 1,
                "operation_id": self.bom.operation_ids.id,
                "location_id": self.stock.id,
                "location_dest_id": order.production_location_id.id,
            }
        )
        self.assert_from(added, self.line_side, "workcenter")

    def test_kit_component_comes_from_its_own_lines_location(self):
        kit = self.create_product("Kit")
        kit_bom = self.create_bom((self.screw, 3, {}), product=kit, type="phantom")
        kit_bom.bom_line_ids.supply_location_id = self.shelf
        bom = self.create_bom((kit, 1, {"supply_location_id": self.line_side.id}))
        order = self.create_order(bom)
        self.assert_from(self.screws(order), self.shelf, "bom_line")

    def test_kit_added_by_hand(self):
        kit = self.create_product("Kit")
        kit_bom = self.create_bom((self.screw, 3, {}), product=kit, type="phantom")
        kit_bom.bom_line_ids.supply_location_id = self.shelf
        order = self.create_order(self.create_bom((self.board, 1, {})), confirm=False)
        with Form(order) as form, form.move_raw_ids.new() as line:
            line.product_id = kit
            line.product_uom_qty = 2
        order.action_confirm()
        self.assert_from(self.screws(order), self.shelf, "bom_line")

    def test_posted_from_there(self):
        self.line.supply_location_id = self.shelf
        order = self.create_order(self.bom)
        order.button_mark_done()
        self.assertEqual(self.in_location(self.shelf), 80)
        self.assertEqual(self.in_location(self.stock), 100)
        self.assertEqual(self.in_location(self.stock, self.board), 90)

    def test_goes_negative_there_not_elsewhere(self):
        self.line.supply_location_id = self.shelf
        self.create_order(self.bom, quantity=60).button_mark_done()
        # 100 on the shelf, 120 needed, 100 more in the stock above it.
        self.assertEqual(self.in_location(self.shelf), -20)
        self.assertEqual(self.in_location(self.stock), 100)


@tagged("post_install", "-at_install")
class TestSupplyLocationLifetime(SupplyLocationCase):
    """What a person chose survives; what the levels say is followed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.line.supply_location_id = cls.shelf

    def order_with_choice(self, confirm=True):
        order = self.create_order(self.bom, confirm=confirm)
        self.screws(order).location_id = self.person_place
        return order

    def test_quantity_of_a_draft_order(self):
        order = self.order_with_choice(confirm=False)
        with Form(order) as form:
            form.product_qty = 20
        self.assertEqual(self.screws(order).product_uom_qty, 40)
        self.assert_from(self.screws(order), self.person_place, "order")
        order.product_qty = 30
        self.assertEqual(self.screws(order).product_uom_qty, 60)
        self.assert_from(self.screws(order), self.person_place, "order")

    def test_quantity_of_a_draft_order_without_choice(self):
        order = self.create_order(self.bom, confirm=False)
        order.product_qty = 30
        self.assertEqual(self.screws(order).product_uom_qty, 60)
        self.assert_from(self.screws(order), self.shelf, "bom_line")

    def test_operation_type(self):
        picking_type = self.warehouse.manu_type_id.copy(
            {"default_location_src_id": self.line_side.id}
        )
        orders = self.create_order(self.bom) + self.order_with_choice()
        orders[0].picking_type_id = picking_type
        orders[1].picking_type_id = picking_type
        self.assertEqual(orders.location_src_id, self.line_side)
        self.assert_from(self.screws(orders[0]), self.shelf, "bom_line")
        self.assert_from(self.screws(orders[1]), self.person_place, "order")
        self.assert_from(
            self.component(orders[0], self.board), self.line_side, "production"
        )

    def test_source_location_of_a_draft_order(self):
        order = self.order_with_choice(confirm=False)
        with Form(order) as form:
            form.location_src_id = self.line_side
        self.assert_from(self.screws(order), self.person_place, "order")
        self.assert_from(
            self.component(order, self.board), self.line_side, "production"
        )

    def test_issued_component_stays_where_it_came_from(self):
        order = self.create_order(self.bom)
        self.screws(order).write({"quantity": 20, "picked": True})
        self.screws(order)._action_done()
        order.location_src_id = self.line_side
        self.assertEqual(self.screws(order).location_id, self.shelf)

    def test_backorder(self):
        order = self.order_with_choice()
        order.qty_producing = 4
        order.set_qty_producing()
        self.line.supply_location_id = self.line_side
        self.finish(order.button_mark_done())
        backorder = order.production_group_id.production_ids - order
        self.assert_from(self.screws(backorder), self.person_place, "order")
        # 4 of 10 tables of 2 screws.
        self.assertEqual(self.in_location(self.person_place), 92)

    def test_backorder_keeps_the_level_of_its_day(self):
        order = self.create_order(self.bom)
        self.line.supply_location_id = self.line_side
        order.qty_producing = 4
        order.set_qty_producing()
        self.finish(order.button_mark_done())
        backorder = order.production_group_id.production_ids - order
        self.assert_from(self.screws(backorder), self.shelf, "bom_line")

    def test_split(self):
        order = self.order_with_choice()
        parts = order._split_productions({order: [3, 7]})
        for part in parts:
            self.assert_from(self.screws(part), self.person_place, "order")

    def test_merge(self):
        orders = self.order_with_choice() + self.create_order(self.bom)
        action = orders.action_merge()
        merged = self.env["mrp.production"].browse(action["res_id"])
        self.assert_from(self.screws(merged), self.person_place, "order")

    def test_merge_of_differing_choices_asks_the_levels(self):
        first, second = self.order_with_choice(), self.create_order(self.bom)
        self.screws(second).location_id = self.line_side
        action = (first + second).action_merge()
        merged = self.env["mrp.production"].browse(action["res_id"])
        self.assert_from(self.screws(merged), self.shelf, "bom_line")

    def test_update_bom_keeps_both_choices_of_a_component(self):
        order = self.order_with_choice(confirm=False)
        self.screws(order).issue_method = "manual"
        order.action_update_bom()
        screws = self.screws(order)
        self.assert_from(screws, self.person_place, "order")
        self.assertEqual(
            (screws.issue_method, screws.issue_method_source), ("manual", "order")
        )

    def test_merge_keeps_both_choices_of_a_component(self):
        order = self.order_with_choice()
        self.screws(order).issue_method = "manual"
        action = (order + self.create_order(self.bom)).action_merge()
        screws = self.screws(self.env["mrp.production"].browse(action["res_id"]))
        self.assert_from(screws, self.person_place, "order")
        self.assertEqual(
            (screws.issue_method, screws.issue_method_source), ("manual", "order")
        )

    def test_copy(self):
        order = self.order_with_choice()
        self.assert_from(self.screws(order.copy()), self.person_place, "order")

    def test_copy_asks_the_levels_anew(self):
        order = self.create_order(self.bom)
        self.line.supply_location_id = self.line_side
        self.assert_from(self.screws(order.copy()), self.line_side, "bom_line")

    def test_update_bom(self):
        for confirm in (False, True):
            order = self.create_order(self.bom, confirm=confirm)
            chosen = self.order_with_choice(confirm=confirm)
            self.line.supply_location_id = self.line_side
            (order + chosen).action_update_bom()
            self.assert_from(self.screws(order), self.line_side, "bom_line")
            self.assert_from(self.screws(chosen), self.person_place, "order")
            self.line.supply_location_id = self.shelf

    def test_method_becomes_manual_and_back(self):
        order = self.create_order(self.bom)
        self.assertEqual(self.reserved(self.shelf), 20)
        self.screws(order).issue_method = "manual"
        self.assert_from(self.screws(order), self.stock, "production")
        self.assertEqual(
            (self.reserved(self.shelf), self.reserved(self.stock)), (0, 20)
        )
        self.screws(order).issue_method = "completion"
        self.assert_from(self.screws(order), self.shelf, "bom_line")
        self.assertEqual(
            (self.reserved(self.shelf), self.reserved(self.stock)), (20, 0)
        )

    def test_method_of_a_draft_component(self):
        order = self.create_order(self.bom, confirm=False)
        self.screws(order).issue_method = "manual"
        self.assert_from(self.screws(order), self.stock, "production")

    def test_method_changes_after_the_quantity_was_reported(self):
        self.add_stock(self.board, 100, location=self.shelf)
        (self.bom.bom_line_ids - self.line).supply_location_id = self.shelf
        order = self.create_order(self.bom)
        board = self.component(order, self.board)
        with Form(order) as form:
            form.qty_producing = 10
        self.assertTrue(board.picked)
        board.issue_method = "manual"
        self.assert_from(board, self.stock, "production")
        self.assertEqual(board.move_line_ids.location_id, self.stock)
        self.assertFalse(board.picked)

    def test_choice_survives_a_change_of_method(self):
        order = self.order_with_choice()
        self.screws(order).issue_method = "manual"
        self.assert_from(self.screws(order), self.person_place, "order")

    def test_reservation_follows(self):
        order = self.create_order(self.bom)
        self.assertEqual(self.reserved(self.shelf), 20)
        self.screws(order).location_id = self.line_side
        self.assertEqual(self.reserved(self.shelf), 0)
        self.assertEqual(self.reserved(self.line_side), 20)
        self.assertEqual(self.screws(order).state, "assigned")

    def test_reservation_follows_for_many_at_once(self):
        screws = self.screws(self.create_order(self.bom)) + self.screws(
            self.create_order(self.bom)
        )
        screws.write({"location_id": self.line_side.id})
        self.assertEqual(self.reserved(self.shelf), 0)
        self.assertEqual(self.reserved(self.line_side), 40)

    def test_reservation_by_hand_follows(self):
        self.warehouse.manu_type_id.reservation_method = "manual"
        order = self.create_order(self.bom)
        self.screws(order).location_id = self.line_side
        self.assertEqual(self.reserved(self.line_side), 0)
        order.action_assign()
        self.screws(order).location_id = self.shelf
        self.assertEqual(self.reserved(self.line_side), 0)
        self.assertEqual(self.reserved(self.shelf), 20)

    def test_component_that_found_nothing_is_reserved_at_its_new_place(self):
        empty = self.create_location("Empty")
        self.line.supply_location_id = empty
        order = self.create_order(self.bom)
        self.assertEqual(self.screws(order).quantity, 0)
        self.screws(order).location_id = self.line_side
        self.assertEqual(self.reserved(self.line_side), 20)

    def test_recorded_quantity_is_taken_from_the_new_place(self):
        self.line.issue_method = "manual"
        order = self.create_order(self.bom)
        self.screws(order).action_record_planned()
        self.screws(order).location_id = self.line_side
        self.assertEqual(self.screws(order).issue_state, "recorded")
        self.assertEqual(self.screws(order).quantity, 20)
        order.button_mark_done()
        self.assertEqual(self.in_location(self.line_side), 80)
        self.assertEqual(self.in_location(self.stock), 100)

    def test_existing_component_without_source(self):
        """As after installation: empty means the order's own."""
        order = self.create_order(self.bom)
        screws = self.screws(order)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET supply_location_source = NULL, location_id = %s"
            " WHERE id = %s",
            [self.person_place.id, screws.id],
        )
        self.env.invalidate_all()
        screws.issue_method = "manual"
        # Only a person can have brought it there.
        self.assertEqual(screws.location_id, self.person_place)


@tagged("post_install", "-at_install")
class TestSupplyLocationWorkCenter(SupplyLocationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.workcenter.supply_location_id = cls.line_side
        cls.other = cls.env["mrp.workcenter"].create(
            {"name": "Other", "supply_location_id": cls.shelf.id}
        )

    def test_work_order_moves_to_another_work_center(self):
        order = self.create_order(self.bom)
        self.assertEqual(self.reserved(self.line_side), 20)
        order.workorder_ids.workcenter_id = self.other
        self.assert_from(self.screws(order), self.shelf, "workcenter")
        self.assertEqual(self.reserved(self.line_side), 0)
        self.assertEqual(self.reserved(self.shelf), 20)

    def test_draft_work_order_moves(self):
        order = self.create_order(self.bom, confirm=False)
        order.workorder_ids.workcenter_id = self.other
        order.action_confirm()
        self.assert_from(self.screws(order), self.shelf, "workcenter")

    def test_work_center_chosen_on_an_unsaved_order(self):
        form = Form(self.env["mrp.production"])
        form.product_id = self.finished
        form.bom_id = self.bom
        with form.workorder_ids.edit(0) as workorder:
            workorder.workcenter_id = self.other
        order = form.save()
        order.action_confirm()
        self.assertEqual(order.workorder_ids.workcenter_id, self.other)
        self.assert_from(self.screws(order), self.shelf, "workcenter")

    def test_picked_component_stays(self):
        order = self.create_order(self.bom)
        self.screws(order).write({"quantity": 20, "picked": True})
        order.workorder_ids.workcenter_id = self.other
        self.assert_from(self.screws(order), self.line_side, "workcenter")

    def test_choice_of_a_person_stays(self):
        order = self.create_order(self.bom)
        self.screws(order).location_id = self.person_place
        order.workorder_ids.workcenter_id = self.other
        self.assert_from(self.screws(order), self.person_place, "order")

    def test_planned_on_an_alternative(self):
        self.workcenter.alternative_workcenter_ids = self.other
        first = self.create_order(self.bom, quantity=100)
        first.button_plan()
        order = self.create_order(self.bom)
        order.button_plan()
        # Where the first order occupies the work center, it goes to the other.
        self.assertEqual(order.workorder_ids.workcenter_id, self.other)
        self.assert_from(self.screws(order), self.shelf, "workcenter")

    def test_operation_of_a_component_changes(self):
        operation = self.env["mrp.routing.workcenter"].create(
            {
                "name": "Finishing",
                "bom_id": self.bom.id,
                "workcenter_id": self.other.id,
            }
        )
        order = self.create_order(self.bom)
        self.component(order, self.board).operation_id = operation
        self.assert_from(self.component(order, self.board), self.shelf, "workcenter")


@tagged("post_install", "-at_install")
class TestSupplyLocationProcurement(SupplyLocationCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.manufacture_steps = "pbm"
        cls.preproduction = cls.warehouse.pbm_loc_id

    def test_line_side_below_preproduction_waits_for_no_transfer(self):
        line_side = self.create_location("Line", location_id=self.preproduction.id)
        self.add_stock(self.screw, 100, location=line_side)
        self.line.supply_location_id = line_side
        order = self.create_order(self.bom)
        screws = self.screws(order)
        self.assert_from(screws, line_side, "bom_line")
        self.assertEqual(screws.procure_method, "make_to_stock")
        self.assertEqual((screws.state, screws.quantity), ("assigned", 20))
        # The board comes by transfer as ever.
        board = self.component(order, self.board)
        self.assertEqual(board.location_id, self.preproduction)
        self.assertEqual(board.procure_method, "make_to_order")
        self.assertEqual(order.picking_ids.move_ids.product_id, self.board)

    def test_more_of_it_orders_no_transfer(self):
        self.line.supply_location_id = self.line_side
        order = self.create_order(self.bom)
        self.screws(order).product_uom_qty = 30
        self.assertEqual(self.screws(order).procure_method, "make_to_stock")
        self.assertNotIn(self.screw, order.picking_ids.move_ids.product_id)

    def test_component_that_waited_for_a_transfer(self):
        order = self.create_order(self.bom)
        screws = self.screws(order)
        self.assertEqual(screws.state, "waiting")
        # A level says more than core knows: nothing is brought there.
        self.line.supply_location_id = self.line_side
        screws.location_id = self.line_side
        self.assertEqual(screws.procure_method, "make_to_stock")
        self.assertEqual((screws.state, screws.quantity), ("assigned", 20))

    def test_choice_of_a_person_leaves_the_transfer_as_core_does(self):
        screws = self.screws(self.create_order(self.bom))
        transfer = screws.move_orig_ids
        self.assertEqual(len(transfer), 1)
        screws.location_id = self.line_side
        self.assert_from(screws, self.line_side, "order")
        self.assertEqual(screws.procure_method, "make_to_order")
        self.assertEqual(screws.move_orig_ids, transfer)
        self.assertEqual((screws.state, screws.quantity), ("waiting", 0))

    def test_choice_of_a_person_cuts_what_was_brought_as_core_does(self):
        order = self.create_order(self.bom)
        order.picking_ids.action_assign()
        order.picking_ids.button_validate()
        screws = self.screws(order)
        self.assertEqual(screws.move_line_ids.location_id, self.preproduction)
        screws.location_id = self.line_side
        # Core lets what lies elsewhere go, and with it the transfer.
        self.assertEqual(screws.procure_method, "make_to_stock")
        self.assertFalse(screws.move_orig_ids)
        self.assertEqual(screws.move_line_ids.location_id, self.line_side)

    def test_place_that_a_person_chose_is_brought_to_as_core_does(self):
        below = self.create_location("Below", location_id=self.preproduction.id)
        order = self.create_order(self.bom, confirm=False)
        self.screws(order).location_id = below
        order.action_confirm()
        # Core climbs from the place to Pre-Production, and finds its rule.
        self.assertEqual(self.screws(order).procure_method, "make_to_order")

    def test_source_location_of_the_order_leaves_the_transfer(self):
        order = self.create_order(self.bom)
        transfers = order.move_raw_ids.move_orig_ids
        order.location_src_id = self.line_side
        self.assertEqual(order.move_raw_ids.location_id, self.line_side)
        self.assertEqual(
            set(order.move_raw_ids.mapped("procure_method")), {"make_to_order"}
        )
        self.assertEqual(order.move_raw_ids.move_orig_ids, transfers)

    def test_operation_type_leaves_the_transfer(self):
        order = self.create_order(self.bom)
        transfers = order.move_raw_ids.move_orig_ids
        order.picking_type_id = self.warehouse.manu_type_id.copy(
            {"default_location_src_id": self.line_side.id}
        )
        self.assertEqual(order.move_raw_ids.location_id, self.line_side)
        self.assertEqual(
            set(order.move_raw_ids.mapped("procure_method")), {"make_to_order"}
        )
        self.assertEqual(order.move_raw_ids.move_orig_ids, transfers)

    def test_own_location_chosen_over_a_level_is_brought_there(self):
        self.line.supply_location_id = self.line_side
        order = self.create_order(self.bom, confirm=False)
        self.screws(order).location_id = self.preproduction
        order.action_confirm()
        self.assertEqual(self.screws(order).procure_method, "make_to_order")
        self.assertIn(self.screw, order.picking_ids.move_ids.product_id)


@tagged("post_install", "-at_install")
class TestSupplyLocationElsewhere(SupplyLocationCase):
    def test_transfers_are_left_alone(self):
        self.workcenter.supply_location_id = self.line_side
        move = self.env["stock.move"].create(
            {
                "product_id": self.screw.id,
                "product_uom_qty": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.shelf.id,
                "supply_location_source": "order",
            }
        )
        move.location_id = self.line_side
        self.assertFalse(move.supply_location_source)

    def test_scrap_of_a_component(self):
        self.line.supply_location_id = self.shelf
        order = self.create_order(self.bom)
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.screw.id,
                "scrap_qty": 1,
                "production_id": order.id,
                "location_id": self.stock.id,
            }
        )
        scrap.do_scrap()
        self.assertEqual(scrap.move_ids.location_id, self.stock)
        self.assertFalse(scrap.move_ids.supply_location_source)

    def test_subcontracting_order(self):
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            self.skipTest("mrp_subcontracting is not installed")
        subcontractor = self.env["res.partner"].create({"name": "Subcontractor"})
        self.create_bom(
            (self.screw, 1, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Lamp"),
            type="subcontract",
            subcontractor_ids=[Command.set(subcontractor.ids)],
        )
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "partner_id": subcontractor.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.env["product.product"]
                            .search([("name", "=", "Lamp")], limit=1)
                            .id,
                            "product_uom_qty": 1,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        component = receipt._get_subcontract_production().move_raw_ids
        self.assertEqual(
            component.location_id, subcontractor.property_stock_subcontractor
        )
        self.assertFalse(component.supply_location_source)
