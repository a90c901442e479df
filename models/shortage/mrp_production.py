"""Shortages of an order: asked before it is completed, parked when it is."""

from collections import defaultdict

from odoo import api, fields, models

from ..rules.shortage import ALLOW


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mrp.backflush.exception.count"]

    backflush_exception_ids = fields.One2many(
        "mrp.backflush.exception",
        "production_id",
        string="Waiting Components",
        readonly=True,
        help="Components that are waiting for stock.",
    )

    @api.depends("backflush_exception_ids.state")
    def _compute_open_exception_count(self):
        return super()._compute_open_exception_count()

    def _get_exception_path(self):
        return "production_id"

    # Completion.

    def _check_shortages_at_completion(self):
        """:raise UserError: listing everything that is short and blocked"""
        self._get_components()._check_shortages_at_completion()
        self._fill_despite_open_pick()

    def _prepare_to_fill(self):
        """Before core fills in these orders."""
        if self.company_id._has_any_shortage_rules():
            self._get_components_under_rule()._clear_core_demand_for_lots()

    def _get_components_under_rule(self):
        components = self._get_components()
        rules = components._get_shortage_rules()
        return components.filtered(lambda move: rules[move] != ALLOW)

    def _fill_despite_open_pick(self):
        """Core leaves out what is tracked while its transfer is open. Where shortages
        are parked it is filled in all the same: what isn't there is parked."""
        for order in self.filtered("qty_producing"):
            if not order._is_waiting_for_pick():
                continue
            skipped = order._get_components_under_rule().filtered(
                lambda move: (
                    move.has_tracking != "none"
                    and not move.picked
                    and not move._is_not_filled_in()
                )
            )
            for move, need in skipped._get_needs().items():
                move._set_quantity_done(need.open)
                move.picked = bool(move.quantity)

    def _limit_to_available(self):
        """Leave on the components what may be posted, by the rules.

        :raise UserError: listing everything that is short and blocked
        """
        with_rules = self.filtered(
            lambda order: order.company_id._has_any_shortage_rules()
        )
        components = with_rules._get_components()
        components._drop_parked_surplus()
        components.filtered(lambda move: move._is_to_be_posted())._limit_to_available()

    def _cancel_what_waits(self):
        waiting = self.move_raw_ids._get_open_exceptions()
        if waiting:
            waiting._cancel(self.env._("The order was cancelled."))

    # Cost.

    def _count_parked_cost(self):
        """What waits for stock costs the finished product what it costs today.

        :return: in the company's currency
        """
        self.ensure_one()
        total = 0.0
        # Of one product several may wait: each is worth what comes out after the last.
        counted = defaultdict(float)
        for exception in self.move_raw_ids._get_open_exceptions():
            product = exception.product_id
            before = {"fifo_qty_already_processed": counted[product]}
            value = exception.with_context(**before)._get_value_today()
            counted[product] += exception._in_stock_unit()
            exception.write(
                {"costed_value": value, "costed_quantity": exception.quantity}
            )
            total += value
        return total
