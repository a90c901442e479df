from odoo import models

from ..stock_move_line import OwnIssues


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def button_mark_done(self):
        # Before anything asks about the lots that are chosen.
        self._get_components()._replace_expired_lots()
        return super().button_mark_done()

    def pre_button_mark_done(self):
        self._get_components()._check_lots_not_expired_at_completion()
        # Before core's dialogs, for the person who would answer them in vain.
        self.move_raw_ids._get_refused_for_scans()._refuse_unscanned_lots()
        return super().pre_button_mark_done()

    def _get_lot_turns(self):
        """What two could make or use at once: lots and serial numbers that are
        produced, serial numbers that are used.

        :return: a set of (product id, name)
        """
        # Those of all products first: each is read once, as by core afterwards.
        moves = self.move_finished_ids | self.move_raw_ids
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

    def _post_inventory(self, cancel_backorder=False):
        # Some may have been entered or chosen by this very call.
        self.env["stock.lot"]._check_turns(self._get_lot_turns())
        serials = self.lot_producing_ids.filtered(
            lambda lot: lot.product_id.tracking == "serial"
        )
        if serials:
            # Core looks when one is made. Two forms that make it at once both find
            # nothing.
            serials._check_unique_lot()
        posted = self.move_raw_ids.filtered(lambda move: move._is_to_be_posted())
        posted._check_lots_scanned()
        posted._check_posted_lots_not_expired()
        return super()._post_inventory(cancel_backorder=cancel_backorder)

    def _check_sn_uniqueness(self):
        own_lines = self.move_raw_ids.filtered(
            lambda move: move.state == "done" and move.has_tracking == "serial"
        ).move_line_ids
        if not own_lines:
            return super()._check_sn_uniqueness()
        # Core takes what the order itself issued before completion for consumed by
        # another one.
        order = self.with_context(own_issues=OwnIssues(own_lines.ids))
        return super(MrpProduction, order)._check_sn_uniqueness()
