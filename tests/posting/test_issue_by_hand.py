"""The work list to issue by hand over all orders, and the pick list that is printed."""

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import BackflushCase


class HandCase(BackflushCase):
    """Lamps of 2 l of glue, by hand, and a backflushed frame. 30 of glue and 100 frames
    are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.glue = cls.create_product("Glue", stock=30, issue_method="manual")
        cls.frame = cls.create_product("Frame", stock=100)
        cls.bom = cls.create_bom((cls.glue, 2, {}), (cls.frame, 1, {}))
        cls.action = cls.env.ref("mrp_backflush.action_issue_by_hand")

    def list_components(self, env=None, name=None):
        """What the work list shows.

        :param name: of a filter of the search
        """
        model = (env or self.env)["stock.move"]
        domain = safe_eval(self.action.domain)
        if name:
            view = self.env.ref("mrp_backflush.issue_by_hand_view_search")
            arch = html.fromstring(view.arch)
            [text] = arch.xpath(f"//filter[@name='{name}']/@domain")
            domain += safe_eval(text, {"uid": model.env.uid})
        return model.search([*domain, ("product_id", "in", self.glue.ids)])


@tagged("post_install", "-at_install")
class TestIssueByHand(HandCase):
    def test_what_is_listed(self):
        """Of confirmed orders what is manual, and wasn't recorded or issued in full."""
        order = self.create_order(self.bom, quantity=5)
        part = self.component(order, self.glue)
        self.create_order(self.bom, confirm=False)
        self.create_order(self.bom).action_cancel()
        recorded = self.create_order(self.bom, quantity=1)
        self.component(recorded, self.glue).action_record_planned()
        done = self.create_order(self.bom, quantity=1)
        self.finish(done.button_mark_done())
        self.assertEqual(done.state, "done")
        issued = self.create_order(self.bom, quantity=1)
        self.component(issued, self.glue).action_issue()
        self.assertEqual(self.list_components(), part)

    def test_open_need_and_stock(self):
        """5 lamps need 10 of glue; 4 were issued. 30 − 4 are there, 20 of them held by
        another order of 10 lamps: 6 for the first, 6 + 20 for that."""
        order = self.create_order(self.bom, quantity=5)
        part = self.component(order, self.glue)
        part.action_issue(4)
        part._do_unreserve()
        other = self.create_order(self.bom, quantity=10)
        other.action_assign()
        held = self.component(other, self.glue)
        self.env.invalidate_all()
        self.assertEqual((part.quantity_to_issue, part.available_to_issue), (6, 6))
        self.assertEqual((held.quantity_to_issue, held.available_to_issue), (20, 26))
        self.assertTrue(part.is_available_to_issue)

    def test_filters(self):
        mine = self.create_order(self.bom, quantity=5)
        mine.user_id = self.env.user
        worker = self.create_user("worker", "mrp.group_mrp_user")
        theirs = self.create_order(self.bom, quantity=20)
        theirs.user_id = worker
        late = self.component(mine, self.glue)
        later = self.component(theirs, self.glue)
        (late | later)._do_unreserve()
        now = fields.Datetime.now()
        late.date = fields.Datetime.subtract(now, days=2)
        later.date = fields.Datetime.add(now, days=2)
        self.env.flush_all()
        for name, expected in (
            *(("own", late), ("late", late), ("today", late)),
            # 10 of 30, and 40.
            *(("available", late), ("missing", later)),
        ):
            self.assertEqual(self.list_components(name=name), expected, name)

    def test_open_needs_are_issued(self):
        orders = [self.create_order(self.bom, quantity=n) for n in (2, 3)]
        parts = self.list_components()
        answer = self.client().call(parts, "action_issue_by_hand")
        self.assertEqual(self.on_hand(self.glue), 20)
        self.assertEqual([part.issued_quantity for part in parts], [4, 6])
        text = answer["params"]["message"]
        for line in (
            f"4 Units of Glue, {orders[0].name}",
            f"6 Units of Glue, {orders[1].name}",
        ):
            self.assertIn(line, text)
        self.assertFalse(self.list_components())

    def test_one_error_names_all_that_failed_and_what_can_be_issued(self):
        self.company.shortage_rule = "block"
        resin = self.create_product("Resin", tracking="lot", issue_method="manual")
        resin_bom = self.create_bom(
            (resin, 1, {}), product=self.create_product("Shade")
        )
        good = self.create_order(self.bom, quantity=5)
        short = self.create_order(self.bom, quantity=50)
        without_lot = self.create_order(resin_bom, quantity=3)
        parts = self.env["stock.move"].union(
            self.component(good, self.glue),
            self.component(short, self.glue),
            self.component(without_lot, resin),
        )
        with self.assertRaises(UserError) as caught:
            parts.action_issue_by_hand()
        failed, _gap, others = str(caught.exception).partition("These can be")
        self.assertIn(f"100 Units of Glue, {short.name}", failed)
        self.assertIn(f"3 Units of Resin, {without_lot.name}", failed)
        self.assertIn(f"10 Units of Glue, {good.name}", others)
        self.assertNotIn(short.name, others)
        self.assertEqual(self.on_hand(self.glue), 30)
        self.assertFalse(any(part.issued_quantity for part in parts))

    def test_other_quantities_are_entered_in_the_orders_dialog(self):
        order = self.create_order(self.bom, quantity=5)
        part = self.component(order, self.glue)
        dialog = self.open(part.action_open_order_issue())
        self.assertEqual(dialog.production_id, order)

    def test_users_of_manufacturing_only(self):
        part = self.component(self.create_order(self.bom), self.glue)
        clerk = self.create_user("clerk", "stock.group_stock_user")
        for name in (
            *("action_issue_by_hand", "action_print_pick_list"),
            "action_open_order_issue",
        ):
            with self.assertRaises(AccessError):
                self.client(clerk).call(part, name)
        menu = self.env.ref("mrp_backflush.menu_issue_by_hand")
        self.assertEqual(menu.group_ids, self.env.ref("mrp.group_mrp_user"))

    def test_own_company_only(self):
        self.create_order(self.bom)
        other = self.env["res.company"].create({"name": "Other Works"})
        stranger = self.create_user(
            "stranger",
            "mrp.group_mrp_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(self.list_components(self.env(user=stranger)))

    def test_rows_cost_no_statements(self):
        """The list of 2 components and that of 30 take as many."""
        view = self.env.ref("mrp_backflush.issue_by_hand_view_list")
        arch = self.env["stock.move"].get_view(view.id, "list")["arch"]
        names = html.fromstring(arch).xpath("//field/@name")
        specification = {
            name: {"fields": {"display_name": {}}}
            if self.env["stock.move"]._fields[name].relational
            else {}
            for name in names
        }
        counts = []
        for number in (2, 28):
            orders = self.env["mrp.production"].create(
                [
                    {"product_id": self.finished.id, "bom_id": self.bom.id}
                    for _index in range(number)
                ]
            )
            orders.action_confirm()
            self.env.flush_all()
            # Once before, so that what is kept in caches is there.
            for _time in range(2):
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                rows = self.env["stock.move"].web_search_read(
                    safe_eval(self.action.domain), specification
                )["records"]
                count = self.cr.sql_log_count - before
            counts.append(count)
        self.assertGreaterEqual(len(rows), 30)
        self.assertEqual(counts[0], counts[1])


@tagged("post_install", "-at_install")
class TestPickList(HandCase):
    """Glue lies on shelf B and shelf A, resin in lots on shelf C."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.glue.barcode = "5901234123457"
        cls.resin = cls.create_product("Resin", tracking="lot", issue_method="manual")
        cls.shelves = {name: cls.create_location(name) for name in ("B", "A", "C")}
        cls.lot = cls.create_lot(cls.resin, "R-1")
        cls.add_stock(cls.resin, 50, lot=cls.lot, location=cls.shelves["C"])
        cls.tack = cls.create_product("Tack", issue_method="manual")
        cls.add_stock(cls.tack, 4, location=cls.shelves["B"])
        cls.add_stock(cls.tack, 50, location=cls.shelves["A"])
        cls.bom = cls.create_bom(
            *((cls.resin, 1, {}), (cls.tack, 1, {}), (cls.frame, 1, {})),
            product=cls.create_product("Wall Lamp"),
        )

    def print_list(self, records, name="report_pick_list"):
        """:return: heading and rows of the table, and the whole document"""
        content = self.env["ir.actions.report"]._render_qweb_html(
            f"mrp_backflush.{name}", records.ids
        )[0]
        document = html.fromstring(content)

        def read(row, cell):
            return [" ".join(each.text_content().split()) for each in row.xpath(cell)]

        head = [read(row, "th") for row in document.xpath("//thead/tr")]
        rows = [read(row, "td") for row in document.xpath("//tbody/tr")]
        return head and head[0], rows, document

    def test_one_order_in_walking_order(self):
        """6 of each: 4 tacks of shelf B were put there first, then 2 of shelf A."""
        order = self.create_order(self.bom, quantity=6)
        head, rows, document = self.print_list(order)
        self.assertEqual(
            head,
            ["", "From", "Component", "Lot/Serial Number", "Quantity", "Taken"],
        )
        place = self.stock.display_name
        self.assertEqual(
            rows,
            [
                ["", f"{place}/A", "Tack", "", "2 Units", ""],
                ["", f"{place}/B", "Tack", "", "4 Units", ""],
                ["", f"{place}/C", "Resin", "R-1", "6 Units", ""],
            ],
        )
        self.assertIn(order.name, document.text_content())

    def test_barcodes_of_products_and_lots(self):
        order = self.create_order(self.bom, quantity=6)
        self.tack.barcode = "4006381333931"
        _head, _rows, document = self.print_list(order)
        # Of the order, of the tack's two rows, and of the lot.
        self.assertEqual(len(document.xpath("//img[contains(@src, 'barcode')]")), 0)
        names = document.xpath("//img/@alt")
        self.assertEqual(
            sorted(names),
            sorted(
                [
                    f"Barcode {n}"
                    for n in (order.name, "4006381333931", "4006381333931", "R-1")
                ]
            ),
        )

    def test_many_orders_as_one_walk(self):
        orders = self.create_order(self.bom, quantity=1)
        orders += self.create_order(self.bom, quantity=2)
        head, rows, _document = self.print_list(orders)
        self.assertEqual(head[1], "Order")
        self.assertEqual(
            [(row[1], row[3], row[5]) for row in rows if row[3] == "Resin"],
            [
                (orders[0].name, "Resin", "1 Unit"),
                (orders[1].name, "Resin", "2 Units"),
            ],
        )
        self.assertEqual([row[2] for row in rows], sorted(row[2] for row in rows))

    def test_what_is_not_there_is_printed_so(self):
        order = self.create_order(self.bom, quantity=60)
        _head, rows, _document = self.print_list(order)
        self.assertIn("6 Units not in stock", [row[4] for row in rows])

    def test_selected_components_of_the_work_list(self):
        order = self.create_order(self.bom, quantity=6)
        part = self.component(order, self.resin)
        worker = self.create_user("worker", "mrp.group_mrp_user")
        action = self.client(worker).call(part, "action_print_pick_list")
        self.assertEqual(
            action["report_name"], "mrp_backflush.report_component_pick_list"
        )
        _head, rows, _document = self.print_list(part, "report_component_pick_list")
        self.assertEqual([row[2] for row in rows], ["Resin"])

    def test_what_was_issued_is_not_picked_again(self):
        order = self.create_order(self.bom, quantity=6)
        self.component(order, self.resin).action_issue(4)
        self.component(order, self.tack).action_issue()
        _head, rows, _document = self.print_list(order)
        self.assertEqual([(row[2], row[4]) for row in rows], [("Resin", "2 Units")])
        self.component(order, self.resin).action_issue()
        _head, rows, document = self.print_list(order)
        self.assertEqual(rows, [])
        self.assertIn("Nothing is to be issued by hand", document.text_content())

    def test_the_orders_own_print_out(self):
        """Place, lot, quantity with its unit, and a cell to write in; what was issued
        is printed there."""
        order = self.create_order(self.bom, quantity=6)
        content = self.env["ir.actions.report"]._render_qweb_html(
            "mrp.report_mrporder", order.ids
        )[0]
        table = html.fromstring(content).xpath(
            "//h3[contains(., 'Issue by Hand')]/following-sibling::table[1]"
        )[0]
        rows = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("td")]
            for row in table.xpath("tbody/tr")
        ]
        place = self.stock.display_name
        self.assertEqual(
            rows,
            [
                ["", "Tack", f"{place}/A", "", "2 Units", ""],
                ["", "Tack", f"{place}/B", "", "4 Units", ""],
                ["", "Resin", f"{place}/C", "R-1", "6 Units", ""],
            ],
        )
        self.component(order, self.resin).action_issue(5)
        used = [
            (row["product"], row["lot"], row["used"])
            for row in order._get_rows_by_hand()
            if row["used"] is not None
        ]
        self.assertEqual(used, [(self.resin, self.lot, "5")])

    def test_it_is_in_the_print_menu_of_orders(self):
        report = self.env.ref("mrp_backflush.action_report_pick_list")
        self.assertEqual(report.binding_model_id.model, "mrp.production")
        self.assertEqual(report.binding_view_types, "list,form")
