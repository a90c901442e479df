from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        result = super().session_info()
        # What screens offer to those who count.
        if self.env.user._is_internal():
            companies = self.env.user.company_ids
            result["uses_line_count"] = any(
                company._counts_lines() for company in companies
            )
        return result
