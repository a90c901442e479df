"""A client as the web client is one: it knows of the server what crosses the wire.

Follows ``doActionButton`` of the web client's action service: a button is pressed with
the context of its dialog, which is that of the action as it came back; what the server
returns is opened with that context too, but for what belongs to one action only.
"""

import json
import re
from functools import partial, wraps
from unittest.mock import patch

from lxml import etree

from odoo.service.model import call_kw
from odoo.tests import Form
from odoo.tools.json import json_default
from odoo.tools.safe_eval import safe_eval

from odoo.addons.web.controllers.utils import clean_action

# What the web client doesn't hand on from one action to the next.
OF_ONE_ACTION = re.compile(
    r"^(?:(?:default_|search_default_|show_).+|.+_view_ref|group_by|active_id"
    r"|active_ids|orderedBy)$"
)

# Keys that the module once put into a context. It has none: see ``tools/house.py``.
FORMER_KEYS = {
    *("completing_orders", "component_quantity_explosion", "component_quantity_flow"),
    *("containing_kit", "expected_components", "filled_components"),
    *("is_in_fixed_kit", "just_produced", "kit_operation_id", "locked_quants"),
    *("lots_chosen_by", "own_issues", "posting", "reserving"),
    *("spare_manual_components", "taken_reservations"),
}

MODULE = "odoo.addons.mrp_backflush"
# Methods with these names are pressed, and may return an action.
PRESSED = ("action_", "button_", "pre_button_", "do_", "confirm_", "change_", "process")
CHECKED_MODULES = re.compile(r"odoo\.addons\.(mrp|stock|product_expiry)")


def to_client(value):
    """:raise AssertionError: something in it is no plain JSON, or ours"""
    check_plain(value)
    return json.loads(json.dumps(value, default=json_default))


def to_server(value):
    """:raise TypeError: a client can't send it"""
    return json.loads(json.dumps(value))


def check_plain(value, path="action"):
    """:raise AssertionError: something in it is no plain JSON, or ours"""
    if isinstance(value, dict):
        for key, part in value.items():
            if key in FORMER_KEYS:
                raise AssertionError(f"{path} tells the client of {key}")
            check_plain(part, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, part in enumerate(value):
            check_plain(part, f"{path}[{index}]")
    elif type(value).__module__.startswith(MODULE):
        raise AssertionError(f"{path} is of {type(value).__name__}")
    elif not isinstance(value, str | int | float | None):
        # What Odoo itself makes plain, and not the text of any object.
        plain = json_default(value)
        if plain == str(value) and type(value).__module__ not in (
            *("datetime", "odoo.tools.translate"),
        ):
            raise AssertionError(f"{path} is {value!r}, which no client can send back")


def checking_actions(registry):
    """Patches with which each action that a public method returns is checked.

    :return: a list of patches, to be started
    """
    return [
        patch.object(model_class, name, _checking(getattr(model_class, name)))
        for model_class in registry.values()
        for name in dir(model_class)
        if name.startswith(PRESSED)
        and CHECKED_MODULES.match(getattr(model_class, name).__module__ or "")
    ]


def _checking(method):
    @wraps(method)
    def checked(*args, **kwargs):
        result = method(*args, **kwargs)
        if isinstance(result, dict):
            check_plain(result, method.__name__)
        return result

    return checked


class WebClient:
    """The browser of one user.

    :param env: whose user it is; what its context holds beyond the user's own stays on
        the server
    """

    def __init__(self, env):
        self.env = env(context={})
        self.context = to_client(
            {
                **self.env["res.users"].context_get(),
                "uid": self.env.uid,
                "allowed_company_ids": self.env.companies.ids,
            }
        )

    def call(self, records, name, *args, context=None, **kwargs):
        """Call a public method as over RPC.

        :param context: beside the user's own
        """
        kwargs["context"] = {**self.context, **(context or {})}
        result = call_kw(
            self.env[records._name],
            name,
            to_server([records.ids, *args]),
            to_server(kwargs),
        )
        return to_client(result)

    def press(self, records, name, context=None, button_context=None):
        """Press a button that stands on the records' view.

        :param context: of the view
        :return: the action that the client opens next; False if it only closes
        """
        context = context or {}
        action = call_kw(
            self.env[records._name],
            name,
            to_server([records.ids]),
            to_server(
                {"context": {**self.context, **context, **(button_context or {})}}
            ),
        )
        self.env.flush_all()
        self.env.invalidate_all()
        if not isinstance(action, dict):
            return False
        action = to_client(clean_action(action, self.env))
        if action["type"] == "ir.actions.act_window_close":
            return False
        handed_on = {
            key: value for key, value in context.items() if not OF_ONE_ACTION.match(key)
        }
        active = {"active_model": records._name}
        if len(records) == 1:
            active |= {"active_id": records.id, "active_ids": records.ids}
        action["context"] = {
            **handed_on,
            **(button_context or {}),
            **active,
            **(action.get("context") or {}),
        }
        return action

    def open(self, action):
        """Open the form of an action, as it arrives here.

        :param action: also one that a method returned on the server
        """
        return ClientForm(self, to_client(action))


class ClientForm(Form):
    """A form that is open in the browser."""

    def __init__(self, client, action):
        views = action.get("views") or [[action.get("view_id") or False, "form"]]
        assert views[0][1] == "form", f"not a form: {views}"
        context = action.get("context") or {}
        record = client.env[action["res_model"]].with_context(
            **{**client.context, **context}
        )
        object.__setattr__(self, "_client", client)
        object.__setattr__(self, "_context", context)
        super().__init__(record.browse(action.get("res_id") or ()), views[0][0])

    def _init_from_record(self):
        object.__setattr__(self, "_record", _RemoteRecord(self._client, self._record))
        return super()._init_from_record()

    def _init_from_defaults(self):
        object.__setattr__(self, "_record", _RemoteRecord(self._client, self._record))
        return super()._init_from_defaults()

    def save(self):
        """:return: the record, in the environment of the client's user"""
        record = super().save()
        return self._client.env[record._name].browse(record.ids)

    def press(self, name):
        """Save, and press a button of the form.

        :return: the action that the client opens next; False if it only closes
        """
        button = self._find_button(name)
        button_context = safe_eval(
            button.get("context") or "{}", self._get_eval_context()
        )
        record = self.save()
        return self._client.press(record, name, self._context, button_context)

    def _find_button(self, name):
        """:raise AssertionError: there is no such button that can be seen"""
        buttons = self._view["tree"].xpath(f".//button[@name='{name}']")
        for button in buttons:
            hiding = [
                node.get("invisible")
                for node in (button, *button.iterancestors())
                if node.get("invisible")
            ]
            context = self._get_eval_context()
            if not any(safe_eval(condition, context) for condition in hiding):
                return button
        shown = [etree.tostring(button).decode() for button in buttons]
        raise AssertionError(f"no button {name} to press: {shown}")


class _RemoteRecord:
    """A record of a form, whose methods are called over the wire."""

    def __init__(self, client, record):
        self._client = client
        self._local = record

    def __getattr__(self, name):
        if name in ("onchange", "web_read", "web_save"):
            return partial(
                self._client.call, self._local, name, context=self._get_context()
            )
        return getattr(self._local, name)

    def __bool__(self):
        return bool(self._local)

    def _get_context(self):
        return dict(self._local.env.context)

    def browse(self, ids):
        return _RemoteRecord(self._client, self._local.browse(ids))

    def with_context(self, **context):
        return _RemoteRecord(self._client, self._local.with_context(**context))
