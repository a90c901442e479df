from odoo import api, fields, models

from ..rules.shortage import SHORTAGE_RULES


class ProductCategory(models.Model):
    _inherit = "product.category"

    shortage_rule = fields.Selection(
        SHORTAGE_RULES,
        company_dependent=True,
        copy=True,
        help="What happens when a component of this category, or of one below it, is "
        "to be issued and not enough of it is in stock.\n"
        "Allow: it is issued all the same, stock goes negative.\n"
        "Block the Order: a message lists what is missing, nothing is issued.\n"
        "Let It Wait and Settle Later: what is in stock is issued, the rest is issued "
        "when it arrives.\n"
        "Empty: as the parent category, else the company.",
    )
    shortage_rule_inherited = fields.Char(
        string="Inherited Shortage Rule",
        compute="_compute_shortage_rule_inherited",
        help="The rule if none is set here, and where that is set.",
    )

    @api.depends("parent_id")
    @api.depends_context("company")
    def _compute_shortage_rule_inherited(self):
        labels = dict(self._fields["shortage_rule"]._description_selection(self.env))
        for category in self:
            rule, level = self.env.company._resolve_shortage_rule(category.parent_id)
            values = {"rule": labels[rule], "name": level.display_name}
            category.shortage_rule_inherited = (
                self.env._("%(rule)s (category %(name)s)", **values)
                if level._name == self._name
                else self.env._("%(rule)s (company)", **values)
            )

    @api.constrains("shortage_rule")
    def _note_shortage_rule(self):
        # Called whenever it was written, by whatever way.
        self.env["res.company"]._forget_shortage_rules()
