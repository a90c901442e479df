"""The sheet on which is written what lies at a place."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..access.arguments import check_record, check_records
from ..access.system_fields import by_system, create_by_system
from ..turns.turns import take_turns

DRAFT = "draft"
DONE = "done"
CANCELLED = "cancelled"


class MrpLineCount(models.Model):
    _name = "mrp.line.count"
    _description = "Line Count"
    _inherit = ["mail.thread", "mail.activity.mixin", "mrp.checked.record"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", readonly=True, copy=False, index="trigram")
    location_id = fields.Many2one(
        "stock.location",
        string="Place",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('usage', '=', 'internal')]",
        check_company=True,
        help="What lies there, and below it, is counted.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        tracking=True,
    )
    state = fields.Selection(
        [(DRAFT, "To Count"), (DONE, "Done"), (CANCELLED, "Cancelled")],
        string="Status",
        default=DRAFT,
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        help="To Count: people write down what they find.\n"
        "Done: the differences are posted.\n"
        "Cancelled: nothing of it is posted any more.",
    )
    date_done = fields.Datetime(string="Validated on", readonly=True, copy=False)
    cancel_reason = fields.Text(readonly=True, copy=False)
    line_ids = fields.One2many(
        "mrp.line.count.line", "count_id", string="Lines", copy=False
    )
    share_ids = fields.One2many(
        "mrp.consumption.share",
        "count_id",
        string="Shares",
        readonly=True,
        help="Who used what was missing.",
    )
    move_ids = fields.One2many(
        "stock.move", "line_count_id", string="Differences Posted", readonly=True
    )
    line_count = fields.Integer(string="Lines to Count", compute="_compute_line_count")
    counted_line_count = fields.Integer(
        string="Lines Counted", compute="_compute_line_count"
    )
    difference_value = fields.Monetary(
        string="Difference",
        compute="_compute_difference_value",
        help="What was counted beyond the book, in money; less than 0: missing.",
    )
    deviation_value = fields.Monetary(
        string="Deviation",
        compute="_compute_difference_value",
        help="The difference beyond what orders needed of components At Count.",
    )
    # Columns that most sheets have no use for.
    has_lots = fields.Boolean(compute="_compute_line_count")
    has_needs = fields.Boolean(compute="_compute_line_count")
    unreported_order_count = fields.Integer(
        string="Orders in Progress",
        compute="_compute_unreported_order_count",
        help="Orders in progress that take from there, and have not reported yet what "
        "they used. What they used already seems to be missing.",
    )

    @api.depends("line_ids.counted_at", "line_ids.lot_id")
    def _compute_line_count(self):
        for sheet in self:
            sheet.line_count = len(sheet.line_ids)
            sheet.counted_line_count = len(sheet.line_ids.filtered("counted_at"))
            sheet.has_lots = bool(sheet.line_ids.lot_id)
            sheet.has_needs = any(sheet.line_ids.mapped("needed_quantity"))

    @api.depends("line_ids.difference_value", "line_ids.deviation_value")
    def _compute_difference_value(self):
        for sheet in self:
            lines = sheet.line_ids
            sheet.difference_value = sum(lines.mapped("difference_value"))
            sheet.deviation_value = sum(lines.mapped("deviation_value"))

    def _compute_unreported_order_count(self):
        for sheet in self:
            sheet.unreported_order_count = len(sheet._get_unreported_orders())

    def _get_unreported_orders(self):
        """Orders that were started and take from here what they did not report yet."""
        self.ensure_one()
        [[orders]] = self.env["stock.move"]._read_group(
            [
                ("raw_material_production_id.state", "in", ("progress", "to_close")),
                ("raw_material_production_id.company_id", "=", self.company_id.id),
                ("state", "not in", ("done", "cancel")),
                ("location_id", "child_of", self.location_id.id),
                ("issue_method", "not in", (False, "manual")),
                ("product_uom_qty", ">", 0),
            ],
            [],
            ["raw_material_production_id:recordset"],
        )
        return orders

    @api.model_create_multi
    def create(self, vals_list):
        sheets = super().create(vals_list)
        sheets._check_counts_lines()
        sheets._check_places()
        for sheet in sheets:
            sequence = self.env["ir.sequence"].with_company(sheet.company_id)
            # A client names no sheet: entries in the books carry the name.
            with by_system(self.env):
                sheet.name = sequence.sudo().next_by_code("mrp.line.count")
        return sheets

    def write(self, vals):
        if "location_id" in vals:
            self._check_open()
            counted = self.filtered("line_ids.counted_at")
            if counted:
                raise UserError(
                    self.env._(
                        "Something was counted already: make a new sheet for the other "
                        "place."
                    )
                )
        if "line_ids" in vals:
            # Of all at once, before any of them is written.
            take_turns(self.env, self.line_ids.product_id)
        result = super().write(vals)
        if "location_id" in vals:
            self._check_places()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        posted = self.filtered(lambda sheet: sheet.state == DONE or sheet.move_ids)
        if posted:
            raise UserError(
                self.env._(
                    "These counts are in the books and can't be deleted: %s",
                    ", ".join(posted.mapped("name")),
                )
            )

    def _check_counts_lines(self):
        """:raise UserError: a company doesn't count"""
        self.company_id._check_counts_lines()

    def _check_places(self):
        """:raise UserError: no place of one's own stock"""
        for sheet in self:
            if sheet.location_id.usage != "internal":
                raise UserError(
                    self.env._(
                        "%s is no place of your own stock.",
                        sheet.location_id.display_name,
                    )
                )

    def _hold_open(self):
        """Several people count at once, and nobody closes the sheet meanwhile.

        :raise UserError: a sheet is done or cancelled
        """
        self._lock("SELECT FROM mrp_line_count WHERE id = ANY(%s) FOR SHARE")

    def _hold_alone(self):
        """Of two who add lines at once the second is tried again, and finds those of
        the first.

        :raise UserError: a sheet is done or cancelled
        """
        self._lock(
            "UPDATE mrp_line_count SET write_date = write_date WHERE id = ANY(%s)"
        )

    def _lock(self, statement):
        self.flush_recordset(["state"])
        self.env.cr.execute(SQL(statement, self.ids))
        self._check_open()

    def _check_open(self):
        """:raise UserError: a sheet is done or cancelled"""
        closed = self.filtered(lambda sheet: sheet.state != DRAFT)
        if closed:
            raise UserError(
                self.env._(
                    "These counts are closed: %s", ", ".join(closed.mapped("name"))
                )
            )

    # Loading: what should be there, and what should be counted.

    def action_load(self):
        """Add a line for each product, and lot, that backflush took here since its last
        count, or that lies here and is a component. Lines that there are stay.

        :raise UserError: a sheet is closed
        """
        check_records(self)
        self._check_open()
        for sheet in self:
            sheet._hold_alone()
            there = {(line.product_id.id, line.lot_id.id) for line in sheet.line_ids}
            wanted = sheet._get_components_here() | sheet._get_taken_here()
            create_by_system(
                self.env["mrp.line.count.line"],
                [
                    {"count_id": sheet.id, "product_id": product, "lot_id": lot}
                    for product, lot in sorted(wanted - there)
                ],
            )
        return True

    def _get_components_here(self):
        """:return: ids of product and lot of what lies here and is a component"""
        groups = self.env["stock.quant"]._read_group(
            [
                *self._get_quant_domain(),
                ("quantity", "!=", 0),
                "|",
                ("product_id.bom_line_ids", "!=", False),
                ("product_id", "in", self._find_components_ever()),
            ],
            ["product_id", "lot_id"],
        )
        return {(product.id, lot.id) for product, lot in groups}

    def _find_components_ever(self):
        """What orders took from here without a bill of materials naming it."""
        moves = self.env["stock.move"].sudo()
        return moves._search(
            [
                ("raw_material_production_id", "!=", False),
                ("company_id", "=", self.company_id.id),
                ("location_id", "child_of", self.location_id.id),
            ]
        ).subselect("product_id")

    def _get_taken_here(self):
        """:return: ids of product and lot of what backflush took here and no count has
        counted"""
        shares = self.env["mrp.consumption.share"]
        taken = shares._read_uncounted(self)
        # Of what is At Count and has lots, those that lie here are on the sheet anyway.
        needed = [
            row
            for row in shares._read_left_to_count(self)
            if self.env["product.product"].browse(row.product_id).tracking == "none"
        ]
        return {(row.product_id, row.lot_id or False) for row in (*taken, *needed)}

    def _get_quant_domain(self):
        """What is the company's own, or lies at a place that companies share: consigned
        stock isn't counted."""
        return [
            ("location_id", "child_of", self.location_id.id),
            ("location_id.usage", "=", "internal"),
            ("company_id", "in", (False, self.company_id.id)),
            ("owner_id", "=", False),
            ("product_id.is_storable", "=", True),
        ]

    # What it led to.

    def action_view_unreported_orders(self):
        """The orders whose use seems to be missing."""
        check_record(self)
        orders = self._get_unreported_orders()
        return {
            "name": self.env._("Orders in Progress"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.production",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": [("id", "in", orders.ids)],
        }

    def action_view_shares(self):
        check_record(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_backflush.mrp_consumption_share_action"
        )
        return {
            **action,
            "domain": [("count_id", "=", self.id)],
            "context": {"search_default_borne": 1},
        }

    def action_view_moves(self):
        check_record(self)
        return {
            "name": self.env._("Stock Moves"),
            "type": "ir.actions.act_window",
            "res_model": "stock.move",
            "view_mode": "list,form",
            "domain": [("line_count_id", "=", self.id)],
        }

    def action_count_due(self):
        """The places that are due, whichever sheets the list shows."""
        check_records(self)
        return self.env["stock.location"].action_open_count_due()
