"""Why components keep an order from going on, said with a title and with ways on."""

from odoo import models
from odoo.exceptions import UserError

from ..rules.issue_method import ORDER_STATES_TO_ISSUE

# Whose forecast a message offers.
FORECASTS_OFFERED = 2


def get_blocking_error(message, title, ways):
    """The error to raise. Over RPC and in mass completion it is its message; Odoo hands
    the context of an error to its web client, whose dialog shows title and ways.

    :param ways: pairs of a label and an action, the best one first
    """
    error = UserError(message)
    error.context = {
        "title": title,
        "ways": [{"label": label, "action": action} for label, action in ways],
    }
    return error


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_ways_to_preview(self):
        """:return: the preview of these components' order, as a pair of a label and an
        action; nothing where they are of several, or their order is closed"""
        order = self.raw_material_production_id
        if len(order) != 1 or order.state not in ORDER_STATES_TO_ISSUE:
            return []
        return [(self.env._("Backflush Preview"), order.action_preview_backflush())]

    def _get_ways_to_forecast(self):
        """:return: the forecasts of the first products, as pairs of a label and an
        action"""
        return [
            (
                self.env._("Forecast of %s", product.display_name),
                {
                    "type": "ir.actions.client",
                    "tag": "stock_forecasted",
                    "name": self.env._("Forecasted Report"),
                    "context": {
                        "active_model": "product.product",
                        "active_id": product.id,
                    },
                },
            )
            for product in self.product_id[:FORECASTS_OFFERED]
        ]
