"""Reading, locking and writing the quants of many lines in one go."""

from collections import defaultdict

from odoo import api, models

from ..rules.backflush_plan import Place
from .quant_batch import BATCH, QuantBatch
from .shortcuts import is_taken

_PARTS = ("location_id", "lot_id", "package_id", "owner_id")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    # Reserving for lines that are being created.

    @api.model
    def _create_reserving_lines(self, vals_list):
        """Create move lines; what they reserve is written once per quant."""
        if len(vals_list) < 2 or not is_taken(self.env, "quants"):
            return self.env["stock.move.line"].create(vals_list)
        keys = {
            (vals["product_id"], Place(*(vals.get(part) or None for part in _PARTS)))
            for vals in vals_list
        }
        cache = self._read_quants_cache(keys)
        batch = QuantBatch()
        batch.lock(cache, keys)
        with BATCH.hold(self.env, batch):
            lines = self.env["stock.move.line"].with_context(quants_cache=cache)
            lines = lines.create(vals_list)
        changes, _missing = batch.take_booked()
        self.sudo()._write_together(changes)
        return lines.with_env(self.env)

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
    def _update_reserved_quantity(
        self, product_id, location_id, quantity, *args, **kwargs
    ):
        batch = BATCH.is_open() and BATCH.get(self.env)
        if batch and batch.is_reserving and not args and quantity > 0:
            parts = (
                (kwargs.get(part) or self.browse()).id or None
                for part in ("lot_id", "package_id", "owner_id")
            )
            if batch.reserve(product_id, Place(location_id.id, *parts), quantity):
                return None
        return super()._update_reserved_quantity(
            product_id, location_id, quantity, *args, **kwargs
        )

    # Locks.

    def try_lock_for_update(self, *, allow_referencing=False, limit=None):
        batch = BATCH.is_open() and BATCH.get(self.env)
        if batch and allow_referencing and limit == 1:
            locked = batch.find_first_locked(self)
            if locked:
                return locked
        return super().try_lock_for_update(
            allow_referencing=allow_referencing, limit=limit
        )

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        batch = BATCH.is_open() and BATCH.get(self.env)
        if batch:
            batch.add_created(quants)
        return quants

    # What was booked.

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
