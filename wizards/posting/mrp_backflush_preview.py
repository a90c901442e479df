from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools.misc import clean_context, format_date

from ...models.access.arguments import check_record
from ...models.posting.record import ASKED, LEFT_OUT
from ...models.rules.issue_method import ISSUE_METHOD_SOURCES, ISSUE_METHODS
from ...models.rules.shortage import ALLOW, BLOCK, PARK, SHORTAGE_RULES
from ...models.rules.supply_location import SUPPLY_LOCATION_SOURCES
from ...models.texts import format_quantity

# In the remarks of a component.
RESERVATIONS_SHOWN = 3


class MrpBackflushPreview(models.TransientModel):
    _name = "mrp.backflush.preview"
    _inherit = ["mrp.backflush.order.dialog"]
    _description = "Backflush Preview"

    state = fields.Selection(related="production_id.state", related_sudo=False)
    show_produce = fields.Boolean(
        related="production_id.show_produce", related_sudo=False
    )
    quantity = fields.Float(
        string="Completing",
        digits="Product Unit",
        compute="_compute_quantity",
        help="What is being produced where that was reported, else the whole order.",
    )
    product_uom_id = fields.Many2one(
        related="production_id.product_uom_id", related_sudo=False
    )
    currency_id = fields.Many2one(
        related="production_id.company_id.currency_id", related_sudo=False
    )
    planned_cost = fields.Monetary(
        compute="_compute_planned_cost",
        help="What the components needed cost today, issued already or not.",
    )
    line_ids = fields.One2many(
        "mrp.backflush.preview.line",
        "preview_id",
        string="Components",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    blocking_count = fields.Integer(
        compute="_compute_line_summary",
        help="Components that are not in stock and block the order.",
    )
    shortage_count = fields.Integer(
        compute="_compute_line_summary",
        help="Components that go negative.",
    )
    waiting_count = fields.Integer(
        compute="_compute_line_summary",
        help="Components that are waiting for stock, or will be.",
    )
    blocked_text = fields.Char(compute="_compute_line_summary")
    waiting_text = fields.Char(compute="_compute_line_summary")
    shortage_text = fields.Char(compute="_compute_line_summary")
    has_lots = fields.Boolean(
        compute="_compute_line_summary", help="Lots would be taken of some component."
    )
    has_issued = fields.Boolean(
        compute="_compute_line_summary",
        help="Something was issued to the order already.",
    )

    @api.depends("production_id")
    def _compute_quantity(self):
        for preview in self:
            order = preview.production_id
            preview.quantity = order.qty_producing or order.product_qty

    @api.depends("line_ids")
    def _compute_planned_cost(self):
        for preview in self:
            company = preview.production_id.company_id
            preview.planned_cost = sum(
                line.product_uom_id._compute_quantity(
                    line.need, line.product_id.uom_id, round=False
                )
                * line.product_id.with_company(company).standard_price
                for line in preview.line_ids
            )

    def _prepare_lines(self):
        plan = self.production_id.get_backflush_plan()
        return [self._prepare_line_vals(planned) for planned in plan]

    @api.depends("line_ids")
    def _compute_line_summary(self):
        for preview in self:
            lines = preview.line_ids
            short = lines.filtered("shortage").grouped("shortage_rule")
            allowed = short.get(ALLOW, lines.browse())
            waiting = lines.filtered("waiting")
            preview.shortage_count = len(allowed)
            preview.waiting_count = len(waiting)
            preview.blocking_count = len(short.get(BLOCK, ()))
            unrecorded = lines.filtered(lambda line: line.unrecorded_rule == BLOCK)
            preview.blocked_text = " ".join(
                preview._summarize_blocked(preview.blocking_count, len(unrecorded))
            )
            preview.waiting_text = (
                preview._summarize_waiting(len(waiting)) if waiting else False
            )
            preview.shortage_text = " ".join(preview._summarize_allowed(allowed))
            preview.has_lots = bool(lines.filtered("lots"))
            preview.has_issued = bool(lines.filtered("issued"))

    def _summarize_blocked(self, missing, unrecorded):
        if missing == 1:
            yield self.env._("There is not enough of 1 component.")
        elif missing:
            yield self.env._("There is not enough of %s components.", missing)
        if unrecorded == 1:
            yield self.env._("1 component must be recorded by hand.")
        elif unrecorded:
            yield self.env._("%s components must be recorded by hand.", unrecorded)

    def _summarize_waiting(self, number):
        if number == 1:
            return self.env._("1 component will be waiting for stock.")
        return self.env._("%s components will be waiting for stock.", number)

    def _summarize_allowed(self, lines):
        negative = len(lines.filtered(lambda line: line.on_hand_after < 0))
        others = len(lines) - negative
        if negative == 1:
            yield self.env._("1 component goes negative.")
        elif negative:
            yield self.env._("%s components go negative.", negative)
        if others == 1:
            yield self.env._("1 component takes what is reserved for others.")
        elif others:
            yield self.env._("%s components take what is reserved for others.", others)

    def action_produce(self):
        """What *Produce All* of the order does."""
        check_record(self)
        # What opened this dialog is no default of what completing creates.
        context = {
            key: value
            for key, value in clean_context(self.env.context).items()
            if key != "dialog_size"
        }
        order = self.production_id.with_env(self.env(context=context))
        result = order.button_mark_done()
        is_action = isinstance(result, dict)
        return result if is_action else {"type": "ir.actions.act_window_close"}

    # The lines.

    @api.model
    def _prepare_line_vals(self, planned):
        line_fields = self.env["mrp.backflush.preview.line"]._fields
        waiting = planned["shortage"] if planned["shortage_rule"] == PARK else 0.0
        return {
            **{name: value for name, value in planned.items() if name in line_fields},
            "quantity": planned["quantity"] - waiting,
            "waiting": waiting + planned["parked"],
            "lots": self._describe_lots(planned["lots"]),
            "remarks": Markup("<br/>").join(self._get_remarks(planned)),
        }

    def _describe_lots(self, lots):
        return "\n".join(
            f"{lot['name']} ({format_quantity(self.env, lot['quantity'])})"
            for lot in lots
        )

    def _get_remarks(self, planned):
        """What the planner should know before the order is completed."""
        if planned["unrecorded"]:
            yield self._describe_unrecorded(planned)
        if planned["left_to_count"]:
            yield self.env._(
                "%s at the next count",
                format_quantity(self.env, planned["left_to_count"]),
            )
        if planned["open_pickings"]:
            yield self.env._(
                "Not brought yet: %s", ", ".join(sorted(set(planned["open_pickings"])))
            )
        if planned["parked"]:
            yield self.env._(
                "%s waiting already", format_quantity(self.env, planned["parked"])
            )
        if planned["shortage"]:
            yield self._describe_shortage(planned)
            yield from self._describe_holders(planned)
        if planned["expected"]:
            yield self.env._(
                "%(quantity)s expected on %(date)s with %(document)s",
                quantity=format_quantity(self.env, planned["expected"]["quantity"]),
                date=format_date(self.env, planned["expected"]["date"]),
                document=_link(planned["expected"]),
            )

    def _describe_unrecorded(self, planned):
        """What happens to what is to be issued by hand."""
        quantity = format_quantity(self.env, planned["unrecorded"])
        if planned["unrecorded_rule"] == BLOCK:
            return self.env._(
                "%s by hand: nobody recorded them, and the order is blocked", quantity
            )
        if planned["unrecorded_rule"] == ASKED:
            return self.env._(
                "%s by hand: nobody recorded them, you will be asked", quantity
            )
        return self.env._(
            "%s by hand: nobody recorded them, they will be left out", quantity
        )

    def _describe_holders(self, planned):
        """Who has reserved what is missing, and loses it where that is allowed."""
        reservations = planned["reservations"]
        links = {held["document"]: _link(held) for held in reservations}
        for lost in planned["taken_from"]:
            yield self.env._(
                "Takes %(quantity)s that are reserved for %(document)s",
                quantity=format_quantity(self.env, lost["quantity"]),
                document=links.get(lost["document"], lost["document"]),
            )
        losing = {lost["document"] for lost in planned["taken_from"]}
        others = [held for held in reservations if held["document"] not in losing]
        for held in others[:RESERVATIONS_SHOWN]:
            yield self.env._(
                "%(quantity)s reserved for %(document)s, %(date)s",
                quantity=format_quantity(self.env, held["quantity"]),
                document=_link(held),
                date=format_date(self.env, held["date"]),
            )
        if len(others) > RESERVATIONS_SHOWN:
            yield self.env._("%s more reservations", len(others) - RESERVATIONS_SHOWN)

    def _describe_shortage(self, planned):
        """What happens to the part that isn't there."""
        quantity = format_quantity(self.env, planned["shortage"])
        if planned["shortage_rule"] == ALLOW:
            if planned["on_hand_after"] < 0:
                return self.env._("%s not in free stock: it goes negative", quantity)
            return self.env._("%s not in free stock", quantity)
        reason = dict(
            self.env["mrp.backflush.exception"]
            ._fields["reason"]
            ._description_selection(self.env)
        )[planned["shortage_reason"]]
        if planned["shortage_rule"] == BLOCK:
            return self.env._(
                "%(quantity)s missing: the order is blocked (%(reason)s)",
                quantity=quantity,
                reason=reason,
            )
        return self.env._(
            "%(quantity)s will be waiting (%(reason)s)",
            quantity=quantity,
            reason=reason,
        )


def _link(described):
    """The document as a link to open it, where its name is told."""
    if not described["document_id"]:
        return described["document"]
    return Markup('<a href="/odoo/%s/%s">%s</a>') % (
        described["document_model"],
        described["document_id"],
        described["document"],
    )


class MrpBackflushPreviewLine(models.TransientModel):
    _name = "mrp.backflush.preview.line"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Component in the Backflush Preview"

    preview_id = fields.Many2one(
        "mrp.backflush.preview", required=True, ondelete="cascade"
    )
    move_id = fields.Many2one("stock.move", ondelete="cascade")
    product_id = fields.Many2one("product.product", string="Component")
    product_uom_id = fields.Many2one("uom.uom", string="Unit")
    issue_method = fields.Selection(
        ISSUE_METHODS,
        help="Manual components are issued by a person: here with what was recorded.",
    )
    issue_method_source = fields.Selection(
        ISSUE_METHOD_SOURCES,
        string="Method From",
        help="The level that decided the issue method.",
    )
    need = fields.Float(
        digits="Product Unit", help="What the quantity produced calls for."
    )
    issued = fields.Float(
        digits="Product Unit", help="Has left the stock already, less what came back."
    )
    quantity = fields.Float(
        string="To Issue",
        digits="Product Unit",
        help="What completing the order takes from stock.",
    )
    shortage = fields.Float(
        digits="Product Unit", help="How much more is needed than is available."
    )
    shortage_rule = fields.Selection(
        SHORTAGE_RULES, help="What happens to what is not in stock."
    )
    waiting = fields.Float(
        digits="Product Unit",
        help="Not in stock: waiting, or will be waiting.",
    )
    location_id = fields.Many2one(
        "stock.location", string="From", help="Where the component is taken from."
    )
    supply_location_source = fields.Selection(
        SUPPLY_LOCATION_SOURCES,
        string="Location From",
        help="The level that decided where the component is taken from.",
    )
    unrecorded = fields.Float(
        string="By Hand",
        digits="Product Unit",
        help="Manual, and not recorded yet.",
    )
    unrecorded_rule = fields.Selection(
        [
            (LEFT_OUT, "Left Out"),
            (ASKED, "Asked For"),
            (BLOCK, "Block the Order"),
        ],
        help="What completing the order does about what nobody recorded.",
    )
    lots = fields.Text(
        help="Those that would be taken, each with its quantity: what a person entered "
        "or the order reserved, else what the removal strategy chooses."
    )
    on_hand = fields.Float(
        digits="Product Unit",
        help="At the location and below, before.",
    )
    on_hand_after = fields.Float(
        string="After", digits="Product Unit", help="At the location and below, after."
    )
    reserved_by_others = fields.Float(
        string="Reserved by Others",
        digits="Product Unit",
        help="At the location and below, for other documents: see the remarks.",
    )
    remarks = fields.Html(
        help="What happens to manual components and to what is not in stock, who has "
        "reserved it, and when more is expected.",
    )
