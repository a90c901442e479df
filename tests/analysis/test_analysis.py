"""What was planned against what was used, worked out by hand."""

from odoo import Command
from odoo.tests import tagged

from ..common import BackflushCase

# Of a row, what adds up to the actual cost.
CATEGORIES = (
    "planned_cost",
    "price_cost",
    "usage_cost",
    "rounding_cost",
    "scrap_cost",
    "lot_size_cost",
    "substitution_cost",
    "not_issued_cost",
    "count_cost",
)


class AnalysisCase(BackflushCase):
    """A lamp takes 6 screws at 0.10, and 5 % of them are lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.use_consumption_analysis = True
        cls.is_valued = "value" in cls.env["stock.move"]._fields
        cls.screw = cls.create_product("Screw", stock=1000, standard_price=0.1)
        cls.bom = cls.create_bom(
            (cls.screw, 6, {"component_scrap": 5}), consumption="flexible"
        )

    @classmethod
    def complete(cls, order, used=None):
        """:param used: what a person says was used of the component"""
        order.qty_producing = order.product_qty
        order._set_qty_producing()
        if used is not None:
            order.move_raw_ids.quantity = used
            order.move_raw_ids.picked = True
        order.button_mark_done()
        assert order.state == "done"
        return order

    def scrap(self, order, product, quantity):
        scrap = self.env["stock.scrap"].create(
            {
                "production_id": order.id,
                "product_id": product.id,
                "product_uom_id": product.uom_id.id,
                "scrap_qty": quantity,
                "location_id": self.stock.id,
            }
        )
        scrap.do_scrap()
        return scrap

    def analyse(self, orders, product=None):
        """:return: the rows of the orders, of one product if it is given"""
        self.env.flush_all()
        rows = self.env["mrp.consumption.analysis"].search(
            [("production_id", "in", orders.ids)]
        )
        rows.invalidate_recordset()
        for row in rows:
            self.assert_adds_up(row)
        if product:
            rows = rows.filtered(lambda row: row.product_id == product)
        return rows

    def assert_adds_up(self, row):
        total = sum(row[name] for name in CATEGORIES)
        self.assertAlmostEqual(total, row.actual_cost, 6, row.production_id.name)

    def assert_costs(self, row, **expected):
        """What isn't said is 0, but for the actual and the planned cost."""
        for name in CATEGORIES[1:]:
            self.assertAlmostEqual(row[name], expected.pop(name, 0.0), 6, name)
        for name, value in expected.items():
            self.assertAlmostEqual(row[name], value, 6, name)


