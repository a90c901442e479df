import base64, json, time, os
from pathlib import Path
from odoo.tests import tagged
from odoo.addons.mrp_backflush.tests.demo.browser import DESKTOP, PHONE, BrowserCase
OUT = Path("/tmp/ws/shots/langa")
LANG = os.environ.get("PIC_LANG", "de_DE")
ONLY = os.environ.get("PIC_ONLY", "").split(",") if os.environ.get("PIC_ONLY") else None
M = "mrp_backflush"

@tagged("-standard", "post_install", "-at_install")
class Pics(BrowserCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        env = cls.env
        env["ir.module.module"].search([("name", "=", M)])._update_translations([LANG], overwrite=True)
        env.ref("base.user_admin").lang = LANG
        company = env.ref("base.main_company")
        company.use_line_count = True
        company.use_consumption_analysis = True
        company.use_consumption_tolerance = True
        company.is_reason_required = True
        for n in ("issue_by_hand", "moments", "parked", "to_park", "override", "backflush"):
            setattr(cls, n, env.ref(f"{M}.production_{n}"))
        cls.exception = cls.parked.backflush_exception_ids[0]
        cls.operation = cls.issue_by_hand.workorder_ids[0]
        cls.bom = cls.issue_by_hand.bom_id
        cls.bom_line = env.ref(f"{M}.bom_line_desk_adhesive")
        cls.shelf = env.ref(f"{M}.location_line_shelf")
        cls.done_count = env.ref(f"{M}.count_done", raise_if_not_found=False)
        cls.counted = env.ref(f"{M}.production_counted_1")
        cls.sheet = env["mrp.line.count"].create({"location_id": cls.shelf.id})
        cls.sheet.action_load()
        cls.category = env.ref(f"{M}.product_category_adhesive")
        cls.cable = env.ref(f"{M}.product_cable").product_tmpl_id
        cls.workcenter = env.ref(f"{M}.workcenter_test_bench")
        cls.analysis = env["mrp.consumption.analysis"].search([], limit=1)
        try:
            with env.cr.savepoint():
                env["mrp.bom.proposal"].generate()
        except Exception as e:
            print("generate", e)
        cls.proposal = env["mrp.bom.proposal"].search([], order="id", limit=1)
        env.flush_all()

    def take(self, name):
        if ONLY and not any(o in name for o in ONLY):
            return
        time.sleep(1.5)
        name = f"{LANG[:2]}_{name}_{self.tag_}"
        text = self.evaluate("[...document.querySelectorAll('*')].flatMap(e => [...e.childNodes].filter(n => n.nodeType === 3 && n.textContent.trim()).map(n => n.textContent.trim()).concat(['title','placeholder','aria-label','alt','data-tooltip'].map(a => e.getAttribute(a)).filter(x => x))).concat([...document.querySelectorAll('option')].map(o => o.textContent)).filter((x, i, a) => a.indexOf(x) === i).join('\\n¶')")
        (OUT / f"{name}.txt").write_text(text or "")
        cut = self.evaluate("""[...document.querySelectorAll('.o_web_client *, .modal *')].filter(e => { if (!e.textContent.trim() || e.closest('.o_main_navbar, .o-mail-Chatter')) return false; const s = getComputedStyle(e); if (s.display === 'inline' || s.visibility === 'hidden') return false; const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()); if (!own) return false; const r = e.getBoundingClientRect(); if (!r.width || !r.height) return false; if (e.matches('td *, td')) return false; return e.scrollWidth > e.clientWidth + 1 && ['hidden', 'clip'].includes(s.overflowX) }).map(e => e.tagName + '.' + [...e.classList].slice(0, 3).join('.') + ' [' + (e.closest('[name]')?.getAttribute('name') || e.closest('[data-name]')?.dataset.name || '') + '] ' + e.clientWidth + '<' + e.scrollWidth + ' ' + e.textContent.trim().slice(0, 60)).join('\\n')""")
        (OUT / f"CUT_{name}.txt").write_text(cut or "")
        data = self.request("Page.captureScreenshot", format="png")["data"]
        (OUT / f"{name}.png").write_bytes(base64.b64decode(data))

    def act(self, name, action, selector, records=None):
        try:
            self.open_action(action, selector, records); self.take(name)
        except BaseException as e:
            print("NO", name, str(e)[:150])

    def rec(self, name, record, selector=".o_form_view .o_form_sheet"):
        self.act(name, {"type": "ir.actions.act_window", "res_model": record._name, "res_id": record.id, "views": [[False, "form"]]}, selector)

    def dlg(self, name, record, method, selector=".modal .o_form_view"):
        try:
            self.press(record, method, selector); self.take(name)
            self.evaluate("odoo.__WOWL_DEBUG__.root.env.services.dialog.closeAll()")
            self.wait_for("body:not(:has(.modal))")
        except BaseException as e:
            print("NO", name, str(e)[:150])

    def do(self, name, fn):
        try:
            fn(); 
            if name: self.take(name)
        except BaseException as e:
            print("NO", name, str(e)[:150])

    def run_all(self, size, tag):
        self.tag_ = tag
        self.resize(size)
        self.open("/odoo/action-mrp.mrp_production_action", ".o_view_controller")
        self.take("orders")
        self.rec("order", self.issue_by_hand, ".o_form_view [name=move_raw_ids]")
        self.dlg("warning", self.issue_by_hand, "button_mark_done", ".modal")
        self.dlg("preview", self.moments, "action_preview_backflush")
        self.dlg("issue", self.moments, "action_open_issue")
        self.do(None, lambda: self.call(self.moments, "action_start"))
        self.rec("order2", self.moments, ".o_form_view [name=move_raw_ids]")
        self.dlg("return", self.moments, "action_open_return")
        self.rec("order_waiting", self.parked, ".o_form_view [name=move_raw_ids]")
        self.rec("order_counted", self.counted, ".o_form_view [name=move_raw_ids]")
        self.rec("operation", self.operation)
        self.act("waiting_list", f"{M}.mrp_backflush_exception_action", ".o_view_controller")
        self.rec("waiting", self.exception)
        self.dlg("waiting_cancel", self.exception, "action_open_cancel")
        self.dlg("waiting_count", self.exception, "action_open_count")
        self.act("by_hand", f"{M}.action_issue_by_hand", ".o_view_controller")
        self.act("report", f"{M}.action_report_production", "#o_report_product")
        self.do("report_product", lambda: (self.type("#o_report_product", "Desk"), time.sleep(2)))
        self.act("mo_overview", "mrp.action_report_mo_overview", "[name=issue_method]", self.issue_by_hand)
        self.act("bom_overview", "mrp.action_report_mrp_bom", "[name=issue_method]", self.bom)
        self.act("bom_lines", f"{M}.mrp_bom_line_action", ".o_view_controller")
        self.rec("bom", self.bom)
        self.rec("bom_line", self.bom_line)
        self.rec("product", self.cable)
        self.rec("category", self.category)
        self.rec("workcenter", self.workcenter)
        self.rec("shelf", self.shelf)
        self.act("analysis", f"{M}.mrp_consumption_analysis_action", ".o_view_controller")
        if tag == "w":
            self.do("analysis_list", lambda: (self.click(".o_switch_view.o_list"), self.wait_for(".o_list_view")))
        if self.analysis:
            self.rec("analysis_form", self.analysis)
        self.act("proposals", f"{M}.mrp_bom_proposal_action", ".o_view_controller")
        if self.proposal:
            self.rec("proposal", self.proposal)
        self.act("reasons", f"{M}.mrp_deviation_reason_action", ".o_view_controller")
        self.act("counts", f"{M}.mrp_line_count_action", ".o_view_controller")
        self.rec("count_sheet", self.sheet, ".o_form_view [name=line_ids]")
        self.dlg("count_validate", self.sheet, "action_open_validation")
        if self.done_count:
            self.rec("count_done", self.done_count, ".o_form_view [name=line_ids]")
            self.dlg("count_cancel", self.done_count, "action_open_cancel")
        self.do("counting", lambda: self.press(self.shelf, "action_count_now", ".o_line_count_row"))
        self.act("tiles", "stock.stock_picking_type_action", ".o_kanban_view")
        self.act("settings", "mrp.action_mrp_configuration", "#unissued_rule")
        for i, anchor in enumerate(("#unissued_rule", "[name=serial_rule]", "#use_line_count", "#use_consumption_tolerance")):
            self.do(f"settings{i}", lambda: self.evaluate(f"document.querySelector({json.dumps(anchor)})?.scrollIntoView({{block: 'center'}})"))
        self.act("complete", f"{M}.action_complete_orders", ".modal .o_form_view", self.override + self.backflush + self.to_park)
        self.do("run", lambda: (self.click(".modal button[name=action_complete_all]"), self.wait_for(".o_form_view [name=progress]")))
        self.act("runs", f"{M}.mrp_completion_run_action", ".o_view_controller")

    def test_desktop(self):
        self.run_all(DESKTOP, "w")

    def test_phone(self):
        self.run_all(PHONE, "p")
