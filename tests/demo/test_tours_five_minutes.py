import re
from pathlib import Path

from odoo.tests import HttpCase, tagged

MODULE = Path(__file__).resolve().parents[2]


class FiveMinutesCase(HttpCase):
    # From another list: what the menu opens isn't there before.
    def run_tour(self, name, url="/odoo/action-mrp.mrp_bom_form_action"):
        tour = f"mrp_backflush_{name}"
        self.start_tour(url, tour, login="admin", timeout=300)


@tagged("-standard", "post_install", "-at_install")
class TestFiveMinutes(FiveMinutesCase):
    """The README's *Five minutes*, done click by click on the demo data."""

    def on_hand(self, name):
        product = self.env.ref(f"mrp_backflush.product_{name}")
        stock = self.env.ref("stock.warehouse0").lot_stock_id
        return product.with_context(location=stock.id).qty_available

    def test_the_steps_of_the_readme(self):
        led, cable = self.on_hand("led_module"), self.on_hand("cable")
        self.run_tour("five_minutes")
        # Demo 1 took the 10 that were recorded, Demo 5 4 less 1.
        self.assertEqual(self.on_hand("led_module"), led - 10 - 3)
        # Demo 4 took 2 for each of 20 lamps, Demo 1 none.
        self.assertEqual(self.on_hand("cable"), cable - 40)
        # Of the 20 that arrived, Demo 6 gets 3 and Demo 7 4.
        self.env.ref("mrp_backflush.ir_cron_settle_arrived").method_direct_trigger()
        self.assertEqual(self.on_hand("shade"), 13)
        self.run_tour("five_minutes_settled")

    def test_the_tour_has_each_step(self):
        readme = (MODULE / "README.md").read_text()
        steps = re.findall(r"^\d+\. \*\*(.+?)\.\*\*", readme, re.MULTILINE)
        tours = (MODULE / "static/tests/tours/five_minutes_tours.esm.js").read_text()
        parts = re.findall(r'^    "(.+)": \[', tours, re.MULTILINE)
        self.assertEqual(parts, steps)

    def test_menus_are_called_so(self):
        pages = [MODULE / "README.md", *(MODULE / "docs").glob("*.md")]
        text = " ".join(" ".join(page.read_text().split()) for page in pages)
        for path in set(re.findall(r"\*(\w[^*|.]+ → [^*|.]+\w)\*", text)):
            names = path.split(" → ")
            # A list's menu; and a heading on a page.
            if names[0] != "Actions":
                names = names[:-1] if names[-1] == "Backflush" else names
                self.assertTrue(self.find_menu(names), path)

    def find_menu(self, names):
        """:return: the menu with such a path; those of Manufacturing may lack its name,
        and headings in between are left out"""
        menus = self.env["ir.ui.menu"].with_context(active_test=False)
        found = self.env.ref("mrp.menu_mrp_root")
        if roots := menus.search([("name", "=", names[0]), ("parent_id", "=", False)]):
            found, names = roots, names[1:]
        for name in names:
            below = menus.search([("id", "child_of", found.ids)])
            found = below.filtered(lambda menu, name=name: menu.name == name)
        return found


@tagged("-standard", "post_install", "-at_install")
class TestFiveMinutesOnAPhone(FiveMinutesCase):
    browser_size = "390,844"
    touch_enabled = True

    def test_a_component_is_recorded_under_the_thumb(self):
        order = self.env.ref("mrp_backflush.production_issue_by_hand")
        self.run_tour("five_minutes_phone", f"/odoo/mrp.production/{order.id}")
        self.assertEqual(order.state, "done")
