"""Settlements and completions that are killed between two steps. In Odoo's shell."""

from .processes import Workshop, die, run_and_wait

# A step: the model, the method that comes next, and whether it is over by then.
SETTLEMENT = {
    "before the move": ("mrp.backflush.exception", "_post", False),
    "after the lines": ("stock.move", "_check_lots_scanned", False),
    "in the midst of the posting": ("stock.quant", "_update_available_quantity", True),
    "after the posting": ("mrp.backflush.exception", "_note_settled", False),
    "after the exception's write": ("mrp.backflush.exception", "_close_pending", False),
}
COMPLETION = {
    "before anything is parked": ("stock.move", "_park", False),
    "after it was parked": ("mrp.backflush.exception", "_announce", False),
    "before the posting": ("stock.move", "_action_done", False),
    "after the posting": ("stock.move", "_action_done", True),
    "after the whole posting": ("mrp.production", "_post_inventory", True),
}
AT_COMMIT = {"just before the commit": False, "just after the commit": True}


def die_at(env, model, method, is_over):
    """Have the process killed when a method is called, or is over."""
    registered = type(env[model])
    original = getattr(registered, method)

    def killed(self, *args, **kwargs):
        if is_over:
            original(self, *args, **kwargs)
            self.env.flush_all()
        die()

    setattr(registered, method, killed)


def die_at_commit(env, is_over, is_near):
    """:param is_near: says whether it is the commit of the work"""
    commit = env.cr.commit

    def killed():
        is_now = is_near()
        if is_now and not is_over:
            env.cr.flush()
            die()
        commit()
        if is_now:
            die()

    env.cr.commit = killed


def settle(env, exception_id):
    """As the scheduled action does."""
    exception = env["mrp.backflush.exception"].browse(exception_id)
    exception._settle_in_turns(exception)


def complete(env, order_id):
    env["mrp.production"].browse(order_id).button_mark_done()
    env.cr.commit()


def kill_settlements(env):
    """:return: what is found after each was killed, and when it is settled again"""
    workshop = Workshop(env)
    answer = {}
    for name in [*SETTLEMENT, *AT_COMMIT]:
        exception = workshop.create_exception()

        def act(own, name=name, exception=exception):
            if name in SETTLEMENT:
                die_at(own, *SETTLEMENT[name])
            else:
                own_exception = own["mrp.backflush.exception"].browse(exception.id)
                die_at_commit(
                    own, AT_COMMIT[name], lambda: own_exception.state == "settled"
                )
            settle(own, exception.id)

        answer[name] = _kill_and_repeat(
            workshop, exception.production_id, act, settle, exception.id
        )
    return answer


def kill_completions(env):
    """:return: what is found after each was killed, and when it is completed again"""
    workshop = Workshop(env)
    answer = {}
    for name in [*COMPLETION, *AT_COMMIT]:
        order = workshop.create_order(7)

        def act(own, name=name, order=order):
            if name in COMPLETION:
                die_at(own, *COMPLETION[name])
            else:
                own_order = own["mrp.production"].browse(order.id)
                die_at_commit(own, AT_COMMIT[name], lambda: own_order.state == "done")
            complete(own, order.id)

        answer[name] = _kill_and_repeat(workshop, order, act, complete, order.id)
    return answer


def _kill_and_repeat(workshop, order, act, repeat, record_id):
    env = workshop.env
    was_killed = run_and_wait(env, act)
    env.cr.rollback()
    killed = workshop.look(order)
    run_and_wait(env, lambda own: repeat(own, record_id))
    env.cr.rollback()
    return [was_killed, killed, workshop.look(order)]
