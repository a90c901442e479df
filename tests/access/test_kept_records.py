"""What exceptions, early issues, reports and runs point to: archived or deleted, each
has an answer."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.access.kept_records import NAMED_BY
from ..report_production.test_report_production import ReportCase

KEPT = ("mrp.backflush.exception", "mrp.production.report", "mrp.completion.run")


class KeptCase(ReportCase):
    """3 of 10 frames wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.order = cls.create_order(cls.bom)
        cls.order.button_mark_done()
        cls.exception = cls.order.backflush_exception_ids

    def assert_kept(self, record, *texts):
        """Deleting it raises our message, with these texts in it."""
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            record.unlink()
        self.assertIn("can't be deleted", str(caught.exception))
        for text in texts:
            self.assertIn(text, str(caught.exception))
        self.assertTrue(record.exists())

    def cancel_order(self):
        """An order of which 3 frames waited, which was given up."""
        self.add_stock(self.frame, 7)
        order = self.create_order(self.bom)
        component = self.component(order, self.frame)
        component.action_issue()
        component.action_return()
        order.action_cancel()
        self.assertEqual(order.backflush_exception_ids.state, "cancelled")
        return order


@tagged("post_install", "-at_install")
class TestDeleted(KeptCase):
    def test_every_link_has_an_answer(self):
        """A link that the database would hold on to, and nobody explains, is a defect;
        so is a class of record that is missing here."""
        for model in KEPT:
            for name, field in self.env[model]._fields.items():
                if not (field.type == "many2one" and field.store):
                    continue
                if field.related or field.comodel_name == "res.currency":
                    continue
                paths = NAMED_BY.get(field.comodel_name, ())
                is_explained = (model, name) in paths
                is_let_go = field.ondelete == "set null"
                self.assertTrue(is_explained or is_let_go, f"{model}.{name}")

    def test_cancelled_order(self):
        order = self.cancel_order()
        self.assert_kept(order, order.name, "Waiting Component", "Frame")
        # The other ones can't be deleted beside it, and can by themselves.
        other = self.create_order(self.bom, 1)
        other.action_cancel()
        self.assert_kept(order | other, order.name)
        other.unlink()

    def test_cancelled_order_over_rpc(self):
        order = self.cancel_order()
        manager = self.create_user("manager", "mrp.group_mrp_manager")
        with self.assertRaisesRegex(UserError, "can't be deleted"):
            self.client(manager).call(order, "unlink")

    def test_order_that_is_cancelled_by_deleting_it(self):
        order = self.create_order(self.bom)
        component = self.component(order, self.frame)
        self.add_stock(self.frame, 7)
        component.action_issue()
        self.assertEqual(order.backflush_exception_ids.state, "open")
        component.action_return()
        self.assert_kept(order)
        self.assertEqual(order.state, "progress")
        self.assertEqual(order.backflush_exception_ids.state, "open")

    def test_order_of_a_report(self):
        report, _answer = self.report_product()
        with self.assertRaisesRegex(UserError, "already done"):
            report.production_id.unlink()

    def test_product(self):
        self.assert_kept(self.frame, "Frame", "archive it", self.order.name)
        self.assert_kept(self.frame.product_tmpl_id, "archive it")
        report, _answer = self.report_product()
        self.assert_kept(self.finished, "Production Report", report.display_name)

    def test_unit(self):
        box = self.env["uom.uom"].create(
            {"name": "Box", "relative_factor": 3, "relative_uom_id": self.unit.id}
        )
        bom = self.create_bom((self.frame, 1, {"product_uom_id": box.id}))
        self.create_order(bom).button_mark_done()
        self.assert_kept(box, "Box", "archive it")

    def test_location(self):
        shelf = self.create_location("Shelf")
        self.exception.location_id = shelf
        self.assert_kept(shelf, "Shelf", "archive it")

    def test_lot(self):
        board = self.create_product("Board", tracking="lot")
        order = self.create_order(self.create_bom((board, 1, {})))
        order.button_mark_done()
        lot = self.create_lot(board, "A")
        order.backflush_exception_ids.lot_id = lot
        self.assert_kept(lot, "A", order.name)
        order.backflush_exception_ids.lot_id = False
        lot.unlink()

    def test_lot_of_a_report(self):
        self.finished.tracking = "lot"
        report, _answer = self.report_product(lot_name="T1")
        self.assert_kept(report.lot_ids, "T1", report.display_name)

    def test_user(self):
        worker = self.create_user("line worker", "mrp.group_mrp_user")
        self.reports.with_user(worker).report_production(self.finished.id, 1)
        self.assert_kept(worker, worker.name, "archive it")

    def test_user_who_started_a_run(self):
        starter = self.create_user("starter", "mrp.group_mrp_user")
        self.env["mrp.completion.run"].create(
            {"user_id": starter.id, "company_id": self.company.id}
        )
        self.assert_kept(starter, "Batch Completion")

    def test_user_who_is_responsible(self):
        responsible = self.create_user("responsible", "mrp.group_mrp_user")
        self.exception.user_id = responsible
        responsible.unlink()
        self.assertFalse(self.exception.user_id)
        self.assertEqual(self.exception.state, "open")

    def test_company(self):
        self.assert_kept(self.company, self.company.name)

    def test_unbuild_order_of_an_undo(self):
        report, _answer = self.report_product()
        report.action_undo()
        # Core deletes none that is done; whatever it says of itself:
        report.unbuild_id.sudo().state = "draft"
        self.assert_kept(report.unbuild_id, report.unbuild_id.name)

    def test_component_line(self):
        order = self.cancel_order()
        exception = order.backflush_exception_ids
        order.move_raw_ids.unlink()
        self.assertTrue(exception.exists())
        self.assertFalse(exception.move_id)
        # All that is shown of it is still there.
        self.assertIn("Frame", exception.display_name)
        self.assertEqual(exception.value_difference, 0)
        self.assert_kept(order)

    def test_component_line_that_waits(self):
        order = self.create_order(self.bom)
        component = self.component(order, self.frame)
        self.add_stock(self.frame, 7)
        component.action_issue()
        component.action_return()
        with self.assertRaisesRegex(UserError, "are waiting"):
            component.unlink()

    def test_names_of_another_company_are_not_told(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        stranger = self.create_user(
            "stranger",
            "stock.group_stock_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(UserError) as caught:
            self.frame.with_user(stranger).unlink()
        self.assertNotIn(self.order.name, str(caught.exception))


@tagged("post_install", "-at_install")
class TestArchived(KeptCase):
    def settle(self, quantity=3):
        self.receive(self.frame, quantity)
        self.settle_in_background()

    def assert_settled(self):
        self.assertEqual(self.exception.state, "settled")
        self.assertEqual(self.consumed(self.order, self.frame), 10)

    def test_product(self):
        self.frame.active = False
        self.settle()
        self.assert_settled()

    def test_product_that_is_tried_again_by_hand(self):
        self.add_stock(self.frame, 3)
        self.frame.active = False
        self.finished.active = False
        self.exception.action_retry()
        self.assert_settled()

    def test_bill_of_materials_and_category(self):
        self.bom.active = False
        category = self.frame.categ_id
        (self.frame | self.leg | self.finished).categ_id = False
        category.unlink()
        self.settle()
        self.assert_settled()

    def test_unit(self):
        box = self.env["uom.uom"].create(
            {"name": "Box", "relative_factor": 3, "relative_uom_id": self.unit.id}
        )
        bom = self.create_bom((self.frame, 1, {"product_uom_id": box.id}))
        order = self.create_order(bom, 1)
        order.button_mark_done()
        box.active = False
        self.settle(6)
        self.assertEqual(order.backflush_exception_ids.state, "settled")
        self.assert_settled()

    def test_location(self):
        """Nothing can be taken from there, it says so. Another one can be chosen."""
        shelf = self.create_location("Shelf")
        self.exception.location_id = shelf
        shelf.active = False
        self.exception.action_retry()
        self.assertEqual(self.exception.state, "open")
        self.assertEqual(self.exception.reason, "location_blocked")
        self.exception.location_id = self.stock
        self.settle()
        self.assert_settled()

    def test_responsible(self):
        responsible = self.create_user("responsible", "mrp.group_mrp_user")
        self.exception.user_id = responsible
        responsible.active = False
        self.company.exception_attempt_limit = 1
        self.exception.action_retry()
        # Somebody who is there must learn of it.
        self.assertEqual(self.exception.activity_ids.user_id, self.env.user)
        self.settle()
        self.assert_settled()

    def test_responsible_of_an_order(self):
        responsible = self.create_user("responsible", "mrp.group_mrp_user")
        order = self.create_order(self.bom, 5, user_id=responsible.id)
        responsible.active = False
        order.button_mark_done()
        self.assertEqual(order.backflush_exception_ids.state, "open")

    def test_company(self):
        """Nothing is asked of it any more, and nothing is lost."""
        other = self.env["res.company"].create(
            {"name": "Closed Factory", "shortage_rule": "park"}
        )
        self.env.user.company_ids += other
        product, frame = (
            self.env["product.product"]
            .with_company(other)
            .create(
                [{"name": name, "is_storable": True} for name in ("Desk", "Desk Frame")]
            )
        )
        bom = self.env["mrp.bom"].create(
            {
                "product_tmpl_id": product.product_tmpl_id.id,
                "company_id": other.id,
                "bom_line_ids": [
                    Command.create({"product_id": frame.id, "product_qty": 1})
                ],
            }
        )
        order = (
            self.env["mrp.production"]
            .with_company(other)
            .create({"product_id": product.id, "bom_id": bom.id, "product_qty": 2})
        )
        order.action_confirm()
        order.button_mark_done()
        exception = order.backflush_exception_ids
        self.assertEqual(exception.quantity, 2)
        stock = exception.location_id
        other.active = False
        self.env["stock.quant"]._update_available_quantity(frame, stock, 2)
        exceptions = self.env["mrp.backflush.exception"]
        exceptions._find_settleable()._settle()
        self.assertEqual(exception.state, "settled")

    def test_work_center_and_its_supply_location(self):
        shelf = self.create_location("Shelf")
        desk = self.create_product("Desk")
        bom = self.create_bom(
            (self.frame, 1, {"operation": "Saw"}), product=desk, operations=("Saw",)
        )
        workcenter = bom.operation_ids.workcenter_id
        workcenter.supply_location_id = shelf
        order = self.create_order(bom, 2)
        order.button_mark_done()
        exception = order.backflush_exception_ids
        self.assertEqual(exception.location_id, shelf)
        bom.operation_ids.active = False
        workcenter.active = False
        self.add_stock(self.frame, 2, location=shelf)
        exception.action_retry()
        self.assertEqual(exception.state, "settled")

    def test_undo(self):
        worker = self.create_user("line worker", "mrp.group_mrp_user")
        self.receive(self.frame, 3)
        self.settle_in_background()
        self.add_stock(self.frame, 5)
        answer = self.reports.with_user(worker).report_production(self.finished.id, 2)
        report = self.reports.browse(answer["id"])
        self.assertEqual(self.on_hand(self.frame), 3)
        worker.active = False
        (self.finished | self.frame | self.leg).active = False
        self.bom.active = False
        report.action_undo()
        self.assertEqual(report.state, "undone")
        self.assertEqual(self.on_hand(self.frame), 5)

    def test_return_of_an_issue(self):
        self.add_stock(self.frame, 4)
        order = self.create_order(self.bom, 3)
        component = self.component(order, self.frame)
        component.action_issue(2)
        self.frame.active = False
        component.issue_move_ids.action_return()
        self.assertFalse(component.is_issued_early)

    def test_who_started_a_run(self):
        """Their orders are completed all the same: the run was theirs to start."""
        starter = self.create_user("starter", "mrp.group_mrp_user")
        self.add_stock(self.frame, 10)
        order = self.create_order(self.bom, 2)
        run = self.env["mrp.completion.run"].create(
            {
                "user_id": starter.id,
                "company_id": self.company.id,
                "line_ids": [Command.create({"production_id": order.id})],
            }
        )
        starter.active = False
        run._start()
        self.assertEqual(run.line_ids.result, "done", run.line_ids.message)

    def test_product_of_an_order_in_a_run(self):
        order = self.create_order(self.bom, 2)
        run = self.env["mrp.completion.run"].create(
            {
                "user_id": self.env.uid,
                "company_id": self.company.id,
                "line_ids": [Command.create({"production_id": order.id})],
            }
        )
        self.add_stock(self.frame, 10)
        (self.frame | self.finished).active = False
        self.bom.active = False
        run._start()
        self.assertEqual(run.line_ids.result, "done", run.line_ids.message)

    def test_order_of_a_run_is_deleted(self):
        order = self.create_order(self.bom, 2)
        run = self.env["mrp.completion.run"].create(
            {
                "user_id": self.env.uid,
                "company_id": self.company.id,
                "line_ids": [Command.create({"production_id": order.id})],
            }
        )
        order.action_cancel()
        order.unlink()
        self.assertFalse(run.line_ids)
        self.assertEqual(run.state, "done")
