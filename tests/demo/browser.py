import json
import time

from odoo.tests import HttpCase
from odoo.tests.common import ChromeBrowser

# Width and height: of an office's screen, and of a telephone.
DESKTOP, PHONE = (1366, 768), (390, 844)


class BrowserCase(HttpCase):
    """A browser that a test drives itself, logged in as the administrator.

    What is clicked is rolled back at the end of the test. Requests of the page have the
    test's cursor: what a test needs to know of records, it reads before.
    """

    touch_enabled = False

    def setUp(self):
        super().setUp()
        self.browser = ChromeBrowser(self, headless=True)
        self.addCleanup(self.browser.stop)
        self.enterContext(self.allow_requests(browser=self.browser))
        self.authenticate("admin", "admin", browser=self.browser)
        self.cr.flush()
        self.cr.clear()

    def request(self, method, **params):
        """Ask the browser; its answer as a dict."""
        return self.browser._websocket_request(method, params=params, timeout=30)

    def evaluate(self, code):
        """The value of JavaScript that returns plain data, or a promise of it."""
        answer = self.request(
            "Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            problem = answer["exceptionDetails"]
            self.fail(problem.get("exception", problem).get("description", problem))
        return answer["result"].get("value")

    def resize(self, size):
        width, height = size
        self.request(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def wait_for(self, selector):
        for _attempt in range(150):
            if self.evaluate(f"!!document.querySelector({json.dumps(selector)})"):
                return
            time.sleep(0.2)
        self.browser.take_screenshot().result(10)
        self.fail(f"{selector} did not appear")

    def open(self, path, selector):
        self.browser.navigate_to(f"{self.base_url()}{path}", wait_stop=True)
        self.wait_for(selector)

    def open_record(self, record, selector):
        self.open(f"/odoo/{record._name}/{record.id}", selector)

    def open_action(self, action, selector, records=None):
        """Show an action in the page that is open, without loading it anew.

        :param action: as the server returns it, or its XML id
        :param records: those that it is about
        """
        context = records and {
            "active_model": records._name,
            "active_id": records[:1].id,
            "active_ids": records.ids,
        }
        options = {"clearBreadcrumbs": True, "additionalContext": context or {}}
        self.evaluate(
            "odoo.__WOWL_DEBUG__.root.env.services.action.doAction("
            f"{json.dumps(action)}, {json.dumps(options)}).then(() => true)"
        )
        self.wait_for(selector)

    def press(self, record, method, selector):
        """Do what a button of a record does, and wait for what that shows.

        Not by a click: on a telephone most buttons are in a menu.
        """
        call = json.dumps([record._name, method, record.ids])
        # Nobody waits for it: what is refused is shown as it is to people.
        self.evaluate(
            "{const {action, orm} = odoo.__WOWL_DEBUG__.root.env.services;"
            f"orm.call(...{call}).then((next) => action.doAction(next)); true}}"
        )
        self.wait_for(selector)

    def call(self, records, method, *arguments):
        """Do what a method does, and show nothing."""
        call = json.dumps([records._name, method, [records.ids, *arguments]])
        self.evaluate(
            "odoo.__WOWL_DEBUG__.root.env.services.orm"
            f".call(...{call}).then(() => true)"
        )

    def click(self, selector, text=None):
        self.wait_for(selector)
        condition = f"element.textContent.includes({text!r})" if text else "true"
        self.evaluate(
            f"[...document.querySelectorAll({json.dumps(selector)})]"
            f".find((element) => {condition}).click()"
        )

    def type(self, selector, text, key="Enter"):
        """Type into a field, and press a key there."""
        self.wait_for(selector)
        self.evaluate(
            f"{{const field = document.querySelector({json.dumps(selector)});"
            f"field.focus(); field.value = {text!r};"
            "field.dispatchEvent(new InputEvent('input', {bubbles: true}));"
            "field.dispatchEvent(new KeyboardEvent('keydown',"
            f"{{key: {key!r}, bubbles: true, cancelable: true}}))}}"
        )
