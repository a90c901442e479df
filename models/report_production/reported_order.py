"""Reporting on an order that was planned: its barcode names it."""

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError

from ..access.arguments import find_readable
from ..access.system_fields import create_by_system
from ..rules.issue_method import ORDER_STATES_TO_ISSUE


class MrpProductionReport(models.Model):
    _inherit = "mrp.production.report"

    @api.model
    def report_order(
        self,
        order_id=None,
        quantity=None,
        lot_name=None,
        component_lots=None,
        reasons=None,
    ):
        """Complete and backflush an order, or a part of it: all of that or nothing. The
        rest becomes a backorder, unless the operation type never makes any. Operations
        that aren't finished are, as with core's button.

        :param quantity: in the order's unit
        :param lot_name: as of ``report_production``
        :param component_lots: as of ``report_production``
        :param reasons: as of ``report_production``
        :return: as of ``report_production``
        :raise UserError: why it can't be reported; nothing was posted
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        order = self._get_order(order_id)
        self._check_order(order)
        quantity = self._check_quantity(
            order.product_id, quantity, order.product_uom_id
        )
        lot_name = self._check_lot_name(order.product_id, lot_name)
        scanned = self._read_component_lots(component_lots)
        turns = {(order.product_id.id, lot_name)} if lot_name else set()
        order._take_turns(lots=turns | self._get_serial_turns(scanned))
        try:
            with self.env.cr.savepoint():
                order._state_produced(quantity, lot_name)
                order._hold_scanned_lots(scanned)
                order.set_qty_producing()
                order._mark_reported_done(order._get_backorder_habit(), reasons)
                report = create_by_system(self.sudo(), [order._prepare_report_vals()])
        except psycopg2.IntegrityError as error:
            raise UserError(str(error)) from error
        return {
            **report._describe(),
            "message": f"{report._get_message()}{order._describe_rest()}",
        }

    @api.model
    def _get_order(self, order_id):
        """:raise UserError: there is no such order"""
        order = find_readable(self.env["mrp.production"], [order_id])
        if not order:
            raise UserError(self.env._("Order not found."))
        return order

    @api.model
    def _check_order(self, order):
        """:raise UserError: nothing can be reported on it"""
        if order.company_id != self.env.company:
            raise UserError(
                self.env._(
                    "%s is an order of another company: choose that company at the top "
                    "right.",
                    order.name,
                )
            )
        if order.state in ORDER_STATES_TO_ISSUE and not order._is_subcontracted():
            return
        reasons = {
            "draft": self.env._("%s is a draft: confirm it first.", order.name),
            "done": self.env._("%s is done already.", order.name),
            "cancel": self.env._("%s is cancelled.", order.name),
        }
        raise UserError(
            reasons.get(order.state)
            or self.env._("%s is completed by a subcontractor's receipt.", order.name)
        )

    @api.model
    def _describe_order(self, order):
        """
        :return: a dict as of ``_describe_product``, in the order's unit; ``order_id``,
            ``order`` (its name), ``planned``, ``operations``: those not finished,
            ``makes_backorder``: whether the rest is still to be produced afterwards
        :raise UserError: nothing can be reported on it
        """
        self._check_order(order)
        product = order.product_id
        by_hand = list(
            dict.fromkeys(
                product._get_spoken_name()
                for product in order._get_unissued_components().product_id
            )
        )
        is_asked = self._must_issue_by_hand(order)
        is_serial = product.tracking == "serial"
        return {
            **self._describe_tile(product),
            **order.product_uom_id._describe_on_screen(),
            "tracking": product.tracking,
            "quantity": 1.0 if is_serial else order._get_quantity_to_report(),
            "lot_name": order.lot_producing_ids[:1].name or "",
            "operation_type": order.picking_type_id.display_name,
            "picking_type_id": order.picking_type_id.id,
            "possible": None,
            "limited_by": "",
            "left_out": [] if is_asked else by_hand,
            "asked_for": by_hand if is_asked else [],
            "scans_lots": self._scans_lots(),
            "order_id": order.id,
            "order": order.name,
            "planned": order.product_qty,
            "operations": order.workorder_ids.filtered(
                lambda operation: operation.state not in ("done", "cancel")
            ).mapped("name"),
            "makes_backorder": order._get_backorder_habit() == "create",
        }
