"""The contract of the shortcuts: each can be switched off, and steps aside by itself
where core isn't what it knows."""

from contextlib import ExitStack, contextmanager
from copy import copy
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from .shortcuts import (
    LOGGER,
    PARAMETER,
    SHORTCUTS,
    needs_shortcuts,
    shortcuts,
    shortcuts_off,
)
from .test_batch_completion import BatchCase
from .test_core_methods import other_module


@needs_shortcuts
@tagged("post_install", "-at_install")
class TestShortcuts(BatchCase):
    """4 orders of 3 frames, 2 boards (by lot) and 1 plate; a delivery waits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.is_valued:
            cls.category.property_cost_method = "average"
        cls.frame = cls.create_product("Frame", stock=100)
        cls.board = cls.create_product("Board", tracking="lot")
        cls.add_stock(cls.board, 50, cls.create_lot(cls.board, "L1"))
        cls.plate = cls.create_product("Plate", stock=100)
        cls.bom = cls.create_bom(
            (cls.frame, 3, {}),
            (cls.board, 2, {}),
            (cls.plate, 1, {}),
            consumption="warning",
        )
        cls.orders = cls.env["mrp.production"].create(
            [
                {"product_id": cls.finished.id, "bom_id": cls.bom.id, "product_qty": 1}
                for _index in range(4)
            ]
        )
        cls.orders.action_confirm()
        cls.orders.do_unreserve()
        cls.delivery = cls.env["stock.move"].create(
            {
                "product_id": cls.finished.id,
                "product_uom_qty": 3,
                "location_id": cls.stock.id,
                "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
                "picking_type_id": cls.warehouse.out_type_id.id,
            }
        )
        cls.delivery._action_confirm()
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        self.set_parameter(False)
        # As a registry that is new: it has warned of nothing yet.
        self.startPatcher(
            patch.dict(vars(self.env.registry), {shortcuts.WARNED: set()})
        )

    def is_taken(self, name):
        return shortcuts.is_taken(self.env, name)

    def list_taken(self):
        return {name for name in SHORTCUTS if self.is_taken(name)}

    def set_parameter(self, value):
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, value)

    def complete(self):
        """Complete the orders, which is then undone.

        :return: what became of them, and how many statements it took
        """
        count = 0
        execute = Cursor.execute

        def counting_execute(cursor, *args, **kwargs):
            nonlocal count
            count += 1
            return execute(cursor, *args, **kwargs)

        with patch.object(Cursor, "execute", counting_execute):
            outcome = self.complete_and_undo(self.orders, "button_mark_done")
        return outcome, count

    # The switch.

    def test_all_are_taken_unless_told_otherwise(self):
        self.assertGreaterEqual(len(SHORTCUTS), 5)
        for value in (False, "on", " On "):
            self.set_parameter(value)
            self.assertEqual(self.list_taken(), set(SHORTCUTS))

    def test_all_are_switched_off(self):
        self.set_parameter("off")
        self.assertFalse(self.list_taken())

    def test_some_are_switched_off(self):
        self.set_parameter("push, companies")
        self.assertEqual(self.list_taken(), set(SHORTCUTS) - {"push", "companies"})

    def test_the_switch_costs_time_and_not_a_row(self):
        """Each by itself, and all."""
        self.complete()
        expected, least = self.complete()
        for name in (*SHORTCUTS, "off"):
            with self.subTest(name), shortcuts_off(self.env, name):
                outcome, statements = self.complete()
                self.assertEqual(outcome, expected)
        # All of them: core reads and writes each component by itself.
        self.assertGreater(statements, 1.5 * least)

    # The contract.

    @contextmanager
    def steps_aside(self, name, *parts):
        """Within this block a shortcut isn't taken, however often it is asked, and the
        log says so once.

        :param parts: what the warning names beside the shortcut
        """
        with self.assertLogs(LOGGER, "WARNING") as logs:
            for _each in range(2):
                self.assertFalse(self.is_taken(name))
            yield
        warnings = [each for each in logs.output if f"shortcut {name} " in each]
        self.assertEqual(len(warnings), 1)
        for part in parts:
            self.assertIn(part, warnings[0])

    def assert_same_result(self):
        outcome, _statements = self.complete()
        self.assertEqual(outcome, self.expected)

    def list_methods(self, digests):
        """:return: (model, method): one of each model that is there"""
        first = [(model, next(iter(names))) for model, names in digests.items()]
        return [
            (model, name)
            for model, name in first
            # Without accounting there is none that could be passed by.
            if model in self.env and hasattr(self.env[model], name)
        ]

    def test_another_addon_has_a_say(self):
        """Core's way is taken, with the same result."""
        self.expected, _statements = self.complete()
        for is_loaded_later in (True, False):
            getattr(self.env.registry, shortcuts.WARNED).clear()
            with self.subTest(is_loaded_later=is_loaded_later), ExitStack() as stack:
                overridden = set()
                for name, shortcut in SHORTCUTS.items():
                    for model, method in self.list_methods(shortcut.names)[:1]:
                        if (model, method) not in overridden:
                            overridden.add((model, method))
                            stack.enter_context(
                                other_module(
                                    self.env[model],
                                    method,
                                    lambda original, _records, *args, **kwargs: (
                                        original(*args, **kwargs)
                                    ),
                                    is_loaded_later,
                                )
                            )
                        # The Python module that is in the way.
                        told = (f"{model}.{method}", "mrp_backflush.tests")
                        stack.enter_context(self.steps_aside(name, *told))
                self.assert_same_result()
        self.assertEqual(self.list_taken(), set(SHORTCUTS))

    def test_core_is_not_the_one_that_is_known(self):
        """As after an update of Odoo that changed one of its methods."""
        for name, shortcut in SHORTCUTS.items():
            for part in ("names", "restated"):
                digests = getattr(shortcut, part)
                for model, method in self.list_methods(digests):
                    getattr(self.env.registry, shortcuts.WARNED).clear()
                    told = {**digests[model], method: {"0123456789ab"}}
                    changed = copy(shortcut)
                    setattr(changed, part, {**digests, model: told})
                    with (
                        self.subTest(name, method=method),
                        patch.dict(SHORTCUTS, {name: changed}),
                        self.steps_aside(name, f"{model}.{method}", "odoo."),
                    ):
                        pass

    def test_digest_is_of_what_a_method_does(self):
        def method(self):
            return 1

        first = method

        def method(self):
            # Says more.

            return 1

        second = method

        def method(self):
            return 2

        digests = [shortcuts.get_digest(each) for each in (first, second, method)]
        self.assertEqual(digests[0], digests[1])
        self.assertNotEqual(digests[0], digests[2])
        # What was compiled and came without its source.
        self.assertIsNone(shortcuts.get_digest(len))
