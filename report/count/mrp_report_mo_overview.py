from odoo import models


class ReportMrpReportMoOverview(models.AbstractModel):
    _inherit = "report.mrp.report_mo_overview"

    def _add_counts(self, production, summary):
        """What counts found that the order used, and what that cost. Of what is left to
        the next count: what the order needed, at its cost of the day."""
        move = self.env["stock.move"].browse(summary["component_id"])
        # Whoever sees the order sees what it used.
        shares = move.sudo().count_share_ids.filtered(
            lambda share: share.state == "done" and share.quantity
        )
        if shares:
            summary["quantity_counted"] = move.shared_quantity
            summary["cost_counted"] = sum(shares.mapped("value"))
        if production.state != "done":
            return
        currency = summary["currency"]
        if move._get_count_state() == "at_count":
            # An unbuild took its part of both.
            share = production._get_share_left_built() if production.unbuild_ids else 1
            left = move.needed_quantity * share - move._get_issued_and_waiting()
            quantity = summary["quantity_left_to_count"] = move.product_uom.round(left)
            cost = currency.round(
                move.uncounted_value * share
                or self._get_component_real_cost(move, quantity)
            )
            summary["mo_cost"] += cost
        else:
            quantity = summary.get("quantity_counted", 0.0)
            cost = summary.get("cost_counted", 0.0)
            if any(share.is_at_count for share in shares):
                # What the finished product cost before it was counted.
                summary["mo_cost"] += currency.round(move.uncounted_value)
        summary["quantity"] += quantity
        summary["real_cost"] += cost
