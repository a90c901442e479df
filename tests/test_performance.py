from contextlib import ExitStack
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from ..models.mrp_production import MrpProduction
from ..models.mrp_workorder import MrpWorkorder
from ..models.stock_move import StockMove
from .common import BackflushCase

# The overrides that a completion runs through.
OVERRIDES = {
    MrpProduction: ("pre_button_mark_done", "_post_inventory", "_split_productions"),
    MrpWorkorder: ("button_finish",),
    StockMove: ("create", "write", "_set_quantity_done"),
}


@tagged("post_install", "-at_install")
class TestPerformance(BackflushCase):
    """What the module adds to a call does not grow with components or orders."""

    def prepare_orders(self, number, components):
        bom = self.create_bom(
            *(
                (
                    self.create_product(f"Part {index}", stock=1000),
                    1,
                    {"operation": "Assembly"},
                )
                for index in range(components)
            ),
            operations=["Assembly"],
        )
        return self.env["mrp.production"].concat(
            *(self.create_order(bom, quantity=1) for _index in range(number))
        )

    def count_statements(self, orders):
        """SQL statements of completing the orders, which is then undone."""
        statements = []
        execute = Cursor.execute

        def counting_execute(cursor, query, *args, **kwargs):
            # Core looks these up more or less often from one run to the next.
            if "stock_warehouse_orderpoint" not in str(query):
                statements.append(query)
            return execute(cursor, query, *args, **kwargs)

        with self.cr.savepoint(flush=False) as savepoint:
            self.env.invalidate_all()
            with patch.object(Cursor, "execute", counting_execute):
                self.assertIs(orders.button_mark_done(), True)
                self.env.flush_all()
            savepoint.rollback()
        self.env.invalidate_all()
        return len(statements)

    def count_added_statements(self, orders):
        """How many of them are the module's: the same again without its overrides."""
        self.count_statements(orders)
        counted = self.count_statements(orders)
        with ExitStack() as patches:
            for model_class, names in OVERRIDES.items():
                for name in names:
                    patches.enter_context(
                        patch.object(model_class, name, self.bypass(model_class, name))
                    )
            return counted - self.count_statements(orders)

    def bypass(self, model_class, name):
        original = getattr(model_class, name)

        def call_super(records, *args, **kwargs):
            return getattr(super(model_class, records), name)(*args, **kwargs)

        # Odoo's decorators mark methods with attributes.
        call_super.__dict__.update(original.__dict__)
        return call_super

    def test_completion_adds_a_constant_number_of_statements(self):
        added = {
            (number, components): self.count_added_statements(
                self.prepare_orders(number, components)
            )
            for number, components in ((1, 1), (1, 50), (20, 10))
        }
        # What the module looks at, core reads in the same call anyway; one more or
        # less is what core itself differs by from run to run.
        self.assertLessEqual(max(added.values()), 1, added)

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
