"""What becomes core's when the module is uninstalled: see ``uninstall_hook``."""

from odoo import models

from .texts import format_quantity


class MrpBackflushException(models.Model):
    _inherit = "mrp.backflush.exception"

    def _describe_handover(self):
        """What waits, before it is cancelled, in words."""
        self.ensure_one()
        values = {
            "quantity": format_quantity(self.env, self.quantity),
            "unit": self.product_uom_id.display_name,
            "product": self.product_id.display_name,
        }
        if self.production_id.state == "done":
            return self.env._(
                "%(quantity)s %(unit)s of %(product)s waited for stock and were never "
                "issued: correct the stock, or the quantity used.",
                **values,
            )
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s waited for stock: they are issued "
            "when the order is marked done.",
            **values,
        )


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _hand_over_issues(self):
        """Core counts in the finished product's cost what is posted with it: what was
        issued before becomes an extra cost of each unit still to be produced.

        :return: what was issued, in words, a line for each component
        """
        self.ensure_one()
        issues = self._get_early_issues()
        value = sum(issue._get_posted_value() for issue in issues)
        value += self._get_counted_cost()
        if "extra_cost" in self._fields and value:
            self.extra_cost += value / self.product_uom_id._compute_quantity(
                self.product_qty - self.qty_produced, self.product_id.uom_id
            )
        return [
            self.env._(
                "%(quantity)s %(unit)s of %(product)s%(lots)s were issued before "
                "completion: what they cost is in the order's extra cost.",
                quantity=format_quantity(self.env, issue.quantity),
                unit=issue.product_uom.display_name,
                product=issue.product_id.display_name,
                lots="".join(f", {name}" for name in issue.lot_ids.mapped("name")),
            )
            for issue in issues
        ]


class StockMove(models.Model):
    _inherit = "stock.move"

    def _hand_over_counts(self):
        """Nobody counts any more what completed orders used At Count.

        :return: lines for the orders' chatters, by order
        """
        pending = self.search(
            [("is_count_pending", "=", True), ("state", "not in", ("done", "cancel"))]
        )
        pending._action_cancel()
        notes = {}
        for company in pending.company_id:
            for move, quantity in self._find_left_to_count(company).items():
                note = self.env._(
                    "%(quantity)s %(unit)s of %(product)s were left to a count and "
                    "never issued: correct the stock, or the quantity used.",
                    quantity=format_quantity(self.env, quantity),
                    unit=move.product_id.uom_id.display_name,
                    product=move.product_id.display_name,
                )
                notes.setdefault(move.raw_material_production_id, []).append(note)
        return notes

    def _hand_over(self):
        """Have core post of these components, when their orders are marked done, what
        this module would: what was recorded, and what is left to issue.

        Core leaves out what isn't filled in once something was reported. Manual
        components are backflushed from now on, as all others.
        """
        recorded = self.filtered(lambda move: move._is_recorded())
        # Core fills in anew, and picks, what doesn't bear its flag.
        recorded.manual_consumption = True
        reported = (self - recorded).filtered(
            lambda move: (
                move.raw_material_production_id.qty_producing
                and (move._is_not_filled_in() or move.is_parked)
            )
        )
        for move, need in reported._get_needs().items():
            move._set_quantity_done(need.open)
            move.picked = bool(need.open)
