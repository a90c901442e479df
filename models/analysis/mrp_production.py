from odoo import api, fields, models

from ..rules.component_quantity import get_plan


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    planned_lot_size = fields.Float(
        compute="_compute_planned_lot_size",
        store=True,
        copy=False,
        help="The quantity that what is needed once per order is shared out over: the "
        "BoM's Standard Lot, or else what was to be produced, its backorders included. "
        "As it was when the order was confirmed.",
    )

    consumption_analysis_ids = fields.Many2many(
        "mrp.consumption.analysis",
        string="Plan and Actual",
        compute="_compute_consumption_analysis_ids",
        help="What was planned and what was used of each component.",
    )

    # A standard lot that is changed afterwards is for draft orders alone: see there.
    @api.depends("product_qty", "product_uom_id", "bom_id")
    def _compute_planned_lot_size(self):
        for order in self:
            is_planned = order.state != "draft" or order.backorder_sequence
            # It may be worked out only after the order was confirmed.
            if not is_planned or not order.planned_lot_size:
                order.planned_lot_size = order._get_standard_lot() or order.product_qty

    def _get_standard_lot(self):
        """:return: in the order's unit; 0 where the bill of materials has none"""
        return self.bom_id.product_uom_id._compute_quantity(
            self.bom_id.standard_lot, self.product_uom_id, round=False
        )

    def _get_backorder_mo_vals(self):
        return {
            **super()._get_backorder_mo_vals(),
            "planned_lot_size": self.planned_lot_size,
        }

    def _get_planned_quantity(self, bom_line):
        """What the bill of materials calls for, where a new component doesn't say it.

        :return: values of the component
        """
        self.ensure_one()
        if bom_line.bom_id != self.bom_id:
            # Of a kit.
            return self._get_bom_explosion().get_plan(bom_line)
        bom = self.bom_id
        times = self.product_uom_id._compute_quantity(
            1.0, bom.product_uom_id, round=False
        )
        is_planned = bom.product_qty and not bom_line.is_fixed_quantity
        quantity = bom_line.product_qty * times / bom.product_qty if is_planned else 0.0
        return get_plan(bom_line, quantity, bom_line._get_scrap_factor())

    @api.depends("state", "move_raw_ids")
    def _compute_consumption_analysis_ids(self):
        rows = self.env["mrp.consumption.analysis"]
        for order in self:
            is_shown = (
                order.state == "done" and order.company_id._analyses_consumption()
            )
            order.consumption_analysis_ids = (
                order._get_consumption_analysis() if is_shown else rows
            )

    def _get_consumption_analysis(self):
        """What was planned and what was used of these orders' components, where it was
        kept."""
        moves = self._origin.all_move_raw_ids.filtered(
            lambda move: not move.issue_component_id
        )
        return self.env["mrp.consumption.analysis"].browse(moves.ids).exists()
