"""Two people, or one and the scheduled action, at the same exception. In Odoo's
shell."""

from .processes import Workshop, meet


def retry(exception):
    def act(own):
        own["mrp.backflush.exception"].browse(exception.id).action_retry()

    return act


def cancel(exception):
    def act(own):
        own["mrp.backflush.exception"].browse(exception.id).action_cancel("Not used")

    return act


def settle_in_background(exception):
    def act(own):
        own["mrp.backflush.exception"]._settle_arrived()

    return act


def complete(exception):
    """Another order that could use what has arrived, made and completed at once: its
    transaction has written before it comes to the stock."""
    first = exception.production_id
    values = {
        "product_id": first.product_id.id,
        "bom_id": first.bom_id.id,
        "product_qty": 4,
    }

    def act(own):
        order = own["mrp.production"].create(dict(values))
        order.action_confirm()
        order.button_mark_done()

    return act


def meet_at_exception(env, *actions):
    """:return: what each of them got, and what is found then"""
    workshop = Workshop(env)
    exception = workshop.create_exception()
    answers = meet(env, *(action(exception) for action in actions))
    return [answers, workshop.look(exception.production_id)]
