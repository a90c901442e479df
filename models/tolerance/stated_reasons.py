"""What clients say why components deviate."""

import re

from odoo import models
from odoo.exceptions import UserError

from ..access.arguments import find_readable, is_id, shorten


class ReasonNeeded(UserError):
    """An order isn't completed without the reason why components deviate.

    :param message: names them
    :param context: what a screen asks with: the components and the reasons
    """

    def __init__(self, message, context):
        super().__init__(message)
        self.context = context


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    # Asked.

    def _get_reason_question(self):
        """What is to be said before the order is completed, where a reason is an
        answer.

        :return: the error that asks for it, or None
        """
        self.ensure_one()
        if not self.company_id._uses_tolerance():
            return None
        reasons = self.env["mrp.deviation.reason"].search(
            [("company_id", "in", (False, self.company_id.id))]
        )
        issues = self._get_consumption_issues()
        if not (issues and reasons and self._is_deviation_accepted("accept")):
            return None
        return ReasonNeeded(
            self._ask_for_reasons(issues),
            {
                "components": [
                    {
                        "product_id": product.id,
                        "name": product._get_spoken_name(),
                        "used": product.uom_id.round(used),
                        "needed": product.uom_id.round(needed),
                        **product.uom_id._describe_on_screen(),
                    }
                    for _order, product, used, needed in issues
                ],
                "reasons": reasons.read(["name"]),
            },
        )

    # Said.

    def _read_reasons(self, stated, reason_id=None):
        """
        :param stated: ids of reasons, by id of the component as a number or a text
        :param reason_id: id of the reason for all else
        :return: as ``STATED_REASONS``
        :raise UserError: one of them is no component of these orders, or no reason
        """
        reasons = self._read_reasons_by(
            {move.id: move for move in self.move_raw_ids if move._is_component()},
            stated,
        )
        if reason_id:
            [reason] = self._find_reasons([reason_id])
            reasons.update(dict.fromkeys(self, reason))
        return reasons

    def _read_reasons_by_product(self, stated):
        """
        :param stated: ids of reasons, by id of the component's product
        :return: as ``STATED_REASONS``
        :raise UserError: one of them is no component of these orders, or no reason
        """
        if not stated:
            return {}
        products = self.move_raw_ids.product_id
        for order in self:
            for vals in order._get_moves_raw_values():
                products |= products.browse(vals["product_id"])
        return self._read_reasons_by(
            {product.id: product for product in products}, stated
        )

    def _read_reasons_by(self, records, stated):
        """:param records: what reasons may be stated of, by id"""
        if not stated:
            return {}
        if not isinstance(stated, dict):
            raise UserError(
                self.env._(
                    "Reasons are given by component, and not as %s.", shorten(stated)
                )
            )
        reasons = self._find_reasons(stated.values())
        return {
            self._find_stated(records, key): reason
            for key, reason in zip(stated, reasons, strict=True)
        }

    def _find_stated(self, records, key):
        if isinstance(key, str) and re.fullmatch("[0-9]{1,10}", key):
            key = int(key)
        record = records.get(key) if is_id(key) else None
        if record is None:
            raise UserError(
                self.env._("%s is no component of these orders.", shorten(key))
            )
        return record

    def _find_reasons(self, ids):
        """:raise UserError: one of them isn't there, or not any more"""
        found = find_readable(self.env["mrp.deviation.reason"], ids)
        by_id = {reason.id: reason for reason in found.filtered("active")}
        for reason_id in ids:
            if not is_id(reason_id) or reason_id not in by_id:
                raise UserError(
                    self.env._("%s is no deviation reason.", shorten(reason_id))
                )
        return [by_id[reason_id] for reason_id in ids]
