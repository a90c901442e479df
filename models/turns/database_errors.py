"""What the database answers instead of a result."""

import psycopg2

from odoo.exceptions import ConcurrencyError

# Two collided, or a lock was waited for too long: it says nothing about the order.
NO_RESULT = (psycopg2.OperationalError, ConcurrencyError)


def is_lost(cr):
    """Whether the connection is gone, and with it all that was done and locked: nothing
    more can be said in this transaction. psycopg2 has several errors for that."""
    return bool(cr.connection.closed)


def describe_stop(env, error):
    """What a person is told of a statement that the database stopped.

    :param error: a psycopg2.errors.QueryCanceled
    """
    return env._("The database stopped it: %s", error.diag.message_primary)
