from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.texts import format_change, format_number, format_quantity
from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestTexts(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.german = cls.env(context={**cls.env.context, "lang": "de_DE"})

    def test_quantities(self):
        self.env["decimal.precision"].search([("name", "=", "Product Unit")]).digits = 3
        for quantity, english, german in (
            (0, "0", "0"),
            (100, "100", "100"),
            (2.5, "2.5", "2,5"),
            (0.125, "0.125", "0,125"),
            (10 / 3, "3.333", "3,333"),
            (1234567.5, "1,234,567.5", "1.234.567,5"),
            (-12, "-12", "-12"),
        ):
            self.assertEqual(format_quantity(self.env, quantity), english)
            self.assertEqual(format_quantity(self.german, quantity), german)

    def test_without_decimals_no_zero_is_lost(self):
        self.env["decimal.precision"].search([("name", "=", "Product Unit")]).digits = 0
        self.assertEqual(format_quantity(self.env, 1200), "1,200")

    def test_other_numbers(self):
        self.assertEqual(format_number(self.env, 7.125), "7.125")
        self.assertEqual(format_number(self.german, 10), "10")
        self.assertEqual(format_change(self.env, 5.24), "+5.2")
        self.assertEqual(format_change(self.german, -3.04), "−3,0")

    def test_what_is_missing_is_said_in_the_readers_numbers(self):
        self.company.shortage_rule = "block"
        oil = self.create_product("Oil", stock=1250.25)
        order = self.create_order(self.create_bom((oil, 250.5, {})), 10)
        for lang, needed, available in (
            ("en_US", "2,505", "1,250.25"),
            ("de_DE", "2.505", "1.250,25"),
        ):
            with self.assertRaises(UserError) as refused:
                order.with_context(lang=lang).button_mark_done()
            self.assertIn(needed, str(refused.exception))
            self.assertIn(available, str(refused.exception))
