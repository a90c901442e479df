"""The component list as people read it: a row for each component, with what was
planned, what was issued of it and what is open. Issues before completion are moves of
their own; on screens they are behind the issued quantity."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..access.arguments import check_record, check_records
from ..rules.issue_method import START
from ..texts import format_quantity


class StockMove(models.Model):
    _inherit = "stock.move"

    planned_quantity = fields.Float(
        string="Planned",
        compute="_compute_planned_quantity",
        inverse="_inverse_planned_quantity",
        digits="Product Unit",
        help="What the order was planned to need of this component, whatever was "
        "issued of it.",
    )
    open_quantity = fields.Float(
        string="Open",
        compute="_compute_open_quantity",
        digits="Product Unit",
        help="Planned, and neither issued yet nor waiting for stock. On a completed "
        "order: needed, and nobody said that it wasn't used.",
    )
    # A list reads of a unit that it hides its id alone.
    unit_name = fields.Char(related="product_uom.name")
    issue_progress = fields.Char(
        compute="_compute_issue_progress",
        help="How much of a partly issued component was issued.",
    )
    issued_by_id = fields.Many2one(
        "res.users",
        compute="_compute_issued_by_id",
        help="Who issued it, or completed the order.",
    )

    # Planned, and what is open of it.

    @api.depends(
        *("product_uom_qty", "is_issued_early", "issue_move_ids.quantity"),
        *("is_parked", "backflush_exception_ids.quantity"),
        *("backflush_exception_ids.state", "needed_quantity", "state"),
    )
    def _compute_planned_quantity(self):
        # The demand is what is left of the plan.
        divided = self.filtered(
            lambda move: (
                (move.is_issued_early or move.is_parked)
                and bool(move.raw_material_production_id)
                and (
                    move._is_closed() or move.product_uom.is_zero(move.product_uom_qty)
                )
            )
        )
        needs = divided._get_whole_order_needs() if divided else {}
        for move in self:
            planned = move.product_uom_qty + move._get_issued_and_waiting()
            if move in needs:
                planned = move._get_divided_plan(planned, needs[move])
            move.planned_quantity = planned

    def _get_divided_plan(self, planned, need):
        """What was planned, where the demand doesn't say it.

        :param planned: the demand, with what was issued and what waits
        :param need: of the whole order
        """
        if not self._is_closed():
            # More may have been issued than was planned.
            return min(planned, need.total)
        if self._is_needed_as_planned():
            return self.needed_quantity
        # Where nothing was issued before completion, the demand wasn't divided.
        return need.total if self.whole_quantity else self.product_uom_qty

    def _is_closed(self):
        """Whether nothing is to be issued of it any more, but by a correction."""
        self.ensure_one()
        closed = ("done", "cancel")
        return self.state in closed or self.raw_material_production_id.state in closed

    def _is_needed_as_planned(self):
        """Whether the order was completed, and produced what was planned."""
        order = self.raw_material_production_id
        return (
            order.state == "done"
            and bool(self.needed_quantity)
            # Of orders from before an upgrade only what they needed may be known.
            and (
                not self.reported_quantity
                or order.product_uom_id.compare(
                    self.reported_quantity, order.product_qty
                )
                == 0
            )
        )

    def _inverse_planned_quantity(self):
        """
        :raise UserError: less than was issued already, or the order is completed
        """
        for move, planned in [(move, move.planned_quantity) for move in self]:
            demand = planned - move._get_issued_and_waiting()
            if move.product_uom.compare(demand, move.product_uom_qty) == 0:
                continue
            if move.raw_material_production_id.state in ("done", "cancel"):
                raise UserError(
                    self.env._(
                        "%s: the plan of a completed order is history. Correct the "
                        "quantity used instead.",
                        move.product_id.display_name,
                    )
                )
            if move.product_uom.compare(demand, 0) < 0:
                raise UserError(move._explain_least_plan())
            move.product_uom_qty = demand

    def _explain_least_plan(self):
        return self.env._(
            "%(product)s: %(quantity)s %(unit)s were issued already or wait for stock. "
            "Plan at least that, or return what is too much with Return Components.",
            product=self.product_id.display_name,
            quantity=format_quantity(self.env, self._get_issued_and_waiting()),
            unit=self.product_uom.display_name,
        )

    @api.depends(
        *("product_uom_qty", "state", "is_recorded", "needed_quantity"),
        *("is_issued_early", "issue_move_ids.quantity"),
        *("is_parked", "backflush_exception_ids.quantity"),
        *("backflush_exception_ids.state", "count_share_ids.count_id.state"),
    )
    def _compute_open_quantity(self):
        for move in self:
            if not move._is_closed():
                move.open_quantity = move.product_uom_qty
            else:
                move.open_quantity = move._get_left_out()

    def _get_left_out(self):
        """What a completed order needed and nobody issued, nor said that it wasn't
        used; in the component's unit."""
        self.ensure_one()
        order = self.raw_material_production_id
        if order.state != "done" or self.state == "done" or self.is_recorded:
            return 0.0
        if self._get_count_state() == "counted":
            return 0.0
        # Orders from before an upgrade know their demand only.
        needed = self.needed_quantity or self.product_uom_qty
        return max(self.product_uom.round(needed - self._get_issued_and_waiting()), 0.0)

    @api.depends("issue_state", "issued_quantity", "open_quantity", "planned_quantity")
    def _compute_issue_progress(self):
        for move in self:
            if move.issue_state != "partly_issued":
                move.issue_progress = False
                continue
            issued = move.product_uom.round(move.issued_quantity)
            total = (
                move.product_uom.round(issued + move.open_quantity)
                if move._is_closed()
                else move.planned_quantity
            )
            move.issue_progress = self.env._(
                "%(issued)s of %(planned)s",
                issued=format_quantity(self.env, issued),
                planned=format_quantity(self.env, total),
            )

    # Its issues.

    @api.depends("issue_component_id")
    def _compute_issued_by_id(self):
        for move in self:
            move.issued_by_id = (
                move.create_uid if move.issue_component_id else move.write_uid
            )

    def action_view_issues(self):
        """:return: an action with what was issued of the component, and returned"""
        check_record(self)
        view = self.env.ref("mrp_backflush.stock_move_issues_view_list")
        return {
            "name": self.env._("Issues of %s", self.product_id.display_name),
            "type": "ir.actions.act_window",
            "res_model": "stock.move",
            "views": [(view.id, "list")],
            "target": "new",
            "domain": [
                ("state", "=", "done"),
                # What was returned is no order's any more.
                ("raw_material_production_id", "!=", False),
                "|",
                ("id", "=", self.id),
                ("issue_component_id", "=", self.id),
            ],
            "context": {"create": False},
        }


