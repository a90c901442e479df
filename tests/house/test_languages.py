"""The languages in `i18n/`, as files: complete, and each thing has one name. Not part
of the installed module, as the tools aren't."""

from pathlib import Path

from odoo import release
from odoo.tests import BaseCase

import glossary
import languages


class TestLanguages(BaseCase):
    def assert_none(self, faults):
        self.assertFalse(faults, "\n".join(["", *faults]))

    def test_complete_with_equal_placeholders_and_html(self):
        self.assert_none(languages.get_faults())

    def test_no_term_is_translated_two_ways(self):
        self.assert_none(glossary.get_faults())

    def test_messages_of_odoo_are_called_as_in_odoo(self):
        home = Path(release.__file__).parent
        self.assertIn("Product", languages.get_all_core_words(home, "de"))
        self.assert_none(languages.get_other_words(home))

    def test_the_longer_term_is_the_one(self):
        forms = {"count": ["count", "counts"], "line count": ["line count…"]}
        self.assertEqual(glossary.find_terms("Line Counts", forms), ["line count"])
        self.assertEqual(glossary.find_terms("A line, counts", forms), ["count"])
        self.assertEqual(glossary.find_terms("Account %(count)s", forms), [])
