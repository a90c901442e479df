"""A deviation read down to its move, on an office's screen and on a phone."""

from odoo.tests import HttpCase, tagged

from ..analysis.test_analysis import AnalysisCase


class AnalysisTourCase(AnalysisCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # At 1.00, so that money is read from the quantities.
        cls.lot_screw = cls.create_product("Screw M4", tracking="lot", standard_price=1)
        lot = cls.create_lot(cls.lot_screw, "S-1")
        cls.add_stock(cls.lot_screw, 1000, lot)
        cls.bom = cls.create_bom(
            (cls.lot_screw, 6, {"component_scrap": 5}),
            product=cls.create_product("Lamp"),
            consumption="flexible",
        )
        cls.planner = cls.create_user(
            "planner",
            *("mrp.group_mrp_manager", "stock.group_stock_manager"),
            "stock.group_production_lot",
        )
        order = cls.create_order(cls.bom)
        order.action_assign()
        # 66 of 63.
        cls.completed = cls.complete(order, used=66)

    def start_analysis_tour(self, name, **options):
        action = self.env.ref("mrp_backflush.mrp_consumption_analysis_action")
        self.start_tour(f"/odoo/action-{action.id}", name, login="planner", **options)


@tagged("post_install", "-at_install")
class TestAnalysisTours(AnalysisTourCase):
    def test_from_a_cell_to_the_move_and_its_lot(self):
        self.start_analysis_tour("mrp_backflush_analysis")

    def test_what_costs_most(self):
        # Frames at 2.00, 3 more than 10; foils at 0.50, 2 less. With the screws' 3.00
        # that is 9.00 above the plan, of which the frames are 66.7 %.
        frame = self.create_product("Frame", stock=100, standard_price=2)
        foil = self.create_product("Foil", stock=100, standard_price=0.5)
        for product, used in ((frame, 13), (foil, 8)):
            bom = self.create_bom((product, 1, {}), consumption="flexible")
            self.complete(self.create_order(bom), used=used)
        self.start_analysis_tour("mrp_backflush_analysis_pareto")

    def test_plan_and_actual_of_an_order(self):
        url = f"/odoo/mrp.production/{self.completed.id}"
        self.start_tour(url, "mrp_backflush_plan_and_actual", login="planner")

    def test_deviation_of_a_product(self):
        url = f"/odoo/product.template/{self.lot_screw.product_tmpl_id.id}"
        self.start_tour(url, "mrp_backflush_deviation_of_a_product", login="planner")

    def test_administrator_switches_it_on(self):
        self.company.use_consumption_analysis = False
        action = self.env.ref("mrp.action_mrp_configuration")
        url = f"/odoo/action-{action.id}"
        self.start_tour(url, "mrp_backflush_analysis_switched_on", login="admin")
        self.assertTrue(self.company.use_consumption_analysis)


@tagged("post_install", "-at_install")
class TestAnalysisToursOnPhone(AnalysisTourCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_plan_and_actual_of_an_order(self):
        url = f"/odoo/mrp.production/{self.completed.id}"
        name = "mrp_backflush_plan_and_actual_on_a_phone"
        self.start_tour(url, name, login="planner")