class ComponentList(models.AbstractModel):
    """A document with a component list: an order, or one of its operations."""

    _name = "mrp.component.list"
    _description = "Component List"

    can_record_components = fields.Boolean(compute="_compute_can_record_components")

    @api.depends(
        *("move_raw_ids.state", "move_raw_ids.picked"),
        *("move_raw_ids.issue_method", "move_raw_ids.product_uom_qty"),
    )
    def _compute_can_record_components(self):
        for record in self:
            components = record.move_raw_ids._get_unrecorded()
            record.can_record_components = components._has_manual()

    def action_record_all_planned(self):
        """Record the planned quantity of each manual component that is still open."""
        check_records(self)
        return self.move_raw_ids._record_all_planned()

    def web_read(self, specification):
        return _read_rows_of_components(self, specification, super().web_read)

    def onchange(self, values, field_names, fields_spec):
        result = super().onchange(values, field_names, fields_spec)
        changes = result.get("value", {})
        _drop_changes_of_issues(self, changes, fields_spec)
        # A work order that was opened in the order's form has the list, too.
        of_workorders = (fields_spec.get("workorder_ids") or {}).get("fields") or {}
        for command in changes.get("workorder_ids", ()):
            if command[0] == Command.UPDATE:
                workorder = self.workorder_ids.browse(command[1])
                _drop_changes_of_issues(workorder, command[2], of_workorders)
        return result


class MrpProduction(models.Model):
    _name = "mrp.production"
    _inherit = ["mrp.production", "mrp.component.list"]

    can_start_components = fields.Boolean(compute="_compute_can_start_components")

    @api.depends(
        *("state", "move_raw_ids.state", "move_raw_ids.picked"),
        *("move_raw_ids.issue_method", "move_raw_ids.product_uom_qty"),
    )
    def _compute_can_start_components(self):
        for order in self:
            # With what was recorded the order is in progress, and core's button gone.
            order.can_start_components = order._is_started() and any(
                move.issue_method == START
                for move in order.move_raw_ids._get_unrecorded()
            )


class MrpWorkorder(models.Model):
    _name = "mrp.workorder"
    _inherit = ["mrp.workorder", "mrp.component.list"]

    can_issue_components = fields.Boolean(related="production_id.can_issue_components")

    def action_open_issue(self):
        check_record(self)
        action = self.production_id.action_open_issue()
        action["context"]["default_workorder_id"] = self.id
        return action


def _get_hidden_issues(records, specification):
    """The rows that who asks for these fields of orders or work orders doesn't get."""
    wanted = (specification.get("move_raw_ids") or {}).get("fields") or {}
    if "planned_quantity" not in wanted:
        return records.env["stock.move"]
    return records.move_raw_ids.filtered("issue_component_id")


def _drop_changes_of_issues(records, changes, fields_spec):
    """Leave in what follows from a change in a form the rows that the form has.

    :param changes: values and commands by field
    """
    commands = changes.get("move_raw_ids")
    issue_ids = set(_get_hidden_issues(records, fields_spec)._ids) if commands else ()
    if issue_ids:
        changes["move_raw_ids"] = [
            command for command in commands if command[1] not in issue_ids
        ]


def _read_rows_of_components(records, specification, web_read):
    """What a list of components shows, without the issues of those: it asks for what
    was planned. The client never has the rows, so it can neither sort, count, nor save
    them; lists of moves that ask for anything else have all.

    :param web_read: core's, of these records
    """
    issues = _get_hidden_issues(records, specification)
    if not issues:
        return web_read(specification)
    wanted = specification["move_raw_ids"]
    if wanted.get("limit") is not None:
        # Core reads as many of the first rows: issues are among them.
        wanted = {**wanted, "limit": wanted["limit"] + len(issues)}
    rows = web_read({**specification, "move_raw_ids": wanted})
    issue_ids = set(issues.ids)
    for values in rows:
        values["move_raw_ids"] = [
            row for row in values["move_raw_ids"] if row["id"] not in issue_ids
        ]
    return rows
