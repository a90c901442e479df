"""Where a quantity would come from: reads, and asks the rules. Nothing is written."""

from collections import defaultdict

from odoo import fields, models

from ..core_methods import CoreMethods, is_cores_own
from ..lots.lot_origin import CONFIRMED
from ..rules.backflush_plan import Request, Reservation, Stock, allocate
from ..rules.shortage import ALLOW, PARK
from .stock_quant import RESERVING_STATES, get_place

# Stock for a component is found by the plan.
PASSED_BY = CoreMethods(
    {
        "stock.move": ("_set_quantity_done_prepare_vals",),
        "stock.quant": (
            "_gather",
            "_get_available_quantity",
            "_get_gather_domain",
            "_get_reserve_quantity",
        ),
    }
)


class StockMove(models.Model):
    _inherit = "stock.move"

    # The plan.

    def _plan_issue(self, quantities, lots=None, needs_scans=False, is_forecast=False):
        """Find out where each quantity would come from, without writing anything.

        :param quantities: by component, in its unit
        :param lots: the lots that a person chose, by component
        :param needs_scans: whether lots that must be scanned are left out until they
            are, where what is missing is parked
        :param is_forecast: whether a person reads it: looks at the stock of what is
            filled in already, too, which may not be there
        :return: an Allocation by component, in the product's unit
        """
        if not self:
            return {}
        requests = self._prepare_requests(quantities, lots, needs_scans, is_forecast)
        return dict(zip(self, allocate(requests), strict=True))

    def _prepare_requests(
        self, quantities, lots=None, needs_scans=False, is_forecast=False
    ):
        """:return: a Request for each, of what ``_plan_issue`` says"""
        lots = lots or {}
        rules = self._get_shortage_rules()
        strict = {move for move in self if rules[move] != ALLOW}
        unscanned, reservations, wanted = set(), {}, {}
        for move in self:
            wanted[move] = move.product_uom._compute_quantity(
                quantities[move], move.product_id.uom_id, round=False
            )
            if needs_scans and move._lacks_scan(rules[move], lots.get(move)):
                unscanned.add(move)
            if move in strict and move._is_location_blocked():
                continue
            reservations[move] = move._get_reservations(
                lots.get(move), move in unscanned, is_strict=move in strict
            )
        reached = self
        if len(reservations) < len(self):
            reached = self.browse().concat(*reservations)
        if not is_forecast:
            reached = reached._get_those_to_make_up(strict, reservations, wanted)
        stock = reached._read_stock(strict, lots) if reached else {}
        return [
            Request(
                key=move.id,
                product=move.product_id.id,
                quantity=wanted[move],
                rounding=move.product_id.uom_id.rounding,
                reservations=reservations.get(move, ()),
                stock=move._prefer_lots(stock.get(move, ()), lots.get(move)),
                is_tracked=move.product_id.tracking != "none",
                is_serial=move.product_id.tracking == "serial",
                is_strict=move in strict,
                takes_reserved_only=move in unscanned,
                is_as_core=not (
                    move in strict or lots.get(move) or move._get_confirmed_lots()
                ),
            )
            for move in self
        ]

    def _lacks_scan(self, rule, lots):
        """Whether what is missing waits until a person says which lots are used."""
        return rule == PARK and not lots and self._is_lot_scan_required()

    # Whether it says what is filled in.

    def _is_filled_by_plan(self):
        """Not where another module has a say in what is taken."""
        return self._may_be_filled_by_plan() and is_cores_own(self.env, PASSED_BY)

    def _may_be_filled_by_plan(self):
        """Not in forms, which show what saving them does; and core alone knows how to
        use up packages."""
        self.ensure_one()
        if not self._is_component() or not isinstance(self.id, int):
            return False
        strategy = self.env["stock.quant"]._get_removal_strategy(
            self.product_id, self.location_id
        )
        return strategy != "least_packages"

    def _is_filled_as_core(self):
        """Whether nothing says otherwise than core: no rule, no lot of a person."""
        company = self.company_id
        if company._has_any_shortage_rules() or self.settles_exception_id:
            if self._get_shortage_rules()[self] != ALLOW:
                return False
        if company._have_lot_rules() and self._skips_expired_lots():
            return False
        return not self._get_confirmed_lots()

    # What the order holds already.

    def _get_reservations(self, lots=None, is_scanned=False, is_strict=False):
        """What the order holds: reserved, or filled in already. What a person entered
        goes before what the system reserved.

        :param lots: those that a person named now: no others
        :param is_scanned: only what a person entered or confirmed
        :param is_strict: nothing that isn't really there
        """
        self.ensure_one()
        if self.state == "done":
            # What is posted is held by nobody.
            return ()
        lines = self.move_line_ids
        if lots:
            lines = lines.filtered(lambda line: line.lot_id in lots).sorted(
                lambda line: lots.ids.index(line.lot_id.id)
            )
        else:
            expired = self._get_lines_of_expired_lots()
            if expired:
                # Chosen when they were good. Not a difference of nothing: what lines
                # prefetch together would be lost.
                lines -= expired
            if self.product_id.tracking != "none" and is_strict:
                # Filled in without stock, which may be there by now.
                lines = lines.filtered(lambda line: line.lot_id or line.lot_name)
        if is_scanned:
            lines = lines.filtered(lambda line: line._is_lot_scanned())
        return tuple(
            Reservation(
                line.id,
                get_place(line),
                line.product_uom_id._compute_quantity(
                    line.quantity, self.product_id.uom_id, round=False
                ),
                line.lot_origin == CONFIRMED,
            )
            for line in lines.sorted(lambda line: line.lot_origin != CONFIRMED)
            if line.product_uom_id.compare(line.quantity, 0) > 0
        )

    def _get_confirmed_lots(self):
        """The lots that a person entered on the component already."""
        self.ensure_one()
        lots = self.move_line_ids.lot_id
        if not lots:
            return lots
        return self.move_line_ids.filtered(
            lambda line: line.lot_origin == CONFIRMED
        ).lot_id

    # What is in stock.

    def _get_those_to_make_up(self, strict, reservations, wanted):
        """Those for which what is reserved isn't enough, or must be looked at too:
        where nothing may be taken that isn't there, and where core makes up one
        reservation and lets go of another."""
        return self.filtered(
            lambda move: (
                move in strict
                or len(reservations[move]) > 1
                or move.product_id.uom_id.compare(
                    sum(own.quantity for own in reservations[move]), wanted[move]
                )
                < 0
            )
        )

    def _read_stock(self, strict, lots):
        """The stock at each component's location and below, in the order of its
        removal strategy; expired lots left out where the system must not choose them,
        unless a person did.

        :param strict: those of which nothing is taken that isn't really there: what
            they themselves have reserved counts as free for them
        :param lots: the lots that a person chose, by component
        :return: a tuple of Stock by component
        """
        now = fields.Datetime.now()
        quants = self._read_quants()
        by_product = quants.grouped("product_id")
        reserved = self._read_reserved_by_others() if strict else {}
        ordered = {}
        stock = {}
        for move in self:
            key = move.product_id, move.location_id
            if key not in ordered:
                ordered[key] = by_product.get(
                    move.product_id, quants.browse()
                )._sort_for_removal(*key)
            chosen = lots.get(move) or move._get_confirmed_lots()
            usable = ordered[key]
            if move._skips_expired_lots():
                usable = usable.filtered(
                    lambda quant, chosen=chosen: (
                        quant.lot_id in chosen or not quant._is_expired(now)
                    )
                )
            if move in strict:
                if move._is_lot_required():
                    usable = [quant for quant in usable if quant.lot_id]
                stock[move] = _get_stock_beside(usable, reserved)
            else:
                stock[move] = tuple(
                    Stock(get_place(quant), quant.quantity, quant.reserved_quantity)
                    for quant in usable
                )
        return stock

    def _prefer_lots(self, stock, lots):
        """The stock of the lots that a person chose: no other if named for an issue,
        before others if entered on the order."""
        if lots:
            chosen = [item for item in stock if item.place.lot in lots.ids]
            return tuple(
                sorted(chosen, key=lambda item: lots.ids.index(item.place.lot))
            )
        entered = self._get_confirmed_lots().ids
        if not entered:
            return stock
        return tuple(sorted(stock, key=lambda item: item.place.lot not in entered))

    def _is_lot_required(self):
        """Whether core posts nothing of it without a lot or serial number."""
        self.ensure_one()
        picking_type = self.picking_type_id
        return self.product_id.tracking != "none" and (
            not picking_type
            or picking_type.use_create_lots
            or picking_type.use_existing_lots
        )

    def _read_quants(self):
        return (
            self.env["stock.quant"]
            .sudo()
            .search(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id", "child_of", self.location_id.ids),
                ]
            )
        )

    def _read_on_hand(self):
        """On hand at each component's location and below, in the product's unit, by
        product and location."""
        found = defaultdict(float)
        quants = self._read_quants().grouped("product_id")
        for product, location in {(move.product_id, move.location_id) for move in self}:
            found[product, location] = sum(
                quant.quantity
                for quant in quants.get(product, ())
                if quant.location_id._child_of(location)
            )
        return found

    def _read_available(self):
        """What is in stock at each component's location and below, and isn't reserved
        for others; in its unit."""
        on_hand, holders = self._read_on_hand(), self._read_holders()
        return {
            move: move._in_own_unit(
                on_hand[move.product_id, move.location_id]
                - sum(line.quantity_product_uom for line in holders[move])
            )
            for move in self
        }

    # What others hold of it, and what is to be brought.

    def _read_reserved_by_others(self):
        """What other moves than these hold, in the product's unit, by product id and
        place. From their lines: what quants say of it may be wrong."""
        reserved = self._read_quants()._read_reserved()
        own = defaultdict(float)
        for line in self.move_line_ids:
            if line.state in RESERVING_STATES:
                key = line.product_id.id, get_place(line)
                own[key] += line.quantity_product_uom
        return {key: total - own[key] for key, total in reserved.items()}

    def _read_holders(self):
        """What other documents have reserved of each component's stock.

        :return: move lines by component
        """
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id", "child_of", self.location_id.ids),
                    ("state", "in", RESERVING_STATES),
                    ("quantity_product_uom", ">", 0),
                ],
                order="date, id",
            )
            .filtered("move_id.is_storable")
            .grouped("product_id")
        )
        return {
            move: [
                line
                for line in lines.get(move.product_id, ())
                if line.move_id.id != move.id
                and line.location_id._child_of(move.location_id)
            ]
            for move in self
        }

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

    def _get_open_pickings(self):
        """Transfers that bring the component to its location, and aren't done."""
        return self.move_orig_ids.filtered(
            lambda move: move.state not in ("done", "cancel")
        ).picking_id


def _get_stock_beside(quants, reserved):
    """The stock of these quants, in their order, beside what others have reserved.

    :param reserved: in the product's unit, by product id and place
    """
    on_hand = defaultdict(float)
    for quant in quants:
        on_hand[get_place(quant)] += quant.quantity
    product_id = quants[0].product_id.id if quants else None
    return tuple(
        Stock(place, quantity, reserved.get((product_id, place), 0.0))
        for place, quantity in on_hand.items()
    )