@tagged("post_install", "-at_install")
class TestAnalysis(AnalysisCase):
    def test_ten_lamps(self):
        # Planned 10 × 6 × 1.05 = 63 at 0.10: 6.30. 64 were issued and 2 more recorded
        # as scrap, at 0.11: 66 × 0.01 = 0.66 by the price. 63 were needed, 60 without
        # scrap: 64 − 60 = 4 more were used, 0.40; 3 would have been scrap, 2 were.
        order = self.create_order(self.bom)
        self.screw.standard_price = 0.11
        self.complete(order, used=64)
        self.scrap(order, self.screw, 2)
        row = self.analyse(order)
        price = 0.66 if self.is_valued else 0.0
        self.assert_costs(
            row,
            planned_cost=6.3,
            price_cost=price,
            usage_cost=0.4,
            scrap_cost=-0.1,
            actual_cost=6.6 + price,
            deviation_cost=0.3 + price,
            planned_quantity=63,
            actual_quantity=66,
            usage_quantity=4,
            scrap_quantity=-1,
            usage_percent=4 / 63,
            scrap_percent=-1 / 63,
            deviation_percent=3 / 63,
        )
        self.assertFalse(row.is_provisional)
        self.assertEqual(row.move_id, order.move_raw_ids)
        self.assertEqual(row.bom_line_id, self.bom.bom_line_ids)
        self.assertEqual(row.finished_product_id, self.finished)
        self.assertEqual(row.issue_method, "completion")
        self.assertEqual(row.currency_id, self.company.currency_id)
        self.assertEqual(row.date, order.date_finished)

    def test_as_planned_differs_in_nothing(self):
        row = self.analyse(self.complete(self.create_order(self.bom)))
        # 63 were issued, 3 of them would have been scrap and nobody said so.
        self.assert_costs(row, planned_cost=6.3, usage_cost=0.3, scrap_cost=-0.3)
        plain = self.create_bom((self.screw, 6, {}))
        row = self.analyse(self.complete(self.create_order(plain)))
        self.assert_costs(row, planned_cost=6, actual_cost=6)

    def test_rounding(self):
        # 1 for 3, 10 made: 3.34 are needed, exactly 3.3333; the difference is rounding.
        self.screw.standard_price = 10
        bom = self.create_bom((self.screw, 1, {}), product_qty=3)
        row = self.analyse(self.complete(self.create_order(bom)))
        self.assert_costs(
            row, planned_cost=100 / 3, rounding_cost=33.4 - 100 / 3, actual_cost=33.4
        )

    def test_what_is_fixed_per_order_is_shared_out_by_the_lot(self):
        # 50 for 10: 4 made of them are planned 20, and 50 are drawn: 30 more. The
        # backorder of 6 is planned 30 and draws none.
        bom = self.create_bom((self.screw, 50, {"is_fixed_quantity": True}))
        order = self.create_order(bom)
        backorder = self.produce(order, 4)
        self.assert_costs(
            self.analyse(order), planned_cost=2, lot_size_cost=3, actual_cost=5
        )
        self.complete(backorder)
        self.assert_costs(
            self.analyse(backorder), planned_cost=3, lot_size_cost=-3, actual_cost=0
        )

    def test_fixed_quantity_is_planned_for_the_standard_lot(self):
        # 50 once per order, planned for 100: an order of 40 bears 20 of them, at 0.10.
        # It drew all 50: 30 more, 3.00, because it is so small.
        bom = self.create_bom((self.screw, 50, {"is_fixed_quantity": True}))
        bom.standard_lot = 100
        row = self.analyse(self.complete(self.create_order(bom, 40)))
        self.assert_costs(row, planned_cost=2, lot_size_cost=3, actual_cost=5)
        self.assertEqual(row.planned_quantity, 20)
        # Without a standard lot it is planned for its own 40.
        bom.standard_lot = 0
        row = self.analyse(self.complete(self.create_order(bom, 40)))
        self.assert_costs(row, planned_cost=5, actual_cost=5)

    def test_not_issued(self):
        self.screw.issue_method = "manual"
        row = self.analyse(self.complete(self.create_order(self.bom)))
        self.assertTrue(row.is_not_issued)
        self.assert_costs(
            row,
            planned_cost=6.3,
            not_issued_cost=-6.3,
            actual_cost=0,
            actual_quantity=0,
        )

    def test_a_persons_none_used_is_use(self):
        self.screw.issue_method = "manual"
        order = self.create_order(self.bom)
        order.move_raw_ids.action_record_unused()
        row = self.analyse(self.complete(order))
        self.assertFalse(row.is_not_issued)
        # 60 less used, and the 3 of scrap weren't either.
        self.assert_costs(row, planned_cost=6.3, usage_cost=-6, scrap_cost=-0.3)

    def test_what_a_person_added_was_not_planned(self):
        glue = self.create_product("Glue", stock=100, standard_price=2)
        order = self.create_order(self.bom)
        order.move_raw_ids = [
            Command.create({"product_id": glue.id, "product_uom_qty": 4})
        ]
        self.complete(order)
        row = self.analyse(order, glue)
        self.assertTrue(row.is_substitution)
        self.assert_costs(row, planned_cost=0, substitution_cost=8, actual_cost=8)
        self.assertEqual(len(self.analyse(order)), 2)

    def test_issued_early_and_returned(self):
        # 70 issued before, 5 of them returned: 65 used. The line is cancelled.
        order = self.create_order(self.bom)
        order.move_raw_ids.action_issue(70)
        component = self.component(order, self.screw)
        component.action_return(5)
        self.complete(order)
        self.assertEqual(component.state, "cancel")
        row = self.analyse(order)
        self.assertEqual(row.actual_quantity, 65)
        self.assert_costs(
            row, planned_cost=6.3, usage_cost=0.5, scrap_cost=-0.3, actual_cost=6.5
        )

    def test_what_waits_is_provisional(self):
        # 50 are there, 13 wait: at the cost of the day of completion, 0.10.
        self.company.shortage_rule = "park"
        rare = self.create_product("Rare Screw", stock=50, standard_price=0.1)
        bom = self.create_bom((rare, 6.3, {}))
        order = self.complete(self.create_order(bom))
        row = self.analyse(order)
        self.assertTrue(row.is_provisional)
        self.assert_costs(row, planned_cost=6.3, actual_cost=6.3, actual_quantity=63)
        # Settled at 0.20: 13 × 0.10 more by the price.
        rare.standard_price = 0.2
        self.add_stock(rare, 13)
        order.backflush_exception_ids.action_retry()
        row = self.analyse(order)
        self.assertFalse(row.is_provisional)
        price = 1.3 if self.is_valued else 0.0
        self.assert_costs(
            row, planned_cost=6.3, price_cost=price, actual_cost=6.3 + price
        )

    def test_what_was_cancelled_was_not_used(self):
        self.company.shortage_rule = "park"
        rare = self.create_product("Rare Screw", stock=50, standard_price=0.1)
        order = self.complete(self.create_order(self.create_bom((rare, 6.3, {}))))
        order.backflush_exception_ids.action_cancel("Not needed")
        row = self.analyse(order)
        self.assertFalse(row.is_provisional)
        self.assert_costs(row, planned_cost=6.3, usage_cost=-1.3, actual_cost=5)

    def test_an_unbuild_takes_plan_and_use_back(self):
        # Of 10 lamps with 70 screws 4 are unbuilt, and 28 come back.
        order = self.create_order(self.bom)
        self.complete(order, used=70)
        unbuild = self.env["mrp.unbuild"].create({"mo_id": order.id, "product_qty": 4})
        unbuild.action_unbuild()
        row = self.analyse(order)
        self.assertEqual(row.actual_quantity, 42)
        self.assert_costs(
            row, planned_cost=3.78, usage_cost=0.6, scrap_cost=-0.18, actual_cost=4.2
        )

    def test_a_corrected_quantity_is_what_was_planned_for(self):
        # 10 reported, 8 made: 63 were used, 48 without scrap are planned.
        order = self.complete(self.create_order(self.bom))
        order.qty_producing = 8
        row = self.analyse(order)
        self.assert_costs(
            row, planned_cost=5.04, usage_cost=1.5, scrap_cost=-0.24, actual_cost=6.3
        )

    def test_counted_shares(self):
        # 63 used by the order; the shelf lacks 7 more.
        self.company.use_line_count = True
        order = self.complete(self.create_order(self.bom))
        sheet = self.env["mrp.line.count"].create({"location_id": self.stock.id})
        sheet.action_load()
        line = sheet.line_ids.filtered(lambda line: line.product_id == self.screw)
        line.counted_quantity = 1000 - 63 - 7
        sheet.action_validate()
        row = self.analyse(order)
        self.assert_costs(
            row,
            planned_cost=6.3,
            usage_cost=0.3,
            scrap_cost=-0.3,
            count_cost=0.7,
            actual_cost=7,
            actual_quantity=70,
        )
        sheet.action_cancel("Counted wrongly")
        self.assertEqual(self.analyse(order).count_cost, 0)

    def test_at_count(self):
        # 60 needed, provisional until the count finds that 66 were used.
        self.company.use_line_count = True
        paint = self.create_product(
            "Paint", stock=500, standard_price=0.1, issue_method="count"
        )
        order = self.complete(self.create_order(self.create_bom((paint, 6, {}))))
        row = self.analyse(order)
        self.assertTrue(row.is_provisional)
        self.assert_costs(row, planned_cost=6, actual_cost=6, actual_quantity=60)
        sheet = self.env["mrp.line.count"].create({"location_id": self.stock.id})
        sheet.action_load()
        line = sheet.line_ids.filtered(lambda line: line.product_id == paint)
        line.counted_quantity = 434
        sheet.action_validate()
        row = self.analyse(order)
        self.assertFalse(row.is_provisional)
        self.assert_costs(
            row, planned_cost=6, count_cost=0.6, actual_cost=6.6, actual_quantity=66
        )

    def test_at_count_unbuilt_after_its_count_is_provisional(self):
        # 60 needed and counted. 5 of 10 are unbuilt: the next count takes 30 back.
        self.company.use_line_count = True
        paint = self.create_product(
            "Paint", stock=500, standard_price=0.1, issue_method="count"
        )
        order = self.complete(self.create_order(self.create_bom((paint, 6, {}))))
        self.count(paint, 440)
        self.assertFalse(self.analyse(order).is_provisional)
        self.env["mrp.unbuild"].create(
            {"mo_id": order.id, "product_qty": 5}
        ).action_unbuild()
        self.assertTrue(self.analyse(order).is_provisional)
        self.count(paint, 470)
        row = self.analyse(order)
        self.assertFalse(row.is_provisional)
        self.assert_costs(row, planned_cost=3, actual_cost=3, actual_quantity=30)

    def count(self, product, quantity):
        sheet = self.env["mrp.line.count"].create({"location_id": self.stock.id})
        sheet.action_load()
        line = sheet.line_ids.filtered(lambda line: line.product_id == product)
        line.counted_quantity = quantity
        sheet.action_validate()

    def test_kits_and_other_units(self):
        # A bag of 12 screws in each lamp, taken by the dozen: 120 at 0.10.
        kit = self.create_product("Bag")
        dozen = self.env.ref("uom.product_uom_dozen")
        self.create_bom(
            (self.screw, 1, {"product_uom_id": dozen.id}), product=kit, type="phantom"
        )
        order = self.complete(self.create_order(self.create_bom((kit, 1, {}))))
        self.assert_costs(
            self.analyse(order), planned_cost=12, actual_cost=12, actual_quantity=120
        )

    def test_orders_from_before_have_no_rows(self):
        order = self.complete(self.create_order(self.bom))
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_move SET planned_unit_cost = NULL")
        self.assertFalse(self.analyse(order))

    def test_scrap_of_what_the_order_does_not_list(self):
        other = self.create_product("Other", stock=10, standard_price=3)
        order = self.create_order(self.bom)
        order.move_raw_ids = [
            Command.create({"product_id": other.id, "product_uom_qty": 1})
        ]
        self.scrap(order, other, 2)
        self.component(order, other).filtered(lambda move: not move.scrap_id).unlink()
        self.complete(order)
        row = self.analyse(order, other)
        self.assert_costs(row, planned_cost=0, scrap_cost=6, actual_cost=6)

    def test_percentages_of_a_group(self):
        # 4 of 63 and −3 + 0 of 63, in money over both.
        orders = self.create_order(self.bom) + self.create_order(self.bom)
        self.complete(orders[0], used=70)
        self.complete(orders[1])
        rows = self.analyse(orders)
        [[usage]] = rows._read_group(
            [("id", "in", rows.ids)], [], ["usage_percent:avg"]
        )
        self.assertAlmostEqual(usage, (10 + 3) / 126)

    def test_known_records_read_the_same(self):
        """A restricted query has the same figures as that of all."""
        orders = self.create_order(self.bom) + self.create_order(self.bom)
        orders[0].move_raw_ids.action_issue(70)
        self.scrap(orders[1], self.screw, 3)
        for order in orders:
            self.complete(order)
        rows = self.analyse(orders)
        names = [*CATEGORIES, "actual_cost", "actual_quantity"]
        every = self.env["mrp.consumption.analysis"].search_read(
            [("production_id", "in", orders.ids)], names
        )
        rows.invalidate_recordset()
        self.assertEqual(rows.browse(row["id"] for row in every).read(names), every)

    # Where it is shown.

    def test_the_order_shows_its_rows(self):
        order = self.create_order(self.bom)
        self.assertFalse(order.consumption_analysis_ids)
        self.complete(order)
        self.assertEqual(order.consumption_analysis_ids, self.analyse(order))
        self.company.use_consumption_analysis = False
        order.invalidate_recordset()
        self.assertFalse(order.consumption_analysis_ids)

    def test_mo_overview_says_the_same(self):
        # 3 more than 63 of 0.10; also where the component is listed by the dozen.
        order = self.complete(self.create_order(self.bom), used=66)
        dozen = self.env.ref("uom.product_uom_dozen")
        by_dozen = self.create_bom(
            (self.screw, 0.5, {"product_uom_id": dozen.id}), consumption="flexible"
        )
        other = self.complete(self.create_order(by_dozen), used=6)
        report = self.env["report.mrp.report_mo_overview"]
        for completed, expected in ((order, (63, 3, 0.3)), (other, (5, 1, 1.2))):
            [line] = report.get_report_values(completed.id)["data"]["components"]
            summary = line["summary"]
            self.assertEqual(
                (
                    round(summary["quantity_planned"], 6),
                    summary["quantity_difference"],
                    summary["cost_difference"],
                ),
                expected,
            )
            row = self.analyse(completed)
            self.assertAlmostEqual(row.deviation_cost, summary["cost_difference"])

    def test_from_a_row_to_its_moves(self):
        order = self.create_order(self.bom)
        order.move_raw_ids.action_issue(10)
        self.scrap(order, self.screw, 2)
        self.complete(order)
        unbuild = self.env["mrp.unbuild"].create({"mo_id": order.id, "product_qty": 4})
        unbuild.action_unbuild()
        row = self.analyse(order)
        action = row.action_view_moves()
        moves = self.env["stock.move"].search(action["domain"])
        self.assertEqual(
            sum(-move.quantity if move.unbuild_id else move.quantity for move in moves),
            row.actual_quantity,
        )
        action = row.action_view_lots()
        lines = self.env["stock.move.line"].search(action["domain"])
        self.assertEqual(lines.move_id, moves)

    def test_product_and_bom_show_the_last_days(self):
        orders = self.create_order(self.bom) + self.create_order(self.bom)
        self.complete(orders[0], used=70)
        self.complete(orders[1])
        orders[1].date_finished = "2020-01-01 00:00:00"
        # 70 of 63.
        for record in (self.screw.product_tmpl_id, self.bom):
            self.assertTrue(record.has_deviation)
            self.assertAlmostEqual(record.deviation_cost, 0.7)
            self.assertAlmostEqual(record.deviation_percent, 7 / 63)
            action = record.action_view_deviation()
            rows = self.env["mrp.consumption.analysis"].search(action["domain"])
            self.assertEqual(rows.production_id, orders)
        self.company.use_consumption_analysis = False
        self.screw.invalidate_recordset()
        self.assertFalse(self.screw.has_deviation)

    def test_menu_and_fields_are_there_where_it_is_used(self):
        group = self.env.ref("mrp_backflush.group_use_consumption_analysis")
        user = self.create_user("planner", "mrp.group_mrp_user")
        self.assertIn(group, user.all_group_ids)
        self.company.use_consumption_analysis = False
        self.assertNotIn(group, user.all_group_ids)

    def test_people_see_their_companies_alone(self):
        order = self.complete(self.create_order(self.bom))
        company = self.env["res.company"].create({"name": "Elsewhere"})
        user = self.create_user(
            "elsewhere",
            "mrp.group_mrp_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        rows = self.analyse(order)
        self.assertFalse(rows.with_user(user).search([("id", "in", rows.ids)]))
        planner = self.create_user("planner", "mrp.group_mrp_user")
        self.assertEqual(rows.with_user(planner).mapped("actual_quantity"), [63])
