from odoo import api, models


class Dialog(models.AbstractModel):
    """A dialog of this module, or a line of one.

    Odoo leaves it to each dialog what it lets a client name: here nothing that the
    user can't read, or it would be told by its name, and what the dialog finds out of
    it. What is computed is computed with the user's rights, not as Odoo does what is
    stored; and a rule leaves each dialog to who has opened it.
    """

    _name = "mrp.backflush.dialog"
    _inherit = ["mrp.checked.fields"]
    _description = "Dialog about Components"

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(vals_list)
        # Default values of the client's context among them.
        dialogs._check_may_read(self._get_checked_fields())
        return dialogs

    def write(self, vals):
        result = super().write(vals)
        self._check_may_read(self._get_checked_fields() & vals.keys())
        return result

    def _check_may_read(self, names):
        """:raise AccessError: one of these fields names what the user can't read"""
        for name in names:
            field = self._fields[name]
            if field.type == "many2one" and field.store:
                self[name].check_access("read")
