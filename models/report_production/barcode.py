"""What a scanner reads, or a person types, to name a product."""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..access.arguments import find_readable, read_text, search_readable

# GS1's application identifiers.
LOT = "10"
SERIAL = "21"
COUNTS = ("30", "37")
# A trade item's number is padded with zeros to 14 digits.
NUMBER_LENGTHS = (8, 12, 13, 14)


class MrpProductionReport(models.Model):
    _inherit = "mrp.production.report"

    @api.model
    def find_product(self, barcode=None, picking_type_id=None):
        """The product that a barcode or an internal reference names.

        :param barcode: of a product or a packaging, an internal reference, or a GS1
            barcode where the company's nomenclature is GS1's
        :param picking_type_id: id of the operation type that it is to be made with
        :return: a dict as of ``_describe_product``
        :raise UserError: nothing to produce has it
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        barcode = read_text(self.env, barcode)
        if not barcode:
            raise UserError(self.env._("Scan or type a product."))
        product, quantity, lot_name = self._read_barcode(barcode)
        if not product:
            self._raise_unknown(barcode)
        self._check_product(product)
        return self._describe_product(
            product, self._get_picking_type(picking_type_id), quantity, lot_name
        )

    @api.model
    def _read_barcode(self, barcode):
        """:return: product, quantity in its unit, and the name of its lot"""
        product, quantity = self._find_numbered([barcode])
        if product:
            return product, quantity, ""
        product = self._find_one("product.product", [("default_code", "=", barcode)])
        if product:
            return product, 1.0, ""
        return self._read_gs1(barcode)

    @api.model
    def _find_numbered(self, numbers):
        """:return: the product with that barcode or with a packaging that has it, and
        the quantity in its unit"""
        product = self._find_one("product.product", [("barcode", "in", numbers)])
        if product:
            return product, 1.0
        packaging = self._find_one("product.uom", [("barcode", "in", numbers)]).sudo()
        product = find_readable(self.env["product.product"], packaging.product_id.ids)
        if not product:
            return product, 0.0
        return product, packaging.uom_id._compute_quantity(1.0, product.uom_id)

    @api.model
    def _find_one(self, model, domain):
        """Of this company first, then of all; archived and of the user's other
        companies last: those are errors that can be named. What the user may not read
        there isn't."""
        found = search_readable(self.env[model], domain).sudo()
        ranked = found.sorted(
            lambda record: (
                self._get_rank(record.company_id),
                "active" in record._fields and not record.active,
                record.id,
            )
        )
        return ranked[:1].with_env(self.env)

    @api.model
    def _get_rank(self, company):
        if company == self.env.company:
            return 0
        return 2 if company else 1

    @api.model
    def _read_gs1(self, barcode):
        """:return: as ``_read_barcode``"""
        parts = self._decompose_gs1(barcode)
        product, quantity = self.env["product.product"], 0.0
        if parts["product"]:
            product, quantity = self._find_numbered(
                self._get_padded_numbers(parts["product"])
            )
        if parts["quantity"]:
            quantity *= parts["quantity"]
        return product, quantity, self._choose_lot_name(product, parts)

    @api.model
    def _decompose_gs1(self, barcode):
        """:return: a dict of what the barcode says; empty where it isn't a GS1 one"""
        parts = defaultdict(str)
        nomenclature = self.env.company.sudo().nomenclature_id
        if not nomenclature.is_gs1_nomenclature:
            return parts
        try:
            found = nomenclature.parse_nomenclature_barcode(barcode) or []
        except (ValidationError, ValueError):
            # Its rules read a date or a measure in what is none.
            return parts
        for part in found:
            if part["type"] == "product":
                parts["product"] = part["value"]
            elif part["ai"] in COUNTS:
                parts["quantity"] = part["value"]
            elif part["ai"] in (LOT, SERIAL):
                parts[part["ai"]] = part["value"]
        return parts

    @api.model
    def _get_padded_numbers(self, number):
        """A number as it may be stored, with more zeros before it or fewer."""
        short = number.lstrip("0")
        return [number, short, *(short.zfill(length) for length in NUMBER_LENGTHS)]

    @api.model
    def _choose_lot_name(self, product, parts):
        names = {"lot": parts[LOT], "serial": parts[SERIAL]}
        return names.get(product.tracking, "")

    @api.model
    def _extract_lot_name(self, product, lot_name):
        """The lot in a GS1 barcode of this product; anything else is the name itself,
        also what only looks like a GS1 barcode.

        :raise UserError: the barcode is another product's, or names no lot
        """
        self._check_is_no_product(lot_name)
        parts = self._decompose_gs1(lot_name)
        if not parts["product"]:
            return lot_name
        found, _quantity = self._find_numbered(
            self._get_padded_numbers(parts["product"])
        )
        if not found:
            return lot_name
        if found != product:
            raise UserError(
                self.env._(
                    "That is a barcode of %(other)s, not of %(product)s.",
                    other=found.sudo().display_name,
                    product=product.display_name,
                )
            )
        name = self._choose_lot_name(product, parts)
        if not name:
            raise UserError(self.env._("This barcode has no lot or serial number."))
        return name

    @api.model
    def _check_is_no_product(self, lot_name):
        """:raise UserError: a product was scanned in place of its lot"""
        found, _quantity = self._find_numbered([lot_name])
        if found:
            raise UserError(
                self.env._(
                    "%(barcode)s is the barcode of %(product)s, not a lot or serial "
                    "number.",
                    barcode=lot_name,
                    product=found.sudo().display_name,
                )
            )

    @api.model
    def _raise_unknown(self, barcode):
        """:raise UserError: always"""
        self._check_is_no_lot(barcode)
        raise UserError(
            self.env._("No product has the barcode or reference %s.", barcode)
        )

    @api.model
    def _check_is_no_lot(self, barcode):
        """:raise UserError: it is a lot's, whose product is to be scanned"""
        lots = self.env["stock.lot"].search([("name", "=", barcode)])
        products = find_readable(self.env["product.product"], lots.product_id.ids)
        if products:
            raise UserError(
                self.env._(
                    "%(lot)s is a lot or serial number of %(product)s: scan the "
                    "product first.",
                    lot=barcode,
                    product=products[0].sudo().display_name,
                )
            )
