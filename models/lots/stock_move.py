from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..call_scope import LOTS_CHOSEN_BY_SYSTEM
from ..rules.shortage import ALLOW, PARK
from ..texts import format_quantity
from .lot_origin import (
    CONFIRMED,
    INFERRED,
)


class StockMove(models.Model):
    _inherit = "stock.move"

    # Who chose the lot.

    def _write_lots(self, vals):
        """Write the values; lots that a person names in them are confirmed."""
        named_lots = set()
        if vals.get("lot_ids") and not LOTS_CHOSEN_BY_SYSTEM.get(self.env):
            named_lots = self._get_named_lots(vals["lot_ids"])
        result = self._write_facts(vals)
        if named_lots:
            # Core leaves the line alone where the system had chosen the same lot.
            components = self.filtered("raw_material_production_id")
            components.move_line_ids.filtered(
                lambda line: line.lot_id.id in named_lots
            )._mark_lot_origin(CONFIRMED)
        return result

    def _get_named_lots(self, commands):
        """Ids of the lots that these commands add or set."""
        lot_ids = set()
        for command in commands:
            if isinstance(command, int):
                lot_ids.add(command)
            elif command[0] == Command.LINK:
                lot_ids.add(command[1])
            elif command[0] == Command.SET:
                lot_ids.update(command[2])
        return lot_ids

    # Lots that must be scanned.

    def _is_lot_scan_required(self):
        """Whether a person has to say which lots of this component are used."""
        self.ensure_one()
        tracking = self.has_tracking
        if tracking not in ("lot", "serial"):
            return False
        company = self.company_id
        rule = company.lot_rule if tracking == "lot" else company.serial_rule
        if rule != "scan":
            return False
        production = (
            self.raw_material_production_id or self.settles_exception_id.production_id
        )
        return bool(production) and not production._is_subcontracted()

    def _is_to_be_posted(self):
        self.ensure_one()
        return self.picked and self.state not in ("done", "cancel")

    def _check_lots_scanned(self):
        """Check components that are about to be posted with the lots they have.

        :raise UserError: listing all components of which a person said nothing about
            the lots, or not about all, where the company wants them scanned
        """
        unscanned = self.filtered(lambda move: move._has_unscanned_lots())
        unscanned._refuse_unscanned_lots()

    def _has_unscanned_lots(self):
        self.ensure_one()
        if not self._is_lot_scan_required():
            return False
        lines = self.move_line_ids.filtered(
            lambda line: not line.product_uom_id.is_zero(line.quantity)
        )
        # Of a picked component core posts only the lines that are picked.
        lines = lines.filtered("picked") or lines
        return any(not line._is_lot_scanned() for line in lines)

    def _will_lack_scanned_lots(self):
        """Whether core would choose lots when it fills in what was not reported."""
        self.ensure_one()
        if not self._is_lot_scan_required() or not self._will_be_filled():
            return False
        order = self.raw_material_production_id
        quantity = self.product_qty
        if order.qty_producing:
            quantity = self._in_product_unit(self.should_consume_qty)
        scanned = sum(self._get_scanned_lines().mapped("quantity_product_uom"))
        return self.product_id.uom_id.compare(scanned, quantity) < 0

    def _get_scanned_lines(self):
        return self.move_line_ids.filtered(lambda line: line._is_lot_scanned())

    def _will_be_filled(self):
        """Whether core fills this component in at Done, as far as that is certain
        beforehand: tracked components that wait for their transfer it leaves out."""
        self.ensure_one()
        if self.picked or self.sudo()._should_bypass_set_qty_producing():
            return False
        return not self.raw_material_production_id._is_waiting_for_pick()

    def _get_refused_for_scans(self):
        """Components that can't be completed, because a person must scan their lots
        and didn't: what is to be parked waits for a scan as for stock."""
        unscanned = self.filtered(
            lambda move: (
                move._is_to_be_posted()
                and move._has_unscanned_lots()
                or move._will_lack_scanned_lots()
            )
        )
        rules = unscanned._get_shortage_rules()
        return unscanned.filtered(lambda move: rules[move] != PARK)

    def _refuse_unscanned_lots(self):
        if self:
            raise UserError(
                self.env._(
                    "The lots or serial numbers of these components must be scanned. "
                    "Enter them, or confirm the proposed ones:\n%s",
                    self._list_components(),
                )
            )

    # Lots past their removal date.

    def _skips_expired_lots(self):
        """Whether the system must not choose lots of this component that are past
        their removal date."""
        self.ensure_one()
        if self.company_id.expired_lot_rule != "skip":
            return False
        product = self.product_id
        production = (
            self.raw_material_production_id or self.settles_exception_id.production_id
        )
        return (
            bool(production)
            and product.tracking != "none"
            and "use_expiration_date" in product._fields
            and product.use_expiration_date
            and not production._is_subcontracted()
        )

    def _get_lines_of_expired_lots(self):
        """What the system chose when it was good, and must not use any more."""
        if not self.company_id._have_lot_rules():
            return self.env["stock.move.line"]
        moves = self.filtered(lambda move: move._skips_expired_lots())
        now = fields.Datetime.now()
        return moves.move_line_ids.filtered(
            lambda line: (
                line.lot_origin == INFERRED
                and line.state not in ("done", "cancel")
                and line.lot_id._is_past_removal(now)
            )
        )

    def _replace_expired_lots(self):
        """Have what was chosen when it was good chosen anew."""
        components = self.filtered(lambda move: move._is_open_component())
        expired = components._get_lines_of_expired_lots()
        for move, lines in expired.grouped("move_id").items():
            quantity, is_picked = move.quantity, move.picked
            lines.unlink()
            if is_picked:
                move._set_quantity_done(quantity)
                move.picked = True
            else:
                move._reserve_missing()

    def _update_reserved_quantity_vals(self, need, location_id, *args, **kwargs):
        move = self
        if self._skips_expired_lots():
            # product_expiry reserves what is good on the planned date, also where that
            # has passed. The key is its own.
            moment = max(self.date, fields.Datetime.now())
            move = self.with_context(with_expiration=moment)
        return super(StockMove, move)._update_reserved_quantity_vals(
            need, location_id, *args, **kwargs
        )

    def _without_expired_lots(self):
        """The component, of which core chooses no lots that are past their removal
        date now; the key is product_expiry's."""
        if not self._skips_expired_lots():
            return self
        return self.with_context(with_expiration=fields.Datetime.now())

    def _check_lots_not_expired(self, quantities):
        """Before core says that a lot must be supplied, and not why there is none.

        :param quantities: what no lot was found for, by component, in its unit
        :raise UserError: naming the expired lots that the system didn't choose
        """
        lacking = self.filtered(
            lambda move: (
                move._skips_expired_lots()
                and move._is_lot_required()
                and move.product_uom.compare(quantities[move], 0) > 0
                and move._get_expired_stock()
            )
        )
        if lacking:
            raise UserError(
                self.env._(
                    "Not enough lots or serial numbers before their removal date. "
                    "Enter the lot that is used anyway, or change its removal "
                    "date:\n%s",
                    lacking._list_components_and_expired_lots(),
                )
            )

    def _check_posted_lots_not_expired(self):
        """As above, for filled-in components that are about to be posted."""
        skipping = self.filtered(lambda move: move._skips_expired_lots())
        skipping._check_lots_not_expired(
            {
                move: sum(
                    line.quantity
                    for line in move.move_line_ids
                    if not line.lot_id and not line.lot_name
                )
                for move in skipping
            }
        )

    def _check_lots_not_expired_at_completion(self):
        """As above, for the person who would answer core's dialogs in vain."""
        skipping = self.filtered(
            lambda move: (
                move._skips_expired_lots() and (move.picked or move._will_be_filled())
            )
        )
        if not skipping:
            return
        rules = skipping._get_shortage_rules()
        allocations = skipping._plan_issue(
            {
                move: move._get_quantity_at_completion(need)
                for move, need in skipping._get_needs().items()
            },
            needs_scans=True,
        )
        skipping.filtered(lambda move: rules[move] == ALLOW)._check_lots_not_expired(
            {move: move._in_own_unit(allocations[move].short) for move in skipping}
        )

    def _get_expired_stock(self):
        """What lies at the component's location and below past its removal date, and
        is not chosen for that reason.

        :return: quants
        """
        self.ensure_one()
        if not self._skips_expired_lots():
            return self.env["stock.quant"]
        now = fields.Datetime.now()
        chosen = self._get_confirmed_lots()
        return self._read_quants().filtered(
            lambda quant: (
                quant.quantity > 0
                and quant.lot_id not in chosen
                and quant._is_expired(now)
            )
        )

    def _list_components_and_expired_lots(self):
        """The components in words for a message, a line each."""
        lines = []
        for move in self:
            text = move._list_components()
            expired = move._get_expired_stock()
            if expired:
                text = self.env._(
                    "%(component)s; %(expired)s",
                    component=text,
                    expired=move._name_expired_lots(expired),
                )
            lines.append(text)
        return "\n".join(lines)

    def _name_expired_lots(self, quants):
        """Which lots are past their removal date, since when, and how much of them."""
        parts = []
        for lot, of_lot in quants.grouped("lot_id").items():
            quantity = self._in_own_unit(sum(of_lot.mapped("quantity")))
            parts.append(
                self.env._(
                    "%(quantity)s of %(lot)s (since %(date)s)",
                    quantity=format_quantity(self.env, quantity),
                    lot=lot.name,
                    date=format_date(self.env, lot.removal_date),
                )
            )
        return self.env._(
            "past their removal date, used only if a person enters them: %s",
            ", ".join(parts),
        )
