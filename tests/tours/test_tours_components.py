"""The component list of an order and of a work order, in a real browser."""

from odoo.tests import HttpCase, tagged

from ..common import BackflushCase


class ComponentTourCase(BackflushCase, HttpCase):
    """Orders of 10 tables; 6 of the 20 glue were issued by a storekeeper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame, cls.glue, cls.paint, cls.label = (
            cls.create_product(name, stock=100)
            for name in ("Frame", "Glue", "Paint", "Label")
        )
        cls.create_user("worker", "mrp.group_mrp_user")
        cls.keeper = cls.create_user("keeper", "mrp.group_mrp_user", name="keeper")

    def create_issued_order(self, operations=()):
        manual = {"issue_method": "manual"}
        weld = {"operation": "Weld"} if operations else {}
        paint = {"operation": "Paint"} if operations else {}
        bom = self.create_bom(
            (self.frame, 1, {"issue_method": "start"}),
            (self.glue, 2, {**manual, **weld}),
            (self.paint, 1, {**manual, **paint}),
            (self.label, 1, {**manual, **weld}),
            consumption="flexible",
            operations=operations,
        )
        order = self.create_order(bom)
        order.action_assign()
        self.component(order, self.glue).with_user(self.keeper).action_issue(6)
        return order

    def start_record_tour(self, name, record):
        self.start_tour(
            f"/odoo/{record._name}/{record.id}", f"mrp_backflush_{name}", login="worker"
        )


@tagged("post_install", "-at_install")
class TestComponentTours(ComponentTourCase):
    def test_planner_reads_and_records_components(self):
        order = self.create_issued_order()
        self.start_record_tour("components", order)
        self.assertEqual(order.state, "done")
        self.assertEqual(
            [self.consumed(order, product) for product in (self.glue, self.paint)],
            [6, 10],
        )

    def test_planner_changes_the_plan(self):
        self.create_product("Screw", stock=100)
        order = self.create_issued_order()
        order.is_locked = False
        self.start_record_tour("change_plan", order)
        # The issue is where it was, and the rest is open.
        self.assertEqual(len(order.move_raw_ids), 6)
        self.assertEqual(self.component(order, self.glue).product_uom_qty, 18)

    def test_operator_opens_a_work_order(self):
        order = self.create_issued_order(["Weld", "Paint"])
        self.start_record_tour("work_order", order.workorder_ids[0])
        self.assertEqual(self.component(order, self.glue).quantity, 14)
        self.assertEqual(self.component(order, self.label).issue_state, "recorded")
        self.assertEqual(self.component(order, self.paint).issue_state, "to_issue")


@tagged("post_install", "-at_install")
class TestComponentToursOnPhone(ComponentTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_operator_records_on_cards(self):
        order = self.create_issued_order()
        self.start_record_tour("phone_components", order)
        self.assertEqual(self.component(order, self.glue).quantity, 14)
        self.assertEqual(self.component(order, self.paint).quantity, 10)
        self.assertEqual(self.component(order, self.paint).issue_state, "recorded")
