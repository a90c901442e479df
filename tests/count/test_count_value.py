from odoo.tests import tagged

from ..accounting.test_cost import CostCase
from .test_count import CountCase


class CountValueCase(CountCase, CostCase):
    """A table takes ten screws; 1,000 are on the shelf."""

    def take_screws(self, category, price=0.5, **values):
        """Another kind of screw, of which 1,000 were bought.

        :return: the product, and a bill of materials that takes it from the shelf
        """
        screw = self.create_product("Valued Screw", categ_id=category.id, **values)
        if category.property_cost_method == "standard":
            screw.standard_price = price
        self.receive(screw, 1000, price)
        move = self.env["stock.move"].create(
            {
                "product_id": screw.id,
                "product_uom_qty": 1000,
                "product_uom": screw.uom_id.id,
                "location_id": self.stock.id,
                "location_dest_id": self.shelf.id,
            }
        )
        move._action_confirm()
        move._action_assign()
        move.picked = True
        move._action_done()
        bom = self.create_bom(
            (screw, 10, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair", categ_id=self.avco.id),
        )
        return screw, bom


@tagged("post_install", "-at_install")
class TestCountValue(CountValueCase):
    def assert_share_values(self, sheet, expected):
        self.assertEqual(sheet.share_ids.mapped("value"), expected)
        shared = sheet.move_ids.filtered("is_shared_out")
        self.assertAlmostEqual(sum(expected), sum(shared.mapped("value")), 2)

    def test_shares_cost_what_was_posted(self):
        # 30 missing at 0.50 are 15.00; of 100, 200 and 300 taken: 2.50, 5.00, 7.50.
        for method in ("standard", "average", "fifo"):
            for valuation in ("periodic", "real_time"):
                with self.subTest(method=method, valuation=valuation):
                    category = self.create_category(method, valuation)
                    screw, bom = self.take_screws(category)
                    orders = [self.complete(quantity, bom) for quantity in (10, 20, 30)]
                    before = [self.finished_value(order) for order in orders]
                    sheet = self.count(370, screw)
                    sheet.action_validate()
                    shares = sheet.share_ids.sorted("production_id")
                    self.assertEqual(shares.mapped("value"), [2.5, 5, 7.5])
                    self.assertAlmostEqual(sheet.move_ids.value, 15, 2)
                    # Completed orders stay as they are.
                    self.assertEqual(
                        [self.finished_value(order) for order in orders], before
                    )
                    self.assertAlmostEqual(screw.total_value, 185, 2)
                    self.assertEqual(self.get_line(sheet, screw).difference_value, -15)
                    sheet.action_cancel("Counted wrongly")
                    self.assertAlmostEqual(screw.total_value, 200, 2)

    def test_entry_names_the_count(self):
        category = self.create_category("average", "real_time")
        screw, bom = self.take_screws(category)
        account = self.env["account.account"].create(
            {
                "name": "Work in Progress",
                "code": "WIP900",
                "account_type": "asset_current",
            }
        )
        production = screw.with_company(self.company).property_stock_production
        production.valuation_account_id = account
        self.complete(10, bom)
        sheet = self.count(890, screw)
        sheet.action_validate()
        entry = sheet.move_ids.account_move_id
        self.assertIn(sheet.name, entry.line_ids[0].name)
        [line] = entry.line_ids.filtered(lambda line: line.account_id == account)
        self.assertAlmostEqual(line.debit, 5, 2)

    def test_an_open_order_has_its_share_in_its_cost(self):
        # 100 screws at 0.50 issued at start, and 10 more that a count has found.
        category = self.create_category("average")
        screw, bom = self.take_screws(category)
        screw.issue_method = "start"
        order = self.create_order(bom)
        order.action_start()
        self.count(890, screw).action_validate()
        order.qty_producing = 10
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 55, 2)

    def test_at_count_costs_its_need_until_it_is_counted(self):
        # 100 needed at 0.50 are in the product's cost. 110 were used: 5.00 more stay on
        # the production account.
        for method in ("standard", "average", "fifo"):
            with self.subTest(method=method):
                screw, bom = self.take_screws(self.create_category(method))
                screw.issue_method = "count"
                order = self.complete(10, bom)
                self.assertAlmostEqual(order.move_raw_ids.uncounted_value, 50, 2)
                self.assertAlmostEqual(self.finished_value(order), 50, 2)
                self.assertAlmostEqual(screw.total_value, 500, 2)
                sheet = self.count(890, screw)
                sheet.action_validate()
                self.assertEqual(sheet.share_ids.mapped("value"), [55])
                self.assertAlmostEqual(self.finished_value(order), 50, 2)
                self.assertAlmostEqual(screw.total_value, 445, 2)
