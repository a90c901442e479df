from odoo.tests import HttpCase, tagged

from ..proposals.test_proposals import TOO_MUCH, ProposalCase


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
        order = self.create_order(self.bom, 10)
        issued = self.create_order(self.bom, 10)
        self.component(issued, self.glue).action_issue(5)
        self.run_tour("apply")
        self.assertEqual(self.bom.bom_line_ids.product_qty, 10.5)
        self.assertEqual(self.component(order, self.glue).product_uom_qty, 105)


@tagged("post_install", "-at_install")
class TestProposalPhoneTours(ProposalTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_planner_rejects_a_proposal(self):
        self.proposals.generate()
        self.run_tour("reject_phone")
        self.assertEqual(self.proposals.search([]).state, "rejected")
