from unittest import SkipTest

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestSubcontracting(BackflushCase):
    """Subcontracting orders are completed by a receipt: nobody is asked anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "subcontractor_ids" not in cls.env["mrp.bom"]._fields:
            raise SkipTest("mrp_subcontracting is not installed")
        cls.company.write({"issue_method": "manual", "unissued_rule": "block"})
        cls.subcontractor = cls.env["res.partner"].create({"name": "Subcontractor"})
        cls.frame = cls.create_product("Frame", issue_method="manual")
        cls.bom = cls.create_bom(
            (cls.frame, 1, {"issue_method": "manual"}),
            type="subcontract",
            subcontractor_ids=[Command.set(cls.subcontractor.ids)],
            consumption="strict",
        )
        cls.add_stock(
            cls.frame, 100, location=cls.subcontractor.property_stock_subcontractor
        )

    def create_receipt(self, quantity=5):
        form = Form(self.env["stock.picking"])
        form.picking_type_id = self.warehouse.in_type_id
        form.partner_id = self.subcontractor
        with form.move_ids.new() as move:
            move.product_id = self.finished
            move.product_uom_qty = quantity
        receipt = form.save()
        receipt.action_confirm()
        return receipt

    def test_components_are_backflushed_at_completion(self):
        order = self.create_receipt()._get_subcontract_production()
        self.assertEqual(order.move_raw_ids.issue_method, "completion")
        self.assertFalse(order.move_raw_ids.issue_method_source)

    def test_receipt_never_meets_a_question_or_an_error_of_ours(self):
        receipt = self.create_receipt()
        receipt.move_ids.picked = True
        self.assertIs(receipt.button_validate(), True)
        order = receipt._get_subcontract_production()
        self.assertEqual((receipt.state, order.state), ("done", "done"))
        self.assertEqual(order.move_raw_ids.quantity, 5)
        self.assertEqual(order.move_raw_ids.issue_state, "issued")
        self.assertEqual(self.on_hand(self.finished), 5)

    def test_counts_leave_it_out(self):
        # 5 of 100 were used, and 90 are there: no order bears the other 5. Nor is it
        # left to a count.
        self.company.write({"use_line_count": True, "issue_method": "count"})
        receipt = self.create_receipt()
        receipt.move_ids.picked = True
        receipt.button_validate()
        order = receipt._get_subcontract_production()
        self.assertEqual(order.move_raw_ids.issue_state, "issued")
        place = self.subcontractor.property_stock_subcontractor
        sheet = self.env["mrp.line.count"].create({"location_id": place.id})
        line = self.env["mrp.line.count.line"].create(
            {
                "count_id": sheet.id,
                "product_id": self.frame.id,
                "counted_quantity": 90,
            }
        )
        self.assertEqual((line.book_quantity, line.issued_quantity), (95, 0))
        sheet.action_validate()
        self.assertFalse(sheet.share_ids)
        self.assertEqual(sheet.move_ids.location_dest_id.usage, "inventory")

    def test_method_can_not_be_overridden(self):
        order = self.create_receipt()._get_subcontract_production()
        with self.assertRaisesRegex(UserError, "subcontracting"):
            order.move_raw_ids.issue_method = "manual"

    def test_portal_subcontractor(self):
        portal = self.create_user("portal", "base.group_portal")
        portal.partner_id.parent_id = self.subcontractor
        receipt = self.create_receipt()
        order = receipt._get_subcontract_production().with_user(portal)
        with self.assertRaises(AccessError):
            order.move_raw_ids.write({"issue_method": "manual"})
        with self.assertRaises(AccessError):
            self.frame.product_tmpl_id.with_user(portal).issue_method = "completion"
        # What a portal user may record of components still works.
        line = order.sudo().move_raw_ids
        order.write(
            {
                "move_line_raw_ids": [
                    Command.create(
                        {
                            "product_id": self.frame.id,
                            "quantity": 6,
                            "location_id": line.location_id.id,
                            "location_dest_id": line.location_dest_id.id,
                        }
                    )
                ]
            }
        )
        self.assertEqual(set(line.mapped("issue_method")), {"completion"})
