"""Whoever moves the same products takes turns.

Odoo's transactions see the database as it was when they began. Of two that take the
same stock at once one is tried again, at the worst until its user gets an error; and
stock and reservations go wrong where core passes over a quant that is locked: it
writes a second one beside it.

Waiting within a transaction doesn't help against the former: what it sees is older
than the wait. So whoever is about to move stock waits before the transaction has done
anything, and lets it begin anew (``take_turns``). In the midst of one they wait all the
same, and may have to be tried again: the database refuses what it sees no longer as it
is. Who must not take what somebody else takes gets an error where the wait is too long
(``wait_for_turn``); for all others core's way is the lesser evil then
(``join_turns``). What is new, nobody else sees, and the database refuses nothing: who
makes the first of its kind says so (``announce``).

Lots and serial numbers have turns of their own, by name: one may not be there yet.

Nobody waits for a claim (``claimed``): workers that share out what is to be done leave
to another one what it is at.
"""

from contextlib import contextmanager
from zlib import crc32

import psycopg2

# Advisory locks are numbers that the whole database shares: the first says whose.
_NAMESPACE = 1_835_102_822
_CLAIMS = 1_835_102_823
# Few enough for the server's table of locks, however many components an order has.
_BUCKETS = 1024
# What the transaction holds; with the cursor's data that a savepoint's end clears.
_KEY = "mrp_backflush.turns"
# Of these, what it has held since before it saw anything.
_FROM_START = "mrp_backflush.turns_from_start"
# What it goes on without, having waited for too long.
_GIVEN_UP = "mrp_backflush.turns_given_up"
# Products of which it has announced something new.
_ANNOUNCED = "mrp_backflush.announced"
# Somebody who holds a turn for longer is no reason to have a person wait for ever.
_LONGEST_WAIT = "60s"
# Whatever an administrator has set for statements, which do not mean to wait.
_SET_LONGEST_WAIT = """
    SELECT set_config('lock_timeout', %s, true),
           set_config('statement_timeout', '0', true)
"""

# What a transaction holds that did more than read.
_LOCKS = f"""
    SELECT coalesce(relname, locktype), mode
      FROM pg_locks LEFT JOIN pg_class ON pg_class.oid = relation
     WHERE pid = pg_backend_pid()
       AND locktype NOT IN ('virtualxid', 'transactionid')
       AND mode != 'AccessShareLock'
       AND NOT (locktype = 'advisory' AND classid = {_CLAIMS})
"""
# Once in an hour a person's request begins with a note of the device, and so would
# each further try of it. It may be committed by itself.
_DEVICE_LOG = "res_device_log"
# Has a number for the transaction, and one for the savepoint that it is in, if any.
_NUMBER = "SELECT pg_logical_emit_message(true, %s, '')"
_IS_IN_SAVEPOINT = """
    SELECT count(*) > 1 FROM pg_locks
     WHERE pid = pg_backend_pid() AND locktype = 'transactionid'
"""
# In their order, up to the first that somebody else has: who waits for it must hold
# none that come after, or two would wait for each other.
_TRY_WITHIN = """
    WITH RECURSIVE asked(keys) AS (VALUES (%s::int[])), tried(number, is_held) AS (
        SELECT 1, pg_try_advisory_xact_lock(%s, keys[1]) FROM asked
         UNION ALL
        SELECT number + 1, pg_try_advisory_xact_lock(%s, keys[number + 1])
          FROM tried, asked WHERE is_held AND number < cardinality(keys)
    )
    SELECT keys[number] FROM tried, asked WHERE is_held
"""
_LOCK_WITHIN = f"""
    {_SET_LONGEST_WAIT};
    SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s) AS key;
    SET LOCAL lock_timeout TO DEFAULT;
    SET LOCAL statement_timeout TO DEFAULT
"""
# A new version of each row, which says what it said: whoever began before this is
# committed, and does the same, is tried again.
_ANNOUNCE = """
    UPDATE product_product AS product SET write_date = product.write_date
      FROM (SELECT id FROM product_product WHERE id = ANY(%s)
             ORDER BY id FOR NO KEY UPDATE) AS locked
     WHERE locked.id = product.id
"""


@contextmanager
def claimed(cr, number):
    """Keep what has this number to oneself, over the transactions in between. Where
    the process dies, it is free again.

    :return: whether it is: nobody else has it
    """
    cr.execute("SELECT pg_try_advisory_lock(%s, %s)", [_CLAIMS, number])
    [is_mine] = cr.fetchone()
    try:
        yield is_mine
    except BaseException:
        if not cr.connection.closed:
            cr.rollback()
        raise
    finally:
        if is_mine and not cr.connection.closed:
            cr.execute("SELECT pg_advisory_unlock(%s, %s)", [_CLAIMS, number])


