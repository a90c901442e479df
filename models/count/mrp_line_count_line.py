"""What was counted of one product, or of one lot: and what should have been there."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..access.arguments import check_records
from ..access.system_fields import by_system
from ..turns.turns import announce, take_turns


class MrpLineCountLine(models.Model):
    _name = "mrp.line.count.line"
    _description = "Line of a Line Count"
    _inherit = ["mrp.checked.record"]
    _order = "count_id, product_id, lot_id, id"
    _check_company_auto = True

    count_id = fields.Many2one(
        "mrp.line.count",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="count_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    location_id = fields.Many2one(
        related="count_id.location_id", store=True, index=True
    )
    state = fields.Selection(related="count_id.state", store=True)
    product_id = fields.Many2one(
        "product.product",
        string="Component",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_storable', '=', True)]",
        check_company=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial",
        ondelete="restrict",
        domain="[('product_id', '=', product_id)]",
        check_company=True,
    )
    tracking = fields.Selection(related="product_id.tracking")
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    opening_quantity = fields.Float(
        string="Opening",
        digits="Product Unit",
        readonly=True,
        help="What the last count found here. At the first count it is worked back.",
    )
    in_quantity = fields.Float(
        string="In Otherwise",
        digits="Product Unit",
        readonly=True,
        help="What came in since, less what went out otherwise than by backflush: "
        "receipts, transfers, manual issues, inventory adjustments.",
    )
    issued_quantity = fields.Float(
        string="Backflushed",
        digits="Product Unit",
        readonly=True,
        help="What backflush took here since the last count, less what came back.",
    )
    needed_quantity = fields.Float(
        string="Needed",
        digits="Product Unit",
        readonly=True,
        help="What orders needed of components At Count since the last count: it is "
        "still in the book, and should not be here any more.",
    )
    book_quantity = fields.Float(
        string="Book",
        digits="Product Unit",
        readonly=True,
        help="What should have been here when it was counted.",
    )
    counted_quantity = fields.Float(
        string="Counted",
        digits="Product Unit",
        help="What is really here. What should be here is noted at the same moment: "
        "work may go on.",
    )
    counted_at = fields.Datetime(
        readonly=True, help="When it was counted. Empty: not counted yet."
    )
    snapshot_number = fields.Integer(
        readonly=True,
        help="Of all counts of the product the highest is the last: moments are no "
        "finer than seconds.",
    )
    had_waiting = fields.Boolean(
        string="Waited When Counted",
        readonly=True,
        help="Orders had used some of it that the stock didn't know of yet.",
    )
    counted_by_id = fields.Many2one("res.users", string="Counted by", readonly=True)
    difference = fields.Float(
        digits="Product Unit",
        compute="_compute_difference",
        store=True,
        help="Counted less book: less than nothing is missing.",
    )
    difference_percent = fields.Float(
        string="% of Use",
        compute="_compute_difference_percent",
        help="What is missing beyond what orders needed, in percent of what was used "
        "by the BoM.",
    )
    difference_value = fields.Monetary(
        string="Difference in Money",
        readonly=True,
        help="At the cost of the day; once validated, as it was posted.",
    )
    deviation_value = fields.Monetary(
        string="Deviation",
        compute="_compute_deviation_value",
        store=True,
        help="The difference beyond what orders needed of components At Count, in "
        "money; less than 0 is missing.",
    )
    is_distributed = fields.Boolean(
        string="Share Out",
        default=True,
        help="What is missing is shared out among the orders that used it. Otherwise "
        "it is an ordinary inventory difference. A negative book mostly is a transfer "
        "that somebody forgot: it isn't shared out unless you say so.",
    )
    share_ids = fields.One2many(
        "mrp.consumption.share", "count_line_id", string="Shares", readonly=True
    )

    _once = models.UniqueIndex(
        "(count_id, product_id, COALESCE(lot_id, 0))",
        "A product, or a lot of it, is on the sheet once.",
    )

    @api.depends("counted_quantity", "book_quantity", "counted_at")
    def _compute_difference(self):
        for line in self:
            unit = line.product_uom_id
            line.difference = (
                unit.round(line.counted_quantity - line.book_quantity)
                if line.counted_at
                else 0.0
            )

    @api.depends("difference", "issued_quantity", "needed_quantity")
    def _compute_difference_percent(self):
        for line in self:
            used = line.issued_quantity + line.needed_quantity
            unexplained = line.difference + line.needed_quantity
            line.difference_percent = (
                unexplained / used if line.counted_at and used > 0 else 0.0
            )

    @api.depends("difference", "difference_value", "needed_quantity")
    def _compute_deviation_value(self):
        for line in self:
            deviation = line.difference + line.needed_quantity
            if line.difference:
                value = line.difference_value * deviation / line.difference
            else:
                value = line._get_cost() * deviation
            line.deviation_value = value if line.counted_at else 0.0

    @api.depends("product_id", "lot_id")
    def _compute_display_name(self):
        for line in self:
            name = line.product_id.display_name or ""
            lot = line.lot_id.name
            line.display_name = f"{name}, {lot}" if lot else name

    # Written by those who count, each line by itself.

    @api.model_create_multi
    def create(self, vals_list):
        products = self.env["product.product"].browse(
            vals["product_id"]
            for vals in vals_list
            if "counted_quantity" in vals and vals.get("product_id")
        )
        if products:
            take_turns(self.env, products)
        lines = super().create(vals_list)
        lines.count_id._hold_alone()
        lines._check_lots()
        lines.browse(
            line.id
            for line, vals in zip(lines, vals_list, strict=True)
            if "counted_quantity" in vals
        )._take_snapshot()
        return lines

    def write(self, vals):
        if not vals.keys().isdisjoint(_FIXED_ONCE_DONE):
            self.count_id._check_open()
        if not vals.keys().isdisjoint(_KEY) and any(self.mapped("counted_at")):
            raise UserError(
                self.env._("It was counted already: add a line for the other product.")
            )
        if "counted_quantity" not in vals:
            result = super().write(vals)
            if "count_id" in vals:
                self.count_id._hold_alone()
            self._check_lots()
            return result
        # Before anything else: what the stock says is read when nobody is at it.
        take_turns(self.env, self.product_id)
        self.count_id._check_open()
        result = super().write(vals)
        self._check_lots()
        self._take_snapshot()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.count_id._check_open()
        self._hand_on_needs()

    def action_nothing_there(self):
        """Nothing is there of these: counted as 0.

        :raise UserError: the count is closed
        """
        check_records(self)
        return self.write({"counted_quantity": 0.0})

    def action_count_again(self):
        """Forget what was counted of these.

        :raise UserError: the count is closed
        """
        check_records(self)
        self.count_id._hold_open()
        self._hand_on_needs()
        self.share_ids.sudo().unlink()
        with by_system(self.env):
            self.write(dict.fromkeys(_SNAPSHOT, False))
            # Not through this model's own ``write``: nothing is counted.
            super().write({"counted_quantity": 0.0})
        return True

    def _hand_on_needs(self):
        """What was left to the count is another line's business now: of another lot
        that is counted."""
        for line in self.sudo():
            needs = line.share_ids.filtered("is_at_count")
            others = line.count_id.line_ids - self.sudo()
            other = others.filtered(
                lambda other, line=line: (
                    other.product_id == line.product_id and other.counted_at
                )
            )[-1:]
            if needs and other:
                with by_system(self.env):
                    needs.count_line_id = other
                    other.needed_quantity = line.needed_quantity

    def _check_lots(self):
        """
        :raise ValidationError: a line names no lot of a product that has lots, or a lot
            of another product
        """
        for line in self:
            lot, product = line.lot_id, line.product_id
            if lot and lot.product_id != product:
                raise ValidationError(
                    self.env._(
                        "%(lot)s is not a lot or serial number of %(product)s.",
                        lot=lot.name,
                        product=product.display_name,
                    )
                )
            if line.counted_at and not lot and product.tracking != "none":
                raise ValidationError(
                    self.env._(
                        "%s: say which lot or serial number was counted.",
                        product.display_name,
                    )
                )

    # The snapshot: what the books say at the moment of counting, fixed from then on.

    def _take_snapshot(self):
        """Note what should be there, and whose use that count is for."""
        now = fields.Datetime.now()
        # Whoever began before another one has counted the same, or validated it, and
        # doesn't see it, is tried again.
        announce(self.env, self.product_id)
        for sheet, lines in self.grouped("count_id").items():
            sheet._hold_open()
            number = lines._read_last_snapshot_number() + 1
            waiting = sheet._find_waiting(lines.product_id).product_id
            books = lines._read_books()
            openings = lines._read_openings()
            shares = self.env["mrp.consumption.share"]
            used = shares._note_members(sheet, lines)
            for line in lines:
                book, opening = books[line], openings.get(line)
                issued, needed = used[line]
                if opening is None:
                    opening = book + issued
                vals = {
                    "book_quantity": book,
                    "opening_quantity": opening,
                    "issued_quantity": issued,
                    "needed_quantity": needed,
                    "in_quantity": book - opening + issued,
                    "counted_at": now,
                    "snapshot_number": number,
                    "had_waiting": line.product_id in waiting,
                    "counted_by_id": self.env.user.id,
                    "difference_value": line._get_cost()
                    * (line.counted_quantity - book),
                }
                if not line.counted_at:
                    vals["is_distributed"] = (
                        line.product_uom_id.compare(book, 0) >= 0
                        and line.tracking != "serial"
                    )
                with by_system(self.env):
                    line.write(vals)

    def _get_books(self):
        """For a printed sheet: of what was counted as it was then, else today."""
        books = self._read_books() if self else {}
        return {
            line: line.book_quantity if line.counted_at else books[line]
            for line in self
        }

    def _read_books(self):
        """:return: what the stock says is here, by line, in the product's unit"""
        groups = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    *self.count_id._get_quant_domain(),
                    ("product_id", "in", self.product_id.ids),
                ],
                ["product_id", "lot_id"],
                ["quantity:sum"],
            )
        )
        found = {(product, lot): quantity for product, lot, quantity in groups}
        return {
            line: line.product_uom_id.round(
                found.get((line.product_id, line.lot_id), 0.0)
            )
            for line in self
        }

    def _read_last_snapshot_number(self):
        [[number]] = self.sudo()._read_group(
            [("product_id", "in", self.product_id.ids)], [], ["snapshot_number:max"]
        )
        return number or 0

    def _read_openings(self):
        """:return: what the last count found here, by line that was counted before"""
        previous = self.sudo().search(
            [
                ("state", "=", "done"),
                ("location_id", "in", self.location_id.ids),
                ("product_id", "in", self.product_id.ids),
                ("counted_at", "!=", False),
            ],
            order="snapshot_number, id",
        )
        found = {(line.product_id, line.lot_id): line for line in previous}
        return {
            line: found[line.product_id, line.lot_id].counted_quantity
            for line in self
            if (line.product_id, line.lot_id) in found
        }

    def _get_cost(self):
        """Of one of the product's unit today, in the company's currency."""
        product = self.product_id.with_company(self.company_id)
        if "lot_valuated" in product._fields and product.lot_valuated and self.lot_id:
            return self.lot_id.with_company(self.company_id).standard_price
        return product.standard_price


# Which product, and which lot.
_KEY = frozenset({"product_id", "lot_id", "count_id"})
_FIXED_ONCE_DONE = _KEY | {"counted_quantity", "is_distributed"}
_SNAPSHOT = (
    "book_quantity",
    "opening_quantity",
    "issued_quantity",
    "needed_quantity",
    "in_quantity",
    "counted_at",
    "snapshot_number",
    "had_waiting",
    "counted_by_id",
    "difference_value",
)
