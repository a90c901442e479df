"""Lines of a completed order's consumption, corrected by a person: in the dialog with
the lots, or by a client. What a line names is taken, and nothing instead of it."""

from odoo import api, models

from ..call_scope import CORRECTION
from ..posting.stock_quant import get_place
from ..rules.backflush_plan import Place
from ..texts import format_quantity

# Field of a line, by the word for it in a place.
_PLACE_FIELDS = {
    "location": "location_id",
    "lot": "lot_id",
    "package": "package_id",
    "owner": "owner_id",
}
# What a person says of a line that is used.
STATED_FIELDS = frozenset(
    {"quantity", "product_uom_id", "quant_id", *_PLACE_FIELDS.values()}
)


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    @api.model
    def _create_corrections(self, vals_list, corrected):
        """:param corrected: posted moves of completed orders that get some of these"""
        lines = self.browse()
        with corrected._correcting() as correction:
            for vals in vals_list:
                limited = self._limit_to_what_is_there(vals, corrected)
                if vals.get("quantity") and not limited["quantity"]:
                    lines += self._create_of_nothing(limited)
                else:
                    with correction.posting():
                        lines += self.create([limited])
        return lines

    @api.model
    def _create_of_nothing(self, vals):
        """The line of a posted move for something of which nothing is there. Core can't
        post it: it is given to its move when it is made."""
        move = self.env["stock.move"].browse(vals["move_id"])
        line = self.create(
            {**move._prepare_move_line_vals(), **vals, "move_id": False, "picked": True}
        )
        models.Model.write(line, {"move_id": move.id})
        if line.lot_id:
            line._mark_lot_origin(self._get_lot_origin_of_choice())
        return line

    @api.model
    def _get_corrected_moves(self, vals_list):
        """Posted moves of completed orders that these lines are for; none while lines
        are posted for which stock was found already."""
        moves = self.env["stock.move"].browse(
            dict.fromkeys(vals["move_id"] for vals in vals_list if vals.get("move_id"))
        )
        if "done" not in moves.mapped("state"):
            return moves.browse()
        correction = CORRECTION.get(self.env)
        if correction and correction.is_posting:
            return moves.browse()
        return moves.filtered(lambda move: move._is_posted_on_completed_order())

    @api.model
    def _limit_to_what_is_there(self, vals, corrected):
        """The values of a line to create, with what of it may be posted."""
        move = corrected.filtered(lambda move: move.id == vals.get("move_id"))
        if not move or not vals.get("quantity"):
            return vals
        if vals.get("quant_id"):
            vals = {**vals, **self._copy_quant_info(vals)}
        place = _state_place(Place(move.location_id.id), vals)
        unit = self.env["uom.uom"].browse(vals.get("product_uom_id") or ())
        quantity = move._get_quantity_that_is_there(
            place, vals["quantity"], unit or move.product_uom
        )
        return {**vals, "quantity": quantity}

    def _write_correction(self, vals):
        """Write values that say what is used; of completed orders they correct what was
        consumed."""
        corrected = self.filtered(
            lambda line: (
                line.state == "done" and line.move_id._is_posted_on_completed_order()
            )
        )
        if not corrected:
            return self._write_lot_origin(vals)
        with corrected.move_id._correcting():
            for line in corrected:
                line._correct(dict(vals))
            others = self - corrected
            if others:
                others._write_lot_origin(vals)
        return True

    def _correct(self, vals):
        """Write what a person says of a posted line. More of the same is a line beside
        it; another lot or place takes its place, with what is there of it."""
        self.ensure_one()
        move = self.move_id
        if vals.get("quant_id"):
            vals.update(self._copy_quant_info(vals))
        unit = self.env["uom.uom"].browse(vals.get("product_uom_id") or ())
        unit = unit or self.product_uom_id
        quantity = vals.get("quantity", self.quantity)
        place = _state_place(get_place(self), vals)
        if place != get_place(self):
            vals["quantity"] = move._get_quantity_that_is_there(place, quantity, unit)
            self._write_lot_origin(vals)
            return
        stock_unit = self.product_id.uom_id
        more = unit._compute_quantity(quantity, stock_unit, rounding_method="HALF-UP")
        more -= self.quantity_product_uom
        if stock_unit.compare(more, 0) <= 0:
            self._write_lot_origin(vals)
            return
        del vals["quantity"]
        vals.pop("product_uom_id", None)
        if vals:
            self._write_lot_origin(vals)
        in_own_unit = stock_unit._compute_quantity(more, move.product_uom, round=False)
        move._take_more(in_own_unit, self.lot_id)

    def _describe_issued(self):
        self.ensure_one()
        text = self.env._(
            "%(quantity)s %(unit)s of %(product)s",
            quantity=format_quantity(self.env, self.quantity),
            unit=self.product_uom_id.display_name,
            product=self.product_id.display_name,
        )
        return f"{text} ({self.lot_id.name})" if self.lot_id else text


def _state_place(place, vals):
    """A place, and what values of a line say otherwise."""
    stated = {
        word: vals[name] or None for word, name in _PLACE_FIELDS.items() if name in vals
    }
    return place._replace(**stated)
