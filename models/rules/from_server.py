"""Values that the server itself works out or copies, told from those of a client.

Whether a person may choose a value is checked where values come in: at ``create`` and
``write``. A backorder, a duplicate or an exploded BoM brings along what the server
says, and core creates the records later and elsewhere, beyond any scope of the call:
such values are marked by their class. A client can't send one, only plain texts and
numbers.
"""


class FromServer:
    __slots__ = ()


class TextFromServer(FromServer, str):
    __slots__ = ()


class QuantityFromServer(FromServer, float):
    __slots__ = ()


def from_server(value):
    """:param value: a text or a number, empty ones are left as they are"""
    if not value:
        return value
    return (TextFromServer if isinstance(value, str) else QuantityFromServer)(value)


def is_from_server(value):
    return isinstance(value, FromServer)


def mark_copied(vals_list, names, default):
    """Mark what copies take over of these fields.

    :param default: what the copies are to have instead, of whatever origin
    """
    for name in set(names).difference(default or ()):
        for vals in vals_list:
            if vals.get(name):
                vals[name] = from_server(vals[name])
