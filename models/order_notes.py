"""Notes on orders: in their chatter, and on the screen of who is at work."""

from markupsafe import Markup


def leave_note(production, title, lines):
    """Post a title and a list on the order, and show both to the user."""
    items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
    production.message_post(body=Markup("%s<ul>%s</ul>") % (title, items))
    production.env.user._bus_send(
        "mrp_backflush.notification", {"title": title, "lines": lines}
    )
