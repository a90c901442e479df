"""What core shows of an order and asks about it, where a part of its components is
posted already: core takes each line of an open order for one that is still to come."""

from odoo import Command, models

from ..wrapped_methods import wrapping


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _compute_unreserve_visible(self):
        result = super()._compute_unreserve_visible()
        for order in self.filtered(lambda order: order._get_early_issues()):
            # Core hides it where something is picked, and posted issues are.
            components = order._get_components()
            order.unreserve_visible = bool(
                components.move_line_ids and not any(components.mapped("picked"))
            )
        return result

    def _get_expired_lots(self):
        """Past their expiration date, of what these orders are still to use."""
        lines = self._get_components().move_line_ids
        lots = lines.lot_id
        if "product_expiry_alert" not in lots._fields:
            return lots.browse()
        return lots.filtered("product_expiry_alert")


@wrapping("mrp.production", "_check_expired_lots")
def _ask_about_what_will_be_used(check_expired_lots, orders):
    """Of a lot that was good when it was issued nobody is asked at completion:
    ``mrp_product_expiry`` asks about all that the order uses."""
    action = check_expired_lots()
    if not action or not orders._get_early_issues():
        return action
    lots = orders._get_expired_lots()
    if not lots:
        return False
    action["context"]["default_lot_ids"] = [Command.set(lots.ids)]
    return action


class StockMove(models.Model):
    _inherit = "stock.move"

    def _compute_forecast_information(self):
        result = super()._compute_forecast_information()
        for move in self:
            if move.state == "done" and move._is_early_issue():
                # It was there: core foresees nothing of what is posted.
                move.forecast_availability = move.product_qty
        return result

    def _compute_picking_type_id(self):
        # Another operation type is that of what is still to come.
        posted = self.filtered(
            lambda move: move.state == "done" and move._is_early_issue()
        )
        for move in posted:
            move.picking_type_id = move.picking_type_id
        return super(StockMove, self - posted)._compute_picking_type_id()

    def _is_early_issue(self):
        return bool(self.issue_component_id and self.raw_material_production_id)
