from lxml.html import fromstring

from odoo import Command
from odoo.tests import tagged

from ..common import BackflushCase


class ChoiceLogCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.create_product("Screw", stock=100)
        cls.glue = cls.create_product("Glue", stock=100)
        cls.bom = cls.create_bom(
            (cls.screw, 1, {}), (cls.glue, 2, {"issue_method": "manual"})
        )
        cls.screw_line, cls.glue_line = cls.bom.bom_line_ids
        cls.planner = cls.create_user(
            "planner", "mrp.group_mrp_manager", "product.group_product_manager"
        )

    def commit(self):
        """What the database's commit begins with."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def read_new(self, document):
        """What has been logged on the document since it was asked last.

        :return: a list of texts
        """
        self.commit()
        messages = document.message_ids.sorted("id")
        seen = getattr(self, "seen", self.env["mail.message"])
        self.seen = seen | messages
        return [self.tell(message) for message in messages - seen]

    def tell(self, message):
        told = message.tracking_value_ids.sudo()._tracking_value_format()
        changes = [
            f"{each['fieldInfo']['changedField']}: "
            f"{each['oldValue']} → {each['newValue']}"
            for each in told
        ]
        text = "\n".join(fromstring(f"<p>{message.body}</p>").itertext())
        return "\n".join(filter(None, [text, *changes]))


@tagged("post_install", "-at_install")
class TestLevelLog(ChoiceLogCase):
    """Changes of levels, in their chatter."""

    def test_product(self):
        product = self.screw.product_tmpl_id
        self.read_new(product)
        self.screw.with_user(self.planner).issue_method = "manual"
        [text] = self.read_new(product)
        self.assertEqual(
            text, f"For {self.company.name}\nIssue Method: Inherited → Manual"
        )
        self.assertEqual(product.message_ids[0].author_id, self.planner.partner_id)
        self.screw.issue_method = False
        [text] = self.read_new(product)
        self.assertIn("Issue Method: Manual → Inherited", text)

    def test_nothing_is_logged_where_nothing_changes(self):
        self.screw.issue_method = "manual"
        self.read_new(self.screw.product_tmpl_id)
        self.screw.issue_method = "manual"
        self.screw.issue_method = "start"
        self.screw.issue_method = "manual"
        self.screw.name = "Bolt"
        self.assertEqual(self.read_new(self.screw.product_tmpl_id), [])

    def test_category_says_both_of_each_company(self):
        other = self.env["res.company"].create({"name": "Other Factory"})
        self.read_new(self.category)
        self.category.shortage_rule = "park"
        self.category.with_company(other).write(
            {"issue_method": "manual", "shortage_rule": "block"}
        )
        first, second = self.read_new(self.category)
        self.assertEqual(
            first,
            f"For {self.company.name}\n"
            "Shortage Rule: Inherited → Let It Wait and Settle Later",
        )
        self.assertTrue(second.startswith("For Other Factory\n"))
        self.assertIn("Issue Method: Inherited → Manual", second)
        self.assertIn("Shortage Rule: Inherited → Block the Order", second)

    def test_work_center(self):
        workcenter = self.env["mrp.workcenter"].create({"name": "Bench"})
        shelf = self.create_location("Shelf")
        self.read_new(workcenter)
        workcenter.write({"issue_method": "start", "supply_location_id": shelf.id})
        [text] = self.read_new(workcenter)
        self.assertIn("Issue Method: Inherited → At Start", text)
        self.assertIn(f"Supply Location: Inherited → {shelf.display_name}", text)

    def test_lines_of_a_bom_are_one_message(self):
        shelf = self.create_location("Shelf")
        self.read_new(self.bom)
        self.bom.with_user(self.planner).bom_line_ids = [
            Command.update(self.screw_line.id, {"issue_method": "manual"}),
            Command.update(self.glue_line.id, {"supply_location_id": shelf.id}),
        ]
        [text] = self.read_new(self.bom)
        self.assertEqual(
            text.split("\n"),
            [
                "Components",
                "Screw, Issue Method: Inherited → Manual",
                f"Glue, Supply Location: Inherited → {shelf.display_name}",
            ],
        )
        self.assertEqual(self.bom.message_ids[0].author_id, self.planner.partner_id)

    def test_company_is_logged_on_its_contact_where_settings_lead(self):
        partner = self.company.partner_id
        self.read_new(partner)
        settings = self.env["res.config.settings"].create(
            {"issue_method": "manual", "exception_attempt_limit": 5}
        )
        settings.execute()
        [text] = self.read_new(partner)
        lines = text.split("\n")
        self.assertEqual(lines[0], f"Backflush settings of {self.company.name}")
        self.assertCountEqual(
            lines[1:],
            [
                "Default Issue Method: At Completion → Manual",
                "Failed Attempts Before an Activity: 3 → 5",
            ],
        )
        action = settings.action_open_log()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", partner.id)
        )

    def test_clients_cannot_switch_it_off(self):
        self.read_new(self.category)
        self.category.with_context(
            tracking_disable=True, mail_notrack=True
        ).issue_method = "manual"
        self.assertEqual(len(self.read_new(self.category)), 1)

    def test_no_statement_more_where_nothing_changes(self):
        for _time in range(2):
            self.screw_line.issue_method = "manual"
            self.commit()
        # Core writes who wrote last, and when.
        with self.assertQueryCount(1):
            self.screw_line.issue_method = "manual"
            self.commit()


@tagged("post_install", "-at_install")
class TestOrderLog(ChoiceLogCase):
    """What people choose and record on an order, in its chatter."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.create_order(cls.bom)
        cls.screws = cls.component(cls.order, cls.screw)
        cls.glues = cls.component(cls.order, cls.glue)
        cls.worker = cls.create_user("worker", "mrp.group_mrp_user")

    def setUp(self):
        super().setUp()
        self.read_new(self.order)

    def test_method(self):
        self.screws.with_user(self.worker).issue_method = "manual"
        self.assertEqual(
            self.read_new(self.order),
            ["Components\nScrew, Issue Method: At Completion (inherited) → Manual"],
        )
        self.assertEqual(self.order.message_ids[0].author_id, self.worker.partner_id)
        self.screws.issue_method = False
        [text] = self.read_new(self.order)
        self.assertIn("Manual → At Completion (inherited)", text)

    def test_location(self):
        shelf = self.create_location("Shelf")
        self.screws.location_id = shelf
        [text] = self.read_new(self.order)
        self.assertIn(
            f"Screw, Source Location: {self.stock.display_name} (inherited) → "
            f"{shelf.display_name}",
            text,
        )

    def test_records(self):
        # 10 tables take 20 of glue.
        self.glues.with_user(self.worker).action_record_planned()
        self.assertEqual(
            self.read_new(self.order),
            ["Components\nGlue, Quantity Used: not recorded → 20 Units"],
        )
        self.assertEqual(self.order.message_ids[0].author_id, self.worker.partner_id)
        self.glues.action_clear_record()
        [text] = self.read_new(self.order)
        self.assertIn("20 Units → not recorded", text)
        self.glues.action_record_unused()
        [text] = self.read_new(self.order)
        self.assertIn("not recorded → none used", text)
        self.glues.quantity = 7
        [text] = self.read_new(self.order)
        self.assertIn("none used → 7 Units", text)

    def test_several_records_are_one_message(self):
        self.screws.issue_method = "manual"
        self.read_new(self.order)
        self.order.move_raw_ids = [
            Command.update(self.screws.id, {"quantity": 3}),
            Command.update(self.glues.id, {"quantity": 4}),
        ]
        [text] = self.read_new(self.order)
        self.assertEqual(
            text.split("\n")[1:],
            [
                "Screw, Quantity Used: not recorded → 3 Units",
                "Glue, Quantity Used: not recorded → 4 Units",
            ],
        )

    def test_what_the_system_issues_is_not_logged(self):
        """Neither what it fills in and posts, nor what it carries over."""
        self.screws.issue_method = "manual"
        self.screws.action_record_planned()
        self.glues.issue_method = "completion"
        self.read_new(self.order)
        self.report(self.order, 6)
        self.finish(self.order.button_mark_done())
        self.assertEqual(self.order.state, "done")
        backorder = self.get_chain(self.order) - self.order
        told = "\n".join(self.read_new(self.order) + self.read_new(backorder))
        self.assertNotIn("Components\n", told)

    def test_what_core_does_with_an_order_is_no_record(self):
        self.order.do_unreserve()
        self.order.action_assign()
        self.change_quantity(self.order, 12)
        self.order.action_start()
        self.glues.action_issue(quantity=4)
        self.glues.action_return()
        parts = self.order._split_productions({self.order: [8, 4]})
        self.order.action_update_bom()
        told = "\n".join(text for part in parts for text in self.read_new(part))
        self.assertNotIn("Quantity Used", told)
        self.assertNotIn("Issue Method", told)
        self.assertNotIn("Source Location", told)

    def test_a_shortage_that_waits_is_no_record_of_a_person(self):
        self.company.shortage_rule = "park"
        # 30 needed, 8 there.
        self.add_stock(self.glue, -92)
        self.order.product_qty = 15
        self.glues.quantity = 30
        self.read_new(self.order)
        self.finish(self.order.button_mark_done())
        self.assertEqual(self.order.state, "done")
        told = "\n".join(self.read_new(self.order))
        self.assertNotIn("Quantity Used", told)

    def test_completing_many_orders_leaves_no_noise(self):
        orders = self.create_order(self.bom) + self.create_order(self.bom)
        self.commit()
        before = orders.message_ids
        result = orders.complete_orders(deviations="accept")
        self.assertEqual({each["result"] for each in result}, {"done"})
        self.commit()
        for message in orders.message_ids - before:
            self.assertNotIn("Components", message.body)
