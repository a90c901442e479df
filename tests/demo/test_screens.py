import json
from importlib.resources import files

from lxml import etree

from odoo.tests import tagged

from .browser import DESKTOP, PHONE, BrowserCase

MODULE = "mrp_backflush"
# Of the module's components, what their elements have in their class.
OWN_CLASSES = ("o_report_", "o_backflush", "o_line_count", "o_proposal_")
# What axe finds critical in the markup of core's own parts: their selectors, by rule.
# The module's screens are made of them, too; each is seen on an element of core's, at
# least once in a pass, or it isn't core's.
CORE = {
    "aria-allowed-attr": (
        ".o_searchview",
        ".o_searchview_facet",
        ".o_searchview_input",
        ".o-autocomplete--input",
        ".o_select_menu .o-dropdown",
        ".o_select_menu.o-dropdown",
        ".o_tag",
    ),
    "aria-required-children": (".o_menu_systray", ".o_menu_sections"),
    "aria-required-parent": (
        ".o_menu_brand",
        ".o_notebook_headers .nav-link",
        ".o_searchview_facet",
        ".settings_tab .tab",
    ),
    "aria-roles": (".o_searchview_facet i",),
    "button-name": (
        ".o_control_panel button",
        ".o_cp_searchview button",
        ".o_back_button",
        "button:has(> .o_optional_columns_dropdown_toggle)",
        "[name=action_product_forecast_report]",
        "[name=action_see_attachments]",
    ),
    "image-alt": (".o_avatar img", ".o-mail-Message-avatar"),
    "label": (
        ".o_list_record_selector input",
        ".o_data_cell #boolean_checkbox",
        ".o_field_widget input.o_input",
        ".o_select_menu_input",
    ),
}
# Contrast is never critical, and takes axe longer than all else.
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"color-contrast": {"enabled": False}},
}
FIND_CRITICAL = """
((place) => axe.run(place, %(options)s).then(({violations}) => violations.flatMap(
    ({id, nodes}) => nodes.filter(({impact}) => impact === "critical").map(
        ({target, html}) => {
            const element = document.querySelector(target[0]);
            const core = %(core)s[id] || [];
            return {
                rule: id,
                html: html.slice(0, 300),
                isOwn: element.matches(%(own)s),
                isWithinOwn: !!element.closest(%(own)s),
                core: core.filter((selector) => element.matches(selector)),
            };
        }
    )
)))
"""
ORDER = ".o_form_view [name=move_raw_ids]"
FORM = ".o_form_view .o_form_sheet"
DIALOG = ".modal .o_form_view"
# Lists, and screens of other kinds: the actions that open them, and what they show.
ACTIONS = (
    ("mrp.mrp_production_action", ".o_view_controller"),
    ("mrp_backflush.mrp_backflush_exception_action", ".o_view_controller"),
    ("mrp_backflush.mrp_completion_run_action", ".o_view_controller"),
    ("mrp_backflush.mrp_production_report_action", ".o_view_controller"),
    ("mrp_backflush.mrp_bom_line_action", ".o_view_controller"),
    ("mrp_backflush.mrp_bom_proposal_action", ".o_view_controller"),
    ("mrp_backflush.action_report_production", "#o_report_product"),
    ("mrp_backflush.action_issue_by_hand", ".o_view_controller"),
    ("mrp_backflush.mrp_line_count_action", ".o_view_controller"),
    ("stock.stock_picking_type_action", ".o_kanban_view"),
    ("mrp.action_mrp_configuration", "#unissued_rule"),
    # Core's alone: a list with check boxes.
    ("base.res_lang_act_window", ".o_list_view #boolean_checkbox"),
)
# Forms of demo data.
RECORDS = (
    ("bom_desk_lamp", ".o_form_view [name=bom_line_ids]"),
    ("product_cable_product_template", FORM),
    ("product_category_adhesive", FORM),
    ("workcenter_test_bench", FORM),
)


