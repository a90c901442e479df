from odoo import fields, models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    consumption_share_ids = fields.One2many(
        "mrp.consumption.share",
        "production_id",
        string="Shares of Counts",
        readonly=True,
        help="What counts found that the order used.",
    )

    def _get_counted_cost(self):
        """What counts found that the order used before its completion: in the cost of
        what it finishes.

        :return: in the company's currency
        """
        self.ensure_one()
        if not self.company_id._counts_lines():
            return 0.0
        [[value]] = self.env["mrp.consumption.share"].sudo()._read_group(
            [("production_id", "=", self.id), ("count_id.state", "=", "done")],
            [],
            ["value:sum"],
        )
        return value or 0.0
