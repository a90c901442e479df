from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..client import PRESSED
from ..common import BackflushCase, call_super
from .shortcuts import needs_shortcuts

OWN = __name__.partition(".tests.")[0]


def find_overrides(env):
    """Every method of the module that overrides one of another module's.

    :return: the classes that define them, with their names
    """
    overrides = {}
    for model in env.registry.values():
        mro = model.mro()
        for position, model_class in enumerate(mro):
            if not model_class.__module__.startswith(f"{OWN}."):
                continue
            others = [
                other
                for other in mro[position + 1 :]
                if not other.__module__.startswith(f"{OWN}.")
            ]
            for name, attribute in vars(model_class).items():
                if (
                    callable(attribute)
                    and not name.startswith("__")
                    and any(callable(vars(other).get(name)) for other in others)
                ):
                    overrides[model_class, name] = attribute
    return overrides


@tagged("post_install", "-at_install")
class TestPerformance(BackflushCase):
    """What the module adds to a call does not grow with components or orders."""

    def prepare_orders(self, number, components):
        parts = self.create_parts(components, quantity=1000)
        bom = self.create_bom(
            *((part, 1, {"operation": "Assembly"}) for part in parts),
            operations=["Assembly"],
        )
        orders = self.env["mrp.production"].create(
            [
                {"product_id": self.finished.id, "bom_id": bom.id, "product_qty": 1}
                for _index in range(number)
            ]
        )
        orders.action_confirm()
        return orders

    def count_statements(self, orders):
        """SQL statements of completing the orders, which is then undone."""
        statements = []
        execute = Cursor.execute

        def counting_execute(cursor, query, *args, **kwargs):
            # Core looks these up more or less often from one run to the next.
            if "stock_warehouse_orderpoint" not in str(query):
                statements.append(query)
            return execute(cursor, query, *args, **kwargs)

        with self.cr.savepoint() as savepoint:
            self.env.invalidate_all()
            with patch.object(Cursor, "execute", counting_execute):
                self.assertIs(orders.button_mark_done(), True)
                self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()
        return len(statements)

    @contextmanager
    def replaced(self, replace):
        """:param replace: gives what stands in for each override of the module, by
        its class and name
        """
        with ExitStack() as patches:
            for model_class, name in find_overrides(self.env):
                if name in ("_register_hook", "_unregister_hook"):
                    continue
                # Tests check what public methods return, around all overrides.
                finished_class = type(self.env[model_class._name])
                if name in vars(finished_class) and name.startswith(PRESSED):
                    patches.enter_context(
                        patch.object(
                            finished_class, name, call_super(finished_class, name)
                        )
                    )
                patches.enter_context(
                    patch.object(model_class, name, replace(model_class, name))
                )
            yield

    @contextmanager
    def without_wrappers(self):
        """Without what the module puts around the methods of modules that it doesn't
        depend on."""
        wrapped = {
            self.env[model_class._name]
            for model_class, name in find_overrides(self.env)
            if name == "_unregister_hook"
        }
        for model in wrapped:
            model._unregister_hook()
        try:
            yield
        finally:
            for model in wrapped:
                model._register_hook()

    @contextmanager
    def without_module(self):
        with self.without_wrappers(), self.replaced(call_super):
            yield

    def count_both(self, orders):
        """:return: statements with the module, and those of core alone"""
        # Once before, so that what is kept in caches is there.
        self.count_statements(orders)
        counted = self.count_statements(orders)
        with self.without_module():
            self.count_statements(orders)
            return counted, self.count_statements(orders)

    def get_overrides_called(self, orders):
        called = set()

        def record(model_class, name):
            original = vars(model_class)[name]

            def method(records, *args, **kwargs):
                called.add(f"{model_class._name}.{name}")
                return original(records, *args, **kwargs)

            method.__dict__.update(original.__dict__)
            return method

        with self.replaced(record):
            self.count_statements(orders)
        return called

    @needs_shortcuts
    def test_all_that_a_completion_runs_through_is_replaced(self):
        called = self.get_overrides_called(self.prepare_orders(1, 1))
        # A list by hand had seven of them.
        self.assertGreaterEqual(len(called), 30, sorted(called))
        for name in (
            "mrp.production.pre_button_mark_done",
            "mrp.production._post_inventory",
            "mrp.workorder.button_finish",
            "stock.move._action_done",
            "stock.move.line._synchronize_quant",
            "stock.quant._update_available_quantity",
        ):
            self.assertIn(name, called)

    @needs_shortcuts
    def test_completion_takes_a_constant_number_of_statements(self):
        """One order takes 91, whatever its components, and core 104 with one of them
        and 447 with 50; each further order 7 or 8, and core over 75."""
        for number, components, most, cores_least in (
            (1, 1, 92, 90),
            (1, 50, 92, 300),
            (20, 10, 250, 1000),
        ):
            own, cores = self.count_both(self.prepare_orders(number, components))
            with self.subTest(f"{number} x {components}: {own}, core {cores}"):
                self.assertLessEqual(own, most)
                self.assertLess(own, cores)
                # Else something of the module is still there.
                self.assertGreater(cores, cores_least)

    def test_resolution_takes_a_constant_number_of_statements(self):
        counts = []
        for components in (1, 50):
            moves = self.prepare_orders(1, components).move_raw_ids
            self.env.flush_all()
            self.env.invalidate_all()
            moves = moves.browse(moves.ids)
            before = self.cr.sql_log_count
            moves._resolve_issue_method_again()
            moves.mapped("issue_method")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
