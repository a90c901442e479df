from odoo import fields, models

from ..rules.issue_method import COUNT


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    consumption_share_ids = fields.One2many(
        "mrp.consumption.share",
        "production_id",
        string="Shares of Counts",
        readonly=True,
        help="What counts found that the order used.",
    )

    def _count_cost_of_counts(self):
        """In the cost of what the order finishes: what counts found that it used so
        far, and what is left to a count as if it were issued today.

        :return: in the company's currency
        """
        self.ensure_one()
        if not self.company_id._counts_lines():
            return 0.0
        left_to_count = self.move_raw_ids.filtered(
            lambda move: move.issue_method == COUNT and move.state != "done"
        )
        return self._get_counted_cost() + left_to_count._note_uncounted_values()

    def _get_counted_cost(self):
        """:return: what counts have found, in the company's currency"""
        [[value]] = (
            self.env["mrp.consumption.share"]
            .sudo()
            ._read_group(
                [("production_id", "=", self.id), ("count_id.state", "=", "done")],
                [],
                ["value:sum"],
            )
        )
        return value or 0.0
