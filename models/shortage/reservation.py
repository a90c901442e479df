"""What waits is taken from who has reserved it: a person's decision, and told."""

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..access.arguments import check_records
from ..texts import format_quantity
from ..turns.turns import take_turns
from .documents import get_document

MAY_TAKE = ("stock.group_stock_manager", "mrp.group_mrp_manager")


class MrpBackflushException(models.Model):
    _inherit = "mrp.backflush.exception"

    def action_take_reservation(self):
        """Issue what waits from stock that other documents of the company have
        reserved, of each only what is missing: who is due last loses first. A note on
        both says so.

        :return: an action that says how many were settled
        :raise AccessError: the user is neither an administrator of Inventory nor one
            of Manufacturing
        :raise UserError: closed already, nobody has reserved any, or what was taken
            could not be issued: then nothing is taken
        """
        check_records(self)
        self._check_may_take_reservations()
        self.check_access("read")
        take_turns(self.env, self.product_id)
        self._check_may_correct()
        for exception in self.sudo()._sort_by_age():
            exception.with_company(exception.company_id)._take_reservation()
        self.invalidate_recordset()
        return self._tell_of_retry(self)

    def _check_may_take_reservations(self):
        if not self.env.su and not any(map(self.env.user.has_group, MAY_TAKE)):
            raise AccessError(
                self.env._(
                    "Only an administrator of Inventory or Manufacturing may take what "
                    "is reserved for others."
                )
            )

    def _take_reservation(self):
        self.ensure_one()
        self.lock_for_update()
        losses = self._find_losses()
        if not losses:
            raise UserError(
                self.env._(
                    "%s: nothing that could be taken is reserved for others.",
                    self.display_name,
                )
            )
        # The lines may go.
        moves = [(line.move_id, quantity) for line, quantity in losses]
        for line, quantity in losses:
            _release(line, quantity)
        before = self.settled_quantity
        self._settle()
        self._check_was_issued(
            self.settled_quantity - before, sum(quantity for _move, quantity in moves)
        )
        for move, quantity in moves:
            self._tell_of_loss(move, quantity)

    def _find_losses(self):
        """What others of the company lose.

        :return: pairs of a line and the quantity, in the product's unit
        """
        pending = self.pending_move_id
        pending._do_unreserve()
        pending._repair_reservations()
        lots = {pending: self.lot_id} if self.lot_id else {}
        allocation = pending._plan_issue({pending: self.quantity}, lots)[pending]
        return pending._share_out_loss(allocation.short, self._get_lines_to_take())

    def _get_lines_to_take(self):
        """Not what somebody has picked already, what isn't the company's, nor what
        another component waits for longer."""
        return [
            line
            for line in self.pending_move_id._read_holders()[self.pending_move_id]
            if line.company_id == self.company_id
            and not (line.picked or line.owner_id or line.move_id.settles_exception_id)
            and (not self.lot_id or line.lot_id == self.lot_id)
        ]

    def _check_was_issued(self, quantity, taken):
        """:param quantity: issued, in the exception's unit
        :param taken: from others, in the product's unit
        :raise UserError: less was issued than was taken
        """
        unit = self.product_id.uom_id
        issued = self.product_uom_id._compute_quantity(quantity, unit, round=False)
        if unit.compare(issued, taken) < 0:
            raise UserError(
                self.env._(
                    "%(component)s is in stock but can't be issued, so nothing was "
                    "taken: %(message)s",
                    component=self.display_name,
                    message=self.message,
                )
            )

    def _tell_of_loss(self, move, quantity):
        """On the document that loses, on the order and on what waited."""
        document = get_document(move)
        values = {
            "order": self.production_id.display_name,
            "document": document.display_name if document else move.reference,
            "quantity": format_quantity(self.env, quantity),
            "unit": self.product_id.uom_id.display_name,
            "product": self.product_id.display_name,
        }
        note = self.env._(
            "%(order)s took %(quantity)s %(unit)s of %(product)s that were reserved "
            "for %(document)s.",
            **values,
        )
        for record in (document, self.production_id, self):
            if record:
                record.sudo().message_post(body=note)


def _release(line, quantity):
    """:param quantity: in the product's unit"""
    unit = line.product_id.uom_id
    left = line.quantity_product_uom - quantity
    if unit.compare(left, 0) <= 0:
        line.unlink()
    else:
        line.quantity = unit._compute_quantity(
            left, line.product_uom_id, rounding_method="HALF-UP"
        )
