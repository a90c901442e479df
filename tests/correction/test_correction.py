"""A completed order's consumption, corrected by a person."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import Form, tagged

from ..accounting.test_cost import CostCase
from ..client import to_server
from ..shortage.test_shortage import ShortageCase

RULES = ("allow", "block", "park")


class CorrectionCase(ShortageCase):
    """Sheds of 1 part each, completed and unlocked."""

    def create_part(self, stock=0, **values):
        return self.create_product("Part", stock=stock, **values)

    def complete_shed(self, part, quantity=10, **line_values):
        """A shed's order that used as many parts, where they are there."""
        shed = self.create_product("Shed")
        bom = self.create_bom((part, 1, line_values), product=shed)
        return self.complete_and_unlock(self.create_order(bom, quantity))

    def complete_and_unlock(self, order):
        self.complete(order)
        order.action_toggle_is_locked()
        self.assertFalse(order.is_locked)
        return order

    def posted(self, move):
        return [
            (line.id, line.lot_id.name, line.quantity, line.lot_origin, line.date)
            for line in move.move_line_ids.sorted("id")
        ]

    def used(self, order, part):
        """Lot by lot, all lines of the part together."""
        used = {}
        for line in order.move_raw_ids.move_line_ids:
            if line.product_id == part and line.state == "done":
                name = line.lot_id.name
                used[name] = used.get(name, 0) + line.quantity_product_uom
        return {name: quantity for name, quantity in used.items() if quantity}

    def in_stock(self, part):
        quants = self.env["stock.quant"].search(
            [("product_id", "=", part.id), ("location_id", "child_of", self.stock.id)]
        )
        stock = {}
        for quant in quants:
            stock[quant.lot_id.name] = stock.get(quant.lot_id.name, 0) + quant.quantity
        return {name: quantity for name, quantity in stock.items() if quantity}

    def assert_correction_refused(self, correct, *texts):
        with self.assertRaises(UserError) as caught:
            correct()
        for text in texts:
            self.assertIn(text, str(caught.exception))

    def create_by_client(self, records, vals):
        return call_kw(self.env[records._name], "create", to_server([[vals]]), {})

    def use_lots(self, **quantities):
        """A part tracked by lot, with these lots in stock."""
        part = self.create_part(tracking="lot")
        self.lots = {}
        for name, quantity in quantities.items():
            self.lots[name] = self.create_lot(part, name)
            self.add_stock(part, quantity, self.lots[name])
        return part


