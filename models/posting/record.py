"""What a person says was used: recorded on the component, posted with the order."""

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..access.arguments import check_records
from ..access.system_fields import by_system, is_within_by_system
from ..call_scope import COMPLETION, SPARED_COMPONENTS
from ..rules.issue_method import (
    NOT_FILLED_IN,
    ORDER_STATES_TO_ISSUE,
)
from ..rules.shortage import BLOCK
from ..shortage.blocked import get_blocking_error
from ..texts import format_quantity

# What happens at completion to what is to be issued by hand, and nobody recorded. It is
# blocked with ``BLOCK``.
LEFT_OUT = "left_out"
ASKED = "asked"

# Values that say what is used of a component, and of which lots. Core's reservation
# writes none of them.
USE_FIELDS = frozenset({"quantity", "move_line_ids", "lot_ids"})


class StockMove(models.Model):
    _inherit = "stock.move"

    is_recorded = fields.Boolean(
        string="Recorded by a Person",
        copy=False,
        readonly=True,
        help="A person recorded the quantity.",
    )

    def action_record_planned(self):
        """Record exactly the planned quantity: for what is being produced where that
        was reported, else for the whole order; less what was issued of it already.
        Posted when the order is done."""
        check_records(self)
        for move in self:
            move._record(move._get_quantity_to_record())
        return True

    def _get_quantity_to_record(self):
        """:return: in the component's unit"""
        self.ensure_one()
        if self.is_issued_early or self.is_parked:
            # Core's share is one of the demand, which is only what is left.
            return self._get_needs()[self].open
        return self.should_consume_qty or self.product_uom_qty

    def _record_all_planned(self):
        """Record the planned quantity of those of these that are manual and open."""
        components = self._get_unrecorded().filtered(lambda move: move._is_manual())
        if components:
            components.action_record_planned()
        return True

    def _get_unrecorded(self):
        """Those of which something is still to be recorded or issued."""
        return self.filtered(
            lambda move: (
                move._is_open_component()
                and move.state != "draft"
                and not move.picked
                and not move.product_uom.is_zero(move.product_uom_qty)
            )
        )

    def action_record_unused(self):
        """Record that none of the component is used, or, where a part was issued, no
        more than that."""
        check_records(self)
        for move in self:
            move._record(0)
        return True

    def action_clear_record(self):
        """Take a record back: the component is to be issued again."""
        check_records(self)
        self.filtered(lambda move: not move._is_recorded())._check_may_record()
        with self._logging_record():
            self._start_over()
        return True

    @contextmanager
    def _logging_record(self):
        """A person says what was used, or takes it back, within the block."""
        for move in self:
            move._hold_record()
        yield
        for move in self:
            move._hold_record()

    def _hold_record(self):
        self.ensure_one()
        if not self._is_recorded():
            text = self.env._("not recorded")
        elif self.product_uom.is_zero(self.quantity):
            text = self.env._("none used")
        else:
            quantity = format_quantity(self.env, self.quantity)
            text = f"{quantity} {self.product_uom.display_name}"
        self._hold_line(self.env._("Quantity Used"), text)

    def _record(self, quantity):
        """:param quantity: in the component's unit"""
        self._check_may_record()
        self.write({"quantity": quantity, "picked": True})

    def _check_may_record(self):
        """:raise UserError: the components are not manual, or closed"""
        wrong = self.filtered(lambda move: not move._may_record())
        if wrong:
            raise UserError(
                self.env._(
                    "Only manual components of a confirmed order can be recorded:\n%s",
                    wrong._list_components(),
                )
            )

    def _may_record(self):
        self.ensure_one()
        return self._is_not_filled_in() and self.state not in (
            "draft",
            "done",
            "cancel",
        )

    def _is_recorded(self):
        """Whether the quantity is a person's: core picks what it fills in, and
        nobody but a person picks a manual component."""
        self.ensure_one()
        return self.picked and (self._is_not_filled_in() or self.is_recorded)

    def _mark_recorded(self):
        with by_system(self.env):
            self.is_recorded = True

    def _forget_record(self):
        with by_system(self.env):
            self.write({"picked": False, "is_recorded": False})

    def _start_over(self):
        """Forget a quantity. Manual: to be issued. Backflush: filled in for what was
        reported so far, as core does at the report and not later."""
        for move in self:
            move._forget_record()
            move._resolve_supply_location_again()
            move._reserve_again()
            if not move._is_not_filled_in() and move.should_consume_qty:
                move._set_quantity_done(move.should_consume_qty)
                move.picked = True

    def _record_open_need(self):
        for move, need in self._get_needs().items():
            move.write({"quantity": need.open, "picked": True})

    # As values.

    @api.model
    def _is_recording(self, vals):
        """Whether these values say what was used, rather than what is planned."""
        return any(vals.get(name) for name in ("picked", "quantity", "move_line_ids"))

    def _write_use(self, vals):
        """Write what was used; on a manual component it is a record."""
        if not self._is_record_of_a_person(vals):
            return self._write_record(vals)
        manual = self.filtered(lambda move: move._may_record())
        with manual._logging_record():
            return self._write_record(vals)

    def _is_record_of_a_person(self, vals):
        """Rather than what the system fills in or limits, completing an order."""
        return (
            not COMPLETION.get(self.env)
            and not SPARED_COMPONENTS.get(self.env)
            and not is_within_by_system(self.env)
            and (bool(vals.get("picked")) or not USE_FIELDS.isdisjoint(vals))
            and not NOT_FILLED_IN.isdisjoint(self.mapped("issue_method"))
        )

    def _write_record(self, vals):
        if "picked" in vals:
            if vals["picked"] and SPARED_COMPONENTS.get(self.env):
                spared = self.filtered(lambda move: move._is_not_filled_in())
                return (self - spared)._write_plainly(vals)
            return self._write_plainly(vals)
        if USE_FIELDS.isdisjoint(vals):
            return self._write_plainly(vals)
        recorded = self.browse()
        if not NOT_FILLED_IN.isdisjoint(self.mapped("issue_method")):
            recorded = self.filtered(lambda move: move._may_record())
        if not recorded:
            # Not a difference of records: what they prefetch together would be lost.
            return self._write_plainly(vals)
        recorded._write_plainly({**vals, "picked": True})
        others = self - recorded
        return others._write_plainly(vals) if others else True

    # In a form. Manual means manual: nobody but a person fills a manual component in.

    @api.onchange("product_uom_qty", "product_uom")
    def _onchange_product_uom_qty(self):
        # Core fills in the quantity for what was reported so far.
        return None if self._is_not_filled_in() else super()._onchange_product_uom_qty()

    @api.onchange("quantity", "product_uom", "picked")
    def _onchange_quantity(self):
        if not self._is_not_filled_in():
            return super()._onchange_quantity()
        if self.product_uom.compare(self.quantity, self._origin.quantity):
            # Core takes a quantity as recorded only if it differs from the demand.
            self.picked = True
        return None

    # What nobody recorded or issued.

    def _is_unissued(self):
        """A manual component which the order needs and nobody issued or recorded."""
        self.ensure_one()
        return (
            self._is_manual()
            and self._is_open_component()
            and not self.picked
            and not self.is_issued_early
            and not self._get_open_exceptions()
            and not self.product_uom.is_zero(self.product_uom_qty)
        )

    def _check_may_stay_unissued(self, is_confirmed):
        """Whether orders may be closed without these manual components.

        :param is_confirmed: whether core's dialogs were answered. They can be skipped
            with a context key, which a client can send as well.
        :raise UserError: listing the components of all orders, where their company
            blocks, or where their BoM does and the user is no administrator
        """
        blocked = self.filtered(lambda move: move._must_be_issued(is_confirmed))
        if blocked:
            raise get_blocking_error(
                self.env._(
                    "These components must be recorded by hand. Record the quantity "
                    "used, or that none was used, before the order is marked done:\n%s",
                    blocked._list_components(),
                ),
                self.env._("Must Be Recorded by Hand"),
                [*blocked._get_ways_to_issue(), *blocked._get_ways_to_preview()],
            )

    def _get_unrecorded_quantity(self, need):
        """What is to be issued by hand and nobody recorded, in the component's unit."""
        self.ensure_one()
        return need.open if self._is_manual() and not self.picked else 0.0

    def _get_unrecorded_rule(self):
        """What completing the order does about it."""
        self.ensure_one()
        order = self.raw_material_production_id
        if self._is_unissued() and self._must_be_issued(is_confirmed=True):
            return BLOCK
        if not (self.bom_line_id and order._asks_about_consumption()):
            return LEFT_OUT
        may_confirm = not order._forbids_deviations() or self.env.user.has_group(
            "mrp.group_mrp_manager"
        )
        return ASKED if may_confirm else BLOCK

    def _get_ways_to_issue(self):
        order = self.raw_material_production_id
        if len(order) != 1 or order.state not in ORDER_STATES_TO_ISSUE:
            return []
        return [(self.env._("Issue Components"), order.action_open_issue())]

    def _must_be_issued(self, is_confirmed):
        self.ensure_one()
        order = self.raw_material_production_id
        if order._is_subcontracted():
            return False
        if self.company_id.unissued_rule == "block":
            return True
        # Core asks about a strict BoM in a dialog, and forbids only its button.
        return (
            is_confirmed
            and order._forbids_deviations()
            and bool(self.bom_line_id)
            and not self.env.su
            and not self.env.user.has_group("mrp.group_mrp_manager")
        )

    # Core's flag of what a person entered.

    def _clear_core_demand_for_lots(self):
        """At Done core refuses what bears its flag and has no lot. Where the rule says
        what happens to what isn't there, it isn't core's to refuse."""
        flagged = self.filtered(
            lambda move: move.manual_consumption and move.has_tracking != "none"
        )
        # The flag also says that a person entered the quantity.
        flagged.filtered("picked")._mark_recorded()
        flagged._clear_core_manual_consumption()

    def _clear_core_manual_consumption(self):
        """Core picks what bears its flag at Done, and asks for its lots. The flag
        means something else than the issue method (it comes with an operation, and
        with any edit), and Odoo is about to drop it: nothing else here uses it."""
        self.filtered("manual_consumption").manual_consumption = False
