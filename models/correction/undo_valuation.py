"""The value of the stock after an undo is what it was before the report, or before the
count that was cancelled.

Components come back at the value at which they went: core does that. The product would
leave at what the stock of it costs on average, or at what came first: where there was
some before, at another cost, stock would gain or lose value.
"""

from odoo import models

from ..wrapped_methods import wrapping


class _LeftOut(float):
    """What this file leaves out of core's stack, by core's own key of the context. No
    client can send one."""


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_undo_of_product(self):
        return bool(
            self.unbuild_id.is_undo and self.origin_returned_move_id.production_id
        )

    def _takes_back_what_came(self):
        """Whether it goes as it came: made by a report, or found by a count."""
        return self._is_undo_of_product() or self._is_reversal_of_found()

    def _restore_valuation(self):
        """Leave what was posted and its way back out of the product's cost, as if
        neither had been: they are each other's opposite."""
        if "is_in" not in self._fields:
            return
        for move in self.filtered(lambda move: move._is_left_out_of_valuation()):
            origin = move.origin_returned_move_id
            (move | origin).write({"is_in": False, "is_out": False})
            product = move.product_id.with_company(move.company_id)
            product._update_standard_price()
            if product.lot_valuated:
                move.move_line_ids.lot_id._update_standard_price()

    def _is_left_out_of_valuation(self):
        """Components needn't: their value was returned. Where each lot has a cost of
        its own core would mix those of a move."""
        self.ensure_one()
        if not (self.is_in or self.is_out):
            return False
        if not self._takes_back_what_came() and not self.product_id.lot_valuated:
            return False
        origin = self.origin_returned_move_id
        if self.product_uom.compare(self.quantity, origin.quantity):
            # Scrapped in part: they aren't each other's opposite.
            return False
        # What a closing of the accounts has counted stays counted.
        closed = self.company_id.sudo()._get_last_closing_date()
        return not closed or origin.date > closed


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _count_undone_since(self, at_date, lot=None):
        """What a report, or a count, had brought by that date and was taken back after
        it: in stock then, and left out of the product's cost since.

        :return: its quantity in the product's unit, and its value; of components
            what they took, as less than nothing
        """
        quantity = value = 0.0
        if not at_date:
            return quantity, value
        undone = (
            self.env["stock.move"]
            .sudo()
            .search(
                [
                    ("product_id", "=", self.id),
                    ("company_id", "=", self.env.company.id),
                    ("state", "=", "done"),
                    ("date", ">", at_date),
                    "|",
                    ("unbuild_id.production_report_ids", "!=", False),
                    ("line_count_id", "!=", False),
                    ("origin_returned_move_id.date", "<=", at_date),
                    ("is_in", "=", False),
                    ("is_out", "=", False),
                ]
            )
        )
        for move in undone.origin_returned_move_id:
            whole, part = move._get_valued_qty(), move._get_valued_qty(lot)
            if whole:
                sign = 1 if move._is_in() else -1
                quantity += sign * part
                value += sign * move.value * part / whole
        return quantity, value


@wrapping("product.product", "_run_avco")
def _replay_at_date(run_avco, product, at_date=None, lot=None, **kwargs):
    """Core's replay, and what was in stock then but was undone since, or taken by a
    correction."""
    average, total = run_avco(at_date=at_date, lot=lot, **kwargs)
    _quantity, value = product._count_undone_since(at_date, lot)
    value += product._get_value_corrected_after(at_date, lot)
    return average, total + value


@wrapping("product.product", "_run_fifo")
def _run_fifo_with_undone(
    run_fifo, product, quantity, lot=None, at_date=None, **kwargs
):
    """What was undone since isn't in core's stack: its value comes beside it."""
    undone, value = product._count_undone_since(at_date, lot)
    left_out = product.env.context.get("fifo_qty_already_processed")
    if not undone or isinstance(left_out, _LeftOut):
        return run_fifo(quantity, lot=lot, at_date=at_date, **kwargs)
    # Core counts the stack from all that was in stock then, and has no other way to
    # say that some of it isn't in there.
    beside = product.with_context(fifo_qty_already_processed=_LeftOut(undone))
    rest = beside._run_fifo(quantity - undone, lot=lot, at_date=at_date, **kwargs)
    return rest + value


@wrapping("stock.move", "_set_value", "line_count_id")
@wrapping("stock.move", "_set_value", "unbuild_id")
def _set_undone_value(set_value, moves, *args, **kwargs):
    """What is undone leaves at the value at which it came."""
    result = set_value(*args, **kwargs)
    for move in moves.filtered(lambda move: move._takes_back_what_came()):
        if move._is_out():
            move.value = move.origin_returned_move_id.value
    return result
