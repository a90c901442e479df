from odoo import models


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _check_lots_at_completion(self):
        """:raise UserError: lots must be scanned, or are past their removal date"""
        self._get_components()._check_lots_not_expired_at_completion()
        self.move_raw_ids._get_refused_for_scans()._refuse_unscanned_lots()

    def _get_lot_turns(self):
        """What two could make or use at once: lots and serial numbers that are
        produced, serial numbers that are used.

        :return: a set of (product id, name)
        """
        # Those of all products first: each is read once, as by core afterwards.
        moves = self.move_finished_ids | self.move_raw_ids
        if set(moves.mapped("has_tracking")) <= {"none"} and not self.lot_producing_ids:
            return set()
        tracked = moves.filtered(
            lambda move: (
                move.has_tracking == "serial"
                or move.has_tracking == "lot"
                and not move.raw_material_production_id
            )
        )
        lots = tracked.move_line_ids.lot_id
        lots |= self.filtered(
            lambda order: order.product_tracking != "none"
        ).lot_producing_ids
        return lots._get_turns()

    def _check_posted_lots(self):
        """Check what is about to be posted, and made.

        :raise UserError: somebody else is making or using a serial number, lots must
            be scanned, or are past their removal date
        """
        # Some may have been entered or chosen by this very call.
        turns = self._get_lot_turns()
        if turns:
            self.env["stock.lot"]._check_turns(turns)
        serials = self.lot_producing_ids.filtered(
            lambda lot: lot.product_id.tracking == "serial"
        )
        if serials:
            # Core looks when one is made. Two forms that make it at once both find
            # nothing.
            serials._check_unique_lot()
        if self.company_id._have_lot_rules():
            posted = self.move_raw_ids.filtered(lambda move: move._is_to_be_posted())
            posted._check_lots_scanned()
            posted._check_posted_lots_not_expired()

    def _check_sn_uniqueness(self):
        issued = self.move_raw_ids.filtered(
            lambda move: move.state == "done" and move.has_tracking == "serial"
        )
        if not issued:
            return super()._check_sn_uniqueness()
        # Core asks whether serial numbers are in production already of all that is
        # picked: what the order issued before completion is, and its posting was
        # refused where it had been. For the length of this call core passes it over.
        tracking = issued._fields["has_tracking"]
        tracking._update_cache(issued, "none")
        try:
            return super()._check_sn_uniqueness()
        finally:
            tracking._update_cache(issued, "serial")
