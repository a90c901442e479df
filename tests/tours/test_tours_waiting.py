"""What waits, on the screens of planners and operators."""

from odoo.tests import HttpCase, tagged

from ..shortage.test_shortage import ShortageCase


class WaitingTourCase(ShortageCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.planner = cls.create_user(
            "planner",
            *("mrp.group_mrp_manager", "stock.group_stock_manager"),
            "stock.group_production_lot",
        )
        cls.worker = cls.create_user("worker", "mrp.group_mrp_user")

    def open_waiting(self, name, login="planner"):
        action = self.env.ref("mrp_backflush.mrp_backflush_exception_action")
        self.start_tour(f"/odoo/action-{action.id}", name, login=login)

    def create_held(self):
        """7 frames, 6 reserved: of 5 needed 4 wait. And a lamp that isn't there."""
        picking = self.reserve_for_delivery(self.frame, 6)
        exception = self.complete(self.create_order(self.bom, 5))
        lamp = self.create_product("Lamp")
        bom = self.create_bom((lamp, 1, {}), product=self.create_product("Bench"))
        self.complete(self.create_order(bom, 1))
        return picking, exception

    def create_work(self, picking_type=None):
        """One that waits, two to issue by hand, one that is ready."""
        values = {"picking_type_id": picking_type.id} if picking_type else {}
        values["date_start"] = "2020-01-01"
        self.complete(self.create_order(self.bom, 10, **values))
        chair = self.create_bom(
            (self.leg, 4, {"issue_method": "manual"}),
            product=self.create_product("Chair"),
        )
        bench = self.create_bom((self.leg, 2, {}), product=self.create_product("Bench"))
        for bom in (chair, chair, bench):
            self.create_order(bom, 1, **values)


@tagged("post_install", "-at_install")
class TestWaitingTours(WaitingTourCase):
    def test_planner_takes_from_a_reservation(self):
        picking, exception = self.create_held()
        self.open_waiting("mrp_backflush_take_reservation")
        self.assertEqual(exception.state, "settled")
        self.assertEqual(picking.move_ids.quantity, 2)

    def test_operator_cannot_take(self):
        _picking, exception = self.create_held()
        self.start_tour(
            f"/odoo/{exception._name}/{exception.id}",
            "mrp_backflush_operator_cannot_take",
            login="worker",
        )

    def test_tiles_filter_the_orders(self):
        # Nothing but these.
        self.env["mrp.production"].search(
            [("state", "in", ("draft", "confirmed", "progress", "to_close"))]
        ).picking_type_id = self.warehouse.manu_type_id.copy({"active": False})
        self.create_work()
        action = self.env.ref("mrp.mrp_production_action")
        self.start_tour(
            f"/odoo/action-{action.id}", "mrp_backflush_tiles", login="worker"
        )

    def test_card_of_the_overview(self):
        self.create_work(self.warehouse.manu_type_id.copy({"name": "Tour Line"}))
        self.start_tour(
            "/odoo/action-stock.stock_picking_type_action",
            "mrp_backflush_card",
            login="worker",
        )

    def test_complete_orders_dialog(self):
        """Ready, one that goes negative, one that will wait, and one that asks."""
        self.company.shortage_rule = "allow"
        orders = self.env["mrp.production"]
        orders.search(
            [("state", "not in", ("done", "cancel"))]
        ).date_start = "2099-01-01"
        parked = self.frame.categ_id.copy({"name": "Parked"})
        parked.shortage_rule = "park"
        lamp = self.create_product("Lamp", categ_id=parked.id)
        boms = [
            self.create_bom((part, number, {}), product=self.create_product("Bench"))
            for part, number in (
                *((self.leg, 1), (self.frame, 9)),
                *((lamp, 1), (self.leg, 1)),
            )
        ]
        made = orders.concat(*(self.create_order(bom, 2) for bom in boms))
        self.report(made[3], 1)
        made.origin = "TOUR"
        action = self.env["ir.actions.act_window"].create(
            {
                "name": "Orders of the tour",
                "res_model": "mrp.production",
                "view_mode": "list,form",
                "domain": [("origin", "=", "TOUR")],
            }
        )
        self.start_tour(
            f"/odoo/action-{action.id}",
            "mrp_backflush_complete_orders_dialog",
            login="worker",
        )
        self.assertEqual(
            made.mapped("state"), ["done", "confirmed", "confirmed", "progress"]
        )

    def test_notification_is_shown_once(self):
        order = self.create_order(self.bom, 10)
        url = f"/odoo/mrp.production/{order.id}"
        self.start_tour(url, "mrp_backflush_notification", login="worker")
        self.start_tour(url, "mrp_backflush_notification_not_again", login="worker")


@tagged("post_install", "-at_install")
class TestWaitingOnAPhone(WaitingTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_planner_looks_at_what_waits(self):
        self.create_held()
        self.open_waiting("mrp_backflush_take_reservation_on_a_phone")
