"""Undoing a report: an unbuild that mirrors what was posted, line by line."""

from odoo import api, fields, models

from .system_fields import create_by_system, creating_by_system


class MrpUnbuild(models.Model):
    _name = "mrp.unbuild"
    _inherit = ["mrp.unbuild", "mrp.system.fields"]

    production_report_ids = fields.One2many(
        "mrp.production.report",
        "unbuild_id",
        string="Production Reports",
        readonly=True,
        help="The report of production that this unbuild order undoes.",
    )
    is_undo = fields.Boolean(
        string="Undo of a Report",
        compute="_compute_is_undo",
        compute_sudo=True,
        help="Everything that was posted goes back to exactly where it came from, "
        "whatever the locations of this unbuild order say.",
    )

    @api.depends("production_report_ids")
    def _compute_is_undo(self):
        # Only the undo of a report sets it there: no client can claim it.
        for unbuild in self:
            unbuild.is_undo = bool(unbuild.production_report_ids)

    def action_unbuild(self):
        self.ensure_one()
        if not self.is_undo:
            return super().action_unbuild()
        # Core divides by product and by the unbuilt share, in the unit of the move:
        # lines in other units, of several locations, with packages would not come
        # back as they went.
        self._check_company()
        order = self.mo_id
        finished = order.move_finished_ids._mirror_posted(self)
        components = order.move_raw_ids._mirror_posted(self)
        # As core: the product first, so that nothing has a value that isn't there.
        finished._action_done()
        components._action_done()
        finished.move_line_ids.produce_line_ids = components.move_line_ids
        (finished | components)._restore_valuation()
        order.message_post(
            body=self.env._(
                "Report undone: what was posted was returned with %s.",
                self._get_html_link(),
            ),
            subtype_xmlid="mail.mt_note",
        )
        return self.write({"state": "done"})


class StockMove(models.Model):
    _inherit = "stock.move"

    def _mirror_posted(self, unbuild):
        """Make the way back of what was posted: line by line, from where it was put to
        where it came from, no putaway in between.

        :return: moves that are ready to be posted
        """
        posted = self.filtered(lambda move: move.state == "done" and move.quantity)
        mirrors = self.browse()
        for move in posted:
            with creating_by_system(self.env):
                mirror = unbuild._generate_move_from_existing_move(
                    move, 1.0, move.location_dest_id, move.location_id
                )
            # Bypassing reservation: only a confirmed move is given lines by core.
            mirror.state = "confirmed"
            create_by_system(
                self.env["stock.move.line"],
                [line._prepare_return_vals(mirror) for line in move.move_line_ids],
            )
            mirrors |= mirror
        mirrors.picked = True
        return mirrors
