"""What a completed order knows of the correction of its consumption."""

from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

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
