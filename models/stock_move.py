from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .access.arguments import check_records
from .access.system_fields import by_system
from .posting.spared_components import are_manual_components_spared
from .rules.issue_method import (
    COMPLETION,
    ISSUE_METHOD_SOURCES,
    ISSUE_METHODS,
    MANUAL,
    Carried,
    CarriedQuantity,
)

OVERRIDE_GROUP = "mrp_backflush.group_issue_method_override"


class StockMove(models.Model):
    _name = "stock.move"
    _inherit = ["stock.move", "mrp.system.fields"]

    issue_method = fields.Selection(
        ISSUE_METHODS,
        compute="_compute_issue_method",
        store=True,
        readonly=False,
        precompute=True,
        help="How this component is issued.\n"
        "Manual: nobody but a person issues it, by recording the quantity used.\n"
        "Backflush at Completion: issued by itself when the order is marked done.\n"
        "Set when the component is added to the order, by the first of these that "
        "says something: BoM line, product, product category, work center, company. "
        "What a person sets here wins over all of them; empty it to inherit again.",
    )
    issue_method_source = fields.Selection(
        ISSUE_METHOD_SOURCES,
        string="Issue Method Set On",
        compute="_compute_issue_method",
        store=True,
        readonly=False,
        precompute=True,
        help="The level that decided the issue method of this component.",
    )
    is_recorded = fields.Boolean(
        copy=False,
        readonly=True,
        help="A person recorded the quantity. Kept where the method or the status no "
        "longer tells: after a change to backflush, and on a closed order.",
    )
    issue_state = fields.Selection(
        [
            ("to_issue", "To Issue"),
            ("recorded", "Recorded"),
            ("partly_issued", "Partly Issued"),
            ("parked", "Waiting"),
            ("issued", "Issued"),
            ("not_used", "Not Used"),
            ("not_issued", "Not Issued"),
        ],
        string="Issue Status",
        compute="_compute_issue_state",
        help="To Issue: nothing has left the stock, a quantity shown is reserved.\n"
        "Recorded: the quantity leaves the stock when the order is marked done.\n"
        "Partly Issued: a part of what is needed has left the stock.\n"
        "Waiting: a part was not there, and waits as a backflush exception.\n"
        "Issued: it has left the stock.\n"
        "Not Used: a person recorded that none was used.\n"
        "Not Issued: the order was closed without this component.",
    )

    # The method of a component.

    @api.depends(
        "raw_material_production_id", "product_id", "bom_line_id", "operation_id"
    )
    def _compute_issue_method(self):
        for move in self:
            method, source = move._get_kept_issue_method() or (
                move._resolve_issue_method()
            )
            move.issue_method = method
            move.issue_method_source = source

    def _get_kept_issue_method(self):
        """What a person chose and what was applied are not resolved again.

        :return: (method, source), or None if the levels decide
        """
        self.ensure_one()
        # In a form, what isn't changed there is known by the origin alone.
        for move in (self, self._origin):
            if move.issue_method and (
                move.issue_method_source == "order" or move._is_posted()
            ):
                return move.issue_method, move.issue_method_source
        return None

    def _resolve_issue_method(self):
        """Return (method, source) of the first level that says something; the rule
        is the company's ``_resolve_issue_method``."""
        self.ensure_one()
        move = self.sudo()
        production = move.raw_material_production_id
        if not production or not move.product_id:
            return False, False
        if production._is_subcontracted():
            # Headless: there is nobody to issue anything by hand.
            return COMPLETION, False
        operation = move.operation_id or move.bom_line_id.operation_id
        company = production.company_id or self.env.company
        method, source, _record = company._resolve_issue_method(
            move.product_id,
            bom_line=move.bom_line_id,
            workcenter=operation.workcenter_id,
        )
        return method, source

    def _resolve_issue_method_again(self):
        """Have the levels decide anew, except where a person or the past did."""
        components = self.filtered(lambda move: not move._is_posted())
        methods_before = {move: move.issue_method for move in components}
        self.env.add_to_compute(self._fields["issue_method"], components)
        components._adapt_to_issue_method(methods_before)

    def _is_posted(self):
        """Whether something of it was posted: its method was applied."""
        self.ensure_one()
        return (
            self.state in ("done", "cancel")
            or self.is_issued_early
            or bool(self._get_open_exceptions())
        )

    def _is_manual(self):
        self.ensure_one()
        return self.issue_method == MANUAL and bool(self.raw_material_production_id)

    def _has_manual(self):
        return any(move._is_manual() for move in self)

    # Not on the order's state, although it is read: components change state with it,
    # and every write of an order's state would go through all cached components.
    @api.depends(
        *("issue_method", "state", "picked", "quantity", "is_recorded"),
        *("is_issued_early", "product_uom_qty", "is_parked"),
        "backflush_exception_ids.state",
    )
    def _compute_issue_state(self):
        for move in self:
            move.issue_state = move._get_issue_state()

    def _get_issue_state(self):
        self.ensure_one()
        production = self.raw_material_production_id
        if not production:
            return False
        if self.state == "done" and self.quantity:
            return "issued"
        if production.state == "done" and self.is_recorded:
            return "not_used"
        is_closed = "done" in (self.state, production.state) or "cancel" in (
            self.state,
            production.state,
        )
        if self.is_issued_early and (
            is_closed or self.product_uom.is_zero(self.product_uom_qty)
        ):
            return "issued"
        if is_closed:
            return "not_issued"
        if self._is_recorded():
            return "recorded"
        return "partly_issued" if self.is_issued_early else "to_issue"

    def _is_recorded(self):
        """Whether the quantity is a person's: core picks what it fills in, and
        nobody but a person picks a manual component."""
        self.ensure_one()
        return self.picked and (self._is_manual() or self.is_recorded)

    # A person's override.

    @api.onchange("issue_method")
    def _onchange_issue_method(self):
        if self.issue_method and self.issue_method != self._origin.issue_method:
            self.issue_method_source = "order"

    @api.model_create_multi
    def create(self, vals_list):
        chosen_methods = [self._pop_chosen_issue_method(vals) for vals in vals_list]
        recorded = [self._is_recording(vals) for vals in vals_list]
        moves = super().create(vals_list)
        for move, method, is_recorded in zip(
            moves, chosen_methods, recorded, strict=True
        ):
            if method:
                move.issue_method = method
            if not is_recorded and move.picked and move._is_manual():
                # Core picks whatever is added to an order in progress.
                move.picked = False
        return moves

    @api.model
    def _pop_chosen_issue_method(self, vals):
        """Take a method out of the values unless the server carried it over.

        :return: the method that a person sent, or None
        """
        is_carried = isinstance(vals.get("issue_method_source"), Carried)
        if is_carried and vals.get("issue_method"):
            vals["issue_method_source"] = str(vals["issue_method_source"])
            return None
        vals.pop("issue_method_source", None)
        return vals.pop("issue_method", None)

    @api.model
    def _is_recording(self, vals):
        """Whether these values say what was used, rather than what is planned."""
        return any(vals.get(name) for name in ("picked", "quantity", "move_line_ids"))

    def write(self, vals):
        if vals.get("picked") and are_manual_components_spared(self.env):
            spared = self.filtered(lambda move: move._is_manual())
            return super(StockMove, self - spared).write(vals)
        if "issue_method" in vals or "issue_method_source" in vals:
            return self._write_issue_method(vals)
        if "picked" not in vals and self._is_statement_of_use(vals):
            return self._write_quantity(vals)
        return super().write(vals)

    def _write_issue_method(self, vals):
        """Write the values, the method in them being a person's choice."""
        vals = dict(vals)
        # Never a client's to say: it follows from the method.
        vals.pop("issue_method_source", None)
        if "issue_method" in vals:
            method = vals.pop("issue_method") or False
            changed = self.filtered(lambda move: move._is_override(method))
            changed._check_may_override_issue_method()
            changed._override_issue_method(method)
        return self.write(vals) if vals else True

    def _is_override(self, method):
        """Whether this method differs from what the component has.

        No method takes an override back; to choose what holds anyway is none.
        """
        self.ensure_one()
        if not self.raw_material_production_id:
            return False
        if not method:
            return self.issue_method_source == "order"
        return self.issue_method != method

    def _override_issue_method(self, method):
        """Set a person's choice, or take it back if the method is empty. Whether
        the person may was checked before."""
        methods_before = {move: move.issue_method for move in self}
        source = "order" if method else False
        result = super().write({"issue_method": method, "issue_method_source": source})
        if not method:
            self.env.add_to_compute(self._fields["issue_method"], self)
        self._adapt_to_issue_method(methods_before)
        return result

    def _check_may_override_issue_method(self):
        """
        :raise AccessError: the user may not override the method on an order
        :raise UserError: the order is a subcontractor's, or something of the
            component was posted already
        """
        if not self:
            return
        if not self.env.su and not self.env.user.has_group(OVERRIDE_GROUP):
            raise AccessError(
                self.env._(
                    "You may not change how a component of an order is issued. Ask an "
                    "administrator for the right to override it on orders."
                )
            )
        if any(order._is_subcontracted() for order in self.raw_material_production_id):
            raise UserError(
                self.env._(
                    "Components of a subcontracting order are always backflushed: it "
                    "is completed by a receipt, and there is nobody to issue by hand."
                )
            )
        posted = self.filtered(lambda move: move._is_posted())
        if posted:
            raise UserError(
                self.env._(
                    "The issue method can't be changed any more, these components were "
                    "issued or closed already:\n%s",
                    posted._list_components(),
                )
            )

    def _adapt_to_issue_method(self, methods_before):
        """Bring components of orders in progress in line with their new method.

        What a person recorded stays as it is, whatever the method becomes.

        :param methods_before: the method of each before the change
        """
        self._resolve_supply_location_again()
        for move in self:
            method_before = methods_before[move]
            if move.issue_method == method_before or move.state == "draft":
                continue
            if method_before == MANUAL and move.picked:
                move._mark_recorded()
            elif not move.is_recorded:
                move._start_over()

    def _start_over(self):
        """Forget a quantity. Manual: to be issued. Backflush: filled in for what was
        reported so far, as core does at the report and not later."""
        for move in self:
            move._forget_record()
            move._resolve_supply_location_again()
            move._reserve_again()
            if not move._is_manual() and move.should_consume_qty:
                move._set_quantity_done(move.should_consume_qty)
                move.picked = True

    def _reserve_again(self):
        """Replace what was consumed on paper by what the warehouse would reserve."""
        self._do_unreserve()
        today = fields.Date.context_today(self)
        self.filtered(
            lambda move: (
                move.picking_type_id.reservation_method == "at_confirm"
                or (move.reservation_date and move.reservation_date <= today)
            )
        )._action_assign()

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if not {"issue_method", "issue_method_source"} & set(default or {}):
            for vals in vals_list:
                if vals.get("issue_method_source"):
                    vals["issue_method_source"] = Carried(vals["issue_method_source"])
        for name in {"quantity_per_unit", "fixed_quantity"} - set(default or {}):
            for vals in vals_list:
                if vals.get(name):
                    vals[name] = CarriedQuantity(vals[name])
        return vals_list

    def _prepare_phantom_move_values(self, bom_line, product_qty, quantity_done):
        values = super()._prepare_phantom_move_values(
            bom_line, product_qty, quantity_done
        )
        # The exploded line's own levels decide, not the kit's.
        values.update(issue_method=False, issue_method_source=False)
        if self.raw_material_production_id:
            # Core picks a kit that is added to an order in progress, and picks its
            # components by itself where they are not manual.
            values.pop("picked", None)
        return values

    @api.model
    def _prepare_merge_moves_distinct_fields(self):
        return super()._prepare_merge_moves_distinct_fields() + ["issue_method"]

    # Manual means manual: nobody but a person fills a manual component in.

    def _should_bypass_set_qty_producing(self):
        return (
            super()._should_bypass_set_qty_producing()
            or self._is_manual()
            or self._is_recorded()
        )

    def _set_quantity_done(self, qty):
        if are_manual_components_spared(self.env) and self._is_manual():
            return None
        return super()._set_quantity_done(qty)

    @api.onchange("product_uom_qty", "product_uom")
    def _onchange_product_uom_qty(self):
        # Core fills in the quantity for what was reported so far.
        return None if self._is_manual() else super()._onchange_product_uom_qty()

    @api.onchange("quantity", "product_uom", "picked")
    def _onchange_quantity(self):
        if not self._is_manual():
            return super()._onchange_quantity()
        if self.product_uom.compare(self.quantity, self._origin.quantity):
            # Core takes a quantity as recorded only if it differs from the demand.
            self.picked = True
        return None

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
            raise UserError(
                self.env._(
                    "These components are issued by hand and nobody did. Record the "
                    "quantity used, or that none was used, before the order is marked "
                    "done:\n%s",
                    blocked._list_components(),
                )
            )

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
            and order.consumption == "strict"
            and bool(self.bom_line_id)
            and not self.env.su
            and not self.env.user.has_group("mrp.group_mrp_manager")
        )

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

    # Recording: what a person says was used, posted with the order.

    @api.model
    def _is_statement_of_use(self, vals):
        """Whether these values say what is used of a component, and of which lots.
        Core's reservation writes none of them."""
        return not {"quantity", "move_line_ids", "lot_ids"}.isdisjoint(vals)

    def _write_quantity(self, vals):
        """Write what was used; on a manual component it is a record."""
        recorded = self.filtered(lambda move: move._may_record())
        if not recorded:
            # Not a difference of records: what they prefetch together would be lost.
            return super().write(vals)
        super(StockMove, recorded).write({**vals, "picked": True})
        others = self - recorded
        return super(StockMove, others).write(vals) if others else True

    def _may_record(self):
        self.ensure_one()
        return self._is_manual() and self.state not in ("draft", "done", "cancel")

    def action_record_planned(self):
        """Record exactly the planned quantity: for what is being produced where that
        was reported, else for the whole order. Posted when the order is done."""
        check_records(self)
        for move in self:
            move._record(move.should_consume_qty or move.product_uom_qty)
        return True

    def action_record_unused(self):
        """Record that none of the component is used."""
        check_records(self)
        for move in self:
            move._record(0)
        return True

    def action_clear_record(self):
        """Take a record back: the component is to be issued again."""
        check_records(self)
        self.filtered(lambda move: not move._is_recorded())._check_may_record()
        self._start_over()
        return True

    def _mark_recorded(self):
        with by_system(self.env):
            self.is_recorded = True

    def _forget_record(self):
        with by_system(self.env):
            self.write({"picked": False, "is_recorded": False})

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

    def _list_components(self):
        """The components in words for a message, a line each."""
        return "\n".join(
            self.env._(
                "- %(order)s: %(product)s, %(quantity)s %(unit)s",
                order=move.raw_material_production_id.display_name,
                product=move.product_id.display_name,
                quantity=f"{move.product_uom.round(move.product_uom_qty):g}",
                unit=move.product_uom.display_name,
            )
            for move in self
        )
