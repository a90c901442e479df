from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        result = super().session_info()
        # What screens offer to those who count.
        if self.env.user._is_internal():
            companies = self.env.user.company_ids
            result["line_count_company_ids"] = companies.filtered(
                lambda company: company._counts_lines()
            ).ids
        return result