@tagged("post_install", "-at_install")
class TestCorrectedUp(CorrectionCase):
    def get_doors(self, order, quantity):
        """The ways in which a person says that so much was used."""
        [component] = order.move_raw_ids
        [line] = component.move_line_ids
        client = self.client()
        more = {
            "move_id": component.id,
            "product_id": component.product_id.id,
            "quantity": quantity - line.quantity,
            "lot_id": line.lot_id.id,
        }

        def by_form():
            with Form(order) as form, form.move_raw_ids.edit(0) as edited:
                edited.quantity = quantity

        def by_dialog():
            action = component.action_show_details()
            view = self.env["ir.ui.view"].browse(action["views"][0][0])
            component_in_dialog = component.with_context(**action["context"])
            with Form(component_in_dialog, view=view) as dialog:
                with dialog.move_line_ids.edit(0) as edited:
                    edited.quantity = quantity

        def by_order():
            command = [1, component.id, {"quantity": quantity}]
            client.call(order, "write", {"move_raw_ids": [command]})

        def by_lines_of_component():
            command = [1, line.id, {"quantity": quantity}]
            client.call(component, "write", {"move_line_ids": [command]})

        return {
            "form": by_form,
            "dialog": by_dialog,
            "order": by_order,
            "component": lambda: client.call(
                component, "write", {"quantity": quantity}
            ),
            "lines of the component": by_lines_of_component,
            "line": lambda: client.call(line, "write", {"quantity": quantity}),
            "new line": lambda: self.create_by_client(line, more),
        }

    def create_order_of_lot(self, rule):
        self.set_rule(rule)
        return self.complete_shed(self.use_lots(A=15))

    def test_more_of_a_lot_by_every_door(self):
        """10 of lot A were posted, 5 are left, 12 were used."""
        for rule in RULES:
            for door in self.get_doors(self.create_order_of_lot(rule), 12):
                with self.subTest(rule=rule, door=door):
                    order = self.create_order_of_lot(rule)
                    [component] = order.move_raw_ids
                    part, before = component.product_id, self.posted(component)
                    self.get_doors(order, 12)[door]()
                    # The 10 stay, 2 are beside them, 5 − 2 = 3 are left.
                    first, second = self.posted(component)
                    self.assertEqual([first], before)
                    self.assertEqual(second[1:3], ("A", 2))
                    self.assertEqual(component.quantity, 12)
                    self.assertEqual(self.in_stock(part), {"A": 3})
                    self.assertFalse(order.backflush_exception_ids)

    def test_lot_is_inferred_unless_a_person_named_it(self):
        for door, origin in (("component", "inferred"), ("line", "confirmed")):
            order = self.create_order_of_lot("block")
            self.get_doors(order, 12)[door]()
            [_first, second] = order.move_raw_ids.move_line_ids.sorted("id")
            self.assertEqual(second.lot_origin, origin)

    def test_nothing_left_is_blocked_by_every_door(self):
        for door in self.get_doors(self.create_order_of_lot("block"), 17):
            with self.subTest(door=door):
                order = self.create_order_of_lot("block")
                [component] = order.move_raw_ids
                part, before = component.product_id, self.posted(component)
                # 5 are left, 7 more were used.
                self.assert_correction_refused(
                    self.get_doors(order, 17)[door],
                    *(order.name, "Part", "needed 7 Units, available 5"),
                )
                self.assertEqual(self.posted(component), before)
                self.assertEqual(component.quantity, 10)
                self.assertEqual(self.in_stock(part), {"A": 5})

    def test_rest_waits_by_every_door(self):
        for door in self.get_doors(self.create_order_of_lot("park"), 17):
            with self.subTest(door=door):
                order = self.create_order_of_lot("park")
                [component] = order.move_raw_ids
                part, before = component.product_id, self.posted(component)
                self.get_doors(order, 17)[door]()
                # 10 + 5 that are there; 2 wait.
                self.assertEqual(self.posted(component)[:1], before)
                self.assertEqual(component.quantity, 15)
                self.assertEqual(self.used(order, part), {"A": 15})
                exception = order.backflush_exception_ids
                self.assertEqual((exception.state, exception.quantity), ("open", 2))
                self.assertEqual(component.parked_quantity, 2)
                self.assertFalse(self.in_stock(part))
                # They are taken when they come.
                self.add_stock(part, 50, self.lots["A"])
                exception.action_retry()
                self.assertEqual(exception.state, "settled")
                self.assertEqual(self.used(order, part), {"A": 17})
                self.assertEqual(self.in_stock(part), {"A": 48})

    def test_untracked(self):
        for rule, used, left in (("allow", 17, -2), ("park", 15, 0)):
            with self.subTest(rule=rule):
                self.set_rule(rule)
                order = self.complete_shed(self.create_part(15))
                [component] = order.move_raw_ids
                before = self.posted(component)
                component.quantity = 17
                self.assertEqual(self.posted(component)[:1], before)
                self.assertEqual(component.quantity, used)
                self.assertEqual(component.parked_quantity, 17 - used)
                self.assertEqual(self.on_hand(component.product_id), left)

    def test_untracked_with_nothing_left(self):
        self.set_rule("block")
        order = self.complete_shed(self.create_part(10))
        [component] = order.move_raw_ids
        before = self.posted(component)
        self.assert_correction_refused(
            lambda: component.write({"quantity": 12}), "needed 2 Units, available 0"
        )
        self.assertEqual(self.posted(component), before)
        self.set_rule("park")
        component.quantity = 12
        self.assertEqual(self.posted(component), before)
        self.assertEqual((component.quantity, component.parked_quantity), (10, 2))

    def test_serial_numbers(self):
        for rule in RULES:
            with self.subTest(rule=rule):
                self.set_rule(rule)
                part = self.create_part(tracking="serial")
                for name in ("S1", "S2", "S3"):
                    self.add_stock(part, 1, self.create_lot(part, name))
                order = self.complete_shed(part, 2)
                [component] = order.move_raw_ids
                before = self.posted(component)
                component.quantity = 3
                self.assertEqual(self.posted(component)[:2], before)
                self.assertEqual(self.used(order, part), {"S1": 1, "S2": 1, "S3": 1})
                self.assertFalse(self.in_stock(part))
                # And back, as in core: what was made last first.
                component.quantity = 2
                self.assertEqual(self.in_stock(part), {"S3": 1})

    def test_serial_number_that_is_not_there_waits(self):
        self.set_rule("park")
        part = self.create_part(tracking="serial")
        self.add_stock(part, 1, self.create_lot(part, "S1"))
        order = self.complete_shed(part, 1)
        order.move_raw_ids.quantity = 3
        self.assertEqual(order.move_raw_ids.quantity, 1)
        self.assertEqual(order.backflush_exception_ids.mapped("quantity"), [2])

    def test_lots_by_the_removal_strategy(self):
        """6 are left of A, which was used; then B, older than C, is next."""
        self.set_rule("block")
        order = self.complete_shed(self.use_lots(A=16, B=3, C=20))
        order.move_raw_ids.quantity = 20
        part = order.move_raw_ids.product_id
        self.assertEqual(self.used(order, part), {"A": 16, "B": 3, "C": 1})

    def test_lot_of_which_nothing_is_left_and_others(self):
        order = self.complete_shed(self.use_lots(A=10, B=5))
        order.move_raw_ids.quantity = 12
        part = order.move_raw_ids.product_id
        self.assertEqual(self.used(order, part), {"A": 10, "B": 2})
        before = self.posted(order.move_raw_ids)
        # As in Odoo, which takes what is there no more without a lot.
        order.move_raw_ids.quantity = 17
        self.assertEqual(self.posted(order.move_raw_ids)[:2], before)
        self.assertEqual(self.used(order, part), {"A": 10, "B": 5, False: 2})
        self.assertEqual(self.in_stock(part), {False: -2})

    def test_after_a_line_was_lowered_to_nothing(self):
        """Core would delete the line at 0, and refuse to."""
        for rule in RULES:
            with self.subTest(rule=rule):
                self.set_rule(rule)
                order = self.complete_shed(self.use_lots(A=6, B=14))
                component, part = order.move_raw_ids, order.move_raw_ids.product_id
                component.quantity = 5
                self.assertEqual(self.used(order, part), {"A": 5})
                component.quantity = 12
                # 5 + the last 1 of A + 6 of B.
                self.assertEqual(self.used(order, part), {"A": 6, "B": 6})

    def test_expired_lots(self):
        if "use_expiration_date" not in self.env["product.product"]._fields:
            self.skipTest("product_expiry is not installed")
        self.company.expired_lot_rule = "skip"
        for rule in RULES:
            with self.subTest(rule=rule):
                self.set_rule(rule)
                part = self.use_lots(A=10, B=5)
                order = self.complete_shed(part)
                part.use_expiration_date = True
                self.lots["A"].removal_date = "2099-01-01"
                self.lots["B"].removal_date = "2020-01-01"
                component = order.move_raw_ids
                if rule == "park":
                    component.quantity = 12
                    self.assertEqual(component.quantity, 10)
                    exception = order.backflush_exception_ids
                    self.assertEqual(exception.reason, "lot_expired")
                else:
                    self.assert_correction_refused(
                        lambda component=component: component.write({"quantity": 12}),
                        *("past their removal date", "B"),
                    )
                # A person who enters it knows better.
                line = {"product_id": part.id, "lot_id": self.lots["B"].id}
                component.write(
                    {"move_line_ids": [Command.create({**line, "quantity": 2})]}
                )
                self.assertEqual(self.used(order, part), {"A": 10, "B": 2})
                self.assertEqual(component.parked_quantity, 0)

    def test_stock_of_others_is_not_taken(self):
        for rule in ("block", "park"):
            self.set_rule(rule)
            part = self.create_part(15)
            order = self.complete_shed(part)
            picking = self.prepare_transfer(part, 4, self.stock, self.customer)
            picking.action_assign()
            # 5 are left, 4 of them are another's.
            if rule == "block":
                self.assert_correction_refused(
                    lambda order=order: order.move_raw_ids.write({"quantity": 12}),
                    *("needed 2 Units, available 1", f"4 reserved for {picking.name}"),
                )
            else:
                order.move_raw_ids.quantity = 12
                self.assertEqual(order.move_raw_ids.quantity, 11)
                self.assertEqual(order.backflush_exception_ids.reason, "reserved")
            self.assertEqual(picking.move_ids.quantity, 4)

    def test_one_message_for_all_components(self):
        self.set_rule("block")
        self.add_stock(self.frame, 3)
        self.add_stock(self.leg, -980)
        order = self.complete_and_unlock(self.create_order(self.bom))
        frame = self.component(order, self.frame)
        leg = self.component(order, self.leg)

        def correct():
            with Form(order) as form:
                for index in (0, 1):
                    with form.move_raw_ids.edit(index) as line:
                        line.quantity = 25

        self.assert_correction_refused(
            correct,
            "Frame, needed 15 Units, available 0",
            "Leg, needed 5 Units, available 0",
        )
        self.assertEqual((frame.quantity, leg.quantity), (10, 20))

    def test_manual_component(self):
        for rule in RULES:
            with self.subTest(rule=rule):
                self.set_rule(rule)
                shed, part = self.create_product("Shed"), self.create_part(11)
                bom = self.create_bom(
                    (part, 1, {"issue_method": "manual"}), product=shed
                )
                order = self.create_order(bom)
                order.move_raw_ids.action_record_planned()
                self.complete_and_unlock(order)
                component = order.move_raw_ids
                component.quantity = 11
                self.assertEqual(self.on_hand(part), 0)
                self.assertEqual(component.move_line_ids.mapped("quantity"), [10, 1])
                self.assertEqual(component.issue_state, "issued")

    def test_other_unit(self):
        """2 dozen pieces used, 30 there: 6 are left, another dozen was used."""
        dozen = self.env.ref("uom.product_uom_dozen")
        self.set_rule("park")
        part = self.create_part(30)
        order = self.complete_shed(part, 2, product_uom_id=dozen.id)
        component = order.move_raw_ids
        self.assertEqual((component.quantity, component.product_uom), (2, dozen))
        component.quantity = 3
        self.assertEqual(self.used(order, part), {False: 30})
        self.assertEqual(component.quantity, 2.5)
        self.assertEqual(component.parked_quantity, 0.5)
        # 2 pieces more than that: 32 pieces in all.
        self.add_stock(part, 50)
        order.backflush_exception_ids.action_retry()
        self.assertEqual(self.used(order, part), {False: 36})

    def test_components_of_a_kit(self):
        self.set_rule("park")
        kit, part = self.create_product("Kit"), self.create_part(21)
        self.create_bom((part, 2, {}), product=kit, type="phantom")
        order = self.complete_shed(kit)
        component = order.move_raw_ids
        self.assertEqual((component.product_id, component.quantity), (part, 20))
        component.quantity = 24
        self.assertEqual((component.quantity, component.parked_quantity), (21, 3))

    def test_user_of_manufacturing(self):
        self.set_rule("park")
        worker = self.create_user("worker", "mrp.group_mrp_user")
        order = self.complete_shed(self.use_lots(A=11))
        client = self.client(worker)
        client.call(order.move_raw_ids, "write", {"quantity": 13})
        self.assertEqual(order.move_raw_ids.quantity, 11)
        self.assertEqual(order.backflush_exception_ids.quantity, 2)
        client.call(order.move_raw_ids, "write", {"quantity": 9})
        self.assertEqual(order.backflush_exception_ids.state, "cancelled")

    def test_chatter_says_what_was_taken(self):
        order = self.create_order_of_lot("allow")
        order.move_raw_ids.quantity = 12
        self.assertIn("2 Units of Part (A)", order.message_ids[0].body)


