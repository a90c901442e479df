from odoo import Command
from odoo.tests import Form, tagged

from ..common import BackflushCase


class CostCase(BackflushCase):
    """A table of 1 frame at 2.00; 10 to make."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "standard_price" not in cls.env["stock.move"]._fields:
            cls.skipTest(cls, "without stock_account moves have no value")
        cls.avco = cls.create_category("average")
        cls.finished.categ_id = cls.avco
        cls.frame = cls.create_product("Frame", categ_id=cls.avco.id)
        cls.receive(cls.frame, 100, 2.0)
        cls.bom = cls.create_bom((cls.frame, 1, {}), consumption="flexible")

    @classmethod
    def create_category(cls, cost_method, valuation="periodic"):
        return cls.env["product.category"].create(
            {
                "name": f"{cost_method} {valuation}",
                "property_cost_method": cost_method,
                "property_valuation": valuation,
            }
        )

    @classmethod
    def receive(cls, product, quantity, price, lot=None):
        move = cls.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": cls.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": cls.stock.id,
                "price_unit": price,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        if lot:
            move.move_line_ids.lot_id = lot
        move.picked = True
        move._action_done()
        move.value_manual = quantity * price
        return move

    def finished_value(self, order):
        return sum(
            order.move_finished_ids.filtered(
                lambda move: (
                    move.product_id == order.product_id and move.state == "done"
                )
            ).mapped("value")
        )

    def assert_balanced(self, orders):
        """Value in = value of what was consumed, no more and no less."""
        consumed = orders.move_raw_ids.filtered(lambda move: move.state == "done")
        finished = orders.move_finished_ids.filtered(lambda move: move.state == "done")
        self.assertAlmostEqual(
            sum(consumed.mapped("value")), sum(finished.mapped("value")), 2
        )


@tagged("post_install", "-at_install")
class TestFinishedCost(CostCase):
    def test_all_issued_early(self):
        # 10 frames at 2 and 5 screws at 1: the screws alone would be 5.
        screw = self.create_product("Screw", categ_id=self.avco.id)
        self.receive(screw, 100, 1.0)
        bom = self.create_bom(
            (self.frame, 1, {}),
            (screw, 0.5, {}),
            product=self.create_product("Bench", categ_id=self.avco.id),
        )
        order = self.create_order(bom)
        self.component(order, self.frame).action_issue()
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 25)

    def test_four_of_ten_issued_early(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 20)
        self.assertAlmostEqual(self.finished.standard_price, 2.0)

    def test_price_of_the_day_of_the_issue(self):
        # 4 at 2.00, then 96 at 2 and 96 at 4 in stock: 3.00; 6 at 3.00.
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        self.receive(self.frame, 96, 4.0)
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 26)

    def test_first_in_first_out(self):
        fifo = self.create_category("fifo")
        frame = self.create_product("Fifo Frame", categ_id=fifo.id)
        self.receive(frame, 5, 2.0)
        self.receive(frame, 20, 3.0)
        bom = self.create_bom(
            (frame, 1, {}), product=self.create_product("Bench", categ_id=fifo.id)
        )
        order = self.create_order(bom)
        self.component(order, frame).action_issue(7)
        order.button_mark_done()
        # 5 x 2 + 2 x 3, then 3 x 3.
        self.assertAlmostEqual(self.finished_value(order), 25)
        self.assert_balanced(order)

    def test_standard_price(self):
        standard = self.create_category("standard")
        self.finished.categ_id = standard
        self.finished.standard_price = 7.0
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 70)

    def test_backorder_gets_its_share(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(10)
        backorder = self.produce(order, 6)
        self.assertAlmostEqual(self.finished_value(order), 12)
        # 40 % of the value is the backorder's, whatever frames cost by now.
        self.receive(self.frame, 90, 4.0)
        self.finish(backorder.button_mark_done())
        self.assertAlmostEqual(self.finished_value(backorder), 8)
        self.assert_balanced(order)
        self.assert_balanced(backorder)

    def test_fifo_backorder(self):
        # 10 issued for 5 x 2 + 5 x 3 = 25: 60 % of it is 15.
        fifo = self.create_category("fifo")
        frame = self.create_product("Fifo Frame", categ_id=fifo.id)
        self.receive(frame, 5, 2.0)
        self.receive(frame, 20, 3.0)
        bom = self.create_bom(
            (frame, 1, {}), product=self.create_product("Bench", categ_id=fifo.id)
        )
        order = self.create_order(bom)
        self.component(order, frame).action_issue(10)
        backorder = self.produce(order, 6)
        self.assertAlmostEqual(self.finished_value(order), 15)
        self.finish(backorder.button_mark_done())
        self.assertAlmostEqual(self.finished_value(backorder), 10)
        self.assertEqual(frame.qty_available, 15)
        self.assertAlmostEqual(frame.total_value, 45)

    def test_lots_with_a_cost_of_their_own(self):
        # L1 5 x 2.00, L2 5 x 4.00: the first six are 5 x 2 + 4, four of L2 are 16.
        board = self.create_product(
            "Board", categ_id=self.avco.id, tracking="lot", lot_valuated=True
        )
        for name, price in (("L1", 2.0), ("L2", 4.0)):
            self.receive(board, 5, price, self.create_lot(board, name))
        bom = self.create_bom(
            (board, 1, {}), product=self.create_product("Shelf", categ_id=self.avco.id)
        )
        order = self.create_order(bom)
        self.component(order, board).action_issue(10)
        backorder = self.produce(order, 6)
        self.assertAlmostEqual(self.finished_value(order), 14)
        self.finish(backorder.button_mark_done())
        self.assertAlmostEqual(self.finished_value(backorder), 16)

    def test_by_product_gets_its_share(self):
        chips = self.create_product("Chips", categ_id=self.avco.id)
        bom = self.create_bom(
            (self.frame, 1, {}),
            product=self.create_product("Bench", categ_id=self.avco.id),
            byproduct_ids=[
                Command.create(
                    {"product_id": chips.id, "product_qty": 2, "cost_share": 25}
                )
            ],
        )
        order = self.create_order(bom)
        self.component(order, self.frame).action_issue(4)
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 15)
        byproduct = order.move_byproduct_ids
        self.assertAlmostEqual(byproduct.value, 5)

    def test_returned_before_completion(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(10)
        frame.action_return(4)
        self.assertAlmostEqual(self.frame.total_value, 188)
        self.receive(self.frame, 94, 4.0)
        # 6 at 2.00 and 4 at 3.00.
        order.button_mark_done()
        self.assertAlmostEqual(self.finished_value(order), 24)
        self.assertAlmostEqual(frame.value, 12)

    def test_returned_at_the_cost_of_the_issue(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(10)
        self.receive(self.frame, 90, 4.0)
        frame.action_return()
        # 180 + 360 + 20.
        self.assertAlmostEqual(self.frame.total_value, 560)

    def test_real_time_valuation(self):
        """What goes onto the production account goes off it again."""
        avco = self.create_category("average", "real_time")
        production = self.env["account.account"].create(
            {"name": "In Production", "code": "PROD1", "account_type": "asset_current"}
        )
        location = self.finished.property_stock_production
        location.valuation_account_id = production
        self.finished.categ_id = avco
        self.frame.categ_id = avco
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(10)
        self.assertAlmostEqual(self.balance(production), 20)
        frame.action_return(3)
        self.assertAlmostEqual(self.balance(production), 14)
        backorder = self.produce(order, 6)
        self.assertAlmostEqual(self.balance(production), 2, 2)
        self.finish(backorder.button_mark_done())
        self.assertAlmostEqual(self.balance(production), 0, 2)

    def balance(self, account):
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        return sum(lines.mapped("balance"))

    def test_work_in_progress_counts_an_issue_once(self):
        order = self.create_order(self.bom)
        frame = self.component(order, self.frame)
        frame.action_issue(10)
        frame.action_return(4)
        wizard = Form(
            self.env["mrp.account.wip.accounting"].with_context(
                active_model="mrp.production", active_ids=order.ids
            )
        ).save()
        lines = wizard.line_ids
        self.assertAlmostEqual(sum(lines.mapped("debit")), 12)
        self.assertAlmostEqual(sum(lines.mapped("credit")), 12)

    def test_work_in_progress_in_real_time_valuation(self):
        """The 12 issued are on the production account: not taken off stock again."""
        production = self.env["account.account"].create(
            {"name": "In Production", "code": "PROD1", "account_type": "asset_current"}
        )
        self.finished.property_stock_production.valuation_account_id = production
        self.frame.categ_id = self.create_category("average", "real_time")
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(6)
        self.report(order, 8)
        wizard = Form(
            self.env["mrp.account.wip.accounting"].with_context(
                active_model="mrp.production", active_ids=order.ids
            )
        ).save()
        credited = {
            line.account_id: line.credit for line in wizard.line_ids if line.credit
        }
        self.assertAlmostEqual(credited.pop(production), 12)
        # The 2 that are filled in to be used with the report are still in stock.
        self.assertAlmostEqual(sum(credited.values()), 4)
        self.assertAlmostEqual(sum(wizard.line_ids.mapped("debit")), 16)


@tagged("post_install", "-at_install")
class TestGenealogy(BackflushCase):
    """A finished lot of boards that were issued early and late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finished.tracking = "lot"
        cls.board = cls.create_product("Board", tracking="lot")
        cls.lots = [cls.create_lot(cls.board, name) for name in ("L1", "L2")]
        for lot in cls.lots:
            cls.add_stock(cls.board, 10, lot)
        cls.bom = cls.create_bom((cls.board, 1, {}), consumption="flexible")

    def complete(self, order, quantity=10):
        order.lot_producing_ids = self.create_lot(self.finished, order.name)
        return self.produce(order, quantity)

    def traced_lots(self, order):
        """The lots in the traceability report of the finished lot."""
        lines = order.move_finished_ids.move_line_ids.consume_line_ids
        report = self.env["stock.traceability.report"]
        finished_line = order.move_finished_ids.move_line_ids
        found = {
            column
            for line in report.get_lines(
                finished_line.id,
                model_id=finished_line.id,
                model_name="stock.move.line",
                level=1,
            )
            for column in line["columns"]
        }
        self.assertEqual(
            {lot.name for lot in self.lots if lot.name in found},
            set(lines.lot_id.mapped("name")),
        )
        return set(lines.lot_id.mapped("name"))

    def test_early_issue_is_traced(self):
        order = self.create_order(self.bom)
        self.component(order, self.board).action_issue(4, self.lots[1].ids)
        self.complete(order)
        self.assertEqual(self.traced_lots(order), {"L1", "L2"})

    def test_issued_completely(self):
        order = self.create_order(self.bom)
        self.component(order, self.board).action_issue(10, self.lots[1].ids)
        self.complete(order)
        self.assertEqual(self.traced_lots(order), {"L2"})

    def test_returned_lot_is_not_traced(self):
        order = self.create_order(self.bom)
        component = self.component(order, self.board)
        component.action_issue(4, self.lots[1].ids)
        component.action_return()
        self.complete(order)
        self.assertEqual(self.traced_lots(order), {"L1"})

    def test_lots_go_with_the_surplus(self):
        order = self.create_order(self.bom)
        component = self.component(order, self.board)
        component.action_issue(6, self.lots[0].ids)
        component.action_issue(4, self.lots[1].ids)
        backorder = self.complete(order, 6)
        self.assertEqual(self.traced_lots(order), {"L1"})
        self.complete(backorder, 4)
        self.assertEqual(self.traced_lots(backorder), {"L2"})
        self.assertEqual(self.on_hand(self.board), 10)

    def unbuild(self, order, quantity):
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": self.finished.id,
                "bom_id": order.bom_id.id,
                "mo_id": order.id,
                "product_qty": quantity,
                "lot_id": order.lot_producing_ids.id,
            }
        )
        unbuild.action_unbuild()

    def test_unbuild_returns_what_was_consumed(self):
        order = self.create_order(self.bom)
        component = self.component(order, self.board)
        component.action_issue(8, self.lots[1].ids)
        component.action_issue(5, self.lots[0].ids)
        self.complete(order)
        self.assertEqual(self.on_hand(self.board), 7)
        self.unbuild(order, 10)
        self.assertEqual(self.on_hand(self.board), 20)
        for lot in self.lots:
            self.assertEqual(lot.product_qty, 10)

    def test_unbuild_of_a_part_and_its_backorder(self):
        order = self.create_order(self.bom)
        self.component(order, self.board).action_issue(10)
        backorder = self.complete(order, 6)
        self.complete(backorder, 4)
        self.assertEqual(self.on_hand(self.board), 10)
        self.unbuild(order, 6)
        self.assertEqual(self.on_hand(self.board), 16)
        self.unbuild(backorder, 4)
        self.assertEqual(self.on_hand(self.board), 20)
