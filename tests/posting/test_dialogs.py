"""What the dialogs of an order say, and what they do."""

from odoo.tests import tagged

from ..common import BackflushCase


class DialogCase(BackflushCase):
    """A lamp of 6 screws (backflushed), 1 LED (manual, tracked by lot) and 1 glue
    (manual); 10 to make. 100 screws, 4 and 20 LEDs of two lots, 5 glue are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screw = cls.create_product("Screw", stock=100, barcode="SCREW")
        cls.led = cls.create_product("LED Module", tracking="lot", barcode="LED")
        cls.lots = [cls.create_lot(cls.led, name) for name in ("L-1", "L-2")]
        for lot, quantity in zip(cls.lots, (4, 20), strict=True):
            cls.add_stock(cls.led, quantity, lot)
        cls.glue = cls.create_product("Glue", stock=5, default_code="GLUE")
        manual = {"issue_method": "manual"}
        cls.bom = cls.create_bom(
            (cls.screw, 6, {}),
            (cls.led, 1, manual),
            (cls.glue, 1, manual),
            consumption="flexible",
        )

    def create_lamps(self, consumption):
        self.bom.consumption = consumption
        return self.create_order(self.bom)


@tagged("post_install", "-at_install")
class TestIssueDialog(DialogCase):
    def setUp(self):
        super().setUp()
        self.order = self.create_order(self.bom)

    def open_issue(self):
        return self.open(self.order.action_open_issue())

    def read_quantities(self, dialog):
        """Quantities by product."""
        lines = [dialog.line_ids.edit(number) for number in range(len(dialog.line_ids))]
        return {line.product_id.name: line.quantity for line in lines}

    def read_line(self, dialog, product):
        lines = [dialog.line_ids.edit(number) for number in range(len(dialog.line_ids))]
        return next(line for line in lines if line.product_id == product)

    def test_manual_components_are_proposed(self):
        dialog = self.open_issue()
        self.assertEqual(self.read_quantities(dialog), {"LED Module": 10, "Glue": 10})

    def test_backflushed_ones_are_shown_with_nothing_and_hidden_again(self):
        dialog = self.open_issue()
        dialog.show_backflushed = True
        self.assertEqual(
            self.read_quantities(dialog), {"LED Module": 10, "Glue": 10, "Screw": 0}
        )
        dialog.show_backflushed = False
        self.assertEqual(self.read_quantities(dialog), {"LED Module": 10, "Glue": 10})
        dialog.press("action_issue")
        self.assertEqual(self.on_hand(self.screw), 100, "what is hidden isn't issued")
        self.assertEqual((self.on_hand(self.led), self.on_hand(self.glue)), (14, -5))

    def test_without_manual_ones_backflushed_ones_are_shown(self):
        bom = self.create_bom((self.screw, 1, {}), product=self.create_product("Nail"))
        self.order = self.create_order(bom)
        dialog = self.open_issue()
        self.assertEqual(self.read_quantities(dialog), {"Screw": 0})
        dialog = self.open(dialog.press("action_fill_in"))
        self.assertEqual(self.read_quantities(dialog), {"Screw": 10})

    def test_clear_all(self):
        dialog = self.open_issue()
        dialog.scan = "L-1"
        dialog = self.open(dialog.press("action_clear"))
        self.assertEqual(self.read_quantities(dialog), {"LED Module": 0, "Glue": 0})
        self.assertFalse(self.read_line(dialog, self.led).lot_ids)

    def test_what_is_there_and_what_is_short(self):
        """10 glue, of which 5 are there; 24 LEDs, of which a delivery holds 3."""
        self.create_order(self.create_bom((self.led, 1, {}), product=self.glue), 3)
        self.order.do_unreserve()
        dialog = self.open_issue()
        led, glue = (self.read_line(dialog, part) for part in (self.led, self.glue))
        self.assertEqual((led.available_quantity, led.is_short), (21, False))
        self.assertEqual((glue.available_quantity, glue.is_short), (5, True))
        self.assertEqual(glue.product_uom_id, self.unit)

    def scan(self, dialog, *barcodes):
        for barcode in barcodes:
            dialog.scan = barcode
            self.assertFalse(dialog.scan_failed, dialog.scan_message)
            self.assertFalse(dialog.scan)

    def test_products_are_counted(self):
        dialog = self.open_issue()
        self.scan(dialog, "GLUE")
        self.assertEqual(self.read_quantities(dialog)["Glue"], 1)
        self.scan(dialog, "GLUE", "GLUE")
        self.assertEqual(self.read_quantities(dialog)["Glue"], 3)
        self.scan(dialog, "SCREW", "SCREW")
        self.assertEqual(
            self.read_quantities(dialog), {"LED Module": 10, "Glue": 3, "Screw": 2}
        )
        action = dialog.press("action_issue")
        self.assertEqual(
            action["params"]["message"], "10 LED Module, 3 Glue, 2 Screw issued"
        )
        self.assertEqual(self.on_hand(self.screw), 98)

    def test_a_lot_says_which_and_again_one_more(self):
        dialog = self.open_issue()
        self.scan(dialog, "L-2")
        led = self.read_line(dialog, self.led)
        self.assertEqual((led.lot_ids[:], led.quantity), (self.lots[1], 10))
        self.scan(dialog, "L-2")
        self.assertEqual(self.read_quantities(dialog)["LED Module"], 2)
        self.scan(dialog, "L-1")
        self.assertEqual(self.read_quantities(dialog)["LED Module"], 3)

    def test_serial_numbers_are_counted_once(self):
        chip = self.create_product("Chip", tracking="serial")
        serials = [self.create_lot(chip, name) for name in ("S-1", "S-2")]
        for serial in serials:
            self.add_stock(chip, 1, serial)
        bom = self.create_bom((chip, 1, {}), product=self.create_product("Board"))
        self.order = self.create_order(bom, 2)
        dialog = self.open_issue()
        self.scan(dialog, "S-1", "S-1")
        self.assertEqual(self.read_quantities(dialog), {"Chip": 1})
        self.scan(dialog, "S-2")
        self.assertEqual(self.read_quantities(dialog), {"Chip": 2})

    def test_gs1(self):
        """(01) the product, (10) its lot, (30) how many."""
        nomenclature = self.env.ref(
            "barcodes_gs1_nomenclature.default_gs1_nomenclature"
        )
        self.company.nomenclature_id = nomenclature
        self.led.barcode = "9501101530003"
        dialog = self.open_issue()
        self.scan(dialog, "01095011015300033003\x1d10L-2")
        led = self.read_line(dialog, self.led)
        self.assertEqual((led.lot_ids[:], led.quantity), (self.lots[1], 3))
        self.scan(dialog, "01095011015300033003\x1d10L-2")
        self.assertEqual(self.read_quantities(dialog)["LED Module"], 6)
        dialog.scan = "010950110153000310L-9"
        self.assertIn("L-9 is no lot or serial number of LED", dialog.scan_message)

    def test_unknown_scan_stays_with_its_message_until_the_next(self):
        dialog = self.open_issue()
        dialog.scan = "LED-9999"
        self.assertEqual(dialog.scan, "LED-9999")
        self.assertTrue(dialog.scan_failed)
        self.assertIn("LED-9999 is no product, lot or serial", dialog.scan_message)
        self.scan(dialog, "L-1")
        self.assertEqual(dialog.scan_message, "LED Module L-1: 10 Units")

    def test_product_of_another_order(self):
        self.create_product("Bolt", barcode="BOLT")
        dialog = self.open_issue()
        dialog.scan = "BOLT"
        self.assertEqual(dialog.scan_message, "Bolt isn't used by this order.")

    def test_what_was_issued_is_said(self):
        dialog = self.open_issue()
        dialog.show_backflushed = True
        for product, quantity in ((self.led, 4), (self.glue, 0)):
            self.set_quantity(dialog, product, quantity)
        action = dialog.press("action_issue")
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["message"], "4 LED Module issued")

    def set_quantity(self, dialog, product, quantity):
        for number in range(len(dialog.line_ids)):
            with dialog.line_ids.edit(number) as line:
                if line.product_id == product:
                    line.quantity = quantity

    def test_what_waits_is_said(self):
        """5 of 10 glue are there."""
        self.company.shortage_rule = "park"
        dialog = self.open_issue()
        self.set_quantity(dialog, self.led, 0)
        action = dialog.press("action_issue")
        self.assertEqual(
            action["params"]["message"], "5 Glue issued\n5 Glue waiting for stock"
        )


@tagged("post_install", "-at_install")
class TestReturnDialog(DialogCase):
    def test_place_and_surplus(self):
        shelf = self.create_location("Shelf")
        self.add_stock(self.glue, 10, location=shelf)
        order = self.create_order(self.bom, location_src_id=shelf.id)
        component = self.component(order, self.glue)
        component.action_issue(4)
        dialog = self.open(order.action_open_return())
        self.assertFalse(dialog.has_surplus, "the column says nothing then")
        with dialog.line_ids.edit(0) as line:
            self.assertEqual(line.place, "WH/Stock/Shelf")
            line.quantity = 3
        action = dialog.press("action_return")
        self.assertEqual(action["params"]["message"], "3 Glue returned")
        component.action_issue(19)
        self.assertTrue(self.open(order.action_open_return()).has_surplus)


@tagged("post_install", "-at_install")
class TestPreview(DialogCase):
    def open_preview(self, order):
        return self.open(order.action_preview_backflush())

    def get_remarks(self, order):
        preview = self.open_preview(order).save()
        return {line.product_id: line.remarks or "" for line in preview.line_ids}

    def test_what_happens_to_what_nobody_recorded(self):
        """10 LEDs needed, 3 issued by hand: 7 are open, and 10 glue."""
        for consumption, expected in (
            ("flexible", "they will be left out"),
            ("warning", "you will be asked"),
        ):
            order = self.create_lamps(consumption)
            self.component(order, self.led).action_issue(3)
            remarks = self.get_remarks(order)
            self.assertIn("7 by hand: nobody recorded", remarks[self.led])
            self.assertIn(expected, remarks[self.led])
            self.assertIn("10 by hand: nobody recorded", remarks[self.glue])
            self.assertFalse(remarks[self.screw])
            order.do_unreserve()

    def test_recorded_ones_need_nobody(self):
        order = self.create_order(self.bom)
        self.component(order, self.glue).action_record_unused()
        self.component(order, self.led).action_record_planned()
        self.assertNotIn("by hand", "".join(self.get_remarks(order).values()))

    def test_block_of_what_nobody_recorded(self):
        self.company.unissued_rule = "block"
        order = self.create_order(self.bom)
        preview = self.open_preview(order)
        self.assertEqual(preview.blocked_text, "2 components must be recorded by hand.")
        self.component(order, self.led).action_record_planned()
        preview = self.open_preview(order)
        self.assertEqual(preview.blocked_text, "1 component must be recorded by hand.")

    def test_strict_bom_blocks_who_is_no_administrator(self):
        user = self.create_user("operator", "mrp.group_mrp_user")
        order = self.create_lamps("strict")
        [led] = [
            planned
            for planned in order.with_user(user).get_backflush_plan()
            if planned["product_id"] == self.led.id
        ]
        self.assertEqual((led["unrecorded"], led["unrecorded_rule"]), (10, "block"))

    def test_one_goes_negative(self):
        """60 screws of 100 are needed, then of 50."""
        order = self.create_order(self.bom)
        self.assertFalse(self.open_preview(order).shortage_text)
        self.add_stock(self.screw, -50)
        preview = self.open_preview(order)
        self.assertEqual(preview.shortage_text, "1 component goes negative.")

    def test_others_reservations_only_where_it_is_short(self):
        """30 of 100 screws are held by another order: 70 are left for 60, then for
        90."""
        other = self.create_order(self.bom, 5)
        other.action_assign()
        order = self.create_order(self.bom, 10)
        self.assertNotIn(other.name, self.get_remarks(order)[self.screw])
        order.do_unreserve()
        order = self.create_order(self.bom, 15)
        link = f'<a href="/odoo/mrp.production/{other.id}">{other.name}</a>'
        remarks = self.get_remarks(order)[self.screw]
        self.assertIn("20 not in free stock", remarks)
        self.assertIn(f"Takes 20 that are reserved for {link}", remarks)

    def test_next_receipt(self):
        order = self.create_order(self.bom, 20)
        made = self.create_order(
            self.create_bom((self.led, 1, {}), product=self.screw), 40
        )
        made.move_finished_ids.date = "2026-12-24 10:00:00"
        remarks = self.get_remarks(order)[self.screw]
        self.assertIn("40 expected on 12/24/2026 with", remarks)
        self.assertIn(f"/odoo/mrp.production/{made.id}", remarks)

    def test_produce_all_from_there(self):
        order = self.create_order(self.bom)
        order.move_raw_ids.filtered(
            lambda move: move.issue_method == "manual"
        ).action_record_planned()
        preview = self.open_preview(order)
        self.assertFalse(preview.press("action_produce"))
        self.assertEqual((order.state, self.on_hand(self.screw)), ("done", 40))

    def test_produce_all_asks_what_completing_asks(self):
        order = self.create_lamps("warning")
        action = self.open_preview(order).press("action_produce")
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        self.open(action).press("action_confirm")
        self.assertEqual((order.state, self.on_hand(self.led)), ("done", 24))

    def test_planned_cost(self):
        """10 × (6 × 0.10 + 1 × 2 + 1 × 0.50) = 31, whatever is issued already."""
        for product, cost in ((self.screw, 0.1), (self.led, 2), (self.glue, 0.5)):
            product.standard_price = cost
        order = self.create_order(self.bom)
        self.component(order, self.led).action_issue(3)
        self.assertAlmostEqual(self.open_preview(order).planned_cost, 31)

    def test_draft(self):
        order = self.create_order(self.bom, confirm=False)
        self.assertTrue(order.can_preview_backflush)
        preview = self.open_preview(order)
        self.assertEqual(len(preview.line_ids), 3)
        with self.assertRaises(AssertionError):
            preview.press("action_produce")


@tagged("post_install", "-at_install")
class TestHeader(DialogCase):
    def test_issue_is_the_first_thing_to_do_while_manual_ones_are_open(self):
        order = self.create_order(self.bom)
        self.assertTrue(order.has_manual_to_issue)
        self.component(order, self.led).action_issue(10)
        self.component(order, self.glue).action_record_unused()
        self.assertFalse(order.has_manual_to_issue)


@tagged("post_install", "-at_install")
class TestConsumptionWarning(DialogCase):
    def get_reasons(self, order):
        action = order.button_mark_done()
        self.assertEqual(action["res_model"], "mrp.consumption.warning")
        dialog = self.open(action)
        lines = dialog.mrp_consumption_warning_line_ids
        shown = [lines.edit(number) for number in range(len(lines))]
        return {line.product_id: line.reason for line in shown}

    def test_reasons(self):
        order = self.create_lamps("warning")
        self.component(order, self.glue).action_record_unused()
        self.assertEqual(
            self.get_reasons(order),
            {self.led: "Nobody recorded it", self.glue: "Recorded as none used"},
        )

    def test_more_less_and_the_rest(self):
        order = self.create_lamps("warning")
        self.component(order, self.led).action_issue(3)
        self.component(order, self.glue).quantity = 12
        self.component(order, self.screw).write({"quantity": 58, "picked": True})
        self.component(order, self.screw).manual_consumption = True
        order.qty_producing = 10
        reasons = self.get_reasons(order)
        self.assertEqual(reasons[self.led], "Nobody recorded the rest")
        self.assertEqual(reasons[self.glue], "More than planned")
        self.assertEqual(reasons[self.screw], "Less than planned")

    def test_added_to_the_order(self):
        bolt = self.create_product("Bolt", stock=10)
        order = self.create_lamps("warning")
        order.move_raw_ids = [
            (0, 0, {"product_id": bolt.id, "product_uom_qty": 2}),
        ]
        order.move_raw_ids.filtered(
            lambda move: move.issue_method == "manual"
        ).action_record_planned()
        self.assertEqual(self.get_reasons(order)[bolt], "Not in the bill of materials")


@tagged("post_install", "-at_install")
class TestDialogStatements(BackflushCase):
    """What the dialogs read doesn't grow with the components."""

    def count(self, number, action):
        parts = self.create_parts(number, 5, lots=1, issue_method="manual")
        bom = self.create_bom(
            *((part, 1, {}) for part in parts),
            product=self.create_product(f"Machine {number}"),
            consumption="warning",
        )
        order = self.create_order(bom, 2)
        prepared = action(order, None)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action(order, prepared)
        return self.cr.sql_log_count - before

    def assert_bounded(self, action, limit):
        counts = [self.count(number, action) for number in (1, 20, 60)]
        self.assertLessEqual(counts[2], counts[1] + 3, counts)
        self.assertLessEqual(counts[2], limit, counts)

    def open_dialog(self, action):
        return self.env[action["res_model"]].with_context(**action["context"])

    def onchange(self, action, line_fields):
        lines = {"fields": dict.fromkeys(line_fields, {}), "limit": 80}
        self.open_dialog(action).onchange(
            {}, [], {"production_id": {}, "line_ids": lines}
        )

    def test_issue(self):
        names = (
            *("move_id", "quantity", "available_quantity", "is_short"),
            *("issued_quantity", "open_quantity", "issue_method"),
        )

        def open_issue(order, prepared):
            if prepared:
                self.onchange(prepared, names)
            return order.action_open_issue()

        self.assert_bounded(open_issue, 80)

    def test_preview(self):
        def open_preview(order, prepared):
            if prepared:
                self.onchange(prepared, ("move_id", "need", "remarks", "lots"))
            return order.action_preview_backflush()

        self.assert_bounded(open_preview, 80)

    def test_warning(self):
        def open_warning(order, prepared):
            if prepared:
                name = "mrp_consumption_warning_line_ids"
                fields = {"product_id": {}, "reason": {}}
                self.open_dialog(prepared).onchange({}, [], {name: {"fields": fields}})
                return None
            return order.button_mark_done()

        self.assert_bounded(open_warning, 40)
