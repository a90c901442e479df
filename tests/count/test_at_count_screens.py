"""At Count, and what counts have found, wherever else the methods show."""

from ast import literal_eval

from lxml import etree, html

from odoo.tests import Form, tagged

from .test_count import CountCase


class CountScreenCase(CountCase):
    def get_lines(self, order):
        """MO Overview, by the component's name."""
        report = self.env["report.mrp.report_mo_overview"]
        data = report._get_report_data(order.id)
        return data, {
            component["summary"]["name"]: component["summary"]
            for component in data["components"]
        }

    def print_order(self, order):
        content, _type = self.env["ir.actions.report"]._render_qweb_html(
            "mrp.report_mrporder", order.ids
        )
        return html.fromstring(content)

    def get_arch(self, model, view_type, user=None, view=None):
        records = self.env[model].with_user(user) if user else self.env[model]
        view_id = view and self.env.ref(view).id
        return etree.fromstring(records.get_view(view_id, view_type)["arch"])

    def count_queries(self, call):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        call()
        return self.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestAtCountOnScreens(CountScreenCase):
    """A table needs ten screws of 0.50, At Count."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw.issue_method = "count"

    def test_overview_shows_need_and_cost_until_the_count(self):
        order = self.complete(10)
        data, lines = self.get_lines(order)
        screw = lines["Screw"]
        self.assertEqual(screw["issue_method_label"], "At Count")
        self.assertEqual(screw["issue_state_label"], "At Count")
        # 100 at 0.50.
        self.assertEqual((screw["quantity"], screw["real_cost"]), (100, 50))
        self.assertEqual(screw["quantity_left_to_count"], 100)
        self.assertEqual(data["summary"]["real_cost"], 50)
        self.assertNotIn("quantity_counted", screw)
        self.assertNotIn("quantity_not_issued", screw)
        self.assertNotIn("quantity_difference", screw)

    def test_overview_shows_what_a_count_found(self):
        # Needed 100 and 200; 685 of 1000 are left: 105 and 210 were used.
        order, _other = self.complete(10), self.complete(20)
        self.count(685).action_validate()
        data, lines = self.get_lines(order)
        screw = lines["Screw"]
        self.assertEqual(screw["issue_state_label"], "Counted")
        self.assertEqual((screw["quantity"], screw["real_cost"]), (105, 52.5))
        self.assertEqual(
            (screw["quantity_counted"], screw["cost_counted"]), (105, 52.5)
        )
        self.assertEqual(
            (screw["quantity_difference"], screw["cost_difference"]), (5, 2.5)
        )
        self.assertNotIn("quantity_left_to_count", screw)
        self.assertEqual(data["summary"]["real_cost"], 52.5)

    def test_overview_after_an_unbuild(self):
        """4 of 10 were taken apart: 60 are left to the count, at 0.50."""
        order = self.complete(10)
        self.env["mrp.unbuild"].create(
            {"mo_id": order.id, "product_qty": 4}
        ).action_unbuild()
        screw = self.get_lines(order)[1]["Screw"]
        self.assertEqual((screw["quantity"], screw["real_cost"]), (60, 30))

    def test_overview_is_printed(self):
        order = self.complete(10)
        self.assertIn("100.00 Units at the next count", self.print_overview(order))
        self.count(895).action_validate()
        self.assertIn("105.00 Units counted ($ 52.50)", self.print_overview(order))

    def print_overview(self, order):
        report = self.env["report.mrp.report_mo_overview"]
        values = report._get_report_values(order.ids)
        content = self.env["ir.qweb"]._render("mrp.report_mo_overview", values)
        text = html.fromstring(content).text_content()
        return " ".join(text.replace("\xa0", " ").split())

    def test_component_list_says_what_is_open(self):
        order = self.complete(10)
        component = order.move_raw_ids
        self.assertEqual(
            (component.issue_state, component.open_quantity), ("at_count", 100)
        )
        self.count(895).action_validate()
        self.assertEqual(
            (component.issue_state, component.open_quantity), ("counted", 0)
        )
        self.assertEqual(component.shared_quantity, 105)
        self.assertEqual(order.counted_share_count, 1)

    def test_production_order_is_printed_with_nothing_to_do(self):
        glue = self.create_product("Glue", stock=10, issue_method="manual")
        bom = self.create_bom(
            (self.screw, 10, {"supply_location_id": self.shelf.id}),
            (glue, 1, {}),
            consumption="flexible",
        )
        order = self.create_order(bom)
        text = " ".join(self.print_order(order).text_content().split())
        by_hand, automatic = text.split("Automatic (nothing to do)")
        self.assertNotIn("Screw", by_hand.split("Issue by Hand")[1])
        self.assertIn("Screw At the next count", automatic)
        order.button_mark_done()
        self.count(895).action_validate()
        text = " ".join(self.print_order(order).text_content().split())
        self.assertIn("Screw Counted: 105.00", text)

    def test_pick_list_is_without_it(self):
        order = self.create_order(self.bom)
        self.assertFalse(order._get_pick_rows())

    def test_bom_overview_says_so(self):
        data = self.env["report.mrp.report_bom_structure"].get_html(self.bom.id)
        [component] = data["lines"]["components"]
        self.assertEqual(component["issue_method"], "At Count (product Screw)")

    def test_filter_of_orders(self):
        order, other = self.complete(10), self.complete(20)
        planned = self.create_order(self.bom)
        search = self.get_arch("mrp.production", "search")
        [found] = search.xpath("//filter[@name='at_count']")
        domain = [
            *literal_eval(found.get("domain").strip()),
            ("id", "in", (order | other | planned).ids),
        ]
        orders = self.env["mrp.production"]
        self.assertEqual(orders.search(domain), order | other)
        sheet = self.count(685)
        self.assertEqual(orders.search(domain), order | other)
        sheet.action_validate()
        self.assertFalse(orders.search(domain))
        sheet.action_cancel("Wrong shelf")
        self.assertEqual(orders.search(domain), order | other)

    def test_filters_of_components_products_and_bom_lines(self):
        component = self.create_order(self.bom).move_raw_ids
        for records, name, backflushed in (
            (component, "components_at_count", "backflushed_components"),
            (self.screw.product_tmpl_id, "at_count", "backflushed"),
            (self.screw, "at_count", "backflushed"),
        ):
            search = self.get_arch(records._name, "search")
            found = {}
            for each in (name, backflushed):
                [node] = search.xpath(f"//filter[@name='{each}']")
                domain = literal_eval(node.get("domain"))
                found[each] = records.search([*domain, ("id", "in", records.ids)])
            self.assertEqual(found, {name: records, backflushed: records.browse()})
        search = self.get_arch(
            "mrp.bom.line", "search", view="mrp_backflush.mrp_bom_line_view_search"
        )
        self.assertTrue(search.xpath("//filter[@name='at_count']"))

    def test_an_order_without_stock_is_ready_to_complete(self):
        """Of what is At Count nothing has to be there."""
        bom = self.create_bom(
            (self.create_product("Paint", issue_method="count"), 1, {}),
            product=self.create_product("Chair"),
        )
        order = self.create_order(bom)
        domain = [("id", "=", order.id), ("is_ready_to_complete", "=", True)]
        self.assertEqual(order.search(domain), order)

    def test_left_to_a_count_is_no_deviation(self):
        order = self.complete(10)
        unused = self.create_order(self.bom)
        unused.move_raw_ids.action_record_unused()
        self.finish(unused.button_mark_done())
        domain = [
            ("id", "in", (order | unused).ids),
            ("is_closed_with_deviations", "=", True),
        ]
        self.assertEqual(order.search(domain), unused)

    def test_complete_orders_asks_for_nothing(self):
        """No shortage where all of it is missing, whatever the rule."""
        paint = self.create_product("Paint", issue_method="count")
        bom = self.create_bom((paint, 1, {}), product=self.create_product("Chair"))
        for rule in ("allow", "block", "park"):
            self.company.shortage_rule = rule
            orders = self.create_order(bom) | self.create_order(bom)
            dialog = (
                self.env["mrp.complete.orders"]
                .with_context(**orders.action_complete_orders()["context"])
                .create({})
            )
            self.assertEqual(dialog.line_ids.mapped("feasibility"), ["feasible"] * 2)
            self.assertFalse(dialog.shortage_ids)
            results = orders.complete_orders()
            self.assertEqual([each["result"] for each in results], ["done"] * 2)

    def test_report_production_neither_leaves_it_out_nor_asks(self):
        reports = self.env["mrp.production.report"]
        self.finished.barcode = "4006381333931"
        self.bom.consumption = "strict"
        for rule in ("bom", "block"):
            self.company.unissued_rule = rule
            found = reports.find_product("4006381333931")
            self.assertEqual((found["left_out"], found["asked_for"]), ([], []))
            # Nor is it what the quantity is limited by.
            self.assertIsNone(found["possible"])
        answer = reports.report_production(self.finished.id, 150)
        self.assertNotIn("Screw", answer["message"])
        report = reports.browse(answer["id"])
        self.assertEqual(report.production_id.move_raw_ids.issue_state, "at_count")
        self.assertEqual(self.on_shelf(), 1000)

    def test_a_person_may_still_issue_it(self):
        """40 of 100 are issued by a person, and known: 60 are left to the count, which
        finds 62."""
        order = self.create_order(self.bom)
        dialog = Form.from_action(self.env, order.action_open_issue())
        # Nothing of it is proposed.
        self.assertTrue(dialog.show_backflushed)
        with dialog.line_ids.edit(0) as line:
            self.assertEqual(line.quantity, 0)
            line.quantity = 40
        dialog.save().action_issue()
        self.assertEqual(self.on_shelf(), 960)
        component = order.move_raw_ids.filtered(
            lambda move: not move.issue_component_id
        )
        self.assertEqual(component.issued_quantity, 40)
        order.button_mark_done()
        self.assertEqual(component.issue_state, "at_count")
        self.assertEqual(component.open_quantity, 60)
        sheet = self.count(898)
        sheet.action_validate()
        at_count = sheet.share_ids.filtered("is_at_count")
        self.assertEqual(at_count.base_quantity, 60)
        self.assertEqual(component.issue_state, "counted")
        self.assertEqual(component.open_quantity, 0)

    def test_what_a_person_issued_in_full_is_issued(self):
        order = self.create_order(self.bom)
        order.move_raw_ids.action_issue()
        order.button_mark_done()
        component = order.move_raw_ids.filtered(
            lambda move: not move.issue_component_id
        )
        self.assertEqual(
            (component.issue_state, component.open_quantity), ("issued", 0)
        )

    def test_of_an_operation_it_is_left_to_the_count_as_well(self):
        """Completing an order finishes its operations, and core fills their
        components in."""
        bom = self.create_bom(
            (
                self.screw,
                10,
                {"supply_location_id": self.shelf.id, "operation": "Assemble"},
            ),
            operations=["Assemble"],
            product=self.create_product("Chair"),
        )
        for finish in (False, True):
            order = self.create_order(bom)
            if finish:
                order.workorder_ids.button_start()
                order.workorder_ids.button_finish()
            order.qty_producing = 10
            order._set_qty_producing()
            self.finish(order.button_mark_done())
            self.assertEqual(order.move_raw_ids.issue_state, "at_count")
        order = self.complete(10, bom)
        self.assertEqual(order.move_raw_ids.issue_state, "at_count")
        self.assertEqual(self.on_shelf(), 1000)

    def test_consumption_warning_says_nothing_of_it(self):
        self.bom.consumption = "warning"
        order = self.create_order(self.bom)
        order.qty_producing = 6
        order._set_qty_producing()
        self.assertFalse(order._get_consumption_issues())
        self.assertEqual(
            order.button_mark_done()["res_model"], "mrp.production.backorder"
        )

    def test_preview_says_when(self):
        order = self.create_order(self.bom)
        preview = self.env["mrp.backflush.preview"].create({"production_id": order.id})
        self.assertIn("100 at the next count", preview.line_ids.remarks)
        self.assertFalse(preview.line_ids.shortage)
        self.assertFalse(preview.blocked_text or preview.waiting_text)


@tagged("post_install", "-at_install")
class TestSharesOnScreens(CountScreenCase):
    """Ordinary backflush, and what a count found beyond it."""

    def test_overview_shows_the_share(self):
        # 100, 200 and 300 taken, 30 missing: 5, 10 and 15, at 0.50.
        orders = [self.complete(quantity) for quantity in (10, 20, 30)]
        self.assertNotIn("quantity_counted", self.get_lines(orders[0])[1]["Screw"])
        self.count(370).action_validate()
        for order, used, share in zip(
            orders, (100, 200, 300), (5, 10, 15), strict=True
        ):
            data, lines = self.get_lines(order)
            screw = lines["Screw"]
            self.assertEqual(screw["quantity_counted"], share)
            self.assertEqual(screw["cost_counted"], share * 0.5)
            self.assertEqual(screw["quantity"], used + share)
            self.assertEqual(screw["real_cost"], (used + share) * 0.5)
            self.assertEqual(data["summary"]["real_cost"], (used + share) * 0.5)

    def test_order_in_progress_has_its_share_in_the_overview(self):
        self.screw.issue_method = "start"
        order = self.create_order(self.bom)
        order.action_start()
        self.count(890).action_validate()
        screw = self.get_lines(order)[1]["Screw"]
        self.assertEqual((screw["quantity_counted"], screw["cost_counted"]), (10, 5))

    def test_traceability_of_a_lot_leads_to_the_count(self):
        paint = self.create_product("Paint", tracking="lot", standard_price=2)
        lot = self.create_lot(paint, "P-1")
        self.add_stock(paint, 50, lot=lot, location=self.shelf)
        bom = self.create_bom(
            (paint, 1, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        self.complete(20, bom)
        # 30 by the book, 22 there: 5 of the 8 missing are shared out, 3 are lost.
        sheet = self.count(22, paint, lot)
        sheet.action_validate()
        self.assertEqual(len(sheet.move_ids), 2)
        self.assertEqual(set(sheet.move_ids.mapped("reference")), {sheet.name})
        report = self.env["stock.traceability.report"]
        lines = report.get_lines(model_name="stock.lot", model_id=lot.id, level=1)
        found = [line for line in lines if line["reference"] == sheet.name]
        self.assertEqual(
            {(line["res_model"], line["res_id"]) for line in found},
            {("mrp.line.count", sheet.id)},
        )
        self.assertEqual(len(found), 2)
        # From the move's own list, too.
        for move in sheet.move_ids:
            self.assertEqual(move.action_open_reference()["res_id"], sheet.id)
        # And so does what was taken back.
        sheet.action_cancel("The wrong shelf")
        lines = report.get_lines(model_name="stock.lot", model_id=lot.id, level=1)
        self.assertEqual(sum(line["reference"] == sheet.name for line in lines), 4)

    def test_a_click_shows_which_counts(self):
        nut = self.create_product("Nut", standard_price=1)
        self.add_stock(nut, 100, location=self.shelf)
        bom = self.create_bom(
            (self.screw, 10, {"supply_location_id": self.shelf.id}),
            (nut, 1, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        order = self.complete(10, bom)
        sheet = self.count(890)
        self.get_line(sheet, nut).counted_quantity = 89
        sheet.action_validate()
        component = self.component(order, self.screw)
        action = component.action_view_count_shares()
        shares = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual((shares.count_id, shares.quantity), (sheet, 10))
        self.assertEqual(order.counted_share_count, 2)
        sheet.action_cancel("Wrong")
        self.assertFalse(shares.search(action["domain"]))
        self.assertEqual(order.counted_share_count, 0)

    def test_counted_stands_beside_issued_only_where_a_count_is(self):
        worker = self.create_user("worker", "mrp.group_mrp_user")
        for model in ("mrp.production", "mrp.workorder"):
            arch = self.get_arch(model, "form", worker)
            rows = arch.xpath("//field[@name='move_raw_ids']")
            views = [
                node for row in rows for node in row if node.tag in ("list", "kanban")
            ]
            for view in views:
                if not view.xpath(".//field[@name='issued_quantity']"):
                    continue
                [field] = view.xpath(".//field[@name='shared_quantity']")
                shown = field if view.tag == "list" else field.getparent()
                self.assertEqual(shown.get("invisible"), "not shared_quantity")
                if view.tag == "list":
                    self.assertEqual(
                        field.get("column_invisible"), "not parent.counted_share_count"
                    )
            self.assertTrue(arch.xpath("//field[@name='shared_quantity']"))

    def test_statements_of_a_component_list_dont_grow(self):
        parts = [self.create_product(f"Part {number}") for number in range(8)]
        small, large = (
            self.create_bom(
                *((part, 1, {"supply_location_id": self.shelf.id}) for part in some),
                product=self.create_product("Chair"),
            )
            for some in (parts[:2], parts)
        )
        orders = [self.complete(1, bom) for bom in (small, large)]
        sheet = self.create_sheet()
        for line in sheet.line_ids:
            line.counted_quantity = max(line.book_quantity - 1, 0)
        sheet.action_validate()
        specification = {
            "counted_share_count": {},
            "move_raw_ids": {"fields": {"shared_quantity": {}, "issue_state": {}}},
        }
        numbers = [
            self.count_queries(lambda order=order: order.web_read(specification))
            for order in (orders[0], *orders)
        ]
        self.assertEqual(numbers[1], numbers[2])


@tagged("post_install", "-at_install")
class TestWithoutLineCounts(CountScreenCase):
    """Off: nothing is shown anywhere, and nothing costs a statement more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.use_line_count = False
        cls.env["res.company"].search([]).use_line_count = False
        cls.manager = cls.create_user(
            "manager", "mrp.group_mrp_manager", "stock.group_stock_manager"
        )

    def test_no_field_and_no_button(self):
        words = (
            *("count_due", "count_now", "shared_quantity", "counted_share"),
            *("count_interval_days", "at_count", "action_open_count"),
        )
        for model, view_type, view in (
            ("mrp.production", "form", None),
            ("mrp.production", "search", None),
            ("mrp.workorder", "form", None),
            ("mrp.workcenter", "form", None),
            ("stock.location", "form", None),
            ("stock.move", "search", None),
            ("product.template", "search", None),
            ("product.product", "search", None),
            ("mrp.backflush.exception", "form", None),
            ("mrp.bom.line", "search", "mrp_backflush.mrp_bom_line_view_search"),
            ("stock.picking.type", "kanban", "stock.stock_picking_type_kanban"),
        ):
            arch = self.get_arch(model, view_type, self.manager, view)
            # A group of elements that is empty is none.
            text = etree.tostring(arch, encoding="unicode")
            for word in words:
                self.assertNotIn(word, text, (model, view_type))

    def test_no_menu(self):
        menus = self.env["ir.ui.menu"].with_user(self.manager)
        menu = self.env.ref("mrp_backflush.menu_mrp_line_count")
        self.assertNotIn(menu.id, menus._visible_menu_ids())
        self.company.use_line_count = True
        self.assertIn(menu.id, menus._visible_menu_ids())

    def test_no_tile(self):
        numbers = self.env["mrp.production"].with_user(self.manager).get_order_tiles()
        self.assertNotIn("count_due", numbers)

    def test_overview_says_nothing(self):
        screw = self.get_lines(self.complete(10))[1]["Screw"]
        self.assertNotIn("quantity_counted", screw)
        self.assertNotIn("quantity_left_to_count", screw)

    def test_no_statement_more(self):
        """Of a field that an open form would have asked for."""
        order = self.complete(10)
        order.company_id._has_any_line_count()
        order.read(["name"])
        before = self.cr.sql_log_count
        self.assertFalse(order.read(["counted_share_count"])[0]["counted_share_count"])
        self.assertEqual(self.cr.sql_log_count, before)
