"""With values: what the analysis says is what the moves are worth, and the ledger."""

from odoo.tests import tagged

from ..accounting.test_cost import CostCase
from .test_analysis import AnalysisCase


@tagged("post_install", "-at_install")
class TestAnalysisValue(AnalysisCase, CostCase):
    def create_valued(self, method, valuation="periodic"):
        """A screw of which 100 were bought at 0.10 and 900 at 0.20, and a bill of
        materials of 6 of them."""
        category = self.create_category(method, valuation)
        screw = self.create_product("Valued Screw", categ_id=category.id)
        if method == "standard":
            screw.standard_price = 0.1
        self.receive(screw, 100, 0.1)
        if method != "standard":
            self.receive(screw, 900, 0.2)
        bom = self.create_bom(
            (screw, 6, {}),
            product=self.create_product("Chair", categ_id=self.avco.id),
            consumption="flexible",
        )
        return screw, bom

    def test_prices(self):
        # 10 chairs of 6. AVCO: (100 × 0.10 + 900 × 0.20) / 1000 = 0.19, which the plan
        # knew. FIFO: planned at 0.19, too; the first 60 cost 0.10.
        for method, planned, price in (
            ("standard", 6, 0),
            ("average", 11.4, 0),
            ("fifo", 11.4, -5.4),
        ):
            with self.subTest(method):
                screw, bom = self.create_valued(method)
                self.assertAlmostEqual(screw.standard_price, planned / 60)
                order = self.complete(self.create_order(bom))
                self.assert_costs(
                    self.analyse(order),
                    planned_cost=planned,
                    price_cost=price,
                    actual_cost=planned + price,
                )

    def test_returned_at_what_it_was_issued_for(self):
        # FIFO: 80 issued for 8.00, 20 of them returned, the 60 left cost 6.00.
        screw, bom = self.create_valued("fifo")
        order = self.create_order(bom)
        component = self.component(order, screw)
        component.action_issue(80)
        component.action_return(20)
        self.complete(order)
        self.assertAlmostEqual(self.analyse(order, screw).actual_cost, 6)

    def test_what_is_consigned_costs_nothing(self):
        screw, bom = self.create_valued("average")
        quants = self.env["stock.quant"].search([("product_id", "=", screw.id)])
        quants.filtered(
            lambda quant: quant.location_id.usage == "internal"
        ).owner_id = self.env["res.partner"].create({"name": "Owner"})
        order = self.create_order(bom)
        order.action_assign()
        self.complete(order)
        row = self.analyse(order)
        self.assertEqual(row.actual_cost, sum(order.move_raw_ids.mapped("value")))

    def test_values_that_were_not_reckoned_are_those_of_the_plan(self):
        """Of orders that were completed before the accounting came."""
        screw, bom = self.create_valued("average")
        order = self.complete(self.create_order(bom))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_move SET value = NULL WHERE id = %s", order.move_raw_ids.ids
        )
        self.env.invalidate_all()
        self.assert_costs(
            self.analyse(order, screw), planned_cost=11.4, actual_cost=11.4
        )

    def test_the_ledger_has_the_same(self):
        """What an order took is on the account of the production location: issued
        before and at completion, returned, corrected and unbuilt."""
        for method in ("average", "fifo"):
            with self.subTest(method):
                screw, bom = self.create_valued(method, "real_time")
                account = self.env["account.account"].create(
                    {
                        "name": "Work in Progress",
                        "code": f"WIP{method}",
                        "account_type": "asset_current",
                    }
                )
                company = screw.with_company(self.company)
                production = company.property_stock_production
                production.valuation_account_id = account
                order = self.create_order(bom)
                component = self.component(order, screw)
                component.action_issue(30)
                component.action_return(10)
                order.qty_producing = 10
                order._set_qty_producing()
                order.button_mark_done()
                unbuild = self.env["mrp.unbuild"].create(
                    {"mo_id": order.id, "product_qty": 4}
                )
                unbuild.action_unbuild()
                lines = self.env["account.move.line"].search(
                    [("account_id", "=", account.id), ("product_id", "=", screw.id)]
                )
                self.assertTrue(lines)
                self.assertAlmostEqual(
                    self.analyse(order, screw).actual_cost,
                    sum(lines.mapped("balance")),
                    2,
                )
