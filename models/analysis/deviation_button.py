from datetime import timedelta

from odoo import fields, models

from ..access.arguments import check_record

DAYS = 90


class DeviationButton(models.AbstractModel):
    """A record that says how much more components cost lately than was planned."""

    _name = "mrp.deviation.button"
    _description = "Recent Deviation"

    deviation_percent = fields.Float(
        string="Deviation",
        compute="_compute_deviation",
        help="What components cost more than was planned, in percent, in orders that "
        "were completed in the last 90 days.",
    )
    deviation_cost = fields.Monetary(
        string="Deviation in Money",
        compute="_compute_deviation",
        currency_field="deviation_currency_id",
        help="What components cost more than was planned, in orders of the last 90 "
        "days.",
    )
    deviation_currency_id = fields.Many2one(
        "res.currency", compute="_compute_deviation"
    )
    has_deviation = fields.Boolean(compute="_compute_deviation")

    def _compute_deviation(self):
        self.update(
            {
                "deviation_percent": 0.0,
                "deviation_cost": 0.0,
                "deviation_currency_id": self.env.company.currency_id,
                "has_deviation": False,
            }
        )
        if not self.env.company._analyses_consumption():
            return
        for record in self._origin:
            rows = record._get_recent_consumption()
            [[cost, planned, count]] = rows._read_group(
                [("id", "in", rows.ids)],
                [],
                ["deviation_cost:sum", "planned_cost:sum", "__count"],
            )
            record.has_deviation = bool(count)
            record.deviation_cost = cost or 0.0
            record.deviation_percent = (cost or 0.0) / planned if planned else 0.0

    def _get_recent_consumption(self):
        """Components of orders that were completed lately: by themselves, so that
        nothing else is looked at."""
        moves = self.env["stock.move"].search(
            [
                *self._get_consumption_domain(),
                ("issue_component_id", "=", False),
                ("raw_material_production_id.state", "=", "done"),
                ("raw_material_production_id.date_finished", ">=", self._get_since()),
                ("company_id", "=", self.env.company.id),
            ]
        )
        return self.env["mrp.consumption.analysis"].browse(moves.ids)

    def _get_since(self):
        return fields.Datetime.now() - timedelta(days=DAYS)

    def _get_consumption_domain(self):
        """Of stock moves: the components whose deviation this record shows."""
        raise NotImplementedError

    def action_view_deviation(self):
        """The consumption of the last 90 days, by what it comes from."""
        check_record(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_backflush.mrp_consumption_analysis_action"
        )
        return {
            **action,
            "name": self.env._("Consumption of %s", self.display_name),
            "domain": self._get_analysis_domain(),
            "context": {"search_default_recent": 1},
        }

    def _get_analysis_domain(self):
        raise NotImplementedError