@tagged("-standard", "post_install", "-at_install")
class TestScreens(BrowserCase):
    """Each screen of the module in the browser, on the demo data: axe finds nothing
    critical in it but core's own faults, and the console stays empty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        package = files("axe_playwright_python")
        cls.axe = package.joinpath("axe.min.js").read_text(encoding="utf-8")
        cls.find_critical = FIND_CRITICAL % {
            "options": json.dumps(OPTIONS),
            "core": json.dumps(CORE),
            "own": json.dumps(cls.get_own_elements()),
        }

        # While a page loads, its requests have the test's cursor: all is read before.
        for name in (
            *("issue_by_hand", "moments", "parked", "to_park"),
            *("override", "backflush"),
        ):
            setattr(cls, name, cls.env.ref(f"{MODULE}.production_{name}"))
        cls.purchased_parts = cls.env.ref(f"{MODULE}.product_category_purchased")
        cls.exception = cls.parked.backflush_exception_ids[0]
        cls.operation = cls.issue_by_hand.workorder_ids[0]
        cls.bom = cls.issue_by_hand.bom_id
        cls.lamp_base = cls.moments.move_raw_ids[0]
        cls.env.company.use_line_count = True
        cls.shelf = cls.env.ref(f"{MODULE}.location_line_shelf")
        cls.sheet = cls.env["mrp.line.count"].create({"location_id": cls.shelf.id})
        cls.sheet.action_load()
        due = cls.env["stock.location"].action_open_count_due()
        cls.count_due = {**due, "domain": [("id", "=", cls.shelf.id)]}
        cls.records = [
            (cls.env.ref(f"{MODULE}.{name}"), selector) for name, selector in RECORDS
        ]

    @classmethod
    def get_own_elements(cls):
        """A selector of what is the module's on a screen: its fields and buttons, by
        names that core doesn't have, and its components, by class."""
        own, core = set(), set()
        for field in cls.env["ir.model.fields"].search([]):
            modules = field.modules.split(", ")
            (own if MODULE in modules else core).add(field.name)
        for view in cls.env["ir.ui.view"].search([("type", "!=", "qweb")]):
            is_own = (view.xml_id or "").startswith(f"{MODULE}.")
            # What only says where to put something is no button.
            names = etree.fromstring(view.arch_db).xpath(
                "//button[not(@position)]/@name"
            )
            (own if is_own else core).update(names)
        return ",".join(
            # Tabs have names, too.
            [
                f'[name="{name}"]:not([role=tab])'
                for name in sorted((own - core) - {None})
            ]
            + [f'[class*="{name}"]' for name in OWN_CLASSES]
        )

    def setUp(self):
        super().setUp()
        self.findings = {}
        # Of CORE, by rule and selector.
        self.seen_in_own, self.seen_in_core = set(), set()
        self.console = []
        handlers = self.browser._handlers
        handlers["Runtime.consoleAPICalled"] = self.hear_console
        handlers["Runtime.exceptionThrown"] = self.hear_exception

    def hear_console(self, type, args=(), **_details):  # pylint: disable=W0622
        if type in ("error", "warning", "assert"):
            texts = [str(self.browser._from_remoteobject(each)) for each in args]
            self.console.append(" ".join([f"console, {type}:", *texts]))

    def hear_exception(self, exceptionDetails, **_details):
        self.console.append(f"exception: {json.dumps(exceptionDetails)[:1000]}")

    def check(self, screen, place="body"):
        """Note what is wrong with the screen that is shown, each fault once.

        :param place: the part to look at, as a selector
        """
        for fault in self.evaluate(f"{self.find_critical}({json.dumps(place)})"):
            parts = {(fault["rule"], selector) for selector in fault["core"]}
            if fault["isOwn"] or not parts:
                self.findings.setdefault(f"{fault['rule']}: {fault['html']}", screen)
            elif fault["isWithinOwn"]:
                self.seen_in_own |= parts
            else:
                self.seen_in_core |= parts
        for problem in self.console:
            self.findings.setdefault(problem, screen)
        self.console.clear()

    def check_record(self, record, selector=FORM):
        self.open_action(
            {
                "type": "ir.actions.act_window",
                "res_model": record._name,
                "res_id": record.id,
                "views": [[False, "form"]],
            },
            selector,
        )
        self.check(f"{record._name} {record.id}")

    def check_dialog(self, record, method, selector=DIALOG):
        self.press(record, method, selector)
        self.check(method, ".modal")
        self.evaluate("odoo.__WOWL_DEBUG__.root.env.services.dialog.closeAll()")
        self.wait_for("body:not(:has(.modal))")

    def check_all(self, size):
        self.resize(size)
        self.open("/odoo/action-mrp.mrp_production_action", ".o_view_controller")
        self.evaluate(f"{self.axe}; console.warn('Heard')")
        self.assertIn("console, warning: Heard", self.console)
        self.console.remove("console, warning: Heard")
        for action, selector in ACTIONS:
            self.open_action(action, selector)
            self.check(action)
        for record, selector in self.records:
            self.check_record(record, selector)
        self.check_orders()
        self.check_shortages()
        self.check_counts()
        self.check_completion()
        found = [f"{screen}: {problem}" for problem, screen in self.findings.items()]
        for rule, selector in self.seen_in_own - self.seen_in_core:
            found.append(f"not seen on elements of core's: {rule}, {selector}")
        self.assertFalse(found, "\n".join(["", *found]))

    def check_orders(self):
        self.check_record(self.issue_by_hand, ORDER)
        # A line that is being edited shows other elements.
        self.click(
            f"{ORDER} .o_data_row td[name=issue_method], {ORDER} .o_kanban_record"
        )
        self.check("component in edit")
        self.check_record(self.operation)
        self.check_dialog(self.issue_by_hand, "button_mark_done")
        self.check_record(self.moments, ORDER)
        self.check_dialog(self.moments, "action_preview_backflush")
        self.check_dialog(self.moments, "action_open_issue")
        self.call(self.moments, "action_start")
        self.check_record(self.moments, ORDER)
        self.check_dialog(self.moments, "action_open_return")
        self.check_dialog(self.lamp_base, "action_view_issues", ".modal-body")
        for report, record in (
            ("mrp.action_report_mo_overview", self.issue_by_hand),
            ("mrp.action_report_mrp_bom", self.bom),
        ):
            self.open_action(report, "[name=issue_method]", record)
            self.check(report)

    def check_shortages(self):
        self.check_record(self.parked, ORDER)
        self.check_record(self.exception)
        self.check_dialog(self.exception, "action_open_cancel")
        self.call(self.purchased_parts, "write", {"shortage_rule": "block"})
        self.check_dialog(self.to_park, "button_mark_done", ".modal")

    def check_counts(self):
        self.check_record(self.shelf)
        self.press(self.shelf, "action_count_now", ".o_line_count_row")
        self.click(".o_line_count_row button[name=nothing]")
        self.wait_for(".o_line_count_success")
        self.check("counting")
        self.check_record(self.sheet, ".o_form_view [name=line_ids]")
        self.check_dialog(self.sheet, "action_open_validation")
        self.check_dialog(self.sheet, "action_open_cancel")
        self.check_dialog(self.exception, "action_open_count")
        self.open_action(self.count_due, "button[name=action_count_now]")
        self.check("Count Due")

    def check_completion(self):
        orders = self.override + self.backflush
        self.open_action("mrp_backflush.action_complete_orders", DIALOG, orders)
        self.check("Complete Orders", ".modal")
        self.click(".modal button[name=action_complete_all]")
        self.wait_for(".o_form_view [name=progress]")
        self.check("run")

    def test_desktop(self):
        self.check_all(DESKTOP)

    def test_phone(self):
        self.check_all(PHONE)
