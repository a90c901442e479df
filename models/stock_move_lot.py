from odoo import Command, fields, models
from odoo.exceptions import UserError

from .lot_origin import (
    CONFIRMED,
    chosen_by_system,
    is_chosen_by_system,
)


class StockMove(models.Model):
    _inherit = "stock.move"

    # Who chose the lot.

    def _action_assign(self, force_qty=False):
        moves = self
        if self.raw_material_production_id:
            # For transfers among them it makes no difference.
            moves = chosen_by_system(self)
        return super(StockMove, moves)._action_assign(force_qty=force_qty)

    def _set_quantity_done(self, qty):
        move = self
        if self.raw_material_production_id:
            move = chosen_by_system(self)
        return super(StockMove, move)._set_quantity_done(qty)

    def write(self, vals):
        named_lots = set()
        if vals.get("lot_ids") and not is_chosen_by_system(self.env):
            named_lots = self._get_named_lots(vals["lot_ids"])
        result = super().write(vals)
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
        quantity = self.should_consume_qty if order.qty_producing else self.product_qty
        if order.qty_producing:
            quantity = self.product_uom._compute_quantity(
                quantity, self.product_id.uom_id, rounding_method="HALF-UP"
            )
        scanned = self.move_line_ids.filtered(lambda line: line._is_lot_scanned())
        scanned_quantity = sum(scanned.mapped("quantity_product_uom"))
        return self.product_id.uom_id.compare(scanned_quantity, quantity) < 0

    def _will_be_filled(self):
        """Whether core fills this component in at Done, as far as that is certain
        beforehand: tracked components that wait for their transfer it leaves out."""
        self.ensure_one()
        if self.picked or self.sudo()._should_bypass_set_qty_producing():
            return False
        order = self.raw_material_production_id
        warehouse = order.warehouse_id
        return warehouse.manufacture_steps == "mrp_one_step" or not any(
            picking.picking_type_id == warehouse.pbm_type_id
            and picking.state not in ("done", "cancel")
            for picking in order.picking_ids
        )

    def _refuse_unscanned_lots(self):
        if self:
            raise UserError(
                self.env._(
                    "The lots or serial numbers of these components must be scanned, "
                    "and nobody did so for all that is to be issued. Enter them, or "
                    "confirm what the system proposes:\n%s",
                    self._list_components(),
                )
            )

    # Expired lots.

    def _set_quantity_done_prepare_vals(self, qty):
        move = self
        if self.raw_material_production_id and self._has_expiration_dates():
            # Core leaves expired lots out when it reserves, but not here, where it
            # takes what was not reserved. The key is product_expiry's.
            move = self.with_context(with_expiration=fields.Datetime.now())
        return super(StockMove, move)._set_quantity_done_prepare_vals(qty)

    def _has_expiration_dates(self):
        self.ensure_one()
        product = self.product_id
        return "use_expiration_date" in product._fields and product.use_expiration_date
