from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _release_from(self, moves):
        """Have these transfers not wait for, or serve, moves that are undone. Core
        merges those of several orders into one where their pickings are the same.

        :param moves: of the order that was undone
        """
        for move in self.filtered(lambda move: move.state not in ("done", "cancel")):
            move._do_unreserve()
            linked = moves & (move.move_orig_ids | move.move_dest_ids)
            left = move.product_uom_qty - sum(
                other.product_uom._compute_quantity(other.quantity, move.product_uom)
                for other in linked
            )
            others = (move.move_orig_ids | move.move_dest_ids) - linked
            is_shared = bool(others.filtered(lambda other: other.state != "cancel"))
            if is_shared and move.product_uom.compare(left, 0) > 0:
                move.move_orig_ids -= linked
                move.move_dest_ids -= linked
                move.product_uom_qty = left
                move._action_assign()
            else:
                move._action_cancel()

    # Lots that were scanned for a report.

    def _get_scanned_lines(self):
        return self.move_line_ids.filtered(lambda line: line._is_lot_scanned())

    def _take_from_scanned(self, need, left):
        """:param need: in the product's unit
        :param left: what was scanned, by lot; what is taken is taken off
        :return: quantities by lot
        """
        self.ensure_one()
        taken = {}
        for lot, quantity in left.items():
            part = min(quantity, need - sum(taken.values()))
            if lot.product_id == self.product_id and (
                lot.product_id.uom_id.compare(part, 0) > 0
            ):
                taken[lot] = part
        for lot, part in taken.items():
            left[lot] -= part
        return taken

    def _prepare_scanned_vals(self, lot, quantity):
        """Lines for one lot: from where it lies, the rest from the component's place.

        :param quantity: in the product's unit
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        rows, rest = [], quantity
        for quant in self._read_quants().filtered(
            lambda quant: quant.lot_id == lot and quant.quantity > 0
        ):
            part = min(quant.quantity, rest)
            if unit.compare(part, 0) > 0:
                rows.append((quant, part))
                rest -= part
        vals = [
            {
                "location_id": quant.location_id.id,
                "package_id": quant.package_id.id,
                "owner_id": quant.owner_id.id,
                "quantity": part,
            }
            for quant, part in rows
        ]
        if unit.compare(rest, 0) > 0:
            vals.append({"location_id": self.location_id.id, "quantity": rest})
        return [
            {
                **row,
                "move_id": self.id,
                "product_id": self.product_id.id,
                "product_uom_id": unit.id,
                "location_dest_id": self.location_dest_id.id,
                "lot_id": lot.id,
            }
            for row in vals
        ]
