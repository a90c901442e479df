from odoo import api, fields, models

from ..access.arguments import check_record


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    consumption_share_ids = fields.One2many(
        "mrp.consumption.share",
        "production_id",
        string="Shares of Counts",
        readonly=True,
        help="What counts found that the order used.",
    )

    counted_share_count = fields.Integer(
        string="Components Counted",
        compute="_compute_counted_share_count",
        help="Components of which counts have found what the order used.",
    )

    @api.depends(
        "consumption_share_ids.quantity", "consumption_share_ids.count_id.state"
    )
    def _compute_counted_share_count(self):
        counted = {}
        if self.company_id._has_any_line_count():
            shares = self.env["mrp.consumption.share"]
            counted = dict(
                shares._read_group(
                    [
                        ("production_id", "in", self.ids),
                        ("count_id.state", "=", "done"),
                        ("quantity", "!=", 0),
                    ],
                    ["production_id"],
                    ["move_id:count_distinct"],
                )
            )
        for order in self:
            order.counted_share_count = counted.get(order, 0)

    def action_view_consumption_shares(self):
        """What counts found that the order used."""
        check_record(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_backflush.mrp_consumption_share_action"
        )
        return {
            **action,
            "domain": [("production_id", "=", self.id)],
            "context": {"search_default_done": 1},
        }

    def _count_cost_of_counts(self):
        """In the cost of what the order finishes: what counts found that it used so
        far, and what is left to a count as if it were issued today.

        :return: in the company's currency
        """
        self.ensure_one()
        left_to_count = sum(self.move_raw_ids.mapped("uncounted_value"))
        return self._get_counted_cost() + left_to_count

    def _get_counted_cost(self):
        """:return: what counts have found, in the company's currency"""
        # Not by a sum in the database: of all orders that are completed together the
        # shares are read at once.
        shares = self.sudo().consumption_share_ids
        return sum(shares.filtered(lambda share: share.state == "done").mapped("value"))


class MrpWorkorder(models.Model):
    _inherit = "mrp.workorder"

    counted_share_count = fields.Integer(related="production_id.counted_share_count")