@tagged("post_install", "-at_install")
class TestCorrectedLines(CorrectionCase):
    """What a line names is taken, and nothing instead of it."""

    def test_named_lot_that_is_not_there(self):
        """10 of A posted, 1 of A and 20 of B left; 3 more of A were used."""
        self.set_rule("block")
        order = self.complete_shed(self.use_lots(A=11, B=20))
        line = order.move_raw_ids.move_line_ids
        self.assert_correction_refused(
            lambda: line.write({"quantity": 13}), "needed 3 Units, available 1"
        )
        self.set_rule("park")
        line.quantity = 13
        self.assertEqual(self.used(order, line.product_id), {"A": 11})
        self.assertEqual(order.backflush_exception_ids.quantity, 2)

    def add_line(self, order, part, lot, quantity):
        command = Command.create(
            {
                "product_id": part.id,
                "lot_id": lot.id,
                "quantity": quantity,
                "location_id": self.stock.id,
            }
        )
        order.move_raw_ids.write({"move_line_ids": [command]})

    def test_line_added_of_a_lot_that_is_not_there(self):
        self.set_rule("block")
        part = self.use_lots(A=10, B=1)
        order = self.complete_shed(part)
        self.assert_correction_refused(
            lambda: self.add_line(order, part, self.lots["B"], 3),
            *("needed 3 Units, available 1", "of B"),
        )
        self.set_rule("park")
        self.add_line(order, part, self.lots["B"], 3)
        self.assertEqual(self.used(order, part), {"A": 10, "B": 1})
        exception = order.backflush_exception_ids
        self.assertEqual((exception.quantity, exception.lot_id.name), (2, "B"))
        self.assertEqual(order.move_raw_ids.quantity, 11)

    def test_line_added_of_a_lot_of_which_nothing_is_there(self):
        self.set_rule("park")
        part = self.use_lots(A=10)
        order = self.complete_shed(part)
        self.add_line(order, part, self.create_lot(part, "B"), 3)
        self.assertEqual(self.used(order, part), {"A": 10})
        exception = order.backflush_exception_ids
        self.assertEqual((exception.quantity, exception.lot_id.name), (3, "B"))
        self.add_stock(part, 3, exception.lot_id)
        exception.action_retry()
        self.assertEqual(self.used(order, part), {"A": 10, "B": 3})

    def test_stock_picked_in_the_dialog(self):
        """2 pieces of the stock of B are picked; 1 is there."""
        self.set_rule("park")
        part = self.use_lots(A=10, B=1)
        order = self.complete_shed(part)
        quant = self.env["stock.quant"].search(
            [("lot_id", "=", self.lots["B"].id), ("location_id", "=", self.stock.id)]
        )
        self.create_by_client(
            order.move_raw_ids.move_line_ids,
            {
                "move_id": order.move_raw_ids.id,
                "product_id": part.id,
                "quant_id": quant.id,
                "quantity": 2,
            },
        )
        self.assertEqual(self.used(order, part), {"A": 10, "B": 1})
        self.assertEqual(order.backflush_exception_ids.quantity, 1)

    def test_lots_of_the_component_named(self):
        """As a client may: S3 is used beside S1 and S2, and is there."""
        self.set_rule("block")
        part = self.create_part(tracking="serial")
        lots = [self.create_lot(part, name) for name in ("S1", "S2", "S3", "S4")]
        for lot in lots[:3]:
            self.add_stock(part, 1, lot)
        order = self.complete_shed(part, 2)
        component = order.move_raw_ids
        component.lot_ids = [Command.link(lots[2].id)]
        self.assertEqual(self.used(order, part), {"S1": 1, "S2": 1, "S3": 1})
        self.assertFalse(self.in_stock(part))
        self.assert_correction_refused(
            lambda: component.write({"lot_ids": [Command.link(lots[3].id)]}),
            *("needed 1 Units, available 0", "of S4"),
        )

    def test_other_lot(self):
        """Not 10 of A were used but of B, of which 4 are there."""
        self.set_rule("park")
        part = self.use_lots(A=10, B=4)
        order = self.complete_shed(part)
        line = order.move_raw_ids.move_line_ids
        line.lot_id = self.lots["B"]
        self.assertEqual(self.used(order, part), {"B": 4})
        self.assertEqual(self.in_stock(part), {"A": 10})
        exception = order.backflush_exception_ids
        self.assertEqual((exception.quantity, exception.lot_id.name), (6, "B"))
        self.assertEqual(line.lot_origin, "confirmed")

    def test_other_lot_is_blocked(self):
        self.set_rule("block")
        part = self.use_lots(A=10, B=4)
        order = self.complete_shed(part)
        line = order.move_raw_ids.move_line_ids
        self.assert_correction_refused(
            lambda: line.write({"lot_id": self.lots["B"].id}),
            "needed 10 Units, available 4",
        )
        self.assertEqual(self.used(order, part), {"A": 10})

    def test_named_lot_at_the_defaults(self):
        """As in Odoo what is named goes negative, and the 10 that were posted stay."""
        part = self.use_lots(A=11, B=20)
        order = self.complete_shed(part)
        before = self.posted(order.move_raw_ids)
        order.move_raw_ids.move_line_ids.quantity = 13
        self.assertEqual(self.posted(order.move_raw_ids)[:1], before)
        self.assertEqual(self.used(order, part), {"A": 13})
        self.assertEqual(self.in_stock(part), {"A": -2, "B": 20})
        # As is another lot.
        order.move_raw_ids.move_line_ids[0].lot_id = self.lots["B"]
        self.assertEqual(self.used(order, part), {"A": 3, "B": 10})

    def test_lines_exchanged_in_one_go(self):
        """3 of the 7 that were issued are of B, and one more: 8, so that 2 wait."""
        self.set_rule("park")
        part = self.use_lots(A=7)
        order = self.complete_shed(part)
        lot = self.create_lot(part, "B")
        self.add_stock(part, 4, lot)
        component = order.move_raw_ids
        component.write(
            {
                "move_line_ids": [
                    Command.update(component.move_line_ids.id, {"quantity": 4}),
                    Command.create(
                        {"product_id": part.id, "lot_id": lot.id, "quantity": 4}
                    ),
                ]
            }
        )
        self.assertEqual(self.used(order, part), {"A": 4, "B": 4})
        self.assertEqual(component.parked_quantity, 2)

    def test_line_without_a_lot(self):
        """Under a rule a tracked part is never taken without its lot."""
        self.set_rule("block")
        part = self.use_lots(A=15)
        order = self.complete_shed(part)
        vals = {
            "move_id": order.move_raw_ids.id,
            "product_id": part.id,
            "quantity": 2,
        }
        lines = self.env["stock.move.line"]
        self.assert_correction_refused(lambda: lines.create(vals), "available 0")

    def test_lots_that_must_be_scanned(self):
        self.company.lot_rule = "scan"
        for rule in RULES:
            with self.subTest(rule=rule):
                self.set_rule("allow")
                part = self.use_lots(A=15)
                shed = self.create_product("Shed")
                order = self.create_order(self.create_bom((part, 1, {}), product=shed))
                order.move_raw_ids.move_line_ids.lot_origin = "confirmed"
                self.complete_and_unlock(order)
                self.set_rule(rule)
                component = order.move_raw_ids
                if rule == "park":
                    component.quantity = 12
                    exception = order.backflush_exception_ids
                    self.assertEqual(exception.reason, "lot_not_scanned")
                    self.assertEqual((exception.quantity, component.quantity), (2, 10))
                else:
                    self.assert_correction_refused(
                        lambda component=component: component.write({"quantity": 12}),
                        "must be scanned",
                    )
                component.move_line_ids.quantity = 12
                self.assertEqual(self.used(order, part), {"A": 12})
                self.assertEqual(component.parked_quantity, 0)


