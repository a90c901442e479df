"""Stock that is negative where an open order has reported or issued something: core
takes what is filled in for available."""

from odoo import api, fields, models


class StockMove(models.Model):
    _inherit = "stock.move"

    stock_deficit = fields.Float(
        compute="_compute_stock_deficit",
        digits="Product Unit",
        compute_sudo=True,
        help="How far stock is below zero where this component is taken from, once "
        "something was reported or issued; in the component's unit.",
    )

    @api.depends("state", "picked", "quantity", "is_issued_early")
    def _compute_stock_deficit(self):
        used = self.filtered(lambda move: move._may_have_gone_negative())
        on_hand = used._read_on_hand() if used else {}
        for move in self:
            below = -on_hand.get((move.product_id, move.location_id), 0.0)
            is_negative = move in used and move.product_id.uom_id.compare(below, 0) > 0
            move.stock_deficit = move._in_own_unit(below) if is_negative else 0.0

    def _may_have_gone_negative(self):
        self.ensure_one()
        return (
            self._is_open_component()
            and self.product_id.is_storable
            and (self.is_issued_early or self.picked and bool(self.quantity))
        )


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    has_stock_deficit = fields.Boolean(
        compute="_compute_has_stock_deficit",
        help="Stock of a component of which something was reported or issued is below "
        "zero.",
    )

    @api.depends("move_raw_ids.stock_deficit")
    def _compute_has_stock_deficit(self):
        for order in self:
            order.has_stock_deficit = any(order.move_raw_ids.mapped("stock_deficit"))

    def _compute_components_availability(self):
        result = super()._compute_components_availability()
        for order in self.filtered("has_stock_deficit"):
            order.components_availability = self.env._("Not Available")
            order.components_availability_state = "unavailable"
        return result
