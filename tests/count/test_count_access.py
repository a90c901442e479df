from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..remote import RemoteCase
from .test_count import CountCase

REFUSED = "odoo.exceptions.AccessError"


@tagged("post_install", "-at_install")
class TestCountAccess(CountCase, RemoteCase):
    """Who may count, who may post what was found, and who sees nothing of it: over
    HTTP, as clients call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.complete(10)
        cls.sheet = cls.env["mrp.line.count"].create({"location_id": cls.shelf.id})
        cls.sheet.action_load()
        cls.line = cls.sheet.line_ids
        cls.env.flush_all()

    def get_error(self, *args, **kwargs):
        result, error = self.call(*args, **kwargs)
        self.assertIsNone(result)
        return error

    def test_every_manufacturing_user_counts(self):
        self.log_in("worker")
        _result, error = self.call(
            "mrp.line.count.line", "write", self.line.ids, {"counted_quantity": 890}
        )
        self.assertIsNone(error)
        self.assertEqual(self.line.book_quantity, 900)
        self.assertEqual(self.line.counted_by_id, self.users["worker"])

    def test_only_who_may_validate_posts(self):
        self.line.counted_quantity = 890
        self.env.flush_all()
        self.log_in("worker")
        error = self.get_error("mrp.line.count", "action_validate", self.sheet.ids)
        self.assertEqual(error[0], REFUSED)
        # Nor by the fields that it sets.
        for vals in ({"state": "done"}, {"date_done": "2026-01-01 00:00:00"}):
            error = self.get_error("mrp.line.count", "write", self.sheet.ids, vals)
            self.assertEqual(error[0], REFUSED)
        self.assertEqual((self.sheet.state, self.on_shelf()), ("draft", 900))
        self.users["worker"].group_ids += self.env.ref(
            "mrp_backflush.group_line_count_validate"
        )
        self.env.flush_all()
        _result, error = self.call("mrp.line.count", "action_validate", self.sheet.ids)
        self.assertIsNone(error)
        self.assertEqual((self.sheet.state, self.on_shelf()), ("done", 890))

    def test_only_administrators_cancel_what_is_posted(self):
        self.line.counted_quantity = 890
        self.sheet.action_validate()
        self.users["worker"].group_ids += self.env.ref(
            "mrp_backflush.group_line_count_validate"
        )
        self.env.flush_all()
        self.log_in("worker")
        arguments = ("mrp.line.count", "action_cancel", self.sheet.ids, "Wrong")
        self.assertEqual(self.get_error(*arguments)[0], REFUSED)
        for model, ids in (
            ("mrp.line.count", self.sheet.ids),
            ("mrp.line.count.line", self.line.ids),
            ("mrp.consumption.share", self.line.share_ids.ids),
        ):
            self.assertTrue(self.get_error(model, "unlink", ids))
        self.log_in("manager")
        self.assertIsNone(self.call(*arguments)[1])
        self.assertEqual(self.on_shelf(), 900)

    def test_nothing_is_said_of_what_is_closed(self):
        self.line.counted_quantity = 890
        self.sheet.action_validate()
        self.env.flush_all()
        self.log_in("manager")
        for vals in (
            {"counted_quantity": 1},
            {"is_distributed": False},
            {"product_id": self.finished.id},
        ):
            self.assertTrue(
                self.get_error("mrp.line.count.line", "write", self.line.ids, vals)
            )
        vals = {"count_id": self.sheet.id, "product_id": self.finished.id}
        self.assertTrue(
            self.get_error(
                "mrp.line.count.line", "create", [{**vals, "counted_quantity": 1}]
            )
        )
        self.assertTrue(
            self.get_error("mrp.line.count.line", "action_count_again", self.line.ids)
        )

    def test_shares_and_pending_moves_are_the_systems(self):
        self.line.counted_quantity = 890
        self.env.flush_all()
        self.log_in("manager")
        share = self.line.share_ids
        error = self.get_error(
            "mrp.consumption.share", "write", share.ids, {"base_quantity": 1}
        )
        self.assertEqual(error[0], REFUSED)
        error = self.get_error(
            "stock.move", "write", self.order.move_raw_ids.ids, {"uncounted_value": 99}
        )
        self.assertEqual(error[0], REFUSED)
        vals = {
            "product_id": self.screw.id,
            "location_id": self.shelf.id,
            "location_dest_id": self.stock.id,
        }
        for forged in ({"is_count_pending": True}, {"line_count_id": self.sheet.id}):
            error = self.get_error("stock.move", "create", [{**vals, **forged}])
            self.assertEqual(error[0], REFUSED)

    def test_no_context_of_a_client_counts(self):
        """Values that the server sets don't come from default values."""
        self.log_in("worker")
        lies = {
            "default_book_quantity": 1,
            "default_state": "done",
            "default_counted_at": "2020-01-01 00:00:00",
            "default_is_distributed": False,
            "default_snapshot_number": 99,
        }
        result, error = self.call(
            "mrp.line.count", "create", {"location_id": self.stock.id}, context=lies
        )
        self.assertIsNone(error)
        sheet = self.env["mrp.line.count"].browse(result)
        self.assertEqual(sheet.state, "draft")
        result, error = self.call(
            *("mrp.line.count.line", "create"),
            {
                "count_id": sheet.id,
                "product_id": self.screw.id,
                "counted_quantity": 895,
            },
            context=lies,
        )
        self.assertIsNone(error)
        line = self.env["mrp.line.count.line"].browse(result)
        self.assertEqual((line.book_quantity, line.is_distributed), (900, True))

    def test_others_see_nothing(self):
        """Who works in the warehouse, who is employed, and customers."""
        new_test_user(self.env, login="customer", groups="base.group_portal")
        self.line.counted_quantity = 890
        self.env.flush_all()
        for login in ("clerk", "employee", "customer"):
            self.log_in(login)
            for model, ids in (
                ("mrp.line.count", self.sheet.ids),
                ("mrp.line.count.line", self.line.ids),
                ("mrp.consumption.share", self.line.share_ids.ids),
            ):
                self.assertEqual(self.get_error(model, "read", ids)[0], REFUSED)
            for name in ("action_validate", "action_load", "get_counting"):
                error = self.get_error("mrp.line.count", name, self.sheet.ids)
                self.assertEqual(error[0], REFUSED, (login, name))
            error = self.get_error(
                "mrp.line.count.line", "action_nothing_there", self.line.ids
            )
            self.assertEqual(error[0], REFUSED)
        self.assertEqual((self.line.counted_quantity, self.sheet.state), (890, "draft"))


