from odoo import models

from ..rules.backflush_plan import Place

# Lines of moves in these hold what is reserved: as core's own repair sees it.
RESERVING_STATES = ("assigned", "partially_available", "waiting", "confirmed")


def get_place(record):
    """The place of a quant or a move line."""
    return Place(
        record.location_id.id,
        record.lot_id.id or None,
        record.package_id.id or None,
        record.owner_id.id or None,
    )


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _is_expired(self, moment):
        self.ensure_one()
        return self.lot_id._is_past_removal(moment)

    def _sort_for_removal(self, product, location):
        """The stock of a product at a location and below, in the order in which core
        takes it: the removal strategy's, lots first."""
        quants = self.filtered(lambda quant: quant.location_id._child_of(location))
        strategy = self._get_removal_strategy(product, location)
        order = self._get_removal_strategy_order(strategy)
        if order:
            quants = quants.sorted(order)
        else:
            quants = quants.sorted(
                lambda quant: (quant.location_id.complete_name, -quant.id)
            )
        return quants.sorted(lambda quant: not quant.lot_id)

    def _read_reserved(self):
        """What move lines hold of these products at these locations, by product id
        and place, in the product's unit."""
        if not self:
            return {}
        groups = (
            self.env["stock.move.line"]
            .sudo()
            ._read_group(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id", "in", self.location_id.ids),
                    ("state", "in", RESERVING_STATES),
                    ("quantity_product_uom", "!=", 0),
                ],
                ["product_id", "location_id", "lot_id", "package_id", "owner_id"],
                ["quantity_product_uom:sum"],
            )
        )
        return {
            (product.id, Place(*(part.id or None for part in place))): quantity
            for product, *place, quantity in groups
        }

    def _repair_reservations(self):
        """Bring what these quants say is reserved in line with the move lines that
        hold it. Core, which loses track where transactions collide, does this with
        its scheduler and for the whole database (``_quant_tasks``)."""
        reserved = self._read_reserved()
        by_place = self.grouped(lambda quant: (quant.product_id.id, get_place(quant)))
        for key, quants in by_place.items():
            missing = reserved.get(key, 0.0) - sum(quants.mapped("reserved_quantity"))
            if quants.product_uom_id.is_zero(missing):
                continue
            if len(quants) > 1:
                # Core takes nothing off a quant that it didn't put there.
                quants._merge_quants()
                quants = quants.exists()
            quants._update_reserved_quantity(
                quants.product_id,
                quants.location_id,
                missing,
                lot_id=quants.lot_id,
                package_id=quants.package_id,
                owner_id=quants.owner_id,
            )
