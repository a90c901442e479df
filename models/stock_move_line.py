from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from .access.arguments import check_records
from .access.system_fields import is_by_system
from .correction.stock_move_line import STATED_FIELDS
from .lots.lot_origin import CONFIRMED, INFERRED, LOT_ORIGINS, is_chosen_by_system
from .posting.stock_quant import RESERVING_STATES
from .rules.from_server import is_from_server, mark_copied
from .shortage.taken_reservations import get_taken_reservations

# What says something of the line of a component.
_SAID = STATED_FIELDS | {"lot_origin"}


class StockMoveLine(models.Model):
    _name = "stock.move.line"
    _inherit = ["stock.move.line", "mrp.checked.fields"]

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
        return bool(move.raw_material_production_id) and not move.scrap_id

    def _is_lot_scanned(self):
        """Whether a person said which lot it is; a new lot only has a name yet."""
        self.ensure_one()
        if self.lot_id:
            return self.lot_origin == CONFIRMED
        return bool(self.lot_name)

    @api.model
    def _get_lot_origin_of_choice(self):
        return INFERRED if is_chosen_by_system(self.env) else CONFIRMED

    @api.model_create_multi
    def create(self, vals_list):
        corrected = self._get_corrected_moves(vals_list)
        if corrected:
            return self._create_corrections(vals_list, corrected)
        origin = self._get_lot_origin_of_choice()
        for vals in vals_list:
            if vals.get("lot_origin"):
                vals["lot_origin"] = self._read_lot_origin(vals["lot_origin"])
            if vals.get("move_id") and vals.get("lot_id") and "lot_origin" not in vals:
                move = self.env["stock.move"].browse(vals["move_id"])
                if move.raw_material_production_id:
                    vals["lot_origin"] = origin
        lines = super().create(vals_list)
        # The lot may have come with a quant, the component with a default value.
        lines.filtered(
            lambda line: line.lot_id and not line.lot_origin and line._is_of_component()
        )._mark_lot_origin(origin)
        lines.filtered(
            lambda line: (
                line.lot_origin and not (line.lot_id and line._is_of_component())
            )
        )._mark_lot_origin(False)
        return lines

    @api.model
    def _read_lot_origin(self, origin):
        """:raise AccessError: a client says of a new line that its lot was inferred"""
        if (
            origin != CONFIRMED
            and not is_from_server(origin)
            and not is_by_system(self.env)
            and not is_chosen_by_system(self.env)
        ):
            self._refuse_lot_origin()
        return str(origin)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        mark_copied(vals_list, ["lot_origin"], default)
        return vals_list

    def write(self, vals):
        if not self or _SAID.isdisjoint(vals):
            return super().write(vals)
        if STATED_FIELDS.isdisjoint(vals):
            return self._write_line(vals)
        return self._write_correction(vals)

    def _write_line(self, vals):
        """Write the values, and who chose the lots in them."""
        if "lot_origin" in vals:
            self._check_may_set_lot_origin(vals["lot_origin"])
        if "lot_id" in vals or vals.get("quant_id"):
            return self._write_lot(vals)
        if vals.get("lot_origin") == CONFIRMED:
            self._confirm_lot()
        return super().write(vals)

    def _write_lot(self, vals):
        """Write the values, and whether the lot in them is a person's choice."""
        vals = dict(vals)
        origin = vals.pop("lot_origin", None) or self._get_lot_origin_of_choice()
        result = super().write(vals)
        components = self.filtered(lambda line: line._is_of_component())
        with_lot = components.filtered("lot_id")
        with_lot._mark_lot_origin(origin)
        (components - with_lot)._mark_lot_origin(False)
        return result

    def _mark_lot_origin(self, origin):
        changed = self.filtered(lambda line: (line.lot_origin or False) != origin)
        if not changed:
            return True
        return super(StockMoveLine, changed).write({"lot_origin": origin})

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
        if not changed or self.env.su or is_chosen_by_system(self.env):
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
                "Whether a lot was inferred is for the system to say (lot_origin). A "
                "person may confirm a lot, or enter another one."
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

    # Taken although others have reserved it.

    def _free_reservation(
        self, product_id, location_id, quantity, lot_id=None, *args, **kwargs
    ):
        taken = get_taken_reservations(self.env)
        if (
            not taken
            or not self.company_id.tell_taken_reservations
            or not self._is_of_component()
        ):
            return super()._free_reservation(
                product_id, location_id, quantity, lot_id, *args, **kwargs
            )
        holders = self.search(
            [
                ("state", "in", RESERVING_STATES),
                ("product_id", "=", product_id.id),
                ("location_id", "=", location_id.id),
                ("lot_id", "=", lot_id.id if lot_id else False),
                ("picked", "=", False),
                ("move_id", "!=", self.move_id.id),
            ]
        ).move_id
        held = {move: move._get_held() for move in holders}
        result = super()._free_reservation(
            product_id, location_id, quantity, lot_id, *args, **kwargs
        )
        production = self.move_id.raw_material_production_id
        for move, before in held.items():
            # Core may have found other stock for it.
            lost = before - move._get_held()
            if product_id.uom_id.compare(lost, 0) > 0:
                taken.add(production, move, lost)
        return result

    # Lines of issues, given to another move, or divided.

    def _is_more_than(self, quantity):
        """:param quantity: in the product's unit"""
        self.ensure_one()
        unit = self.product_id.uom_id
        return unit.compare(self.quantity_product_uom, quantity) > 0

    def _get_command_to_hold(self, quantity):
        """The command on its component with which the line holds that quantity.

        :param quantity: in the product's unit
        :return: None if nothing changes
        """
        self.ensure_one()
        unit = self.product_id.uom_id
        if unit.compare(quantity, 0) <= 0:
            return Command.delete(self.id)
        own_unit = self.product_uom_id
        in_own_unit = unit._compute_quantity(
            quantity, own_unit, rounding_method="HALF-UP"
        )
        # 5 of a pack of 6 are 0.83 packs, but those reserved are 4.98.
        if (
            unit.compare(quantity, self.quantity_product_uom) == 0
            and own_unit.compare(in_own_unit, self.quantity) == 0
        ):
            return None
        exact = own_unit._compute_quantity(in_own_unit, unit, rounding_method="HALF-UP")
        if unit.compare(exact, quantity):
            # 7 of a dozen can only be said in pieces.
            return Command.update(
                self.id, {"quantity": quantity, "product_uom_id": unit.id}
            )
        return Command.update(self.id, {"quantity": in_own_unit})

    def _hold(self, quantity):
        """:param quantity: in the product's unit, more than nothing"""
        command = self._get_command_to_hold(quantity)
        if command:
            _update, _id, vals = command
            self.write(vals)

    def _reduce(self, quantity):
        """Leave that much less on the line.

        :param quantity: in the product's unit
        """
        self.quantity = self._get_rest(quantity)

    def _get_rest(self, quantity):
        """What is left of the line without that, in the line's unit."""
        return self.product_id.uom_id._compute_quantity(
            self.quantity_product_uom - quantity,
            self.product_uom_id,
            rounding_method="HALF-UP",
        )

    def _divide_posted(self, quantity, part, stated):
        """Give a part of a posted line to a part of its move. Nothing moves: stock's
        own ``write`` would move the quantity back and forth, and is passed by.

        :param quantity: in the product's unit
        :param part: a move that is still in draft
        :param stated: the same before it was rounded
        :return: the line that is the part's
        """
        self.ensure_one()
        if not self._is_more_than(quantity):
            self.move_id = part
            return self
        rest = self._get_rest_as_stated(quantity, stated)
        taken = self.quantity - rest
        line = self.copy(
            {"move_id": part.id, "quantity": 0, "date": self.date, "picked": True}
        )
        models.Model.write(self, {"quantity": rest})
        models.Model.write(line, {"quantity": taken})
        return line

    def _get_rest_as_stated(self, quantity, stated):
        """What is left of the line in its unit: 15 of 20 pieces where 5 are taken,
        which are 0.83 packs of 6. Where both, each rounded by the stock, aren't what
        they were together, it is what is left of the packs.

        :param quantity: in the product's unit
        :param stated: the same before it was rounded
        """
        stock_unit, own_unit = self.product_id.uom_id, self.product_uom_id
        taken = own_unit.round(
            stock_unit._compute_quantity(stated, own_unit, round=False)
        )
        rest = own_unit.round(self.quantity - taken)
        left = self.quantity_product_uom - quantity
        for part, in_stock in ((taken, quantity), (rest, left)):
            # As core has the quantity of a line.
            part_in_stock = own_unit._compute_quantity(
                part, stock_unit, rounding_method="HALF-UP"
            )
            if stock_unit.compare(part_in_stock, in_stock) != 0:
                return self._get_rest(quantity)
        return rest

    def _prepare_return_vals(self, move):
        """The way back of a posted line.

        :param move: the move that returns it
        """
        self.ensure_one()
        return {
            **move._prepare_move_line_vals(),
            "product_uom_id": self.product_uom_id.id,
            "quantity": self.quantity,
            "location_id": self.location_dest_id.id,
            "location_dest_id": self.location_id.id,
            "lot_id": self.lot_id.id,
            "package_id": self.result_package_id.id,
            "result_package_id": self.package_id.id,
            "owner_id": self.owner_id.id,
            "picked": True,
        }
