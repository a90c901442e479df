"""A completed order's components corrected together, in its form."""

from contextlib import nullcontext

from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _correcting_components(self, vals):
        """Within this block these values of orders are written. All components of the
        form are one correction: one message lists what is short of any."""
        if "move_raw_ids" not in vals or "done" not in self.mapped("state"):
            return nullcontext()
        return self.env["stock.move"]._correcting()

    def _get_open_exceptions_of(self, product):
        return self.sudo().backflush_exception_ids.filtered(
            lambda exception: (
                exception.state == "open" and exception.product_id == product
            )
        )

    def _note_correction(self, lines):
        """As core does where a posted line is changed.

        :param lines: what was posted beside what a component had
        """
        self.message_post(
            body=self.env._(
                "Consumption corrected. More was issued: %s",
                ", ".join(line._describe_issued() for line in lines),
            ),
            subtype_xmlid="mail.mt_note",
        )
