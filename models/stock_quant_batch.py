"""Reading and locking the quants of many lines in one go."""

from collections import defaultdict

from odoo import api, models

from .locked_quants import LockedQuants, get_locked_quants
from .stock_quant import get_place

_PARTS = ("location_id", "lot_id", "package_id", "owner_id")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _read_and_lock(self, keys):
        """Lock the quants at these places, as core does with each before it writes
        to it: what others are writing to at this moment is skipped, and what was
        written since this transaction began ends it.

        :param keys: pairs of a product id and a Place
        :return: LockedQuants, and core's ``quants_cache`` of these products, locations
            and lots
        """
        quants = self.sudo().search_fetch(
            [
                ("product_id", "in", list({product for product, _place in keys})),
                ("location_id", "in", list({place.location for _, place in keys})),
                ("lot_id", "in", [*{place.lot for _, place in keys}, False]),
            ],
            ["product_id", *_PARTS, "in_date", "quantity", "reserved_quantity"],
            order="id",
        )
        cache = defaultdict(quants.browse)
        for quant in quants:
            key = quant.product_id.id, *(quant[part].id for part in _PARTS)
            cache[key] += quant
        needed = quants.filtered(
            lambda quant: (quant.product_id.id, get_place(quant)) in keys
        )
        locked = needed.try_lock_for_update(allow_referencing=True)
        return LockedQuants(needed, locked), cache

    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        known = get_locked_quants(self.env)
        if known and allow_referencing and limit == 1:
            locked = known.find_first(self)
            if locked:
                return locked
        return super().try_lock_for_update(
            allow_referencing=allow_referencing, limit=limit
        )

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        known = get_locked_quants(self.env)
        if known:
            known.add_created(quants)
        return quants
