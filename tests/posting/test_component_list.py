from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class ComponentListCase(BackflushCase):
    """Tables of 1 frame (backflushed) and 2 glue (manual) each; orders of 10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=100)
        cls.glue = cls.create_product("Glue", stock=100)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}),
            (cls.glue, 2, {"issue_method": "manual"}),
            consumption="flexible",
        )

    def numbers(self, component):
        """Planned, issued and open of a component."""
        component.invalidate_recordset()
        return (
            component.planned_quantity,
            component.issued_quantity,
            component.open_quantity,
        )

    def rows(self, record, limit=40):
        """What the client reads for the component list of an order or work order."""
        fields = dict.fromkeys(
            ("planned_quantity", "issued_quantity", "open_quantity", "issue_state"), {}
        )
        [values] = record.web_read({"move_raw_ids": {"fields": fields, "limit": limit}})
        return values["move_raw_ids"]


class TestOneRow(ComponentListCase):
    """A component is one row, however often it was issued."""

    def test_planned_issued_and_open(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        self.assertEqual(self.numbers(frame), (10, 0, 10))
        frame.action_issue(4)
        self.assertEqual(self.numbers(frame), (10, 4, 6))
        frame.action_issue(1)
        self.assertEqual(self.numbers(frame), (10, 5, 5))
        frame.action_return(2)
        self.assertEqual(self.numbers(frame), (10, 3, 7))

    def test_issues_are_no_rows(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(4)
        frame.action_issue(1)
        # The two issues are moves of the order, as before.
        self.assertEqual(len(order.move_raw_ids), 4)
        self.assertEqual(
            [(row["id"], row["planned_quantity"]) for row in self.rows(order)],
            [(frame.id, 10), (self.component(order, self.glue).id, 20)],
        )

    def test_whoever_asks_for_moves_gets_all(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        [values] = order.web_read({"move_raw_ids": {"fields": {"product_id": {}}}})
        self.assertEqual(len(values["move_raw_ids"]), 3)
        self.assertEqual(len(order.read(["move_raw_ids"])[0]["move_raw_ids"]), 3)

    def test_page_is_full_of_components(self):
        """Of a page of 2 rows, the first 2 moves are a component and its issue."""
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(4)
        rows = self.rows(order, limit=2)
        self.assertEqual(len(rows), 2)
        self.assertTrue(all("issue_state" in row for row in rows), rows)

    def test_rows_of_a_work_order(self):
        bom = self.create_bom(
            (self.frame, 1, {"operation": "Weld"}),
            (self.glue, 2, {}),
            operations=["Weld"],
        )
        order = self.create_order(bom)
        frame = self.component(order, self.frame)
        frame.action_issue(4)
        [row] = self.rows(order.workorder_ids)
        self.assertEqual(
            (row["id"], row["planned_quantity"], row["open_quantity"]),
            (frame.id, 10, 6),
        )

    def test_saving_the_form_keeps_the_issues(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        order.is_locked = False
        extra = self.create_product("Label", stock=100)
        with Form(order) as form:
            self.assertEqual(len(form.move_raw_ids), 2)
            with form.move_raw_ids.new() as line:
                line.product_id = extra
                line.product_uom_qty = 3
            with form.move_raw_ids.edit(1) as line:
                line.quantity = 17
        self.assertEqual(
            [move.product_id.name for move in order.move_raw_ids.sorted()],
            ["Frame", "Glue", "Frame", "Label"],
        )
        self.assertEqual(self.numbers(self.component(order, extra)), (3, 0, 3))
        order.button_mark_done()
        self.assertEqual(self.consumed(order, self.frame), 10)
        self.assertEqual(self.consumed(order, self.glue), 17)

    def test_issues_behind_the_number(self):
        self.env.user.group_ids += self.env.ref("stock.group_production_lot")
        bulb = self.create_product("Bulb", tracking="lot")
        lot = self.create_lot(bulb, "LOT-1")
        self.add_stock(bulb, 20, lot=lot)
        order = self.create_order(self.create_bom((bulb, 1, {})))
        component = self.component(order, bulb)
        storekeeper = self.create_user("storekeeper", "mrp.group_mrp_user")
        component.with_user(storekeeper).action_issue(4)
        component.action_issue(3)
        component.action_return(1)
        action = component.action_view_issues()
        issues = self.env["stock.move"].search(action["domain"], order="id")
        # Of the 3 that were issued last, 1 came back.
        self.assertEqual(issues.mapped("quantity"), [4, 2])
        self.assertEqual(issues.lot_ids, lot)
        self.assertEqual(issues.issued_by_id, storekeeper + self.env.user)
        order.button_mark_done()
        issues = self.env["stock.move"].search(action["domain"])
        self.assertEqual(sum(issues.mapped("quantity")), 10)


class TestPlanned(ComponentListCase):
    """Planned stays what was planned."""

    def test_plan_against_actual_of_a_done_order(self):
        order = self.create_order(self.bom)
        frame, glue = (
            self.component(order, product) for product in (self.frame, self.glue)
        )
        frame.action_issue(4)
        glue.quantity = 17
        order.button_mark_done()
        self.assertEqual(self.numbers(frame), (10, 10, 0))
        self.assertEqual(self.numbers(glue), (20, 17, 0))

    def test_all_issued_early(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue()
        self.assertEqual(self.numbers(frame), (10, 10, 0))
        order.button_mark_done()
        self.assertEqual(self.numbers(frame), (10, 10, 0))

    def test_more_issued_than_planned(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(13)
        self.assertEqual(self.numbers(frame), (10, 13, 0))
        order.button_mark_done()
        self.assertEqual(self.numbers(frame), (10, 13, 0))

    def test_order_and_backorder(self):
        """6 of 10 are produced: 12 glue were planned for them, and 8 for the rest. Of
        15 issued early, 3 go to the backorder."""
        order = self.create_order(self.bom)
        self.component(order, self.glue).action_issue(15)
        backorder = self.produce(order, 6)
        self.assertEqual(self.numbers(self.component(order, self.glue)), (12, 12, 0))
        self.assertEqual(self.numbers(self.component(order, self.frame)), (6, 6, 0))
        self.assertEqual(self.numbers(self.component(backorder, self.glue)), (8, 3, 5))
        self.assertEqual(self.numbers(self.component(backorder, self.frame)), (4, 0, 4))
        backorder.button_mark_done()
        self.assertEqual(self.numbers(self.component(order, self.frame)), (6, 6, 0))
        self.assertEqual(self.numbers(self.component(backorder, self.frame)), (4, 4, 0))

    def test_what_waits_is_planned(self):
        self.company.shortage_rule = "park"
        bulb = self.create_product("Bulb", stock=7)
        order = self.create_order(self.create_bom((bulb, 1, {})))
        order.button_mark_done()
        component = order.move_raw_ids
        self.assertEqual(self.numbers(component), (10, 7, 0))
        self.assertEqual(component.parked_quantity, 3)
        self.add_stock(bulb, 5)
        order.backflush_exception_ids.action_retry()
        self.assertEqual(self.numbers(component), (10, 10, 0))

    def test_what_the_order_needed_is_without_what_waits_beside(self):
        """Needed: 10, of which 7 were posted and 3 wait; not 13."""
        self.company.shortage_rule = "park"
        bulb = self.create_product("Bulb", stock=7)
        order = self.create_order(self.create_bom((bulb, 1, {})))
        order.button_mark_done()
        self.assertEqual(order.move_raw_ids.needed_quantity, 10)

    def test_what_waited_and_was_cancelled(self):
        self.company.shortage_rule = "park"
        bulb = self.create_product("Bulb", stock=7)
        order = self.create_order(self.create_bom((bulb, 1, {})))
        order.button_mark_done()
        order.backflush_exception_ids._cancel("Counted again")
        self.assertEqual(self.numbers(order.move_raw_ids), (10, 7, 0))

    def test_plan_changed_on_the_form(self):
        """Of a plan of 20, 5 are issued: 15 is what the client says of a plan of 20,
        and 7 of one of 12."""
        order = self.create_order(self.bom)
        order.is_locked = False
        glue = self.component(order, self.glue)
        glue.action_issue(5)
        with Form(order) as form, form.move_raw_ids.edit(1) as line:
            self.assertEqual((line.planned_quantity, line.open_quantity), (20, 15))
            line.product_uom_qty = 7
            self.assertEqual((line.planned_quantity, line.open_quantity), (12, 7))
        self.assertEqual(self.numbers(glue), (12, 5, 7))

    def test_plan_changed_by_another_system(self):
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.planned_quantity = 24
        self.assertEqual(self.numbers(glue), (24, 0, 24))
        glue.action_issue(5)
        glue.planned_quantity = 12
        self.assertEqual(self.numbers(glue), (12, 5, 7))
        glue.planned_quantity = 5
        self.assertEqual(self.numbers(glue), (5, 5, 0))
        with self.assertRaisesRegex(UserError, "Glue: 5 Units were issued already"):
            glue.planned_quantity = 4
        # What one table needs follows: 5 for 10.
        self.assertEqual(glue.quantity_per_unit, 0.5)

    def test_plan_of_a_completed_order_is_history(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        with self.assertRaisesRegex(UserError, "Frame: the plan of a completed order"):
            self.component(order, self.frame).planned_quantity = 12

    def test_quantity_to_produce_changed(self):
        order = self.create_order(self.bom)
        glue = self.component(order, self.glue)
        glue.action_issue(5)
        wizard = self.env["change.production.qty"].create(
            {"mo_id": order.id, "product_qty": 7}
        )
        wizard.change_prod_qty()
        self.assertEqual(self.numbers(glue), (14, 5, 9))


class TestStatus(ComponentListCase):
    """The status says what happened, and whether somebody said so."""

    def test_three_of_ten_on_a_done_order(self):
        order = self.create_order(self.bom, 5)
        glue = self.component(order, self.glue)
        glue.action_issue(3)
        self.assertEqual(
            (glue.issue_state, glue.issue_progress), ("partly_issued", "3 of 10")
        )
        order.button_mark_done()
        self.assertEqual(
            (glue.issue_state, glue.issue_progress), ("partly_issued", "3 of 10")
        )
        self.assertEqual(self.numbers(glue), (10, 3, 7))

    def test_rest_that_a_person_refused(self):
        order = self.create_order(self.bom, 5)
        glue = self.component(order, self.glue)
        glue.action_issue(3)
        glue.action_record_unused()
        self.assertEqual((glue.quantity, glue.issue_state), (0, "recorded"))
        order.button_mark_done()
        self.assertEqual((glue.issue_state, glue.issue_progress), ("issued", False))
        self.assertEqual(self.numbers(glue), (10, 3, 0))
        self.assertEqual(self.consumed(order, self.glue), 3)

    def test_rest_recorded_as_planned(self):
        """3 of 10 issued, then as planned: the other 7. Where 3 of 5 tables are
        reported, which need 6, the other 3."""
        for reported, rest in ((0, 7), (3, 3)):
            with self.subTest(reported=reported):
                order = self.create_order(self.bom, 5)
                glue = self.component(order, self.glue)
                glue.action_issue(3)
                if reported:
                    self.report(order, reported)
                glue.action_record_planned()
                self.assertEqual((glue.quantity, glue.issue_state), (rest, "recorded"))

    def test_what_was_produced_decides(self):
        """2 of 5 tables, and no backorder: 4 glue were needed, and issued."""
        order = self.create_order(self.bom, 5)
        glue = self.component(order, self.glue)
        glue.action_issue(4)
        self.report(order, 2)
        action = order.button_mark_done()
        Form.from_action(self.env, action).save().action_close_mo()
        self.assertEqual(order.state, "done")
        self.assertEqual(glue.issue_state, "issued")
        self.assertEqual(self.numbers(glue), (10, 4, 0))

    def test_none_used_is_a_persons_word(self):
        said, unsaid = self.create_order(self.bom), self.create_order(self.bom)
        glue = self.component(said, self.glue)
        glue.action_record_unused()
        self.assertEqual(glue.issue_state, "not_used")
        (said + unsaid).button_mark_done()
        self.assertEqual(glue.issue_state, "not_used")
        self.assertEqual(self.numbers(glue), (20, 0, 0))
        other = self.component(unsaid, self.glue)
        self.assertEqual(other.issue_state, "not_issued")
        self.assertEqual(self.numbers(other), (20, 0, 20))
        labels = dict(glue._fields["issue_state"]._description_selection(self.env))
        self.assertEqual(labels["not_used"], "None Used")

    def test_none_used_can_be_taken_back(self):
        glue = self.component(self.create_order(self.bom), self.glue)
        glue.action_record_unused()
        glue.action_clear_record()
        self.assertEqual(glue.issue_state, "to_issue")


class TestRecordAll(ComponentListCase):
    def test_all_that_is_open(self):
        """Of 20 glue 5 are issued, so 15 are open; 4 labels were recorded; the frame is
        no person's to record."""
        label, tape = self.create_parts(2, quantity=100)
        bom = self.create_bom(
            (self.frame, 1, {}),
            (self.glue, 2, {"issue_method": "manual"}),
            (label, 1, {"issue_method": "manual"}),
            (tape, 1, {"issue_method": "manual"}),
            consumption="flexible",
        )
        order = self.create_order(bom)
        self.component(order, self.glue).action_issue(5)
        self.component(order, label).quantity = 4
        self.assertTrue(order.can_record_components)
        order.action_record_all_planned()
        self.assertFalse(order.can_record_components)
        self.assertEqual(
            [
                self.component(order, product).quantity
                for product in (self.glue, label, tape)
            ],
            [15, 4, 10],
        )
        self.assertFalse(self.component(order, self.frame).picked)
        order.button_mark_done()
        self.assertEqual(self.consumed(order, self.glue), 20)

    def test_not_where_nothing_is_manual(self):
        order = self.create_order(self.create_bom((self.frame, 1, {})))
        self.assertFalse(order.can_record_components)
        self.assertTrue(order.action_record_all_planned())
        self.assertEqual(order.state, "confirmed")

    def test_those_of_an_operation(self):
        manual = {"issue_method": "manual"}
        bom = self.create_bom(
            (self.frame, 1, {**manual, "operation": "Weld"}),
            (self.glue, 2, {**manual, "operation": "Paint"}),
            operations=["Weld", "Paint"],
        )
        order = self.create_order(bom)
        weld, paint = order.workorder_ids
        weld.action_record_all_planned()
        self.assertEqual(self.component(order, self.frame).issue_state, "recorded")
        self.assertEqual(self.component(order, self.glue).issue_state, "to_issue")
        self.assertEqual(
            (weld.can_record_components, paint.can_record_components), (False, True)
        )

    def test_operation_issues_its_own_components(self):
        manual = {"issue_method": "manual"}
        bom = self.create_bom(
            (self.frame, 1, {**manual, "operation": "Weld"}),
            (self.glue, 2, {**manual, "operation": "Paint"}),
            operations=["Weld", "Paint"],
        )
        order = self.create_order(bom)
        action = order.workorder_ids[1].action_open_issue()
        dialog = Form.from_action(self.env, action)
        self.assertEqual(len(dialog.line_ids), 1)
        with dialog.line_ids.edit(0) as line:
            self.assertEqual(line.product_id, self.glue)
            line.quantity = 20
        dialog.save().action_issue()
        self.assertEqual(self.numbers(self.component(order, self.glue)), (20, 20, 0))
        self.assertEqual(self.numbers(self.component(order, self.frame)), (10, 0, 10))


