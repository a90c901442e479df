"""The languages in `i18n/`, loaded by Odoo's own loader."""

from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations

MODULE = "mrp_backflush"
LANGUAGES = ("de_DE", "es_ES", "fr_FR", "it_IT", "nl_NL", "pt_BR")
FOLDER = Path(__file__).resolve().parents[2] / "i18n"
# What the module brings along that people read.
DATA = (
    "ir.actions.act_window",
    "ir.actions.report",
    "ir.cron",
    "ir.ui.menu",
    "mrp.deviation.reason",
    "res.groups",
)


@tagged("post_install", "-at_install")
class TestInstalledLanguages(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.module = cls.env.ref(f"base.module_{MODULE}")

    def load(self, *languages):
        for language in languages:
            self.env["res.lang"]._activate_lang(language)
        with self.assertNoLogs("odoo.tools.translate", "WARNING"):
            self.module._update_translations(list(languages), overwrite=True)

    def get_words(self, language):
        """:return: the translation of each message in the language's file"""
        name = language if language == "pt_BR" else language[:2]
        entries = polib.pofile(str(FOLDER / f"{name}.po"))
        return {entry.msgid: entry.msgstr for entry in entries}

    def get_data(self, model):
        names = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", model)]
        )
        return self.env[model].browse(names.mapped("res_id")).exists()

    def test_german_is_on_the_screens(self):
        self.load("de_DE")
        move = self.env["stock.move"].with_context(lang="de_DE")
        field = move.fields_get(["issue_method"])["issue_method"]
        self.assertEqual(field["string"], "Entnahmeart")
        self.assertIn(("completion", "Bei Abschluss"), field["selection"])
        view = self.env.ref(f"{MODULE}.mrp_line_count_view_form")
        self.assertIn("Laden", view.with_context(lang="de_DE").arch)
        self.assertEqual(move.env._("Report Production"), "Produktion rückmelden")
        messages = code_translations.get_web_translations(MODULE, "de_DE")["messages"]
        words = {message["id"]: message["string"] for message in messages}
        self.assertEqual(words["To Issue by Hand"], "Von Hand zu entnehmen")

    def test_each_language_reaches_what_the_module_brings_along(self):
        self.load(*LANGUAGES)
        said = {language: self.get_words(language) for language in LANGUAGES}
        for language in LANGUAGES:
            for model in DATA:
                for record in self.get_data(model):
                    name = record.with_context(lang="en_US").name
                    with self.subTest(language=language, name=name):
                        words = record.with_context(lang=language).name
                        self.assertEqual(words, said[language].get(name))
            labels = self.env["mrp.line.count"].with_context(lang=language)
            english = self.env["mrp.line.count"].with_context(lang="en_US")
            self.assertNotEqual(
                labels.fields_get(["location_id"])["location_id"]["string"],
                english.fields_get(["location_id"])["location_id"]["string"],
            )
