from contextlib import contextmanager

from odoo.tests import tagged

from ...models.core_methods import CoreMethods, is_cores_own
from ..common import BackflushCase
from .shortcuts import mute_warnings

OWN = __name__.partition(".tests.")[0]


@contextmanager
def other_module(model, name, override, is_loaded_later=True):
    """Have another module override a method of a model.

    :param override: called with the method that it overrides, bound to the records,
        then with the records and the arguments
    :param is_loaded_later: than this module; else its override is below this one's
    """

    class Other:
        __slots__ = ()
        __module__ = "odoo.addons.other_module.models"

    def method(records, *args, **kwargs):
        original = getattr(super(Other, records), name)
        return override(original, records, *args, **kwargs)

    # Odoo's decorators mark methods with attributes.
    method.__dict__.update(getattr(model, name).__func__.__dict__)
    setattr(Other, name, method)
    model_class = type(model)
    bases = list(model_class.__bases__)
    position = 0
    own = [base for base in bases if base.__module__.startswith(f"{OWN}.")]
    if own and not is_loaded_later:
        position = bases.index(own[-1]) + 1
    model_class.__bases__ = tuple([*bases[:position], Other, *bases[position:]])
    try:
        yield
    finally:
        model_class.__bases__ = tuple(bases)


@tagged("post_install", "-at_install")
class TestOtherModules(BackflushCase):
    """A module that overrides what is passed by for speed is asked all the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        mute_warnings(cls)
        cls.parts = cls.create_parts(2, quantity=20)
        cls.bom = cls.create_bom(*((part, 2, {}) for part in cls.parts))

    def create_orders(self):
        """2 orders, of 3 with 6 of each component."""
        orders = self.create_order(self.bom, 3) | self.create_order(self.bom, 3)
        orders.do_unreserve()
        self.env.flush_all()
        return orders

    def complete(self, orders):
        self.assertIs(orders.button_mark_done(), True)
        self.env.flush_all()
        self.assertEqual(set(orders.mapped("state")), {"done"})
        self.assertEqual([self.on_hand(part) for part in self.parts], [8, 8])
        self.assertEqual(self.on_hand(self.finished), 6)

    def record_calls(self, model, name, is_loaded_later):
        """Complete orders beside another module's override that changes nothing.

        :return: the records and arguments of each of its calls
        """
        calls = []

        def override(original, records, *args, **kwargs):
            calls.append((records, args))
            return original(*args, **kwargs)

        methods = CoreMethods({model: (name,)})
        orders = self.create_orders()
        with other_module(self.env[model], name, override, is_loaded_later):
            self.assertFalse(is_cores_own(self.env, methods))
            self.complete(orders)
        self.assertTrue(is_cores_own(self.env, methods))
        return calls

    def check_moved_by_core(self, model, name, least):
        """What moves stock is asked about each line, as core would."""
        for is_loaded_later in (True, False):
            with self.subTest(is_loaded_later), self.cr.savepoint() as savepoint:
                calls = self.record_calls(model, name, is_loaded_later)
                self.assertGreaterEqual(len(calls), least)
                savepoint.rollback()
            self.env.invalidate_all()

    # 2 orders of 2 components and a finished product are 6 lines, each of which takes
    # from one place and brings to another.

    def test_update_of_available_quantity(self):
        self.check_moved_by_core("stock.quant", "_update_available_quantity", 12)

    def test_synchronization_of_quants(self):
        self.check_moved_by_core("stock.move.line", "_synchronize_quant", 12)

    def test_update_of_reserved_quantity(self):
        # Of the components' lines: reserved when filled in, freed when posted.
        self.check_moved_by_core("stock.quant", "_update_reserved_quantity", 8)

    def test_writing_to_quants(self):
        quants = self.env["stock.quant"].search(
            [("product_id", "in", self.parts.ids), ("location_id", "=", self.stock.id)]
        )
        for is_loaded_later in (True, False):
            with self.subTest(is_loaded_later), self.cr.savepoint() as savepoint:
                calls = self.record_calls("stock.quant", "write", is_loaded_later)
                written = [
                    records for records, [values] in calls if "quantity" in values
                ]
                self.assertLessEqual(quants, quants.concat(*written))
                savepoint.rollback()
            self.env.invalidate_all()

    def test_creation_of_quants(self):
        for is_loaded_later in (True, False):
            with self.subTest(is_loaded_later), self.cr.savepoint() as savepoint:
                before = self.env["stock.quant"].search([])
                calls = self.record_calls("stock.quant", "create", is_loaded_later)
                made = self.env["stock.quant"].search([]) - before
                # Of the components where production takes them, of the product in
                # stock and where production brings it from.
                self.assertEqual(len(made), 4)
                told = [
                    # Values of one quant, or a list of them.
                    1 if isinstance(vals, dict) else len(vals)
                    for _records, [vals] in calls
                ]
                self.assertEqual(sum(told), 4)
                savepoint.rollback()
            self.env.invalidate_all()

    def check_expected(self, model, name, double):
        """What an order is expected to use is what the other module says: a warning
        for each order and component."""
        for is_loaded_later in (True, False):
            with self.subTest(is_loaded_later), self.cr.savepoint() as savepoint:
                methods = CoreMethods({model: (name,)})
                orders = self.create_orders()
                orders.bom_id.consumption = orders.consumption = "warning"

                def override(original, _records, *args, **kwargs):
                    return double(original(*args, **kwargs))

                with other_module(self.env[model], name, override, is_loaded_later):
                    self.assertFalse(is_cores_own(self.env, methods))
                    action = orders.button_mark_done()
                self.assertEqual(action["res_model"], "mrp.consumption.warning")
                lines = action["context"]["default_mrp_consumption_warning_line_ids"]
                self.assertEqual(
                    [line[2]["product_expected_qty_uom"] for line in lines], [12] * 4
                )
                savepoint.rollback()
            self.env.invalidate_all()

    def test_values_of_all_components(self):
        def double(vals_list):
            return [
                {**vals, "product_uom_qty": 2 * vals["product_uom_qty"]}
                for vals in vals_list
            ]

        self.check_expected("mrp.production", "_get_moves_raw_values", double)

    def test_values_of_a_component(self):
        def double(vals):
            return {**vals, "product_uom_qty": 2 * vals["product_uom_qty"]}

        self.check_expected("mrp.production", "_get_move_raw_values", double)

    def test_explosion(self):
        def double(exploded):
            boms, lines = exploded
            return boms, [
                (line, {**told, "qty": 2 * told["qty"]}) for line, told in lines
            ]

        self.check_expected("mrp.bom", "explode", double)
