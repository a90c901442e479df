"""Shortages of an order: asked before it is completed, parked when it is."""

from collections import defaultdict

from odoo import api, fields, models

from ..rules.shortage import ALLOW
from ..turns.turns import take_turns

# What moves stock, or frees it, where a person or a script writes it.
_MOVING = {
    "bom_id",
    "location_src_id",
    "lot_producing_ids",
    "move_byproduct_ids",
    "move_finished_ids",
    "move_raw_ids",
    "product_qty",
    "qty_producing",
}


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mrp.backflush.exception.count"]

    backflush_exception_ids = fields.One2many(
        "mrp.backflush.exception",
        "production_id",
        string="Backflush Exceptions",
        readonly=True,
        help="Components that could not be issued and wait for stock.",
    )

    @api.depends("backflush_exception_ids.state")
    def _compute_open_exception_count(self):
        return super()._compute_open_exception_count()

    def _get_exception_path(self):
        return "production_id"

    # Whoever moves the same stock takes turns.

    def _has_shortage_rules(self):
        return self.company_id._has_any_shortage_rules()

    def _take_turns(self, is_mass=False, lots=()):
        """Wait for whoever moves the same stock, where it matters what is there.

        :param is_mass: many orders are to be completed, by several workers perhaps
        :param lots: as of the function ``take_turns``: it always matters who makes or
            uses them
        """
        products = self.env["product.product"]
        if is_mass:
            products = self._read_products_moved()
        elif self._has_shortage_rules():
            products = self.move_raw_ids.product_id | self.move_finished_ids.product_id
        take_turns(self.env, products, lots)

    def _read_products_moved(self):
        """Without the moves themselves: what is read before a turn is read again."""
        [[products]] = (
            self.env["stock.move"]
            .sudo()
            ._read_group(
                [
                    "|",
                    ("raw_material_production_id", "in", self.ids),
                    ("production_id", "in", self.ids),
                ],
                [],
                ["product_id:recordset"],
            )
        )
        return products

    def button_mark_done(self):
        self._take_turns(lots=self._get_lot_turns())
        return super().button_mark_done()

    def write(self, vals):
        if vals.keys() & _MOVING:
            self._take_turns()
        return super().write(vals)

    def action_merge(self):
        self._take_turns()
        return super().action_merge()

    def _split_productions(self, *args, **kwargs):
        # Core's dialog comes here first.
        self._take_turns()
        return super()._split_productions(*args, **kwargs)

    def action_start(self):
        self._take_turns()
        return super().action_start()

    def action_confirm(self):
        self._take_turns()
        return super().action_confirm()

    def action_assign(self):
        self._take_turns()
        return super().action_assign()

    def do_unreserve(self):
        self._take_turns()
        return super().do_unreserve()

    def action_cancel(self):
        self._take_turns()
        return super().action_cancel()

    # Completion.

    def pre_button_mark_done(self):
        if self._has_shortage_rules():
            self._get_components()._check_shortages_at_completion()
            self._fill_what_waits_for_pick()
        return super().pre_button_mark_done()

    def _prepare_to_fill(self):
        """What must be done on orders before their components are filled in."""
        if self._has_shortage_rules():
            self._get_components_under_rule()._clear_core_demand_for_lots()

    def _set_quantities(self):
        self._prepare_to_fill()
        result = super()._set_quantities()
        if self._has_shortage_rules():
            self._fill_what_waits_for_pick()
        return result

    def _get_components_under_rule(self):
        components = self._get_components()
        rules = components._get_shortage_rules()
        return components.filtered(lambda move: rules[move] != ALLOW)

    def _fill_what_waits_for_pick(self):
        """Core leaves out what is tracked while its transfer is open. Where shortages
        are parked it is filled in all the same: what isn't there is parked."""
        for order in self.filtered("qty_producing"):
            if not order._is_waiting_for_pick():
                continue
            skipped = order._get_components_under_rule().filtered(
                lambda move: (
                    move.has_tracking != "none"
                    and not move.picked
                    and not move._is_manual()
                )
            )
            for move, need in skipped._get_needs().items():
                move._set_quantity_done(need.open)
                move.picked = bool(move.quantity)

    def _post_inventory(self, cancel_backorder=False):
        with_rules = self.filtered(lambda order: order._has_shortage_rules())
        components = with_rules._get_components()
        components._drop_parked_surplus()
        components.filtered(lambda move: move._is_to_be_posted())._hold_what_is_there()
        with self.move_raw_ids._naming_who_loses() as moves:
            orders = self.with_env(moves.env)
            return super(MrpProduction, orders)._post_inventory(
                cancel_backorder=cancel_backorder
            )

    def _action_cancel(self):
        # Before: what was issued refuses it.
        self._check_nothing_issued()
        waiting = self.move_raw_ids._get_open_exceptions()
        if waiting:
            waiting._cancel(self.env._("The order was cancelled."))
        return super()._action_cancel()

    # Cost.

    def _count_parked_cost(self):
        """What waits for stock costs the finished product what it costs today.

        :return: in the company's currency
        """
        self.ensure_one()
        total = 0.0
        # Of one product several may wait: each is worth what comes out after the last.
        counted = defaultdict(float)
        for exception in self.move_raw_ids._get_open_exceptions():
            product = exception.product_id
            before = {"fifo_qty_already_processed": counted[product]}
            value = exception.with_context(**before)._get_value_today()
            counted[product] += exception._in_stock_unit()
            exception.write(
                {"counted_value": value, "counted_quantity": exception.quantity}
            )
            total += value
        return total
