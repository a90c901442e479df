"""What is kept of a component when it is planned."""

from odoo import Command
from odoo.tests import Form, tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestPlan(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.create_product("Screw", stock=1000, standard_price=0.1)
        cls.bom = cls.create_bom((cls.screw, 6, {"component_scrap": 5}))

    def assert_plan(self, component, quantity, scrap=0.0, cost=0.1):
        self.assertAlmostEqual(component.net_quantity_per_unit, quantity, 9)
        self.assertAlmostEqual(component.component_scrap, scrap, 9)
        self.assertAlmostEqual(component.planned_unit_cost, cost, 9)

    def create_by_every_way(self, bom, quantity=10):
        order = self.create_order(bom, quantity)
        return {
            "create": order,
            "form": self.create_order_by_form(bom, quantity),
            "copy": order.copy(),
        }

    def test_plan_is_of_the_bom_line(self):
        # 6 with 5 % scrap: the order demands 63, the plan is 6 for each lamp.
        for way, order in self.create_by_every_way(self.bom).items():
            with self.subTest(way):
                self.assertEqual(order.move_raw_ids.product_uom_qty, 63)
                self.assert_plan(order.move_raw_ids, 6, scrap=5)
                self.assertEqual(order.planned_lot_size, 10)

    def test_plan_is_in_the_units_of_stock_and_order(self):
        # A dozen of lamps takes 30 screws, and lamps are ordered by the pair:
        # 30 / 12 = 2.5 screws for a lamp, 5 for a pair.
        dozen = self.env.ref("uom.product_uom_dozen")
        pair = self.env["uom.uom"].create(
            {
                "name": "Pair",
                "relative_factor": 2,
                "relative_uom_id": self.unit.id,
            }
        )
        bom = self.create_bom(
            (self.screw, 2.5, {"product_uom_id": dozen.id}),
            product_uom_id=dozen.id,
        )
        self.env.user.group_ids += self.env.ref("uom.group_uom")
        order = self.create_order(bom, 3, confirm=False)
        order.product_uom_id = pair
        self.assertEqual(order.move_raw_ids.product_uom, dozen)
        self.assert_plan(order.move_raw_ids, 5)
        with Form(self.env["mrp.production"]) as form:
            form.product_id = self.finished
            form.bom_id = bom
            form.product_uom_id = pair
            form.product_qty = 3
        self.assert_plan(form.record.move_raw_ids, 5)

    def test_plan_of_what_is_fixed_per_order(self):
        bom = self.create_bom((self.screw, 50, {"is_fixed_quantity": True}))
        for way, order in self.create_by_every_way(bom).items():
            with self.subTest(way):
                self.assert_plan(order.move_raw_ids, 0)
                self.assertEqual(order.move_raw_ids.fixed_quantity, 50)

    def test_plan_of_a_kit(self):
        # 2 kits of 3 screws with 10 % scrap, each kit with 20 %: 6, and 1.1 × 1.2.
        kit = self.create_product("Bag")
        self.create_bom(
            (self.screw, 3, {"component_scrap": 10}), product=kit
        ).type = "phantom"
        bom = self.create_bom((kit, 2, {"component_scrap": 20}))
        for way, order in self.create_by_every_way(bom).items():
            with self.subTest(way):
                self.assert_plan(order.move_raw_ids, 6, scrap=32)

    def test_what_a_person_adds_is_not_planned(self):
        order = self.create_order(self.bom)
        glue = self.create_product("Glue", standard_price=2)
        order.move_raw_ids = [
            Command.create({"product_id": glue.id, "product_uom_qty": 4})
        ]
        self.assert_plan(self.component(order, glue), 0, cost=2)

    def test_a_persons_demand_is_not_the_plan(self):
        order = self.create_order(self.bom)
        order.move_raw_ids.product_uom_qty = 80
        self.assert_plan(order.move_raw_ids, 6, scrap=5)

    def test_a_backorder_keeps_plan_and_cost(self):
        order = self.create_order(self.bom)
        self.screw.standard_price = 0.5
        backorder = self.produce(order, 4)
        self.assert_plan(backorder.move_raw_ids, 6, scrap=5)
        self.assertEqual(backorder.planned_lot_size, 10)
        # A duplicate is planned today.
        self.assert_plan(order.copy().move_raw_ids, 6, scrap=5, cost=0.5)

    def test_a_split_keeps_plan_and_cost(self):
        for confirm in (True, False):
            with self.subTest(confirm=confirm):
                self.screw.standard_price = 0.1
                order = self.create_order(self.bom, confirm=confirm)
                self.screw.standard_price = 0.5
                parts = order._split_productions({order: [3, 7]})
                for part in parts:
                    self.assert_plan(part.move_raw_ids, 6, scrap=5)
                self.assertEqual(parts.mapped("planned_lot_size"), [10, 10])

    def test_merged_orders_are_planned_together(self):
        orders = self.create_order(self.bom) + self.create_order(self.bom, 5)
        merged = self.env["mrp.production"].browse(orders.action_merge()["res_id"])
        self.assert_plan(merged.move_raw_ids, 6, scrap=5)
        self.assertEqual(merged.planned_lot_size, 15)

    def test_lot_size_is_that_of_the_confirmation(self):
        order = self.create_order(self.bom, confirm=False)
        order.product_qty = 20
        self.assertEqual(order.planned_lot_size, 20)
        order.action_confirm()
        self.change_quantity(order, 30)
        self.assertEqual(order.planned_lot_size, 20)

    def test_lot_size_is_the_standard_lot_of_the_confirmation(self):
        # BoMs by the dozen: a standard lot of 5 dozens are 60.
        self.bom.product_uom_id = self.env.ref("uom.product_uom_dozen")
        draft = self.create_order(self.bom, confirm=False)
        draft.product_uom_id = self.unit
        self.assertEqual(draft.planned_lot_size, 10)
        self.bom.standard_lot = 5
        self.assertEqual(draft.planned_lot_size, 60)
        draft.action_confirm()
        self.bom.standard_lot = 8
        self.assertEqual(draft.planned_lot_size, 60)
        order = self.create_order(self.bom, 3)
        self.assertEqual(order.product_uom_id, self.bom.product_uom_id)
        self.assertEqual(order.planned_lot_size, 8)
        backorder = self.produce(order, 1)
        self.bom.standard_lot = 0
        self.assertEqual((order + backorder).mapped("planned_lot_size"), [8, 8])
        self.assertEqual(self.create_order(self.bom, 3).planned_lot_size, 3)

    def test_update_bom_plans_anew(self):
        # The cost stays that of the day when the order was planned.
        order = self.create_order(self.bom)
        self.bom.bom_line_ids.write({"product_qty": 7, "component_scrap": 10})
        self.screw.standard_price = 0.5
        order.action_update_bom()
        self.assert_plan(order.move_raw_ids, 7, scrap=10)

    def test_another_product_has_its_own_cost(self):
        nail = self.create_product("Nail", standard_price=0.3)
        order = self.create_order(self.bom, confirm=False)
        order.move_raw_ids.product_id = nail
        self.assert_plan(order.move_raw_ids, 6, scrap=5, cost=0.3)

    def test_cost_is_the_companys(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids += company
        elsewhere = self.env(
            context={**self.env.context, "allowed_company_ids": company.ids}
        )
        self.screw.with_env(elsewhere).standard_price = 0.7
        order = elsewhere["mrp.production"].create(
            {
                "product_id": self.finished.id,
                "bom_id": self.bom.id,
                "product_qty": 1,
            }
        )
        self.assertEqual(order.company_id, company)
        self.assert_plan(order.move_raw_ids, 6, scrap=5, cost=0.7)

    def test_a_person_may_not_see_costs_and_plans_all_the_same(self):
        user = self.create_user("planner", "mrp.group_mrp_user")
        bom = self.bom.with_user(user)
        order = bom.env["mrp.production"].create(
            {"product_id": self.finished.id, "bom_id": bom.id, "product_qty": 10}
        )
        self.assert_plan(order.move_raw_ids, 6, scrap=5)

    def test_planning_takes_no_statement_more(self):
        """The columns come with the rows that are written anyway."""
        parts = self.create_parts(30)
        bom = self.create_bom(*((part, 1, {}) for part in parts))
        moves = self.env.registry["stock.move"]
        counts = []
        for fill_in in (moves._fill_in_plans, lambda model, vals_list: None):
            self.patch(moves, "_fill_in_plans", fill_in)
            found = []
            # From the second time on what is kept in caches is there; where a second
            # passes, dates are written by statements of their own.
            for _time in range(4):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.create_order(bom)
                self.env.flush_all()
                found.append(self.cr.sql_log_count - before)
            counts.append(min(found[1:]))
        self.assertEqual(counts[0], counts[1])

    def test_completion_takes_no_statement_more(self):
        """What is frozen at completion comes with what is written then, and nobody
        asks for the analysis: 20 orders of 5 components, off and on. Dates are written
        by statements of their own where a second passes."""
        parts = self.create_parts(5, quantity=10000)
        bom = self.create_bom(*((part, 1, {}) for part in parts))
        counts = {}
        for is_used in (False, True):
            self.company.use_consumption_analysis = is_used
            found = []
            for _time in range(4):
                orders = self.env["mrp.production"]
                for _number in range(20):
                    orders |= self.create_order(bom, 1)
                orders.action_assign()
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                orders.button_mark_done()
                self.env.flush_all()
                found.append(self.cr.sql_log_count - before)
                self.assertEqual(set(orders.mapped("state")), {"done"})
            counts[is_used] = min(found[1:])
        self.assertLessEqual(counts[True], counts[False] + 2)
