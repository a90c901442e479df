from odoo import Command
from odoo.tests import tagged

from ...models.access import system_fields
from ...models.tolerance.tolerance_level import TOLERANCE_FIELDS
from ..remote import RemoteCase, get_own_fields

# Stored fields of the module on core's models that people set.
OF_PEOPLE = {
    "mrp.bom": {"standard_lot"},
    "mrp.bom.line": {
        *("component_scrap", "is_fixed_quantity", "issue_method"),
        *("supply_location_id", *TOLERANCE_FIELDS),
    },
    "mrp.consumption.warning.line": {"deviation_reason_id"},
    "mrp.workcenter": {"issue_method", "supply_location_id"},
    "product.category": {"issue_method", "shortage_rule", *TOLERANCE_FIELDS},
    "product.template": {"issue_method", *TOLERANCE_FIELDS},
    "res.company": {
        *("completion_background_limit", "exception_attempt_limit", "lot_rule"),
        *("expired_lot_rule", "issue_method", "serial_rule", "shortage_rule"),
        *("tell_taken_reservations", "unissued_rule", "use_line_count"),
        *("count_share_limit", "count_interval_days"),
        *("use_consumption_analysis", "proposal_least_deviation"),
        "proposal_least_value",
        *("use_consumption_tolerance", "tolerance_over", "tolerance_under"),
        "is_reason_required",
    },
    "stock.location": {"count_interval_days"},
}


