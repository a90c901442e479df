"""Notes on orders: in their chatter, and on the screen of who is at work."""

from markupsafe import Markup


def format_list(title, lines):
    """A title and a list, as markup."""
    items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
    return Markup("%s<ul>%s</ul>") % (title, items)


def leave_note(production, title, lines):
    """Post a title and a list on the order, and show both to the user."""
    production.message_post(body=format_list(title, lines))
    production.env.user._bus_send(
        "mrp_backflush.notification", {"title": title, "lines": lines}
    )
