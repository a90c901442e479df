"""Takes the README's pictures: `make screenshots` runs this on the demo database.

A pytest file although it tests nothing, because Odoo's own browser for tours comes
with its test framework. What it clicks is rolled back.
"""

import base64
import time
from pathlib import Path

from odoo.tests import HttpCase, tagged
from odoo.tests.common import ChromeBrowser

PICTURES = Path(__file__).resolve().parent.parent / "static" / "description"
WIDTH, HEIGHT = 1380, 860


@tagged("-standard", "post_install", "-at_install")
class Screenshots(HttpCase):
    browser_size = f"{WIDTH},{HEIGHT}"
    touch_enabled = False

    def setUp(self):
        super().setUp()
        self.browser = ChromeBrowser(self, headless=True)
        self.addCleanup(self.browser.stop)
        self.enterContext(self.allow_requests(browser=self.browser))
        self.authenticate("admin", "admin", browser=self.browser)
        self.cr.flush()
        self.cr.clear()

    def evaluate(self, code):
        answer = self.browser._websocket_request(
            "Runtime.evaluate",
            params={"expression": code, "awaitPromise": True, "returnByValue": True},
        )
        return answer["result"].get("value")

    def wait_for(self, selector):
        for _attempt in range(150):
            if self.evaluate(f"!!document.querySelector({selector!r})"):
                return
            time.sleep(0.2)
        self.take("failure")
        self.fail(f"{selector} did not appear")

    def open(self, path, selector):
        self.browser.navigate_to(f"{self.base_url()}{path}", wait_stop=True)
        self.wait_for(selector)

    def click(self, selector, text=None):
        self.wait_for(selector)
        condition = f"element.textContent.includes({text!r})" if text else "true"
        self.evaluate(
            f"[...document.querySelectorAll({selector!r})]"
            f".find((element) => {condition}).click()"
        )

    def take(self, name):
        # Animations and late renderings.
        time.sleep(1.5)
        data = self.browser._websocket_request(
            "Page.captureScreenshot", params={"format": "png"}
        )["data"]
        (PICTURES / f"{name}.png").write_bytes(base64.b64decode(data))

    def ref(self, name):
        return self.env.ref(f"mrp_backflush.{name}")

    def open_record(self, record, selector):
        self.open(f"/odoo/{record._name}/{record.id}", selector)

    def resize(self, width, height):
        self.browser._websocket_request(
            "Emulation.setDeviceMetricsOverride",
            params={
                "width": width,
                "height": height,
                "deviceScaleFactor": 1,
                "mobile": False,
            },
        )

    def type(self, selector, text, key="Enter"):
        """Type into a field, and press a key there."""
        self.wait_for(selector)
        self.evaluate(
            f"{{const field = document.querySelector({selector!r});"
            f"field.focus(); field.value = {text!r};"
            "field.dispatchEvent(new InputEvent('input', {bubbles: true}));"
            "field.dispatchEvent(new KeyboardEvent('keydown',"
            f"{{key: {key!r}, bubbles: true, cancelable: true}}))}}"
        )

    def report(self, product, quantity):
        self.type("#o_report_product", product.barcode)
        self.type("#o_report_quantity", quantity)
        self.wait_for(".o_report_entry:not(:has(.o_report_card)) .o_report_message")

    def test_take_report_production(self):
        self.resize(1280, 800)
        self.open("/odoo/report-production", "#o_report_product")
        wall_lamp = self.ref("product_wall_lamp")
        self.report(wall_lamp, "12")
        self.report(self.ref("product_floor_lamp"), "2")
        self.report(wall_lamp, "8")
        self.click(".o_report_row button[name=undo]", "Undo")
        self.click(".modal footer .btn-primary")
        self.wait_for(".o_report_state")
        self.report(wall_lamp, "6")
        self.type("#o_report_product", wall_lamp.barcode)
        self.wait_for(".o_report_card")
        self.take("report_production")

    def test_take_pictures(self):
        order = self.ref("production_issue_by_hand")
        badge = "[name=move_raw_ids] [name=issue_state]"
        self.open_record(order, badge)
        self.take("order")
        self.click("button[name=action_record_planned]")
        self.wait_for("button[name=action_clear_record]")
        self.take("order_recorded")
        self.click("button[name=button_mark_done]")
        self.wait_for(".modal [name=product_expected_qty_uom]")
        self.take("consumption_warning")

        self.open_record(self.ref("production_moments"), badge)
        self.click("button[name=action_preview_backflush]")
        self.wait_for(".modal [name=line_ids] [name=issue_method]")
        self.take("preview")
        self.open_record(self.ref("production_moments"), badge)
        self.click("button[name=action_open_issue]")
        self.wait_for(".modal [name=line_ids] [name=issue_method]")
        self.take("issue")

        self.open_record(self.ref("production_closed"), badge)
        self.take("order_done")
        self.take_shortage_pictures(badge)
        self.open_record(
            self.ref("bom_desk_lamp"), "[name=bom_line_ids] [name=issue_method]"
        )
        self.take("bom")
        self.open_record(self.ref("product_category_adhesive"), "[name=issue_method]")
        self.take("category")
        product = self.ref("product_cable").product_tmpl_id
        self.open_record(product, "[name=inventory]")
        self.click("a[name=inventory]")
        self.wait_for("[name=issue_method]")
        self.take("product")
        self.open_record(self.ref("workcenter_test_bench"), "[name=issue_method]")
        self.take("workcenter")

        settings = self.env.ref("mrp.action_mrp_configuration")
        self.open(f"/odoo/action-{settings.id}", "#unissued_rule")
        self.evaluate(
            "document.querySelector('#shortage_rule').scrollIntoView({block: 'center'})"
        )
        self.take("settings")
        self.open(
            f"/odoo/action-mrp.action_report_mo_overview?active_id="
            f"{self.ref('production_closed').id}",
            "[name=issue_method]",
        )
        self.take("mo_overview")
        self.open(
            f"/odoo/action-mrp.action_report_mrp_bom?active_id={self.ref('bom_desk_lamp').id}",
            "[name=issue_method]",
        )
        self.take("bom_overview")
        lines = self.env.ref("mrp_backflush.mrp_bom_line_action")
        self.open(f"/odoo/action-{lines.id}", "[name=issue_method]")
        self.take("bom_lines")
        orders = self.env.ref("mrp.mrp_production_action")
        self.open(f"/odoo/action-{orders.id}", ".o_data_row")
        self.click("thead .o_list_record_selector input")
        self.click(".o_cp_action_menus button", "Actions")
        self.click(".o-dropdown--menu .o-dropdown-item", "Complete Orders")
        self.wait_for(".modal [name=feasibility]")
        self.take("complete_orders")
        content = self.env["ir.actions.report"]._render_qweb_html(
            "mrp.report_mrporder", order.ids
        )[0]
        page = content.decode()
        frame = self.browser._websocket_request("Page.getFrameTree")["frameTree"][
            "frame"
        ]
        self.browser._websocket_request(
            "Page.setDocumentContent", params={"frameId": frame["id"], "html": page}
        )
        self.take("production_order")

    def take_shortage_pictures(self, badge):
        order = self.ref("production_parked")
        self.open_record(order, badge)
        self.take("order_shortage")
        self.open("/odoo/backflush-exceptions", ".o_list_view .o_data_row")
        self.take("exceptions")
        self.open_record(
            order.backflush_exception_ids[-1], ".o_form_view [name=quantity]"
        )
        self.take("exception")
        self.open_record(self.ref("production_to_park"), badge)
        self.click("button[name=action_preview_backflush]")
        self.wait_for(".modal [name=line_ids] [name=issue_method]")
        self.take("preview_shortage")
        self.open(
            f"/odoo/action-mrp.action_report_mo_overview?active_id={order.id}",
            "[name=waiting]",
        )
        self.take("mo_overview_shortage")
