"""Shortages of components: allowed, blocked or parked."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..access.system_fields import create_by_system, creating_by_system
from ..call_scope import COMPLETION
from ..posting.stock_quant import get_place
from ..rules.shortage import ALLOW, BLOCK, PARK, Shortage
from ..texts import format_quantity
from .blocked import get_blocking_error

# In a message, of each component.
HOLDERS_NAMED = 5


class StockMove(models.Model):
    _inherit = "stock.move"

    backflush_exception_ids = fields.One2many(
        "mrp.backflush.exception",
        "move_id",
        string="Waiting Components",
        readonly=True,
    )
    is_parked = fields.Boolean(
        string="Was Waiting",
        copy=False,
        readonly=True,
        help="Something of this component was waiting, or still is.",
    )
    settles_exception_id = fields.Many2one(
        "mrp.backflush.exception",
        string="Settles Waiting Component",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The waiting component that this move settles, or is to settle.",
    )
    parked_quantity = fields.Float(
        string="Waiting",
        compute="_compute_parked_quantity",
        digits="Product Unit",
        help="Not in stock yet: waiting.",
    )

    @api.depends(
        "is_parked",
        "backflush_exception_ids.state",
        "backflush_exception_ids.quantity",
    )
    def _compute_parked_quantity(self):
        for move in self:
            move.parked_quantity = move._get_parked()

    def _get_parked(self):
        """What waits for stock, in the component's unit."""
        if not self.is_parked:
            return 0.0
        return sum(
            exception.product_uom_id._compute_quantity(
                exception.quantity, self.product_uom, round=False
            )
            for exception in self._get_open_exceptions()
        )

    def _get_open_exceptions(self):
        if not any(self.mapped("is_parked")):
            return self.env["mrp.backflush.exception"]
        # Whoever sees the order sees what it waits for.
        exceptions = self._origin.sudo().backflush_exception_ids
        return exceptions.filtered(lambda exception: exception.state == "open")

    def _check_nothing_parked(self):
        """:raise UserError: something waits for stock"""
        parked = self.filtered(lambda move: move._get_open_exceptions())
        if parked:
            raise UserError(
                self.env._(
                    "These components are waiting. Issue or cancel them first:\n%s",
                    parked._list_components(),
                )
            )

    # Which rule.

    def _get_shortage_rules(self):
        """:return: the rule by component"""
        if not (self.company_id._has_any_shortage_rules() or self.settles_exception_id):
            # Most companies have none.
            return dict.fromkeys(self, ALLOW)
        completion = COMPLETION.get(self.env)
        by_category = completion.shortage_rules if completion else {}
        return {move: move._get_shortage_rule(by_category) for move in self}

    def _get_shortage_rule(self, by_category):
        """:param by_category: what was found for others, by company and category"""
        self.ensure_one()
        if self.settles_exception_id and self.state != "done":
            return PARK
        company = self.company_id
        production = self.raw_material_production_id
        if (
            not production
            or not company._has_shortage_rules()
            # Completed by a receipt: the goods are there, whatever stock says.
            or production._is_subcontracted()
            or self._should_bypass_reservation()
        ):
            return ALLOW
        key = company, self.product_id.categ_id
        if key not in by_category:
            by_category[key] = company._resolve_shortage_rule(key[1].sudo())[0]
        return by_category[key]

    def _is_location_blocked(self):
        """Whether nothing can be taken from where the component comes from."""
        self.ensure_one()
        return not self.location_id.active or self.location_id.usage == "view"

    # What is short, and why.

    def _get_shortages(self, allocations, needs_scans=False):
        """What of these allocations isn't there, where the rule isn't to allow it.

        :param needs_scans: as in ``_plan_issue``
        :return: a list of Shortage by component, those without any left out
        """
        short = self.filtered(
            lambda move: (
                move in allocations
                and allocations[move].request.is_strict
                and allocations[move].short
            )
        )
        if not short:
            return {}
        quants = short._read_quants().grouped("product_id")
        holders = short._read_holders()
        return {
            move: move._describe_shortages(
                allocations[move],
                needs_scans and move._is_lot_scan_required(),
                [
                    quant
                    for quant in quants.get(move.product_id, ())
                    if quant.location_id._child_of(move.location_id)
                ],
                holders[move],
            )
            for move in short
        }

    def _describe_shortages(self, allocation, is_unscanned, quants, holders):
        in_own_unit = self._in_own_unit
        facts = {
            "needed": in_own_unit(allocation.request.quantity),
            "available": in_own_unit(allocation.taken),
            "is_location_blocked": self._is_location_blocked(),
            "is_unscanned": is_unscanned,
            "expired": sum(self._get_expired_stock().mapped("quantity")),
            "without_lot": sum(
                quant.quantity
                for quant in quants
                if self._is_lot_required() and not quant.lot_id
            ),
            "reserved": sum(line.quantity_product_uom for line in holders),
            "open_pickings": tuple(self._get_open_pickings().mapped("name")),
        }
        return [
            Shortage(quantity=quantity, lot=lot, **facts)
            for lot, quantity in allocation.missing
        ]

    def _explain_shortage(self, shortage, holders=(), arrival=None):
        """A shortage in words: what is needed, what is there, who has the rest, and
        when more is expected.

        :param holders: lines of other documents that hold stock of the component
        :param arrival: the next move that brings more of it
        """
        self.ensure_one()
        unit = self.product_uom.display_name
        parts = [
            self.env._(
                "needed %(needed)s %(unit)s, available %(available)s in %(location)s",
                needed=format_quantity(self.env, shortage.needed),
                unit=unit,
                available=format_quantity(self.env, shortage.available),
                location=self.location_id.display_name,
            )
        ]
        if shortage.lot:
            lot = self.env["stock.lot"].browse(shortage.lot)
            parts.append(self.env._("of %s", lot.name))
        if shortage.is_location_blocked:
            parts.append(self.env._("nothing can be taken from that location"))
        if shortage.is_unscanned:
            parts.append(self.env._("the lots used must be scanned"))
        if shortage.open_pickings:
            parts.append(
                self.env._("transfer pending: %s", ", ".join(shortage.open_pickings))
            )
        if shortage.expired > 0:
            parts.append(self._name_expired_lots(self._get_expired_stock()))
        if shortage.without_lot > 0:
            parts.append(
                self.env._(
                    "%s have no lot or serial number",
                    format_quantity(self.env, self._in_own_unit(shortage.without_lot)),
                )
            )
        parts += self._name_holders(holders)
        parts += self._name_arrival(arrival)
        return "; ".join(parts)

    def _name_arrival(self, arrival):
        """When more is expected: quantity, date, document."""
        expected = self._describe_arrival(arrival)
        if expected:
            yield self.env._(
                "%(quantity)s expected on %(date)s with %(document)s",
                quantity=format_quantity(self.env, expected["quantity"]),
                date=format_date(self.env, expected["date"]),
                document=expected["document"],
            )

    def _name_holders(self, holders):
        """Who has reserved stock of the component: document, quantity, date."""
        described = self._describe_reservations(holders)
        for held in described[:HOLDERS_NAMED]:
            yield self.env._(
                "%(quantity)s reserved for %(document)s (%(date)s)",
                quantity=format_quantity(self.env, held["quantity"]),
                document=held["document"],
                date=format_date(self.env, held["date"]),
            )
        if len(described) > HOLDERS_NAMED:
            yield self.env._("%s more reservations", len(described) - HOLDERS_NAMED)

    # Apply.

    def _apply_shortage_rules(self, allocations, needs_scans):
        """Refuse what is blocked; park what is to be parked.

        :param allocations: by component
        :param needs_scans: as in ``_plan_issue``
        :return: allocations of what may be posted, by component
        :raise UserError: listing everything that is short and blocked
        """
        shortages = self._get_shortages(allocations, needs_scans)
        self._refuse_shortages(shortages)
        self._park(shortages)
        return {
            move: (
                allocation.without_short()
                if allocation.request.is_strict and allocation.short
                else allocation
            )
            for move, allocation in allocations.items()
        }

    def _refuse_shortages(self, shortages):
        """:raise UserError: listing every component that is short and blocked"""
        rules = self._get_shortage_rules() if shortages else {}
        blocked = [move for move in shortages if rules[move] == BLOCK]
        if not blocked:
            return
        blocked = self.browse().union(*blocked)
        holders, arrivals = blocked._read_holders(), blocked._read_arrivals()
        lines = [
            f"- {move.raw_material_production_id.display_name}: "
            f"{move.product_id.display_name}, "
            + move._explain_shortage(shortage, holders[move], arrivals[move])
            for move in blocked
            for shortage in shortages[move]
        ]
        raise get_blocking_error(
            self.env._(
                "There is not enough in stock of these components, and nothing was "
                "posted:\n%s",
                "\n".join(lines),
            ),
            self.env._("Not Enough Stock"),
            [*blocked._get_ways_to_preview(), *blocked._get_ways_to_forecast()],
        )

    def _park(self, shortages):
        """Have what is missing wait as exceptions.

        :param shortages: a list of Shortage by component
        :return: the exceptions
        """
        if not shortages:
            return self.env["mrp.backflush.exception"]
        holders = self.browse().union(*shortages)._read_holders()
        exceptions = create_by_system(
            self.env["mrp.backflush.exception"].sudo(),
            [
                move._prepare_exception_vals(shortage, holders[move])
                for move, found in shortages.items()
                for shortage in found
            ],
        )
        exceptions._announce()
        return exceptions

    def _prepare_exception_vals(self, shortage, holders):
        self.ensure_one()
        production = self.raw_material_production_id
        # 5 of a dozen can only be said in pieces.
        stock_unit = self.product_id.uom_id
        unit, quantity = self.product_uom, self._in_own_unit(shortage.quantity)
        if stock_unit.compare(self._in_product_unit(quantity), shortage.quantity):
            unit, quantity = stock_unit, stock_unit.round(shortage.quantity)
        return {
            "production_id": production.id,
            "move_id": self.id,
            "product_id": self.product_id.id,
            "quantity": quantity,
            "product_uom_id": unit.id,
            "location_id": self.location_id.id,
            "lot_id": shortage.lot,
            "reason": shortage.reason,
            "message": self._explain_shortage(shortage, holders),
            "user_id": (production.user_id or self.env.user).id,
            "company_id": self.company_id.id,
        }

    def _limit_to_available(self):
        """Before these filled-in components are posted: leave on them what may be
        posted, by the rules.

        :raise UserError: listing everything that is short and blocked
        """
        rules = self._get_shortage_rules()
        ruled = self.filtered(lambda move: rules[move] != ALLOW)
        if not ruled:
            return
        ruled._repair_reservations()
        allocations = ruled._plan_issue(
            {move: move.quantity for move in ruled}, needs_scans=True
        )
        allocations = ruled._apply_shortage_rules(allocations, needs_scans=True)
        for move in ruled:
            # What the lines hold may also be gone, and be found elsewhere.
            commands = move._get_commands_to_hold(allocations[move])
            if commands:
                with creating_by_system(self.env):
                    move.move_line_ids = commands

    def _repair_reservations(self):
        """Where rules ask what is there, it must not be understated, nor taken by
        somebody else meanwhile."""
        rules = self._get_shortage_rules()
        ruled = self.filtered(lambda move: rules[move] != ALLOW)
        if ruled:
            ruled._wait_for_turn()
            ruled._read_quants()._repair_reservations()

    def _check_shortages_at_completion(self):
        """Before core's dialogs, for the person who would answer them in vain.

        :raise UserError: listing everything that is short and blocked
        """
        rules = self._get_shortage_rules()
        blocking = self.filtered(lambda move: rules[move] == BLOCK)
        if not blocking:
            return
        blocking._repair_reservations()
        quantities = {
            move: move._get_quantity_at_completion(need)
            for move, need in blocking._get_needs().items()
        }
        allocations = blocking._plan_issue(quantities)
        blocking._refuse_shortages(blocking._get_shortages(allocations))

    # What was parked and isn't needed any more.

    def _drop_parked_surplus(self, is_whole_order=False):
        """Cancel what is parked beyond the need: the quantity to produce was lowered,
        or less was reported.

        :param is_whole_order: of what the whole order needs, else what is reported
        """
        parked = self.filtered(lambda move: move._get_open_exceptions())
        if not parked:
            return
        needs = (
            parked._get_whole_order_needs() if is_whole_order else parked._get_needs()
        )
        for move, need in needs.items():
            if not move.product_uom.is_zero(need.parked_surplus):
                move._get_open_exceptions()._reduce(need.parked_surplus)

    # Who loses what is taken although others have reserved it.

    def _get_held(self):
        """What the move has reserved, in the product's unit."""
        return sum(self.move_line_ids.mapped("quantity_product_uom"))

    def _find_taken_reservations(self, quantity, holders):
        """Whose reservations core would take for what isn't there.

        :param quantity: short, in the product's unit
        :param holders: lines of others at the component's location and below
        :return: pairs of a line and the quantity taken from it
        """
        place = self.location_id.id
        exposed = [
            line
            for line in holders
            if get_place(line) == (place, None, None, None) and not line.picked
        ]
        return self._share_out_loss(quantity, exposed)

    def _share_out_loss(self, quantity, lines):
        """As core: who is due last loses first.

        :param quantity: that others lose of this component, in the product's unit
        :param lines: theirs
        :return: pairs of a line and the quantity taken from it
        """
        losses = []
        for line in sorted(
            lines, key=lambda line: (line.move_id.date, line.id), reverse=True
        ):
            lost = min(quantity, line.quantity_product_uom)
            if self.product_id.uom_id.compare(lost, 0) > 0:
                losses.append((line, lost))
                quantity -= lost
        return losses

    # Stock arrives.

    def _trigger_settlement(self):
        """Have the exceptions settled that wait for what these moves have brought, in
        the background right after this."""
        companies = self.company_id.filtered(
            lambda company: company._may_have_open_exceptions()
        )
        arrived = self.filtered(
            lambda move: (
                move.company_id in companies
                and move.state == "done"
                and not move.location_dest_id.should_bypass_reservation()
            )
        )
        if not arrived:
            return
        waiting = self.env["mrp.backflush.exception"].sudo()._find_waiting_for(arrived)
        if waiting:
            cron = self.env.ref("mrp_backflush.ir_cron_settle_arrived")
            cron.sudo()._trigger()

    # What waits is a move of its own, and of no transfer.

    def _should_be_assigned(self):
        return super()._should_be_assigned() and not self.settles_exception_id

    def _get_source_document(self):
        document = super()._get_source_document()
        return document or self.settles_exception_id.production_id or self.line_count_id
