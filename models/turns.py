"""Whoever moves the same components takes turns.

Odoo's transactions see the database as it was when they began. Of two that take the
same stock at once one is tried again, at the worst until its user gets an error, and
reservations get lost (core writes a second quant where the first is locked). Waiting
within a transaction doesn't help: what it sees is older than the wait. So the wait is
for locks of the connection, the transaction begins anew when it is over, and what it
then holds is its own: released with it, however it ends.
"""

import psycopg2

# Advisory locks are numbers that the whole database shares: the first says whose.
_NAMESPACE = 1_835_102_822
# Few enough for the server's table of locks, however many components an order has.
_BUCKETS = 1024
_KEY = "mrp_backflush.turns"
# Somebody who holds a turn for longer is no reason to have a person wait for ever.
_LONGEST_WAIT = "60s"
_SET_LONGEST_WAIT = "SELECT set_config('lock_timeout', %s, true)"

# What a transaction holds that did more than read.
_HAS_LOCKS = """
    SELECT EXISTS (
        SELECT FROM pg_locks
         WHERE pid = pg_backend_pid()
           AND locktype != 'virtualxid'
           AND mode != 'AccessShareLock'
    )
"""
# Has a number for the transaction, and one for the savepoint that it is in, if any.
_NUMBER = "SELECT pg_logical_emit_message(true, %s, '')"
_IS_IN_SAVEPOINT = """
    SELECT count(*) > 1 FROM pg_locks
     WHERE pid = pg_backend_pid() AND locktype = 'transactionid'
"""


def take_turns(env, products):
    """Wait until nobody else moves these products, until the end of the transaction.

    Nothing happens in a transaction that has written or locked something already, or
    in a savepoint: it can't begin anew. There, as without this, colliding transactions
    are tried again.

    :param products: product.product, those whose stock will change
    """
    cr = env.cr
    keys = sorted({product_id % _BUCKETS for product_id in products.ids})
    if not keys or cr.readonly or _KEY in cr.postcommit.data:
        return
    env.flush_all()
    if not _can_begin_anew(cr):
        return
    if _wait(cr.connection, keys):
        cr.postcommit.data[_KEY] = True
    env.invalidate_all(flush=False)


def _can_begin_anew(cr):
    """Whether nothing would be lost but what was read."""
    cr.execute(_HAS_LOCKS)
    if cr.fetchone()[0]:
        return False
    cr.execute(_NUMBER, [_KEY])
    cr.execute(_IS_IN_SAVEPOINT)
    return not cr.fetchone()[0]


def _wait(connection, keys):
    """Begin the transaction anew when nobody else holds these keys.

    Not through Odoo's cursor: for Odoo it is the same transaction, and what waits for
    its end goes on waiting.

    :return: whether it holds them now
    """
    try:
        _execute(connection, _SET_LONGEST_WAIT, _LONGEST_WAIT)
        _lock(connection, "pg_advisory_lock", keys)
        connection.rollback()
        # Granted at once: the connection has them.
        _lock(connection, "pg_advisory_xact_lock", keys)
        _lock(connection, "pg_advisory_unlock", keys)
    except psycopg2.errors.LockNotAvailable:
        _let_go(connection, keys)
        return False
    except BaseException:
        _let_go(connection, keys)
        raise
    return True


def _let_go(connection, keys):
    """Hand the connection back to the pool without locks, whichever it got. One that
    is lost has lost them too."""
    if not connection.closed:
        connection.rollback()
        _lock(connection, "pg_advisory_unlock", keys)
        connection.rollback()


def _lock(connection, function, keys):
    statement = f"SELECT {function}(%s, key) FROM unnest(%s) AS key"
    _execute(connection, statement, _NAMESPACE, keys)


def _execute(connection, statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
