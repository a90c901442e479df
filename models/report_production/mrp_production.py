"""An order that was made for a report: what is produced with it, and what undoing the
report asks of it."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..access.system_fields import create_by_system
from ..completion.mrp_production import ASK, NeedsPerson


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    production_report_ids = fields.One2many(
        "mrp.production.report",
        "production_id",
        string="Production Reports",
        readonly=True,
        help="The report of production that this order was made for.",
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

    def _mark_reported_done(self):
        """:raise UserError: the order can't be completed, or asks something"""
        try:
            self._mark_done_with_answers(ASK, ASK)
        except NeedsPerson as question:
            by_hand = self._get_unissued_components()
            if not by_hand:
                raise
            raise UserError(
                self.env._(
                    "These components are issued by hand, and the bill of materials "
                    "asks for them: %s. Make an order for it, or have the bill of "
                    "materials allow flexible consumption.",
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
                    "Can't be undone: what was produced isn't there any more.\n%s",
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
        waiting._cancel(self.env._("The report of the production was undone."))
        self.backflush_exception_ids._note_unbuilt_cost(1.0)

    def _cancel_open_transfers(self):
        """What still was to be brought for the order, and to be put away from it."""
        self.move_raw_ids.move_orig_ids._release_from(self.move_raw_ids)
        self.move_finished_ids.move_dest_ids._release_from(self.move_finished_ids)
