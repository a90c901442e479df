"""A server, and clients that speak JSON with it, each as a user of its own."""

import json
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase

from .common import BackflushCase

# What Odoo's own clients show to a person as it is.
IN_WORDS = {
    f"odoo.exceptions.{name}"
    for name in ("AccessError", "MissingError", "UserError", "ValidationError")
}
MODULE = __package__.split(".")[-2]


class RemoteCase(BackflushCase, HttpCase):
    """Users of each kind, and their calls over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            "worker": cls.create_user(
                "worker",
                *("mrp.group_mrp_user", "stock.group_stock_user"),
                "base.group_allow_export",
            ),
            "manager": cls.create_user(
                "manager",
                *("mrp.group_mrp_user", "mrp.group_mrp_manager"),
                "stock.group_stock_manager",
                *("product.group_product_manager", "base.group_system"),
            ),
            "clerk": cls.create_user("clerk", "stock.group_stock_user"),
            "employee": cls.create_user("employee", "base.group_user"),
        }

    def log_in(self, login):
        self.authenticate(login, login)

    def send(self, route, body, **headers):
        # JSON as Python and browsers' libraries write it: with NaN.
        answer = self.url_open(
            route,
            data=json.dumps(body),
            headers={"Content-Type": "application/json", **headers},
        )
        self.env.invalidate_all()
        return answer

    def call(self, model, method, *args, **kwargs):
        """Call a method as the web client does, as who is logged in.

        :return: (result, None), or (None, error): its class and message
        """
        answer = self.send(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "jsonrpc": "2.0",
                "method": "call",
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                },
            },
        )
        return self.read_answer(answer.json())

    def call_as_script(self, login, model, method, *args, **kwargs):
        """The same by ``execute_kw``, as scripts do."""
        user = self.users[login]
        answer = self.send(
            "/jsonrpc",
            {
                "jsonrpc": "2.0",
                "method": "call",
                "params": {
                    "service": "object",
                    "method": "execute_kw",
                    "args": [
                        # As tests pad it.
                        *(self.env.cr.dbname, user.id, login.ljust(8, "x")),
                        *(model, method, list(args), kwargs),
                    ],
                },
            },
        )
        return self.read_answer(answer.json())

    def call_by_name(self, login, model, method, **arguments):
        """The same by Odoo 19's ``/json/2``, with a key."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.users[login])
            .sudo()
            ._generate("rpc", "test", fields.Datetime.now() + timedelta(days=1))
        )
        answer = self.send(
            f"/json/2/{model}/{method}", arguments, Authorization=f"Bearer {key}"
        )
        said = answer.json()
        if answer.status_code == 200:
            return said, None
        return None, (said["name"], said["message"])

    def read_answer(self, answer):
        if "error" in answer:
            data = answer["error"]["data"]
            return None, (data["name"], data["message"])
        return answer.get("result"), None

    def assert_in_words(self, answer, text=""):
        """The answer is an error that says what is wrong."""
        result, error = answer
        self.assertIsNotNone(error, f"no error, but {result!r}")
        name, message = error
        self.assertIn(name, IN_WORDS, message)
        self.assertTrue(message.strip())
        self.assertIn(text, message)


def get_own_fields(model):
    """The module's own fields of a model, by name."""
    return {
        name: field
        for name, field in model._fields.items()
        if field._modules == (MODULE,)
        and name not in ("id", "create_uid", "create_date", "write_uid", "write_date")
        and field.store
    }


def list_own_methods(env):
    """The public methods that no other module has, by introspection.

    :return: name of the model, name, and the method of each
    """
    # The models' own classes have what tests put around their methods.
    made = {*env.registry.values()}
    for model_name in env.registry:
        model = env[model_name]
        if model._abstract:
            continue
        for name in sorted(dir(type(model))):
            if name.startswith("_"):
                continue
            method = getattr(type(model), name)
            owners = {
                owner.__module__.removeprefix("odoo.addons.").split(".")[0]
                for owner in type(model).mro()
                if name in vars(owner) and owner not in made
            }
            if callable(method) and owners == {MODULE}:
                yield model_name, name, method
