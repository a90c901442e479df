"""Takes the pictures of README, docs and Apps: `make screenshots` runs this on the demo
database.

A pytest file although it tests nothing, because Odoo's own browser for tours comes
with its test framework. What it clicks is rolled back.
"""

import base64
import io
import time
from pathlib import Path

from PIL import Image

from odoo.tests import tagged

from odoo.addons.mrp_backflush.tests.demo.browser import PHONE, BrowserCase

PICTURES = Path(__file__).resolve().parent.parent / "static" / "description"
# An office's screen.
WIDE = (1366, 768)
HIGH = (1366, 900)
STATUS = "[name=move_raw_ids] [name=issue_state]"
DIALOG = ".modal [name=line_ids] [name=issue_method]"


@tagged("-standard", "post_install", "-at_install")
class Screenshots(BrowserCase):
    def setUp(self):
        super().setUp()
        self.resize(WIDE)

    def take(self, name):
        # Animations and late renderings.
        time.sleep(1.5)
        data = self.request("Page.captureScreenshot", format="png")["data"]
        picture = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
        # A screen has few colours: a third of the size.
        picture = picture.quantize(256, dither=Image.Dither.NONE)
        picture.save(PICTURES / f"{name}.png", optimize=True)

    def demo(self, name):
        """A record of the demo data."""
        return self.env.ref(f"mrp_backflush.{name}")

    def report(self, product, quantity):
        self.type("#o_report_product", product.barcode)
        self.type("#o_report_quantity", quantity)
        self.wait_for(".o_report_entry:not(:has(.o_report_card)) .o_report_message")

    def test_take_report_production(self):
        wall_lamp = self.demo("product_wall_lamp")
        floor_lamp = self.demo("product_floor_lamp")
        self.open("/odoo/report-production", "#o_report_product")
        self.report(wall_lamp, "12")
        self.report(floor_lamp, "2")
        self.report(wall_lamp, "8")
        self.click(".o_report_row button[name=undo]", "Undo")
        self.click(".modal footer .btn-primary")
        self.wait_for(".o_report_state")
        self.report(wall_lamp, "6")
        self.type("#o_report_product", wall_lamp.barcode)
        self.wait_for(".o_report_card")
        self.take("report_production")

    def test_take_orders(self):
        by_hand, moments, parked, closed = (
            self.demo(f"production_{name}")
            for name in ("issue_by_hand", "moments", "parked", "closed")
        )
        self.open_record(by_hand, STATUS)
        self.click("button[name=action_record_planned]")
        self.wait_for("button[name=action_clear_record]")
        self.take("order_recorded")
        self.open_record(parked, STATUS)
        self.take("order_shortage")
        self.open_record(moments, STATUS)
        self.press(moments, "action_open_issue", DIALOG)
        self.take("issue")
        self.take_overview("mo_overview", closed, "[name=issue_method]")
        self.take_overview("mo_overview_shortage", parked, "[name=waiting]")
        self.resize(HIGH)
        self.open_record(moments, STATUS)
        self.press(moments, "action_preview_backflush", DIALOG)
        self.take("preview")

    def take_overview(self, name, order, selector):
        action = "mrp.action_report_mo_overview"
        self.open(f"/odoo/action-{action}?active_id={order.id}", selector)
        self.take(name)

    def test_take_counts(self):
        done, open_sheet = self.demo("count_done"), self.demo("count_open")
        self.open_record(done, ".o_data_row [name=difference]")
        self.take("line_count")
        self.resize(PHONE)
        self.open_record(open_sheet, ".o_form_view")
        self.press(open_sheet, "action_open_counting", ".o_line_is_counted")
        self.take("line_count_phone")

    def test_take_analysis(self):
        self.env["mrp.bom.proposal"].generate()
        proposal = self.env["mrp.bom.proposal"].search(
            [("bom_line_id", "=", self.demo("bom_line_pendant_resin").id)]
        )
        wasteful = self.demo("production_wasteful")
        warned = self.demo("production_issue_by_hand")
        self.env.company.write({"tolerance_over": 10, "is_reason_required": True})
        self.env.flush_all()
        action = "mrp_backflush.mrp_consumption_analysis_action"
        self.open(f"/odoo/action-{action}", ".o_switch_view.o_graph")
        self.click(".o_switch_view.o_graph")
        self.wait_for(".o_graph_renderer canvas")
        self.take("analysis")
        self.open_record(wasteful, ".o_notebook")
        self.click(".o_notebook .nav-link", "Plan and Actual")
        self.wait_for("[name=consumption_analysis_ids] .o_data_row")
        self.take("plan_and_actual")
        self.open_record(warned, STATUS)
        self.press(warned, "button_mark_done", ".modal .o_data_row")
        self.take("reasons")
        self.resize(HIGH)
        self.open_record(proposal, ".o_form_view svg")
        self.take("proposal")

    def test_take_lists(self):
        bom = self.demo("bom_desk_lamp")
        orders = self.env["mrp.production"].search(
            [("state", "in", ("confirmed", "progress", "to_close"))]
        )
        self.open_record(bom, "[name=bom_line_ids] [name=issue_method]")
        self.take("bom")
        self.open("/odoo/backflush-exceptions", ".o_list_view .o_data_row")
        self.take("exceptions")
        self.open("/odoo/action-mrp.action_mrp_configuration", "#unissued_rule")
        self.evaluate(
            "document.querySelector('#shortage_rule').scrollIntoView({block: 'center'})"
        )
        self.take("settings")
        self.resize(HIGH)
        self.open("/odoo/action-mrp.mrp_production_action", ".o_data_row")
        action = "mrp_backflush.action_complete_orders"
        self.open_action(action, ".modal [name=outcome]", orders)
        self.take("complete_orders")
