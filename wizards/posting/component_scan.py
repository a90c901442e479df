from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.access.arguments import read_text
from ...models.texts import format_quantity


class ComponentScan(models.AbstractModel):
    """A dialog into which components are scanned: by the barcode or the reference of
    the product, by a lot or serial number, or by a GS1 barcode that says all of it.

    What could not be read stays in the field, with the reason below it, until the next
    scan: who scans doesn't look at the screen each time.
    """

    _name = "mrp.component.scan"
    _description = "Scan Components"

    scan = fields.Char(
        store=False,
        help="Scan or type the barcode or reference of a product, or a lot or serial "
        "number, and press Enter.",
    )
    scan_message = fields.Char(store=False)
    scan_failed = fields.Boolean(store=False)

    @api.onchange("scan")
    def _onchange_scan(self):
        try:
            barcode = read_text(self.env, self.scan)
            if not barcode:
                return
            self.scan_message = self._add_barcode(barcode)
        except UserError as error:
            self.scan_message, self.scan_failed = str(error), True
        else:
            self.scan, self.scan_failed = False, False

    def _add_barcode(self, barcode):
        """:return: what was understood
        :raise UserError: nothing of these components
        """
        lot = self._find_scanned_lot(barcode)
        if lot:
            return self._add_scanned(lot.product_id, lot, None)
        reports = self.env["mrp.production.report"].with_company(
            self.production_id.company_id
        )
        product, quantity, lot_name = reports._read_barcode(barcode)
        if product not in self._get_products_to_scan():
            raise UserError(
                self.env._("%s isn't used by this order.", product.display_name)
                if product
                else self.env._(
                    "%s is no product, lot or serial number of these components.",
                    barcode,
                )
            )
        if lot_name:
            lot = self._find_scanned_lot(lot_name, product)
            if not lot:
                raise UserError(
                    self.env._(
                        "%(lot)s is no lot or serial number of %(product)s.",
                        lot=lot_name,
                        product=product.display_name,
                    )
                )
        elif product.tracking == "serial":
            raise UserError(
                self.env._("Scan the serial numbers of %s.", product.display_name)
            )
        if lot and not reports._decompose_gs1(barcode)["quantity"]:
            # It says which lot, and not how much of it.
            quantity = None
        return self._add_scanned(product, lot, quantity)

    def _find_scanned_lot(self, name, product=None):
        """:param product: by default any of the components"""
        products = product or self._get_products_to_scan()
        return self.env["stock.lot"].search(
            [
                ("name", "=", name),
                ("product_id", "in", products.ids),
                ("company_id", "in", (False, self.production_id.company_id.id)),
            ],
            limit=1,
        )

    def _add_scanned(self, product, lot, quantity):
        """:param quantity: in the product's unit; None where the barcode says none"""
        line = self._get_lines_to_scan(product)[0]
        if quantity:
            quantity = product.uom_id._compute_quantity(
                quantity, line.product_uom_id, rounding_method="HALF-UP"
            )
        line._add_scan(lot, quantity)
        return self.env._(
            "%(product)s %(lot)s: %(quantity)s %(unit)s",
            product=product.display_name,
            lot=lot.name or "",
            quantity=format_quantity(self.env, line.quantity),
            unit=line.product_uom_id.display_name,
        ).replace(" :", ":")

    def _get_products_to_scan(self):
        """:return: the products of the components"""
        raise NotImplementedError

    def _get_lines_to_scan(self, product):
        """:return: the lines of that product, the first to count first"""
        raise NotImplementedError
