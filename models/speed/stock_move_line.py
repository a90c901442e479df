"""Posting many lines at once."""

from odoo import models

from ..posting.stock_quant import get_place
from .company_check import have_agreeing_companies
from .core_methods import may_pass_by
from .locked_quants import LockedQuants, get_locked_quants, with_locked_quants

_CONTEXT_KEY = "posting"


class Posting:
    """Lines that are being posted, and those of them that were posted together."""

    def __init__(self, line_ids):
        self.line_ids = frozenset(line_ids)
        self.is_pending = True
        self.posted_ids = set()


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _action_done(self):
        if not self._are_of_orders() or not may_pass_by(self.env, "move stock"):
            return super()._action_done()
        # Core would read these of one lot at a time, where it creates quants.
        self.lot_id.fetch(["lot_properties"])
        lines = with_locked_quants(self, LockedQuants())
        lines = lines.with_context(**{_CONTEXT_KEY: Posting(self.ids)})
        return super(StockMoveLine, lines)._action_done()

    def _check_company(self, fnames=None):
        if len(self) > 1 and fnames is None and have_agreeing_companies(self):
            return None
        # Core says in words what is wrong.
        return super()._check_company(fnames)

    def _are_of_orders(self):
        """Whether all of these issue components, or bring in what is produced."""
        return bool(self) and all(
            move.raw_material_production_id or move.production_id
            for move in self.move_id
        )

    def _synchronize_quant(
        self, quantity, location, action="available", in_date=False, **quants_value
    ):
        posting = self.env.context.get(_CONTEXT_KEY)
        if isinstance(posting, Posting) and self.id in posting.line_ids:
            if posting.is_pending and "quants_cache" in self.env.context:
                # Here and not earlier: core's checks of all lines are behind.
                posting.is_pending = False
                lines = self.browse(sorted(posting.line_ids)).exists()
                posting.posted_ids = lines._move_quants_together()
            if self.id in posting.posted_ids:
                return 0, False
        return super()._synchronize_quant(
            quantity, location, action=action, in_date=in_date, **quants_value
        )

    def _move_quants_together(self):
        """Move the stock of these lines, those of each product together, where core
        would take what is there and nothing else.

        :return: ids of the lines that were posted; the others are core's to post
        """
        quants = self.env["stock.quant"]
        cache, locked = self.env.context["quants_cache"], get_locked_quants(self.env)
        places = {line: line._get_places() for line in self}
        keys = {
            (line.product_id.id, place)
            for line, both in places.items()
            for place in both
        }
        quants._lock_known(locked, cache, keys)
        posted_ids, changes, missing = set(), {}, []
        for product, lines in self.grouped("product_id").items():
            ledger = quants._get_ledger(product, locked, cache)
            if all(line._book(ledger, *places[line]) for line in lines):
                changes |= ledger.get_changes()
                missing += ledger.get_missing()
                posted_ids.update(lines.ids)
        quants.sudo()._write_together(changes)
        quants.sudo()._create_together(missing)
        return posted_ids

    def _book(self, ledger, source, destination):
        """:return: whether the ledger says what posting the line does"""
        return (
            self.product_id.is_storable
            and not self.move_id._should_bypass_reservation(self.location_id)
            and not self.product_uom_id.is_zero(self.quantity_product_uom)
            and ledger.move(
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
