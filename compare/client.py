"""Answers dialogs as the web client does: what it sends back has been plain JSON."""

import json

from odoo.tests import Form

# By dialog: the buttons that it may be answered with.
BUTTONS = {
    "mrp.production.backorder": ("action_backorder", "action_close_mo"),
    "mrp.consumption.warning": ("action_confirm", "action_set_qty"),
    "stock.backorder.confirmation": ("process", "process_cancel_backorder"),
    "expiry.picking.confirmation": ("confirm_produce", "process"),
    "stock.warn.insufficient.qty.scrap": ("action_done",),
    "stock.warn.insufficient.qty.unbuild": ("action_done",),
}
# A question that comes back again and again is a fault.
QUESTIONS = 6


def press(world, records, button, *arguments):
    """Press a button and answer each dialog that it opens.

    :return: the last action that isn't a dialog to be answered
    """
    action = getattr(records, button)(*arguments)
    for _question in range(QUESTIONS):
        model = isinstance(action, dict) and action.get("res_model")
        if model not in BUTTONS:
            return action
        button = _choose(world, model, action)
        world.say(f"{model}: {button}")
        action = getattr(_open(records.env, action), button)()
    raise AssertionError(f"asked {QUESTIONS} times: {action['res_model']}")


def _open(env, action):
    context = json.loads(json.dumps(action.get("context") or {}, default=str))
    dialog = env[action["res_model"]].with_context(**context)
    if action.get("res_id"):
        return dialog.browse(action["res_id"])
    return Form(dialog).save()


def _choose(world, model, action):
    if model == "mrp.production.backorder" and world.has_fractions:
        return "action_close_mo"
    if model == "expiry.picking.confirmation":
        produces = action["context"].get("default_production_ids")
        return "confirm_produce" if produces else "process"
    return world.draw.choice(BUTTONS[model])
