"""Counting at the shelf: what the counting screen asks, and what a scanner says."""

from odoo import models
from odoo.exceptions import UserError

from ..access.arguments import check_record, check_records, read_quantity, read_text
from ..texts import format_quantity
from ..turns.turns import take_turns


class MrpLineCount(models.Model):
    _inherit = "mrp.line.count"

    def action_open_counting(self):
        """The screen to count with, at the shelf."""
        check_record(self)
        self._check_open()
        if not self.line_ids:
            self.action_load()
        return {
            "type": "ir.actions.client",
            "tag": "mrp_backflush.line_count",
            "name": self.display_name,
            "params": {"count_id": self.id},
        }

    def get_counting(self):
        """What the counting screen shows.

        :return: a dict: ``name``, ``place``, ``state``, ``unreported`` (how many orders
            in progress have not reported what they used there) and ``lines``, a list of
            dicts as of ``MrpLineCountLine.get_counting``
        """
        check_record(self)
        self.check_access("read")
        return {
            "name": self.name,
            "place": self.location_id.display_name,
            "state": self.state,
            "unreported": self.unreported_order_count,
            "lines": self.line_ids.get_counting(),
        }

    def count_scanned(self, code=None):
        """Count one more of what was scanned: a product, one of its packagings, a lot
        or serial number, or a GS1 barcode with a quantity.

        :return: the line, as of ``MrpLineCountLine.get_counting``
        :raise UserError: nothing has that barcode, it isn't clear which lot, or the
            count is closed
        """
        check_record(self)
        self._check_open()
        code = read_text(self.env, code)
        if not code:
            raise UserError(self.env._("Scan or type a product, or a lot."))
        product, quantity, lot = self._read_code(code)
        # Of two who scan the same at once, the second adds to what the first counted.
        take_turns(self.env, product)
        line = self.line_ids.filtered(
            lambda line: line.product_id == product and line.lot_id == lot
        )
        if line:
            return line.count_more(quantity)
        line = line.create(
            {
                "count_id": self.id,
                "product_id": product.id,
                "lot_id": lot.id,
                "counted_quantity": quantity,
            }
        )
        [counted] = line.get_counting()
        return counted

    def _read_code(self, code):
        """:return: product, quantity in its unit, and lot or none"""
        reports = self.env["mrp.production.report"]
        product, quantity, lot_name = reports._read_barcode(code)
        lots = self.env["stock.lot"]
        if not product:
            lots = lots.search(
                [
                    ("name", "=", code),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
            here = lots & self.line_ids.lot_id
            lots = here or lots
            product, quantity = lots.product_id[:1], 1.0
            if not product:
                raise UserError(
                    self.env._("No product, lot or serial number is %s.", code)
                )
            if len(lots) > 1:
                raise UserError(
                    self.env._(
                        "%s is a lot of several products: scan the product.", code
                    )
                )
        elif lot_name:
            lots = lots.search(
                [("name", "=", lot_name), ("product_id", "=", product.id)], limit=1
            )
        if not product.is_storable:
            raise UserError(self.env._("%s isn't kept in stock.", product.display_name))
        if product.tracking != "none" and not lots:
            lots = self._get_only_lot(product)
        return product, quantity, lots

    def _get_only_lot(self, product):
        """The product was scanned: which lot is clear where only one is on the sheet.

        :raise UserError: it isn't
        """
        lines = self.line_ids.filtered(lambda line: line.product_id == product)
        if len(lines) != 1 or not lines.lot_id:
            raise UserError(
                self.env._(
                    "%s has lots or serial numbers: scan those.", product.display_name
                )
            )
        return lines.lot_id


class MrpLineCountLine(models.Model):
    _inherit = "mrp.line.count.line"

    def count(self, counted_quantity=None, seen_quantity=None):
        """Count what lies there, from a screen: it doesn't overwrite what somebody else
        has counted since it was shown.

        :param counted_quantity: in the product's unit
        :param seen_quantity: what the screen shows as counted; None: nothing yet
        :return: the line, as of ``get_counting``
        :raise UserError: that is no quantity or less than nothing, somebody else has
            counted it since, or the count is closed
        """
        check_record(self)
        quantity = read_quantity(self.env, counted_quantity)
        take_turns(self.env, self.product_id)
        self._check_seen(seen_quantity)
        return self._count(quantity)

    def uncount(self, seen_quantity=None):
        """Forget what was counted, from a screen: as if nobody had counted it yet.

        :param seen_quantity: as of ``count``
        :return: the line, as of ``get_counting``
        :raise UserError: somebody else has counted it since, or the count is closed
        """
        check_record(self)
        take_turns(self.env, self.product_id)
        self._check_seen(seen_quantity)
        self.action_count_again()
        [counted] = self.get_counting()
        return counted

    def count_more(self, step=None):
        """Count so much more than was counted so far, by whomever.

        :param step: in the product's unit; less than nothing: so much less
        :return: the line, as of ``get_counting``
        :raise UserError: that is no quantity, less than nothing would be left, or the
            count is closed
        """
        check_record(self)
        step = read_quantity(self.env, step)
        take_turns(self.env, self.product_id)
        before = self.counted_quantity if self.counted_at else 0.0
        return self._count(before + step)

    def _count(self, quantity):
        if self.product_uom_id.compare(quantity, 0) < 0:
            raise UserError(
                self.env._("%s: less than nothing can't be counted.", self.display_name)
            )
        self.counted_quantity = quantity
        [counted] = self.get_counting()
        return counted

    def _check_seen(self, seen_quantity):
        """:raise UserError: somebody else has counted it since"""
        seen = seen_quantity
        if seen is not None:
            read_quantity(self.env, seen)
        if not self.counted_at or (
            seen is not None
            and self.product_uom_id.compare(seen, self.counted_quantity) == 0
        ):
            return
        raise UserError(
            self.env._(
                "%(name)s: %(person)s has counted %(quantity)s %(unit)s meanwhile. "
                "Nothing was changed. If that is wrong, count it again.",
                name=self.display_name,
                person=self.counted_by_id.name,
                quantity=format_quantity(self.env, self.counted_quantity),
                unit=self.product_uom_id.name,
            )
        )

    def get_counting(self):
        """What the counting screen shows of lines.

        :return: a list of dicts: ``id``, ``product``, ``code``, ``lot``, ``unit``,
            ``counted`` (None: not counted yet), ``book`` (at the moment of counting),
            ``difference``, ``is_counted``, ``by``
        """
        check_records(self)
        return [
            {
                "id": line.id,
                "product": line.product_id.with_context(
                    display_default_code=False
                ).display_name,
                "code": line.product_id.default_code or "",
                "lot": line.lot_id.name or "",
                "unit": line.product_uom_id.name,
                "is_counted": bool(line.counted_at),
                "counted": line.counted_quantity if line.counted_at else None,
                "book": line.book_quantity,
                "difference": line.difference,
                "by": line.counted_by_id.name or "",
            }
            for line in self
        ]
