"""Which lots of components a report uses, where a person must scan them."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..access.arguments import find_readable, is_id, read_quantity, read_text


class MrpProductionReport(models.Model):
    _inherit = "mrp.production.report"

    @api.model
    def get_components_to_scan(
        self, product_id=None, quantity=None, picking_type_id=None, order_id=None
    ):
        """The components of which the company wants lots scanned, and which a report of
        that quantity would issue.

        :param product_id: id of the product; not where an order is named
        :param quantity: in the product's unit, or the order's
        :return: a list of dicts: ``product_id``, ``name``, ``tracking``, ``quantity``
            in the product's ``unit`` (and ``unit_one``, ``rounding``), ``may_wait``:
            whether what wasn't scanned is left waiting, rather than refused
        :raise UserError: it can't be reported
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        if order_id:
            order = self._get_order(order_id)
            self._check_order(order)
            quantity = self._check_quantity(
                order.product_id, quantity, order.product_uom_id
            )
        else:
            product = self._get_product(product_id)
            quantity = self._check_quantity(product, quantity)
            picking_type = self._get_picking_type(picking_type_id)
            order = self._get_order_to_be(product, quantity, picking_type)
        if not self._scans_lots():
            return []
        return order._describe_components_to_scan(quantity)

    @api.model
    def _get_order_to_be(self, product, quantity, picking_type):
        """The order that a report would make, nowhere stored."""
        bom = self._get_bom(product, picking_type)
        return self.env["mrp.production"].new(
            {
                "product_id": product.id,
                "product_qty": quantity,
                "product_uom_id": product.uom_id.id,
                "bom_id": bom.id,
                "company_id": self.env.company.id,
                "picking_type_id": (
                    picking_type or self._get_default_picking_type(bom)
                ).id,
            }
        )

    @api.model
    def find_component_lot(self, code=None, product_ids=None, chosen_id=None):
        """What a person scanned to say which lot of a component is used: a lot or
        serial number, a component (its lot comes next), or a GS1 barcode with both.

        :param product_ids: ids of the components whose lots are to be scanned
        :param chosen_id: id of the component that was scanned before, if any
        :return: a dict: ``product_id``; ``lot_id`` and ``lot_name``, False and "" where
            a component was scanned; ``quantity`` that the barcode says, else 0;
            ``on_hand`` of the lot at the company's own places; ``warning``, to be read
        :raise UserError: it is none of these, or must not be used
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        code = read_text(self.env, code)
        stated = product_ids if isinstance(product_ids, list | tuple) else []
        products = find_readable(self.env["product.product"], stated)
        if not code or not products:
            raise UserError(self.env._("Scan a lot or serial number of a component."))
        product, _quantity = self._find_numbered([code])
        product = product or products.filtered(
            lambda product: product.default_code == code
        )
        if product:
            self._check_is_component(product[:1], products)
            return self._describe_scan(product[:1], self.env["stock.lot"], 0)
        return self._read_lot_code(code, products, chosen_id)

    @api.model
    def _read_lot_code(self, code, products, chosen_id):
        """:return: a dict as of ``find_component_lot``, of a lot"""
        parts = self._decompose_gs1(code)
        chosen = products.filtered(lambda product: product.id == chosen_id)
        name = code
        if parts["product"]:
            found, _quantity = self._find_numbered(
                self._get_padded_numbers(parts["product"])
            )
            if found:
                self._check_is_component(found, products)
                name = self._choose_lot_name(found, parts)
                if not name:
                    return self._describe_scan(found, self.env["stock.lot"], 0)
                chosen = found
        lot = self._find_lot_of_component(name, chosen or products)
        self._check_not_expired(lot)
        return self._describe_scan(lot.product_id, lot, parts["quantity"] or 0)

    @api.model
    def _check_is_component(self, product, products):
        """:raise UserError: it isn't one of these"""
        if product not in products:
            raise UserError(
                self.env._(
                    "%s is none of the components whose lots are to be scanned.",
                    product.sudo().display_name,
                )
            )

    @api.model
    def _find_lot_of_component(self, name, products):
        """:raise UserError: it is another product's, nobody's, or more than one's"""
        lots = self.env["stock.lot"].search(
            [("name", "=", name), ("company_id", "in", (False, self.env.company.id))]
        )
        own = lots.filtered(lambda lot: lot.product_id in products)
        if len(own.product_id) > 1:
            raise UserError(
                self.env._(
                    "%(lot)s is a lot of %(products)s: scan the component first.",
                    lot=name,
                    products=", ".join(
                        product._get_spoken_name() for product in own.product_id
                    ),
                )
            )
        if own:
            return own[0]
        others = find_readable(self.env["product.product"], lots.product_id.ids)
        if others:
            raise UserError(
                self.env._(
                    "%(lot)s is a lot or serial number of %(other)s, not of "
                    "%(product)s.",
                    lot=name,
                    other=others[0].sudo().display_name,
                    product=", ".join(
                        product._get_spoken_name() for product in products
                    ),
                )
            )
        raise UserError(
            self.env._(
                "%(lot)s is no lot or serial number of %(product)s.",
                lot=name,
                product=", ".join(product._get_spoken_name() for product in products),
            )
        )

    @api.model
    def _check_not_expired(self, lot):
        """:raise UserError: it is past its expiration date: Odoo would ask whether it
        may be used, and a report can't be asked"""
        if lot._is_expired():
            raise UserError(
                self.env._(
                    "%(lot)s of %(product)s is past its expiration date. Take another "
                    "one, or make an order for it, which asks.",
                    lot=lot.name,
                    product=lot.product_id._get_spoken_name(),
                )
            )

    @api.model
    def _describe_scan(self, product, lot, quantity):
        warning = ""
        on_hand = 0.0
        if lot:
            on_hand = lot.product_qty
            if lot._is_past_removal(fields.Datetime.now()):
                warning = self.env._("%s is past its removal date.", lot.name)
            elif product.uom_id.compare(on_hand, 0) <= 0:
                warning = self.env._("%s isn't in stock according to Odoo.", lot.name)
        return {
            "product_id": product.id,
            "lot_id": lot.id or False,
            "lot_name": lot.name or "",
            "quantity": quantity,
            "on_hand": on_hand,
            "warning": warning,
        }

    # What a client says.

    @api.model
    def _read_component_lots(self, component_lots):
        """:return: quantities in the product's unit, by lot, in the order scanned
        :raise UserError: these are no lots, or no quantities
        """
        if not component_lots:
            return {}
        quantities = defaultdict(float)
        rows = component_lots if isinstance(component_lots, list) else [None]
        for row in rows:
            if not isinstance(row, dict) or not is_id(row.get("lot_id")):
                raise UserError(self.env._("A lot or serial number was not found."))
            quantity = read_quantity(self.env, row.get("quantity"))
            if quantity <= 0:
                raise UserError(self.env._("Enter a quantity greater than zero."))
            quantities[row["lot_id"]] += quantity
        lots = find_readable(self.env["stock.lot"], quantities)
        if len(lots) < len(quantities):
            raise UserError(self.env._("A lot or serial number was not found."))
        for lot in lots:
            self._check_not_expired(lot)
        return {lot: quantities[lot.id] for lot in lots}

    @api.model
    def _get_serial_turns(self, lots):
        serials = self.env["stock.lot"].concat(*lots)
        return serials.filtered(
            lambda lot: lot.product_id.tracking == "serial"
        )._get_turns()
