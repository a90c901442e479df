"""Notes on orders: in their chatter, and on the screen of who is at work."""

from uuid import uuid4

from markupsafe import Markup

from ..call_scope import SCREEN_NOTES

# Of orders that a notification lists by name.
ORDERS_NAMED = 5


def format_list(title, lines):
    """A title and a list, as markup."""
    items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
    return Markup("%s<ul>%s</ul>") % (title, items)


def leave_note(production, title, lines):
    """Post a title and a list on the order, and have both shown to the user: whatever
    a call says of any number of orders comes as one notification, when it succeeds."""
    message = production.message_post(body=format_list(title, lines))
    note = (message.id, production.id, title, lines)
    gathered = SCREEN_NOTES.get(production.env)
    if gathered is None:
        _send_before_commit(production.env, note)
    else:
        gathered.append(note)


def show(env, title, lines, records, kind="warning"):
    """Show a notification to the user.

    :param records: what its button opens
    :param kind: as of Odoo's notifications
    """
    env.user._bus_send(
        "mrp_backflush.notification",
        {
            # By which a browser knows what it has shown.
            "id": uuid4().hex,
            "title": title,
            "lines": lines,
            "kind": kind,
            "res_model": records._name,
            "res_ids": records.ids,
        },
    )


def _send_before_commit(env, note):
    """As core's bus does: what a transaction says is sent right before its end."""
    precommit, key = env.cr.precommit, f"mrp_backflush.notes.{env.uid}"
    if key not in precommit.data:
        precommit.data[key] = []
        precommit.add(lambda: show_notes(env, precommit.data.pop(key)))
    precommit.data[key].append(note)


def show_notes(env, gathered):
    """Show what was noted on orders, as one notification.

    :param gathered: id of the message, id of the order, title and lines of each
    """
    messages = env["mail.message"].sudo().browse(note[0] for note in gathered)
    # An order that failed took its note with it.
    posted = set(messages.exists().ids)
    notes = [note[1:] for note in gathered if note[0] in posted]
    if not notes:
        return
    orders = env["mrp.production"].browse(dict.fromkeys(note[0] for note in notes))
    if len(orders) == 1:
        title = notes[0][1] if len(notes) == 1 else orders.display_name
        show(env, title, [line for note in notes for line in note[2]], orders)
        return
    titles = [title for _order, title, _lines in notes]
    more = len(titles) - ORDERS_NAMED
    lines = titles[:ORDERS_NAMED] + ([env._("%s more", more)] if more > 0 else [])
    show(env, env._("Please look at %s orders", len(orders)), lines, orders)
