from odoo.tests import tagged

from .test_count_value import CountValueCase

METHODS = ("standard", "average", "fifo")


@tagged("post_install", "-at_install")
class TestCountBooks(CountValueCase):
    """What counts cost, in the books: a table takes ten screws at 0.50; 1,000 are on
    the shelf."""

    def create_account(self, code, name):
        return self.env["account.account"].create(
            {"name": name, "code": code, "account_type": "asset_current"}
        )

    def use_account_of_production(self, product):
        """:return: the account that what is in production is valued on"""
        account = self.create_account("WIP900", "Work in Progress")
        location = product.with_company(self.company).property_stock_production
        location.valuation_account_id = account
        return account

    def use_account_of_loss(self, product):
        account = self.create_account("LOSS900", "Inventory Loss")
        location = product.with_company(self.company).property_stock_inventory
        location.valuation_account_id = account
        return account

    def balance(self, account):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return sum(lines.mapped("balance"))

    def take(self, method="average", valuation="real_time"):
        return self.take_screws(self.create_category(method, valuation))

    def test_books_tie_out(self):
        # What leaves the stock's account is what leaves the stock, by each count and
        # each way of valuing.
        for method in METHODS:
            with self.subTest(method=method):
                screw, bom = self.take(method)
                wip, loss = self.create_accounts(screw, method)
                stock = screw.categ_id.property_stock_valuation_account_id
                before = screw.total_value, self.balance(stock)
                self.complete(10, bom)
                # 60 missing of 100: 25 are shared out, 35 are a loss.
                sheet = self.count(840, screw)
                sheet.action_validate()
                moved = screw.total_value - before[0]
                self.assertAlmostEqual(moved, -80, 2)
                self.assertAlmostEqual(self.balance(stock) - before[1], moved, 2)
                # 50.00 were issued, and 12.50 are the count's.
                self.assertAlmostEqual(self.balance(loss), 17.5, 2)
                entries = sheet.move_ids.account_move_id
                on_wip = entries.line_ids.filtered_domain([("account_id", "=", wip.id)])
                self.assertAlmostEqual(sum(on_wip.mapped("balance")), 12.5, 2)
                for entry in entries:
                    self.assertIn(sheet.name, entry.line_ids[0].name)
                sheet.action_cancel("Wrong")
                self.assertAlmostEqual(screw.total_value - before[0], -50, 2)
                self.assertAlmostEqual(self.balance(stock) - before[1], -50, 2)
                self.assertAlmostEqual(self.balance(loss), 0, 2)

    def create_accounts(self, screw, method):
        number = METHODS.index(method)
        accounts = [
            self.create_account(f"{name}90{number}", name) for name in ("WIP", "LOSS")
        ]
        product = screw.with_company(self.company)
        product.property_stock_production.valuation_account_id = accounts[0]
        product.property_stock_inventory.valuation_account_id = accounts[1]
        return accounts

    def test_no_entry_without_an_account_of_production(self):
        screw, bom = self.take()
        location = screw.with_company(self.company).property_stock_production
        self.assertFalse(location.valuation_account_id)
        self.complete(10, bom)
        sheet = self.count(895, screw)
        sheet.action_validate()
        self.assertFalse(sheet.move_ids.account_move_id)
        self.assertAlmostEqual(sheet.share_ids.value, 2.5, 2)

    def test_no_entry_in_periodic_valuation(self):
        screw, bom = self.take(valuation="periodic")
        self.use_account_of_production(screw)
        self.complete(10, bom)
        sheet = self.count(895, screw)
        sheet.action_validate()
        self.assertFalse(sheet.move_ids.account_move_id)

    def assert_cancelled_exactly(self, method, found):
        """100 at 1.00 are received between the count and its cancelling: what the
        stock is worth then is what it is worth where nobody had counted."""
        worth = []
        for counts in (True, False):
            screw, bom = self.take(method)
            self.complete(10, bom)
            if counts:
                sheet = self.count(found, screw)
                sheet.action_validate()
            self.receive(screw, 900, 1.0)
            if counts:
                sheet.action_cancel("Wrong")
            worth.append((round(screw.total_value, 2), screw.qty_available))
            worth[-1] += (round(screw.standard_price, 4),)
        self.assertEqual(worth[0], worth[1])

    def test_cancelled_where_something_was_missing(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.assert_cancelled_exactly(method, 840)

    def test_cancelled_where_more_was_found(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.assert_cancelled_exactly(method, 920)

    def test_lots_with_costs_of_their_own(self):
        # A at 2.00 and B at 4.00: 20 taken of A, 3 of it and 1 of B are missing.
        category = self.create_category("average")
        paint = self.create_product(
            "Paint", tracking="lot", categ_id=category.id, lot_valuated=True
        )
        lots = [self.create_lot(paint, name) for name in "AB"]
        for lot, price in zip(lots, (2.0, 4.0), strict=True):
            self.receive(paint, 50, price, lot=lot)
        bom = self.create_bom(
            (paint, 1, {}), product=self.create_product("Bench", categ_id=category.id)
        )
        self.complete(20, bom)
        sheet = self.create_sheet(self.stock)
        self.get_line(sheet, paint, lots[0]).counted_quantity = 27
        self.get_line(sheet, paint, lots[1]).counted_quantity = 49
        self.assertEqual(
            sheet.line_ids.filtered("counted_at").mapped("difference_value"), [-6, -4]
        )
        sheet.action_validate()
        self.assertAlmostEqual(sum(sheet.share_ids.mapped("value")), 10, 2)
        self.env.invalidate_all()
        self.assertAlmostEqual(paint.total_value, 27 * 2 + 49 * 4, 2)
        sheet.action_cancel("Wrong")
        self.env.invalidate_all()
        self.assertAlmostEqual(paint.total_value, 30 * 2 + 50 * 4, 2)

    # Orders in progress, and completed ones.

    def test_backorder_has_its_own_share_in_its_cost(self):
        # 60 screws for 6 tables, completed; 40 issued at start for the other 4. 10 are
        # missing then: 6 stay on the production account, 4 are in the backorder's cost.
        screw, bom = self.take(valuation="periodic")
        screw.issue_method = "start"
        order = self.create_order(bom)
        order.action_start()
        backorder = self.produce(order, 6)
        self.assertAlmostEqual(self.finished_value(order), 30, 2)
        sheet = self.count(890, screw)
        sheet.action_validate()
        shares = self.get_shares(sheet)
        self.assertEqual((shares[order], shares[backorder]), (6, 4))
        self.produce(backorder, 4)
        self.assertAlmostEqual(self.finished_value(order), 30, 2)
        self.assertAlmostEqual(self.finished_value(backorder), 22, 2)

    def test_cancelled_share_is_not_in_the_cost(self):
        screw, bom = self.take(valuation="periodic")
        screw.issue_method = "start"
        order = self.create_order(bom)
        order.action_start()
        sheet = self.count(890, screw)
        sheet.action_validate()
        sheet.action_cancel("Wrong")
        order.qty_producing = 10
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 50, 2)

    def test_less_used_costs_less(self):
        # 20 more than the book of 900: 20 of the 100 that were issued weren't used.
        screw, bom = self.take(valuation="periodic")
        screw.issue_method = "start"
        order = self.create_order(bom)
        order.action_start()
        self.count(920, screw).action_validate()
        order.qty_producing = 10
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 40, 2)

    def test_at_count_recorded_as_unused_costs_nothing(self):
        screw, bom = self.take(valuation="periodic")
        screw.issue_method = "count"
        order = self.create_order(bom)
        order.move_raw_ids.write({"quantity": 0, "picked": True})
        order.qty_producing = 10
        self.finish(order.button_mark_done())
        self.assertAlmostEqual(self.finished_value(order), 0, 2)
        self.assertEqual(order.move_raw_ids.uncounted_value, 0)

    def test_at_count_issued_in_part_costs_all(self):
        # 30 issued by hand, 70 left to the count, all at 0.50.
        screw, bom = self.take(valuation="periodic")
        screw.issue_method = "count"
        order = self.create_order(bom)
        order.move_raw_ids.action_issue(30)
        order.qty_producing = 10
        self.finish(order.button_mark_done())
        component = self.component(order, screw)
        self.assertAlmostEqual(component.uncounted_value, 35, 2)
        self.assertAlmostEqual(self.finished_value(order), 50, 2)

    def test_at_count_of_a_backorder(self):
        screw, bom = self.take(valuation="periodic")
        screw.issue_method = "count"
        order = self.create_order(bom)
        backorder = self.produce(order, 6)
        self.produce(backorder, 4)
        self.assertAlmostEqual(self.finished_value(order), 30, 2)
        self.assertAlmostEqual(self.finished_value(backorder), 20, 2)
