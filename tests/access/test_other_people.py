from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import BackflushCase

MANUFACTURING = ("mrp.group_mrp_user", "stock.group_stock_user")


class OtherPeopleCase(BackflushCase):
    """A worker of this company, a colleague, and a stranger of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Factory"})
        cls.other_warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.other.id)], limit=1
        ) or cls.env["stock.warehouse"].create(
            {"name": "Other", "code": "OTH", "company_id": cls.other.id}
        )
        cls.worker = cls.create_user("worker", *MANUFACTURING)
        cls.colleague = cls.create_user("colleague", *MANUFACTURING)
        cls.stranger = cls.create_user(
            *("stranger", *MANUFACTURING),
            **{"company_id": cls.other.id, "company_ids": [Command.set(cls.other.ids)]},
        )
        cls.frame = cls.create_product("Frame", company_id=cls.company.id)
        cls.add_stock(cls.frame, 100)
        cls.bom = cls.create_bom((cls.frame, 1, {}), company_id=cls.company.id)
        cls.order = cls.create_order(cls.bom, quantity=5)


@tagged("post_install", "-at_install")
class TestDialogs(OtherPeopleCase):
    """A dialog is of who has opened it, and about what they may see."""

    def test_order_of_another_company(self):
        """By the fields that a client sends, by those that it opens a form with, and by
        default values in its context: nothing is told of the order."""
        client = self.client(self.stranger)
        line = {"product_id": {"fields": {"display_name": {}}}, "quantity": {}}
        asked = {"production_id": {}, "line_ids": {"fields": line}}
        values = {"production_id": self.order.id}
        for model in (
            *("mrp.component.issue", "mrp.component.return", "mrp.backflush.preview"),
        ):
            dialogs = self.env[model]
            context = {"default_production_id": self.order.id}
            for method, arguments, named in (
                ("create", ([values],), {}),
                ("web_save", (values, asked), {}),
                ("create", ([{}],), {"context": context}),
                ("onchange", (values, ["production_id"], asked), {}),
                ("onchange", ({}, [], asked), {"context": context}),
            ):
                # As in another process.
                self.env.invalidate_all()
                with self.subTest(model=model, method=method, **named):
                    with self.assertRaises(AccessError) as caught:
                        if method == "create":
                            self.create_as(client, dialogs, *arguments, **named)
                        else:
                            client.call(dialogs, method, *arguments, **named)
                    self.assertNotIn("Frame", str(caught.exception))

    def create_as(self, client, dialogs, vals_list, context=None):
        env = client.env(context={**client.context, **(context or {})})
        dialogs.with_env(env).create(vals_list)

    def test_completing_orders_of_another_company(self):
        client = self.client(self.stranger)
        values = {"production_ids": [[Command.SET, 0, self.order.ids]]}
        asked = {
            "production_ids": {},
            "line_ids": {"fields": {"product_id": {"fields": {"display_name": {}}}}},
        }
        dialogs = self.env["mrp.complete.orders"]
        with self.assertRaises(AccessError):
            client.call(dialogs, "web_save", values, asked)
        with self.assertRaises(AccessError):
            client.call(dialogs, "onchange", values, ["production_ids"], asked)
        dialog = dialogs.with_user(self.stranger).create({})
        with self.assertRaises(AccessError):
            client.call(
                *(dialog, "write"),
                {"line_ids": [[0, 0, {"production_id": self.order.id}]]},
            )

    def test_component_of_another_company(self):
        """A line that a client adds to a dialog of its own."""
        [component] = self.order.move_raw_ids
        order = self.env["mrp.production"].with_user(self.stranger)
        order = order.create({"product_id": self.create_product("Bulb").id})
        client = self.client(self.stranger)
        for model, name in (
            ("mrp.component.issue", "issue_id"),
            ("mrp.component.return", "return_id"),
        ):
            dialog = order.env[model].create({"production_id": order.id})
            self.assertFalse(dialog.line_ids)
            line = {"move_id": component.id, "quantity": 1}
            self.env.invalidate_all()
            nested = {"line_ids": [[Command.CREATE, 0, line]]}
            asked = {"line_ids": {"fields": {"product_id": {"fields": {}}}}}
            with self.assertRaises(AccessError):
                client.call(dialog, "write", nested)
            with self.assertRaises(AccessError):
                client.call(dialog.line_ids, "web_save", {**line, name: dialog.id}, {})
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                client.call(dialog, "onchange", nested, ["line_ids"], asked)

    def test_of_others(self):
        """Neither colleagues nor strangers see, change or press it."""
        dialogs = [
            self.env[model].with_user(self.worker).create(values)
            for model, values in (
                ("mrp.component.issue", {"production_id": self.order.id}),
                ("mrp.component.return", {"production_id": self.order.id}),
                ("mrp.backflush.preview", {"production_id": self.order.id}),
                ("mrp.complete.orders", {"production_ids": self.order.ids}),
            )
        ]
        dialogs[0].line_ids.quantity = 2
        self.env.flush_all()
        for user in (self.colleague, self.stranger):
            for dialog in dialogs:
                for records in (dialog, dialog.line_ids):
                    with self.subTest(user=user.login, model=records._name):
                        others = records.with_user(user)
                        self.assertFalse(others.search([]))
                        if records:
                            with self.assertRaises(AccessError):
                                others.read()
                            with self.assertRaises(AccessError):
                                others.write({})
            for dialog, button in zip(
                dialogs[::3], ("action_issue", "action_complete_all"), strict=True
            ):
                with self.assertRaises(AccessError):
                    getattr(dialog.with_user(user), button)()
        self.assertEqual(self.on_hand(self.frame), 100)
        dialogs[0].action_issue()
        self.assertEqual(self.on_hand(self.frame), 98)

    def test_one_who_manufactures_and_no_more(self):
        """What dialogs find out they find out with this user's rights: 2 of 5 issued, 1
        returned, and the rest completed."""
        user = self.create_user("maker", "mrp.group_mrp_user")
        client, order = self.client(user), self.order.with_user(user)
        dialog = client.open(order.action_open_issue())
        with dialog.line_ids.edit(0) as line:
            self.assertEqual((line.open_quantity, line.quantity), (5, 0))
            line.quantity = 2
        dialog.press("action_issue")
        self.assertEqual(self.on_hand(self.frame), 98)
        dialog = client.open(order.action_open_return())
        with dialog.line_ids.edit(0) as line:
            line.quantity = 1
        dialog.press("action_return")
        self.assertEqual(self.on_hand(self.frame), 99)
        preview = order.env["mrp.backflush.preview"].create({"production_id": order.id})
        self.assertEqual(preview.line_ids.quantity, 4)
        dialog = order.env["mrp.complete.orders"].create({"production_ids": order.ids})
        self.assertEqual(dialog.line_ids.feasibility, "feasible")
        dialog.action_complete_all()
        self.assertEqual((order.state, self.on_hand(self.frame)), ("done", 95))


@tagged("post_install", "-at_install")
class TestReservationsOfAnotherCompany(OtherPeopleCase):
    """At a place that companies share: what the other one holds is no secret, for
    whom is. 10 are there, 8 held."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls.create_location("Shared", location_id=False, company_id=False)
        cls.varnish = cls.create_product("Varnish")
        cls.add_stock(cls.varnish, 10, location=cls.shared)
        cls.picking = cls.env["stock.picking"].create(
            {
                "name": "SECRET/OUT/1",
                "picking_type_id": cls.other_warehouse.out_type_id.id,
                "location_id": cls.shared.id,
                "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
                "move_ids": [
                    Command.create(
                        {
                            **{"product_id": cls.varnish.id, "product_uom_qty": 8},
                            **{"company_id": cls.other.id},
                            "location_id": cls.shared.id,
                        }
                    )
                ],
            }
        )
        cls.picking.action_confirm()
        cls.picking.action_assign()
        assert cls.picking.move_ids.quantity == 8
        bom = cls.create_bom((cls.varnish, 1, {}))
        cls.order = cls.create_order(bom, location_src_id=cls.shared.id)
        cls.order = cls.order.with_user(cls.worker)

    def assert_unnamed(self, text, quantity=8):
        self.assertIn("another company", text)
        self.assertIn(f"{quantity}", text)
        self.assertNotIn("SECRET", text)

    def test_preview(self):
        self.company.shortage_rule = "park"
        self.assert_unnamed(str(self.order.get_backflush_plan()))
        preview = self.order.env["mrp.backflush.preview"].create(
            {"production_id": self.order.id}
        )
        self.assert_unnamed(preview.line_ids.remarks)

    def test_block(self):
        self.company.shortage_rule = "block"
        with self.assertRaises(UserError) as caught:
            self.order.button_mark_done()
        self.assert_unnamed(str(caught.exception))
        [answer] = self.order.complete_orders()
        self.assert_unnamed(answer["message"])

    def test_park(self):
        self.company.shortage_rule = "park"
        self.order.button_mark_done()
        exception = self.order.backflush_exception_ids
        self.assert_unnamed(exception.message)
        exception.action_retry()
        self.assert_unnamed(exception.message)
        self.assertNotIn("SECRET", "".join(exception.message_ids.mapped("body")))

    def test_allow(self):
        """10 are taken: each company hears of the 8, and of no other's document."""
        self.company.tell_taken_reservations = True
        self.assert_unnamed(str(self.order.get_backflush_plan()))
        # By a scheduled action: core lets who can't see it take nothing from it.
        self.order.sudo().button_mark_done()
        notes = "".join(self.order.message_ids.mapped("body"))
        self.assert_unnamed(notes)
        told = "".join(self.picking.message_ids.mapped("body"))
        self.assertIn("Another company took 8", told)
        self.assertNotIn(self.order.name, told)