@tagged("post_install", "-at_install")
class TestForgedFields(RemoteCase):
    """No client sets what only the system sets, by whatever door it comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.frame = cls.create_product("Frame", stock=30)
        cls.resin = cls.create_product("Resin", tracking="lot")
        cls.lot = cls.create_lot(cls.resin, "R-1")
        cls.add_stock(cls.resin, 50, lot=cls.lot)
        cls.bom = cls.create_bom((cls.frame, 1, {}), (cls.resin, 1, {}))
        cls.parked = cls.create_order(cls.bom, quantity=40)
        cls.parked.button_mark_done()
        cls.exception = cls.parked.backflush_exception_ids
        cls.add_stock(cls.frame, 20)
        report = cls.env["mrp.production.report"].report_production(cls.finished.id, 2)
        cls.production_report = cls.env["mrp.production.report"].browse(report["id"])
        cls.order = cls.create_order(cls.bom, quantity=5)
        cls.part = cls.component(cls.order, cls.frame)
        dialog = cls.env["mrp.complete.orders"].create(
            {"production_ids": cls.create_order(cls.bom, quantity=1).ids}
        )
        action = dialog.action_complete_all()
        cls.completion_run = cls.env["mrp.completion.run"].browse(action["res_id"])
        cls.unbuild = cls.env["mrp.unbuild"].create(
            {"product_id": cls.finished.id, "bom_id": cls.bom.id, "product_qty": 1}
        )
        cls.records = {
            "stock.move": cls.part,
            "stock.move.line": cls.part.move_line_ids,
            "mrp.production": cls.order,
            "mrp.unbuild": cls.unbuild,
            "mrp.backflush.exception": cls.exception,
            "mrp.production.report": cls.production_report,
            "mrp.completion.run": cls.completion_run,
            "mrp.completion.run.line": cls.completion_run.line_ids,
            "mrp.consumption.analysis": cls.env["mrp.consumption.analysis"].search(
                [("production_id", "=", cls.parked.id)], limit=1
            ),
            **cls.count_shelf(),
            "mrp.bom.line": cls.bom.bom_line_ids[:1],
            "mrp.bom.proposal": cls.env["mrp.bom.proposal"].create(
                {
                    "bom_line_id": cls.bom.bom_line_ids[0].id,
                    "company_id": cls.company.id,
                    "state": "open",
                }
            ),
        }
        cls.env.flush_all()

    @classmethod
    def count_shelf(cls):
        """A sheet with a line that was counted, and whose use it counts."""
        cls.company.use_line_count = True
        sheet = cls.env["mrp.line.count"].create({"location_id": cls.stock.id})
        sheet.action_load()
        line = sheet.line_ids.filtered(lambda line: line.product_id == cls.frame)
        line.counted_quantity = 1
        return {
            "mrp.line.count": sheet,
            "mrp.line.count.line": line,
            "mrp.consumption.share": line.share_ids[:1],
        }

    def forge(self, record, name):
        """A value that the field of the record hasn't."""
        field, value = record._fields[name], record[name]
        if field.type == "boolean":
            return not value
        if field.type in ("float", "integer", "monetary"):
            return value + 3
        if field.type == "selection":
            options = field.get_values(self.env)
            return next(option for option in options if option != value)
        if field.type in ("char", "text"):
            return "forged"
        if field.type == "datetime":
            return "2020-01-01 00:00:00"
        if field.type == "date":
            return "2020-01-01"
        if field.type == "json":
            return [{"id": 1}]
        others = self.records.get(field.comodel_name)
        other = others[:1] if others else self.env[field.comodel_name].search([])[-1:]
        if field.type == "many2one":
            return other.id
        return [[4, other.id]]

    def get_values(self, model):
        """A value for all that is the model's to fill in."""
        values = {
            "stock.move": {
                "product_id": self.frame.id,
                "product_uom_qty": 1,
                "raw_material_production_id": self.order.id,
                "location_id": self.stock.id,
                "location_dest_id": self.order.production_location_id.id,
            },
            "mrp.production": {"product_id": self.finished.id, "product_qty": 1},
            "mrp.unbuild": {"product_id": self.finished.id, "product_qty": 1},
            "mrp.bom.line": {"product_id": self.frame.id, "bom_id": self.bom.id},
        }
        return values.get(model, {})

    def list_system_fields(self):
        for model in (*system_fields.SYSTEM_FIELDS, *system_fields.SYSTEM_MODELS):
            for name in sorted(self.env[model]._get_system_fields()):
                yield model, name

    def look_up(self, model, name):
        record = self.records[model]
        record.invalidate_recordset()
        return record[name]

    def test_each_field_of_ours_is_listed(self):
        """A field that is new is the system's, follows from others, or is people's."""
        unknown = []
        for model_name in self.env.registry:
            model = self.env[model_name]
            if model._original_module == "mrp_backflush":
                if model._transient or model._abstract:
                    continue
                self.assertIn(model_name, system_fields.SYSTEM_MODELS)
                continue
            known = {
                *system_fields.SYSTEM_FIELDS.get(model_name, ()),
                *system_fields.FOLLOWING_FIELDS.get(model_name, ()),
                *OF_PEOPLE.get(model_name, ()),
            }
            own = get_own_fields(model)
            unknown += [(model_name, name) for name in own.keys() - known]
            for name in system_fields.SYSTEM_FIELDS.get(model_name, ()):
                # The web client leaves out what is; other modules' copies, too.
                self.assertTrue(own[name].readonly, name)
                self.assertFalse(own[name].copy, name)
        self.assertFalse(unknown)

    def test_write_and_create(self):
        tried = 0
        for login in self.users:
            self.log_in(login)
            for model, name in self.list_system_fields():
                record, before = self.records[model], self.look_up(model, name)
                forged = {name: self.forge(record, name)}
                with self.subTest(login=login, model=model, field=name):
                    count = self.env[model].search_count([])
                    answers = [
                        self.call(model, "write", record.ids, forged),
                        self.call(
                            model, "create", [{**self.get_values(model), **forged}]
                        ),
                    ]
                    for answer in answers:
                        self.assert_in_words(answer)
                        self.assertEqual(answer[1][0], "odoo.exceptions.AccessError")
                        if login == "manager" and model in system_fields.SYSTEM_FIELDS:
                            self.assertIn(f"({name})", answer[1][1])
                    self.assertEqual(self.look_up(model, name), before)
                    self.assertEqual(self.env[model].search_count([]), count)
                    tried += 1
        # Nothing is compared with nothing: 4 kinds of users.
        self.assertGreaterEqual(tried, 4 * 60)

    def test_doors_of_a_component(self):
        """The commands of its order's list, forms, copies, imports, links."""
        component, order = self.part, self.order
        others = self.create_order(self.bom).move_raw_ids
        for login in ("worker", "manager"):
            self.log_in(login)
            for name in sorted(system_fields.SYSTEM_FIELDS["stock.move"]):
                value = self.forge(component, name)
                forged = {name: value}
                new = {**self.get_values("stock.move"), **forged}
                update = {"move_raw_ids": [[Command.UPDATE, component.id, forged]]}
                create = {"move_raw_ids": [[Command.CREATE, "virtual_1", new]]}
                order_values = {
                    **{"product_id": self.finished.id, "product_qty": 1},
                    "move_raw_ids": [[Command.CREATE, 0, new]],
                }
                doors = [
                    ("mrp.production", "write", order.ids, update),
                    ("mrp.production", "write", order.ids, create),
                    ("mrp.production", "web_save", order.ids, update, {}),
                    ("mrp.production", "web_save", [], order_values, {}),
                    ("mrp.production", "create", [order_values]),
                    ("mrp.production", "copy", order.ids, {**create}),
                    ("stock.move", "web_save", component.ids, forged, {}),
                    ("stock.move", "copy", component.ids, forged),
                    ("stock.picking", "create", [self.get_picking_values(new)]),
                ]
                before = component[name]
                count = self.env["stock.move"].search_count([])
                for door in doors:
                    with self.subTest(login=login, field=name, door=door[:2]):
                        self.assert_in_words(self.call(*door), f"({name})")
                        self.assertEqual(self.look_up("stock.move", name), before)
                        self.assertEqual(self.env["stock.move"].search_count([]), count)
            # A link from the other side.
            for link in ("issue_move_ids", "backflush_exception_ids"):
                linked = (others if link == "issue_move_ids" else self.exception)[:1]
                for command in (
                    [Command.LINK, linked.id],
                    [Command.SET, 0, linked.ids],
                    [Command.CREATE, 0, self.get_values("stock.move")],
                ):
                    answer = self.call(
                        "stock.move", "write", component.ids, {link: [command]}
                    )
                    self.assert_in_words(answer, f"({link})")

    def get_picking_values(self, move_values):
        picking_type = self.warehouse.int_type_id
        values = {
            name: value
            for name, value in move_values.items()
            if name != "raw_material_production_id"
        }
        return {
            "picking_type_id": picking_type.id,
            "location_id": self.stock.id,
            "location_dest_id": self.stock.id,
            "move_ids": [[Command.CREATE, 0, values]],
        }

    def test_import(self):
        self.log_in("manager")
        component = self.part
        for name, value in (("is_parked", "1"), ("needed_quantity", "7")):
            result, _error = self.call(
                "stock.move", "load", [".id", name], [[str(component.id), value]]
            )
            self.assertFalse(result["ids"])
            self.assertIn(f"({name})", result["messages"][0]["message"])
            self.assertFalse(self.look_up("stock.move", name))

    def test_block_does_not_become_park(self):
        self.company.shortage_rule = "block"
        self.add_stock(self.frame, -self.on_hand(self.frame))
        component = self.component(self.create_order(self.bom), self.frame)
        order = component.raw_material_production_id
        self.log_in("worker")
        forged = {"settles_exception_id": self.exception.id}
        self.assert_in_words(self.call("stock.move", "write", component.ids, forged))
        answer = self.call("mrp.production", "button_mark_done", order.ids)
        self.assert_in_words(answer, "nothing was posted")
        self.assertEqual(order.state, "confirmed")

    def test_block_the_order_is_not_passed(self):
        self.company.unissued_rule = "block"
        self.frame.issue_method = "manual"
        order = self.create_order(self.bom, quantity=2)
        component = self.component(order, self.frame)
        self.log_in("worker")
        for name in ("is_issued_early", "issue_component_id"):
            forged = {name: self.forge(component, name)}
            answer = self.call("stock.move", "write", component.ids, forged)
            self.assert_in_words(answer)
        answer = self.call("mrp.production", "button_mark_done", order.ids)
        self.assert_in_words(answer, "recorded by hand")

    def test_what_follows_from_other_fields(self):
        """Forms send it back: it isn't refused, and says nothing."""
        component = self.part
        self.log_in("worker")
        before = component.read(["issue_method_source", "supply_location_source"])
        said = {"issue_method_source": "order", "supply_location_source": "order"}
        for door in (
            ("stock.move", "write", component.ids, said),
            (
                *("mrp.production", "write", self.order.ids),
                {"move_raw_ids": [[Command.UPDATE, component.id, said]]},
            ),
        ):
            self.assertIsNone(self.call(*door)[1])
            self.assertEqual(component.read(list(before[0])[1:]), before)

    def test_need_that_the_demand_does_not_say(self):
        """5 for 5 are demanded, one each."""
        component = self.part
        self.log_in("worker")
        for said in ({"quantity_per_unit": 0.1}, {"fixed_quantity": 5}):
            self.assertIsNone(self.call("stock.move", "write", component.ids, said)[1])
            self.assertEqual(component.quantity_per_unit, 1)
            self.assertEqual(component.fixed_quantity, 0)
        # A demand says it: 10 for 5.
        said = {"product_uom_qty": 10, "quantity_per_unit": 7}
        self.assertIsNone(self.call("stock.move", "write", component.ids, said)[1])
        self.assertEqual(component.quantity_per_unit, 2)
        # A new component of a draft, 3 for 1, as the form sends it and otherwise.
        for quantity_per_unit in (2.996, 0.1):
            values = {
                **self.get_values("stock.move"),
                "product_uom_qty": 3,
                "quantity_per_unit": quantity_per_unit,
            }
            del values["raw_material_production_id"]
            [order_id], error = self.call(
                "mrp.production",
                "create",
                [
                    {
                        **{"product_id": self.finished.id, "product_qty": 1},
                        **{"bom_id": False, "move_raw_ids": [[0, 0, values]]},
                    }
                ],
            )
            self.assertIsNone(error)
            order = self.env["mrp.production"].browse(order_id)
            said = 2.996 if quantity_per_unit == 2.996 else 3
            self.assertEqual(order.move_raw_ids.quantity_per_unit, said)

    def test_lot_that_a_person_enters_is_not_inferred(self):
        self.order.do_unreserve()
        component = self.order.move_raw_ids.filtered(
            lambda move: move.product_id == self.resin
        )
        line = {
            **{"move_id": component.id, "product_id": self.resin.id, "quantity": 5},
            **{"lot_id": self.lot.id, "location_id": self.stock.id},
            "location_dest_id": component.location_dest_id.id,
        }
        forged = {**line, "lot_origin": "inferred"}
        nested = {"move_line_ids": [[Command.CREATE, 0, forged]]}
        for login in ("worker", "manager", "clerk"):
            self.log_in(login)
            for door in (
                ("stock.move.line", "create", [forged]),
                ("stock.move", "write", component.ids, nested),
                (
                    *("mrp.production", "write", self.order.ids),
                    {"move_raw_ids": [[Command.UPDATE, component.id, nested]]},
                ),
            ):
                with self.subTest(login=login, door=door[:2]):
                    self.assert_in_words(self.call(*door))
                    self.assertFalse(component.move_line_ids)
        self.log_in("worker")
        [line_id], _error = self.call("stock.move.line", "create", [line])
        entered = self.env["stock.move.line"].browse(line_id)
        self.assertEqual(entered.lot_origin, "confirmed")
        for door in (
            ("stock.move.line", "write", [line_id], {"lot_origin": "inferred"}),
            ("stock.move.line", "copy", [line_id], {"lot_origin": "inferred"}),
        ):
            self.assert_in_words(self.call(*door))
        self.assertEqual(entered.lot_origin, "confirmed")

    def test_honest_copies_exports_and_imports(self):
        """A duplicate plans what the order plans; what was exported comes back."""
        self.log_in("worker")
        [copied], error = self.call("mrp.production", "copy", self.order.ids)
        self.assertIsNone(error)
        copy = self.env["mrp.production"].browse(copied)
        self.assertEqual(copy.move_raw_ids.mapped("quantity_per_unit"), [1, 1])
        names = [".id", "product_uom_qty", "quantity_per_unit", "issue_method"]
        exported, error = self.call(
            "stock.move", "export_data", copy.move_raw_ids.ids, names
        )
        self.assertIsNone(error)
        rows = [[str(value) for value in row[:2]] for row in exported["datas"]]
        result, error = self.call("stock.move", "load", names[:2], rows)
        self.assertEqual(result["ids"], copy.move_raw_ids.ids)

    def test_honest_life(self):
        """The system sets its fields for whoever calls it, without the superuser's
        rights: 3 of 5 issued early, 2 reported, 3 on the backorder."""
        self.log_in("worker")
        component, order = self.part, self.order
        for call in (
            ("stock.move", "action_issue", component.ids, 4),
            ("stock.move", "action_return", component.ids, 1),
            ("mrp.production", "write", order.ids, {"qty_producing": 2}),
        ):
            self.assertIsNone(self.call(*call)[1])
        self.assertTrue(component.is_issued_early)
        self.assertEqual(component.issued_quantity, 3)
        result, error = self.call(
            "mrp.production",
            "complete_orders",
            order.ids,
            backorder="create",
            deviations="accept",
        )
        self.assertIsNone(error)
        self.assertEqual(result[0]["result"], "done", result)
        backorder = self.get_chain(order) - order
        carried = backorder.move_raw_ids.filtered("first_component_id")
        self.assertIn(component, carried.first_component_id)
        result, error = self.call("mrp.backflush.exception", "action_retry", [])
        self.assertIsNone(error)