@tagged("post_install", "-at_install")
class TestCorrectedWhatWaits(CorrectionCase):
    """10 used, 7 there: 7 are issued and 3 wait."""

    def setUp(self):
        super().setUp()
        self.set_rule("park")
        self.part = self.create_part(7)
        self.order = self.complete_shed(self.part)
        self.shed_part = self.order.move_raw_ids
        self.exception = self.order.backflush_exception_ids
        self.assertEqual((self.shed_part.quantity, self.exception.quantity), (7, 3))

    def assert_used(self, quantity, waiting, left):
        self.assertEqual(self.used(self.order, self.part), {False: quantity})
        self.assertEqual(self.shed_part.parked_quantity, waiting)
        self.assertEqual(self.on_hand(self.part), left)

    def settle_all(self):
        self.env["mrp.backflush.exception"]._find_settleable()._settle()

    def test_all_of_it_was_used(self):
        self.add_stock(self.part, 50)
        self.shed_part.quantity = 10
        self.assert_used(10, waiting=0, left=47)
        self.assertEqual(self.exception.state, "settled")
        self.assertEqual(self.exception.settled_quantity, 3)
        self.assertIn("correcting", self.exception.message_ids[0].body)
        self.assertEqual(self.exception.pending_move_id.state, "cancel")
        self.settle_all()
        self.assert_used(10, waiting=0, left=47)

    def test_a_part_of_it_was_used(self):
        self.add_stock(self.part, 50)
        self.shed_part.quantity = 8
        self.assert_used(8, waiting=2, left=49)
        self.assertEqual((self.exception.state, self.exception.quantity), ("open", 2))
        self.assertEqual(self.exception.pending_move_id.product_uom_qty, 2)
        self.settle_all()
        self.assert_used(10, waiting=0, left=47)

    def test_more_than_what_waits(self):
        self.add_stock(self.part, 50)
        self.shed_part.quantity = 12
        self.assert_used(12, waiting=0, left=45)

    def test_all_of_it_and_nothing_is_there(self):
        """It can't have been taken from stock: it goes on waiting."""
        self.shed_part.quantity = 10
        self.assert_used(7, waiting=3, left=0)
        self.assertEqual(self.order.backflush_exception_ids, self.exception)
        self.assertEqual(self.shed_part.quantity, 7)

    def test_more_than_what_waits_and_little_is_there(self):
        """12 were used, 1 is there: 8 are issued and 4 wait."""
        self.add_stock(self.part, 1)
        self.shed_part.quantity = 12
        self.assert_used(8, waiting=4, left=0)
        self.add_stock(self.part, 50)
        self.settle_all()
        self.assert_used(12, waiting=0, left=46)

    def test_reserved_for_what_waits(self):
        """What arrived is reserved first for what waits, which is this component."""
        self.transfer(self.part, 3, self.supplier, self.stock)
        self.assertEqual(self.exception.pending_move_id.quantity, 3)
        self.shed_part.quantity = 9
        self.assert_used(9, waiting=1, left=1)
        # The last one is still held for it.
        self.assertEqual(self.exception.pending_move_id.quantity, 1)

    def test_less_than_was_issued(self):
        """Who says that 5 were used says that nothing more is needed."""
        self.shed_part.quantity = 5
        self.assert_used(5, waiting=0, left=2)
        self.assertEqual(self.exception.state, "cancelled")
        self.assertIn("corrected", self.exception.cancel_reason)
        self.assertIn("corrected", self.exception.message_ids[0].body)
        self.add_stock(self.part, 50)
        self.settle_all()
        self.assert_used(5, waiting=0, left=52)

    def test_none_was_used(self):
        self.shed_part.quantity = 0
        self.assertEqual(self.on_hand(self.part), 7)
        self.assertEqual(self.exception.state, "cancelled")

    def test_the_same_again_says_nothing(self):
        self.shed_part.quantity = 7
        self.assert_used(7, waiting=3, left=0)
        self.add_stock(self.part, 50)
        for _each in range(2):
            self.shed_part.quantity = 8
            self.assert_used(8, waiting=2, left=49)

    def test_what_comes_back_is_there_for_others(self):
        other = self.complete_shed(self.part, 2)
        self.assertEqual(other.move_raw_ids.parked_quantity, 2)
        cron = self.env.ref("mrp_backflush.ir_cron_settle_arrived")
        triggers = [("cron_id", "=", cron.id)]
        self.env["ir.cron.trigger"].search(triggers).unlink()
        self.shed_part.quantity = 5
        self.assertTrue(self.env["ir.cron.trigger"].search_count(triggers))
        self.settle_all()
        self.assertEqual(self.used(other, self.part), {False: 2})
        self.assert_used(5, waiting=0, left=0)

    def test_by_its_line(self):
        self.add_stock(self.part, 50)
        self.shed_part.move_line_ids.quantity = 9
        self.assert_used(9, waiting=1, left=48)

    def test_under_another_rule_by_then(self):
        self.set_rule("allow")
        self.shed_part.quantity = 12
        self.assert_used(12, waiting=0, left=-5)
        self.assertEqual(self.exception.state, "settled")

    def test_blocked_by_then(self):
        self.set_rule("block")
        self.add_stock(self.part, 2)
        self.assert_correction_refused(
            lambda: self.shed_part.write({"quantity": 10}),
            "needed 3 Units, available 2",
        )
        self.assert_used(7, waiting=3, left=2)
        self.shed_part.quantity = 9
        self.assert_used(9, waiting=1, left=0)

    def test_settled_before(self):
        """7 + 3 settled are a line each; one of 2 more, and one of them lowered."""
        self.add_stock(self.part, 13)
        self.settle_all()
        self.assert_used(10, waiting=0, left=10)
        self.shed_part.quantity = 9
        self.assert_used(12, waiting=0, left=8)
        settled = self.exception.issue_move_ids
        settled.quantity = 1
        self.assert_used(10, waiting=0, left=10)
        settled.quantity = 14
        self.assert_used(20, waiting=3, left=0)
        self.assertEqual(self.exception.state, "settled")
        self.assertEqual(self.shed_part._get_open_exceptions().move_id, self.shed_part)

    def test_in_dozens(self):
        """2 dozen used, 18 there: half a dozen waits, and 3 pieces of it were used."""
        dozen = self.env.ref("uom.product_uom_dozen")
        part = self.create_part(18)
        order = self.complete_shed(part, 2, product_uom_id=dozen.id)
        component = order.move_raw_ids
        self.assertEqual((component.quantity, component.parked_quantity), (1.5, 0.5))
        self.add_stock(part, 50)
        component.quantity = 1.75
        self.assertEqual(self.used(order, part), {False: 21})
        self.assertEqual(component.parked_quantity, 0.25)
        self.settle_all()
        self.assertEqual(self.used(order, part), {False: 24})

    def test_nothing_was_there(self):
        """Core cancels the line, and asks for a new one: 4 of the 10 were used."""
        part = self.create_part()
        order = self.complete_shed(part)
        exception = order.backflush_exception_ids
        self.assertEqual((order.move_raw_ids.state, exception.quantity), ("cancel", 10))
        self.add_stock(part, 50)
        with Form(order) as form, form.move_raw_ids.new() as line:
            line.product_id = part
            line.quantity = 4
        self.assertEqual(self.used(order, part), {False: 4})
        self.assertEqual((exception.state, exception.quantity), ("open", 6))
        self.settle_all()
        self.assertEqual(self.used(order, part), {False: 10})


