"""Methods of `mrp_account`, which this module can't extend by ``super()``: it depends
on `mrp` alone, and what depends on it otherwise is loaded later and stands before it.
They are wrapped once all modules are loaded, as core's automation rules do."""

from functools import wraps

from odoo import models


def wrap(model, name, wrapper):
    """Have ``wrapper(original, record, ...)`` called in place of a model's method.

    :param model: a record of the model, in the registry that is being loaded
    """
    model_class = type(model)
    original = getattr(model_class, name)
    if getattr(original, "wrapper", None) is wrapper:
        return

    @wraps(original)
    def method(self, *args, **kwargs):
        return wrapper(original, self, *args, **kwargs)

    method.wrapper = wrapper
    setattr(model_class, name, method)


def _cal_price(original, production, consumed_moves):
    """What was issued before completion costs as if it had been issued with it."""
    return original(production, consumed_moves | production._get_early_issues())


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _register_hook(self):
        super()._register_hook()
        wrap(self, "_cal_price", _cal_price)
