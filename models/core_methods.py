"""Whether methods of core that this module passes by are still core's alone: another
addon that has a say in one of them must be asked."""

from functools import partial
from operator import methodcaller

# Where core defines them; another place is another addon's.
_CORE = {
    "odoo.orm.decorators",
    "odoo.orm.models",
    *(
        f"odoo.addons.{addon}.models.{name}"
        for addon, names in {
            "mrp": ("mrp_bom", "mrp_production", "stock_move"),
            "stock": ("stock_move", "stock_move_line", "stock_quant", "stock_rule"),
            "stock_account": (
                "product",
                "stock_location",
                "stock_move",
                "stock_move_line",
            ),
        }.items()
        for name in names
    ),
}
_OWN = __name__.rpartition(".")[0] + "."
# On the registry: answers by who asked.
_ANSWERS = "_mrp_backflush_core_methods"
_CALL = methodcaller("__call__")


def is_cores_own(env, methods):
    """Whether no other addon overrides any of these, nor is there a wrapper around one
    of them, as ``base_automation`` puts there.

    :param methods: CoreMethods
    """
    return methods.find(env) is None


class CoreMethods:
    """Methods of core that are passed by. What is found out about them is remembered by
    the registry as long as nobody patches its classes.

    :param names: of the methods, by model
    """

    def __init__(self, names):
        self.names = names

    def find(self, env):
        """:return: (model, method, place) of the first that isn't core's own; None
        where there is none"""
        answers = vars(env.registry).setdefault(_ANSWERS, {})
        answer = answers.get(self)
        if answer is None or answer.read_state() != answer.state:
            answer = answers[self] = _Answer(
                env, self.names, self._find_in_the_way(env)
            )
        return answer.found

    def _find_in_the_way(self, env):
        for model, names in self.names.items():
            if model not in env:
                continue
            for name in names:
                for method in find_definitions(env[model], name):
                    if not self.is_known(model, name, method):
                        return model, name, get_place(method)
        return None

    def is_known(self, _model, _name, method):
        return is_cores(method)


class _Answer:
    """What was found of methods, and the classes that it was found in."""

    def __init__(self, env, names_by_model, found):
        self.found = found
        # Addons are loaded into a new registry; what is patched later, as by an
        # automation rule, is set on the finished class.
        self._watched = []
        for model, names in names_by_model.items():
            if model in env:
                model_class = type(env[model])
                self._watched.append(partial(getattr, model_class, "__mro__"))
                attributes = vars(model_class)
                self._watched += [partial(attributes.get, name) for name in names]
        self.state = self.read_state()

    def read_state(self):
        # Asked often: without a call in Python for each.
        return list(map(_CALL, self._watched))


def find_definitions(model, name):
    """The functions that a call of the method goes through: each that calls the next
    by ``super()``, and what is wrapped around it. This module's own are left out."""
    for model_class in type(model).__mro__:
        if model_class.__module__.startswith(_OWN):
            continue
        method = vars(model_class).get(name)
        while method is not None:
            if not get_place(method).startswith(_OWN):
                yield method
            method = getattr(method, "__wrapped__", None)


def is_cores(method):
    return get_place(method) in _CORE


def get_place(method):
    """The Python module that defines a function."""
    return getattr(method, "__globals__", {}).get("__name__", "")
