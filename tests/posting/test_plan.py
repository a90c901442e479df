from odoo.tests import Form, tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestPlan(BackflushCase):
    """The plan says beforehand what completing the order does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf 1", "location_id": cls.stock.id}
        )
        cls.frame = cls.create_product("Frame", stock=100)
        cls.board = cls.create_product("Board", tracking="lot", issue_method="start")
        cls.lots = [cls.create_lot(cls.board, name) for name in ("L1", "L2", "L3")]
        for lot, quantity in zip(cls.lots, (4, 5, 30), strict=True):
            cls.add_stock(cls.board, quantity, lot, cls.shelf)
        cls.glue = cls.create_product("Glue", stock=100)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}),
            (cls.board, 2, {}),
            (cls.glue, 3, {"issue_method": "manual"}),
            consumption="flexible",
        )

    def get_plan(self, order):
        plan = order.get_backflush_plan()
        return {planned["product_id"]: planned for planned in plan}

    def test_a_line_for_each_component(self):
        order = self.create_order(self.bom)
        plan = self.get_plan(order)
        self.assertEqual(set(plan), set((self.frame + self.board + self.glue).ids))
        frame = plan[self.frame.id]
        self.assertEqual(frame["move_id"], self.component(order, self.frame).id)
        self.assertEqual(
            (frame["issue_method"], frame["issue_method_source"]),
            ("completion", "company"),
        )
        self.assertEqual(
            (frame["need"], frame["issued"], frame["quantity"]), (10, 0, 10)
        )
        unit = self.frame.uom_id.id
        self.assertEqual((frame["product_uom_id"], frame["uom_id"]), (unit, unit))
        self.assertEqual(frame["location_id"], self.stock.id)
        self.assertEqual(frame["supply_location_source"], "production")
        self.assertEqual((frame["on_hand"], frame["on_hand_after"]), (100, 90))
        self.assertEqual((frame["available"], frame["shortage"]), (100, 0))
        self.assertEqual(plan[self.board.id]["issue_method_source"], "product")

    def test_manual_component_that_nobody_recorded(self):
        order = self.create_order(self.bom)
        glue = self.get_plan(order)[self.glue.id]
        self.assertEqual((glue["need"], glue["quantity"]), (30, 0))
        self.component(order, self.glue).quantity = 28
        self.assertEqual(self.get_plan(order)[self.glue.id]["quantity"], 28)

    def test_what_was_issued_counts(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(6)
        frame = self.get_plan(order)[self.frame.id]
        self.assertEqual(
            (frame["need"], frame["issued"], frame["quantity"]), (10, 6, 4)
        )
        self.assertEqual((frame["on_hand"], frame["on_hand_after"]), (94, 90))

    def test_others_have_reserved(self):
        other = self.create_order(self.bom, 95)
        order = self.create_order(self.bom, 10)
        frame = self.get_plan(order)[self.frame.id]
        self.assertEqual((frame["reserved_by_others"], frame["available"]), (95, 5))
        self.assertEqual((frame["quantity"], frame["shortage"]), (10, 5))
        [held] = frame["reservations"]
        self.assertEqual((held["document"], held["quantity"]), (other.name, 95))

    def test_shortage_stays_when_the_quantity_is_typed(self):
        """100 frames, of which 95 are another order's: 5 of 10 are short, whoever
        fills in the quantity."""
        self.create_order(self.bom, 95)
        order = self.create_order(self.bom)
        self.assertEqual(self.get_plan(order)[self.frame.id]["shortage"], 5)
        self.report(order, 10)
        self.assertEqual(self.component(order, self.frame).quantity, 10)
        frame = self.get_plan(order)[self.frame.id]
        self.assertEqual((frame["quantity"], frame["shortage"]), (10, 5))
        [held] = frame["taken_from"]
        self.assertEqual(held["quantity"], 5)

    def test_negative_stock_stays_short_when_it_is_typed(self):
        """-270 on hand, 50 needed: all 50 are short, before and after."""
        paint = self.create_product("Paint")
        self.add_stock(paint, -270)
        bom = self.create_bom(
            (paint, 5, {}),
            product=self.create_product("Shade"),
            consumption="flexible",
        )
        order = self.create_order(bom)
        for typed in (False, True):
            if typed:
                self.report(order, 10)
            [planned] = order.get_backflush_plan()
            self.assertEqual(
                (planned["on_hand"], planned["on_hand_after"]), (-270, -320)
            )
            self.assertEqual(planned["shortage"], 50, f"typed: {typed}")
        preview = self.open(order.action_preview_backflush()).save()
        self.assertEqual(preview.shortage_count, 1)
        [forecast] = order._forecast_completion()
        self.assertEqual(forecast.shortages, {order.move_raw_ids: 50})

    def test_recorded_by_a_person_and_not_there(self):
        """3 glue on hand, 7 recorded: 4 are short."""
        self.add_stock(self.glue, -97)
        order = self.create_order(self.bom)
        self.component(order, self.glue).quantity = 7
        glue = self.get_plan(order)[self.glue.id]
        self.assertEqual((glue["quantity"], glue["shortage"]), (7, 4))

    def test_orders_share_what_is_there_in_their_order(self):
        """100 frames for 60 and 60 typed: the second one lacks 20."""
        orders = self.create_order(self.bom, 60) + self.create_order(self.bom, 60)
        for order in orders:
            self.report(order, 60)
        frames = [
            planned["shortage"]
            for planned in orders.get_backflush_plan()
            if planned["product_id"] == self.frame.id
        ]
        self.assertEqual(frames, [0, 20])
        # By itself each has what the other doesn't hold: 40 of 60.
        for order in orders:
            self.assertEqual(self.get_plan(order)[self.frame.id]["shortage"], 20)

    def test_what_is_not_kept_in_stock_is_never_short(self):
        water = self.create_product("Water", is_storable=False)
        bom = self.create_bom((water, 1, {}), product=self.create_product("Soda"))
        order = self.create_order(bom)
        [planned] = order.get_backflush_plan()
        self.assertEqual((planned["quantity"], planned["shortage"]), (10, 0))

    def test_draft_order(self):
        order = self.create_order(self.bom, confirm=False)
        plan = self.get_plan(order)
        self.assertEqual(plan[self.frame.id]["quantity"], 10)
        self.assertEqual(plan[self.board.id]["quantity"], 20)
        self.assertEqual(plan[self.glue.id]["quantity"], 0)

    def test_reported_quantity(self):
        order = self.create_order(self.bom)
        self.report(order, 4)
        plan = self.get_plan(order)
        self.assertEqual(plan[self.frame.id]["need"], 4)
        self.assertEqual(plan[self.board.id]["need"], 8)

    def assert_posted_as_planned(self, order):
        plan = order.get_backflush_plan()
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        for planned in plan:
            lines = self.env["stock.move"].browse(planned["move_id"]).move_line_ids
            self.assertAlmostEqual(
                sum(lines.mapped("quantity_product_uom")), planned["quantity"]
            )
            self.assertEqual(
                sorted(
                    (line.lot_id.id, line.location_id.id, line.quantity)
                    for line in lines
                    if line.lot_id
                ),
                sorted(
                    (lot["lot_id"], lot["location_id"], lot["quantity"])
                    for lot in planned["lots"]
                ),
            )

    def test_posting_follows_the_plan_where_nothing_is_reserved(self):
        order = self.create_order(self.bom)
        order.do_unreserve()
        board = self.get_plan(order)[self.board.id]
        self.assertEqual(
            [(lot["name"], lot["quantity"]) for lot in board["lots"]],
            [("L1", 4), ("L2", 5), ("L3", 11)],
        )
        self.assert_posted_as_planned(order)

    def test_posting_follows_the_plan_beside_a_reservation(self):
        order = self.create_order(self.bom, 3)
        other = self.create_order(self.bom, 2)
        self.report(order, 3)
        with Form(order) as form:
            form.qty_producing = 7
        self.assertTrue(other)
        self.assert_posted_as_planned(order)

    def test_posting_follows_the_plan_after_an_issue(self):
        order = self.create_order(self.bom)
        self.component(order, self.board).action_issue(7)
        self.assert_posted_as_planned(order)

    def test_operator_reads_the_plan(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        order = self.create_order(self.bom).with_user(user)
        self.assertEqual(len(order.get_backflush_plan()), 3)
        preview = self.open(order.action_preview_backflush(), user)
        lines = preview.save().line_ids
        self.assertEqual(lines.mapped("need"), [10, 20, 30])
        self.assertEqual(lines[1].lots, "L1 (4)\nL2 (5)\nL3 (11)")
        self.assertEqual(lines[1].issue_method, "start")

    def test_what_others_hold_is_named_in_the_preview(self):
        other = self.create_order(self.bom, 95)
        order = self.create_order(self.bom, 10)
        preview = self.open(order.action_preview_backflush()).save()
        self.assertIn(other.name, preview.line_ids[0].remarks)
        self.assertEqual(preview.shortage_count, 2)


@tagged("post_install", "-at_install")
class TestTwoSteps(BackflushCase):
    """Components are picked to the production line before they are used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse.manufacture_steps = "pbm"
        cls.line = cls.warehouse.pbm_loc_id
        cls.board = cls.create_product("Board", tracking="lot")
        cls.old = cls.create_lot(cls.board, "Old")
        cls.new = cls.create_lot(cls.board, "New")
        cls.bom = cls.create_bom((cls.board, 1, {}), consumption="flexible")

    def bring(self, order, lot):
        picking = order.picking_ids
        picking.action_assign()
        self.assertEqual(picking.move_ids.lot_ids, lot)
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_open_pick_is_named(self):
        self.add_stock(self.board, 10, self.new)
        order = self.create_order(self.bom)
        [planned] = order.get_backflush_plan()
        self.assertEqual(planned["open_pickings"], order.picking_ids.mapped("name"))
        self.assertEqual((planned["available"], planned["shortage"]), (0, 10))
        preview = self.open(order.action_preview_backflush()).save()
        self.assertIn(order.picking_ids.name, preview.line_ids.remarks)
        self.bring(order, self.new)
        [planned] = order.get_backflush_plan()
        self.assertEqual(planned["open_pickings"], [])
        self.assertEqual((planned["available"], planned["shortage"]), (10, 0))

    def test_what_the_pick_brought_is_used_first(self):
        # Older stock lies at the line, of which nobody said it was for this order.
        self.add_stock(self.board, 10, self.old, self.line)
        self.add_stock(self.board, 10, self.new)
        order = self.create_order(self.bom)
        self.bring(order, self.new)
        component = self.component(order, self.board)
        component.action_issue(4)
        self.assertEqual(component.issue_move_ids.lot_ids, self.new)
        order.button_mark_done()
        self.assertEqual(order.move_raw_ids.move_line_ids.lot_id, self.new)

    def test_quantity_changed_after_an_issue_changes_the_pick(self):
        self.add_stock(self.board, 40, self.new)
        for issued in (4, 10):
            order = self.create_order(self.bom)
            self.add_stock(self.board, issued, self.old, self.line)
            self.component(order, self.board).action_issue(issued, self.old.ids)
            self.change_quantity(order, 15)
            picked = sum(order.picking_ids.move_ids.mapped("product_uom_qty"))
            self.assertEqual(picked, 15, f"{issued} issued")
            component = self.component(order, self.board)
            self.assertEqual(component.product_uom_qty, 15 - issued)

    def test_backorder_uses_what_the_pick_brought(self):
        self.add_stock(self.board, 10, self.old, self.line)
        self.add_stock(self.board, 10, self.new)
        order = self.create_order(self.bom)
        self.bring(order, self.new)
        self.component(order, self.board).action_issue(7)
        backorder = self.produce(order, 4)
        self.finish(backorder.button_mark_done())
        chain = order + backorder
        self.assertEqual(self.consumed(chain, self.board), 10)
        self.assertEqual(chain.move_raw_ids.move_line_ids.lot_id, self.new)
        self.assertEqual(len(order.picking_ids | backorder.picking_ids), 1)


@tagged("post_install", "-at_install")
class TestPlanStatements(BackflushCase):
    """What the plan reads doesn't grow with the components."""

    def count(self, components, action):
        products = self.env["product.product"].create(
            [
                {"name": f"Part {index}", "is_storable": True}
                for index in range(components)
            ]
        )
        for product in products.with_env(self.env):
            self.add_stock(product, 5)
        bom = self.create_bom(
            *((product, 1, {}) for product in products),
            product=self.create_product(f"Machine {components}"),
        )
        order = self.env["mrp.production"].create(
            {
                "product_id": bom.product_tmpl_id.product_variant_id.id,
                "bom_id": bom.id,
                "product_qty": 2,
            }
        )
        order.action_confirm()
        order.do_unreserve()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action(order)
        return self.cr.sql_log_count - before

    def test_plan(self):
        counts = [
            self.count(components, lambda order: order.get_backflush_plan())
            for components in (1, 30, 120)
        ]
        self.assertLessEqual(counts[1], counts[0] + 2, counts)
        self.assertLessEqual(counts[2], counts[1] + 2, counts)
        self.assertLessEqual(counts[2], 40, counts)
