"""Who chose the lot of a component's line: a person, or the system."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..access.arguments import check_records
from ..access.system_fields import is_by_system
from ..call_scope import LOTS_CHOSEN_BY_SYSTEM
from ..rules.from_server import is_from_server, mark_copied
from .lot_origin import CONFIRMED, INFERRED, LOT_ORIGINS


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    lot_origin = fields.Selection(
        LOT_ORIGINS,
        readonly=True,
        help="Who chose the lot or serial number of this component.\n"
        "Inferred: the system, by reservation or removal strategy.\n"
        "Confirmed: a person entered, scanned or confirmed it.",
    )

    def _is_of_component(self):
        """Whether the line issues a component. Scrap of one names its order too."""
        self.ensure_one()
        move = self.move_id
        return bool(move.raw_material_production_id) and not move._is_scrap()

    def _is_lot_scanned(self):
        """Whether a person said which lot it is; a new lot only has a name yet."""
        self.ensure_one()
        if self.lot_id:
            return self.lot_origin == CONFIRMED
        return bool(self.lot_name)

    @api.model
    def _get_lot_origin_of_choice(self):
        return INFERRED if LOTS_CHOSEN_BY_SYSTEM.get(self.env) else CONFIRMED

    # As values.

    @api.model
    def _state_lot_origins(self, vals_list, origin):
        """Add to the values of new lines who chose their lots.

        :param origin: of what the values don't say
        :raise AccessError: see below
        """
        for vals in vals_list:
            if vals.get("lot_origin"):
                vals["lot_origin"] = self._read_lot_origin(vals["lot_origin"])
            if vals.get("move_id") and vals.get("lot_id") and "lot_origin" not in vals:
                move = self.env["stock.move"].browse(vals["move_id"])
                if move.raw_material_production_id:
                    vals["lot_origin"] = origin

    def _correct_lot_origins(self, origin):
        """The lot may have come with a quant, the component with a default value.

        :param origin: of what the values of these new lines didn't say
        """
        if self.lot_id:
            self.filtered(
                lambda line: (
                    line.lot_id and not line.lot_origin and line._is_of_component()
                )
            )._mark_lot_origin(origin)
        said = self.filtered("lot_origin")
        if said:
            said.filtered(
                lambda line: not (line.lot_id and line._is_of_component())
            )._mark_lot_origin(False)

    @api.model
    def _read_lot_origin(self, origin):
        """:raise AccessError: a client says of a new line that its lot was inferred"""
        if (
            origin != CONFIRMED
            and not is_from_server(origin)
            and not is_by_system(self.env)
            and not LOTS_CHOSEN_BY_SYSTEM.get(self.env)
        ):
            self._refuse_lot_origin()
        return str(origin)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        mark_copied(vals_list, ["lot_origin"], default)
        return vals_list

    def _write_lot_origin(self, vals):
        """Write the values, and who chose the lots in them."""
        if "lot_origin" in vals:
            self._check_may_set_lot_origin(vals["lot_origin"])
        if "lot_id" in vals or vals.get("quant_id"):
            return self._write_lot(vals)
        if vals.get("lot_origin") == CONFIRMED:
            self._confirm_lot()
        return self._write_plainly(vals)

    def _write_lot(self, vals):
        """Write the values, and whether the lot in them is a person's choice."""
        vals = dict(vals)
        origin = vals.pop("lot_origin", None) or self._get_lot_origin_of_choice()
        result = self._write_plainly(vals)
        components = self.filtered(lambda line: line._is_of_component())
        with_lot = components.filtered("lot_id")
        with_lot._mark_lot_origin(origin)
        (components - with_lot)._mark_lot_origin(False)
        return result

    def _mark_lot_origin(self, origin):
        changed = self.filtered(lambda line: (line.lot_origin or False) != origin)
        if not changed:
            return True
        return changed._write_plainly({"lot_origin": origin})

    # A person's confirmation.

    def action_confirm_lot(self):
        """Confirm lots that the system chose, also of what was posted already. The
        chatter of each order says so.

        :raise AccessError: the user is no user of Manufacturing
        :raise UserError: a line is not of a component, or has no lot
        """
        check_records(self)
        unconfirmed = self.filtered(lambda line: line.lot_origin != CONFIRMED)
        if unconfirmed:
            unconfirmed.write({"lot_origin": CONFIRMED})
        return True

    def _check_may_set_lot_origin(self, origin):
        """A person may confirm a lot, and nothing else."""
        changed = self.filtered(lambda line: (line.lot_origin or False) != origin)
        if not changed or self.env.su or LOTS_CHOSEN_BY_SYSTEM.get(self.env):
            return
        if origin != CONFIRMED:
            self._refuse_lot_origin()
        if not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._("Only users of Manufacturing may confirm lots.")
            )

    @api.model
    def _refuse_lot_origin(self):
        """:raise AccessError: always"""
        raise AccessError(
            self.env._(
                "Only the system marks a lot as inferred (lot_origin). Confirm the "
                "lot, or enter another one."
            )
        )

    def _confirm_lot(self):
        """Check and log what is about to be marked as confirmed."""
        wrong = self.filtered(
            lambda line: not (line.lot_id and line._is_of_component())
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Only lots of components of manufacturing orders can be confirmed:"
                    "\n%s",
                    "\n".join(f"- {line.product_id.display_name}" for line in wrong),
                )
            )
        unconfirmed = self.filtered(lambda line: line.lot_origin != CONFIRMED)
        by_order = unconfirmed.grouped(
            lambda line: line.move_id.raw_material_production_id
        )
        for production, lines in by_order.items():
            production.message_post(
                body=self.env._(
                    "Lots confirmed: %s",
                    ", ".join(
                        f"{line.product_id.display_name} {line.lot_id.name}"
                        for line in lines
                    ),
                )
            )
