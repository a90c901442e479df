"""What a planner sees of what waits, and does about it."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_shortage import ShortageCase


class WaitingCase(ShortageCase):
    """10 tables, 7 frames: 3 frames wait."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"

    def park(self, quantity=10):
        return self.complete(self.create_order(self.bom, quantity))

    def search_exceptions(self, *domain):
        return self.env["mrp.backflush.exception"].search(
            [("product_id", "in", (self.frame | self.leg).ids), *domain]
        )


@tagged("post_install", "-at_install")
class TestNextStep(WaitingCase):
    """The list is grouped by what to do next."""

    STEPS = {
        "shortage": "receive",
        "reserved": "release",
        "not_picked": "transfer",
        "lot_missing": "lot",
        "lot_not_scanned": "lot",
        "lot_expired": "lot",
        "location_blocked": "location",
        "failure": "message",
    }

    def test_each_reason_has_one(self):
        exception = self.park()
        reasons = dict(exception._fields["reason"].selection)
        self.assertEqual(set(reasons), set(self.STEPS))
        for reason, step in self.STEPS.items():
            with self.subTest(reason=reason):
                exception.sudo()._write_system({"reason": reason})
                self.assertEqual(exception.next_step, step)
                self.assertTrue(exception.advice)
                self.assertIn(
                    exception, self.search_exceptions(("next_step", "=", step))
                )
                self.assertNotIn(
                    exception, self.search_exceptions(("next_step", "!=", step))
                )

    def test_grouped(self):
        exceptions = self.park() | self.park(2)
        exceptions[0].sudo()._write_system({"reason": "reserved"})
        groups = self.env["mrp.backflush.exception"]._read_group(
            [("id", "in", exceptions.ids)], ["next_step"], ["__count"]
        )
        self.assertEqual(groups, [("receive", 1), ("release", 1)])

    def test_nothing_to_do_about_what_is_closed(self):
        exception = self.park()
        exception.action_cancel("Counted again")
        self.assertFalse(exception.next_step)
        self.assertFalse(exception.advice)
        self.assertIn(exception, self.search_exceptions(("next_step", "=", False)))
        self.assertNotIn(
            exception, self.search_exceptions(("next_step", "=", "receive"))
        )

    def test_needs_action_is_more_than_waiting_for_stock(self):
        first, second = self.park(), self.park(2)
        second.sudo()._write_system({"reason": "lot_missing"})
        view = self.env.ref("mrp_backflush.mrp_backflush_exception_view_search")
        [node] = (
            self.env["mrp.backflush.exception"]
            .get_view(view.id)["arch"]
            .split('name="can_be_put_right"')[1:]
        )
        self.assertIn("Needs Action", node)
        steps = ["lot", "location", "message", "release", "transfer"]
        found = self.search_exceptions(("next_step", "in", steps))
        self.assertIn(second, found)
        self.assertNotIn(first, found)


@tagged("post_install", "-at_install")
class TestExpected(WaitingCase):
    """When stock is expected: the next that is to come to the place."""

    def bring(self, days, location=None, product=None):
        picking = self.prepare_transfer(
            product or self.frame, 5, self.supplier, location or self.stock
        )
        date = datetime(2030, 1, 1) + timedelta(days=days)
        picking.move_ids.date = date
        return date.date()

    def test_next_receipt(self):
        exception = self.park()
        self.assertFalse(exception.expected_date)
        self.assertIn("None is on its way", exception.advice)
        self.bring(20)
        date = self.bring(10)
        exception.invalidate_recordset()
        self.assertEqual(exception.expected_date, date)
        self.assertIn("01/11/2030", exception.advice)

    def test_to_a_shelf_below(self):
        exception = self.park()
        date = self.bring(1, self.create_location("Shelf"))
        exception.invalidate_recordset()
        self.assertEqual(exception.expected_date, date)

    def test_not_of_another_place_product_or_past(self):
        exception = self.park()
        elsewhere = self.create_location(
            "Elsewhere", location_id=self.warehouse.view_location_id.id
        )
        self.bring(1, elsewhere)
        self.bring(1, product=self.leg)
        self.receive(self.leg, 1)
        # From one shelf to another: no more is there then.
        self.prepare_transfer(
            self.frame, 1, self.create_location("A"), self.create_location("B")
        )
        exception.invalidate_recordset()
        self.assertFalse(exception.expected_date)

    def test_closed(self):
        exception = self.park()
        self.bring(1)
        exception.action_cancel("Not used")
        exception.invalidate_recordset()
        self.assertFalse(exception.expected_date)


