from odoo import api, fields, models

from ...models.access.arguments import check_record

# More names than this nobody reads.
MOST_NAMES = 20


class MrpLineCountValidation(models.TransientModel):
    """Asked before a sheet is validated on which something wasn't counted."""

    _name = "mrp.line.count.validation"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Validate a Line Count"

    count_id = fields.Many2one("mrp.line.count", required=True, ondelete="cascade")
    uncounted_number = fields.Integer(compute="_compute_uncounted")
    uncounted_names = fields.Text(
        compute="_compute_uncounted", help="They are left as they are."
    )

    @api.depends("count_id")
    def _compute_uncounted(self):
        for dialog in self:
            lines = dialog.count_id.line_ids.filtered(lambda line: not line.counted_at)
            names = lines[:MOST_NAMES].mapped("display_name")
            if len(lines) > MOST_NAMES:
                names.append(self.env._("and %s more", len(lines) - MOST_NAMES))
            dialog.uncounted_number = len(lines)
            dialog.uncounted_names = "\n".join(names)

    def action_validate(self):
        check_record(self)
        self.count_id.action_validate()
        return {"type": "ir.actions.act_window_close"}

    def action_go_on(self):
        check_record(self)
        return self.count_id.action_open_counting()
