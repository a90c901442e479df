"""What may not be deleted, because a record that is kept for good names it.

The database would refuse it, too, and say so with the names of tables.
"""

from odoo import api, models
from odoo.exceptions import UserError

_EXCEPTION = "mrp.backflush.exception"
_REPORT = "mrp.production.report"
_RUN = "mrp.completion.run"

# By model the paths to its records, from what is kept.
NAMED_BY = {
    "mrp.production": ((_EXCEPTION, "production_id"), (_REPORT, "production_id")),
    "product.product": ((_EXCEPTION, "product_id"), (_REPORT, "product_id")),
    "product.template": (
        (_EXCEPTION, "product_id.product_tmpl_id"),
        (_REPORT, "product_id.product_tmpl_id"),
    ),
    "uom.uom": ((_EXCEPTION, "product_uom_id"), (_REPORT, "product_uom_id")),
    "stock.location": ((_EXCEPTION, "location_id"),),
    "stock.lot": ((_EXCEPTION, "lot_id"), (_REPORT, "lot_ids")),
    "mrp.deviation.reason": (
        ("stock.move", "deviation_reason_id"),
        (_RUN, "deviation_reason_id"),
        ("mrp.completion.run.line", "deviation_reason_id"),
    ),
    "mrp.unbuild": ((_REPORT, "unbuild_id"),),
    "res.users": ((_REPORT, "user_id"), (_RUN, "user_id")),
    "res.company": (
        (_EXCEPTION, "company_id"),
        (_REPORT, "company_id"),
        (_RUN, "company_id"),
    ),
}
# In a message, of each kind.
MOST_NAMED = 5


class KeptRecord(models.AbstractModel):
    """A record that stays as long as an exception, a production report or a run of
    *Complete Orders* names it."""

    _name = "mrp.backflush.kept"
    _description = "Named by What Is Kept for Good"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named(self):
        """:raise UserError: one is named, with what names it"""
        naming = []
        for model, path in NAMED_BY[self._name]:
            records = self.env[model].sudo().with_context(active_test=False)
            found = records.search([(path, "in", self.ids)], limit=MOST_NAMED)
            kind = self.env["ir.model"]._get(model).name
            for record in found.sudo(self.env.su):
                # No names of what the user may not read, as of another company.
                is_told = record.has_access("read")
                naming.append(f"- {kind}: {record.display_name}" if is_told else kind)
        if naming:
            raise UserError(self._explain_kept("\n".join(naming)))

    def _explain_kept(self, naming):
        names = ", ".join(self.sudo().mapped("display_name"))
        if "active" in self._fields:
            return self.env._(
                "%(names)s can't be deleted; archive it instead. It is used in:\n"
                "%(naming)s",
                names=names,
                naming=naming,
            )
        return self.env._(
            "%(names)s can't be deleted. It is used in:\n%(naming)s",
            names=names,
            naming=naming,
        )


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mrp.backflush.kept"]


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "mrp.backflush.kept"]


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "mrp.backflush.kept"]


class Uom(models.Model):
    _name = "uom.uom"
    _inherit = ["uom.uom", "mrp.backflush.kept"]


class StockLocation(models.Model):
    _name = "stock.location"
    _inherit = ["stock.location", "mrp.backflush.kept"]


class StockLot(models.Model):
    _name = "stock.lot"
    _inherit = ["stock.lot", "mrp.backflush.kept"]


class MrpUnbuild(models.Model):
    _name = "mrp.unbuild"
    _inherit = ["mrp.unbuild", "mrp.backflush.kept"]


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "mrp.backflush.kept"]


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "mrp.backflush.kept"]
