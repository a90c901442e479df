"""An order that is reported, made for that or planned before: what is produced with it,
and what undoing the report asks of it."""

from contextlib import nullcontext

from odoo import fields, models
from odoo.exceptions import UserError

from ..access.system_fields import create_by_system
from ..call_scope import STATED_REASONS
from ..completion.mrp_production import ASK, NeedsPerson
from ..rules.shortage import PARK
from ..texts import format_quantity


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    production_report_ids = fields.One2many(
        "mrp.production.report",
        "production_id",
        string="Production Reports",
        readonly=True,
        help="The report of production that completed this order.",
    )

    # Reporting.

    def _produce_lot(self, lot_name):
        """Have the order produce that lot or serial number.

        :param lot_name: empty: the next one
        :raise UserError: the serial number exists already
        """
        self.ensure_one()
        if self.product_tracking == "none":
            return
        if not lot_name and self.lot_producing_ids:
            # Somebody named it on the order.
            return
        if not lot_name:
            self.lot_producing_ids = create_by_system(
                self.env["stock.lot"], [self._prepare_stock_lot_values()]
            )
            return
        lot = self.env["stock.lot"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("name", "=", lot_name),
                ("company_id", "in", (False, self.company_id.id)),
            ],
            limit=1,
        )
        if self.product_tracking == "serial" and lot.product_qty:
            raise UserError(
                self.env._(
                    "Serial number %(number)s of %(product)s is in stock already.",
                    number=lot_name,
                    product=self.product_id.display_name,
                )
            )
        self.lot_producing_ids = lot or create_by_system(
            lot, [{"name": lot_name, "product_id": self.product_id.id}]
        )

    def _state_produced(self, quantity, lot_name):
        """Say on a planned order what was produced of it."""
        if self.product_tracking == "serial" and lot_name:
            # One is reported at a time.
            self.lot_producing_ids = False
        self._produce_lot(lot_name)
        self.qty_producing = quantity

    def _get_quantity_to_report(self):
        """What is left of the order, or what somebody entered on it already."""
        self.ensure_one()
        return self.qty_producing or self.product_qty

    def _get_backorder_habit(self):
        """What becomes of the rest where a part is reported: where core would ask, it
        is still to be produced."""
        self.ensure_one()
        never = self.picking_type_id.create_backorder == "never"
        return "close" if never else "create"

    def _describe_rest(self):
        """:return: in words, what becomes of what wasn't reported; empty if nothing"""
        self.ensure_one()
        backorder = self.production_group_id.production_ids.filtered(
            lambda order: (
                order.backorder_sequence > self.backorder_sequence
                and order.state not in ("done", "cancel")
            )
        )[:1]
        if not backorder:
            return ""
        return self.env._(
            ". %(quantity)s %(unit)s left, %(order)s",
            quantity=format_quantity(self.env, backorder.product_qty),
            unit=backorder.product_uom_id._get_spoken_name(backorder.product_qty),
            order=backorder.name,
        )

    def _mark_reported_done(self, backorder=ASK, reasons=None):
        """
        :param reasons: why components deviate, by id of their product
        :raise UserError: the order can't be completed, or asks something
        """
        reasons = self._read_reasons_by_product(reasons)
        with STATED_REASONS.hold(self.env, reasons) if reasons else nullcontext():
            self._mark_done_or_ask(backorder)

    def _mark_done_or_ask(self, backorder):
        try:
            self._mark_done_with_answers(backorder, ASK)
        except NeedsPerson as question:
            by_hand = self._get_unissued_components()
            if not (by_hand and self._asks_about_consumption()):
                asked = self._get_reason_question()
                if asked:
                    raise asked from question
            if not by_hand:
                raise
            raise UserError(
                self.env._(
                    "These components are manual and must be recorded: %s. Issue or "
                    "record them on a manufacturing order, or set Flexible Consumption "
                    "on the bill of materials to Allowed.",
                    ", ".join(
                        product._get_spoken_name() for product in by_hand.product_id
                    ),
                )
            ) from question

    def _prepare_report_vals(self):
        self.ensure_one()
        return {
            "production_id": self.id,
            "product_id": self.product_id.id,
            "quantity": self.qty_produced,
            "product_uom_id": self.product_uom_id.id,
            "lot_ids": self.lot_producing_ids.ids,
            "user_id": self.env.uid,
            "company_id": self.company_id.id,
        }

    # Lots of components that were scanned for a report.

    def _describe_components_to_scan(self, quantity):
        """:return: a list of dicts as of ``get_components_to_scan``"""
        self.ensure_one()
        described = {}
        for move, needed in self._get_needs_to_scan(quantity).items():
            product = move.product_id
            row = described.setdefault(
                product,
                {
                    "product_id": product.id,
                    "name": product._get_spoken_name(),
                    "tracking": product.tracking,
                    "quantity": 0.0,
                    **product.uom_id._describe_on_screen(),
                    "may_wait": move._get_shortage_rules()[move] == PARK,
                },
            )
            row["quantity"] = product.uom_id.round(row["quantity"] + needed)
        return list(described.values())

    def _get_needs_to_scan(self, quantity):
        """What a report of that quantity issues of the components whose lots must be
        scanned, and weren't yet.

        :param quantity: finished, in the order's unit
        :return: in the product's unit, by component, without those of 0
        """
        self.ensure_one()
        components = self._get_components().filtered(
            lambda move: (
                move._is_lot_scan_required()
                and not move._is_not_filled_in()
                and not move._is_recorded()
            )
        )
        needs = {}
        for move, need in components._get_needs(
            dict.fromkeys(components, quantity)
        ).items():
            in_stock_unit = move._in_product_unit(move._get_part_to_take(need.open))
            scanned = move._get_scanned_lines().mapped("quantity_product_uom")
            left = move.product_id.uom_id.round(in_stock_unit - sum(scanned))
            if left > 0:
                needs[move] = left
        return needs

    def _hold_scanned_lots(self, scanned):
        """Have the components hold exactly these lots, as what a person entered.

        :param scanned: quantities in the product's unit, by lot
        :raise UserError: a lot is none of a component whose lots are to be scanned, or
            there is more of it than needed
        """
        self.ensure_one()
        if not scanned:
            return
        left = dict(scanned)
        needs = self._get_needs_to_scan(self.qty_producing or self.product_qty)
        for move, need in needs.items():
            taken = move._take_from_scanned(need, left)
            if taken:
                (move.move_line_ids - move._get_scanned_lines()).unlink()
                self.env["stock.move.line"].create(
                    [
                        vals
                        for lot, quantity in taken.items()
                        for vals in move._prepare_scanned_vals(lot, quantity)
                    ]
                )
        self._check_all_lots_taken(left)

    def _check_all_lots_taken(self, left):
        """:raise UserError: something was scanned that isn't needed"""
        surplus = [
            self.env._(
                "- %(product)s, %(lot)s: %(quantity)s %(unit)s too much",
                product=lot.product_id._get_spoken_name(),
                lot=lot.name,
                quantity=format_quantity(self.env, quantity),
                unit=lot.product_id.uom_id._get_spoken_name(quantity),
            )
            for lot, quantity in left.items()
            if lot.product_id.uom_id.compare(quantity, 0) > 0
        ]
        if surplus:
            raise UserError(
                self.env._(
                    "More lots were scanned than are needed:\n%s", "\n".join(surplus)
                )
            )

    # Undoing.

    def _get_finished_lines(self):
        """Where the product and the by-products were put."""
        return self.move_finished_ids.filtered(
            lambda move: move.state == "done" and not move._is_scrap()
        ).move_line_ids

    def _check_is_still_in_stock(self):
        """What lies together is counted together: a by-product may have two lines.

        :raise UserError: what was produced has been moved or used, or was scrapped
        """
        by_place = self._get_finished_lines().grouped(
            lambda line: line._get_place_brought_to()
        )
        gone = [
            f"- {lines._describe_place()}"
            for lines in by_place.values()
            if not lines._are_still_there()
        ]
        if gone:
            raise UserError(
                self.env._(
                    "Can't be undone: the product is no longer in stock.\n%s",
                    "\n".join(gone),
                )
            )
        scrapped = self.all_move_ids.filtered(
            lambda move: move.state == "done" and move._is_scrap()
        )
        if scrapped:
            # Others of the same may be there: they aren't what this order produced.
            raise UserError(
                self.env._(
                    "Can't be undone: what was produced was scrapped.\n%s",
                    "\n".join(
                        f"- {line._describe_place()}" for line in scrapped.move_line_ids
                    ),
                )
            )

    def _forget_what_waits(self):
        """What still waits for stock isn't needed any more, nor what it costs."""
        waiting = self.move_raw_ids._get_open_exceptions()
        waiting._cancel(self.env._("The production report was undone."))
        self.backflush_exception_ids._note_unbuilt_cost(1.0)

    def _cancel_open_transfers(self):
        """What still was to be brought for the order, and to be put away from it."""
        self.move_raw_ids.move_orig_ids._release_from(self.move_raw_ids)
        self.move_finished_ids.move_dest_ids._release_from(self.move_finished_ids)
