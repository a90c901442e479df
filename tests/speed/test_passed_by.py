"""Another addon's override of a method of core is called for all for which core alone
calls it, wherever the addon comes in the order of loading."""

from collections import defaultdict
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial, wraps
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, models
from odoo.tests import tagged

from ...models.core_methods import CoreMethods
from ..common import BackflushCase
from .shortcuts import PASSED_BY, SHORTCUTS, cores_way, mute_warnings
from .test_core_methods import other_module

NOW = datetime(2030, 1, 15, 12)

# Methods that no shortcut passes by: called as they are, with what is worked on.
NEVER_PASSED_BY = {
    "mrp.production": (
        "_cal_price",
        "_check_sn_uniqueness",
        "_get_consumption_issues",
        "_post_inventory",
        "_set_qty_producing",
        "_set_quantities",
        "pre_button_mark_done",
        "write",
    ),
    "product.product": ("_update_standard_price",),
    "stock.move": (
        "_action_cancel",
        "_action_done",
        "_check_quantity",
        "_create_account_move",
        "_create_analytic_move",
        "_set_value",
        "write",
    ),
    "stock.move.line": ("_action_done", "create", "unlink", "write"),
}
# Values are said another way: lines in ``create`` rather than by a move's ``write``,
# what comes to a quant in one ``write`` rather than in several.
ONLY_WHICH = {"create", "write", "unlink"}


class Notes:
    """Which records a method was called for, and with what."""

    def __init__(self):
        self.calls = defaultdict(set)

    def add(self, key, records, args, kwargs):
        name = key[1]
        if name == "create":
            [vals_list] = args
            vals_list = [vals_list] if isinstance(vals_list, dict) else vals_list
            for vals in vals_list:
                self.calls[key].add((vals.get("product_id"), vals.get("location_id")))
            return
        said = () if name in ONLY_WHICH else (*args, *sorted(kwargs.items()))
        said = tuple(map(describe, said))
        for record in records or [records]:
            self.calls[key].add((describe(record), said))


def describe(value):
    """What something is in each of two runs, which create the same anew."""
    if isinstance(value, tuple):
        return tuple(map(describe, value))
    if not isinstance(value, models.BaseModel):
        return round(value, 6) if isinstance(value, float) else repr(value)
    names = {
        "stock.move.line": ("move_id", "product_id", "lot_id", "location_id"),
        "stock.quant": ("product_id", "lot_id", "location_id"),
    }.get(value._name)
    if names is None:
        return value._name, tuple(sorted(value.ids))
    value = value.sudo()
    return (
        value._name,
        tuple(
            sorted(
                tuple(record[name].id for name in names) for record in value.exists()
            )
        ),
    )


