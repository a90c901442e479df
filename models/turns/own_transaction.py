"""Work in a transaction of its own, where nobody else tries again what collides."""

from odoo.service.model import retrying

from .database_errors import NO_RESULT, is_lost


def in_own_transaction(env, function):
    """Call it, as often as Odoo does with the calls of clients, and commit.

    :return: None; what the last try collided with, where none came to a result
    :raise Exception: what the function raises otherwise, or of a connection that is
        lost: whatever it had claimed is lost as well
    """
    collision = None
    try:
        retrying(function, env)
    except NO_RESULT as error:
        if is_lost(env.cr):
            raise
        env.cr.rollback()
        collision = error
    # Or the environments of all that is done pile up.
    env.transaction.reset()
    return collision