@tagged("post_install", "-at_install")
class TestOtherCompany(CountCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.stranger = cls.create_user(
            "stranger",
            *("mrp.group_mrp_user", "mrp.group_mrp_manager"),
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )

    def test_counts_of_another_company(self):
        self.complete(10)
        sheet = self.count(890)
        own = sheet.with_user(self.stranger).with_company(self.other)
        self.assertFalse(own.search([]))
        self.assertFalse(
            self.env["mrp.consumption.share"].with_user(self.stranger).search([])
        )
        with self.assertRaises(AccessError):
            own.action_validate()
        with self.assertRaises(AccessError):
            own.action_cancel("Mine")
        with self.assertRaises(AccessError):
            own.line_ids.counted_quantity = 1
        with self.assertRaises(AccessError):
            own.create({"location_id": self.shelf.id, "company_id": self.company.id})

    def test_place_of_another_company(self):
        self.other.use_line_count = True
        sheets = self.env["mrp.line.count"].with_user(self.stranger)
        with self.assertRaises(UserError):
            sheets.with_company(self.other).create({"location_id": self.shelf.id})

    def test_place_that_companies_share(self):
        # What the one has used is the other's to count neither now nor later.
        self.other.use_line_count = True
        place = self.create_location("Shared", company_id=False, location_id=False)
        self.bom.bom_line_ids.supply_location_id = place
        self.add_stock(self.screw, 200, location=place)
        order = self.complete(10)
        sheet = self.count(95, location=place)
        sheet.action_validate()
        self.assertEqual(self.get_shares(sheet), {order: 5})
        other = self.env["mrp.line.count"].with_company(self.other)
        other = other.create({"location_id": place.id, "company_id": self.other.id})
        other.action_load()
        line = self.get_line(other)
        line.counted_quantity = 95
        self.assertEqual((line.book_quantity, line.issued_quantity), (95, 0))
        self.assertFalse(line.share_ids)

    def test_exception_is_not_counted_where_nobody_counts(self):
        self.company.shortage_rule = "park"
        nut = self.create_product("Nut")
        order = self.complete(
            10,
            self.create_bom((nut, 1, {}), product=self.create_product("Chair")),
        )
        self.company.use_line_count = False
        with self.assertRaisesRegex(UserError, "Switch on Line Counts"):
            order.backflush_exception_ids.action_count(5)
