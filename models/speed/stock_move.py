"""Filling in and posting many components at once, and reserving what was produced for
those who wait for it."""

from odoo import Command, models
from odoo.fields import Domain
from odoo.tools import float_round

from ..access.system_fields import creating_by_system
from ..call_scope import LOTS_CHOSEN_BY_SYSTEM
from ..rules.shortage import ALLOW
from .company_check import have_agreeing_companies
from .filling import FILLING
from .shortcuts import is_taken

# How many who wait are looked at at a time.
SLICE = 20


class StockMove(models.Model):
    _inherit = "stock.move"

    # What was filled in together is not filled in again.

    def _should_bypass_set_qty_producing(self):
        filling = FILLING.is_open() and FILLING.get(self.env)
        if filling and filling.quantities and self.id in filling.quantities:
            order = self.raw_material_production_id
            quantity = self.product_uom.round(
                (order.qty_producing - order.qty_produced) * self.unit_factor
            )
            if filling.quantities[self.id] == quantity:
                return True
        return super()._should_bypass_set_qty_producing()

    def _set_quantity_done(self, qty):
        filling = FILLING.is_open() and FILLING.get(self.env)
        if filling and filling.quantities and filling.quantities.get(self.id) == qty:
            return None
        return super()._set_quantity_done(qty)

    # Filling in.

    def _get_quantities_of_whole_orders(self):
        """What these components need if all of their orders is produced.

        :return: in the component's unit, by component
        """
        product_qty = {
            move: move.raw_material_production_id.product_qty for move in self
        }
        own = self.filtered(lambda move: move._has_own_need(product_qty[move]))
        quantities = {
            move: move.product_uom.round(product_qty[move] * move.unit_factor)
            for move in self - own
            if not move.sudo()._should_bypass_set_qty_producing()
        }
        needs = own._get_needs() if own else {}
        return quantities | {move: need.open for move, need in needs.items()}

    def _may_be_filled_together(self, quantity):
        """Whether the plan alone says what the component's lines become, whatever
        comes before or after it.

        :param quantity: in the component's unit; None where core is to say
        """
        self.ensure_one()
        return (
            quantity is not None
            and self._may_be_filled_by_plan()
            and not self.move_line_ids.result_package_id
            # A line of nothing core makes up, too.
            and all(line.quantity > 0 for line in self.move_line_ids)
            # It would give back what others could take.
            and self.product_uom.compare(self.quantity, quantity) <= 0
        )

    def _get_products_of_nested_locations(self):
        """Products that some of these components take from another location than
        others: what is taken on credit at one is owed at the other."""
        return self.env["product.product"].union(
            *(
                product
                for product, moves in self.grouped("product_id").items()
                if len(moves.location_id) > 1
            )
        )

    def _set_quantities_done(self, quantities):
        """As core's ``_set_quantity_done``, for many: one plan, and all lines created
        in one go. Pick what got a quantity.

        :param quantities: by component, in its unit
        """
        vals_list = []
        for move, allocation in (
            self._get_moves_to_plan(quantities)._plan_issue(quantities).items()
        ):
            commands = move._get_commands_to_hold(allocation)
            if all(command[0] == Command.CREATE for command in commands):
                vals_list += [{**vals, "picked": True} for *_command, vals in commands]
            else:
                with LOTS_CHOSEN_BY_SYSTEM.hold(self.env):
                    move.move_line_ids = commands
        with creating_by_system(self.env):
            lines = self.env["stock.quant"]._create_reserving_lines(vals_list)
        # Core does it with each, and elsewhere than to these places it does nothing.
        lines.filtered(
            lambda line: (
                line.location_dest_id.putaway_rule_ids
                or line.location_dest_id.usage == "view"
            )
        )._apply_putaway_strategy()
        filled = self.filtered("quantity")
        # All at once: the field's inverse writes the lines of each by themselves.
        filled.move_line_ids.picked = True
        filled.picked = True

    def _get_moves_to_plan(self, quantities):
        """These without those that hold what they need already, where nobody asks
        whether it is really there."""
        rules = self._get_shortage_rules()
        return self.filtered(
            lambda move: (
                rules[move] != ALLOW or not move._holds_exactly(quantities[move])
            )
        )

    def _holds_exactly(self, quantity):
        """Of two lines core makes up the first from its own place, and needs less of
        the second.

        :param quantity: in the component's unit
        """
        self.ensure_one()
        if len(self.move_line_ids) > 1 or self._get_lines_of_expired_lots():
            return False
        is_tracked = self.product_id.tracking != "none"
        return self.quantity == quantity and all(
            line.quantity > 0 and (not is_tracked or line.lot_id or line.lot_name)
            for line in self.move_line_ids
        )

    def _produce_together(self, quantities):
        """As core's inverse of ``quantity``, for finished moves that have no lines.

        :param quantities: by move, in its unit
        """
        self.env["stock.move.line"].create(
            [
                {
                    **move._prepare_move_line_vals(quantity=0),
                    "quantity": quantity,
                    # Core does it later: what is picked counts as produced.
                    "picked": False,
                }
                for move, quantity in quantities.items()
            ]
        )

    def _may_be_produced_together(self, quantity, digits):
        """Whether core would make one line of it, to where the move goes.

        :param quantity: in the move's unit
        :param digits: of the precision of quantities
        """
        self.ensure_one()
        product, destination = self.product_id, self.location_dest_id
        return (
            product.tracking == "none"
            and product.uom_id == self.product_uom
            and not self.move_line_ids
            and quantity > 0
            and quantity == float_round(quantity, precision_digits=digits)
            and self.location_id.should_bypass_reservation()
            and destination.usage != "view"
            and not destination.putaway_rule_ids
        )

    def _get_products_at_origin(self):
        """Products of which something is where these come from: core would take it,
        of whoever owns it."""
        domain = [
            ("product_id", "in", self.product_id.ids),
            ("location_id", "child_of", self.location_id.ids),
            ("quantity", ">", 0),
        ]
        quants = self.env["stock.quant"].sudo()
        [[products]] = quants._read_group(domain, [], ["product_id:recordset"])
        return products

    def _inverse_picked(self):
        """Core writes the lines of each move, also where that changes nothing."""
        if len(self) < 2 or not is_taken(self.env, "picked"):
            return super()._inverse_picked()
        differing = self.filtered(
            lambda move: any(line.picked != move.picked for line in move.move_line_ids)
        )
        result = super(StockMove, differing)._inverse_picked()
        # As stock_account does with all of them.
        (self - differing)._update_analytic_lines()
        return result

    # Posting.

    def _check_company(self, fnames=None):
        if len(self) > 1 and fnames is None and have_agreeing_companies(self):
            return None
        # Core says in words what is wrong.
        return super()._check_company(fnames)

    def _push_apply(self):
        # Core looks for the rules of each move.
        idle = self._get_moves_never_pushed()
        if not idle:
            return super()._push_apply()
        return super(StockMove, self - idle)._push_apply()

    def _get_moves_never_pushed(self):
        """Moves of orders that go where no push rule starts, nor further up, and that
        nothing follows: for these core has nothing to do."""
        moves = self.filtered(
            lambda move: (
                (move.raw_material_production_id or move.production_id)
                and not move.move_dest_ids
            )
        )
        if not moves or not is_taken(self.env, "push"):
            return moves.browse()
        rules = self.env["stock.rule"].sudo()
        # All that there are, few: a search by locations takes longer.
        starts = rules.search([("action", "in", ("push", "pull_push"))]).location_src_id
        return moves.filtered(
            lambda move: (
                not any(move.location_dest_id._child_of(start) for start in starts)
            )
        )

    # Reordering rules.

    def _update_orderpoints(self):
        """Core searches for the rules of each move's product, each time a move
        changes; of most products the cache knows that there are none."""
        moves = self
        if moves and is_taken(self.env, "orderpoints"):
            moves = self.filtered(lambda move: move.product_id.sudo().orderpoint_ids)
        return super(StockMove, moves)._update_orderpoints() if moves else None

    # Reserving for those who wait.

    def _trigger_assign(self):
        """Core tries to reserve for everybody who waits for the product, with each
        order that is completed and also when nothing is left. For what was produced
        it goes on in core's order only as long as something is there."""
        parameters = self.env["ir.config_parameter"].sudo()
        if (
            not all(move.production_id and move.product_id.is_storable for move in self)
            or parameters.get_param("stock.picking_no_auto_reserve")
            or any(move.location_dest_id.should_bypass_reservation() for move in self)
            or not is_taken(self.env, "waiting")
        ):
            return super()._trigger_assign()
        by_place = self.grouped(lambda move: (move.product_id, move.location_dest_id))
        for (product, location), produced in by_place.items():
            domain = Domain(produced._get_domain_of_waiting(product, location))
            if not self.env["stock.move"].search_count(domain, limit=1):
                continue
            if produced.reference_ids:
                # Who ordered it for this very purpose goes before all.
                related = Domain("reference_ids", "in", produced.reference_ids.ids)
                self._assign_while_stock_lasts(product, location, domain & related)
                domain &= ~related
            self._assign_while_stock_lasts(product, location, domain)
        return None

    def _assign_while_stock_lasts(self, product, location, domain):
        """Reserve for these, and stop where nothing is left: those behind would get
        nothing."""
        moves = self.env["stock.move"]
        order = "priority desc, date asc, id asc"
        seen = []
        while waiting := moves.search(
            domain & Domain("id", "not in", seen), order=order, limit=SLICE
        ):
            seen += waiting.ids
            while waiting:
                left = self._get_quantity_left(product, location)
                if not left:
                    return
                first = waiting._get_first_to_serve(left)
                waiting -= first
                first._action_assign()

    def _get_quantity_left(self, product, location):
        """In the product's unit, 0 if there is none."""
        quants = self.env["stock.quant"]
        left = quants._get_available_quantity(product, location)
        return left if product.uom_id.compare(left, 0) > 0 else 0.0

    def _get_first_to_serve(self, left):
        """As many of these as that quantity may be enough for, and one at least."""
        first = self.browse()
        for move in self:
            first |= move
            left -= move.product_qty - move._get_held()
            if move.product_id.uom_id.compare(left, 0) <= 0:
                break
        return first