@tagged("post_install", "-at_install")
class TestPassedBy(BackflushCase):
    """Two tables of 2 frames, 1 board, by lot, and 1 screw are completed; two
    deliveries wait for tables, of which there is enough for one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mute_warnings(cls)
        if "property_cost_method" in cls.category._fields:
            cls.category.property_cost_method = "average"
        cls.frame = cls.create_product("Frame", stock=100, standard_price=2.0)
        cls.board = cls.create_product("Board", tracking="lot", standard_price=3.0)
        cls.add_stock(cls.board, 50, cls.create_lot(cls.board, "L1"))
        cls.bom = cls.create_bom(
            (cls.frame, 2, {}), (cls.board, 1, {}), consumption="warning"
        )
        cls.create_orders(1).button_mark_done()
        # Used for the first time.
        screw = cls.create_product("Screw", stock=100)
        cls.bom.bom_line_ids = [
            Command.create({"product_id": screw.id, "product_qty": 1})
        ]
        cls.create_delivery(3)
        cls.create_delivery(5)
        cls.orders = cls.create_orders(2)
        cls.orders[1].do_unreserve()
        # Core makes the line of what is produced at confirmation, or later.
        cls.orders[1].move_finished_ids.move_line_ids.unlink()
        cls.env.flush_all()

    @classmethod
    def create_orders(cls, number):
        orders = cls.env["mrp.production"].create(
            [
                {"product_id": cls.finished.id, "bom_id": cls.bom.id, "product_qty": 1}
                for _index in range(number)
            ]
        )
        orders.action_confirm()
        return orders

    @classmethod
    def create_delivery(cls, quantity):
        move = cls.env["stock.move"].create(
            {
                "product_id": cls.finished.id,
                "product_uom_qty": quantity,
                "location_id": cls.stock.id,
                "location_dest_id": cls.env.ref("stock.stock_location_customers").id,
                "picking_type_id": cls.warehouse.out_type_id.id,
            }
        )
        move._action_confirm()

    # An addon of somebody else.

    def list_methods(self, *names_by_model):
        """:return: (model, method) of what there is in this database"""
        return sorted(
            {
                (model, name)
                for by_model in names_by_model
                for model, names in by_model.items()
                for name in names
                if model in self.env and hasattr(type(self.env[model]), name)
            }
        )

    @contextmanager
    def addon_that_notes(self, methods, is_loaded_before):
        """Override these methods; each notes its calls, and calls the next one."""
        notes = Notes()
        with ExitStack() as stack:
            for model, name in methods:
                stack.enter_context(
                    other_module(
                        self.env[model],
                        name,
                        partial(note_and_call, notes, (model, name)),
                        is_loaded_later=not is_loaded_before,
                    )
                )
            yield notes

    def complete(self):
        """Complete the orders, which is then undone."""
        savepoint = self.cr.savepoint()
        self.env.invalidate_all()
        with freeze_time(NOW):
            self.assertIs(self.orders.button_mark_done(), True)
            self.env.flush_all()
        savepoint.rollback()
        savepoint.close()
        self.env.invalidate_all()

    def get_cores_calls(self, methods, is_loaded_before):
        with (
            cores_way(self.env),
            self.addon_that_notes(methods, is_loaded_before) as notes,
        ):
            self.complete()
        return notes.calls

    def check_overrides(self, groups, is_loaded_before):
        """:param groups: methods that one addon overrides, of each addon"""
        methods = sorted({method for group in groups for method in group})
        expected = self.get_cores_calls(methods, is_loaded_before)
        for group in groups:
            with (
                self.subTest(methods=group),
                self.addon_that_notes(group, is_loaded_before) as notes,
            ):
                self.complete()
                for method in group:
                    missing = expected[method] - notes.calls[method]
                    self.assertFalse(missing, method)
        return expected

    def test_of_an_addon_that_is_loaded_before(self):
        passed_by = self.list_methods(*PASSED_BY)
        never = self.list_methods(NEVER_PASSED_BY)
        alone = [[method] for method in passed_by]
        called = self.check_overrides([*alone, never], is_loaded_before=True)
        # Nothing is compared with nothing.
        self.assertFalse([method for method in passed_by if not called[method]])
        self.assertFalse([method for method in never if not called[method]])

    def test_of_an_addon_that_is_loaded_after(self):
        groups = [
            self.list_methods(by_model) for by_model in (*PASSED_BY, NEVER_PASSED_BY)
        ]
        self.check_overrides(groups, is_loaded_before=False)

    def test_value_of_all_moves(self):
        """3 components and 1 product, of each order: another way of valuing them is
        asked about each."""
        if "value" not in self.env["stock.move"]._fields:
            self.skipTest("without stock_account moves have no value")
        for is_loaded_before in (True, False):
            keys = [
                ("product.product", "_update_standard_price"),
                ("stock.move", "_set_value"),
            ]
            with self.addon_that_notes(keys, is_loaded_before) as notes:
                self.complete()
            products, moves = (
                {described[1] for described, _said in notes.calls[key]} for key in keys
            )
            valued = self.orders.move_raw_ids | self.orders.move_finished_ids
            self.assertEqual(len(valued), 8)
            self.assertLessEqual({(move.id,) for move in valued}, moves)
            self.assertIn((self.finished.id,), products)

    # Where nobody has a say.

    def test_shortcuts_are_taken_beside_cores_own_applications(self):
        for names in PASSED_BY:
            self.assertIsNone(CoreMethods(names).find(self.env))
        for shortcut in SHORTCUTS.values():
            self.assertIsNone(shortcut.find(self.env), shortcut.name)

    def test_automation_rules_see_quants(self):
        """They put a function around the class's own, which may bear its name, and
        take it away again."""
        quants = self.env["stock.quant"]
        own = type(quants).write

        @wraps(own)
        def write(quants, vals):
            return own(quants, vals)

        methods = CoreMethods({"stock.quant": ("write",)})
        self.assertIsNone(methods.find(self.env))
        with patch.object(type(quants), "write", write):
            self.assertEqual(methods.find(self.env)[:2], ("stock.quant", "write"))
        self.assertIsNone(methods.find(self.env))


def note_and_call(notes, key, original, records, *args, **kwargs):
    notes.add(key, records, args, kwargs)
    return original(*args, **kwargs)
