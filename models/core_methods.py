"""Whether a method is still core's own.

Where many records are worked on together, a method of core may be passed by that would
be called for each. Another module that has a say in it would not be asked: then it
isn't passed by.
"""

# Where core defines the methods that are passed by; another place is another module's.
_KNOWN = {
    "odoo.orm.models",
    "odoo.addons.stock.models.stock_quant",
    "odoo.addons.stock.models.stock_move_line",
    "odoo.addons.mrp.models.mrp_bom",
    "odoo.addons.mrp.models.mrp_production",
}
_OWN = __name__.rpartition(".")[0]


def is_cores_own(model, name):
    """Whether a method of the model is core's and this module's alone."""
    return all(
        cls.__module__ in _KNOWN or cls.__module__.startswith(_OWN)
        for cls in type(model).mro()
        if name in vars(cls)
    )
