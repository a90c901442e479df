"""What Apps shows of the module, before it is installed."""

from pathlib import Path

from lxml import html

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged

MODULE = Path(__file__).resolve().parents[2]


@tagged("post_install", "-at_install")
class TestShopWindow(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.module = cls.env.ref("base.module_mrp_backflush")
        cls.page = html.fromstring(cls.module.description_html)

    def find(self, path):
        """:return: the file of a picture, as the page names it"""
        return MODULE / path.removeprefix("/mrp_backflush/")

    def test_page_is_no_raw_markdown(self):
        text = self.page.text_content()
        for mark in ("#", "|", "```", "]("):
            self.assertNotIn(mark, text)

    def test_page_has_five_pictures_with_captions(self):
        [icon, *pictures] = self.page.xpath("//img")
        self.assertTrue(self.find(icon.get("src")).is_file())
        self.assertEqual(len(pictures), 5)
        for picture in pictures:
            self.assertTrue(self.find(picture.get("src")).is_file(), picture.get("src"))
            self.assertTrue(picture.get("alt"))
            self.assertTrue(picture.getnext().text_content().strip())

    def test_page_needs_nothing_from_elsewhere(self):
        source = (MODULE / "static/description/index.html").read_text()
        for mark in ("<script", "<link", "http:", "https:", 'src="//'):
            self.assertNotIn(mark, source)

    def test_icon_is_our_own(self):
        self.assertEqual(self.module.icon, "/mrp_backflush/static/description/icon.png")
        self.assertTrue(self.module.icon_image)

    def test_default_filter_of_apps_shows_it(self):
        self.assertTrue(self.module.application)

    def test_files_that_the_manifest_names_exist(self):
        for path in Manifest.for_addon("mrp_backflush")["images"]:
            self.assertTrue((MODULE / path).is_file(), path)
