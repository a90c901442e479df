"""Who changed a choice, when, from what and to what: in the chatter of what it is on.

What people choose alone; what the system works out or carries over isn't noted. It is
gathered as long as the transaction lasts, as by core's tracking: many lines of a
document are one message, and what was changed back says nothing. Core's own tracking
wouldn't do. It knows values of one company alone, nothing of lines, and a client
switches it off with a key in the context.
"""

from odoo import api, models

from .shortage.order_notes import format_list

_KEY = "mrp_backflush.choices"


class _Change:
    """From what, at first, to what, in the end."""

    def __init__(self, old):
        self.old = self.new = old


class _Message:
    """What is posted on a document, of one person.

    :param title: above what was changed
    """

    def __init__(self, document, title):
        self.document = document
        self.title = title
        self.changes = {}

    def hold(self, key, value):
        """The value is about to change, or has."""
        self.changes.setdefault(key, _Change(value)).new = value

    def post(self):
        if self.document.exists():
            changed = {
                key: change
                for key, change in self.changes.items()
                if change.old != change.new
            }
            if changed:
                self.post_changes(changed)


class _Lines(_Message):
    """Changes of a document's lines; what holds of each is a text.

    A key is a record and the words that tell which thing of which line it is.
    """

    def post_changes(self, changed):
        lines = [
            f"{words}: {change.old} → {change.new}"
            for (_record, words), change in changed.items()
        ]
        self.document._message_log(body=format_list(self.title, lines))


class _Values(_Message):
    """Changes of a record's own fields. A key is the record and the field's name."""

    def post_changes(self, changed):
        values = self.document.env["mail.tracking.value"].sudo()
        tracked = []
        for (record, name), change in changed.items():
            info = record.fields_get([name], ["string", "type", "selection"])[name]
            said = values._create_tracking_values(
                change.old, change.new, name, info, record
            )
            tracked.append((0, 0, _name_nothing(said, info, self.document.env)))
        self.document._message_log(body=self.title, tracking_value_ids=tracked)


def _name_nothing(said, info, env):
    """Core says *None* of what is empty."""
    if info["type"] in ("selection", "many2one"):
        for name in ("old_value_char", "new_value_char"):
            said[name] = said[name] or env._("Inherited")
    return said


def hold_line(document, title, record, words, text):
    """Note what holds of a line, before and after it is changed.

    :param document: with a chatter, as the user who changes it
    :param words: tell which thing of which line
    """
    _get_message(_Lines, document, title).hold((record, words), text)


def hold_value(document, title, record, name):
    """Note what a field of the record holds, before and after it is changed.

    :param document: with a chatter, as the user who changes it
    """
    _get_message(_Values, document, title).hold((record, name), record[name])


def describe_value(record, name):
    """What a selection or a link to one record holds, in words."""
    field, value = record._fields[name], record[name]
    if not value:
        return record.env._("Inherited")
    if field.type == "selection":
        return dict(field._description_selection(record.env))[value]
    return value.display_name


def _get_message(kind, document, title):
    precommit = document.env.cr.precommit
    if _KEY not in precommit.data:
        precommit.data[_KEY] = {}
        precommit.add(lambda: _post(precommit.data.pop(_KEY, {})))
    key = kind, document, document.env.uid, title
    messages = precommit.data[_KEY]
    if key not in messages:
        messages[key] = kind(document, title)
    return messages[key]


def _post(messages):
    for message in messages.values():
        message.post()


class LoggedChoices(models.AbstractModel):
    """A record of which changes of some fields are told in a chatter."""

    _name = "mrp.logged.choices"
    _description = "Logged Choices"

    @api.model
    def _get_logged_fields(self):
        """Names of the fields."""
        raise NotImplementedError

    def _hold_logged(self, name):
        """Note what the field holds, with the functions above."""
        raise NotImplementedError

    def _describe_logged(self, name):
        """:return: what the field is called, and what it holds, in words"""
        label = self.fields_get([name], ["string"])[name]["string"]
        return label, describe_value(self, name)

    def write(self, vals):
        names = [name for name in self._get_logged_fields() if name in vals]
        self._hold_all_logged(names)
        result = super().write(vals)
        self._hold_all_logged(names)
        self._follow_choices(names)
        return result

    def _follow_choices(self, names):
        """What follows from a choice that was made just now.

        :param names: of the fields that were written
        """

    def _hold_all_logged(self, names):
        for record in self:
            for name in names:
                record._hold_logged(name)
