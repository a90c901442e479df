"""What one call says of a component, in which several rooms have a say."""

from odoo import Command
from odoo.tests import tagged

from ..method.test_supply_location import SupplyLocationCase


@tagged("post_install", "-at_install")
class TestComponentStory(SupplyLocationCase):
    def describe(self, move):
        return {
            "location": move.location_id,
            "location source": move.supply_location_source,
            "method": move.issue_method,
            "method source": move.issue_method_source,
            "demand": move.product_uom_qty,
            "per unit": move.quantity_per_unit,
            "quantity": move.quantity,
            "picked": move.picked,
            "state": move.issue_state,
        }

    def test_all_at_once_is_one_after_the_other(self):
        # 10 tables of 2 screws, of the line side by the BoM; a person says 30 are
        # demanded, 3 a table, by hand, of the trolley, and that 12 were used.
        self.line.supply_location_id = self.line_side
        said = {
            "location_id": self.person_place.id,
            "issue_method": "manual",
            "product_uom_qty": 30,
            "quantity": 12,
        }
        at_once, one_by_one = self.create_order(self.bom), self.create_order(self.bom)
        self.screws(at_once).write(said)
        for name, value in said.items():
            self.screws(one_by_one).write({name: value})
        described = self.describe(self.screws(at_once))
        self.assertEqual(
            described,
            {
                "location": self.person_place,
                "location source": "order",
                "method": "manual",
                "method source": "order",
                "demand": 30,
                "per unit": 3,
                "quantity": 12,
                "picked": True,
                "state": "recorded",
            },
        )
        self.assertEqual(self.describe(self.screws(one_by_one)), described)

    def test_all_at_once_on_several_components(self):
        # The screws come from a place that the BoM names, and are moved one by one; the
        # boards from the order's own, and core moves them. 40 for 10 tables are 4 each.
        self.line.supply_location_id = self.line_side
        order = self.create_order(self.bom)
        order.move_raw_ids.write(
            {
                "location_id": self.shelf.id,
                "issue_method": "manual",
                "product_uom_qty": 40,
            }
        )
        for component in order.move_raw_ids:
            self.assert_from(component, self.shelf, "order")
            self.assertEqual(component.issue_method, "manual")
            self.assertEqual(component.issue_method_source, "order")
            self.assertEqual(component.quantity_per_unit, 4)

    def test_all_at_once_on_a_new_component(self):
        order = self.create_order(self.bom)
        order.move_raw_ids = [
            Command.create(
                {
                    "product_id": self.board.id,
                    "product_uom_qty": 20,
                    "location_id": self.person_place.id,
                    "issue_method": "manual",
                    "issue_method_source": "company",
                    "supply_location_source": "bom_line",
                }
            )
        ]
        added = order.move_raw_ids[-1]
        # Where it was said is not a client's to say; 20 for 10 tables are 2 a table.
        self.assertEqual(
            self.describe(added),
            {
                "location": self.person_place,
                "location source": "order",
                "method": "manual",
                "method source": "order",
                "demand": 20,
                "per unit": 2,
                "quantity": 0,
                "picked": False,
                "state": "to_issue",
            },
        )

    def test_copy_takes_over_what_was_chosen_unless_told_otherwise(self):
        screws = self.screws(self.create_order(self.bom))
        screws.write({"location_id": self.shelf.id, "issue_method": "manual"})
        copy = screws.copy()
        self.assert_from(copy, self.shelf, "order")
        self.assertEqual(
            (copy.issue_method, copy.issue_method_source), ("manual", "order")
        )
        self.assertEqual(copy.quantity_per_unit, 2)
        other = screws.copy({"location_id": self.line_side.id, "issue_method": "start"})
        self.assert_from(other, self.line_side, "order")
        self.assertEqual(
            (other.issue_method, other.issue_method_source), ("start", "order")
        )

    def test_nothing_is_said_of_no_moves(self):
        moves = self.env["stock.move"]
        self.assertTrue(moves.write({"quantity": 1, "location_id": self.shelf.id}))
        self.assertFalse(moves._action_done())
        self.assertFalse(moves._action_assign())
        self.assertFalse(moves.move_line_ids.create([]))

    def test_place_of_the_method_before_is_a_choice_with_another_method(self):
        # By the BoM line the screws come from the line side, by hand from the stock:
        # who says both *by hand* and *from the line side* has chosen the latter.
        self.line.supply_location_id = self.line_side
        order = self.create_order(self.bom)
        screws = self.screws(order)
        self.assert_from(screws, self.line_side, "bom_line")
        screws.write({"issue_method": "manual", "location_id": self.line_side.id})
        self.assert_from(screws, self.line_side, "order")
        self.assertEqual(self.reserved(self.line_side), 20)
