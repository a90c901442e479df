"""What waits of orders that are unbuilt, or corrected after they were completed."""

from odoo import models

from ..shortage.mrp_backflush_exception import CANCELLED
from ..texts import format_quantity


class MrpBackflushException(models.Model):
    _inherit = "mrp.backflush.exception"

    # Unbuilt: what waits was used for products that don't exist any more.

    def _take_back(self, quantities, reason):
        """Have what was unbuilt not be waited for.

        :param quantities: by exception, in the product's unit
        :param reason: why, in words
        """
        for exception in self:
            quantity = exception.product_id.uom_id._compute_quantity(
                quantities[exception], exception.product_uom_id, round=False
            )
            exception._lower(quantity, reason)

    def _note_unbuilt_cost(self, share):
        """Of what was costed, the part of the unbuilt products has left with them; of
        what was settled since, that part has come back.

        :param share: of what the order had produced and not unbuilt yet
        """
        for exception in self:
            exception._write_system(
                {
                    unbuilt: exception[unbuilt]
                    + (exception[whole] - exception[unbuilt]) * share
                    for whole, unbuilt in (
                        ("costed_value", "costed_unbuilt_value"),
                        ("settled_value", "settled_unbuilt_value"),
                    )
                }
            )

    # A person corrected the completed order.

    def _settle_by_correction(self, quantity, posted, value):
        """A person took as much of it from stock by correcting the completed order,
        the last one first.

        :param quantity: in the product's unit
        :param posted: all that the correction posted, of which it is a part
        :param value: what all of that cost
        """
        price = value / posted if posted else 0.0
        for exception in self.sorted("id", reverse=True):
            unit, stock_unit = exception.product_uom_id, exception.product_id.uom_id
            part = min(exception._in_stock_unit(), quantity)
            if stock_unit.compare(part, 0) <= 0:
                continue
            quantity -= part
            own_part = stock_unit._compute_quantity(part, unit, round=False)
            exception._note_issued(
                own_part,
                part * price,
                self.env._(
                    "%(quantity)s %(unit)s were issued by correcting the completed "
                    "order.",
                    quantity=format_quantity(self.env, own_part),
                    unit=unit.display_name,
                ),
            )

    def _cancel_by_correction(self):
        """A person said that less was used than was posted."""
        reason = self.env._(
            "Not needed: the completed order was corrected to less than was issued."
        )
        for exception in self:
            exception._write_system(
                {**exception._prepare_closing_vals(CANCELLED), "cancel_reason": reason}
            )
            exception.message_post(body=self.env._("Cancelled: %s", reason))
            exception._close_pending()
