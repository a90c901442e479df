"""What the entry field of the screen understands, and what it offers by itself: an
order, a product's barcode, or a part of its name; the products reported last."""

from odoo import api, models
from odoo.exceptions import UserError

from ..access.arguments import find_readable, read_text

# Tiles that a screen shows at most.
MOST_FOUND = 12
MOST_RECENT = 8


class MrpProductionReport(models.Model):
    _inherit = "mrp.production.report"

    @api.model
    def find(self, code=None, picking_type_id=None):
        """What a person scanned or typed: an order's name, what ``find_product``
        understands, or a part of a product's name.

        :param picking_type_id: id of the operation type that it is to be made with
        :return: a dict: ``found``: of a product as of ``find_product``, or of an order
            with more about it, None if several products are meant; ``choices``:
            those, a list of dicts with ``id``, ``name``, ``code``, ``has_image``
        :raise UserError: nothing is meant, or it can't be reported on
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        code = read_text(self.env, code)
        if not code:
            raise UserError(self.env._("Scan or type a product."))
        order = self._find_one("mrp.production", [("name", "=", code)])
        if order:
            return self._give(self._describe_order(order))
        picking_type = self._get_picking_type(picking_type_id)
        if self._read_barcode(code)[0]:
            return self._give(self.find_product(code, picking_type.id))
        self._check_is_no_lot(code)
        products = self._search_by_name(code, picking_type)
        if not products:
            raise UserError(
                self.env._("No product has the barcode, reference or name %s.", code)
            )
        if len(products) == 1:
            return self._give(self._describe_product(products, picking_type))
        return {
            "found": None,
            "choices": [
                self._describe_tile(product) for product in products[:MOST_FOUND]
            ],
        }

    def _give(self, found):
        return {"found": found, "choices": []}

    @api.model
    def get_product(self, product_id=None, picking_type_id=None):
        """A product that was chosen from those offered.

        :return: a dict as of ``find_product``
        :raise UserError: there is none, or it can't be produced here
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        product = self._get_product(product_id)
        return self._describe_product(product, self._get_picking_type(picking_type_id))

    @api.model
    def get_screen(self, picking_type_id=None):
        """What the screen shows before anything is entered.

        :return: a dict: ``operation_type`` and ``place``, in words; ``recent``: the
            products reported last, those of the user first, as the ``choices`` of
            ``find``
        :raise UserError: orders can't be made with the operation type
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        picking_type = self._get_picking_type(picking_type_id)
        shown = picking_type or self._get_default_picking_type()
        source = shown.default_location_src_id.display_name
        target = shown.default_location_dest_id.display_name
        return {
            "operation_type": shown.display_name or "",
            "place": source if source == target else f"{source} → {target}",
            "recent": [
                self._describe_tile(product)
                for product in self._get_recent_products(picking_type)
            ],
        }

    @api.model
    def _get_recent_products(self, picking_type):
        domain = [("company_id", "=", self.env.company.id)]
        if picking_type:
            domain += [("production_id.picking_type_id", "=", picking_type.id)]
        ids = []
        for operator in ("=", "!="):
            groups = self._read_group(
                [*domain, ("user_id", operator, self.env.uid)],
                ["product_id"],
                order="create_date:max DESC",
                limit=2 * MOST_RECENT,
            )
            ids += [product.id for (product,) in groups]
        products = find_readable(self.env["product.product"], ids)
        return self._filter_producible(products, picking_type)[:MOST_RECENT]

    @api.model
    def _search_by_name(self, text, picking_type):
        products = self.env["product.product"].search(
            [
                *("|", ("name", "ilike", text), ("default_code", "ilike", text)),
                ("company_id", "in", (False, self.env.company.id)),
                ("product_tmpl_id.bom_ids", "any", [("type", "=", "normal")]),
            ],
            # Some of them may have no bill of materials that is meant for here.
            limit=5 * MOST_FOUND,
        )
        return self._filter_producible(products, picking_type)

    @api.model
    def _filter_producible(self, products, picking_type):
        company = self.env.company
        boms = self.env["mrp.bom"]._bom_find(
            products,
            picking_type=picking_type,
            company_id=company.id,
            bom_type="normal",
        )
        return products.filtered(
            lambda product: (
                product.active
                and product.sudo().company_id in (product.company_id.browse(), company)
                and boms[product]
            )
        )
