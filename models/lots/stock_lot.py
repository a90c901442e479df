"""Lots and serial numbers: past their date, or made and used by two at once."""

from odoo import api, models, sql_db
from odoo.exceptions import ConcurrencyError

from ..turns.turns import sees_all_of, wait_for_turn

_SAME = "SELECT id FROM stock_lot WHERE (product_id, name) IN %s"


class StockLot(models.Model):
    _inherit = "stock.lot"

    def _is_past_removal(self, moment):
        """Whether the lot should not be used any more. Only with ``product_expiry``
        there is a date that says so."""
        removal_date = "removal_date" in self._fields and self.removal_date
        return bool(removal_date) and removal_date < moment

    def _get_turns(self):
        """:return: a set of (product id, name), whose turns they are"""
        return {(lot.product_id.id, lot.name) for lot in self}

    @api.model
    def _check_turns(self, lots):
        """Before these are made or used. Core looks whether a number is there already;
        what somebody else has done since this transaction began, it can't see.

        :param lots: as of ``_get_turns``
        :raise ConcurrencyError: somebody else has made one of the same name; in a new
            transaction that is seen
        """
        if not lots:
            return
        wait_for_turn(self.env, self.env["product.product"], lots)
        # While modules are loaded nobody else is there, and tables are locked.
        if sees_all_of(self.env, lots) or not self.env.registry.ready:
            return
        self.env["stock.lot"].flush_model(["product_id", "name"])
        with sql_db.db_connect(self.env.cr.dbname).cursor() as cr:
            unseen = self._find_same(cr, lots) - self._find_same(self.env.cr, lots)
        if unseen:
            names = ", ".join(sorted(name for _product, name in lots))
            raise ConcurrencyError(
                self.env._("Somebody else has just created this lot: %s", names)
            )

    @api.model
    def _find_same(self, cr, lots):
        cr.execute(_SAME, [tuple(sorted(lots))])
        return {lot_id for (lot_id,) in cr.fetchall()}
