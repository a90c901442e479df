from odoo import api, fields, models

from ...models.access.arguments import check_record


class MrpExceptionCount(models.TransientModel):
    """*The book says 0, the shelf says 12*: what waits can be settled then."""

    _name = "mrp.exception.count"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Count What Waits"

    exception_id = fields.Many2one(
        "mrp.backflush.exception", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="exception_id.product_id", related_sudo=False)
    lot_id = fields.Many2one(related="exception_id.lot_id", related_sudo=False)
    location_id = fields.Many2one(
        related="exception_id.location_id", related_sudo=False
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    waiting_quantity = fields.Float(
        string="Waiting",
        digits="Product Unit",
        compute="_compute_quantities",
        help="What orders used already and the stock doesn't know: it is issued with "
        "this count.",
    )
    book_quantity = fields.Float(
        string="Book", digits="Product Unit", compute="_compute_quantities"
    )
    counted_quantity = fields.Float(
        string="Counted",
        digits="Product Unit",
        help="What lies there now. It still lies there when what waits is issued.",
    )

    @api.depends("exception_id")
    def _compute_quantities(self):
        for dialog in self:
            exception = dialog.exception_id
            dialog.book_quantity = exception._get_book()
            dialog.waiting_quantity = sum(
                other._in_stock_unit() for other in exception._find_waiting_here()
            )

    def action_count(self):
        check_record(self)
        return self.exception_id.action_count(self.counted_quantity)
