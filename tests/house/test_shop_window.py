"""What Apps shows of the module, before it is installed."""

import re
from pathlib import Path

from lxml import html

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged

MODULE = Path(__file__).resolve().parents[2]
PAGE = MODULE / "static/description/index.html"


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
        pictures = self.page.xpath("//img")
        self.assertEqual(len(pictures), 5)
        for picture in pictures:
            self.assertTrue(self.find(picture.get("src")).is_file(), picture.get("src"))
            self.assertTrue(picture.get("alt"))
            self.assertTrue(picture.getnext().text_content().strip())

    def test_page_needs_nothing_from_elsewhere(self):
        source = PAGE.read_text()
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

    def test_each_picture_is_shown_and_each_link_leads_somewhere(self):
        shown = set(re.findall(r'src="(.+?)"', PAGE.read_text()))
        for page in [MODULE / "README.md", *(MODULE / "docs").glob("*.md")]:
            for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
                if "://" in target or target.startswith("#"):
                    continue
                path = page.parent / target.partition("#")[0]
                self.assertTrue(path.exists(), f"{page.name}: {target}")
                shown.add(path.name)
        pictures = {path.name for path in PAGE.parent.glob("*.png")}
        self.assertEqual(pictures - shown, {"icon.png"})
