from odoo import api, fields, models


class ToleranceLevelByCompany(models.AbstractModel):
    """A level on which each company sets its own tolerance. Where it sets none, a
    category says it."""

    _name = "mrp.tolerance.level.by.company"
    _inherit = ["mrp.tolerance.level"]
    _description = "Level of the Tolerance, by Company"

    # The field with the category that comes next.
    _next_category = None

    has_own_tolerance = fields.Boolean(company_dependent=True)
    tolerance_over = fields.Float(company_dependent=True)
    tolerance_under = fields.Float(company_dependent=True)

    @api.depends(lambda self: (self._next_category,) if self._next_category else ())
    @api.depends_context("company")
    def _compute_tolerance_text(self):
        return super()._compute_tolerance_text()

    def _resolve_inherited_tolerance(self):
        category = self[self._next_category]
        return self.env.company._resolve_tolerance(category=category)
