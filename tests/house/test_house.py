"""The guards of `make lint`, each with what it must find and what it must let pass. Not
part of the installed module, as the tools aren't."""

from textwrap import dedent

from odoo.tests import BaseCase

from house import GUARDS, Source, check, read_sources


class HouseCase(BaseCase):
    guard = None

    def find(self, **files):
        """Put the guard at files: their paths, ``__`` for a slash and without ``.py``.

        :return: paths and lines of what it finds
        """
        sources = [
            Source(f"{path.replace('__', '/')}.py", dedent(text))
            for path, text in files.items()
        ]
        return [f"{fault.path}:{fault.line}" for fault in check(sources, [self.guard])]

    def assert_found(self, text, *lines, path="models__a"):
        """:param lines: those of the text where something is wrong"""
        expected = [f"{path.replace('__', '/')}.py:{line}" for line in lines]
        self.assertEqual(self.find(**{path: text}), expected)


class TestInForce(BaseCase):
    def test_the_project_keeps_them(self):
        self.assertEqual(check(read_sources()), [])

    def test_a_fault_says_where_and_what(self):
        [fault] = check([Source("models/rules/a.py", "import re\nimport odoo")], GUARDS)
        self.assertEqual(
            str(fault),
            "models/rules/a.py:2: rules: rules are plain Python, without odoo",
        )


class TestContext(HouseCase):
    guard = "context"

    def test_own_keys_are_found(self):
        self.assert_found(
            """\
            a.with_context(ours=1)
            a.with_context({"ours": 1})
            a.with_context(**{KEY: 1})
            a.with_context(**{"lang": None, "ours": 1})
            a.env.context.get("ours")
            self.env.context[KEY]
            "ours" in env.context
            env(context={**env.context, "ours": 1})
            dict(self.env.context, ours=1)

            @api.depends_context("lang", "ours")
            def method(self): ...
            """,
            *range(1, 10),
            11,
        )

    def test_cores_keys_and_other_things_called_context_pass(self):
        self.assert_found(
            """\
            a.with_context(lang="en_US", active_test=False)
            a.with_context(**values)
            a.env.context.get("skip_backorder", False)
            a.env(context=clean_context(a.env.context))
            action["context"]["default_product_id"]
            values.get("ours")
            get("ours")
            "ours" in values
            """
        )

    def test_tests_may(self):
        self.assert_found("a.with_context(ours=1)", path="tests__a")


class TestOverrides(HouseCase):
    guard = "overrides"
    EXTENSION = """\
        class StockMove(models.Model):
            _inherit = "stock.move"

            def write(self, vals):
                return super().write(vals)
    """

    def test_one_method_in_two_files(self):
        found = self.find(
            models__stock_move=self.EXTENSION, models__lots__stock_move=self.EXTENSION
        )
        self.assertEqual(found, ["models/stock_move.py:4"])

    def test_twice_in_one_file(self):
        """Python takes the last of them, silently."""
        again = "\n    def write(self, vals):\n        return False\n"
        text = dedent(self.EXTENSION).rstrip() + "\n" + again
        self.assertEqual(self.find(models__stock_move=text), ["models/stock_move.py:4"])

    def test_of_a_model_with_mixins(self):
        mixed = """\
            class StockMove(models.Model):
                _name = "stock.move"
                _inherit = ["stock.move", "mrp.checked.fields"]

                def write(self, vals):
                    return super().write(vals)
        """
        found = self.find(models__stock_move=self.EXTENSION, wizards__other=mixed)
        self.assertEqual(found, ["models/stock_move.py:4"])

    def test_speed_may(self):
        found = self.find(
            models__stock_move=self.EXTENSION, models__speed__stock_move=self.EXTENSION
        )
        self.assertEqual(found, [])

    def test_other_models_and_methods_pass(self):
        other_model = self.EXTENSION.replace("stock.move", "stock.move.line")
        other_method = self.EXTENSION.replace("write", "create")
        plain_class = self.EXTENSION.replace("_inherit", "inherited")
        found = self.find(
            models__stock_move=self.EXTENSION,
            models__stock_move_line=other_model,
            models__lots__stock_move=other_method,
            models__lots__plain=plain_class,
            tests__stock_move=self.EXTENSION,
        )
        self.assertEqual(found, [])


class TestSpeed(HouseCase):
    guard = "speed"

    def test_imports_of_it_are_found(self):
        text = """\
            from ..speed.quant_batch import QuantBatch
            from ..speed import quant_batch
            from .. import speed
            from odoo.addons.mrp_backflush.models.speed import quant_batch
            import odoo.addons.mrp_backflush.models.speed.quant_batch
        """
        self.assert_found(text, 1, 2, 3, 4, 5, path="models__posting__issue")
        self.assert_found("from ..models.speed import a", 1, path="wizards__a")
        self.assert_found("from .speed import a", 1, path="models__stock_move")

    def test_what_is_in_it_and_its_door_may(self):
        self.assert_found("from .ledger import Ledger", path="models__speed__a")
        self.assert_found("from . import speed", path="models____init__")
        self.assert_found("from ..models import speed", path="tests__test_speed")

    def test_other_imports_pass(self):
        self.assert_found(
            "from .speedometer import a\nfrom ..lots import speed",
            path="models__posting__issue",
        )


class TestRules(HouseCase):
    guard = "rules"

    def test_odoo_and_other_rooms_are_found(self):
        text = """\
            import odoo
            from odoo import models
            from odoo.tools import float_utils, SQL
            from ..posting.issue import issue
            from .. import lots
        """
        self.assert_found(text, 1, 2, 3, 4, 5, path="models__rules__need")

    def test_plain_python_passes(self):
        text = """\
            from dataclasses import dataclass
            from odoo.tools.float_utils import float_round
            from .allocation import allocate
            from . import words
        """
        self.assert_found(text, path="models__rules__need")

    def test_other_rooms_may(self):
        self.assert_found("from odoo import models", path="models__lots__stock_move")


class TestSizes(HouseCase):
    def write_function(self, lines):
        """A function of so many lines, with its decorator and docstring."""
        body = "\n".join(["    pass"] * (lines - 3))
        return f'@decorated\ndef long():\n    """Says."""\n{body}\n'

    def test_functions(self):
        self.guard = "functions"
        self.assert_found(self.write_function(45))
        self.assert_found(self.write_function(46), 2)
        self.assert_found(self.write_function(46), path="tests__test_long")

    def test_files(self):
        self.guard = "files"
        self.assert_found("pass\n" * 700)
        self.assert_found("pass\n" * 701, 1)
        self.assert_found("pass\n" * 701, path="tests__test_long")