@tagged("post_install", "-at_install")
class TestAddedComponent(CorrectionCase):
    """4 of a part are there, 6 of it were used beside what was planned."""

    def setUp(self):
        super().setUp()
        self.part = self.create_part(4)

    def get_doors(self, order):
        client = self.client()
        vals = {"product_id": self.part.id, "quantity": 6}

        def by_form():
            with Form(order) as form, form.move_raw_ids.new() as line:
                line.product_id = self.part
                line.quantity = 6

        return {
            "form": by_form,
            "order": lambda: client.call(
                order, "write", {"move_raw_ids": [[0, 0, vals]]}
            ),
            "component": lambda: self.create_by_client(
                order.move_raw_ids,
                {**vals, "raw_material_production_id": order.id},
            ),
            "posted component": lambda: self.create_by_client(
                order.move_raw_ids,
                {**vals, "raw_material_production_id": order.id, "state": "done"},
            ),
        }

    def complete_table(self):
        return self.complete_and_unlock(self.create_order(self.bom, 1))

    def test_added_by_its_demand_first(self):
        """As no form does it, but a client may."""
        for rule in ("block", "park"):
            with self.subTest(rule=rule):
                self.set_rule(rule)
                order = self.complete_table()
                component = self.create_by_client(
                    order.move_raw_ids,
                    {
                        "raw_material_production_id": order.id,
                        "product_id": self.part.id,
                        "product_uom_qty": 6,
                    },
                )
                component = order.move_raw_ids.browse(component)
                if rule == "block":
                    self.assert_correction_refused(
                        lambda component=component: component.write({"quantity": 6}),
                        "needed 6 Units, available 4",
                    )
                    self.assertEqual(self.on_hand(self.part), 4)
                else:
                    component.quantity = 6
                    self.assertEqual(component.state, "done")
                    self.assertEqual(component.quantity, 4)
                    self.assertEqual(self.on_hand(self.part), 0)
                    self.assertEqual(component.parked_quantity, 2)

    def test_blocked(self):
        self.set_rule("block")
        order = self.complete_table()
        for name, door in self.get_doors(order).items():
            with self.subTest(door=name):
                self.assert_correction_refused(
                    door, "Part, needed 6 Units, available 4"
                )
                self.assertFalse(self.component(order, self.part))
                self.assertEqual(self.on_hand(self.part), 4)

    def test_parked(self):
        self.set_rule("park")
        self.add_stock(self.frame, 10)
        for name in self.get_doors(self.complete_table()):
            with self.subTest(door=name):
                self.part = self.create_part(4)
                order = self.complete_table()
                self.get_doors(order)[name]()
                component = self.component(order, self.part)
                self.assertEqual(component.state, "done")
                self.assertEqual(component.quantity, 4)
                self.assertEqual(component.parked_quantity, 2)
                self.assertEqual(self.on_hand(self.part), 0)
                exception = order.backflush_exception_ids
                self.add_stock(self.part, 50)
                exception.action_retry()
                self.assertEqual(self.on_hand(self.part), 48)
                self.assertEqual(exception.state, "settled")

    def test_added_twice_waits_twice(self):
        self.set_rule("park")
        order = self.complete_table()
        self.get_doors(order)["form"]()
        self.get_doors(order)["form"]()
        self.assertEqual(sum(order.backflush_exception_ids.mapped("quantity")), 8)

    def test_of_lots(self):
        self.set_rule("block")
        self.part = self.use_lots(A=4, B=1)
        order = self.complete_table()
        self.assert_correction_refused(
            self.get_doors(order)["form"], "needed 6 Units, available 5"
        )
        self.add_stock(self.part, 8, self.lots["B"])
        self.get_doors(order)["form"]()
        self.assertEqual(self.used(order, self.part), {"A": 4, "B": 2})
        self.assertEqual(
            set(self.component(order, self.part).move_line_ids.mapped("lot_origin")),
            {"inferred"},
        )

    def test_scrap_of_a_completed_order_is_no_component(self):
        self.set_rule("block")
        order = self.complete_table()
        scrap = self.env["stock.scrap"].create(
            {
                "production_id": order.id,
                "product_id": self.leg.id,
                "scrap_qty": 3,
                "location_id": self.stock.id,
            }
        )
        scrap.do_scrap()
        self.assertEqual(scrap.state, "done")
        self.assertEqual(self.consumed(order, self.leg), 2)
        # 1000 − 2 − 3 are left.
        self.assert_correction_refused(
            lambda: self.component(order, self.leg).write({"quantity": 1000}),
            "needed 998 Units, available 995",
        )

    def test_by_a_client_that_works_for_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.user.company_ids |= other
        self.set_rule("block")
        order = self.complete_table()
        command = Command.create({"product_id": self.part.id, "quantity": 6})
        companies = [other.id, self.company.id]
        self.assert_correction_refused(
            lambda: order.with_context(allowed_company_ids=companies).write(
                {"move_raw_ids": [command]}
            ),
            "needed 6 Units, available 4",
        )


