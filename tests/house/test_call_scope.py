"""What the steps of a call know of each other, and values that the server marks."""

import json
from contextlib import suppress
from threading import Thread
from types import SimpleNamespace

from odoo.tests import BaseCase

from ...models.call_scope import CallScope
from ...models.rules.from_server import from_server, is_from_server, mark_copied


class TestCallScope(BaseCase):
    def setUp(self):
        super().setUp()
        self.scope = CallScope("test")
        self.env, self.other = (SimpleNamespace(cr=object()) for _ in range(2))

    def test_within_the_block_only(self):
        self.assertIsNone(self.scope.get(self.env))
        with self.scope.hold(self.env, 1):
            self.assertEqual(self.scope.get(self.env), 1)
            # Another environment of the same transaction: another user, say.
            self.assertEqual(self.scope.get(SimpleNamespace(cr=self.env.cr)), 1)
        self.assertIsNone(self.scope.get(self.env))

    def test_not_after_an_error(self):
        with suppress(ValueError), self.scope.hold(self.env, 1):
            raise ValueError
        self.assertIsNone(self.scope.get(self.env))

    def test_innermost(self):
        with self.scope.hold(self.env, 1):
            with self.scope.hold(self.env, 2):
                self.assertEqual(self.scope.get(self.env), 2)
            self.assertEqual(self.scope.get(self.env), 1)

    def test_another_transaction(self):
        with self.scope.hold(self.env, 1):
            self.assertIsNone(self.scope.get(self.other))
            with self.scope.hold(self.other, 2):
                self.assertEqual(self.scope.get(self.other), 2)
            self.assertEqual(self.scope.get(self.env), 1)

    def test_whether_there_is_a_block_at_all(self):
        self.assertFalse(self.scope.is_open())
        with self.scope.hold(self.env, None):
            self.assertTrue(self.scope.is_open())
        self.assertFalse(self.scope.is_open())

    def test_another_thread(self):
        seen = []
        with self.scope.hold(self.env, 1):
            thread = Thread(target=lambda: seen.append(self.scope.get(self.env)))
            thread.start()
            thread.join()
        self.assertEqual(seen, [None])


class TestFromServer(BaseCase):
    def test_equal_to_the_plain_value(self):
        for value in ("manual", 1.5):
            marked = from_server(value)
            self.assertTrue(is_from_server(marked))
            self.assertFalse(is_from_server(value))
            self.assertEqual(marked, value)

    def test_nothing_stays_nothing(self):
        for value in (False, None, "", 0.0):
            self.assertIs(from_server(value), value)

    def test_no_client_can_send_one(self):
        sent = json.loads(json.dumps([from_server("manual"), from_server(1.5)]))
        self.assertEqual(sent, ["manual", 1.5])
        self.assertFalse(any(map(is_from_server, sent)))

    def test_copies_are_marked_but_for_what_is_stated(self):
        copies = [{"kept": "a", "stated": "b", "other": "c"}, {"kept": False}]
        mark_copied(copies, ["kept", "stated"], {"stated": "b"})
        marked = [
            {name for name, value in vals.items() if is_from_server(value)}
            for vals in copies
        ]
        self.assertEqual(marked, [{"kept"}, set()])
