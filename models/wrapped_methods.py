"""Methods of modules that this one has a say in without depending on them.

This module depends on ``mrp`` only. ``mrp_account`` and others are loaded after it: an
override here of a method that they define or extend would be below it and not be
reached. Such methods are wrapped once every module is loaded, as ``base_automation``
does. A wrapper hands on all records that it gets: what other modules make of them is
theirs to say.
"""

from functools import partial, wraps

from odoo import models

# Functions by model and name of the method, the innermost first.
_WRAPPERS = {}


def wrapping(model_name, name, concerning=None):
    """Have the calls of a method, if there is such a model and method, go through the
    decorated function.

    It is called with the original method, bound to the records, then with the records
    and the arguments.

    :param concerning: a field; where all records have none of it, it is passed by
    """

    def register(wrapper):
        wrappers = _WRAPPERS.setdefault((model_name, name), [])
        wrappers.append((wrapper, concerning))
        return wrapper

    return register


class WrappedMethods(models.AbstractModel):
    _name = "mrp.backflush.wrapped"
    _description = "Wrapped Methods of Other Modules"

    def _register_hook(self):
        for (model_name, name), wrappers in _WRAPPERS.items():
            if model_name in self.env:
                _wrap(self.env.registry[model_name], name, wrappers)
        return super()._register_hook()

    def _unregister_hook(self):
        for model_name, name in _WRAPPERS:
            if model_name in self.env:
                _unwrap(self.env.registry[model_name], name)
        return super()._unregister_hook()


def _wrap(model_class, name, wrappers):
    original = getattr(model_class, name, None)
    if original is None or getattr(original, "is_backflush_wrapper", False):
        return
    patched = vars(model_class).get(name)

    @wraps(original)
    def method(self, *args, **kwargs):
        # Not ``original``: it is looked up as any other ``super()``.
        following = getattr(super(model_class, self), name)
        if patched:
            following = partial(patched, self)
        for wrapper, concerning in wrappers:
            if concerning is None or any(self.mapped(concerning)):
                following = partial(wrapper, following, self)
        return following(*args, **kwargs)

    method.is_backflush_wrapper = True
    setattr(model_class, name, method)


def _unwrap(model_class, name):
    if getattr(vars(model_class).get(name), "is_backflush_wrapper", False):
        delattr(model_class, name)
