"""What people are to take out of stock for orders, as it is printed."""

from odoo import models

from ..access.arguments import check_records
from ..texts import format_quantity
from .issue_by_hand import TO_ISSUE_BY_HAND


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _get_pick_rows(self):
        """:return: as of the components' method"""
        return self.move_raw_ids._get_pick_rows()

    def _get_rows_by_hand(self):
        """The rows of the order's own print-out: what is to be issued by hand, and what
        was recorded or issued of it already.

        :return: as ``_get_pick_rows``, with ``used``: the quantity, or None
        """
        self.ensure_one()
        by_hand = self.move_raw_ids.filtered(lambda move: move._is_manual())
        used = by_hand.filtered(lambda move: move.picked and move.state != "cancel")
        rows = [{**row, "used": None} for row in (by_hand - used)._get_pick_rows()]
        return rows + [row for move in used for row in move._get_used_rows()]


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_pick_rows(self):
        """Where each component that is to be issued by hand would be taken from now:
        what its order has reserved, then by the removal strategy. In walking order:
        by the places' complete names, as core prints its transfers.

        :return: a list of dicts: ``move``, ``product``, ``order``, ``location``,
            ``lot``, ``package``, ``quantity`` and ``unit`` in words, ``is_missing``:
            none was found in stock
        """
        moves = self.filtered_domain(TO_ISSUE_BY_HAND)
        plan = moves._plan_issue({move: move.quantity_to_issue for move in moves})
        rows = [row for move in moves for row in move._prepare_pick_rows(plan[move])]
        return sorted(
            rows,
            key=lambda row: (
                row["location"].complete_name or "",
                row["product"].display_name or "",
                row["is_missing"],
                row["lot"].name or "",
                row["order"].name or "",
            ),
        )

    def _prepare_pick_rows(self, allocation):
        self.ensure_one()
        places = {}
        for take in allocation.takes:
            places[take.place] = places.get(take.place, 0.0) + take.quantity
        rows = [
            self._prepare_pick_row(
                quantity,
                location=self.env["stock.location"].browse(place.location),
                lot=self.env["stock.lot"].browse(place.lot or ()),
                package=self.env["stock.package"].browse(place.package or ()),
            )
            for place, quantity in places.items()
        ]
        unit = self.product_id.uom_id
        if unit.compare(allocation.rest, 0) > 0:
            is_missing = self.product_id.is_storable
            rows.append(self._prepare_pick_row(allocation.rest, is_missing=is_missing))
        return rows

    def _prepare_pick_row(self, quantity, is_missing=False, **place):
        """:param quantity: in the product's unit"""
        quantity = self._in_own_unit(quantity)
        return {
            "move": self,
            "product": self.product_id,
            "order": self.raw_material_production_id,
            "location": self.location_id,
            "lot": self.env["stock.lot"],
            "package": self.env["stock.package"],
            "quantity": format_quantity(self.env, quantity),
            "unit": self.product_uom._get_spoken_name(quantity),
            "is_missing": is_missing,
            **place,
        }

    def _get_used_rows(self):
        """:return: as of the order's ``_get_rows_by_hand``, of what was recorded"""
        self.ensure_one()
        rows = []
        for line in self.move_line_ids:
            row = self._prepare_pick_row(
                line.quantity_product_uom, location=line.location_id, lot=line.lot_id
            )
            rows.append({**row, "used": row["quantity"]})
        if not rows:
            # A person said that none was used.
            rows = [{**self._prepare_pick_row(0.0), "used": "0"}]
        return rows

    def action_print_pick_list(self):
        """:return: an action that prints what of these is to be issued by hand"""
        check_records(self)
        self._check_is_manufacturing_user()
        report = self.env.ref("mrp_backflush.action_report_component_pick_list")
        return report.report_action(self)
