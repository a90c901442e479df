"""Reading, locking and writing the quants of many lines in one go."""

from collections import defaultdict

from odoo import api, models

from ..rules.backflush_plan import Place
from .core_methods import may_pass_by
from .locked_quants import LockedQuants, get_locked_quants, with_locked_quants
from .quant_ledger import QuantLedger

_PARTS = ("location_id", "lot_id", "package_id", "owner_id")
_RESERVING = "reserving"


class Reserving:
    """Ledgers of what the lines that are being created reserve, by product."""

    def __init__(self):
        self.ledgers = {}


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model
    def _read_quants_cache(self, keys):
        """Read the quants of these products, locations and lots.

        :param keys: pairs of a product id and a Place
        :return: core's ``quants_cache``
        """
        quants = self.sudo().search(
            [
                ("product_id", "in", list({product for product, _place in keys})),
                ("location_id", "in", list({place.location for _, place in keys})),
                ("lot_id", "in", [*{place.lot for _, place in keys}, False]),
            ],
            order="id",
        )
        cache = defaultdict(self.browse)
        for quant in quants:
            key = quant.product_id.id, *(quant[part].id for part in _PARTS)
            cache[key] += quant
        return cache

    @api.model
    def _lock_known(self, locked, cache, keys):
        """Lock the quants at these places in one go.

        :param locked: the LockedQuants of the call
        :param cache: core's ``quants_cache``
        """
        needed = self.sudo().union(
            *(cache.get(_get_cache_key(*key), self) for key in keys)
        )
        if needed:
            # Core reads them one at a time. All fields: a change looks at the others.
            needed.mapped("quantity")
            locked.lock(needed)

    @api.model
    def _get_ledger(self, product, locked, cache):
        def find(place):
            return cache.get(_get_cache_key(product.id, place), self).sudo()

        return QuantLedger(product, find, locked)

    # Reserving for lines that are being created.

    @api.model
    def _create_reserving_lines(self, vals_list):
        """Create move lines; what they reserve is written once per quant."""
        if not vals_list or not may_pass_by(self.env, "move stock"):
            return self.env["stock.move.line"].create(vals_list)
        keys = {
            (vals["product_id"], Place(*(vals.get(part) or None for part in _PARTS)))
            for vals in vals_list
        }
        cache = self._read_quants_cache(keys)
        locked = LockedQuants()
        self._lock_known(locked, cache, keys)
        reserving = Reserving()
        lines = with_locked_quants(
            self.env["stock.move.line"].with_context(
                quants_cache=cache, **{_RESERVING: reserving}
            ),
            locked,
        ).create(vals_list)
        changes = {}
        for ledger in reserving.ledgers.values():
            changes |= ledger.get_changes()
        self.sudo()._write_together(changes)
        # They hold what holds them.
        reserving.ledgers.clear()
        return lines.with_env(self.env)

    @api.model
    def _update_reserved_quantity(
        self, product_id, location_id, quantity, *args, **kwargs
    ):
        reserving = self.env.context.get(_RESERVING)
        if isinstance(reserving, Reserving) and not args and quantity > 0:
            if product_id not in reserving.ledgers:
                reserving.ledgers[product_id] = self._get_ledger(
                    product_id,
                    get_locked_quants(self.env),
                    self.env.context["quants_cache"],
                )
            place = Place(
                location_id.id,
                *(
                    (kwargs.get(part) or self.browse()).id or None
                    for part in ("lot_id", "package_id", "owner_id")
                ),
            )
            if reserving.ledgers[product_id].reserve(place, quantity):
                return None
        return super()._update_reserved_quantity(
            product_id, location_id, quantity, *args, **kwargs
        )

    # Locks.

    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        known = get_locked_quants(self.env)
        if known and allow_referencing and limit == 1:
            locked = known.find_first(self)
            if locked:
                return locked
        return super().try_lock_for_update(
            allow_referencing=allow_referencing, limit=limit
        )

    @api.model
    def _write_together(self, changes):
        """Write other quantities on each quant. What depends on them is determined
        once for all of them: core's ``write``, which does it quant by quant, is passed
        by.

        :param changes: values by quant
        """
        by_name = defaultdict(dict)
        for quant, values in changes.items():
            for name, value in values.items():
                by_name[name][quant] = value
        for name, values in by_name.items():
            quants = self.concat(*values)
            with self.env.protecting([self._fields[name]], quants):
                for quant, value in values.items():
                    quant[name] = value
            quants.modified([name])
            quants._validate_fields([name])

    @api.model
    def _create_together(self, vals_list):
        """Create quants that hold stock. Core's ``create`` makes one at a time,
        because of counts, which these are none of: it is passed by."""
        quants = models.Model.create(
            self, [{**vals, "inventory_quantity_set": False} for vals in vals_list]
        )
        quants._announce()
        return quants

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        known = get_locked_quants(self.env)
        if known:
            known.add_created(quants)
        return quants


def _get_cache_key(product_id, place):
    return product_id, *(part or False for part in place)
