from lxml import etree

from odoo.tests import tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestLevelScreens(BackflushCase):
    """What the screens of levels and of settings offer and leave out."""

    def get_view(self, model, view_type, xml_id=None):
        view = self.env.ref(xml_id) if xml_id else self.env["ir.ui.view"]
        return etree.fromstring(self.env[model].get_view(view.id, view_type)["arch"])

    def find_field(self, view, name):
        return view.xpath(f"//field[@name='{name}']")[0]

    def settings(self):
        return self.env["res.config.settings"].create({})

    def test_settings_of_a_rule_are_shown_where_the_rule_holds(self):
        def shown():
            settings = self.settings()
            return settings.has_allowed_shortages, settings.has_waiting_shortages

        categories = self.env["product.category"].search([])
        categories.shortage_rule = False
        self.company.shortage_rule = "allow"
        self.assertEqual(shown(), (True, False))
        self.company.shortage_rule = "block"
        self.assertEqual(shown(), (False, False))
        self.category.shortage_rule = "park"
        self.assertEqual(shown(), (False, True))
        self.company.shortage_rule = "park"
        self.category.shortage_rule = "allow"
        self.assertEqual(shown(), (True, True))

    def test_two_questions_have_no_answer_in_common(self):
        fields = self.env["res.company"].fields_get(["unissued_rule", "shortage_rule"])
        unissued, shortage = (
            [label for _value, label in fields[name]["selection"]]
            for name in ("unissued_rule", "shortage_rule")
        )
        self.assertEqual(
            unissued, ["Follow the Bill of Materials", "Must Be Recorded First"]
        )
        self.assertEqual(
            shortage, ["Allow", "Block the Order", "Let It Wait and Settle Later"]
        )

    def test_first_minutes_card_leads_to_categories_and_orders(self):
        view = self.get_view("res.config.settings", "form")
        [card] = view.xpath("//*[@id='backflush_first_minutes']")
        actions = [int(button.get("name")) for button in card.iter("button")]
        names = self.env["ir.actions.act_window"].browse(actions).mapped("res_model")
        self.assertEqual(names, ["product.category", "mrp.production"])

    def test_settings_lead_to_the_other_levels(self):
        view = self.get_view("res.config.settings", "form")
        labels = view.xpath("//setting[@id='issue_method']//button/@string")
        self.assertEqual(labels, ["Categories", "BoM Lines", "Work Centers"])

    def test_form_of_a_product_has_no_ribbon_of_what_waits(self):
        view = self.get_view("product.template", "form")
        titles = view.xpath("//widget[@name='web_ribbon']/@title")
        self.assertNotIn("Shortage", titles)
        self.assertTrue(
            view.xpath("//button[@name='action_view_backflush_exceptions']")
        )

    def test_levels_show_what_they_inherit_in_the_field_itself(self):
        for model in ("product.category", "product.template", "mrp.workcenter"):
            view = self.get_view(model, "form")
            self.assertIn(
                "'issue_method_inherited'",
                self.find_field(view, "issue_method").get("options"),
                model,
            )
            self.assertFalse(view.xpath("//field[@name='issue_method_inherited']"))
        category = self.env["product.category"].create({"name": "Paint"})
        self.assertEqual(category.issue_method_inherited, "At Completion (company)")
        self.assertEqual(category.shortage_rule_inherited, "Allow (company)")

    def test_empty_list_says_what_to_do(self):
        action = self.env.ref("mrp_backflush.mrp_bom_line_action")
        self.assertIn("Create a bill of materials first", action.help)

    def test_line_of_a_bom_opens_with_its_example(self):
        view = self.get_view("mrp.bom", "form")
        [lines] = view.xpath("//field[@name='bom_line_ids']/list")
        self.assertEqual(lines.get("open_form_view"), "True")
        form = self.get_view("mrp.bom.line", "form")
        self.assertTrue(form.xpath("//field[@name='quantity_example']"))

    def count_statements(self, records, names):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        # As a client asks: by ids.
        records.browse(records.ids).read(names)
        return self.cr.sql_log_count - before

    def test_statements_do_not_grow_with_lines(self):
        counts = {"mrp.bom.line": [], "stock.move": []}
        for number in (2, 30):
            parts = self.create_parts(number)
            bom = self.create_bom(*((part, 1, {}) for part in parts))
            order = self.create_order(bom)
            counts["mrp.bom.line"].append(
                self.count_statements(
                    bom.bom_line_ids,
                    [
                        *("issue_method", "issue_method_from", "is_kit"),
                        *("issue_method_inherited", "issue_method_inherited_short"),
                    ],
                )
            )
            counts["stock.move"].append(
                self.count_statements(
                    order.move_raw_ids, ["issue_method", "issue_method_inherited"]
                )
            )
        for model, (few, many) in counts.items():
            self.assertLessEqual(many, few, model)
