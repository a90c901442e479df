from odoo import api, fields, models
from odoo.tools.misc import format_date, formatLang

from ...models.rules.issue_method import ISSUE_METHOD_SOURCES, ISSUE_METHODS
from ...models.rules.shortage import ALLOW, BLOCK, PARK, SHORTAGE_RULES
from ...models.rules.supply_location import SUPPLY_LOCATION_SOURCES

# In the remarks of a component.
RESERVATIONS_SHOWN = 3


class MrpBackflushPreview(models.TransientModel):
    _name = "mrp.backflush.preview"
    _inherit = ["mrp.backflush.order.dialog"]
    _description = "Backflush Preview"

    quantity = fields.Float(
        string="Completing",
        digits="Product Unit",
        compute="_compute_quantity",
        help="What is being produced where that was reported, else the whole order.",
    )
    product_uom_id = fields.Many2one(
        related="production_id.product_uom_id", related_sudo=False
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
        help="Components of which not enough is there, and which block the order.",
    )
    waiting_count = fields.Integer(
        compute="_compute_line_summary",
        help="Components of which a part waits for stock, or will wait.",
    )
    shortage_count = fields.Integer(
        compute="_compute_line_summary",
        help="Components of which not enough is in free stock, issued all the same.",
    )
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

    def _prepare_lines(self):
        plan = self.production_id.get_backflush_plan()
        return [self._prepare_line_vals(planned) for planned in plan]

    @api.depends("line_ids")
    def _compute_line_summary(self):
        for preview in self:
            short = preview.line_ids.filtered("shortage").grouped("shortage_rule")
            preview.blocking_count = len(short.get(BLOCK, ()))
            preview.waiting_count = len(preview.line_ids.filtered("waiting"))
            preview.shortage_count = len(short.get(ALLOW, ()))
            preview.has_lots = bool(preview.line_ids.filtered("lots"))
            preview.has_issued = bool(preview.line_ids.filtered("issued"))

    @api.model
    def _prepare_line_vals(self, planned):
        line_fields = self.env["mrp.backflush.preview.line"]._fields
        waiting = planned["shortage"] if planned["shortage_rule"] == PARK else 0.0
        return {
            **{name: value for name, value in planned.items() if name in line_fields},
            "quantity": planned["quantity"] - waiting,
            "waiting": waiting + planned["parked"],
            "lots": self._describe_lots(planned["lots"]),
            "remarks": "\n".join(self._get_remarks(planned)),
        }

    def _describe_lots(self, lots):
        return "\n".join(
            f"{lot['name']} ({self._format_quantity(lot['quantity'])})" for lot in lots
        )

    def _format_quantity(self, quantity):
        return (
            formatLang(self.env, quantity, dp="Product Unit").rstrip("0").rstrip(".,")
        )

    def _get_remarks(self, planned):
        """What the planner should know before the order is completed."""
        if planned["open_pickings"]:
            yield self.env._(
                "Not brought yet: %s", ", ".join(sorted(set(planned["open_pickings"])))
            )
        if planned["shortage"]:
            yield self._describe_shortage(planned)
        for lost in planned["taken_from"]:
            yield self.env._(
                "Takes %(quantity)s that are reserved for %(document)s",
                quantity=self._format_quantity(lost["quantity"]),
                document=lost["document"],
            )
        if planned["parked"]:
            yield self.env._(
                "%s wait already", self._format_quantity(planned["parked"])
            )
        reservations = planned["reservations"]
        for held in reservations[:RESERVATIONS_SHOWN]:
            yield self.env._(
                "%(quantity)s reserved for %(document)s, %(date)s",
                quantity=self._format_quantity(held["quantity"]),
                document=held["document"],
                date=format_date(self.env, held["date"]),
            )
        if len(reservations) > RESERVATIONS_SHOWN:
            yield self.env._(
                "%s more reservations", len(reservations) - RESERVATIONS_SHOWN
            )

    def _describe_shortage(self, planned):
        """What happens to the part that isn't there."""
        quantity = self._format_quantity(planned["shortage"])
        if planned["shortage_rule"] == ALLOW:
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
            "%(quantity)s will wait as an exception (%(reason)s)",
            quantity=quantity,
            reason=reason,
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
        string="Method Set On",
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
        digits="Product Unit", help="No free stock is there for that part."
    )
    shortage_rule = fields.Selection(
        SHORTAGE_RULES, help="What happens to the part that is not there."
    )
    waiting = fields.Float(
        digits="Product Unit",
        help="Is not there and waits, or will wait, as a backflush exception.",
    )
    location_id = fields.Many2one(
        "stock.location", string="From", help="Where the component is taken from."
    )
    supply_location_source = fields.Selection(
        SUPPLY_LOCATION_SOURCES,
        string="Location Set On",
        help="The level that decided where the component is taken from.",
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
    remarks = fields.Text(
        help="Transfers that are to bring the component, what is missing, and who has "
        "reserved the rest."
    )
