"""Whoever moves the same components takes turns.

Odoo's transactions see the database as it was when they began. Of two that take the
same stock at once one is tried again, at the worst until its user gets an error, and
reservations get lost (core writes a second quant where the first is locked). Waiting
within a transaction doesn't help: what it sees is older than the wait. So the locks
are the connection's, and they are taken before the transaction that does the work.
"""

# Advisory locks are numbers that the whole database shares: the first says whose.
_NAMESPACE = 1_835_102_822
# Few enough for the server's table of locks, however many components an order has.
_BUCKETS = 1024
_KEY = "mrp_backflush.turns"


def take_turns(env, products):
    """Wait until nobody else moves these products, until the end of the transaction.

    Nothing happens in a transaction that has written already: it can't begin anew.
    There, as without this, colliding transactions are tried again.

    :param products: product.product, those whose stock will change
    """
    cr = env.cr
    keys = sorted({product_id % _BUCKETS for product_id in products.ids})
    if not keys or cr.readonly or _KEY in cr.postcommit.data:
        return
    env.flush_all()
    if _has_written(cr):
        return
    connection = cr.connection
    _execute(connection, "pg_advisory_lock", keys)
    # Nothing was written: this only ends what was seen before the wait.
    cr.commit()  # pylint: disable=invalid-commit
    env.invalidate_all()
    cr.postcommit.data[_KEY] = True

    def release():
        # Not through Odoo's cursor, which may be closed by now. A connection that is
        # lost has lost its locks too.
        if not connection.closed:
            _execute(connection, "pg_advisory_unlock", keys)
            connection.commit()  # pylint: disable=invalid-commit

    cr.postcommit.add(release)
    cr.postrollback.add(release)


def _execute(connection, function, keys):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {function}(%s, key) FROM unnest(%s) AS key", [_NAMESPACE, keys]
        )


def _has_written(cr):
    cr.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
    return cr.fetchone()[0]
