"""What completing orders now would issue: the plan, for reading."""

from collections import defaultdict

from odoo import api, models

from ..access.arguments import check_records
from ..lots.lot_origin import INFERRED
from ..rules.shortage import ALLOW, PARK
from ..shortage.documents import link_document, name_document


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    @api.readonly
    def get_backflush_plan(self):
        """Say what would be issued if these orders were completed now.

        Nothing is written, and the posting follows the same rules. Quantities are in
        the component's unit.

        :return: a list of dicts, one for each component still open:

            - ``move_id``, ``product_id``, ``product_uom_id``, ``production_id``: ids;
              ``uom_id``: the unit by its name in Odoo 20
            - ``issue_method``, ``issue_method_source``: and the level that decided
            - ``need``: what the quantity reported (else the whole order) calls for
            - ``issued``: before completion, less what was returned
            - ``quantity``: would be issued now; 0 for a manual component that nobody
              recorded
            - ``shortage``: the part of ``quantity`` that no free stock is there for
            - ``shortage_rule``: what happens to it: ``allow``, ``block`` or ``park``
            - ``shortage_reason``: why it would be blocked or parked, else False
            - ``unrecorded``: what is to be issued by hand and nobody recorded;
              ``unrecorded_rule``: what completing does about that: ``left_out``,
              ``asked`` (a person is asked first), ``block``; else False
            - ``expected``: what brings more next of what is short: a dict of
              ``document``, ``document_model``, ``document_id``, ``quantity`` and
              ``date``; else False
            - ``taken_from``: under ``allow``, dicts of ``document`` and ``quantity``:
              whose reservations would be taken
            - ``parked``: waits for stock already
            - ``location_id``, ``supply_location_source``: and the level that decided
            - ``lots``: dicts of ``lot_id``, ``name``, ``location_id``, ``quantity``,
              ``lot_origin``
            - ``on_hand``: at the location and below; ``on_hand_after``: after issuing
            - ``reserved_by_others``; ``available``: on hand less that, and less the
              lots past their removal date where the system must not choose them
            - ``reservations``: dicts of ``document``, ``document_model``,
              ``document_id``, ``quantity``, ``date`` of others
            - ``open_pickings``: names of transfers that are to bring it and aren't done
        """
        check_records(self)
        components = self._get_components().filtered(
            lambda move: not move.raw_material_production_id._is_subcontracted()
        )
        return components._get_plan()


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_plan(self):
        """:return: as ``get_backflush_plan``"""
        needs = self._get_needs()
        quantities = {
            move: move._get_quantity_at_completion(need) for move, need in needs.items()
        }
        allocations = self._plan_issue(quantities, needs_scans=True, is_forecast=True)
        shortages = self._get_shortages(allocations, needs_scans=True)
        rules = self._get_shortage_rules()
        lacking = {move: move._get_shortage(allocations[move]) for move in needs}
        arrivals = (
            self.browse()
            .concat(*(move for move, quantity in lacking.items() if quantity))
            ._read_arrivals()
        )
        holders = self._read_holders()
        on_hand = self._read_on_hand()
        origins = self._get_lot_origins()
        return [
            {
                **move._describe_component(),
                "need": need.total,
                "issued": move.product_uom.round(need.issued),
                "quantity": move.product_uom.round(quantities[move]),
                "parked": move.product_uom.round(need.parked),
                **move._describe_unrecorded(need),
                "shortage": lacking[move],
                "shortage_rule": rules[move],
                "shortage_reason": next(
                    (shortage.reason for shortage in shortages.get(move, ())), False
                ),
                "expected": move._describe_arrival(arrivals.get(move)),
                "taken_from": move._describe_taken_reservations(
                    rules[move], allocations[move], holders[move]
                ),
                "lots": move._describe_lots(allocations[move], origins),
                **move._describe_stock(
                    move._get_leaving(rules[move], quantities[move], allocations[move]),
                    on_hand,
                    holders[move],
                ),
            }
            for move, need in needs.items()
        ]

    def _describe_component(self):
        return {
            "move_id": self.id,
            "production_id": self.raw_material_production_id.id,
            "product_id": self.product_id.id,
            # The latter is its name in Odoo 20.
            **dict.fromkeys(("product_uom_id", "uom_id"), self.product_uom.id),
            "issue_method": self.issue_method,
            "issue_method_source": self.issue_method_source,
            "location_id": self.location_id.id,
            "supply_location_source": self._get_supply_location_source(),
            "open_pickings": self._get_open_pickings().mapped("name"),
        }

    def _describe_taken_reservations(self, rule, allocation, holders):
        """Whose reservations completing would take: untracked ones only, core refuses
        to take what has no lot."""
        if rule != ALLOW or self.product_id.tracking != "none":
            return []
        return [
            {
                "document": name_document(line.move_id, self.company_id),
                "quantity": self._in_own_unit(quantity),
            }
            for line, quantity in self._find_taken_reservations(
                allocation.lacking, holders
            )
        ]

    def _get_shortage(self, allocation):
        """What no free stock is there for; of what isn't kept in stock, nothing."""
        if self._should_bypass_reservation():
            return 0.0
        return self._in_own_unit(allocation.lacking)

    def _describe_unrecorded(self, need):
        quantity = self.product_uom.round(self._get_unrecorded_quantity(need))
        return {
            "unrecorded": quantity,
            "unrecorded_rule": bool(quantity) and self._get_unrecorded_rule(),
            "left_to_count": self.product_uom.round(
                need.open if self._is_left_to_count() else 0.0
            ),
        }

    def _get_leaving(self, rule, quantity, allocation):
        """What leaves the stock: not what is parked."""
        return self._in_own_unit(allocation.taken) if rule == PARK else quantity

    def _get_lot_origins(self):
        """How the lot of each line came to be known, by the line's id."""
        return {line.id: line.lot_origin for line in self.move_line_ids}

    def _describe_lots(self, allocation, origins):
        lots = self.env["stock.lot"]
        # What is reserved of a lot is made up from what is free of it.
        quantities = defaultdict(float)
        for take in allocation.takes:
            origin = origins.get(take.reservation) or INFERRED
            quantities[take.place.lot, take.place.location, origin] += take.quantity
        return [
            {
                "lot_id": lot_id,
                "name": lots.browse(lot_id).name,
                "location_id": location_id,
                "quantity": self._in_own_unit(quantity),
                "lot_origin": origin,
            }
            for (lot_id, location_id, origin), quantity in quantities.items()
            if lot_id
        ]

    def _describe_stock(self, quantity, on_hand, holders):
        on_hand = self._in_own_unit(on_hand[self.product_id, self.location_id])
        reserved = self._in_own_unit(sum(line.quantity_product_uom for line in holders))
        return {
            "on_hand": on_hand,
            "on_hand_after": self.product_uom.round(on_hand - quantity),
            "reserved_by_others": reserved,
            "available": self.product_uom.round(
                on_hand - reserved - self._get_free_expired(holders)
            ),
            "reservations": self._describe_reservations(holders),
        }

    def _get_free_expired(self, holders):
        """What nobody may take but a person, in the component's unit.

        :param holders: lines of other documents
        """
        quants = self._get_expired_stock()
        held = sum(
            line.quantity_product_uom
            for line in holders
            if line.lot_id in quants.lot_id
        )
        return self._in_own_unit(max(sum(quants.mapped("quantity")) - held, 0.0))

    def _describe_reservations(self, holders):
        """:param holders: lines of other documents"""
        return [
            {
                "document": name_document(line.move_id, self.company_id),
                **link_document(line.move_id, self.company_id),
                "quantity": self._in_own_unit(line.quantity_product_uom),
                "date": line.move_id.date,
            }
            for line in holders
        ]
