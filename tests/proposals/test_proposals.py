from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.tests import tagged

from ...models.rules import t_distribution
from ..common import BackflushCase
from ..count.test_count import CountCase

# What ten orders used of the 100 that each needed: on the whole 5 % more.
TOO_MUCH = (104, 106, 105, 104, 106, 105, 104, 106, 104, 106)


class ProposalCase(BackflushCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.use_consumption_analysis = True
        cls.proposals = cls.env["mrp.bom.proposal"]

    def generate(self):
        self.proposals.generate()
        # The action of the client looks for nothing.
        return self.proposals.search(
            [("company_id", "=", self.company.id), ("state", "in", ("open", "none"))]
        )

    def look(self, bom_line):
        return self.generate().filtered(lambda each: each.bom_line_id == bom_line)

    def use(self, bom, component, quantity, used):
        """An order, of which a person records what was used.

        :return: the completed order
        """
        order = self.create_order(bom, quantity)
        self.component(order, component).write({"quantity": used, "picked": True})
        order.qty_producing = quantity
        order._set_qty_producing()
        self.finish(order.button_mark_done())
        self.assertEqual(order.state, "done")
        return order

    def date_back(self, record, **values):
        """Dates that only the system sets."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {record._table} SET {name} = %s WHERE id IN %s",
                [value, tuple(record.ids)],
            )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestProposals(ProposalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.glue = cls.create_product(
            "Glue", stock=100000, issue_method="manual", standard_price=0.5
        )
        cls.bom = cls.create_bom((cls.glue, 10, {}), consumption="flexible")
        cls.line = cls.bom.bom_line_ids

    def use_too_much(self, used=TOO_MUCH):
        return [self.use(self.bom, self.glue, 10, each) for each in used]

    def test_manual_component_used_too_much(self):
        # 10 for each of 10: 100 needed, 105 used on the average. Of ten ratios four are
        # 0.01 above, four below: s = √(8/9) · 0.01 = 0.0094281, √10 times less are
        # 0.0029814; t(9; 0.975) = 2.262157: ±0.0067445.
        self.use_too_much()
        proposal = self.look(self.line)
        self.assertEqual(proposal.state, "open")
        self.assertEqual(proposal.kind, "quantity")
        self.assertEqual(proposal.current_value, 10)
        self.assertEqual(proposal.proposed_value, 10.5)
        self.assertAlmostEqual(proposal.ratio, 1.05)
        self.assertAlmostEqual(proposal.ratio_low, 1.0433, places=4)
        self.assertAlmostEqual(proposal.ratio_high, 1.0567, places=4)
        self.assertEqual(proposal.observation_count, 10)
        # 5 % of 1,000 at 0.50.
        self.assertAlmostEqual(proposal.yearly_value, 25)

    def test_as_the_bom_says(self):
        self.use_too_much([99, 101, 100, 98, 102, 100, 101, 99, 100, 100])
        proposal = self.look(self.line)
        self.assertEqual(proposal.state, "none")
        self.assertEqual(proposal.no_proposal_reason, "right")

    def test_too_few(self):
        self.use_too_much(TOO_MUCH[:7])
        proposal = self.look(self.line)
        self.assertEqual(proposal.no_proposal_reason, "few")
        self.assertEqual(proposal.observation_count, 7)

    def test_outlier_is_named(self):
        orders = self.use_too_much([*TOO_MUCH, 1050])
        proposal = self.look(self.line)
        self.assertEqual(proposal.proposed_value, 10.5)
        self.assertEqual(proposal.outlier_count, 1)
        [outlier] = [each for each in proposal.observations if each["is_outlier"]]
        self.assertEqual(outlier["name"], orders[-1].name)

    def test_settings(self):
        self.use_too_much()
        self.company.proposal_least_deviation = 6
        self.assertEqual(self.look(self.line).no_proposal_reason, "small")
        self.company.proposal_least_deviation = 2
        self.company.proposal_least_value = 26
        self.assertEqual(self.look(self.line).no_proposal_reason, "value")
        self.company.proposal_least_value = 25
        self.assertEqual(self.look(self.line).state, "open")

    def test_within_the_tolerance(self):
        # 5 % more are used: 6 % are tolerated, 4 % on the line itself.
        self.use_too_much()
        self.company.write({"use_consumption_tolerance": True, "tolerance_over": 6})
        self.assertEqual(self.look(self.line).no_proposal_reason, "small")
        self.line.write(
            {"has_own_tolerance": True, "tolerance_over": 4, "tolerance_under": 9}
        )
        self.assertFalse(self.line.quantity_changed_at)
        self.assertEqual(self.look(self.line).state, "open")

    def test_backflushed_and_never_counted(self):
        nail = self.create_product("Nail", stock=10000)
        bom = self.create_bom((nail, 10, {}), product=self.create_product("Box"))
        for _each in range(9):
            self.use_nothing_said(bom)
        proposal = self.look(bom.bom_line_ids)
        self.assertEqual(proposal.state, "none")
        self.assertEqual(proposal.no_proposal_reason, "never_counted")

    def use_nothing_said(self, bom, quantity=10):
        order = self.create_order(bom, quantity)
        order.qty_producing = quantity
        order._set_qty_producing()
        self.finish(order.button_mark_done())
        return order

    def test_manual_component_that_nobody_issued_is_no_observation(self):
        for _each in range(9):
            self.use_nothing_said(self.bom)
        self.assertEqual(self.look(self.line).observation_count, 0)

    def test_issued_and_returned_by_hand(self):
        # 60 and 50 issued, 5 returned: 105 of 100.
        for _each in range(8):
            order = self.create_order(self.bom, 10)
            component = self.component(order, self.glue)
            component.action_issue(60)
            component.action_issue(50)
            component.action_return(5)
            order.qty_producing = 10
            self.finish(order.button_mark_done())
        proposal = self.look(self.line)
        self.assertAlmostEqual(proposal.ratio, 1.05)
        self.assertEqual(proposal.proposed_value, 10.5)

    def test_scanned(self):
        resin = self.create_product("Resin", tracking="lot")
        lot = self.create_lot(resin, "R-1")
        self.add_stock(resin, 10000, lot=lot)
        bom = self.create_bom((resin, 10, {}), product=self.create_product("Boat"))
        for _each in range(8):
            order = self.create_order(bom, 10)
            component = self.component(order, resin)
            component.action_issue(106, lot_ids=[lot.id])
            order.qty_producing = 10
            self.finish(order.button_mark_done())
        self.assertAlmostEqual(self.look(bom.bom_line_ids).ratio, 1.06)

    def test_chain_is_one_observation(self):
        # 40 needed and 43 used for 4, 60 and 62 for the backorder of 6: 105 of 100.
        for _each in range(8):
            order = self.create_order(self.bom, 10)
            self.component(order, self.glue).write({"quantity": 43, "picked": True})
            rest = self.produce(order, 4)
            self.component(rest, self.glue).write({"quantity": 62, "picked": True})
            self.assertFalse(self.produce(rest, 6))
        proposal = self.look(self.line)
        self.assertEqual(proposal.observation_count, 8)
        self.assertAlmostEqual(proposal.ratio, 1.05)

    def test_open_backorder(self):
        for _each in range(8):
            order = self.create_order(self.bom, 10)
            self.component(order, self.glue).write({"quantity": 43, "picked": True})
            self.produce(order, 4)
        self.assertEqual(self.look(self.line).observation_count, 0)

    def test_unbuilt_is_no_observation(self):
        orders = self.use_too_much()
        unbuild = self.env["mrp.unbuild"].create(
            {
                "product_id": self.finished.id,
                "mo_id": orders[0].id,
                "product_qty": 5,
            }
        )
        unbuild.action_unbuild()
        self.assertEqual(self.look(self.line).observation_count, 9)

    def test_changed_line_starts_anew(self):
        orders = self.use_too_much()
        self.assertFalse(self.line.quantity_changed_at)
        self.line.product_qty = 11
        self.assertTrue(self.line.quantity_changed_at)
        self.assertEqual(self.look(self.line).observation_count, 0)
        now = fields.Datetime.now()
        self.date_back(self.line, quantity_changed_at=now - timedelta(days=9))
        self.date_back(orders[0].move_raw_ids, create_date=now - timedelta(days=10))
        self.assertEqual(self.look(self.line).observation_count, 9)

    def test_what_is_a_change(self):
        gram = self.env.ref("uom.product_uom_dozen")
        changes = [
            ("product_uom_id", gram.id),
            ("component_scrap", 3),
            ("is_fixed_quantity", True),
            ("product_id", self.create_product("Paste").id),
        ]
        self.line.sequence = 7
        self.line.product_qty = 10
        self.assertFalse(self.line.quantity_changed_at)
        for name, value in changes:
            self.date_back(self.line, quantity_changed_at=None)
            self.line.write({name: value})
            self.assertTrue(self.line.quantity_changed_at, name)
        self.date_back(self.line, quantity_changed_at=None)
        self.bom.product_qty = 2
        self.assertTrue(self.line.quantity_changed_at)

    def test_only_the_last_twelve_months(self):
        orders = self.use_too_much()
        self.date_back(
            orders[0], date_finished=fields.Datetime.now() - timedelta(days=370)
        )
        self.assertEqual(self.look(self.line).observation_count, 9)

    def test_other_unit(self):
        # Stocked in dozens: 10 of the line are 10/12 of a dozen.
        dozen = self.env.ref("uom.product_uom_dozen")
        self.glue.uom_id = dozen
        self.line.product_uom_id = self.unit
        self.date_back(self.line, quantity_changed_at=None)
        self.use_too_much()
        proposal = self.look(self.line)
        self.assertAlmostEqual(proposal.ratio, 1.05, places=3)
        self.assertEqual(proposal.proposed_value, 10.5)
        self.assertAlmostEqual(proposal.observations[0]["needed"], 100, places=1)

    def test_recorded_scrap_of_a_backflushed_component(self):
        nail = self.create_product("Nail", stock=10000)
        bom = self.create_bom((nail, 10, {}), product=self.create_product("Box"))
        for _each in range(8):
            order = self.use_nothing_said(bom)
            self.env["stock.scrap"].create(
                {
                    "product_id": nail.id,
                    "scrap_qty": 5,
                    "production_id": order.id,
                    "location_id": self.stock.id,
                }
            ).do_scrap()
        proposal = self.look(bom.bom_line_ids)
        self.assertEqual((proposal.kind, proposal.proposed_value), ("scrap", 5.0))

    def test_fixed_quantity(self):
        # 10 each, and 20 once: orders of 2 to 20.
        for size in (2, 3, 5, 8, 10, 12, 15, 20):
            self.use(self.bom, self.glue, size, 10 * size + 20)
        proposal = self.look(self.line)
        self.assertEqual((proposal.kind, proposal.proposed_value), ("fixed", 20))
        self.assertEqual(proposal.proposed_quantity, 10)
        proposal.action_apply()
        self.assertEqual(
            [
                (line.product_qty, line.is_fixed_quantity)
                for line in self.bom.bom_line_ids
            ],
            [(10, False), (20, True)],
        )
        order = self.create_order(self.bom, 3)
        self.assertEqual(sum(order.move_raw_ids.mapped("product_uom_qty")), 50)
        # What was used before tells of the line as it was: not once more.
        self.assertEqual(self.look(self.line).observation_count, 0)

    def test_statements_do_not_grow(self):
        def count():
            # Each is written anew, in whatever second.
            self.date_back(self.proposals.search([]), looked_at="2020-01-01")
            before = self.env.cr.sql_log_count
            self.generate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.use_too_much()
        self.generate()
        count()
        one = count()
        for index in range(5):
            bom = self.create_bom(
                (self.glue, 10, {}),
                product=self.create_product(f"Chair {index}"),
                consumption="flexible",
            )
            self.use(bom, self.glue, 10, 105)
        count()
        self.assertLessEqual(count(), one)


@tagged("post_install", "-at_install")
class TestDecisions(ProposalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.glue = cls.create_product(
            "Glue", stock=100000, issue_method="manual", standard_price=0.5
        )
        cls.bom = cls.create_bom((cls.glue, 10, {}), consumption="flexible")
        cls.line = cls.bom.bom_line_ids

    def setUp(self):
        super().setUp()
        self.orders = [self.use(self.bom, self.glue, 10, each) for each in TOO_MUCH]
        self.proposal = self.look(self.line)

    def test_apply(self):
        action = self.proposal.action_apply()
        self.assertEqual(action["tag"], "soft_reload")
        self.assertEqual(self.line.product_qty, 10.5)
        self.assertEqual(self.proposal.state, "applied")
        self.assertEqual(self.proposal.closed_by_id, self.env.user)
        note = self.bom.message_ids[0].body
        self.assertIn("10 → 10.5", note)
        self.assertIn("10 observations", note)
        self.assertIn("+5.0", note)
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self.proposal.action_apply()
        # The evidence stays, and the line starts anew.
        self.assertEqual(len(self.proposal.observations), 10)
        self.assertEqual(self.look(self.line).no_proposal_reason, "few")

    def test_line_was_changed_since(self):
        self.line.product_qty = 12
        with self.assertRaisesRegex(UserError, "changed since"):
            self.proposal.action_apply()
        self.assertEqual(self.line.product_qty, 12)

    def test_line_was_removed_since(self):
        self.bom.bom_line_ids = [Command.delete(self.line.id)]
        with self.assertRaises(MissingError):
            self.proposal.action_apply()

    def test_bom_was_archived_since(self):
        self.bom.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.proposal.action_apply()
        self.assertEqual(self.line.product_qty, 10)
        self.assertFalse(self.look(self.line))

    def test_something_else_is_proposed_since(self):
        # After days: somebody sees 10 → 10.5, and meanwhile it became 10 → 10.6.
        for _each in range(10):
            self.use(self.bom, self.glue, 10, 107)
        proposal = self.look(self.line)
        self.assertEqual(proposal.proposed_value, 10.6)
        with self.assertRaises(MissingError):
            self.proposal.action_apply()
        self.assertEqual(self.line.product_qty, 10)
        # The same once more, of more observations, is the same proposal.
        self.use(self.bom, self.glue, 10, 106)
        self.assertEqual(self.look(self.line), proposal)
        proposal.action_apply()
        self.assertEqual(self.line.product_qty, 10.6)

    def test_decided_once(self):
        self.proposal.action_apply()
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            self.proposal.action_reject("No")
        self.assertEqual(self.proposal.state, "applied")
        self.assertFalse(self.proposal.reject_reason)
        chair = self.create_bom((self.glue, 10, {}), consumption="flexible")
        for used in TOO_MUCH:
            self.use(chair, self.glue, 10, used)
        other = self.look(chair.bom_line_ids)
        other.action_reject("The pump leaked")
        with self.assertRaisesRegex(UserError, "nothing to decide"):
            other.action_apply()
        self.assertEqual(chair.bom_line_ids.product_qty, 10)

    def test_open_orders(self):
        untouched = self.create_order(self.bom, 10)
        draft = self.create_order(self.bom, 10, confirm=False)
        issued = self.create_order(self.bom, 10)
        self.component(issued, self.glue).action_issue(5)
        begun = self.create_order(self.bom, 10)
        begun.qty_producing = 4
        recorded = self.create_order(self.bom, 10)
        self.component(recorded, self.glue).action_record_planned()
        dialog = self.open(self.proposal.action_apply())
        self.assertEqual(set(dialog.production_ids), {untouched, draft})
        for order, reason in (
            (issued, "components were issued"),
            (begun, "production has begun"),
            (recorded, "components were recorded"),
        ):
            self.assertIn(f"{order.name}: {reason}", dialog.left_out)
        dialog.press("action_update")
        self.assertEqual(self.component(untouched, self.glue).product_uom_qty, 105)
        self.assertEqual(self.component(draft, self.glue).product_uom_qty, 105)
        self.assertEqual(self.component(begun, self.glue).product_uom_qty, 100)
        self.assertFalse(untouched.is_outdated_bom)

    def test_reject(self):
        with self.assertRaisesRegex(UserError, "reason"):
            self.proposal.action_reject(" ")
        dialog = self.open(self.proposal.action_open_reject())
        dialog.reason = "The pump leaked"
        dialog.press("action_reject")
        self.assertEqual(self.proposal.state, "rejected")
        self.assertEqual(self.proposal.reject_reason, "The pump leaked")
        self.assertEqual(self.line.product_qty, 10)
        self.assertIn("The pump leaked", self.bom.message_ids[0].body)
        self.assertEqual(self.look(self.line).no_proposal_reason, "asleep")

    def test_rejected_until_there_are_half_as_many_more(self):
        # Of ten observations: four more are too few, five are enough.
        self.proposal.action_reject("The pump leaked")
        past = fields.Datetime.now() - timedelta(days=1)
        self.date_back(
            self.env["mrp.production"].union(*self.orders), date_finished=past
        )
        self.date_back(self.proposal, closed_at=past + timedelta(hours=1))
        for used in (104, 106, 105, 105):
            self.use(self.bom, self.glue, 10, used)
        self.assertEqual(self.look(self.line).no_proposal_reason, "asleep")
        self.use(self.bom, self.glue, 10, 105)
        self.assertEqual(self.look(self.line).state, "open")

    def test_who_may(self):
        user = self.create_user("planner", "mrp.group_mrp_user")
        manager = self.create_user(
            "chief", "mrp.group_mrp_user", "mrp.group_mrp_manager"
        )
        self.assertTrue(self.proposal.with_user(user).change_text)
        for name in ("action_apply", "generate"):
            with self.assertRaises(AccessError):
                getattr(self.proposal.with_user(user), name)()
        with self.assertRaises(AccessError):
            self.proposal.with_user(user).action_reject("no")
        stranger = self.create_user("stranger", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.proposal.with_user(stranger).read(["ratio"])
        self.proposal.with_user(manager).action_apply()
        self.assertEqual(self.line.product_qty, 10.5)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = self.create_user(
            "chief2",
            "mrp.group_mrp_user",
            "mrp.group_mrp_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(self.proposals.with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.proposal.with_user(user).action_apply()

    def test_bom_became_another_companys(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.bom.company_id = other
        user = self.create_user("chief3", "mrp.group_mrp_user", "mrp.group_mrp_manager")
        with self.assertRaises(AccessError):
            self.proposal.with_user(user).action_apply()
        self.assertEqual(self.line.product_qty, 10)
        self.assertFalse(self.look(self.line))

    def test_bom_of_several_companies(self):
        # What one company found is the line's; the other's proposal was made before.
        other = self.env["res.company"].create({"name": "Other"})
        self.bom.company_id = False
        theirs = self.proposal.sudo().copy_data()[0]
        theirs = self.proposals.create(
            {**theirs, "company_id": other.id, "state": "open"}
        )
        self.proposal.action_apply()
        self.env.user.company_ids += other
        theirs = theirs.with_context(allowed_company_ids=[other.id])
        with self.assertRaisesRegex(UserError, "changed since"):
            theirs.action_apply()
        self.assertEqual(self.line.product_qty, 10.5)

    def test_switched_off(self):
        menu = self.env.ref("mrp_backflush.menu_mrp_bom_proposal")
        planner = self.create_user("planner2", "mrp.group_mrp_manager")
        menus = self.env["ir.ui.menu"].with_user(planner)
        self.assertIn(menu.id, menus._visible_menu_ids())
        self.company.use_consumption_analysis = False
        self.assertNotIn(menu.id, menus._visible_menu_ids())
        with self.assertRaisesRegex(UserError, "Switch on"):
            self.proposals.generate()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        self.proposals._generate_monthly()
        self.assertEqual(self.env.cr.sql_log_count - before, 1)

    def test_without_the_library(self):
        self.patch(t_distribution, "is_there", lambda: False)
        with self.assertRaisesRegex(UserError, "SciPy is missing"):
            self.proposals.generate()
        action = self.proposals.action_open()
        self.assertIn("SciPy is missing", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["res_model"], "mrp.bom.proposal")
        with self.assertLogs("odoo.addons.mrp_backflush", "WARNING"):
            self.proposals._generate_monthly()

    def test_monthly(self):
        self.proposal.sudo().unlink()
        cron = self.env.ref("mrp_backflush.ir_cron_bom_proposals")
        # The company's are found in a transaction of their own.
        self.patch(self.env.cr, "commit", self.env.cr.flush)
        cron.ir_actions_server_id.run()
        self.assertEqual(
            self.proposals.search([("bom_line_id", "=", self.line.id)]).state, "open"
        )

    def test_export(self):
        [row] = self.proposal.export_data(
            ["product_id/name", "change_text", "ratio", "state", "yearly_value"]
        )["datas"]
        self.assertEqual(row[:2], ["Glue", f"10 → 10.5 {self.unit.name}"])


@tagged("post_install", "-at_install")
class TestProposalsOfCounts(CountCase, ProposalCase):
    """Screws of the shelf are backflushed: only counts tell."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.add_stock(cls.screw, 100000, location=cls.shelf)
        cls.line = cls.bom.bom_line_ids

    def count_after(self, orders, missing):
        """Orders were made, and a count finds so many screws missing.

        :param orders: pairs of a BoM and a quantity
        """
        for bom, quantity in orders:
            self.complete(quantity, bom)
        sheet = self.create_sheet()
        line = self.get_line(sheet)
        line.counted_quantity = line._get_books()[line] - missing
        sheet.action_validate()
        return sheet

    def test_counts_are_observations(self):
        # Each count: 100 taken, 5 on the average missing. The first is none: it only
        # opens the books.
        self.count_after([(self.bom, 10)], 20)
        for missing in (4, 6, 5, 4, 6, 5, 5):
            self.count_after([(self.bom, 10)], missing)
        proposal = self.look(self.line)
        self.assertEqual(proposal.no_proposal_reason, "few")
        self.assertEqual(proposal.observation_count, 7)
        self.count_after([(self.bom, 10)], 5)
        proposal = self.look(self.line)
        self.assertEqual(proposal.state, "open")
        self.assertAlmostEqual(proposal.ratio, 1.05)
        self.assertEqual(proposal.proposed_value, 10.5)
        self.assertEqual(
            {each["model"] for each in proposal.observations}, {"mrp.line.count"}
        )

    def test_one_bad_bom_among_several(self):
        # Tables really use 20 % more, chairs and boxes what their BoMs say. Of each
        # count a table's use is 100 of 300.
        others = [
            self.create_bom(
                (self.screw, 10, {"supply_location_id": self.shelf.id}),
                product=self.create_product(name),
            )
            for name in ("Chair", "Box")
        ]
        boms = [self.bom, *others]
        for _each in range(10):
            self.count_after([(bom, 10) for bom in boms], 20)
        for bom in boms:
            proposal = self.look(bom.bom_line_ids)
            self.assertEqual(proposal.state, "none")
            self.assertEqual(proposal.no_proposal_reason, "shared")

    def test_nine_tenths_are_enough(self):
        chair = self.create_bom(
            (self.screw, 10, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        for missing in (9, 4, 6, 5, 4, 6, 5, 5, 5):
            self.count_after([(self.bom, 9), (chair, 1)], missing)
        proposal = self.look(self.line)
        self.assertEqual(proposal.state, "open")
        # Of each observation a person sees that a tenth was another line's use.
        self.assertEqual({each["part"] for each in proposal.observations}, {0.9})
        self.assertEqual(self.look(chair.bom_line_ids).no_proposal_reason, "shared")

    def test_less_than_nine_tenths_are_not(self):
        # 890 of 1,000 screws are the table's: 89 %.
        chair = self.create_bom(
            (self.screw, 10, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        for missing in (90, 40, 60, 50, 40, 60, 50, 50, 50):
            self.count_after([(self.bom, 89), (chair, 11)], missing)
        for line in (self.line, chair.bom_line_ids):
            self.assertEqual(self.look(line).no_proposal_reason, "shared")

    def test_nine_tenths_of_a_decimal_quantity(self):
        # 0.3 for each of 9 tables are 2.7 of 3.0, which is 2.6999999999999997 in a
        # computer.
        self.line.product_qty = 0.3
        self.date_back(self.line, quantity_changed_at=None)
        chair = self.create_bom(
            (self.screw, 0.3, {"supply_location_id": self.shelf.id}),
            product=self.create_product("Chair"),
        )
        for _each in range(9):
            self.count_after([(self.bom, 9), (chair, 1)], 0.3)
        self.assertEqual(self.look(self.line).observation_count, 8)

    def test_cancelled_count_is_none(self):
        for missing in (9, 4, 6, 5, 4, 6, 5, 5):
            self.count_after([(self.bom, 10)], missing)
        counted = self.env["mrp.line.count.line"].search([("state", "=", "done")])
        self.date_back(counted, counted_at=fields.Datetime.now() - timedelta(days=1))
        sheet = self.count_after([(self.bom, 10)], 5)
        self.assertEqual(self.look(self.line).state, "open")
        sheet.action_cancel("Wrong shelf")
        self.assertEqual(self.look(self.line).observation_count, 7)

    def test_at_count(self):
        # Nothing is posted until it is counted: 105 of 100.
        self.screw.issue_method = "count"
        for missing in (120, 104, 106, 105, 104, 106, 105, 105, 105):
            self.count_after([(self.bom, 10)], missing)
        proposal = self.look(self.line)
        self.assertAlmostEqual(proposal.ratio, 1.05)
        self.assertEqual(proposal.proposed_value, 10.5)

    def test_order_in_progress(self):
        # 100 of a completed order, and 50 that were issued at the start of one that is
        # still in progress: of 150 used 7 more are missing, 157 of 150.
        self.screw.issue_method = "start"
        for missing in (20, *[7] * 8):
            self.create_order(self.bom, 5).action_start()
            self.count_after([(self.bom, 10)], missing)
        proposal = self.look(self.line)
        self.assertEqual(proposal.observation_count, 8)
        self.assertAlmostEqual(proposal.ratio, 157 / 150, places=4)
        self.assertEqual(proposal.kind, "quantity")

    def test_recorded_scrap_beside_counts(self):
        # 100 taken by the BoM, 5 recorded as scrap, and nothing else is missing.
        self.count_after([(self.bom, 10)], 20)
        for _each in range(8):
            order = self.complete(10)
            self.env["stock.scrap"].create(
                {
                    "product_id": self.screw.id,
                    "scrap_qty": 5,
                    "production_id": order.id,
                    "location_id": self.shelf.id,
                }
            ).do_scrap()
            self.count_after([], 0)
        proposal = self.look(self.line)
        self.assertAlmostEqual(proposal.ratio, 1.05)
        self.assertEqual((proposal.kind, proposal.proposed_value), ("scrap", 5.0))
