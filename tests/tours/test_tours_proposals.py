import csv
import json

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from ..proposals.test_proposals import TOO_MUCH, ProposalCase

EXPORTED = {
    "mrp.bom.proposal": ["product_id", "change_text", "deviation_text", "yearly_value"],
    "mrp.consumption.analysis": ["product_id", "planned_cost", "deviation_percent"],
}


class ProposalTourCase(ProposalCase, HttpCase):
    """Glue of which 5 % more is used than the BoM says; one order is a typing error."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.glue = cls.create_product(
            "Glue", stock=100000, issue_method="manual", standard_price=0.5
        )
        cls.bom = cls.create_bom((cls.glue, 10, {}), consumption="flexible")
        cls.planner = cls.create_user(
            "planner", "mrp.group_mrp_user", "mrp.group_mrp_manager"
        )

    def setUp(self):
        super().setUp()
        for used in (*TOO_MUCH, 1050):
            self.use(self.bom, self.glue, 10, used)

    def apply(self, tour):
        """Of two open orders one follows, from the other something was issued."""
        order = self.create_order(self.bom, 10)
        issued = self.create_order(self.bom, 10)
        self.component(issued, self.glue).action_issue(5)
        self.run_tour(tour)
        self.assertEqual(self.bom.bom_line_ids.product_qty, 10.5)
        self.assertEqual(self.component(order, self.glue).product_uom_qty, 105)
        # 5 of its 100 were issued.
        self.assertEqual(self.component(issued, self.glue).product_uom_qty, 95)

    def run_tour(self, name):
        action = self.env.ref("mrp_backflush.mrp_bom_proposal_action_open")
        self.start_tour(
            f"/odoo/action-{action.id}",
            f"mrp_backflush_proposals_{name}",
            login="planner",
            timeout=120,
        )


@tagged("post_install", "-at_install")
class TestProposalTours(ProposalTourCase):
    def test_planner_applies_a_proposal(self):
        self.apply("apply")

    def test_lists_are_exported(self):
        """As *Export All* of a list does it, by those who may export."""
        self.proposals.generate()
        self.env.flush_all()
        for model in EXPORTED:
            self.assertFalse(self.export(model).ok, model)
        self.planner.group_ids += self.env.ref("base.group_allow_export")
        [proposal] = self.read_rows(self.export("mrp.bom.proposal"))
        self.assertEqual(proposal["change_text"], f"10 → 10.5 {self.unit.name}")
        self.assertEqual(proposal["yearly_value"], "27.5")
        rows = self.read_rows(self.export("mrp.consumption.analysis"))
        # 100 of 0.50 each; the typing error used 950 more.
        self.assertEqual([row["planned_cost"] for row in rows], ["50.0"] * 11)
        self.assertIn("9.5", [row["deviation_percent"] for row in rows])
        for model in EXPORTED:
            grouped = self.export(model, "xlsx", groupby=["product_id"])
            self.assertTrue(grouped.ok, model)

    def read_rows(self, answer):
        """:return: the rows of what was exported, by field"""
        return list(csv.DictReader(answer.text.splitlines()))

    def export(self, model, kind="csv", groupby=()):
        """:return: the server's answer"""
        self.authenticate("planner", "planner")
        said = {
            "model": model,
            "fields": [
                {
                    "name": name,
                    "label": name,
                    "type": self.env[model]._fields[name].type,
                }
                for name in EXPORTED[model]
            ],
            "ids": False,
            "domain": [("product_id", "=", self.glue.id)],
            "groupby": list(groupby),
            "import_compat": False,
            "context": {},
        }
        return self.url_open(
            f"/web/export/{kind}",
            data={"data": json.dumps(said), "csrf_token": Request.csrf_token(self)},
        )


@tagged("post_install", "-at_install")
class TestProposalPhoneTours(ProposalTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_planner_applies_a_proposal(self):
        self.proposals.generate()
        self.apply("apply_phone")

    def test_planner_rejects_a_proposal(self):
        self.proposals.generate()
        self.run_tour("reject_phone")
        self.assertEqual(self.proposals.search([]).state, "rejected")
