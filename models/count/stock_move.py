from odoo import api, fields, models

from ..access.arguments import check_record


class StockMove(models.Model):
    _inherit = "stock.move"

    line_count_id = fields.Many2one(
        "mrp.line.count",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The count that found the difference.",
    )
    line_count_line_id = fields.Many2one(
        "mrp.line.count.line",
        string="Line of the Count",
        copy=False,
        readonly=True,
        ondelete="restrict",
    )
    is_shared_out = fields.Boolean(
        copy=False,
        readonly=True,
        help="What orders used, as a count found: shared out among them.",
    )
    count_share_ids = fields.One2many(
        "mrp.consumption.share", "move_id", string="Shares of Counts", readonly=True
    )
    shared_quantity = fields.Float(
        string="Counted",
        compute="_compute_shared_quantity",
        digits="Product Unit",
        help="What the component used beyond what was issued, as counts have found.",
    )

    @api.depends("count_share_ids.quantity", "count_share_ids.state")
    def _compute_shared_quantity(self):
        for move in self:
            shares = move.count_share_ids.filtered(lambda share: share.state == "done")
            move.shared_quantity = move._in_own_unit(sum(shares.mapped("quantity")))

    def action_view_count_shares(self):
        """:return: an action with what counts found that the component used"""
        check_record(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_backflush.mrp_consumption_share_action"
        )
        return {
            **action,
            "name": self.env._("Counts of %s", self.product_id.display_name),
            "target": "new",
            "domain": [("move_id", "=", self.id), ("count_id.state", "=", "done")],
            "context": {"create": False},
        }

    def action_open_reference(self):
        if self.line_count_id:
            return self.line_count_id._get_records_action()
        return super().action_open_reference()

    def _get_counted_value(self):
        """What a difference cost: less than nothing where it was found."""
        value = self._get_posted_value() if "value" in self._fields else None
        if value is None:
            product = self.product_id.with_company(self.company_id)
            value = self.product_qty * product.standard_price
        is_found = self.location_dest_id.usage == "internal"
        return -value if is_found else value
