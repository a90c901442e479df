"""A count of what an exception waits for: nothing is shared out, and it is settled."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..access.arguments import check_record, read_quantity
from ..access.system_fields import create_by_system
from ..texts import format_quantity
from ..turns.turns import take_turns


class MrpBackflushException(models.Model):
    _inherit = "mrp.backflush.exception"

    has_line_counts = fields.Boolean(related="company_id.use_line_count")

    def action_open_count(self):
        """The dialog that asks what lies there."""
        check_record(self)
        return {
            "name": self.env._("Count What Lies There"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.exception.count",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_exception_id": self.id},
        }

    def action_count(self, counted_quantity=None):
        """What lies at the exception's location was counted. The stock is corrected by
        an inventory difference, so that this is left when all that waits for it there
        is settled; which is done at once.

        :param counted_quantity: what lies there, in the product's unit; of the
            exception's lot where it has one
        :return: as ``action_retry``
        :raise UserError: it is closed, the quantity is none, lots must be named, or the
            company doesn't count
        :raise AccessError: the user may not post what a count finds
        """
        check_record(self)
        self.check_access("write")
        self.env["mrp.line.count"]._check_may_post_differences()
        self.company_id._check_counts_lines()
        quantity = read_quantity(self.env, counted_quantity)
        if quantity < 0:
            raise UserError(self.env._("Less than nothing can't be counted."))
        take_turns(self.env, self.product_id)
        self._check_may_correct()
        if self.product_id.tracking != "none" and not self.lot_id:
            raise UserError(
                self.env._(
                    "%s has lots or serial numbers: enter on this page which one was "
                    "used, then count it.",
                    self.product_id.display_name,
                )
            )
        waiting = self._find_waiting_here()
        left = sum(exception._in_stock_unit() for exception in waiting)
        self.sudo()._correct_stock(quantity + left - self._get_book())
        return waiting.action_retry()

    def _find_waiting_here(self):
        """What waits for the same product, and lot, at the same place or below."""
        self.ensure_one()
        return self.search(
            [
                ("state", "=", "open"),
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
                ("location_id", "child_of", self.location_id.id),
                ("lot_id", "in", (False, self.lot_id.id)),
            ]
        )

    def _get_book(self):
        """What the stock says lies there, in the product's unit."""
        self.ensure_one()
        domain = [
            ("product_id", "=", self.product_id.id),
            ("location_id", "child_of", self.location_id.id),
            ("owner_id", "=", False),
        ]
        if self.lot_id:
            domain.append(("lot_id", "=", self.lot_id.id))
        [[quantity]] = (
            self.env["stock.quant"].sudo()._read_group(domain, [], ["quantity:sum"])
        )
        return quantity or 0.0

    def _correct_stock(self, difference):
        """Post an ordinary inventory difference.

        :param difference: in the product's unit; less than nothing is missing
        """
        product = self.product_id.with_company(self.company_id)
        if product.uom_id.is_zero(difference):
            return
        loss = product.property_stock_inventory
        source, destination = (
            (loss, self.location_id) if difference > 0 else (self.location_id, loss)
        )
        self._post_difference(
            product.uom_id.round(abs(difference)), source, destination
        )
        self.message_post(
            body=self.env._(
                "Counted at %(place)s: the stock was corrected by %(difference)s "
                "%(unit)s.",
                place=self.location_id.display_name,
                difference=("+" if difference > 0 else "")
                + format_quantity(self.env, difference),
                unit=product.uom_id.name,
            )
        )

    def _post_difference(self, quantity, source, destination):
        """:param quantity: in the product's unit"""
        product = self.product_id
        common = {
            "product_id": product.id,
            "company_id": self.company_id.id,
            "location_id": source.id,
            "location_dest_id": destination.id,
            "picked": True,
        }
        move = create_by_system(
            self.env["stock.move"],
            [
                {
                    **common,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": quantity,
                    "state": "confirmed",
                    "is_inventory": True,
                    "inventory_name": self.env._("Counted: %s", self.display_name),
                }
            ],
        )
        create_by_system(
            self.env["stock.move.line"],
            [
                {
                    **common,
                    "move_id": move.id,
                    "product_uom_id": product.uom_id.id,
                    "quantity": quantity,
                    "lot_id": self.lot_id.id,
                }
            ],
        )
        move._action_done()
