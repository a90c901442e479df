import re
from contextlib import contextmanager

from odoo.tests import tagged

from ...models.access import system_fields
from ..common import BackflushCase
from ..remote import get_own_fields

# Numbers of documents go on, whatever became of those before.
NUMBER = re.compile(r"\d+")


@tagged("post_install", "-at_install")
class TestDefaults(BackflushCase):
    """Anybody may set default values for themselves, and a client may send some: a life
    of orders is the same with all that can be set on the module's fields."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.company.use_line_count = True
        cls.company.use_consumption_analysis = True
        cls.frame = cls.create_product("Frame", stock=12)
        cls.resin = cls.create_product("Resin", tracking="lot")
        cls.lot = cls.create_lot(cls.resin, "R-1")
        cls.add_stock(cls.resin, 500, lot=cls.lot)
        cls.glue = cls.create_product("Glue", stock=500, issue_method="manual")
        cls.bom = cls.create_bom(
            (cls.frame, 1, {}),
            (cls.resin, 0.5, {"component_scrap": 10}),
            (cls.glue, 2, {}),
            consumption="flexible",
        )
        cls.worker = cls.create_user(
            "worker", "mrp.group_mrp_manager", "mrp.group_mrp_user"
        )
        # What a default value may point to.
        cls.old_order = cls.create_order(cls.bom, quantity=1)
        cls.old_order.move_raw_ids[0].action_issue(0.5)
        cls.env.flush_all()
        cls.own_models = [
            name
            for name in sorted(cls.env.registry)
            if cls.env[name]._original_module == "mrp_backflush"
            and not cls.env[name]._abstract
            # What is only read has no table, and no values of its own.
            and cls.env[name]._auto
        ]

    # What is set.

    def list_fields(self):
        """All stored fields of the module's models, and the module's on core's, but
        for what people say of the records that they make."""
        for model in self.own_models:
            for name, field in get_own_fields(self.env[model]).items():
                yield model, name, field
        for listed in (system_fields.SYSTEM_FIELDS, system_fields.FOLLOWING_FIELDS):
            for model, names in listed.items():
                for name in names:
                    yield model, name, self.env[model]._fields[name]

    def get_hostile_value(self, field):
        if field.type == "boolean":
            return True
        if field.type in ("float", "integer", "monetary"):
            return 7
        if field.type == "selection":
            return field.get_values(self.env)[-1]
        if field.type in ("char", "text", "html"):
            return "hostile"
        if field.type == "datetime":
            return "2020-01-01 00:00:00"
        if field.type == "json":
            return [{"product_id": self.frame.id}]
        record = self.get_old_record(field.comodel_name)
        return record.id if field.type == "many2one" else record.ids

    def get_old_record(self, model):
        components = self.old_order.move_raw_ids
        known = {
            "stock.move": components[:1],
            "mrp.production": self.old_order,
            "stock.lot": self.lot,
            "product.product": self.glue,
        }
        if model in known:
            return known[model]
        return self.env[model].search([], limit=1)

    def set_defaults(self):
        defaults = self.env["ir.default"].with_user(self.worker)
        number = 0
        for model, name, field in self.list_fields():
            value = self.get_hostile_value(field)
            if value:
                defaults.set(model, name, value, user_id=True)
                number += 1
        return number

    def get_hostile_context(self):
        """Of names that no model of core's has: those would be core's to withstand."""
        names = {}
        cores = ("mrp.production", "mrp.unbuild", "stock.move", "stock.move.line")
        taken = {
            name
            for model in (*cores, "stock.lot", "stock.quant", "mail.message")
            for name, field in self.env[model]._fields.items()
            if "mrp_backflush" not in field._modules
        }
        # A dialog is the client's own, who says what stands in it.
        taken |= {
            name
            for model, name, _field in self.list_fields()
            if self.env[model]._transient
        }
        for _model, name, field in self.list_fields():
            value = self.get_hostile_value(field)
            if name not in taken and value:
                names[f"default_{name}"] = value
        return names

    # A life.

    @contextmanager
    def life(self):
        """What is done within is undone."""
        self.env.flush_all()
        savepoint = self.cr.savepoint()
        self.env.registry.clear_cache()
        try:
            yield
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
            self.env.registry.clear_cache()

    def live(self, **context):
        """Orders from their creation to their end, by a person without more rights.

        :return: what became of all that was made, by model
        """
        last = self.read_last_ids()
        env = self.env(user=self.worker, su=False, context=context)
        order = env["mrp.production"].create(
            {"product_id": self.finished.id, "bom_id": self.bom.id, "product_qty": 10}
        )
        order.action_confirm()
        frame = self.component(order, self.frame)
        frame.action_issue(4)
        frame.action_return(1)
        self.component(order, self.glue).action_record_planned()
        order.qty_producing = 6
        order.complete_orders(backorder="create", deviations="accept")
        self.assertEqual(order.state, "done")
        # 12 were there, 0.5 is in the old order; the second part is 4 of 5.5: parked
        # is what the third order lacks.
        backorder = self.get_chain(order) - order
        self.component(backorder, self.glue).action_record_unused()
        self.complete_by_dialog(env, backorder)
        short = env["mrp.production"].create(
            {"product_id": self.finished.id, "bom_id": self.bom.id, "product_qty": 8}
        )
        short.action_confirm()
        self.component(short, self.glue).action_record_unused()
        self.complete_by_dialog(env, short)
        self.assertTrue(short.backflush_exception_ids)
        self.assertEqual(set(short.backflush_exception_ids.mapped("state")), {"open"})
        short.backflush_exception_ids.action_retry()
        self.add_stock(self.frame, 3)
        short.backflush_exception_ids.action_retry()
        self.add_stock(self.frame, 100)
        short.backflush_exception_ids.action_retry()
        self.assertEqual(short.backflush_exception_ids.mapped("state"), ["settled"])
        reports = env["mrp.production.report"]
        [first, second] = [
            reports.browse(reports.report_production(self.finished.id, number)["id"])
            for number in (2, 3)
        ]
        first.action_undo()
        self.assertEqual((first.state, second.state), ("undone", "reported"))
        # A draft of a person's, which undoes nothing.
        unbuild = env["mrp.unbuild"].create(
            {
                **{"product_id": self.finished.id, "bom_id": self.bom.id},
                **{"mo_id": second.production_id.id, "product_qty": 1},
            }
        )
        self.assertFalse(unbuild.is_undo)
        unbuild.action_validate()
        issued = env["mrp.production"].create(
            {"product_id": self.finished.id, "bom_id": self.bom.id, "product_qty": 5}
        )
        issued.action_confirm()
        self.issue_and_return_by_dialog(env, issued)
        env["mrp.exception.count"].create(
            {"exception_id": short.backflush_exception_ids[:1].id}
        )
        self.count_stock(env)
        self.look_for_proposals(env)
        env["mrp.deviation.reason"].create({"name": "Rust", "kind": "material"})
        return self.describe(last)

    def count_stock(self, env):
        sheet = env["mrp.line.count"].create({"location_id": self.stock.id})
        sheet.action_load()
        line = sheet.line_ids.filtered(lambda line: line.product_id == self.frame)
        line.counted_quantity = 90
        self.assertTrue(line.share_ids)
        env["mrp.line.count.validation"].create({"count_id": sheet.id})
        dialog = env["mrp.line.count.cancel"].create(
            {"count_id": sheet.id, "reason": "Only looked"}
        )
        dialog.action_cancel_count()
        self.assertEqual(sheet.state, "cancelled")

    def look_for_proposals(self, env):
        """Nothing is proposed of so few orders: the dialogs are only opened."""
        proposals = env["mrp.bom.proposal"]
        proposals.generate()
        proposal = proposals.search(
            [("bom_line_id", "in", self.bom.bom_line_ids.ids)], limit=1
        )
        env["mrp.bom.proposal.reject"].create(
            {"proposal_id": proposal.id, "reason": "Only looked"}
        )
        env["mrp.bom.proposal.orders"].create(
            {"proposal_ids": [(6, 0, proposal.ids)], "production_ids": []}
        )

    def complete_by_dialog(self, env, order):
        action = order.action_complete_orders()
        dialog = env["mrp.complete.orders"].with_context(**action["context"]).create({})
        action = dialog.with_context(**env.context).action_complete_all()
        run = env["mrp.completion.run"].browse(action["res_id"])
        self.assertEqual((run.state, order.state), ("done", "done"))

    def issue_and_return_by_dialog(self, env, order):
        for name, button in (
            ("mrp.component.issue", "action_issue"),
            ("mrp.component.return", "action_return"),
        ):
            dialog = env[name].create({"production_id": order.id})
            dialog.line_ids[0].quantity = 1
            getattr(dialog, button)()
        env["mrp.backflush.preview"].create({"production_id": order.id})

    # What became of it.

    def list_models(self):
        return [*self.own_models, "stock.move", "stock.move.line", "mrp.unbuild"]

    def read_last_ids(self):
        self.env.flush_all()
        last = {}
        for model in (*self.list_models(), "mrp.production", "stock.lot"):
            table = self.env[model]._table
            self.cr.execute(f"SELECT max(id) FROM {table}")
            last[model] = self.cr.fetchone()[0] or 0
        return last

    def describe(self, last):
        """Each new record with its values."""
        self.env.flush_all()
        self.env.invalidate_all()
        described = {}
        for model in self.list_models():
            records = (
                self.env[model]
                .with_context(active_test=False)
                .search([("id", ">", last[model])], order="id")
            )
            described[model] = [
                {
                    name: self.describe_value(field, record[name], last)
                    for name, field in self.get_fields_to_compare(record).items()
                }
                for record in records
            ]
        return described

    def get_fields_to_compare(self, record):
        own = get_own_fields(record)
        if record._name in self.own_models:
            return own
        cores = ("state", "quantity", "product_id", "picked")
        return own | {
            name: record._fields[name] for name in cores if name in record._fields
        }

    def describe_value(self, field, value, last):
        if field.relational:
            first = last.get(field.comodel_name)
            made = [
                record.id for record in value if first is not None and record.id > first
            ]
            # How many of this life, and which from before it.
            return len(made), [record.id for record in value if record.id not in made]
        if field.type in ("datetime", "date"):
            return bool(value)
        if field.type == "json":
            value = str(value)
        return NUMBER.sub("#", value) if isinstance(value, str) else value

    def test_honest_and_hostile_lives_are_one(self):
        with self.life():
            honest = self.live()
        # Of each model of ours something was made.
        unmade = {model for model in self.own_models if not honest[model]}
        self.assertEqual(unmade, {"mrp.backflush.exception.cancel"})
        context = self.get_hostile_context()
        self.assertGreaterEqual(len(context), 20)
        with self.life():
            self.compare(honest, self.live(**context))
        with self.life():
            self.assertGreaterEqual(self.set_defaults(), 100)
            self.compare(honest, self.live())

    def test_core_records_that_the_system_makes(self):
        """Also of core's own fields: those are a person's to fill in where the person
        makes the record."""
        lamp = self.create_product("Lamp", tracking="lot")
        self.create_bom((self.frame, 1, {}), product=lamp)
        defaults = self.env["ir.default"].with_user(self.worker)
        defaults.set("stock.lot", "ref", "hostile", user_id=True)
        defaults.set("mrp.production", "priority", "1", user_id=True)
        env = self.env(user=self.worker, su=False)
        own = env["stock.lot"].create({"name": "L-1", "product_id": lamp.id})
        self.assertEqual(own.ref, "hostile")
        for context in ({}, {"default_ref": "hostile", "default_priority": "1"}):
            reports = env["mrp.production.report"].with_context(**context)
            report = reports.report_production(lamp.id, 1, f"L-2{len(context)}")
            order = self.env["mrp.production"].browse(report["production_id"])
            self.assertEqual(
                (order.priority, order.lot_producing_ids.ref), ("0", False)
            )

    def compare(self, honest, hostile):
        for model, records in honest.items():
            self.assertEqual(len(records), len(hostile[model]), model)
            for expected, found in zip(records, hostile[model], strict=True):
                self.assertEqual(expected, found, model)
