from odoo import Command
from odoo.tests import Form, tagged

from ..common import BackflushCase


@tagged("post_install", "-at_install")
class TestChainAsCore(BackflushCase):
    """What became of one order of a chain changes nothing for those after it that core
    wouldn't change: a table takes 2 legs, whatever was made of the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leg = cls.create_product("Leg", stock=100)
        cls.offcut = cls.create_product("Offcut")
        cls.bom = cls.create_bom(
            (cls.leg, 2, {}),
            consumption="flexible",
            # With it, an order of which no table was made is done, not cancelled.
            byproduct_ids=[Command.create({"product_id": cls.offcut.id})],
        )

    def demand(self, order):
        return self.component(order, self.leg).product_uom_qty

    def made(self, order):
        return order.move_finished_ids.filtered(
            lambda move: move.product_id == self.finished
        )

    def split(self, order, quantity):
        """Core's dialog *Split Production*."""
        with Form.from_action(self.env, order.action_split()) as dialog:
            dialog.max_batch_size = quantity
        dialog.record.action_split()

    def create_chain(self, tracking="none"):
        """4 tables: one is made, of its backorder of 3 one is split off.

        :return: the three orders, the first of them completed
        """
        self.finished.tracking = tracking
        first = self.create_order(self.bom, 4)
        if tracking == "serial":
            first.lot_producing_ids = self.create_lot(self.finished, "T1")
            first.qty_producing = 1
            first.set_qty_producing()
            self.finish(first.button_mark_done())
            second = self.get_chain(first) - first
        else:
            second = self.produce(first, 1)
        self.split(second, 2)
        third = self.get_chain(first) - first - second
        self.assertEqual([first.state, second.product_qty], ["done", 2])
        self.assertEqual([self.demand(second), self.demand(third)], [4, 2])
        return first, second, third

    def complete_without_producing(self, order):
        """A script names two serial numbers and marks the order as done; the dialog is
        answered with *No Backorder*."""
        order.lot_producing_ids = [
            Command.create({"name": name, "product_id": self.finished.id})
            for name in ("T2", "T3")
        ]
        dialog = self.open(order.button_mark_done())
        dialog.press("action_close_mo")
        self.assertEqual((order.state, order.qty_produced), ("done", 0))

    def test_part_completed_with_nothing_produced(self):
        """Of 2 nothing was made and nothing used: the last table still demands 2."""
        _first, second, third = self.create_chain("serial")
        self.complete_without_producing(second)
        self.assertEqual(self.consumed(second, self.leg), 0)
        self.assertEqual(self.component(second, self.leg).needed_quantity, 0)
        self.split(third, 1)
        self.assertEqual(self.demand(third), 2)

    def correct_by_form(self, order, quantity):
        order.action_toggle_is_locked()
        with Form(order) as form:
            form.qty_producing = quantity

    def correct_by_script(self, order, quantity):
        self.made(order).quantity = quantity

    def correct_line_by_script(self, order, quantity):
        self.made(order).move_line_ids.quantity = quantity

    def test_produced_quantity_corrected_afterwards(self):
        """2 were made and 4 used; corrected to 1 or 8 made, still 4 used: the last
        table demands and takes 2."""
        for correct in (
            self.correct_by_form,
            self.correct_by_script,
            self.correct_line_by_script,
        ):
            for quantity in (1, 8):
                with self.subTest(correct=correct.__name__, quantity=quantity):
                    _first, second, third = self.create_chain()
                    self.produce(second, 2)
                    correct(second, quantity)
                    self.assertEqual(second.qty_produced, quantity)
                    self.split(third, 1)
                    self.assertEqual(self.demand(third), 2)
                    self.produce(third, 1)
                    self.assertEqual(self.consumed(third, self.leg), 2)
