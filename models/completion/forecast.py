"""What completing orders one after the other takes and gives, for reading."""

from collections import defaultdict
from dataclasses import replace

from odoo import fields, models

from ..rules.backflush_plan import Output, Place, Turn, allocate_in_turn


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _plan_completion(self, ready, backordered):
        """Where everything would come from if these orders were completed now, in the
        given order.

        :param ready: those of them that can be completed if nothing is missing
        :param backordered: those of them whose rest goes to a backorder
        :return: an Allocation by component
        """
        components = self.move_raw_ids.browse().concat(
            *(order._get_components() for order in self)
        )
        quantities = {
            move: move._get_quantity_at_completion(need)
            for move, need in components._get_needs().items()
        }
        reserving = backordered._forecast_backorders(quantities)
        requests = components._prepare_requests(quantities, needs_scans=True)
        requests = dict(zip(components, requests, strict=True))
        by_order = components.grouped("raw_material_production_id")
        outputs = self._forecast_outputs(components)
        ready_ids = set(ready.ids)
        places = defaultdict(list)
        turns = []
        for order in self:
            own = tuple(
                move._add_output_places(requests[move], places[move.product_id.id])
                for move in by_order.get(order, ())
            )
            turns.append(
                Turn(
                    own,
                    tuple(outputs[order]),
                    order.id in ready_ids,
                    tuple(reserving[order]),
                )
            )
            for output in outputs[order]:
                places[output.product].append(output.place)
        return dict(zip(components, allocate_in_turn(turns), strict=True))

    def _forecast_backorders(self, quantities):
        """What the backorders of these orders have reserved when they are made.

        :param quantities: what completing the orders takes, by component, in its unit
        :return: a list of Request by order
        """
        reserving = defaultdict(list)
        components = self.filtered(
            lambda order: order.picking_type_id.reservation_method == "at_confirm"
        )._get_components()
        components = components.filtered(
            lambda move: (
                move.procure_method == "make_to_stock"
                and not move._should_bypass_reservation()
            )
        )
        planned, needs = components._get_planned_needs(), components._get_needs()
        rest = {move: planned[move].total - needs[move].total for move in components}
        # With both, so that stock is looked at beyond what the order holds itself.
        requests = components._prepare_requests(
            {move: quantities[move] + max(rest[move], 0.0) for move in components}
        )
        for move, request in zip(components, requests, strict=True):
            left = move._in_product_unit(rest[move])
            if not (request.is_strict or request.is_as_core):
                # It goes on holding what the order doesn't use of its own.
                held = sum(own.quantity for own in request.reservations)
                used = move._in_product_unit(quantities[move])
                left -= max(held - used, 0.0)
            if move.product_id.uom_id.compare(left, 0) > 0:
                reserving[move.raw_material_production_id].append(
                    replace(request, quantity=left, reservations=())
                )
        return reserving

    def _forecast_outputs(self, components):
        """What these orders put into stock of what these components are made of.

        :return: a list of Output by order
        """
        outputs = defaultdict(list)
        used = components.product_id
        if not (self.product_id | self.move_byproduct_ids.product_id) & used:
            return outputs
        waiting = {}
        for order in self:
            for move in order.move_finished_ids:
                product, location = move.product_id, move.location_dest_id
                if (
                    move.state in ("done", "cancel")
                    or not product.is_storable
                    or product not in used
                ):
                    continue
                if (product, location) not in waiting:
                    waiting[product, location] = move._forecast_waiting()
                outputs[order] += move._forecast_output(waiting[product, location])
        return outputs


class StockMove(models.Model):
    _inherit = "stock.move"

    def _forecast_output(self, waiting):
        """What completing the order now puts into stock of this finished product or
        by-product: an Output by lot.

        :param waiting: moves that wait for it
        """
        unit = self.product_id.uom_id
        quantity = self.product_uom._compute_quantity(
            self._forecast_quantity(), unit, rounding_method="HALF-UP"
        )
        if unit.compare(quantity, 0) <= 0:
            return []
        location = self.move_line_ids.location_dest_id[:1]
        if not location:
            location = self.location_dest_id._get_putaway_strategy(
                self.product_id, quantity
            )
        lots = self._forecast_lots()
        # As core: who ordered it for this very purpose goes before all.
        waiting = waiting.sorted(
            lambda move: not move.reference_ids & self.reference_ids
        )
        # And before those, whoever it is made to order for.
        made_for = self.move_dest_ids.filtered(
            lambda move: move.state in ("waiting", "confirmed", "partially_available")
        )
        lacking = tuple(
            (move.id, move.product_qty - move._get_held())
            for move in made_for | waiting
        )
        return [
            Output(
                self.product_id.id,
                Place(location.id, lot),
                quantity / len(lots),
                lacking,
            )
            for lot in lots
        ]

    def _forecast_quantity(self):
        """In the unit of this finished product or by-product."""
        order = self.production_id
        if self.picked or (order.qty_producing and self.product_id != order.product_id):
            return self.quantity
        reported = order.qty_producing or order.product_qty
        rest = reported - order.qty_produced
        return self.product_uom.round(rest * self.unit_factor)

    def _forecast_lots(self):
        """Ids, None where there is none; of a lot that completion makes, no lot's."""
        if self.product_id.tracking == "none":
            return [None]
        order = self.production_id
        is_product = self.product_id == order.product_id
        lots = order.lot_producing_ids if is_product else self.move_line_ids.lot_id
        return lots.ids or [-self.id]

    def _forecast_waiting(self):
        """The moves for which core reserves this finished product as soon as it is
        there, in its order."""
        parameters = self.env["ir.config_parameter"].sudo()
        if parameters.get_param("stock.picking_no_auto_reserve"):
            return self.browse()
        return self.search(
            self._get_domain_of_waiting(self.product_id, self.location_dest_id),
            order="priority desc, date asc, id asc",
        )

    def _get_domain_of_waiting(self, product, location):
        """As core looks for who may be reserved for: in stock, due or at once."""
        return [
            ("product_id", "=", product.id),
            ("location_id", "=", location.id),
            ("state", "in", ("confirmed", "partially_available")),
            ("procure_method", "=", "make_to_stock"),
            "|",
            ("reservation_date", "<=", fields.Date.today()),
            ("picking_type_id.reservation_method", "=", "at_confirm"),
        ]

    def _add_output_places(self, request, places):
        """:param places: where what the orders before produce is put
        :return: a Request that is served from there, too
        """
        locations = self.env["stock.location"]
        found = tuple(
            place
            for place in places
            if locations.browse(place.location)._child_of(self.location_id)
        )
        return replace(request, output_places=found) if found else request
