"""What the database answers instead of a result."""

import psycopg2

from odoo.exceptions import ConcurrencyError

# Two collided, a lock was waited for too long, or the connection is lost: it says
# nothing about the order. After a loss each further statement, a savepoint's end among
# them, is an InterfaceError.
NO_RESULT = (psycopg2.OperationalError, psycopg2.InterfaceError, ConcurrencyError)


def describe_stop(env, error):
    """What a person is told of a statement that the database stopped.

    :param error: a psycopg2.errors.QueryCanceled
    """
    return env._("The database stopped it: %s", error.diag.message_primary)
