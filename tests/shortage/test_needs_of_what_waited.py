import importlib.util
from pathlib import Path

from odoo.tests import tagged

from ...models.access.system_fields import by_system
from .test_shortage import ShortageCase


@tagged("post_install", "-at_install")
class TestNeedsOfWhatWaited(ShortageCase):
    """Until 19.0.1.2.0 a need of 10 of which 3 waited was stored as 13."""

    def migrate(self):
        path = Path(__file__).parents[2] / "migrations/19.0.1.3.0"
        spec = importlib.util.spec_from_file_location(
            "migration", path / "post-needs-of-what-waited.py"
        )
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        self.env.flush_all()
        migration.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()

    def test_what_was_counted_twice_is_lowered(self):
        self.set_rule("park")
        order = self.create_order(self.bom)
        exception = self.complete(order)
        component = exception.move_id
        needed = component.needed_quantity
        self.assertGreater(exception.quantity, 0)
        with by_system(self.env):
            component.needed_quantity = needed + exception.quantity
        self.migrate()
        self.assertEqual(component.needed_quantity, needed)
        # Once: what is right stays.
        self.migrate()
        self.assertEqual(component.needed_quantity, needed)