class TestStart(ComponentListCase):
    def test_recording_is_no_start(self):
        """With ✓ the order is in progress, and core's *Start* gone."""
        bom = self.create_bom(
            (self.frame, 1, {"issue_method": "start"}),
            (self.glue, 2, {"issue_method": "manual"}),
        )
        order = self.create_order(bom)
        self.assertFalse(order.can_start_components, "core shows Start")
        self.component(order, self.glue).action_record_planned()
        self.assertEqual(order.state, "progress")
        self.assertEqual(self.numbers(self.component(order, self.frame)), (10, 0, 10))
        self.assertTrue(order.can_start_components)
        order.action_start()
        self.assertEqual(self.numbers(self.component(order, self.frame)), (10, 10, 0))
        self.assertFalse(order.can_start_components)

    def test_no_start_without_components_at_start(self):
        order = self.create_order(self.bom)
        self.component(order, self.glue).action_record_planned()
        self.assertEqual(order.state, "progress")
        self.assertFalse(order.can_start_components)


class TestRemoval(ComponentListCase):
    """What was issued isn't removed, and the message says what to do."""

    def test_issued_early(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(4)
        for move in (frame, frame.issue_move_ids):
            with self.assertRaisesRegex(UserError, "Return Components"):
                order.write({"move_raw_ids": [(2, move.id)]})

    def test_issued_with_the_order(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        order.is_locked = False
        frame = self.component(order, self.frame)
        with self.assertRaisesRegex(UserError, "Return Components"):
            order.write({"move_raw_ids": [(2, frame.id)]})

    def test_transfers_keep_cores_message(self):
        move = self.env["stock.move"].create(
            {
                "product_id": self.frame.id,
                "product_uom_qty": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        move._action_confirm()
        move.quantity = 1
        move.picked = True
        move._action_done()
        with self.assertRaisesRegex(UserError, "back in time"):
            move.move_line_ids.unlink()


class TestStatements(ComponentListCase):
    def count(self, order, name):
        """Statements of reading the order as its form does."""
        form = Form(order, view=f"mrp.{name}")
        specification = form._view["fields_spec"]
        self.env.flush_all()
        self.env.invalidate_all()
        order = order.browse(order.ids)
        # Core reads who asks where it first needs a time zone, which isn't the subject.
        self.assertTrue(self.env.user.partner_id.name)
        before = self.cr.sql_log_count
        order.web_read(specification)
        return self.cr.sql_log_count - before

    def create_issued_order(self, components):
        parts = self.create_parts(components, quantity=100)
        bom = self.create_bom(
            *(
                (part, 2, {"issue_method": "manual", "operation": "Weld"})
                for part in parts
            ),
            operations=["Weld"],
            product=self.create_product("Chair"),
        )
        order = self.create_order(bom)
        for component in order.move_raw_ids[: components // 2]:
            component.action_issue(3)
        return order

    def test_reading_a_form_takes_as_many_for_each_number_of_components(self):
        few, many = self.create_issued_order(4), self.create_issued_order(20)
        for name, of_few, of_many in (
            ("mrp_production_form_view", few, many),
            (
                "mrp_production_workorder_form_view_inherit",
                few.workorder_ids,
                many.workorder_ids,
            ),
        ):
            with self.subTest(view=name):
                # Once before, so that what is kept in caches is there.
                for order in (of_few, of_many):
                    self.count(order, name)
                self.assertEqual(self.count(of_few, name), self.count(of_many, name))


class TestNegativeStock(ComponentListCase):
    """Core calls what is filled in available, also where nothing is there."""

    def test_shortage_is_kept_in_view(self):
        """30 paint are there, 50 are reported: stock will be, or is, below zero only
        once they are posted, by an operation."""
        paint = self.create_product("Paint", stock=30)
        bom = self.create_bom(
            (paint, 5, {"issue_method": "operation", "operation": "Coat"}),
            (self.frame, 1, {}),
            operations=["Coat"],
        )
        order = self.create_order(bom)
        component = self.component(order, paint)
        self.assertEqual(component.stock_deficit, 0)
        order.workorder_ids.button_start()
        order.workorder_ids.button_finish()
        order.invalidate_recordset()
        component.invalidate_recordset()
        self.assertEqual(component.stock_deficit, 20)
        self.assertEqual(self.component(order, self.frame).stock_deficit, 0)
        self.assertEqual(order.components_availability_state, "unavailable")
        self.assertEqual(order.components_availability, "Not Available")

    def test_stock_that_others_made_negative(self):
        """Filled in by a report, while stock is at -270."""
        paint = self.create_product("Paint")
        self.add_stock(paint, -270)
        order = self.create_order(self.create_bom((paint, 5, {})))
        self.assertEqual(order.move_raw_ids.stock_deficit, 0, "nothing was reported")
        self.report(order, 10)
        order.move_raw_ids.invalidate_recordset()
        self.assertEqual(order.move_raw_ids.stock_deficit, 270)
        self.assertTrue(order.has_stock_deficit)