@tagged("post_install", "-at_install")
class TestValueAndDays(WaitingCase):
    def read_sums(self, exceptions):
        [sums] = self.env["mrp.backflush.exception"]._read_group(
            [("id", "in", exceptions.ids)], [], ["value:sum", "age:avg"]
        )
        return sums

    def test_value(self):
        """3 frames of 4 each, and 2 of them: 12 + 8."""
        self.frame.standard_price = 4
        exceptions = self.park() | self.park(2)
        self.assertEqual(exceptions.mapped("value"), [12, 8])
        self.assertEqual(self.read_sums(exceptions)[0], 20)

    def test_value_in_another_unit(self):
        """2 dozens, of which 7 are there: 17 pieces of 4, however they are said."""
        self.frame.standard_price = 4
        dozen = self.env.ref("uom.product_uom_dozen")
        bom = self.create_bom((self.frame, 1, {"product_uom_id": dozen.id}))
        exception = self.complete(self.create_order(bom, 2))
        self.assertEqual(exception.value, 68)
        self.assertEqual(self.read_sums(exception)[0], 68)

    def test_value_of_what_is_closed(self):
        self.frame.standard_price = 4
        exception = self.park()
        exception.action_cancel("Not used")
        self.assertEqual(exception.value, 0)
        self.assertEqual(self.read_sums(exception)[0], 0)

    def test_days_open(self):
        """One for 3 days, one for 6: 4.5 on the average."""
        exceptions = self.park() | self.park(2)
        self.env.flush_all()
        for exception, days in zip(exceptions, (3, 6), strict=True):
            self.cr.execute(
                "UPDATE mrp_backflush_exception SET create_date = %s WHERE id = %s",
                [fields.Datetime.now() - timedelta(days=days, hours=1), exception.id],
            )
        exceptions.invalidate_recordset()
        self.assertEqual(exceptions.mapped("age"), [3, 6])
        self.assertEqual(self.read_sums(exceptions)[1], 4.5)

    def test_measures_have_plain_names(self):
        """And quantities of different units aren't added up."""
        described = self.env["mrp.backflush.exception"].fields_get(
            attributes=["string", "aggregator"]
        )
        names = {
            described[name]["string"]
            for name, attributes in described.items()
            if attributes.get("aggregator")
        }
        self.assertLessEqual({"Value", "Days Open"}, names)
        for name in ("quantity", "parked_quantity", "settled_quantity", "attempts"):
            self.assertFalse(described[name].get("aggregator"), name)


@tagged("post_install", "-at_install")
class TestListOfWaiting(WaitingCase):
    COLUMNS = {
        **{"next_step": {}, "expected_date": {}, "value": {}, "age": {}},
        **{"holders": {}, "holding_move_ids": {}, "advice": {}, "message": {}},
        "product_id": {"fields": {"display_name": {}}},
    }

    def count_queries(self, exceptions):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        records = self.env["mrp.backflush.exception"].browse(exceptions.ids)
        records.web_read(self.COLUMNS)
        return self.cr.sql_log_count - before

    def test_queries_dont_grow_with_rows(self):
        parts = self.create_parts(12)
        bom = self.create_bom(*((part, 1, {}) for part in parts))
        exceptions = self.complete(self.create_order(bom, 1))
        self.assertEqual(len(exceptions), 12)
        for part in parts:
            self.prepare_transfer(part, 1, self.supplier, self.stock)
        self.count_queries(exceptions[:2])
        self.assertEqual(
            self.count_queries(exceptions[:2]), self.count_queries(exceptions)
        )

    def test_links(self):
        picking = self.reserve_for_delivery(self.frame, 6)
        exception = self.park()
        self.assertEqual(exception.reason, "reserved")
        self.assertEqual(exception.holders, picking.name)
        self.assertIn(picking.name, exception.advice)
        for action, record in (
            (exception.action_open_order(), exception.production_id),
            (exception.action_open_holders(), picking),
        ):
            self.assertEqual(
                (action["res_model"], action["res_id"]), (record._name, record.id)
            )
        action = exception.action_open_forecast()
        self.assertEqual(action["context"]["active_id"], self.frame.id)

    def test_several_hold_it(self):
        pickings = self.reserve_for_delivery(self.frame, 2)
        pickings |= self.reserve_for_delivery(self.frame, 3)
        exception = self.park()
        self.assertEqual(set(exception.holders.split(", ")), {*pickings.mapped("name")})
        action = exception.action_open_holders()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, pickings.move_ids)


