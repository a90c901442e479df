"""What docs/examples.md shows to other systems, over HTTP and with a key."""

import re
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.completion import mrp_completion_run
from ..pages import read_blocks, read_rows, read_sections
from ..remote import RemoteCase

SECTIONS = read_sections("examples.md")


@tagged("post_install", "-at_install")
class TestExamples(RemoteCase):
    """Lamps of 1 bulb and 2 screws each: 100 bulbs and 1000 screws are there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls.create_user("operator", "mrp.group_mrp_user")
        cls.bulb = cls.create_product("Bulb", stock=100, standard_price=2)
        cls.screw = cls.create_product("Screw", stock=1000, standard_price=0.1)
        cls.lamp = cls.create_product("Lamp")
        cls.bom = cls.create_bom(
            (cls.bulb, 1, {}), (cls.screw, 2, {}), product=cls.lamp
        )

    # Running them.

    def get_key(self, user):
        """As the dialog in a person's preferences makes it."""
        return (
            self.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate(None, "Terminal", fields.Datetime.now() + timedelta(days=1))
        )

    @contextmanager
    def letting_in(self):
        """The requests of others than the test's own browser, too."""
        self.env.flush_all()
        self.env.cr.clear()
        try:
            with self.allow_requests(all_requests=True):
                yield
        finally:
            self.http_request_allow_all = False
            self.env.invalidate_all()

    def connect(self, user=None):
        """:return: the names that the first block defines"""
        names = {}
        [connecting] = read_blocks(SECTIONS["Connecting"], "python")
        exec(connecting, names)
        names.update(
            SERVER=self.base_url(),
            DATABASE=self.env.cr.dbname,
            KEY=self.get_key(user or self.operator),
        )
        return names

    def run_example(self, title, user=None, **names):
        """:param names: what the block takes for given
        :return: all names after it
        """
        known = {**self.connect(user), **names, "print": lambda *words: None}
        [block] = read_blocks(SECTIONS[title], "python")
        with self.letting_in():
            exec(block, known)
        return known

    def create_lamp_with_lots(self):
        return self.create_product("Lamp", tracking="lot", barcode="LAMP-01")

    def test_each_block_is_run(self):
        """By the test that its title names."""
        with_code = {
            title for title, text in SECTIONS.items() if read_blocks(text, "python")
        }
        for title in with_code - {"Connecting"}:
            name = re.sub(r"\W+", "_", title).lower()
            self.assertTrue(hasattr(self, f"test_{name}"), title)

    # Reporting.

    def test_reporting_what_was_made(self):
        """12 lamps, for which 10 bulbs are there: 2 wait."""
        self.company.shortage_rule = "park"
        self.add_stock(self.bulb, -90)
        lamp = self.create_lamp_with_lots()
        self.create_bom((self.bulb, 1, {}), (self.screw, 2, {}), product=lamp)
        report = self.run_example("Reporting what was made")["report"]
        [lot] = self.env["stock.lot"].search([("product_id", "=", lamp.id)])
        self.assertEqual((lot.name, self.on_hand(lamp)), ("L-2611", 12))
        self.assertEqual((self.on_hand(self.bulb), self.on_hand(self.screw)), (0, 976))
        order = self.env["mrp.production"].browse(report["production_id"])
        self.assertEqual(order.state, "done")
        self.assertEqual(order.backflush_exception_ids.quantity, 2)
        [component] = report["waiting"]
        self.assertIn("Bulb", component)
        self.assertIn("12", report["message"])
        self.assertIn("L-2611", report["message"])

    def test_reporting_on_a_planned_order(self):
        """4 of 10."""
        lamp = self.create_lamp_with_lots()
        order = self.create_order(
            self.create_bom((self.bulb, 1, {}), product=lamp), quantity=10
        )
        found = self.run_example("Reporting on a planned order", order_name=order.name)
        self.assertEqual((order.state, order.qty_produced), ("done", 4))
        self.assertEqual(order.lot_producing_ids.name, "L-2612")
        self.assertEqual((self.on_hand(lamp), self.on_hand(self.bulb)), (4, 96))
        [rest] = found["rest"]
        self.assertEqual(rest["product_qty"], 6)
        self.assertIn(rest["id"], self.get_chain(order).ids)

    def test_lots_of_components_that_were_scanned(self):
        self.company.lot_rule = "scan"
        board = self.create_product("Board", tracking="lot")
        lots = [self.create_lot(board, name) for name in ("B-1", "B-2", "B-3")]
        for lot in lots:
            self.add_stock(board, 5, lot=lot)
        self.create_bom((board, 1, {}), product=self.finished)
        self.run_example(
            "Lots of components that were scanned",
            lamp=self.finished.id,
            codes=["B-2", "B-3"],
        )
        self.assertEqual(self.on_hand(self.finished), 2)
        self.assertEqual([lot.product_qty for lot in lots], [5, 4, 4])

    def test_scrap(self):
        """10 are made of 10 bulbs, 1 of them is bad: 9 are left. 2 more bulbs broke:
        100 - 10 - 2."""
        order = self.create_order(self.bom, quantity=3)
        self.run_example("Scrap", lamp=self.lamp.id, bulb=self.bulb.id, order=order.id)
        self.assertEqual(self.on_hand(self.lamp), 9)
        self.assertEqual(self.on_hand(self.bulb), 88)
        self.assertEqual(order.scrap_ids.mapped("scrap_qty"), [2])
        # Its need is what it was.
        self.assertEqual(self.component(order, self.bulb).open_quantity, 3)

    # Components and orders.

    def test_issuing_and_returning_by_hand(self):
        """6 boards, 5 of the first lot and 1 of the second; the last 2 come back."""
        board = self.create_product("Board", tracking="lot", issue_method="manual")
        first, second = (self.create_lot(board, name) for name in ("B-1", "B-2"))
        self.add_stock(board, 5, lot=first)
        self.add_stock(board, 5, lot=second)
        bom = self.create_bom((board, 1, {}), (self.bulb, 1, {}))
        order = self.create_order(bom, quantity=6)
        found = self.run_example(
            "Issuing and returning by hand",
            order=order.id,
            lots=[second.id, first.id],
        )
        [component] = found["components"]
        self.assertEqual(component["product_id"][0], board.id)
        self.assertEqual(component["issue_state"], "to_issue")
        self.assertEqual(
            (component["planned_quantity"], component["open_quantity"]), (6, 6)
        )
        self.assertEqual(self.component(order, board).issued_quantity, 4)
        self.assertEqual(self.on_hand(board), 6)
        # At completion only.
        self.assertEqual(self.on_hand(self.bulb), 100)

    def test_what_completing_would_issue(self):
        """Of 120 bulbs 100 are there."""
        self.company.shortage_rule = "park"
        order = self.create_order(self.bom, quantity=120)
        plan = self.run_example("What completing would issue", order=order.id)["plan"]
        self.assertEqual(
            [(part["product_id"], part["quantity"], part["shortage"]) for part in plan],
            [(self.bulb.id, 120, 20), (self.screw.id, 240, 0)],
        )
        self.assertEqual(order.state, "confirmed")

    def test_completing_many_orders(self):
        """102 orders of one lamp each, in two calls; of the 101st one bulb is left out,
        for a reason; the last is a draft."""
        self.add_stock(self.bulb, 10)
        self.company.use_consumption_tolerance = True
        bom = self.create_bom(
            (self.bulb, 1, {}), product=self.finished, consumption="warning"
        )
        orders = self.env["mrp.production"].create(
            [
                {"product_id": self.finished.id, "bom_id": bom.id, "product_qty": 1}
                for _number in range(102)
            ]
        )
        orders[:-1].action_confirm()
        component = orders[100].move_raw_ids
        component.issue_method = "manual"
        component.action_record_unused()
        reason = self.env.ref("mrp_backflush.mrp_deviation_reason_substitute")
        results = self.run_example(
            "Completing many orders",
            orders=orders.ids,
            reasons={orders[100].id: {component.id: reason.id}},
        )["results"]
        self.assertEqual([result["id"] for result in results], orders.ids)
        self.assertEqual(
            [result["result"] for result in results], ["done"] * 101 + ["failed"]
        )
        # To confirm it.
        self.assertTrue(results[-1]["needs_person"])
        self.assertEqual(component.deviation_reason_id, reason)
        self.assertEqual(self.on_hand(self.bulb), 110 - 100)
        # Its answer lost, the call is repeated.
        again = self.run_example(
            "Completing many orders",
            orders=orders[:100].ids,
            reasons={},
        )["results"]
        self.assertEqual({result["result"] for result in again}, {"done"})
        self.assertEqual(self.on_hand(self.bulb), 110 - 100)

    def test_completing_in_the_background(self):
        """Of three orders one needs a person: nobody issued what its bill of materials
        asks about."""
        self.company.completion_background_limit = 0
        glue = self.create_product("Glue", stock=5, issue_method="manual")
        asking = self.create_bom(
            (self.bulb, 1, {}), (glue, 1, {}), consumption="warning"
        )
        orders = self.create_order(self.bom, quantity=2)
        orders += self.create_order(asking, quantity=1)
        orders += self.create_order(self.bom, quantity=3)
        with patch("time.sleep", self.work):
            found = self.run_example("Completing in the background", orders=orders.ids)
        self.assertEqual(found["progress"]["state"], "done")
        self.assertEqual(found["progress"]["person_count"], 1)
        [left] = found["left"]
        self.assertEqual(left["production_id"][0], orders[1].id)
        self.assertEqual(left["result"], "person")
        self.assertEqual(orders.mapped("state"), ["done", "confirmed", "done"])
        self.assertEqual(self.on_hand(self.bulb), 100 - 2 - 3)

    def work(self, _seconds):
        """What a worker of the scheduled action does meanwhile."""
        cron = type(self.env["ir.cron"])
        with (
            patch.object(cron, "_commit_progress", lambda *args, **named: 60),
            patch.object(
                mrp_completion_run,
                "in_own_transaction",
                lambda env, function: function(),
            ),
        ):
            self.env["mrp.completion.run"]._work()
        self.env.flush_all()
        self.env.cr.clear()

    def test_what_waits(self):
        """8 boards of 10 have a lot, that nobody named; 4 bulbs are there now for 20
        that wait."""
        self.company.write({"shortage_rule": "park", "lot_rule": "scan"})
        board = self.create_product("Board", tracking="lot")
        lot = self.create_lot(board, "B-1")
        self.add_stock(board, 8, lot=lot)
        bom = self.create_bom((board, 1, {}))
        orders = self.create_order(bom, quantity=10)
        orders += self.create_order(self.bom, quantity=120)
        orders.do_unreserve()
        for order in orders:
            order.button_mark_done()
        self.assertEqual(orders.backflush_exception_ids.mapped("quantity"), [10, 20])
        self.add_stock(self.bulb, 4)
        found = self.run_example("What waits", bulb=self.bulb.id, lot=lot.id)
        self.assertEqual(len(found["waiting"]), 1)
        self.assertEqual(found["still_open"], 1)
        found = self.run_example("What waits", bulb=board.id, lot=lot.id)
        self.assertEqual(found["waiting"][0]["reason"], "lot_not_scanned")
        self.assertEqual(orders.backflush_exception_ids.mapped("quantity"), [2, 16])
        self.assertEqual(self.on_hand(board), 0)

    def test_undoing_a_report(self):
        reports = self.env["mrp.production.report"].with_user(self.operator)
        for quantity in (5, 3):
            reports.report_production(self.lamp.id, quantity)
        self.assertEqual(self.on_hand(self.bulb), 92)
        self.run_example("Undoing a report")
        self.assertEqual(self.on_hand(self.bulb), 95)
        self.assertEqual(self.on_hand(self.lamp), 5)

    # Counts and figures.

    def test_counting_a_shelf(self):
        """100, 200 and 300 of 1000 screws were taken, 370 lie there: 30 are missing. A
        nut is on the sheet that nobody weighs."""
        self.company.use_line_count = True
        shelf = self.create_location("Assembly Shelf")
        screw, nut = (
            self.create_product("Long Screw", default_code="M4"),
            self.create_product("Nut", default_code="N4"),
        )
        self.add_stock(screw, 1000, location=shelf)
        self.add_stock(nut, 5, location=shelf)
        self.create_bom((nut, 1, {}), product=self.create_product("Chair"))
        bom = self.create_bom((screw, 10, {"supply_location_id": shelf.id}))
        orders = self.env["mrp.production"]
        for quantity in (10, 20, 30):
            order = self.create_order(bom, quantity)
            order.button_mark_done()
            orders += order
        shares = self.run_example(
            "Counting a shelf",
            self.users["manager"],
            shelf=shelf.id,
            weigh={"M4": 370}.get,
        )["shares"]
        self.assertEqual(
            [
                (share["production_id"][0], share["base_quantity"], share["quantity"])
                for share in shares
            ],
            [(orders[0].id, 100, 5), (orders[1].id, 200, 10), (orders[2].id, 300, 15)],
        )
        self.assertEqual((self.on_hand(screw), self.on_hand(nut)), (370, 5))

    def test_reading_the_analysis(self):
        """10 lamps are to take 20 screws, and took 25: 5 more, at 0.10."""
        self.company.use_consumption_analysis = True
        order = self.create_order(self.bom, quantity=10)
        order.qty_producing = 10
        order._set_qty_producing()
        self.component(order, self.screw).quantity = 25
        order.with_context(skip_consumption=True).button_mark_done()
        self.assertEqual(order.state, "done")
        rows = self.run_example("Reading the analysis")["by_component"]
        costs = {
            row["product_id"][0]: (
                row["planned_cost:sum"],
                row["usage_cost:sum"],
                row["actual_cost:sum"],
            )
            for row in rows
        }
        self.assertEqual(costs[self.bulb.id], (20, 0, 20))
        self.assertEqual(costs[self.screw.id], (2, 0.5, 2.5))

    # What is refused.

    @mute_logger("odoo.http")
    def test_what_is_refused(self):
        component = self.component(self.create_order(self.bom), self.bulb)
        found = self.run_example("What is refused", component=component.id)
        self.assertEqual(found["status"], 422)
        self.assertIn("greater than zero", found["answer"]["message"])
        self.assertEqual(self.on_hand(self.bulb), 100)
        rows = read_rows(SECTIONS["What is refused"])
        said = {(status, name) for status, name, _meaning in rows}
        for status, name in (
            self.get_refusal("stock.move", "action_isue", ids=[component.id]),
            self.get_refusal("stock.mov", "action_issue", ids=[component.id]),
            self.get_refusal("stock.move", "action_issue", ids=[component.id], to=1),
            self.get_refusal("stock.move", "action_issue", ids=[2**31 - 1]),
            self.get_refusal(
                *("mrp.backflush.exception", "create"), vals_list=[{"quantity": 1}]
            ),
            self.get_refusal("mrp.bom.proposal", "generate"),
            self.get_refusal("stock.move", "action_issue", key="x" * 40),
        ):
            self.assertTrue(
                [cell for number, cell in said if number == status and name in cell],
                (status, name),
            )
        names = " ".join(name for _status, name in said)
        self.assertIn("LockError", names)

    def get_refusal(self, model, method, key=None, **arguments):
        names = self.connect()
        if key:
            names["KEY"] = key
        with self.letting_in(), self.assertRaises(names["Refused"]) as caught:
            names["call"](model, method, **arguments)
        status, answer = caught.exception.args
        return str(status), answer["name"]

    @mute_logger("odoo.addons.rpc.controllers.jsonrpc")
    def test_the_older_interface(self):
        order = self.create_order(self.bom, quantity=10)
        plan = self.run_example(
            "The older interface", user_id=self.operator.id, order=order.id
        )["plan"]
        self.assertEqual([part["quantity"] for part in plan], [10, 20])