@tagged("post_install", "-at_install")
class TestCorrectedAround(CorrectionCase):
    """What else goes with an order whose consumption is corrected."""

    def test_early_issues(self):
        """4 issued early and 6 at completion: 2 more than that, and 1 less."""
        self.set_rule("park")
        part = self.create_part(13)
        shed = self.create_product("Shed")
        order = self.create_order(self.create_bom((part, 1, {}), product=shed))
        order.move_raw_ids.action_issue(4)
        self.complete_and_unlock(order)
        component = self.component(order, part)
        issue = component.issue_move_ids
        self.assertEqual((issue.quantity, component.quantity), (4, 6))
        before = self.posted(issue)
        component.quantity = 8
        self.assertEqual(self.used(order, part), {False: 12})
        self.assertEqual(self.posted(issue), before)
        issue.quantity = 7
        # One of the three is there.
        self.assertEqual(self.posted(issue)[:1], before)
        self.assertEqual(self.used(order, part), {False: 13})
        self.assertEqual(component.parked_quantity, 2)
        self.assertEqual(component.issued_quantity, 13)
        issue.quantity = 3
        self.assertEqual(self.used(order, part), {False: 11})
        self.assertEqual(component.parked_quantity, 0)

    def test_after_a_return(self):
        """4 issued early, 3 of them returned, 9 at completion: 10. Then 11."""
        self.set_rule("block")
        part = self.create_part(11)
        shed = self.create_product("Shed")
        order = self.create_order(self.create_bom((part, 1, {}), product=shed))
        component = order.move_raw_ids
        component.action_issue(4)
        component.action_return(3)
        self.complete_and_unlock(order)
        self.assertEqual((component.quantity, component.issued_quantity), (9, 10))
        component.quantity = 10
        self.assertEqual(self.used(order, part), {False: 11})
        self.assertEqual(self.on_hand(part), 0)
        self.assert_correction_refused(
            lambda: component.write({"quantity": 11}), "needed 1 Units, available 0"
        )

    def test_two_lines_of_a_product(self):
        """Of both lines something waits, and one of them is corrected."""
        self.set_rule("park")
        part = self.create_part(12)
        shed = self.create_product("Shed")
        bom = self.create_bom((part, 1, {}), (part, 0.5, {}), product=shed)
        order = self.create_order(bom, 10)
        order.do_unreserve()
        order.action_assign()
        self.complete_and_unlock(order)
        first, second = order.move_raw_ids.sorted("product_uom_qty", reverse=True)
        self.assertEqual((first.quantity, first.parked_quantity), (10, 0))
        self.assertEqual((second.quantity, second.parked_quantity), (2, 3))
        self.transfer(part, 4, self.supplier, self.stock)
        self.assertEqual(second._get_open_exceptions().pending_move_id.quantity, 3)
        # One more of the four was used with the first: the three still wait, and
        # have what they wait for.
        before = self.posted(first)
        first.quantity = 11
        self.assertEqual(self.posted(first)[:1], before)
        self.assertEqual((first.quantity, second.parked_quantity), (11, 3))
        self.assertEqual(second._get_open_exceptions().pending_move_id.quantity, 3)

    def test_place_that_the_line_takes_from(self):
        """A shelf of the line's own, and other stock that it doesn't take."""
        self.set_rule("park")
        shelf = self.create_location("Shelf")
        part = self.create_part(50)
        self.add_stock(part, 11, location=shelf)
        order = self.complete_shed(part, supply_location_id=shelf.id)
        order.move_raw_ids.quantity = 13
        self.assertEqual(order.move_raw_ids.quantity, 11)
        self.assertEqual(order.move_raw_ids.parked_quantity, 2)
        self.assertEqual(order.backflush_exception_ids.location_id, shelf)
        self.assertEqual(self.on_hand(part), 50)

    def test_what_waits_is_unbuilt_after_a_correction(self):
        """7 issued, 3 wait, 8 corrected: half of that is unbuilt, 4 back and 1 not
        needed any more. Corrected to 9 then, the last one waits no more."""
        self.set_rule("park")
        part = self.create_part(7)
        order = self.complete_shed(part)
        self.add_stock(part, 50)
        order.move_raw_ids.quantity = 8
        self.unbuild(order, 5)
        self.assertEqual(self.on_hand(part), 49 + 4)
        self.assertEqual(order.move_raw_ids.parked_quantity, 1)
        order.move_raw_ids.quantity = 9
        self.assertEqual(self.on_hand(part), 52)
        self.assertEqual(order.move_raw_ids.parked_quantity, 0)

    def test_backorder_takes_what_it_needs(self):
        """6 of 10 done with 6 frames, corrected to 7 or 5: the other 4 take 4."""
        for corrected in (7, 5):
            with self.subTest(corrected=corrected):
                self.set_rule("block")
                part = self.create_part(20)
                shed = self.create_product("Shed")
                order = self.create_order(self.create_bom((part, 1, {}), product=shed))
                backorder = self.produce(order, 6)
                order.action_toggle_is_locked()
                order.move_raw_ids.quantity = corrected
                lines = {7: [6, 1], 5: [5]}[corrected]
                self.assertEqual(
                    order.move_raw_ids.move_line_ids.mapped("quantity"), lines
                )
                self.assertEqual(order.move_raw_ids.needed_quantity, 6)
                self.assertEqual(backorder.move_raw_ids.product_uom_qty, 4)
                self.complete(backorder)
                self.assertEqual(self.used(backorder, part), {False: 4})
                self.assertEqual(self.on_hand(part), 20 - corrected - 4)

    def test_after_a_part_was_unbuilt(self):
        """10 of 10 used, 4 unbuilt, 12 corrected: 20 − 10 + 4 − 2 = 12 are left."""
        for rule in RULES:
            with self.subTest(rule=rule):
                self.set_rule(rule)
                part = self.create_part(20)
                order = self.complete_shed(part)
                self.unbuild(order, 4)
                self.assertEqual(self.on_hand(part), 14)
                before = self.posted(order.move_raw_ids)
                order.move_raw_ids.quantity = 12
                self.assertEqual(self.posted(order.move_raw_ids)[:1], before)
                self.assertEqual(self.on_hand(part), 12)

    def unbuild(self, order, quantity):
        unbuild = self.env["mrp.unbuild"].create(
            {
                "mo_id": order.id,
                "product_id": order.product_id.id,
                "product_qty": quantity,
                "location_id": self.stock.id,
                "location_dest_id": self.stock.id,
            }
        )
        unbuild.action_unbuild()

    def test_byproducts_stay(self):
        self.set_rule("park")
        part, offcut = self.create_part(11), self.create_product("Offcut")
        shed = self.create_product("Shed")
        bom = self.create_bom(
            (part, 1, {}),
            product=shed,
            byproduct_ids=[Command.create({"product_id": offcut.id, "product_qty": 2})],
        )
        order = self.complete_and_unlock(self.create_order(bom))
        order.move_raw_ids.quantity = 12
        self.assertEqual(order.move_raw_ids.quantity, 11)
        self.assertEqual(self.on_hand(offcut), 20)
        # And by-products are corrected as in core.
        order.move_byproduct_ids.quantity = 21
        self.assertEqual(self.on_hand(offcut), 21)

    def test_traceability_of_what_was_added(self):
        self.set_rule("block")
        part = self.use_lots(A=15)
        shed = self.create_product("Shed", tracking="lot")
        order = self.create_order(self.create_bom((part, 1, {}), product=shed))
        order.lot_producing_ids = self.create_lot(shed, "SHED")
        self.complete_and_unlock(order)
        order.move_raw_ids.quantity = 12
        finished = order.move_finished_ids.move_line_ids
        self.assertEqual(finished.consume_line_ids.mapped("quantity"), [10, 2])

    def test_category_decides(self):
        self.category.shortage_rule = "block"
        order = self.complete_shed(self.create_part(10))
        self.assert_correction_refused(
            lambda: order.move_raw_ids.write({"quantity": 12}), "available 0"
        )

    def test_order_of_a_subcontractor_asks_nothing(self):
        if "subcontractor_ids" not in self.env["mrp.bom"]._fields:
            self.skipTest("mrp_subcontracting is not installed")
        self.set_rule("block")
        part = self.create_part(10)
        order = self.complete_shed(part)
        order.bom_id.type = "subcontract"
        before = self.posted(order.move_raw_ids)
        order.move_raw_ids.quantity = 12
        self.assertEqual(self.posted(order.move_raw_ids)[:1], before)
        self.assertEqual(self.used(order, part), {False: 12})
        self.assertEqual(self.on_hand(part), -2)