@tagged("post_install", "-at_install")
class TestTakeFromReservation(WaitingCase):
    """7 frames, 6 of them reserved for a delivery: of 5 tables 1 frame is there, and 4
    wait."""

    def setUp(self):
        super().setUp()
        self.picking = self.reserve_for_delivery(self.frame, 6)
        self.exception = self.park(5)
        self.assertEqual(self.exception.quantity, 4)
        self.env.user.group_ids += self.env.ref("mrp.group_mrp_manager")

    def test_as_far_as_needed_and_settled_at_once(self):
        self.exception.action_take_reservation()
        self.assertEqual(self.exception.state, "settled")
        # 6 less 4.
        self.assertEqual(self.picking.move_ids.quantity, 2)
        self.assertEqual(self.picking.move_ids.state, "partially_available")
        # 7 less 5.
        self.assertEqual(self.on_hand(self.frame), 2)
        self.assertEqual(self.reserved(self.frame), (2, 2))

    def test_a_note_on_both_documents(self):
        self.exception.action_take_reservation()
        name = self.exception.production_id.name
        for record in (self.picking, self.exception.production_id, self.exception):
            notes = "".join(record.message_ids.mapped("body"))
            self.assertIn(f"{name} took 4 Units of Frame", notes)
            self.assertIn(self.picking.name, notes)

    def test_who_is_due_last_loses_first(self):
        self.add_stock(self.frame, 3)
        later = self.reserve_for_delivery(self.frame, 3)
        self.picking.move_ids.date = fields.Datetime.now()
        later.move_ids.date = fields.Datetime.now() + timedelta(days=9)
        self.exception.action_take_reservation()
        # All 3 of the later one, and 1 of the other.
        self.assertEqual(later.move_ids.quantity, 0)
        self.assertEqual(self.picking.move_ids.quantity, 5)

    def test_what_is_free_is_taken_first(self):
        self.add_stock(self.frame, 3)
        self.exception.action_take_reservation()
        self.assertEqual(self.exception.state, "settled")
        self.assertEqual(self.picking.move_ids.quantity, 5)

    def test_nothing_is_reserved(self):
        self.picking.do_unreserve()
        self.exception.quantity = 40
        with self.assertRaisesRegex(UserError, "nothing that could be taken"):
            self.exception.action_take_reservation()

    def test_what_is_picked_already_stays(self):
        self.picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "nothing that could be taken"):
            self.exception.action_take_reservation()
        self.assertEqual(self.picking.move_ids.quantity, 6)

    def test_nobody_loses_for_nothing(self):
        """Its lots must be scanned, and nobody has."""
        self.company.lot_rule = "scan"
        bulb = self.create_product("Bulb", tracking="lot")
        lot = self.create_lot(bulb, "L1")
        self.add_stock(bulb, 4, lot)
        picking = self.reserve_for_delivery(bulb, 4)
        bom = self.create_bom((bulb, 1, {}), product=self.create_product("Lamp"))
        exception = self.complete(self.create_order(bom, 2))
        with self.assertRaises(UserError), self.cr.savepoint():
            exception.action_take_reservation()
        self.assertEqual(picking.move_ids.quantity, 4)
        exception.lot_id = lot
        exception.action_take_reservation()
        self.assertEqual(exception.state, "settled")
        self.assertEqual(picking.move_ids.quantity, 2)

    def test_closed_ones(self):
        self.exception.action_take_reservation()
        with self.assertRaises(UserError):
            self.exception.action_take_reservation()

    def test_who_may(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        keeper = self.create_user("keeper", "stock.group_stock_user")
        for person in (user, keeper):
            with self.assertRaises(AccessError):
                self.client(person).call(self.exception, "action_take_reservation")
        self.assertEqual(self.picking.move_ids.quantity, 6)
        chief = self.create_user("chief", "stock.group_stock_manager")
        self.client(chief).call(self.exception, "action_take_reservation")
        self.assertEqual(self.exception.state, "settled")

    def test_administrator_of_manufacturing_may(self):
        chief = self.create_user("chief", "mrp.group_mrp_manager")
        self.client(chief).call(self.exception, "action_take_reservation")
        self.assertEqual(self.exception.state, "settled")
