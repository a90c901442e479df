"""Reordering rules of products that have none."""

from odoo import api, models

# With the cursor's data that the end of a transaction or of a savepoint clears.
_KEY = "mrp_backflush.products_without_orderpoints"


class StockMove(models.Model):
    _inherit = "stock.move"

    def _update_orderpoints(self):
        """Core looks for the rules of each move's product, each time a move changes."""
        orderpoints = self.env["stock.warehouse.orderpoint"].sudo()
        products = self.product_id - orderpoints._get_products_known_without()
        if not products:
            return None
        with_rules = orderpoints._read_products_with(products)
        orderpoints._remember_products_without(products - with_rules)
        moves = self.filtered(lambda move: move.product_id in with_rules)
        return super(StockMove, moves)._update_orderpoints() if moves else None


class StockWarehouseOrderpoint(models.Model):
    _inherit = "stock.warehouse.orderpoint"

    def _read_products_with(self, products):
        domain = [("product_id", "in", products.ids)]
        [[found]] = self._read_group(domain, [], ["product_id:recordset"])
        return found

    def _get_products_known_without(self):
        ids = self.env.cr.precommit.data.get(_KEY, ())
        return self.env["product.product"].browse(ids)

    def _remember_products_without(self, products):
        self.env.cr.precommit.data.setdefault(_KEY, set()).update(products.ids)

    def _forget_products_without(self):
        self.env.cr.precommit.data.pop(_KEY, None)

    @api.model_create_multi
    def create(self, vals_list):
        self._forget_products_without()
        return super().create(vals_list)

    def write(self, vals):
        if not {"product_id", "active"}.isdisjoint(vals):
            self._forget_products_without()
        return super().write(vals)
