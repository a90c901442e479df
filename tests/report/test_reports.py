from lxml import html

from odoo.tests import tagged

from ..common import BackflushCase

# What MO Overview says of a component of a done order.
COMPARED = (
    "quantity",
    "quantity_planned",
    "quantity_difference",
    "cost_difference",
    "quantity_not_issued",
)


@tagged("post_install", "-at_install")
class TestReports(BackflushCase):
    """Core's reports say what really happened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frame = cls.create_product("Frame", stock=100, standard_price=3)
        cls.glue = cls.create_product("Glue", stock=100, standard_price=5)
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}),
            (cls.glue, 2, {"issue_method": "manual"}),
            consumption="flexible",
        )

    def overview(self, order):
        data = self.env["report.mrp.report_mo_overview"]._get_report_data(order.id)
        summaries = [component["summary"] for component in data["components"]]
        return data, {summary["name"]: summary for summary in summaries}

    def test_mo_overview_shows_the_method(self):
        _data, lines = self.overview(self.create_order(self.bom))
        self.assertEqual(lines["Frame"]["issue_method_label"], "At Completion")
        self.assertEqual(lines["Glue"]["issue_method_label"], "Manual")
        self.assertEqual(lines["Glue"]["quantity"], 20)
        self.assertNotIn("quantity_planned", lines["Glue"])

    def test_mo_overview_lists_what_was_not_issued(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        data, lines = self.overview(order)
        glue = lines["Glue"]
        self.assertEqual((glue["quantity"], glue["quantity_planned"]), (0, 20))
        self.assertEqual(glue["issue_state_label"], "Not Issued")
        self.assertEqual(glue["quantity_not_issued"], 20)
        # 10 frames at 3 were used; by the BoM 20 of glue at 5 belong to it as well.
        self.assertEqual((glue["mo_cost"], glue["real_cost"]), (0, 0))
        self.assertEqual(data["summary"]["real_cost"], 30)
        self.assertEqual(data["summary"]["bom_cost"], 130)

    def test_mo_overview_tells_none_used_from_not_issued(self):
        order = self.create_order(self.bom)
        self.component(order, self.glue).action_record_unused()
        order.button_mark_done()
        glue = self.overview(order)[1]["Glue"]
        self.assertEqual(glue["issue_state_label"], "None Used")
        self.assertNotIn("quantity_not_issued", glue)
        # It is a deviation all the same: 20 at 5.
        self.assertEqual(
            (glue["quantity_difference"], glue["cost_difference"]), (-20, -100)
        )

    def test_mo_overview_lists_what_was_issued_in_part(self):
        """10 planned, 3 issued: 7 not issued, at 5 each."""
        order = self.create_order(self.bom, 5)
        self.component(order, self.glue).action_issue(3)
        order.button_mark_done()
        _data, lines = self.overview(order)
        self.assertEqual(
            {name: lines["Glue"][name] for name in COMPARED},
            {
                "quantity": 3,
                "quantity_planned": 10,
                "quantity_difference": -7,
                "cost_difference": -35,
                "quantity_not_issued": 7,
            },
        )
        self.assertEqual(lines["Glue"]["issue_state_label"], "Partly Issued")

    def test_mo_overview_compares_actual_with_plan(self):
        """22 recorded for 20 at 5; the frames are as planned."""
        order = self.create_order(self.bom)
        self.component(order, self.glue).quantity = 22
        order.button_mark_done()
        _data, lines = self.overview(order)
        self.assertEqual(lines["Glue"]["quantity_difference"], 2)
        self.assertEqual(lines["Glue"]["cost_difference"], 10)
        self.assertEqual(lines["Frame"]["quantity_planned"], 10)
        self.assertNotIn("quantity_difference", lines["Frame"])

    def test_mo_overview_adds_up_what_was_issued_early(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue(4)
        _data, lines = self.overview(order)
        self.assertEqual(len(_data["components"]), 2)
        self.assertEqual(lines["Frame"]["quantity"], 10)
        self.assertEqual(lines["Frame"]["mo_cost"], 30)
        self.assertEqual(lines["Frame"]["real_cost"], 12)
        self.assertEqual(lines["Frame"]["bom_cost"], 30)
        self.assertEqual(lines["Frame"]["issue_state_label"], "Partly Issued")
        self.assertEqual(lines["Frame"]["quantity_planned"], 10)
        self.assertEqual(lines["Frame"]["quantity_issued"], 4)
        order.button_mark_done()
        data, lines = self.overview(order)
        self.assertEqual(lines["Frame"]["quantity"], 10)
        self.assertEqual(lines["Frame"]["real_cost"], 30)
        self.assertEqual(data["summary"]["real_cost"], 30)

    def test_mo_overview_of_what_was_issued_completely(self):
        order = self.create_order(self.bom)
        self.component(order, self.frame).action_issue()
        order.button_mark_done()
        data, lines = self.overview(order)
        self.assertEqual(lines["Frame"]["quantity"], 10)
        self.assertEqual(lines["Frame"]["real_cost"], 30)
        self.assertEqual(lines["Frame"]["bom_cost"], 30)
        self.assertEqual(lines["Frame"]["unit_cost"], 3)
        self.assertEqual(lines["Frame"]["issue_state_label"], "Issued")
        self.assertEqual(data["summary"]["real_cost"], 30)

    def test_mo_overview_as_pdf(self):
        order = self.create_order(self.bom)
        order.button_mark_done()
        report = self.env["report.mrp.report_mo_overview"]
        values = report._get_report_values(order.ids)
        content = self.env["ir.qweb"]._render("mrp.report_mo_overview", values)
        text = " ".join(html.fromstring(content).text_content().split())
        self.assertRegex(
            text, r"Glue Manual Not Issued, 20\.0+ Units not issued Planned"
        )
        # -20 at 5.
        self.assertRegex(text, r"difference -\W?20\.0+ Units \(\$ -\W?100\.00\)")

    def create_short_order(self, stock=7, **line_values):
        """Completed under *park*: of 10 bulbs at 4 not all are there.

        :return: the order, and the bulb
        """
        self.company.shortage_rule = "park"
        bulb = self.create_product("Bulb", stock=stock, standard_price=4)
        bom = self.create_bom((self.frame, 1, {}), (bulb, 1, line_values))
        order = self.create_order(bom)
        if line_values:
            order.action_start()
        else:
            order.button_mark_done()
        return order, bulb

    def test_mo_overview_shows_what_waits(self):
        order, _bulb = self.create_short_order()
        data, lines = self.overview(order)
        bulb = lines["Bulb"]
        self.assertEqual((bulb["quantity"], bulb["quantity_waiting"]), (7, 3))
        self.assertEqual(bulb["waiting_reasons"], "Not in Stock")
        # 10 frames at 3, and 10 bulbs at 4 of which 3 wait.
        self.assertEqual((bulb["real_cost"], bulb["unit_cost"]), (40, 4))
        self.assertEqual(data["summary"]["real_cost"], 70)
        self.assertNotIn("quantity_waiting", lines["Frame"])

    def test_mo_overview_costs_what_the_finished_product_does(self):
        if "value" not in self.env["stock.move"]._fields:
            self.skipTest("without stock_account moves have no value")
        valued = self.env["product.category"].create(
            {"name": "Valued", "property_cost_method": "average"}
        )
        self.finished.categ_id = valued
        order, bulb = self.create_short_order()
        self.assertEqual(order.move_finished_ids.value, 70)
        bulb.standard_price = 9
        self.add_stock(bulb, 2)
        order.backflush_exception_ids._settle()
        # 2 of 3 are issued since, at 9: the finished product still costs 10 at 4.
        data, lines = self.overview(order)
        self.assertEqual(lines["Bulb"]["quantity"], 9)
        self.assertEqual(lines["Bulb"]["quantity_waiting"], 1)
        self.assertEqual(lines["Bulb"]["real_cost"], 40)
        order.backflush_exception_ids.action_cancel("Never used")
        data, lines = self.overview(order)
        self.assertNotIn("quantity_waiting", lines["Bulb"])
        self.assertEqual(data["summary"]["real_cost"], 70)

    def test_mo_overview_lists_what_waits_completely(self):
        order, _bulb = self.create_short_order(stock=0)
        data, lines = self.overview(order)
        bulb = lines["Bulb"]
        self.assertEqual((bulb["quantity"], bulb["quantity_waiting"]), (0, 10))
        self.assertEqual(bulb["quantity_planned"], 10)
        # What waits is neither left out nor a deviation.
        self.assertNotIn("quantity_difference", bulb)
        self.assertNotIn("quantity_not_issued", bulb)
        self.assertEqual(data["summary"]["real_cost"], 70)
        self.assertEqual(len(data["components"]), 2)

    def test_mo_overview_of_what_waited_completely_and_was_settled(self):
        order, bulb = self.create_short_order(stock=0)
        self.add_stock(bulb, 10)
        order.backflush_exception_ids._settle()
        data, lines = self.overview(order)
        self.assertEqual(len(data["components"]), 2)
        self.assertEqual(lines["Bulb"]["quantity"], 10)
        self.assertEqual(data["summary"]["real_cost"], 70)

    def test_mo_overview_of_an_order_in_progress_shows_what_waits(self):
        order, _bulb = self.create_short_order(issue_method="start")
        _data, lines = self.overview(order)
        bulb = lines["Bulb"]
        # 7 are issued, 3 wait: the order's plan is still 10 at 4.
        self.assertEqual((bulb["quantity"], bulb["quantity_waiting"]), (10, 3))
        self.assertEqual((bulb["mo_cost"], bulb["real_cost"]), (40, 28))

    def test_mo_overview_says_why_it_waits(self):
        bulb = self.create_product("Bulb", tracking="lot")
        lot = self.create_lot(bulb, "LOT-1")
        self.add_stock(bulb, 4, lot=lot)
        self.add_stock(bulb, 2)
        self.company.shortage_rule = "park"
        order = self.create_order(self.create_bom((bulb, 1, {})))
        order.button_mark_done()
        bulb = self.overview(order)[1]["Bulb"]
        self.assertEqual((bulb["quantity"], bulb["quantity_waiting"]), (4, 6))
        self.assertEqual(bulb["waiting_reasons"], "Lot Missing")

    def test_mo_overview_of_what_waits_as_pdf(self):
        order, _bulb = self.create_short_order()
        report = self.env["report.mrp.report_mo_overview"]
        values = report._get_report_values(order.ids)
        content = self.env["ir.qweb"]._render("mrp.report_mo_overview", values)
        text = " ".join(html.fromstring(content).text_content().split())
        self.assertIn("Bulb At Completion 3.00 Units waiting, Not in Stock", text)

    def test_bom_overview_shows_the_effective_method(self):
        kit = self.create_product("Screw Set")
        screw = self.create_product("Screw")
        self.create_bom((screw, 4, {}), product=kit, type="phantom")
        panel = self.create_product("Panel", issue_method="manual")
        self.create_bom((screw, 1, {}), product=panel)
        bom = self.create_bom(
            (self.frame, 1, {}),
            (self.glue, 2, {"issue_method": "manual"}),
            (kit, 1, {"issue_method": "manual"}),
            (panel, 1, {}),
        )
        self.category.issue_method = "completion"
        data = self.env["report.mrp.report_bom_structure"].get_html(bom.id)
        lines = {line["name"]: line for line in data["lines"]["components"]}
        from_category = "At Completion (category Hardware)"
        self.assertEqual(lines["Frame"]["issue_method"], from_category)
        self.assertEqual(lines["Glue"]["issue_method"], "Manual (BoM line)")
        self.assertEqual(lines["Panel"]["issue_method"], "Manual (product Panel)")
        # A kit is never issued: what it consists of is.
        self.assertNotIn("issue_method", lines["Screw Set"])
        [in_kit] = lines["Screw Set"]["components"]
        self.assertEqual(in_kit["issue_method"], from_category)

    def test_bom_overview_knows_the_operation_of_a_kit(self):
        kit = self.create_product("Screw Set")
        screw = self.create_product("Screw")
        self.create_bom((screw, 4, {}), product=kit, type="phantom")
        bom = self.create_bom(
            (kit, 1, {"operation": "Fitting"}), operations=["Fitting"]
        )
        bom.operation_ids.workcenter_id.issue_method = "manual"
        data = self.env["report.mrp.report_bom_structure"].get_html(bom.id)
        [line] = data["lines"]["components"][0]["components"]
        self.assertEqual(line["issue_method"], "Manual (work center Fitting)")
        component = self.create_order(bom).move_raw_ids
        self.assertEqual(component.issue_method_source, "workcenter")

    def test_bom_overview_as_pdf(self):
        panel = self.create_product("Panel", issue_method="manual")
        self.create_bom((self.frame, 1, {}), product=panel)
        bom = self.create_bom(
            (panel, 1, {}), (self.glue, 2, {"issue_method": "manual"})
        )
        data = self.env["report.mrp.report_bom_structure"]._get_pdf_line(
            bom.id, unfolded=True
        )
        methods = [(line["name"], line.get("issue_method")) for line in data["lines"]]
        company = "At Completion (company)"
        self.assertEqual(
            methods,
            [
                ("Panel", "Manual (product Panel)"),
                ("Frame", company),
                ("Glue", "Manual (BoM line)"),
            ],
        )

    def production_order_tables(self, order):
        content = self.env["ir.actions.report"]._render_qweb_html(
            "mrp.report_mrporder", order.ids
        )[0]
        document = html.fromstring(content)
        tables = {}
        for heading in document.xpath("//h3"):
            table = heading.xpath("following-sibling::table[1]")
            if table:
                rows = table[0].xpath("tbody/tr")
                tables[" ".join(heading.text_content().split())] = [
                    [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
                    for row in rows
                ]
        return tables

    def test_production_order_separates_what_must_be_issued_by_hand(self):
        tables = self.production_order_tables(self.create_order(self.bom))
        self.assertEqual([row[1] for row in tables["Issue by Hand"]], ["Glue"])
        self.assertEqual(
            [row[0] for row in tables["Automatic (nothing to do)"]], ["Frame"]
        )
        self.assertNotIn("Components", tables)

    def test_production_order_does_not_print_a_reservation_as_consumed(self):
        order = self.create_order(self.bom)
        order.action_assign()
        order.action_start()
        [row] = self.production_order_tables(order)["Issue by Hand"]
        # To be written in.
        self.assertEqual(row[-2:], ["20 Units", ""])
        self.component(order, self.glue).action_record_planned()
        [row] = self.production_order_tables(order)["Issue by Hand"]
        self.assertEqual(row[-2:], ["20 Units", "20"])

    def test_production_order_without_manual_components_is_cores(self):
        order = self.create_order(self.create_bom((self.frame, 1, {})))
        tables = self.production_order_tables(order)
        self.assertEqual([row[0] for row in tables["Components"]], ["Frame"])

    def test_moves_analysis_groups_by_method(self):
        order = self.create_order(self.bom)
        groups = self.env["stock.move"].formatted_read_group(
            [("raw_material_production_id", "=", order.id)],
            ["issue_method"],
            ["product_uom_qty:sum"],
        )
        self.assertEqual(
            {group["issue_method"]: group["product_uom_qty:sum"] for group in groups},
            {"completion": 10, "manual": 20},
        )

    def test_products_and_bom_lines_group_by_method(self):
        self.frame.issue_method = "manual"
        templates = (self.frame + self.glue).product_tmpl_id
        groups = self.env["product.template"].formatted_read_group(
            [("id", "in", templates.ids)], ["issue_method"], ["__count"]
        )
        self.assertEqual(
            {group["issue_method"]: group["__count"] for group in groups},
            {"manual": 1, False: 1},
        )
        groups = self.env["mrp.bom.line"].formatted_read_group(
            [("bom_id", "=", self.bom.id)], ["issue_method"], ["__count"]
        )
        self.assertEqual(
            {group["issue_method"]: group["__count"] for group in groups},
            {"manual": 1, False: 1},
        )
