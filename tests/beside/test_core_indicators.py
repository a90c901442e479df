from odoo import Command
from odoo.tests import tagged

from ..posting.test_core_indicators import ReaderCase


@tagged("post_install", "-at_install")
class TestReadersBeside(ReaderCase):
    """The places of core's other applications that read an order's components."""

    def test_mo_overview_with_purchases(self):
        """purchase_mrp: 6 of 10 are issued, 10 are asked for in a quotation at 9 each:
        the 4 that are open are its, the 6 issued cost what they cost."""
        self.env.ref("stock.route_warehouse0_mto").active = True
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        self.plate.write(
            {
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 9})],
                "route_ids": [
                    Command.set(
                        [
                            self.env.ref("purchase_stock.route_warehouse0_buy").id,
                            self.env.ref("stock.route_warehouse0_mto").id,
                        ]
                    )
                ],
            }
        )
        self.add_stock(self.plate, 6)
        order = self.make(self.bom, 10)
        self.assertEqual(order.move_raw_ids.procure_method, "make_to_order")
        quotation = order._get_purchase_orders()
        self.assertEqual(quotation.order_line.product_qty, 10)
        self.component(order, self.plate).action_issue(6)
        report = self.env["report.mrp.report_mo_overview"]
        self.assertEqual(
            [
                (each["quantity"], each["production_id"])
                for each in report._get_extra_replenishments(self.plate)
            ],
            [(4, order.id), (6, False)],
        )
        line = self.get_plate_line(order)
        [replenishment] = line["replenishments"]
        self.assertEqual(replenishment["summary"]["model"], "purchase.order")
        self.assertEqual(replenishment["summary"]["quantity"], 4)
        # 6 x 5 and 4 x 9.
        self.assertEqual(line["summary"]["mo_cost"], 66)

    def test_mo_overview_does_not_buy_again(self):
        """purchase_mrp: 6 of 10 are issued, none is left: 4 are to be bought at 9."""
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        self.plate.write(
            {
                "seller_ids": [Command.create({"partner_id": vendor.id, "price": 9})],
                "route_ids": [
                    Command.set(self.env.ref("purchase_stock.route_warehouse0_buy").ids)
                ],
            }
        )
        order = self.rest_missing()
        line = self.get_plate_line(order)
        [replenishment] = line["replenishments"]
        self.assertEqual(replenishment["summary"]["model"], "to_order")
        self.assertEqual(replenishment["summary"]["quantity"], 4)
        self.assertEqual(line["summary"]["mo_cost"], 6 * 5 + 4 * 9)

    def test_project_of_an_order(self):
        """project_mrp_account: an order with a project has analytic lines of what it
        used, once, whenever the project is chosen: 10 plates at 5 each."""
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        account = self.env["account.analytic.account"].create(
            {"name": "Workshop", "plan_id": plan.id}
        )
        project = self.env["project.project"].create(
            {"name": "Workshop", f"{plan._column_name()}": account.id}
        )
        order = self.six_issued()
        order.project_id = project
        self.assertEqual(self.get_issues(order).analytic_account_line_ids.amount, -30)
        self.complete(order)
        lines = order.move_raw_ids.analytic_account_line_ids
        self.assertEqual(sorted(lines.mapped("amount")), [-30, -20])

    def test_kit_sold(self):
        """sale_mrp reads no order's components: a kit of plates that are issued to an
        order is delivered and invoiced as ever."""
        order = self.six_issued()
        kit = self.create_product("Set", is_storable=False)
        self.create_bom((self.plate, 2, {}), product=kit, type="phantom")
        customer = self.env["res.partner"].create({"name": "Customer"})
        sale = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "order_line": [
                    Command.create({"product_id": kit.id, "product_uom_qty": 3})
                ],
            }
        )
        sale.action_confirm()
        sale.picking_ids.move_ids.write({"picked": True})
        sale.picking_ids.button_validate()
        self.assertEqual(sale.order_line.qty_delivered, 3)
        self.assertEqual(self.complete(order), 10)
        # 100 less 6 sold and 10 used.
        self.assertEqual(self.on_hand(self.plate), 84)
