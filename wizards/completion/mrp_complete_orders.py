from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...models.access.arguments import check_record
from ...models.access.system_fields import create_by_system
from ...models.completion.mrp_production import (
    ASK,
    BACKORDER_CHOICES,
    DEVIATION_CHOICES,
)
from ...models.texts import format_quantity


class MrpCompleteOrders(models.TransientModel):
    _name = "mrp.complete.orders"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Complete Orders"

    production_ids = fields.Many2many("mrp.production")
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    backorder = fields.Selection(
        BACKORDER_CHOICES,
        string="Partial Quantity",
        default=ASK,
        required=True,
        help="What happens to orders of which less was reported than planned: they are "
        "skipped and reported to you, their rest goes to a backorder, or they are "
        "closed.",
    )
    deviations = fields.Selection(
        DEVIATION_CHOICES,
        default=ASK,
        required=True,
        help="What happens to orders that use other quantities than their bill of "
        "materials says, where it asks about that. Where it blocks, only "
        "administrators may complete them.",
    )
    deviation_reason_id = fields.Many2one(
        "mrp.deviation.reason",
        string="Reason for All",
        help="Why components of these orders deviate. Nobody is asked about an order "
        "that has a reason; where its bill of materials blocks, only administrators "
        "may complete it.",
    )
    line_ids = fields.One2many(
        "mrp.complete.orders.line",
        "wizard_id",
        string="Orders",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    shortage_ids = fields.One2many(
        "mrp.complete.orders.shortage",
        "wizard_id",
        string="Missing Components",
        compute="_compute_shortage_ids",
        compute_sudo=False,
        store=True,
    )
    feasible_count = fields.Integer(compute="_compute_counts")
    short_count = fields.Integer(compute="_compute_counts")
    person_count = fields.Integer(compute="_compute_counts")
    order_count = fields.Integer(compute="_compute_counts")
    consequence = fields.Char(compute="_compute_counts")

    @api.depends("production_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.production_ids.company_id[:1]

    @api.depends("production_ids", "backorder", "deviations", "deviation_reason_id")
    def _compute_line_ids(self):
        for wizard in self:
            # The order in which a person has put them.
            orders = wizard.line_ids.sorted("sequence").production_id
            orders = orders or wizard.production_ids._origin
            own = {
                line.production_id._origin: line.deviation_reason_id.id
                for line in wizard.line_ids
            }
            forecasts = wizard._forecast_orders(orders)
            lines = self.env["mrp.complete.orders.line"]
            wizard.line_ids = [Command.clear()] + [
                Command.create(
                    {
                        "production_id": forecast.order.id,
                        "sequence": number,
                        "deviation_reason_id": own.get(forecast.order._origin),
                        **lines._prepare_forecast_vals(forecast),
                    }
                )
                for number, forecast in enumerate(forecasts)
            ]

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        """Dragged, or taken out: others get what is there."""
        for forecast in self._forecast():
            lines = self.line_ids.filtered(
                lambda line, order=forecast.order: line.production_id == order
            )
            lines.update(lines._prepare_forecast_vals(forecast))

    @api.depends("line_ids.shortages")
    def _compute_shortage_ids(self):
        for wizard in self:
            missing = {}
            for line in wizard.line_ids.sorted("sequence"):
                for found in line.shortages or []:
                    key = found["product_id"], found["location_id"]
                    vals = missing.setdefault(key, {**found, "short": 0, "orders": []})
                    vals["short"] += found["short"]
                    vals["orders"].append(line.production_id.name)
            wizard.shortage_ids = [Command.clear()] + [
                Command.create({**vals, "orders": ", ".join(vals["orders"])})
                for vals in missing.values()
            ]

    @api.depends("line_ids.feasibility", "line_ids.outcome")
    def _compute_counts(self):
        for wizard in self:
            found = wizard.line_ids.mapped("feasibility")
            wizard.order_count = len(found)
            wizard.feasible_count = found.count("feasible")
            wizard.short_count = found.count("short")
            wizard.person_count = found.count("person")
            wizard.consequence = wizard._describe_consequence()

    def _describe_consequence(self):
        """What *Complete All* does to orders with missing components."""
        outcomes = self.line_ids.mapped("outcome")
        texts = {
            "negative": self.env._("%s with stock going negative"),
            "wait": self.env._("%s with components waiting"),
            "blocked": self.env._("%s left as they are (blocked)"),
        }
        return ", ".join(
            text % outcomes.count(outcome)
            for outcome, text in texts.items()
            if outcome in outcomes
        )

    def _forecast(self):
        """In the order in which they would be served."""
        return self._forecast_orders(self.line_ids.sorted("sequence").production_id)

    def _forecast_orders(self, orders):
        return orders._forecast_completion(
            self.backorder, self.deviations, self._get_reasons()
        )

    def _get_reasons(self):
        """:return: why components deviate, by order: those that somebody chose"""
        reasons = {
            line.production_id._origin: line.deviation_reason_id._origin
            or self.deviation_reason_id._origin
            for line in self.line_ids
        }
        for order in self.production_ids._origin:
            reasons.setdefault(order, self.deviation_reason_id._origin)
        return {order: reason for order, reason in reasons.items() if reason}

    def action_complete_feasible(self):
        """Complete the orders for which everything is there, as they are served."""
        check_record(self)
        feasible = [
            forecast.order for forecast in self._forecast() if forecast.is_feasible
        ]
        return self._start_run(self.env["mrp.production"].concat(*feasible))

    def action_complete_all(self):
        """Complete all; the shortage rule decides about what isn't there."""
        check_record(self)
        return self._start_run(self.line_ids.sorted("sequence").production_id)

    def _start_run(self, orders):
        if not orders:
            raise UserError(
                self.env._("None of these orders can be completed as they are.")
            )
        reasons = {
            line.production_id: line.deviation_reason_id.id for line in self.line_ids
        }
        run = create_by_system(
            self.env["mrp.completion.run"].sudo(),
            [
                {
                    "user_id": self.env.user.id,
                    "company_id": self.company_id.id,
                    "backorder": self.backorder,
                    "deviations": self.deviations,
                    "deviation_reason_id": self.deviation_reason_id.id,
                    "line_ids": [
                        Command.create(
                            {
                                "production_id": order.id,
                                "sequence": number,
                                "deviation_reason_id": reasons.get(order),
                            }
                        )
                        for number, order in enumerate(orders)
                    ],
                }
            ],
        )
        run._start()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mrp.completion.run",
            "res_id": run.id,
            "views": [(False, "form")],
        }


class MrpCompleteOrdersLine(models.TransientModel):
    _name = "mrp.complete.orders.line"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Order to Complete"
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "mrp.complete.orders", required=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    production_id = fields.Many2one(
        "mrp.production", string="Order", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="production_id.product_id", related_sudo=False)
    product_qty = fields.Float(string="Quantity", compute="_compute_product_qty")
    product_uom_id = fields.Many2one(
        related="production_id.product_uom_id", related_sudo=False
    )
    date_start = fields.Datetime(related="production_id.date_start", related_sudo=False)
    feasibility = fields.Selection(
        [
            ("feasible", "Ready"),
            ("short", "Components Missing"),
            ("person", "Needs a Person"),
        ],
    )
    outcome = fields.Selection(
        [
            ("ready", "Ready"),
            ("negative", "Goes Negative"),
            ("wait", "Will Wait"),
            ("blocked", "Blocked"),
            ("person", "Needs a Person"),
        ],
        string="Status",
        help="What Complete All does to the order.\n"
        "Ready: completes it, everything is there.\n"
        "Goes Negative: completes it, stock of a missing component goes negative.\n"
        "Will Wait: completes it, what is missing waits until it arrives.\n"
        "Blocked: leaves it as it is, its components are not there.\n"
        "Needs a Person: leaves it as it is, it must be opened.",
    )
    message = fields.Text(string="What Is Missing")
    deviation_reason_id = fields.Many2one(
        "mrp.deviation.reason",
        string="Reason",
        help="Why components of this order deviate. Empty: the reason for all.",
    )
    # In the product's unit.
    shortages = fields.Json()

    @api.depends("production_id")
    def _compute_product_qty(self):
        for line in self:
            order = line.production_id
            line.product_qty = order.qty_producing or order.product_qty

    def action_open_order(self):
        """In a tab of its own: the dialog stays."""
        check_record(self)
        self.production_id.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/odoo/mrp.production/{self.production_id.id}",
            "target": "new",
        }

    def _prepare_forecast_vals(self, forecast):
        lines = [*forecast.questions]
        lines += [
            self.env._(
                "%(product)s: %(quantity)s %(unit)s missing",
                product=move.product_id.display_name,
                quantity=format_quantity(self.env, quantity),
                unit=move.product_uom.display_name,
            )
            for move, quantity in forecast.shortages.items()
        ]
        feasibility = "short" if forecast.shortages else "feasible"
        return {
            "feasibility": "person" if forecast.questions else feasibility,
            "outcome": forecast.get_outcome(),
            "message": "\n".join(lines),
            "shortages": [
                {
                    "product_id": move.product_id.id,
                    "location_id": move.location_id.id,
                    "product_uom_id": move.product_id.uom_id.id,
                    "short": move._in_product_unit(quantity),
                }
                for move, quantity in forecast.shortages.items()
            ],
        }


class MrpCompleteOrdersShortage(models.TransientModel):
    _name = "mrp.complete.orders.shortage"
    _inherit = ["mrp.backflush.dialog"]
    _description = "Missing Component"

    wizard_id = fields.Many2one(
        "mrp.complete.orders", required=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", string="Component")
    location_id = fields.Many2one("stock.location", string="In")
    product_uom_id = fields.Many2one("uom.uom", string="Unit")
    short = fields.Float(
        string="Missing",
        digits="Product Unit",
        help="What is missing over all these orders.",
    )
    orders = fields.Char(help="The orders that would be short of it.")
