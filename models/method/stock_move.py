"""How a component is issued and where it is taken from: what the levels say, and what a
person chose."""

from contextlib import contextmanager

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..choice_log import describe_value, hold_line
from ..rules.from_server import from_server, is_from_server
from ..rules.issue_method import (
    COMPLETION,
    COUNT,
    ISSUE_METHOD_SOURCES,
    ISSUE_METHODS,
    ISSUE_METHODS_HELP,
    NOT_FILLED_IN,
)
from ..rules.supply_location import SUPPLY_LOCATION_SOURCES
from .issue_method_words import describe_issue_method

# Fields in which a person may choose otherwise than the levels, and what says so.
CHOICE_SOURCES = {
    "issue_method": "issue_method_source",
    "location_id": "supply_location_source",
}

OVERRIDE_GROUP = "mrp_backflush.group_issue_method_override"


class StockMove(models.Model):
    _inherit = "stock.move"

    issue_method = fields.Selection(
        ISSUE_METHODS,
        compute="_compute_issue_method",
        store=True,
        readonly=False,
        precompute=True,
        help=f"{ISSUE_METHODS_HELP}\n"
        "It comes from the first of these that has one: BoM line, product, product "
        "category, work center, company. What a person chooses here wins over all of "
        "them; choose Inherit to take that back.",
    )
    issue_method_inherited = fields.Char(
        string="Inherited Issue Method",
        compute="_compute_issue_method_inherited",
        help="How the component would be issued without a person's choice, and where "
        "that is set.",
    )
    issue_method_source = fields.Selection(
        ISSUE_METHOD_SOURCES,
        string="Method from",
        compute="_compute_issue_method",
        store=True,
        readonly=False,
        precompute=True,
        help="Where the issue method of this component is set.",
    )

    supply_location_source = fields.Selection(
        SUPPLY_LOCATION_SOURCES,
        string="Location from",
        help="Where it is set from which location this component is taken: by a person "
        "on the order, on the BoM line, on the work center, or the order's own source "
        "location. Manual components are taken from the order's source location, "
        "unless a person chooses another one.",
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
        method, source, _record = move._find_issue_method_level(operation.workcenter_id)
        return method, source

    def _find_issue_method_level(self, workcenter):
        """Return (method, source, record) of the first level that says something."""
        production = self.raw_material_production_id
        company = production.company_id or self.env.company
        return company._resolve_issue_method(
            self.product_id, bom_line=self.bom_line_id, workcenter=workcenter
        )

    @api.depends(
        "raw_material_production_id", "product_id", "bom_line_id", "operation_id"
    )
    def _compute_issue_method_inherited(self):
        for move in self:
            move.issue_method_inherited = move.sudo()._get_issue_method_inherited()

    def _get_issue_method_inherited(self):
        production = self.raw_material_production_id
        # Only where it may still be chosen.
        if (
            not production
            or not self.product_id
            or self.state in ("done", "cancel")
            or production._is_subcontracted()
        ):
            return False
        operation = self.operation_id or self.bom_line_id.operation_id
        return describe_issue_method(
            *self._find_issue_method_level(operation.workcenter_id)
        )

    def _resolve_issue_method_again(self):
        """Have the levels decide anew, except where a person or the past did."""
        components = self.filtered(lambda move: not move._is_posted())
        methods_before = {move: move.issue_method for move in components}
        self.env.add_to_compute(self._fields["issue_method"], components)
        components._adapt_to_issue_method(methods_before)

    def _has_manual(self):
        return any(move._is_manual() for move in self)

    def _is_posted(self):
        """Whether something of it was posted: its method was applied."""
        self.ensure_one()
        return (
            self.state in ("done", "cancel")
            or self.is_issued_early
            or bool(self._get_open_exceptions())
        )

    # A person's choice of it.

    @api.onchange("issue_method")
    def _onchange_issue_method(self):
        if self.issue_method and self.issue_method != self._origin.issue_method:
            self.issue_method_source = "order"

    @api.model
    def _pop_chosen_issue_method(self, vals):
        """Take a method out of the values unless the server carried it over.

        :return: the method that a person sent, or None
        """
        is_carried = is_from_server(vals.get("issue_method_source"))
        if is_carried and vals.get("issue_method"):
            vals["issue_method_source"] = str(vals["issue_method_source"])
            return None
        vals.pop("issue_method_source", None)
        return vals.pop("issue_method", None)

    def _choose_issue_method(self, vals):
        """Set the method in these values, a person's choice.

        :return: the values without it
        """
        vals = dict(vals)
        # Never a client's to say: it follows from the method.
        vals.pop("issue_method_source", None)
        if "issue_method" in vals:
            method = vals.pop("issue_method") or False
            changed = self.filtered(lambda move: move._is_override(method))
            changed._check_may_override_issue_method()
            if method == COUNT:
                changed._check_may_be_at_count()
            with changed._logging_choice("issue_method"):
                changed._override_issue_method(method)
        return vals

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
        result = self._write_plainly(
            {"issue_method": method, "issue_method_source": source}
        )
        if not method:
            self.env.add_to_compute(self._fields["issue_method"], self)
        self._adapt_to_issue_method(methods_before)
        return result

    @contextmanager
    def _logging_choice(self, name):
        """A person chooses what the field holds, within the block."""
        for move in self:
            move._hold_choice(name)
        yield
        for move in self:
            move._hold_choice(name)

    def _hold_choice(self, name):
        source = CHOICE_SOURCES[name]
        text = describe_value(self, name)
        if self[source] != "order":
            text = self.env._("%s (inherited)", text)
        self._hold_line(self.fields_get([name], ["string"])[name]["string"], text)

    def _hold_line(self, label, text):
        """Note what holds of the component, in the chatter of its order."""
        hold_line(
            self.raw_material_production_id,
            self.env._("Components"),
            self,
            f"{self.product_id.display_name}, {label}",
            text,
        )

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
                    "Components of a subcontracting order are always issued At "
                    "Completion, with its receipt."
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
            if method_before in NOT_FILLED_IN and move.picked:
                move._mark_recorded()
            elif not move.is_recorded:
                move._start_over()

    # Where a component comes from.

    def _has_supply_location(self):
        """Whether levels may say where the move comes from: a component, and not of a
        subcontracting order, whose stock is at the subcontractor's."""
        self.ensure_one()
        production = self.raw_material_production_id
        return (
            bool(production)
            and not production._is_subcontracted()
            # Scrap of a component names its order too.
            and self.location_dest_id.usage != "inventory"
        )

    def _resolve_supply_location(self):
        """Return (location, source) of the first level that says something."""
        self.ensure_one()
        production = self.raw_material_production_id
        workorder = self._get_supply_workorder()
        operation = self.operation_id or self.bom_line_id.sudo().operation_id
        company = production.company_id or self.env.company
        return company._resolve_supply_location(
            production.location_src_id,
            self.product_id,
            self.bom_line_id,
            workorder.workcenter_id or operation.sudo().workcenter_id,
            self.issue_method,
        )

    def _get_supply_workorder(self):
        """The work order that the component is for, also before core links it."""
        self.ensure_one()
        operation = self.operation_id or self.bom_line_id.sudo().operation_id
        if self.workorder_id or not operation:
            return self.workorder_id
        return self.raw_material_production_id.workorder_ids.filtered(
            lambda workorder: workorder.operation_id == operation
        )[:1]

    def _get_supply_location_source(self):
        self.ensure_one()
        return self.supply_location_source or "production"

    def _compute_location_id(self):
        # Core puts every component back to the order's source location when that or
        # the operation type changes.
        components = self.filtered(lambda move: move._has_supply_location())
        result = super(StockMove, self - components)._compute_location_id()
        for move in components:
            if move.supply_location_source == "order" or move.state in (
                "done",
                "cancel",
            ):
                move.location_id = move.location_id
                continue
            location, source = move._resolve_supply_location()
            move.location_id = location.id
            if source != (move.supply_location_source or "production"):
                move.supply_location_source = from_server(source)
        return result

    def _resolve_supply_location_again(self):
        """Have the levels decide anew, except where a person or the past did."""
        for move in self:
            if not move._may_be_placed_again():
                continue
            location, source = move._resolve_supply_location()
            if location != move.location_id:
                move._supply_from(location, source)
            elif source != (move.supply_location_source or "production"):
                move._set_supply_location_source(source)

    def _set_supply_location_source(self, source):
        return self._write_plainly({"supply_location_source": source})

    def _may_be_placed_again(self):
        self.ensure_one()
        if (
            self.state in ("done", "cancel")
            or self.picked
            or not self._has_supply_location()
        ):
            return False
        if not self.supply_location_source:
            # From before the module: only a person can have set another location.
            own_location = self.raw_material_production_id.location_src_id
            return self.location_id == own_location
        return self.supply_location_source != "order"

    def _supply_from(self, location, source):
        """Take the component from this location. What was reserved elsewhere is
        reserved there, what was picked elsewhere is picked there."""
        self.ensure_one()
        quantity, is_picked = self.quantity, self.picked
        vals = {"location_id": location.id, "supply_location_source": source}
        if self.state == "draft":
            return self._write_plainly(vals)
        if self.procure_method == "make_to_order":
            # Nothing is brought there for this order.
            vals.update(procure_method="make_to_stock", move_orig_ids=[Command.clear()])
        result = self._write_plainly(vals)
        if not is_picked:
            self._reserve_again()
            if quantity and not self.quantity:
                # A person had reserved it before its time.
                self._action_assign()
        elif self.product_uom.compare(self.quantity, quantity):
            self._set_quantity_done(quantity)
            self.picked = True
        return result

    def _adjust_procure_method(self, picking_type_code=False):
        # Core climbs from the location to its parents for a rule that brings goods to
        # production. A line-side location below the stock would catch the rule of its
        # parent, and the component wait for a transfer that passes it by.
        line_side = self.filtered(lambda move: move._is_line_side())
        line_side.procure_method = "make_to_stock"
        return super(StockMove, self - line_side)._adjust_procure_method(
            picking_type_code
        )

    def _is_line_side(self):
        self.ensure_one()
        production = self.raw_material_production_id
        return (
            bool(production)
            # What a person chose is brought there where core finds a rule for it.
            and self.supply_location_source in ("bom_line", "workcenter")
            and self.location_id != production.location_src_id
        )

    # A person's choice of it.

    @api.onchange("location_id")
    def _onchange_supply_location(self):
        production = self.raw_material_production_id
        if not production or self.location_id == self._origin.location_id:
            return
        is_default = self.location_id == production.location_src_id
        if is_default and not self.supply_location_source:
            return
        location, source = self._resolve_supply_location()
        self.supply_location_source = (
            source if self.location_id == location else "order"
        )

    @api.model
    def _fill_in_location(self, vals):
        """Tell a location that a person chose from the one that is filled in by
        default, and have the levels decide instead of the latter."""
        source = vals.pop("supply_location_source", None)
        if is_from_server(source):
            vals["supply_location_source"] = str(source)
            return
        order_id = vals["raw_material_production_id"]
        production = self.env["mrp.production"].browse(order_id)
        destination = self.env["stock.location"].browse(vals.get("location_dest_id"))
        if production._is_subcontracted() or destination.usage == "inventory":
            return
        location_id = vals.get("location_id")
        location, level = production._resolve_supply_location(vals)
        own_location = production.location_src_id
        if location_id and location_id != location.id:
            if source == "order" or location_id != own_location.id:
                vals["supply_location_source"] = "order"
                return
        vals.update(location_id=location.id, supply_location_source=level)
        if location != own_location and location.warehouse_id:
            vals["warehouse_id"] = location.warehouse_id.id

    def _write_location(self, vals):
        """Write the values, first what they say of where it comes from."""
        source = vals.get("supply_location_source")
        if is_from_server(source):
            return self._write_component(
                {**vals, "supply_location_source": str(source)}
            )
        if "supply_location_source" in vals:
            # It follows from the location.
            vals = {key: vals[key] for key in vals if key != "supply_location_source"}
        if "location_id" in vals:
            return self._write_supply_location(vals)
        result = self._write_component(vals)
        if "operation_id" in vals:
            self._resolve_supply_location_again()
        return result

    def _write_supply_location(self, vals):
        """Write the values, the location in them being a person's choice."""
        location = self.env["stock.location"].browse(vals["location_id"])
        chosen = self.filtered(
            lambda move: (
                move.location_id != location
                and move.state not in ("done", "cancel")
                and move._has_supply_location()
            )
        )
        if not chosen:
            return self._write_component(vals)
        with chosen._logging_choice("location_id"):
            chosen._write_chosen_location(vals, location)
        rest = self - chosen
        return rest._write_component(vals) if rest else True

    def _write_chosen_location(self, vals, location):
        supplied = self.filtered(lambda move: move._is_supplied_by_levels())
        for move in supplied:
            # Core reserves anew only where moves are written one by one.
            move._supply_from(location, move._get_source_of_choice(location))
        others = {key: vals[key] for key in vals if key != "location_id"}
        if others and supplied:
            supplied._write_component(others)
        by_source = (self - supplied).grouped(
            lambda move: move._get_source_of_choice(location)
        )
        for source, moves in by_source.items():
            moves._write_component({**vals, "supply_location_source": source})

    def _get_source_of_choice(self, location):
        """:param location: that a person chose"""
        resolved, source = self._resolve_supply_location()
        return source if location == resolved else "order"

    def _is_supplied_by_levels(self):
        """Whether it is more to the component than to core where it is taken from: a
        level says so, or a person recorded what was used."""
        _location, source = self._resolve_supply_location()
        levels = ("bom_line", "workcenter")
        return (
            source in levels
            or self.supply_location_source in levels
            or self._is_recorded()
        )
