from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import BackflushCase

GROUP = "mrp_backflush.group_issue_method_override"


@tagged("post_install", "-at_install")
class TestSecurity(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.create_product("Screw", stock=100)
        cls.bom = cls.create_bom(
            (cls.screw, 1, {"operation": "Assembly"}), operations=["Assembly"]
        )
        cls.worker = cls.create_user(
            "worker", "mrp.group_mrp_user", "product.group_product_manager"
        )
        cls.manager = cls.create_user(
            "manager", "mrp.group_mrp_manager", "product.group_product_manager"
        )

    def levels(self):
        return (
            self.screw.product_tmpl_id,
            self.screw,
            self.category,
            self.bom.bom_line_ids,
            self.bom.operation_ids.workcenter_id,
        )

    def test_levels_are_the_administrators_to_set(self):
        for level in self.levels():
            with self.subTest(level=level):
                with self.assertRaises(AccessError):
                    level.with_user(self.worker).issue_method = "manual"
                level.with_user(self.manager).issue_method = "manual"
                self.assertEqual(level.issue_method, "manual")
                with self.assertRaises(AccessError):
                    level.with_user(self.worker).issue_method = False
                # A product and its template share the value.
                level.issue_method = False

    def test_levels_can_be_read_by_a_user(self):
        for level in self.levels():
            level = level.with_user(self.worker)
            self.assertFalse(level.issue_method)
            self.assertIn("At Completion", level.issue_method_inherited)

    def test_new_product_and_category_of_a_user(self):
        for model, values in (
            ("product.template", {"name": "Nut"}),
            ("product.product", {"name": "Nut"}),
            ("product.category", {"name": "Nuts"}),
        ):
            records = self.env[model].with_user(self.worker)
            records.create({**values, "issue_method": False})
            by_default = records.with_context(default_issue_method="manual")
            try:
                self.assertFalse(by_default.create(values).issue_method)
            except AccessError:
                # A product hands its defaults on to its template as values.
                self.assertEqual(records._name, "product.product")
            with self.assertRaises(AccessError):
                records.create({**values, "issue_method": "manual"})

    def test_duplicate_of_a_product_brings_its_method_along(self):
        self.screw.issue_method = "manual"
        copy = self.screw.with_user(self.worker).copy()
        self.assertEqual(copy.issue_method, "manual")
        with self.assertRaises(AccessError):
            self.screw.with_user(self.worker).copy({"issue_method": "completion"})

    def test_company_settings_are_not_a_users_to_set(self):
        for values in ({"issue_method": "manual"}, {"unissued_rule": "block"}):
            with self.assertRaises(AccessError):
                self.company.with_user(self.worker).write(values)

    def test_user_completes_and_records(self):
        self.screw.issue_method = "manual"
        order = self.create_order(self.bom).with_user(self.worker)
        order.move_raw_ids.action_record_planned()
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(self.on_hand(self.screw), 90)

    def test_override_is_given_to_users_by_default(self):
        self.assertTrue(self.worker.has_group(GROUP))
        self.assertFalse(
            self.create_user("clerk", "stock.group_stock_user").has_group(GROUP)
        )

    def test_user_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        stranger = self.create_user(
            "stranger",
            "mrp.group_mrp_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        order = self.create_order(self.bom).with_user(stranger)
        with self.assertRaises(AccessError):
            order.move_raw_ids.issue_method = "manual"
        component = (
            self.env["stock.move"]
            .with_user(stranger)
            .browse(order.sudo().move_raw_ids.ids)
        )
        for call in (
            component.action_record_planned,
            component.action_record_unused,
            component.action_clear_record,
        ):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            component.write({"issue_method": "manual"})
        self.assertEqual(
            self.env["stock.move"]
            .with_user(stranger)
            .search_count([("issue_method", "!=", False)]),
            0,
        )
