from inspect import signature

from odoo.tests import tagged

from ..common import BackflushCase
from ..remote import RemoteCase, get_own_fields, list_own_methods

# What JSON can say where a quantity, an id, a text or a choice is asked for.
ODD_VALUES = (
    *(None, True, False, "", "x", "1", "\x00", "a\x00b", -1, 0, 1.5, 1e300, -1e300),
    *(float("nan"), float("inf"), 2**31, 2**63, 10**400, [], {}, [[]], [None]),
    *([1, "x"], [[1, 2]], ["\x00"], {"id": 1}, [2**63], "2026-01-01 00:00:00"),
)
# In place of the ids of the records that a method is called on.
ODD_IDS = (
    *(["x"], [True], [-1], [0], [1.5], [2**31], [2**63], [999999999], [[1]]),
    *(["\x00"], "x", [float("nan")], [1e300]),
)
# What a value may say of an argument: nothing, or what is one of its kind.
NOTHING = (None, False, "", 0, [], {})
HARMLESS = {
    "quantity": (None, 1.5, 2**31),
    "lot_ids": NOTHING,
    "lot_name": (None, False, ""),
    "picking_type_id": NOTHING,
    "component_lots": NOTHING,
    "reasons": NOTHING,
    "reason_id": NOTHING,
    # The product is asked about then.
    "order_id": NOTHING,
    # Nothing is chosen then.
    "chosen_id": ODD_VALUES,
    # That much lies there.
    "counted_quantity": (0, 1.5, 2**31),
    "step": (0, 1.5, 2**31),
    # Of what isn't counted, it makes no difference.
    "seen_quantity": (None, -1, 0, 1.5, 2**31),
    # A text is a reason.
    "reason": ("x", "1", "2026-01-01 00:00:00"),
    # Anything is or isn't so.
    "is_own": ODD_VALUES,
    # None, or one that holds for all.
    "domain": (*NOTHING, True),
    # Already in the call.
    "product_id": (),
    "barcode": (),
}


def is_same(value, other):
    # Not a number is no other.
    return repr(value) == repr(other)


