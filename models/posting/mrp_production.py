"""Components issued before their order is completed, and what core shows of the order
and asks about it then: to core each line of an open order is still to come."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..access.arguments import check_record
from ..access.system_fields import by_system
from ..rules.issue_method import ORDER_STATES_TO_ISSUE, START
from ..wrapped_methods import wrapping


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    can_issue_components = fields.Boolean(compute="_compute_can_issue_components")
    can_return_components = fields.Boolean(compute="_compute_can_issue_components")
    can_preview_backflush = fields.Boolean(compute="_compute_can_issue_components")
    has_manual_to_issue = fields.Boolean(
        compute="_compute_has_manual_to_issue",
        help="Manual components are neither issued nor recorded.",
    )

    @api.depends("state", "move_raw_ids.is_issued_early", "bom_id.type")
    def _compute_can_issue_components(self):
        for order in self:
            is_open = order.state in ORDER_STATES_TO_ISSUE
            order.can_issue_components = (
                is_open and bool(order.move_raw_ids) and not order._is_subcontracted()
            )
            order.can_return_components = is_open and any(
                order.move_raw_ids.mapped("is_issued_early")
            )
            order.can_preview_backflush = order.can_issue_components or (
                # What isn't saved has no components to look at.
                order.state == "draft"
                and bool(order._origin)
                and bool(order.move_raw_ids)
                and not order._is_subcontracted()
            )

    @api.depends(
        "state",
        "move_raw_ids.issue_method",
        "move_raw_ids.picked",
        "move_raw_ids.product_uom_qty",
        "move_raw_ids.state",
    )
    def _compute_has_manual_to_issue(self):
        for order in self:
            order.has_manual_to_issue = any(
                move._is_manual()
                and not move.picked
                and not move.product_uom.is_zero(move.product_uom_qty)
                for move in order._get_components()
            )

    # What was issued before.

    def _get_early_issues(self):
        """The issues before completion that are these orders', posted."""
        return self.move_raw_ids.filtered(
            lambda move: move.issue_component_id and move.state == "done"
        )

    def _check_nothing_issued(self):
        """:raise UserError: components were issued before completion"""
        self._get_early_issues().issue_component_id._check_nothing_issued()

    def _copy_planned_components(self):
        """Commands that create the component list as it was before anything was
        issued: core copies the open rest, and each issue."""
        planned = {
            move: move._plan_quantity(self.product_qty) + move.fixed_quantity
            for move in self.move_raw_ids
            if move._is_component()
        }
        return [
            Command.create(move.copy_data({"product_uom_qty": quantity})[0])
            for move, quantity in planned.items()
            if quantity
        ]

    # Issued at start, and after a change of the quantity to produce.

    def _issue_at_start(self):
        """Issue in full what is backflushed at start; again, only what is missing."""
        self._get_components(START)._issue_planned()

    def _is_started(self):
        self.ensure_one()
        return self.state in ("progress", "to_close")

    def _adapt_to_new_quantity(self):
        """After a change of the quantity to produce: what is issued already counts,
        what started orders issue at start is issued for the rest.

        :return: an action that asks for a return, where less is needed than was issued
        """
        components = self._get_components().filtered(
            lambda move: move.is_issued_early or move.is_parked
        )
        components._drop_parked_surplus(is_whole_order=True)
        components._set_demand_to_open_need(keep_transfers=False)
        for order in self:
            if order._is_started():
                order._issue_at_start()
        surplus = components._get_surplus()
        return surplus._ask_for_return() if surplus else None

    def _get_components(self, method=None):
        """The open lines of the orders' component lists, not their issues.

        :param method: only those with this issue method
        """
        return self.move_raw_ids.filtered(
            lambda move: (
                (not method or move.issue_method == method)
                and move._is_open_component()
            )
        )

    # Issue and return by hand.

    def action_open_issue(self):
        return self._open_dialog(
            "mrp.component.issue",
            self.env._("Issue Components"),
            dialog_size="extra-large",
        )

    def action_open_return(self):
        return self._open_dialog(
            "mrp.component.return", self.env._("Return Components")
        )

    def action_preview_backflush(self):
        return self._open_dialog(
            "mrp.backflush.preview",
            self.env._("Backflush Preview"),
            dialog_size="extra-large",
        )

    def _check_dialog_lines(self, lines):
        """:raise UserError: a line is of another order's component, or one twice"""
        components = lines.move_id
        if len(components) != len(lines) or components - self._get_components():
            raise UserError(
                self.env._("Enter each component of the order once, and no other.")
            )

    def _open_dialog(self, model, name, **context):
        check_record(self)
        return {
            "name": name,
            "type": "ir.actions.act_window",
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_production_id": self.id, **context},
        }

    # The quantity that is being produced.

    def _set_qty_producing(self, pick_manual_consumption_moves=True):
        result = super()._set_qty_producing(pick_manual_consumption_moves)
        components = self.move_raw_ids
        if self._is_waiting_for_pick():
            # As core: what the pick brings decides the lots.
            components = components.filtered(lambda move: move.has_tracking == "none")
        components._fill_own_needs(pick_edited=pick_manual_consumption_moves)
        return result

    def _is_waiting_for_pick(self):
        """Whether the transfer to the production line is still open."""
        warehouse = self.warehouse_id
        return warehouse.manufacture_steps != "mrp_one_step" and any(
            picking.picking_type_id == warehouse.pbm_type_id
            and picking.state not in ("done", "cancel")
            for picking in self.picking_ids
        )

    # Posted with the order.

    def _note_needs(self):
        """What the orders needed: the next ones of their chains take the rest. What is
        fixed per order is issued with the first report of its chain.

        An order of serial numbers may be completed without any of them being produced
        (core's dialog, *No Backorder*): it needed nothing.
        """
        components = self._get_components()
        needs = components._get_needs(
            {move: move.raw_material_production_id.qty_producing for move in components}
        )
        for (total, reported), moves in components.grouped(
            lambda move: (needs[move].total, needs[move].reported)
        ).items():
            with by_system(self.env):
                moves.write({"needed_quantity": total, "reported_quantity": reported})
        for move in components.filtered(
            lambda move: move.fixed_quantity and move.picked
        ):
            move._mark_fixed_issued(bool(needs[move].fixed))

    def _get_recorded_unused_components(self):
        """Of which a person said that nothing was used."""
        return self.move_raw_ids.filtered(
            lambda move: (
                move.picked
                and move.state not in ("done", "cancel")
                and move.product_uom.is_zero(move.quantity)
                and move._is_recorded()
            )
        )

    def _fill_changed_needs(self):
        """Fill in anew what is needed otherwise since it was reported."""
        for order in self:
            order._get_components().filtered(
                lambda move: move._may_be_filled_again()
            )._fill_own_needs()

    def _link_early_issues(self):
        """Genealogy: core links what it posts itself to the finished lots."""
        for order in self:
            issues = order._get_early_issues()
            if issues:
                order.move_finished_ids.move_line_ids.consume_line_ids = [
                    Command.link(line.id) for line in issues.move_line_ids
                ]

    # A bill of materials made of the order.

    def _restate_issued_in_bom(self, by_component, ratio):
        """Core counts the open rest of what was issued before.

        :param by_component: commands of core's with the lines of the new BoM
        :param ratio: as of core's ``_get_bom_values``
        """
        issued = self.move_raw_ids.filtered("is_issued_early")
        for move, need in issued._get_whole_order_needs().items():
            _command, _id, vals = by_component[move]
            unit = self.env["uom.uom"].browse(vals["product_uom_id"])
            vals["product_qty"] = move.product_uom._compute_quantity(
                max(need.total, need.issued) * ratio, unit
            )

    # What core shows and asks.

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
