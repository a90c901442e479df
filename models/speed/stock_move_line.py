"""Posting many lines at once."""

from odoo import models

from ..posting.stock_quant import get_place
from .company_check import have_agreeing_companies
from .quant_batch import BATCH, QuantBatch
from .shortcuts import is_taken


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _check_company(self, fnames=None):
        if len(self) > 1 and fnames is None and have_agreeing_companies(self):
            return None
        # Core says in words what is wrong.
        return super()._check_company(fnames)

    def _action_done(self):
        if (
            len(self) < 2
            or not self._are_of_orders()
            or not is_taken(self.env, "quants")
        ):
            return super()._action_done()
        # Core would read these of one lot at a time, where it creates quants.
        self.lot_id.fetch(["lot_properties"])
        with BATCH.hold(self.env, QuantBatch(self)):
            return super()._action_done()

    def _are_of_orders(self):
        """Whether all of these issue components, or bring in what is produced."""
        return all(
            move.raw_material_production_id or move.production_id
            for move in self.move_id
        )

    def _synchronize_quant(
        self, quantity, location, action="available", in_date=False, **quants_value
    ):
        batch = BATCH.is_open() and BATCH.get(self.env)
        if batch and self.id in batch.line_ids:
            if batch.posted_ids is None and "quants_cache" in self.env.context:
                # Here and not earlier: core's checks of all lines are behind.
                lines = self.browse(sorted(batch.line_ids)).exists()
                lines._move_quants_together(batch)
            if batch.posted_ids and self.id in batch.posted_ids:
                return 0, False
        return super()._synchronize_quant(
            quantity, location, action=action, in_date=in_date, **quants_value
        )

    def _move_quants_together(self, batch):
        """Move the stock of these lines, those of each product together, where core
        would take what is there and nothing else; the others are core's to post.

        :param batch: the QuantBatch, which notes what was posted
        """
        batch.posted_ids = set()
        places = {line: line._get_places() for line in self}
        keys = {
            (line.product_id.id, place)
            for line, both in places.items()
            for place in both
        }
        batch.lock(self.env.context["quants_cache"], keys)
        for product, lines in self.grouped("product_id").items():
            if all(line._book(batch, *places[line]) for line in lines):
                batch.posted_ids.update(lines.ids)
            else:
                batch.forget(product)
        changes, missing = batch.take_booked()
        quants = self.env["stock.quant"].sudo()
        quants._write_together(changes)
        quants._create_together(missing)

    def _book(self, batch, source, destination):
        """:return: whether the batch says what posting the line does"""
        return (
            self.product_id.is_storable
            and not self.move_id._should_bypass_reservation(self.location_id)
            and not self.product_uom_id.is_zero(self.quantity_product_uom)
            and batch.move(
                self.product_id,
                source,
                destination,
                self.quantity_product_uom,
                not self.location_dest_id.should_bypass_reservation(),
            )
        )

    def _get_places(self):
        """Where the line takes stock from, and where it brings it."""
        source = get_place(self)
        return source, source._replace(
            location=self.location_dest_id.id,
            package=self.result_package_id.id or None,
        )