@tagged("post_install", "-at_install")
class TestOddCalls(RemoteCase):
    """Whatever a client sends to a public method of the module, the answer says what is
    wrong, and nothing is posted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.shortage_rule = "park"
        cls.frame = cls.create_product("Frame", stock=30)
        cls.bom = cls.create_bom((cls.frame, 1, {}))
        cls.parked = cls.create_order(cls.bom, quantity=40)
        cls.parked.button_mark_done()
        cls.order = cls.create_order(cls.bom, quantity=5)
        cls.part = cls.component(cls.order, cls.frame)
        cls.records = {
            "stock.move": cls.part,
            "mrp.production": cls.order,
            "mrp.backflush.exception": cls.parked.backflush_exception_ids,
        }
        cls.company.use_line_count = True
        sheet = cls.env["mrp.line.count"].create({"location_id": cls.stock.id})
        cls.records["mrp.line.count"] = sheet
        cls.records["mrp.line.count.line"] = sheet.line_ids.create(
            {"count_id": sheet.id, "product_id": cls.frame.id}
        )
        cls.records["mrp.bom.proposal"] = cls.env["mrp.bom.proposal"].create(
            {
                "bom_line_id": cls.bom.bom_line_ids.id,
                "company_id": cls.company.id,
                "state": "open",
            }
        )
        cls.env.flush_all()

    def count_postings(self):
        return [
            self.env["stock.move"].search_count([("state", "=", "done")]),
            self.env["stock.move"].search_count([]),
            self.env["mrp.production"].search_count([]),
            self.env["mrp.production.report"].search_count([]),
            self.env["mrp.backflush.exception"].search_count([("state", "=", "open")]),
            self.env["stock.lot"].search_count([]),
            self.on_hand(self.frame),
        ]

    def test_all_are_known(self):
        names = {name for _model, name, _method in list_own_methods(self.env)}
        self.assertGreaterEqual(
            names,
            {
                *("action_issue", "action_return", "action_retry", "action_cancel"),
                *("complete_orders", "get_backflush_plan", "report_production"),
                *("find_product", "get_reports", "action_undo", "action_confirm_lot"),
                *("action_take_reservation", "get_order_tiles"),
            },
        )

    def test_odd_ids(self):
        self.log_in("manager")
        before = self.count_postings()
        [deleted] = self.create_order(self.bom, confirm=False)
        deleted_id = deleted.id
        deleted.unlink()
        tried = 0
        for model, name, method in list_own_methods(self.env):
            if getattr(method, "_api_model", False):
                continue
            for ids in (*ODD_IDS, [deleted_id * 1000]):
                with self.subTest(model=model, method=name, ids=ids):
                    self.assert_in_words(self.call(model, name, ids))
                    tried += 1
        self.assertEqual(self.count_postings(), before)
        self.assertGreaterEqual(tried, 20 * len(ODD_IDS))

    def test_no_record_or_several(self):
        """An answer in words, or one about nothing."""
        self.log_in("manager")
        before = self.count_postings()
        for model, name, method in list_own_methods(self.env):
            if getattr(method, "_api_model", False):
                continue
            _result, error = answer = self.call(model, name, [])
            if error:
                self.assert_in_words(answer)
        orders = (self.order | self.parked).ids
        for name in ("action_open_issue", "action_open_return"):
            self.assert_in_words(self.call("mrp.production", name, orders))
        self.assertEqual(self.count_postings(), before)

    def get_calls(self):
        """Method, ids, and the arguments that it is called with beside the odd one."""
        reports = "mrp.production.report"
        product = self.finished.id
        return [
            ("stock.move", "action_issue", {"quantity": None, "lot_ids": None}),
            ("stock.move", "action_return", {"quantity": None}),
            (
                *("mrp.production", "complete_orders"),
                {
                    **{"backorder": 0, "deviations": 0},
                    **{"reasons": None, "reason_id": None},
                },
            ),
            ("mrp.backflush.exception", "action_cancel", {"reason": None}),
            ("mrp.backflush.exception", "action_count", {"counted_quantity": None}),
            ("mrp.line.count", "action_cancel", {"reason": None}),
            ("mrp.line.count", "count_scanned", {"code": None}),
            ("mrp.bom.proposal", "action_reject", {"reason": None}),
            (
                *("mrp.line.count.line", "count"),
                {"counted_quantity": None, "seen_quantity": None},
            ),
            ("mrp.line.count.line", "count_more", {"step": None}),
            ("mrp.line.count.line", "uncount", {"seen_quantity": None}),
            (
                *(reports, "report_production"),
                {
                    **{"product_id": product, "quantity": 1},
                    **{"lot_name": None, "picking_type_id": None},
                    **{"component_lots": None, "reasons": None},
                },
            ),
            (
                *(reports, "report_order"),
                {
                    **{"order_id": None, "quantity": 1, "lot_name": None},
                    **{"component_lots": None, "reasons": None},
                },
            ),
            (reports, "find_product", {"barcode": "0815", "picking_type_id": None}),
            (reports, "find", {"code": "0815", "picking_type_id": None}),
            (reports, "get_product", {"product_id": product, "picking_type_id": None}),
            (reports, "get_screen", {"picking_type_id": None}),
            (
                *(reports, "get_components_to_scan"),
                {
                    **{"product_id": product, "quantity": 1},
                    **{"picking_type_id": None, "order_id": None},
                },
            ),
            (
                *(reports, "find_component_lot"),
                {"code": "0815", "product_ids": None, "chosen_id": None},
            ),
            (reports, "get_reports", {"is_own": None}),
            ("mrp.production", "get_order_tiles", {"domain": None}),
        ]

    def test_all_arguments_are_tried(self):
        tried = {(model, name): set(named) for model, name, named in self.get_calls()}
        for model, name, method in list_own_methods(self.env):
            arguments = {*list(signature(method).parameters)[1:]}
            self.assertEqual(tried.get((model, name), set()), arguments, name)

    def test_odd_arguments(self):
        self.log_in("manager")
        before = self.count_postings()
        for model, name, named in self.get_calls():
            is_of_model = getattr(getattr(self.env[model], name), "_api_model", False)
            ids = [] if is_of_model else [self.records[model].ids]
            for argument in named:
                for value in ODD_VALUES:
                    harmless = HARMLESS.get(argument, ())
                    if any(is_same(value, other) for other in harmless):
                        continue
                    others = {
                        key: other
                        for key, other in named.items()
                        if key in ("product_id", "quantity", "barcode", "code")
                        and other
                    }
                    with self.subTest(method=name, argument=argument, value=value):
                        answer = self.call(
                            model, name, *ids, **{**others, argument: value}
                        )
                        self.assert_in_words(answer)
                        self.assertEqual(self.count_postings(), before)

    def test_odd_time_zones(self):
        """The day of a report is then that of UTC."""
        self.log_in("manager")
        for value in ODD_VALUES:
            with self.subTest(value=value):
                result, error = self.call(
                    "mrp.production.report", "get_reports", context={"tz": value}
                )
                self.assertIsNone(error)
                self.assertEqual(result, [])

    def test_odd_answers_to_the_dialog_about_backorders(self):
        """In the context, as core's own dialog hands them on: none of them names the
        order."""
        self.log_in("manager")
        self.assertIsNone(
            self.call("mrp.production", "write", self.order.ids, {"qty_producing": 1})[
                1
            ]
        )
        plan = "get_backflush_plan"
        for value in (*ODD_VALUES, self.order.id):
            context = {"skip_backorder": True, "mo_ids_to_backorder": value}
            with self.subTest(value=value):
                _result, error = self.call(
                    "mrp.production", plan, self.order.ids, context=context
                )
                self.assertIsNone(error)

    def test_by_each_protocol(self):
        """A script's ``execute_kw``, the web client's calls, and ``/json/2``."""
        before = self.count_postings()
        part = self.part.ids
        for value in ("x", float("nan"), 1e300, [], True):
            self.assert_in_words(
                self.call_as_script(
                    *("worker", "stock.move", "action_issue", part), quantity=value
                ),
                "not a quantity",
            )
            self.assert_in_words(
                self.call_by_name(
                    *("worker", "stock.move", "action_issue"), ids=part, quantity=value
                ),
                "not a quantity",
            )
        self.assertEqual(self.count_postings(), before)
        # And the same that is honest: 2 of 5, and 1 back.
        self.call_as_script("worker", "stock.move", "action_issue", part, quantity=2)
        self.call_by_name("worker", "stock.move", "action_return", ids=part, quantity=1)
        self.assertEqual(self.part.issued_quantity, 0)

    # Fields.

    def get_record_with_fields(self):
        """One record of each model that has fields which people set."""
        template = self.finished.product_tmpl_id
        bom = self.create_bom((self.frame, 1, {}), operations=["Assembly"])
        records = [
            *(self.part, self.parked.backflush_exception_ids, template, self.category),
            *(bom.bom_line_ids, bom.operation_ids.workcenter_id, self.company),
        ]
        for model, values in (
            ("mrp.component.issue", {"production_id": self.order.id}),
            ("mrp.component.return", {"production_id": self.order.id}),
            ("mrp.complete.orders", {"production_ids": self.order.ids}),
            ("mrp.backflush.preview", {"production_id": self.order.id}),
        ):
            dialog = self.env[model].with_user(self.users["manager"]).create(values)
            records += [dialog, dialog.line_ids]
        return [record[:1] for record in records if record]

    def test_odd_values_of_fields(self):
        """Numbers that can't be reckoned with, texts that can't be stored, ids that
        are none: refused, or as good as nothing."""
        records = self.get_record_with_fields()
        self.log_in("manager")
        tried = 0
        for record in records:
            for name, field in get_own_fields(record).items():
                if field.type not in ("float", "integer", "many2one", "selection"):
                    continue
                for value in ODD_VALUES:
                    if is_same(value, True) and field.type in ("integer", "float"):
                        continue
                    with self.subTest(model=record._name, field=name, value=value):
                        _result, error = answer = self.call(
                            record._name, "write", record.ids, {name: value}
                        )
                        tried += 1
                        if error:
                            self.assert_in_words(answer)
                        else:
                            self.assert_reasonable(record, name)
        self.assertGreaterEqual(tried, 500)

    def assert_reasonable(self, record, name):
        value = record[name]
        if record._fields[name].type in ("float", "integer"):
            self.assertLess(abs(value), 1e12)
        elif record._fields[name].type == "many2one":
            self.assertEqual(value.exists(), value)

    def test_quantity_of_an_exception(self):
        self.log_in("worker")
        exception = self.parked.backflush_exception_ids
        for value in (1e300, -1, 0, float("nan"), float("inf"), "x", True, [], {}):
            with self.subTest(value=value):
                self.assert_in_words(
                    self.call(
                        exception._name, "write", exception.ids, {"quantity": value}
                    )
                )
                self.assertEqual(exception.quantity, 10)

    def test_settings(self):
        self.log_in("manager")
        for name in ("completion_background_limit", "exception_attempt_limit"):
            for value in (-1, 2**31, 2**63, 1e300, "x", float("nan"), [1]):
                answer = self.call("res.config.settings", "create", [{name: value}])
                if answer[0]:
                    # As in core: what is wrong is said when they are applied.
                    answer = self.call("res.config.settings", "execute", answer[0])
                self.assert_in_words(answer)
        line = self.bom.bom_line_ids
        for value in (-1, 1e300, float("inf"), "x", [10]):
            said = {"component_scrap": value}
            answer = self.call(line._name, "write", line.ids, said)
            self.assert_in_words(answer)
        self.assertEqual(line.component_scrap, 0)


@tagged("post_install", "-at_install")
class TestOtherCompany(BackflushCase):
    """What a user can't read isn't named, and can't be told from what isn't there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other Factory"})
        cls.frame = cls.create_product("Frame", stock=100)
        cls.bom = cls.create_bom((cls.frame, 1, {}))
        cls.lamp = cls.create_product("Lamp", tracking="lot", barcode="LAMP")
        cls.create_bom((cls.frame, 1, {}), product=cls.lamp)
        cls.secret = cls.create_product(
            "Secret",
            **{"company_id": cls.other.id, "tracking": "lot"},
            **{"barcode": "4006381333931", "default_code": "S-1"},
        )
        cls.packed = cls.env["product.uom"].create(
            {
                **{"product_id": cls.secret.id, "barcode": "4006381333948"},
                "uom_id": cls.env.ref("uom.product_uom_dozen").id,
            }
        )
        cls.secret_lot = cls.env["stock.lot"].create(
            {"name": "SL-1", "product_id": cls.secret.id, "company_id": cls.other.id}
        )
        cls.worker = cls.create_user(
            "worker", "mrp.group_mrp_user", "stock.group_stock_user"
        )
        cls.reports = cls.env["mrp.production.report"].with_user(cls.worker)
        cls.nothing = cls.secret.id + 1000000

    def ask(self, method, *arguments, **named):
        """:return: the error, or the answer"""
        try:
            with self.env.cr.savepoint():
                return getattr(self.reports, method)(*arguments, **named)
        except Exception as error:
            return type(error), str(error)

    def assert_as_nothing(self, method, arguments, nothing):
        """The answer is the one about what isn't there, but for what was asked."""
        answer = str(self.ask(method, *arguments))
        self.assertNotIn("Secret", answer)
        expected = str(self.ask(method, *nothing))
        for asked, none in zip(arguments, nothing, strict=True):
            expected = expected.replace(str(none), str(asked))
        self.assertEqual(answer, expected)

    def test_product(self):
        self.assert_as_nothing(
            "report_production", (self.secret.id, 1), (self.nothing, 1)
        )

    def test_barcodes(self):
        for barcode in ("4006381333931", "4006381333948", "S-1", "SL-1"):
            self.assert_as_nothing("find_product", (barcode,), ("0815",))

    def test_operation_types(self):
        picking_type = self.env["stock.picking.type"].search(
            [("company_id", "=", self.other.id), ("code", "=", "mrp_operation")],
            limit=1,
        )
        self.assertTrue(picking_type)
        for method, first in (
            ("report_production", (self.finished.id, 1, "")),
            ("find_product", ("LAMP",)),
        ):
            self.assert_as_nothing(
                method, (*first, picking_type.id), (*first, self.nothing)
            )

    def test_lot_name(self):
        """What is a barcode elsewhere is a name here, as any other."""
        for name in ("4006381333931", "4006381333948", "SL-1"):
            answer = self.ask("report_production", self.lamp.id, 1, name)
            self.assertEqual(answer["lots"], [name])
            self.assertNotIn("Secret", str(answer))

    def test_lots_to_issue(self):
        bom = self.create_bom((self.lamp, 1, {}))
        order = self.create_order(bom, quantity=1)
        component = order.move_raw_ids.with_user(self.worker)
        said = []
        for lot_id in (self.secret_lot.id, self.secret_lot.id + 1000000):
            with self.assertRaises(Exception) as caught:
                component.action_issue(1, [lot_id])
            said.append((type(caught.exception), str(caught.exception)))
        self.assertEqual(said[0], said[1])
        self.assertNotIn("SL-1", said[0][1])

    def test_product_of_a_company_of_the_user(self):
        """Which the user may read: the error says what to do."""
        self.worker.company_ids += self.other
        _class, message = self.ask("report_production", self.secret.id, 1)
        self.assertIn("choose that company", message)
        self.assertIn("Secret", message)
