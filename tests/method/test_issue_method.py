from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestIssueMethodLevels(BackflushCase):
    """Where the method of a component comes from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.create_product("Screw", stock=100)
        cls.bom = cls.create_bom(
            (cls.screw, 2, {"operation": "Assembly"}), operations=["Assembly"]
        )
        cls.line = cls.bom.bom_line_ids
        cls.workcenter = cls.bom.operation_ids.workcenter_id

    def assert_resolves(self, method, source):
        component = self.create_order(self.bom).move_raw_ids
        self.assertEqual(
            (component.issue_method, component.issue_method_source), (method, source)
        )

    def test_default_is_backflush_at_completion_from_the_company(self):
        self.assert_resolves("completion", "company")

    def test_company(self):
        self.company.issue_method = "manual"
        self.assert_resolves("manual", "company")

    def test_work_center_wins_over_company(self):
        self.workcenter.issue_method = "manual"
        self.assert_resolves("manual", "workcenter")

    def test_category_wins_over_work_center(self):
        self.workcenter.issue_method = "manual"
        self.category.issue_method = "completion"
        self.assert_resolves("completion", "category")

    def test_parent_category_is_asked_where_the_category_is_silent(self):
        grandparent = self.env["product.category"].create(
            {"name": "All Parts", "issue_method": "manual"}
        )
        parent = self.env["product.category"].create(
            {"name": "Parts", "parent_id": grandparent.id}
        )
        self.category.parent_id = parent
        self.assert_resolves("manual", "category")
        parent.issue_method = "completion"
        self.assert_resolves("completion", "category")

    def test_product_wins_over_category(self):
        self.category.issue_method = "completion"
        self.screw.issue_method = "manual"
        self.assert_resolves("manual", "product")

    def test_bom_line_wins_over_product(self):
        self.screw.issue_method = "manual"
        self.line.issue_method = "completion"
        self.assert_resolves("completion", "bom_line")

    def test_product_without_category(self):
        self.screw.categ_id = False
        self.workcenter.issue_method = "manual"
        self.assert_resolves("manual", "workcenter")

    def test_a_level_is_never_copied_into_another(self):
        self.category.issue_method = "manual"
        self.create_order(self.bom)
        self.assertFalse(self.screw.issue_method)
        self.assertFalse(self.line.issue_method)

    def test_each_company_has_its_own_levels(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        self.screw.with_company(other).issue_method = "manual"
        self.category.with_company(other).issue_method = "manual"
        self.assertFalse(self.screw.issue_method)
        self.assert_resolves("completion", "company")
        other_bom = self.create_bom((self.screw, 1, {}), company_id=other.id)
        order = (
            self.env["mrp.production"]
            .with_company(other)
            .create({"bom_id": other_bom.id, "product_qty": 1})
        )
        # Seen from the first company, an order of the other one is the other's.
        order = order.with_company(self.company)
        self.assertEqual(order.company_id, other)
        self.assertEqual(order.move_raw_ids.issue_method, "manual")
        self.assertEqual(order.move_raw_ids.issue_method_source, "product")

    def test_empty_level_says_what_it_inherits(self):
        self.assertEqual(
            self.line.issue_method_inherited,
            "At Completion (company)",
        )
        self.assertEqual(
            self.line.issue_method_inherited_short, "At Completion · company"
        )
        self.workcenter.issue_method = "manual"
        # Each call of a client starts without what the last one computed.
        self.env.invalidate_all()
        self.assertEqual(
            self.line.issue_method_inherited, "Manual (work center Assembly)"
        )
        # A product doesn't know at which work center it will be used.
        self.assertEqual(
            self.screw.issue_method_inherited,
            "At Completion (company, unless the work center differs)",
        )
        self.category.issue_method = "completion"
        self.env.invalidate_all()
        self.assertEqual(
            self.line.issue_method_inherited,
            "At Completion (category Hardware)",
        )
        self.assertEqual(
            self.line.issue_method_inherited_short, "At Completion · Hardware"
        )
        self.assertEqual(
            self.screw.issue_method_inherited,
            "At Completion (category Hardware)",
        )

    def test_component_says_what_it_would_inherit_without_a_persons_choice(self):
        self.category.issue_method = "completion"
        component = self.create_order(self.bom).move_raw_ids
        component.issue_method = "manual"
        self.assertEqual(
            component.issue_method_inherited, "At Completion (category Hardware)"
        )
        component.issue_method = False
        self.assertEqual(component.issue_method, "completion")
        self.assertEqual(component.issue_method_source, "category")

    def test_component_of_a_done_order_has_nothing_to_inherit(self):
        order = self.create_order(self.bom)
        self.finish(order.button_mark_done())
        self.assertFalse(order.move_raw_ids.issue_method_inherited)

    def test_bom_line_says_where_its_method_is_set(self):
        self.assertEqual(self.line.issue_method_from, "Company")
        self.category.issue_method = "completion"
        self.env.invalidate_all()
        self.assertEqual(self.line.issue_method_from, "Category Hardware")
        self.assertEqual(self.line.issue_method_inherited_label, "At Completion")
        self.line.issue_method = "manual"
        self.assertEqual(self.line.issue_method_from, "BoM Line")

    def test_kit_on_a_bom_says_no_method(self):
        kit = self.create_product("Screw Kit")
        self.create_bom((self.screw, 4, {}), product=kit, type="phantom")
        bom = self.create_bom((kit, 1, {}), (self.screw, 1, {}))
        self.assertEqual(bom.bom_line_ids.mapped("is_kit"), [True, False])
        self.assertEqual(
            bom.bom_line_ids.mapped("issue_method_from"), [False, "Company"]
        )

    def test_methods_have_short_names_and_the_help_explains_all(self):
        for name in ("stock.move", "mrp.bom.line", "product.category", "res.company"):
            field = self.env[name].fields_get(["issue_method"])["issue_method"]
            labels = [label for _value, label in field["selection"]]
            self.assertEqual(
                labels,
                ["Manual", "At Start", "At Operation", "At Completion", "At Count"],
            )
            for label in labels:
                self.assertIn(f"{label}: ", field["help"])

    def test_columns_say_where_a_method_and_a_location_are_set(self):
        names = {
            "issue_method_source": "Method from",
            "supply_location_source": "Location from",
        }
        fields = self.env["stock.move"].fields_get(names, ["string"])
        self.assertEqual({name: fields[name]["string"] for name in names}, names)

    def test_technical_fields_are_not_offered_for_filters_and_groups(self):
        fields = self.env["stock.move"].fields_get()
        for name in ("is_fixed_issued", "is_parked", "first_component_id"):
            self.assertFalse(fields[name]["searchable"], name)
            self.assertFalse(fields[name]["groupable"], name)
        for name in ("issue_method", "issue_method_source", "supply_location_source"):
            self.assertTrue(fields[name]["searchable"], name)
            self.assertTrue(fields[name]["groupable"], name)

    def test_hand_added_component_resolves(self):
        self.category.issue_method = "manual"
        glue = self.create_product("Glue", stock=5)
        order = self.create_order(self.bom)
        with Form(order) as form, form.move_raw_ids.new() as line:
            line.product_id = glue
            line.product_uom_qty = 1
            self.assertEqual(line.issue_method, "manual")
        component = self.component(order, glue)
        self.assertEqual(component.issue_method, "manual")
        self.assertEqual(component.issue_method_source, "category")

    def test_catalog_component_resolves(self):
        glue = self.create_product("Glue", issue_method="manual")
        order = self.create_order(self.bom, confirm=False)
        order._update_order_line_info(glue.id, 3, child_field="move_raw_ids")
        component = self.component(order, glue)
        self.assertEqual(component.issue_method, "manual")
        self.assertEqual(component.issue_method_source, "product")

    def test_order_without_bom(self):
        self.screw.issue_method = "manual"
        order = self.env["mrp.production"].create(
            {
                "product_id": self.finished.id,
                "product_qty": 1,
                "move_raw_ids": [
                    Command.create({"product_id": self.screw.id, "product_uom_qty": 4})
                ],
            }
        )
        self.assertEqual(order.move_raw_ids.issue_method, "manual")

    def test_kit_component_follows_its_own_levels(self):
        kit = self.create_product("Screw Kit", issue_method="completion")
        self.create_bom(
            (self.screw, 4, {"issue_method": "manual"}), product=kit, type="phantom"
        )
        bom = self.create_bom((kit, 1, {"issue_method": "completion"}))
        component = self.create_order(bom).move_raw_ids
        self.assertEqual(component.product_id, self.screw)
        self.assertEqual(component.issue_method, "manual")
        self.assertEqual(component.issue_method_source, "bom_line")

    def test_kit_added_by_hand_and_overridden_still_follows_its_own_lines(self):
        kit = self.create_product("Screw Kit")
        self.create_bom(
            (self.screw, 4, {"issue_method": "completion"}), product=kit, type="phantom"
        )
        order = self.create_order(self.bom)
        order.move_raw_ids = [
            Command.create(
                {"product_id": kit.id, "product_uom_qty": 1, "issue_method": "manual"}
            )
        ]
        order._autoconfirm_production()
        exploded = order.move_raw_ids.filtered(lambda m: m.bom_line_id != self.line)
        self.assertEqual(exploded.product_id, self.screw)
        self.assertEqual(exploded.issue_method, "completion")
        self.assertEqual(exploded.issue_method_source, "bom_line")

    def test_kit_component_gets_the_work_center_of_the_kits_operation(self):
        kit = self.create_product("Screw Kit")
        self.create_bom((self.screw, 4, {}), product=kit, type="phantom")
        bom = self.create_bom(
            (kit, 1, {"operation": "Fitting"}), operations=["Fitting"]
        )
        bom.operation_ids.workcenter_id.issue_method = "manual"
        component = self.create_order(bom).move_raw_ids
        self.assertEqual(component.issue_method_source, "workcenter")

    def test_transfers_have_no_issue_method(self):
        move = self.env["stock.move"].create(
            {
                "product_id": self.screw.id,
                "product_uom_qty": 1,
                "location_id": self.stock.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        self.assertFalse(move.issue_method)
        self.assertFalse(move.issue_method_source)
        self.assertFalse(move.issue_state)


@tagged("post_install", "-at_install")
class TestIssueMethodSnapshot(BackflushCase):
    """What stays and what is resolved again once a component exists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.create_product("Screw", stock=100)
        cls.nut = cls.create_product("Nut", stock=100)
        cls.bom = cls.create_bom((cls.screw, 1, {}), (cls.nut, 1, {}))

    def methods(self, order):
        return {
            move.product_id.name: (move.issue_method, move.issue_method_source)
            for move in order.move_raw_ids
        }

    def overridden_order(self, **values):
        order = self.create_order(self.bom, **values)
        self.component(order, self.screw).issue_method = "manual"
        return order

    OVERRIDDEN = {"Screw": ("manual", "order"), "Nut": ("completion", "company")}

    def test_level_changed_later_leaves_the_component_alone(self):
        order = self.create_order(self.bom)
        self.category.issue_method = "manual"
        self.assertEqual(set(self.methods(order).values()), {("completion", "company")})

    def test_override(self):
        self.assertEqual(self.methods(self.overridden_order()), self.OVERRIDDEN)

    def test_override_in_the_form_shows_its_source_at_once(self):
        order = self.create_order(self.bom)
        with Form(order) as form, form.move_raw_ids.edit(0) as line:
            line.issue_method = "manual"
            self.assertEqual(line.issue_method_source, "order")
        self.assertEqual(self.methods(order), self.OVERRIDDEN)

    def test_override_on_a_new_order_in_the_form(self):
        form = Form(self.env["mrp.production"])
        form.bom_id = self.bom
        with form.move_raw_ids.edit(0) as line:
            line.issue_method = "manual"
        form.product_qty = 7
        order = form.save()
        self.assertEqual(self.methods(order), self.OVERRIDDEN)

    def test_override_survives_a_change_of_quantity_in_draft(self):
        order = self.overridden_order(confirm=False)
        with Form(order) as form:
            form.product_qty = 30
        self.assertEqual(self.methods(order), self.OVERRIDDEN)

    def test_emptied_override_inherits_again(self):
        order = self.overridden_order()
        self.component(order, self.screw).issue_method = False
        self.assertEqual(set(self.methods(order).values()), {("completion", "company")})

    def test_choosing_what_holds_anyway_is_no_override(self):
        order = self.create_order(self.bom)
        order.move_raw_ids.write({"issue_method": "completion"})
        self.assertEqual(set(self.methods(order).values()), {("completion", "company")})

    def test_source_is_never_a_clients_to_say(self):
        order = self.overridden_order()
        order.move_raw_ids.write({"issue_method_source": "bom_line"})
        self.assertEqual(self.methods(order), self.OVERRIDDEN)
        order.move_raw_ids = [
            Command.create(
                {
                    "product_id": self.create_product("Glue").id,
                    "product_uom_qty": 1,
                    "issue_method": "manual",
                    "issue_method_source": "category",
                }
            )
        ]
        self.assertEqual(self.methods(order)["Glue"], ("manual", "order"))

    def test_backorder(self):
        order = self.overridden_order()
        self.category.issue_method = "manual"
        order.qty_producing = 6
        order.set_qty_producing()
        self.finish(order.button_mark_done())
        backorder = order.production_group_id.production_ids - order
        self.assertEqual(backorder.product_qty, 4)
        # The rest of the same work: also what nobody overrode stays as it was.
        self.assertEqual(self.methods(backorder), self.OVERRIDDEN)

    def test_split(self):
        order = self.overridden_order()
        orders = order._split_productions({order: [4, 6]})
        self.assertEqual(len(orders), 2)
        for part in orders:
            self.assertEqual(self.methods(part), self.OVERRIDDEN)

    def test_merge(self):
        orders = self.overridden_order() + self.create_order(self.bom)
        action = orders.action_merge()
        merged = self.env["mrp.production"].browse(action["res_id"])
        self.assertEqual(merged.product_qty, 20)
        self.assertEqual(self.methods(merged), self.OVERRIDDEN)

    def test_merge_of_contradicting_overrides_is_manual(self):
        self.category.issue_method = "manual"
        first = self.create_order(self.bom)
        self.component(first, self.screw).issue_method = "completion"
        self.category.issue_method = False
        second = self.overridden_order()
        action = (first + second).action_merge()
        merged = self.env["mrp.production"].browse(action["res_id"])
        self.assertEqual(self.methods(merged)["Screw"], ("manual", "order"))

    def test_copy(self):
        order = self.overridden_order()
        self.company.issue_method = "manual"
        copy = order.copy()
        self.assertEqual(
            self.methods(copy),
            {"Screw": ("manual", "order"), "Nut": ("manual", "company")},
        )

    def test_update_bom_of_a_confirmed_order(self):
        order = self.overridden_order()
        self.category.issue_method = "manual"
        self.bom.bom_line_ids[1].product_qty = 3
        order.action_update_bom()
        self.assertEqual(
            self.methods(order),
            {"Screw": ("manual", "order"), "Nut": ("manual", "category")},
        )

    def test_update_bom_of_an_order_in_progress(self):
        order = self.create_order(self.bom)
        order.qty_producing = 10
        order.set_qty_producing()
        nut = self.component(order, self.nut)
        self.assertTrue(nut.picked)
        self.nut.issue_method = "manual"
        order.action_update_bom()
        self.assertEqual((nut.issue_method, nut.picked), ("manual", False))
        self.finish(order.button_mark_done())
        self.assertEqual(self.on_hand(self.nut), 100)
        self.assertEqual(self.on_hand(self.screw), 90)

    def test_update_bom_of_a_draft_order(self):
        order = self.overridden_order(confirm=False)
        self.category.issue_method = "manual"
        order.action_update_bom()
        self.assertEqual(
            self.methods(order),
            {"Screw": ("manual", "order"), "Nut": ("manual", "category")},
        )

    def test_method_is_fixed_once_the_component_was_posted(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        component = self.component(order, self.screw)
        with self.assertRaisesRegex(UserError, "can't be changed any more(.|\n)*Screw"):
            component.issue_method = "manual"

    def test_same_product_manual_and_backflushed_is_not_merged(self):
        bolt = self.create_product("Bolt")
        order = self.create_order(self.bom)
        # Core merges lines of a product that were added to a confirmed order.
        for method in ("completion", "completion", "manual"):
            order.move_raw_ids = [
                Command.create(
                    {
                        "product_id": bolt.id,
                        "product_uom_qty": 2,
                        "issue_method": method,
                    }
                )
            ]
            order._autoconfirm_production()
        demands = {
            move.issue_method: move.product_uom_qty
            for move in self.component(order, bolt)
        }
        self.assertEqual(demands, {"completion": 4, "manual": 2})

    def test_component_turned_manual_gives_back_what_was_filled_in(self):
        order = self.create_order(self.bom)
        order.qty_producing = 10
        order.set_qty_producing()
        component = self.component(order, self.screw)
        self.assertTrue(component.picked)
        component.issue_method = "manual"
        self.assertFalse(component.picked)
        self.finish(order.button_mark_done())
        self.assertEqual(self.on_hand(self.screw), 100)

    def test_component_turned_manual_after_other_fillings(self):
        """Not only what was filled in for the reported quantity is given back."""
        bom = self.create_bom(
            (self.screw, 1, {"operation": "Assembly"}), operations=["Assembly"]
        )
        finished, edited = self.create_order(bom), self.create_order(self.bom)
        finished.workorder_ids.button_finish()
        edited.qty_producing = 10
        edited.set_qty_producing()
        for order in (finished, edited):
            component = self.component(order, self.screw)
            component.product_uom_qty = 12
            self.assertTrue(component.picked)
            component.issue_method = "manual"
            self.assertEqual(component.issue_state, "to_issue")
            self.finish(order.button_mark_done())
        self.assertEqual(self.on_hand(self.screw), 100)

    def test_component_turned_backflush_after_the_report_is_issued(self):
        order = self.overridden_order()
        order.qty_producing = 10
        order.set_qty_producing()
        self.component(order, self.screw).issue_method = "completion"
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        self.assertEqual(self.on_hand(self.screw), 90)

    def test_copy_without_components(self):
        order = self.overridden_order()
        copy = order.copy({"move_raw_ids": [Command.clear()], "bom_id": False})
        self.assertFalse(copy.move_raw_ids)

    def test_copy_of_a_component_with_another_method_is_a_persons_choice(self):
        component = self.component(self.create_order(self.bom), self.nut)
        copy = component.copy({"issue_method": "manual"})
        self.assertEqual(copy.issue_method_source, "order")

    def test_default_values_of_a_client_choose_nothing(self):
        order = self.create_order(self.bom)
        order.with_context(
            default_issue_method="manual", default_issue_method_source="category"
        ).move_raw_ids = [
            Command.create(
                {"product_id": self.create_product("Bolt").id, "product_uom_qty": 1}
            )
        ]
        self.assertEqual(self.methods(order)["Bolt"], ("completion", "company"))

    def test_override_needs_its_group(self):
        user = self.create_user("planner", "mrp.group_mrp_user")
        order = self.create_order(self.bom)
        component = self.component(order, self.screw)
        component.with_user(user).issue_method = "manual"
        group = self.env.ref("mrp_backflush.group_issue_method_override")
        self.env.ref("mrp.group_mrp_user").implied_ids -= group
        user.group_ids -= group
        nut = self.component(order, self.nut).with_user(user)
        with self.assertRaises(AccessError):
            nut.issue_method = "manual"
        with self.assertRaises(AccessError):
            order.with_user(user).move_raw_ids = [
                Command.create(
                    {
                        "product_id": self.nut.id,
                        "product_uom_qty": 1,
                        "issue_method": "manual",
                        "issue_method_source": "order",
                    }
                )
            ]
        # Without it, what others chose is carried all the same.
        order.with_user(user).qty_producing = 6
        order.with_user(user).set_qty_producing()
        self.finish(order.with_user(user).button_mark_done())
        backorder = order.production_group_id.production_ids - order
        self.assertEqual(self.methods(backorder), self.OVERRIDDEN)
        copy = order.with_user(user).copy()
        self.assertEqual(self.methods(copy), self.OVERRIDDEN)