@tagged("post_install", "-at_install")
class TestCorrectedCost(CostCase):
    """10 frames at 2.00 were used for 10 tables."""

    def complete(self, bom=None):
        order = self.create_order(bom or self.bom)
        order.button_mark_done()
        self.assertEqual(order.state, "done")
        return order

    def test_as_core_values_it(self):
        order = self.complete()
        self.assertAlmostEqual(order.move_raw_ids.value, 20)
        order.move_raw_ids.quantity = 12
        self.assertEqual(order.move_raw_ids.move_line_ids.mapped("quantity"), [10, 2])
        self.assertAlmostEqual(order.move_raw_ids.value, 24)
        order.move_raw_ids.quantity = 9
        self.assertAlmostEqual(order.move_raw_ids.value, 18)
        # As in core the product's value stays.
        self.assertAlmostEqual(self.finished_value(order), 20)
        self.assertAlmostEqual(self.frame.total_value, 182)

    def test_where_not_all_is_there(self):
        self.company.shortage_rule = "park"
        self.add_stock(self.frame, -89)
        order = self.complete()
        order.move_raw_ids.quantity = 14
        # 1 of the 4 was there.
        self.assertAlmostEqual(order.move_raw_ids.quantity, 11)
        self.assertAlmostEqual(order.move_raw_ids.value, 22)

    def test_in_another_unit(self):
        """A dozen, and 2 pieces more, which no dozen at two digits is."""
        dozen = self.env.ref("uom.product_uom_dozen")
        bom = self.create_bom(
            (self.frame, 1, {"product_uom_id": dozen.id}), consumption="flexible"
        )
        order = self.create_order(bom, 1)
        order.button_mark_done()
        [component] = order.move_raw_ids
        self.assertAlmostEqual(component.value, 24)
        component.quantity = 2
        self.assertEqual(component.move_line_ids.mapped("quantity"), [1, 1])
        self.assertAlmostEqual(component.value, 48)

    def test_serial_numbers_in_dozens(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        part = self.create_product("Part", tracking="serial", categ_id=self.avco.id)
        for index in range(24):
            lot = self.create_lot(part, f"S{index:02}")
            self.receive(part, 1, 2.0, lot)
        bom = self.create_bom((part, 1, {"product_uom_id": dozen.id}))
        order = self.create_order(bom, 1)
        order.button_mark_done()
        [component] = order.move_raw_ids
        self.assertAlmostEqual(component.value, 24)
        component.quantity = 2
        self.assertEqual(len(component.move_line_ids), 24)
        self.assertAlmostEqual(component.value, 48)

    def test_lowered_over_several_lines(self):
        """3 serial numbers at 2.00, corrected to 1."""
        part = self.create_product("Part", tracking="serial", categ_id=self.avco.id)
        for name in ("S1", "S2", "S3"):
            self.receive(part, 1, 2.0, self.create_lot(part, name))
        order = self.create_order(self.create_bom((part, 1, {})), 3)
        order.button_mark_done()
        [component] = order.move_raw_ids
        self.assertAlmostEqual(component.value, 6)
        component.quantity = 1
        self.assertAlmostEqual(component.value, 2)
        self.assertAlmostEqual(part.total_value, 4)

    def test_first_in_first_out(self):
        """5 at 2.00 and 7 at 3.00, of which 10 are used: 5 × 2 + 5 × 3 = 25, 2.50 each.
        As in core a correction costs what those cost that were posted."""
        category = self.create_category("fifo")
        part = self.create_product("Part", categ_id=category.id)
        self.receive(part, 5, 2.0)
        self.receive(part, 7, 3.0)
        order = self.complete(self.create_bom((part, 1, {}), consumption="flexible"))
        self.assertAlmostEqual(order.move_raw_ids.value, 25)
        order.move_raw_ids.quantity = 12
        self.assertEqual(order.move_raw_ids.move_line_ids.mapped("quantity"), [10, 2])
        self.assertAlmostEqual(order.move_raw_ids.value, 30)

    def test_difference_of_what_waited(self):
        """3 were counted at 2.00 in the tables; a correction took them at the cost of
        those that were issued: no difference is left."""
        self.company.shortage_rule = "park"
        self.add_stock(self.frame, -93)
        order = self.complete()
        exception = order.backflush_exception_ids
        self.assertAlmostEqual(exception.costed_value, 6)
        self.receive(self.frame, 50, 2.0)
        order.move_raw_ids.quantity = 10
        self.assertAlmostEqual(order.move_raw_ids.value, 20)
        self.assertAlmostEqual(exception.settled_value, 6)
        self.assertAlmostEqual(exception.value_difference, 0)
