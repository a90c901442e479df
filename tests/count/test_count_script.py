"""What docs/integration.md says of counts to other systems."""

import re
from pathlib import Path

from odoo.tests import tagged

from ..remote import RemoteCase
from .test_count import CountCase

PAGE = Path(__file__).resolve().parents[2] / "docs" / "integration.md"


@tagged("post_install", "-at_install")
class TestCountScript(CountCase, RemoteCase):
    def call_as_manager(self, model, method, **arguments):
        result, error = self.call_by_name("manager", model, method, **arguments)
        self.assertIsNone(error)
        return result

    def test_the_script(self):
        """100, 200 and 300 of 1000 screws were taken, 370 lie there; a nut is on the
        sheet that nobody weighs."""
        self.screw.default_code = "M4"
        nut = self.create_product("Nut", default_code="N4")
        self.add_stock(nut, 5, location=self.shelf)
        self.create_bom((nut, 1, {}), product=self.create_product("Chair"))
        orders = [self.complete(quantity) for quantity in (10, 20, 30)]
        [script] = re.findall(r"```python\n(.+?)```", PAGE.read_text(), re.DOTALL)
        names = {
            "call": self.call_as_manager,
            "shelf": self.shelf.id,
            "weigh": {"M4": 370}.get,
        }
        exec(script, names)
        self.assertEqual(
            [
                (share["production_id"][0], share["base_quantity"], share["quantity"])
                for share in names["shares"]
            ],
            [
                (order.id, 10 * order.product_qty, share)
                for order, share in zip(orders, (5, 10, 15), strict=True)
            ],
        )
        self.assertEqual(self.on_shelf(), 370)
        self.assertEqual(self.on_shelf(nut), 5)

    def test_names_that_the_page_says(self):
        """Fields and methods in the rows about counts exist, and so do the keys of the
        plan."""
        page = PAGE.read_text()
        rows = re.findall(
            r"^\| `(mrp\.line\.count(?:\.line)?|mrp\.consumption\.share)`\s*"
            r"\|([^|]+)\|",
            page,
            re.MULTILINE,
        )
        self.assertEqual(len(rows), 4)
        for model, names in rows:
            names = re.sub(r"\(`draft`.+?\)", "", names)
            for name in re.findall(r"`(\w+)(?:\(.*?\))?`", names):
                self.assertTrue(hasattr(self.env[model], name), f"{model}.{name}")
        [planned] = self.create_order(self.bom).get_backflush_plan()
        self.assertIn("`left_to_count`", page)
        self.assertIn("left_to_count", planned)
        sheet = self.create_sheet()
        counting = sheet.get_counting()
        for key in (*counting, *counting["lines"][0]):
            self.assertIn(f"`{key}`", page)
