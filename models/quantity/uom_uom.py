from odoo import models

# Odoo names its own units in the plural. Of another unit nobody but who named it knows
# the singular.
_NAMED_IN_PLURAL = {
    "uom.product_uom_unit": "Units",
    "uom.product_uom_dozen": "Dozens",
}


class UomUom(models.Model):
    _inherit = "uom.uom"

    def _get_spoken_name(self, quantity):
        """The unit as people say it after a quantity: "1 Unit", "2 Units".

        A unit's name is a record's, which has no plural: but for the two that Odoo
        brings along, as long as nobody has renamed them, it is said as it is.
        """
        self.ensure_one()
        if self.compare(quantity, 1.0):
            return self.display_name
        singulars = {
            "uom.product_uom_unit": self.env._("Unit"),
            "uom.product_uom_dozen": self.env._("Dozen"),
        }
        for name, plural in _NAMED_IN_PLURAL.items():
            if (
                self == self.env.ref(name, raise_if_not_found=False)
                and self.with_context(lang="en_US").name == plural
            ):
                return singulars[name]
        return self.display_name

    def _describe_on_screen(self):
        self.ensure_one()
        return {
            "unit": self.display_name,
            "unit_one": self._get_spoken_name(1.0),
            "rounding": self.rounding,
        }
