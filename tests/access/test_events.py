"""What docs/integration.md says of events: what happens, and where it can be seen."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..completion.test_completion import CompletionCase
from ..pages import read_rows, read_sections

NOTIFICATION = "mrp_backflush.notification"


@tagged("post_install", "-at_install")
class TestEvents(CompletionCase):
    """7 frames are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.events = read_rows(read_sections("integration.md")["Events"])
        cls.company.shortage_rule = "park"
        cls.short = cls.create_order(cls.bom, quantity=10)
        # The frames are free.
        cls.short.do_unreserve()

    def watch(self, function, *documents):
        """:return: notifications to the user; the number of new messages of each
        document"""
        before = [len(document.message_ids) for document in documents]
        with patch.object(type(self.env.user), "_bus_send", autospec=True) as sent:
            function()
            self.env.flush_all()
            self.env.cr.precommit.run()
        self.env.invalidate_all()
        told = [
            call.args[2] for call in sent.call_args_list if call.args[1] == NOTIFICATION
        ]
        return told, [
            len(document.message_ids) - number
            for document, number in zip(documents, before, strict=True)
        ]

    def assert_said(self, beginning, record, chatter, more):
        """The table says so.

        :param record, chatter, more: what the cells of the row begin with
        """
        [row] = [row for row in self.events if row[0].startswith(beginning)]
        for cell, said in zip(row[1:], (record, chatter, more), strict=True):
            self.assertTrue(cell.startswith(said) if said else not cell, (cell, said))

    def park(self):
        self.short.button_mark_done()
        return self.short.backflush_exception_ids

    # What waits.

    def test_a_component_cant_be_issued(self):
        told, [notes] = self.watch(self.park, self.short)
        self.assertEqual(len(self.short.backflush_exception_ids), 1)
        # Core's own message is that it is done.
        self.assertGreaterEqual(notes, 1)
        [said] = told
        self.assertEqual(
            set(said), {"id", "title", "lines", "kind", "res_model", "res_ids"}
        )
        self.assertEqual(said["res_ids"], self.short.ids)
        self.assert_said(
            "a component can't be",
            "`mrp.backflush.exception` is created",
            "of the order",
            "a notification",
        )

    def test_an_attempt_in_vain(self):
        self.company.exception_attempt_limit = 2
        exception = self.park()
        _told, [first] = self.watch(exception._settle, exception)
        self.assertFalse(exception.activity_ids)
        _told, [second] = self.watch(exception._settle, exception)
        # The same message isn't said again.
        self.assertLessEqual(first, 1)
        self.assertEqual(second, 0)
        self.assertEqual(exception.attempts, 2)
        self.assertEqual(exception.activity_ids.user_id, self.short.user_id)
        self.assert_said("an attempt", "its `attempts`", "of the exception", "after")

    def test_it_is_settled(self):
        exception = self.park()
        self.add_stock(self.frame, 1)
        _told, [part] = self.watch(exception._settle, exception)
        self.assertEqual((exception.quantity, exception.state, part), (2, "open", 1))
        self.add_stock(self.frame, 2)
        _told, [whole] = self.watch(exception._settle, exception)
        self.assertEqual((exception.state, whole), ("settled", 1))
        self.assert_said("it is settled", "its `quantity`", "of the exception", "")

    def test_it_is_cancelled(self):
        exception = self.park()
        _told, [notes] = self.watch(
            lambda: exception.action_cancel("Not used"), exception
        )
        self.assertEqual(
            (exception.state, exception.cancel_reason, notes),
            ("cancelled", "Not used", 1),
        )
        self.assert_said("it is cancelled", "its `state`", "of the exception", "")

    def test_a_reservation_is_taken(self):
        self.company.write({"shortage_rule": "allow", "tell_taken_reservations": True})
        delivery = self.prepare_transfer(self.frame, 5, self.stock, self.customer)
        delivery.action_assign()
        order = self.create_orders(4)
        told, notes = self.watch(order.button_mark_done, order, delivery)
        self.assertGreaterEqual(min(notes), 1)
        self.assertEqual(len(told), 1)
        self.assert_said(
            "a reservation is taken", "", "of the order and", "under _Allow_"
        )

    # Orders.

    def test_batches(self):
        self.company.completion_background_limit = 20
        orders = self.create_orders(1, 2)
        dialog = self.env["mrp.complete.orders"].create({"production_ids": orders.ids})
        run = self.env["mrp.completion.run"].browse(
            dialog.action_complete_all()["res_id"]
        )
        self.assertEqual(run.line_ids.mapped("result"), ["done", "done"])
        run.is_told = False
        told, _notes = self.watch(run._tell_when_finished)
        [said] = told
        self.assertEqual(said["res_model"], "mrp.completion.run")
        self.assertEqual(self.watch(run._tell_when_finished)[0], [])
        self.assert_said("a batch is at", "`mrp.completion.run.line`", "", "")
        self.assert_said(
            "a batch is finished", "`mrp.completion.run`", "", "a notification"
        )

    def test_reports(self):
        reports = self.env["mrp.production.report"]
        reports.report_production(self.finished.id, 2)
        report = reports.search([], limit=1)
        self.assertEqual((report.quantity, report.state), (2, "reported"))
        _told, [notes] = self.watch(report.action_undo, report.production_id)
        self.assertEqual(report.state, "undone")
        self.assertTrue(report.unbuild_id)
        self.assertEqual(report.undo_user_id, self.env.user)
        self.assertGreaterEqual(notes, 1)
        self.assert_said("production is reported", "`mrp.production.report`", "", "")
        self.assert_said("a report is undone", "its `state`", "of the order", "")

    def test_lots_are_confirmed(self):
        board = self.create_product("Board", tracking="lot")
        self.add_stock(board, 8, lot=self.create_lot(board, "B-1"))
        bom = self.create_bom((board, 1, {}), product=self.create_product("Shelf"))
        order = self.create_order(bom, quantity=1)
        order.button_mark_done()
        line = order.move_raw_ids.move_line_ids
        self.assertEqual(line.lot_origin, "inferred")
        _told, [notes] = self.watch(line.action_confirm_lot, order)
        self.assertEqual((line.lot_origin, notes), ("confirmed", 1))
        self.assert_said("lots are", "`stock.move.line`", "of the order", "")

    # Counts and choices.

    def test_counts(self):
        self.company.use_line_count = True
        shelf = self.create_location("Shelf", count_interval_days=1)
        self.add_stock(self.frame, 10, location=shelf)
        sheets = self.env["mrp.line.count"]
        anna = self.create_user("anna", "mrp.group_mrp_user")
        first = sheets.create({"location_id": shelf.id, "user_id": anna.id})
        first.action_load()
        first.line_ids.counted_quantity = 9
        _told, [notes] = self.watch(first.action_validate, first)
        self.assertEqual((first.state, notes), ("done", 1))
        self.env.cr.execute(
            "UPDATE mrp_line_count SET date_done = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=3), first.id],
        )
        self.env.invalidate_all()
        sheets._remind_of_due()
        due = sheets.search([("location_id", "=", shelf.id), ("state", "=", "draft")])
        self.assertEqual(due.activity_ids.user_id, anna)
        _told, [notes] = self.watch(lambda: first.action_cancel("Twice"), first)
        self.assertEqual((first.state, notes), ("cancelled", 1))
        self.assert_said(
            "a count is due", "`mrp.line.count` is created", "", "an activity"
        )
        self.assert_said("a count is validated", "its `state`", "of the sheet", "")

    def test_choices(self):
        """On the order, and on a product."""
        order = self.create_orders(1)
        component = self.component(order, self.frame)

        def choose():
            component.issue_method = "manual"
            self.leg.issue_method = "start"
            self.bom.bom_line_ids[0].issue_method = "manual"
            self.category.issue_method = "start"
            self.company.issue_method = "start"

        documents = [order, self.leg.product_tmpl_id, self.bom, self.category]
        company = self.company.partner_id
        _told, notes = self.watch(choose, *documents, company)
        self.assertEqual(notes, [1] * 5)
        self.assert_said("somebody changes", "the field", "of the order, bill of", "")