def take_turns(env, products, lots=()):
    """Wait until nobody else moves these products, until the end of the transaction.

    To be called before anything else: what was read is read anew. In a transaction
    that has written or locked something already, or in a savepoint, it waits in the
    midst of it.

    :param products: product.product, those whose stock will change
    :param lots: of lots and serial numbers that are made or used, (product id, name)
    """
    cr = env.cr
    keys = _get_missing_keys(cr, products, lots)
    if not keys:
        return
    env.flush_all()
    others, has_note = _read_locks(cr)
    if others or _is_in_savepoint(cr):
        wait_for_turn(env, products.browse(), lots)
        join_turns(env, products)
        return
    if _wait_before(cr.connection, keys, has_note):
        _get_held(cr).update(keys)
        _get_kept(cr, _FROM_START).update(keys)
    env.invalidate_all(flush=False)


def wait_for_turn(env, products, lots=()):
    """Wait until nobody else moves these products, in the midst of a transaction.

    What it sees doesn't change by that. But if somebody took the same stock meanwhile,
    the database refuses the change instead of core passing over it.

    :param products: product.product, those of which only what is there may be taken
    :param lots: as of ``take_turns``
    """
    cr = env.cr
    keys = _get_missing_keys(cr, products, lots)
    if keys:
        cr.execute(_LOCK_WITHIN, [_LONGEST_WAIT, _NAMESPACE, keys])
        _get_held(cr).update(keys)


def join_turns(env, products):
    """The same for those who may take what isn't there: somebody who holds a turn for
    too long is not waited for.

    :param products: product.product, those whose stock is changed
    """
    cr = env.cr
    keys = _get_missing_keys(cr, products)
    if not keys:
        return
    given_up = _get_kept(cr, _GIVEN_UP)
    keys = [key for key in keys if key not in given_up]
    if not keys:
        return
    cr.execute(_TRY_WITHIN, [keys, _NAMESPACE, _NAMESPACE])
    held = _get_held(cr)
    held.update(key for (key,) in cr.fetchall())
    others = [key for key in keys if key not in held]
    if not others:
        return
    try:
        with cr.savepoint(flush=False):
            cr.execute(_LOCK_WITHIN, [_LONGEST_WAIT, _NAMESPACE, others])
        held.update(others)
    except psycopg2.errors.LockNotAvailable:
        given_up.update(others)


def sees_all_of(env, lots):
    """Whether whatever others have done with these lots is seen by the transaction: it
    began when their turn was its own.

    :param lots: as of ``take_turns``
    """
    return _get_kept(env.cr, _FROM_START).issuperset(_get_keys((), lots))


def announce(env, products):
    """Say that there is something of these products where nothing was: of two who say
    so at once, the second is tried again, and finds it.

    :param products: product.product
    """
    cr = env.cr
    announced = _get_kept(cr, _ANNOUNCED)
    ids = sorted(set(products.ids) - announced)
    if ids:
        cr.execute(_ANNOUNCE, [ids])
        announced.update(ids)


def _get_missing_keys(cr, products, lots=()):
    """In an order that is the same for all, or two would wait for each other."""
    if cr.readonly:
        return []
    return sorted(_get_keys(products.ids, lots) - _get_held(cr))


def _get_keys(product_ids, lots):
    keys = set()
    for product_id in product_ids:
        keys.add(product_id % _BUCKETS)
    for product_id, name in lots:
        # Those of lots come after.
        keys.add(_BUCKETS + crc32(f"{product_id} {name}".encode()) % _BUCKETS)
    return keys


def _get_held(cr):
    return _get_kept(cr, _KEY)


def _get_kept(cr, key):
    return cr.precommit.data.setdefault(key, set())


def _read_locks(cr):
    """What would be lost if the transaction began anew, other than what was read.

    :return: the locks of what it did, and whether it has a device's note to be kept
    """
    cr.execute(_LOCKS)
    locks = cr.fetchall()
    others = [lock for lock in locks if not lock[0].startswith(_DEVICE_LOG)]
    has_note = len(others) < len(locks)
    if has_note:
        # Its foreign key to the user, with the indexes.
        others = [
            (name, mode)
            for name, mode in others
            if mode != "RowShareLock" or not name.startswith("res_users")
        ]
    return others, has_note


def _is_in_savepoint(cr):
    cr.execute(_NUMBER, [_KEY])
    cr.execute(_IS_IN_SAVEPOINT)
    [is_in_savepoint] = cr.fetchone()
    return is_in_savepoint


def _wait_before(connection, keys, has_note):
    """Begin the transaction anew when nobody else holds these keys.

    Not through Odoo's cursor: for Odoo it is the same transaction, and what waits for
    its end goes on waiting.

    :param has_note: whether there is something to commit; without, nothing waits for
        the disk
    :return: whether it holds them now
    """
    try:
        if has_note:
            connection.commit()
        else:
            connection.rollback()
        _execute(connection, _SET_LONGEST_WAIT, _LONGEST_WAIT)
        _lock(connection, "pg_advisory_lock", keys)
        connection.rollback()
        # Granted at once: the connection has them. The transaction lets go of them,
        # whatever becomes of it.
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
