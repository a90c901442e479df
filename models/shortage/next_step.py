"""What waits, for whoever does something about it: the next step, until when, what it
is worth, and who holds the stock. Read for a whole list at once."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..access.arguments import check_record
from ..rules.shortage import (
    CONFIRM_TRANSFER,
    CORRECT_LOCATION,
    CORRECT_LOT,
    NEXT_STEPS,
    READ_MESSAGE,
    RECEIVE,
    RELEASE,
    STEP_OF_REASON,
)
from .documents import get_document, name_document
from .mrp_backflush_exception import OPEN


class MrpBackflushException(models.Model):
    _inherit = "mrp.backflush.exception"

    next_step = fields.Selection(
        NEXT_STEPS,
        compute="_compute_next_step",
        search="_search_next_step",
        help="What a person can do about it. What is received is issued by itself.",
    )
    advice = fields.Text(string="What to Do", compute="_compute_advice")
    expected_date = fields.Date(
        string="Expected on",
        compute="_compute_expected_date",
        help="When the next open transfer or order brings the component to the "
        "location. Empty: none is known, buy or make it.",
    )
    value = fields.Monetary(
        compute="_compute_value",
        aggregator="sum",
        help="What is still waiting, at the component's cost of today.",
    )
    holding_move_ids = fields.Many2many(
        "stock.move",
        string="Reserved by",
        compute="_compute_holders",
        help="What has reserved stock of the component at the location.",
    )
    holders = fields.Char(
        string="Reserved for",
        compute="_compute_holders",
        help="The documents that have reserved stock of the component at the location.",
    )

    # What to do.

    @api.depends("reason", "state")
    def _compute_next_step(self):
        for exception in self:
            is_open = exception.state == OPEN
            exception.next_step = is_open and STEP_OF_REASON.get(exception.reason)

    def _search_next_step(self, operator, steps):
        if operator != "in":
            return NotImplemented
        reasons = [reason for reason, step in STEP_OF_REASON.items() if step in steps]
        domain = Domain("state", "=", OPEN) & Domain("reason", "in", reasons)
        return domain | Domain("state", "!=", OPEN) if False in steps else domain

    @api.depends("next_step", "expected_date", "holders")
    def _compute_advice(self):
        for exception in self:
            exception.advice = exception._get_advice() if exception.next_step else False

    def _get_advice(self):
        env = self.env
        return {
            CONFIRM_TRANSFER: env._(
                "Validate the transfer that brings it. It is issued by itself then."
            ),
            RELEASE: env._(
                "Receive more, or release the reservation of %s. It is issued by "
                "itself when stock is free.",
                self.holders or env._("others"),
            ),
            CORRECT_LOT: env._("Enter the lot or serial number used, then Retry."),
            CORRECT_LOCATION: env._(
                "Choose the location that it was taken from, then Retry."
            ),
            READ_MESSAGE: env._("See the message, correct it, then press Retry."),
            RECEIVE: (
                env._(
                    "Expected on %s. It is issued by itself when it arrives.",
                    format_date(env, self.expected_date),
                )
                if self.expected_date
                else env._(
                    "None is on its way: buy, make or transfer it. It is issued by "
                    "itself when it arrives."
                )
            ),
        }[self.next_step]

    # When there is some.

    @api.depends("state", "product_id", "location_id")
    def _compute_expected_date(self):
        waiting = self.filtered(lambda exception: exception.state == OPEN)
        (self - waiting).expected_date = False
        arrivals = self.env["stock.move"]._find_arrivals(waiting)
        for exception, arrival in zip(waiting, arrivals, strict=True):
            exception.expected_date = (
                fields.Datetime.context_timestamp(self, arrival.sudo().date).date()
                if arrival
                else False
            )

    # What it is worth.

    @api.depends("state", "quantity", "product_uom_id", "product_id")
    def _compute_value(self):
        for company, exceptions in self.grouped("company_id").items():
            products = exceptions.sudo().product_id.with_company(company)
            prices = {product.id: product.standard_price for product in products}
            for exception in exceptions:
                product = exception.sudo().product_id
                quantity = exception.product_uom_id._compute_quantity(
                    exception.quantity, product.uom_id, round=False
                )
                is_open = exception.state == OPEN
                exception.value = quantity * prices[product.id] if is_open else 0.0

    # Who holds it.

    @api.depends("state", "location_id", "product_id")
    def _compute_holders(self):
        waiting = self.filtered(lambda exception: exception.state == OPEN)
        (self - waiting).holders = False
        (self - waiting).holding_move_ids = False
        held = waiting.sudo().pending_move_id._read_holders() if waiting else {}
        for exception in waiting:
            company = exception.company_id
            moves = self.env["stock.move"].union(
                *(line.move_id for line in held.get(exception.pending_move_id, ()))
            )
            names = dict.fromkeys(name_document(move.sudo(), company) for move in moves)
            exception.holders = ", ".join(names)
            # What another company holds isn't theirs to look at.
            exception.holding_move_ids = moves.filtered(
                lambda move, company=company: move.sudo().company_id == company
            )

    # In the database: to group by, and to add up.

    def _field_to_sql(self, alias, field_expr, query=None):
        builders = {
            "next_step": self._get_next_step_sql,
            "age": self._get_age_sql,
            "value": self._get_value_sql,
        }
        if field_expr not in builders:
            return super()._field_to_sql(alias, field_expr, query)
        return builders[field_expr](
            lambda name: super(MrpBackflushException, self)._field_to_sql(
                alias, name, query
            )
        )

    def _get_next_step_sql(self, column):
        cases = [
            SQL("WHEN %s = %s THEN %s", column("reason"), reason, step)
            for reason, step in STEP_OF_REASON.items()
        ]
        return SQL(
            "CASE WHEN %s != %s THEN NULL %s END",
            *(column("state"), OPEN, SQL(" ").join(cases)),
        )

    def _get_age_sql(self, column):
        return SQL(
            "EXTRACT(DAY FROM COALESCE(%s, NOW() AT TIME ZONE 'UTC') - %s)::integer",
            *(column("date_closed"), column("create_date")),
        )

    def _get_value_sql(self, column):
        """As ``_compute_value``."""
        for model, name in (
            *(("product.product", "standard_price"), ("uom.uom", "factor")),
            ("product.template", "uom_id"),
        ):
            self.env[model].flush_model([name])
        return SQL(
            """
            (SELECT CASE WHEN %(state)s = %(open)s THEN %(quantity)s ELSE 0 END
                    * unit.factor / stock_unit.factor
                    * COALESCE(
                        (product.standard_price->>(%(company)s::text))::numeric, 0)
               FROM product_product product
               JOIN product_template template ON template.id = product.product_tmpl_id
               JOIN uom_uom stock_unit ON stock_unit.id = template.uom_id
               JOIN uom_uom unit ON unit.id = %(unit)s
              WHERE product.id = %(product)s)
            """,
            state=column("state"),
            open=OPEN,
            quantity=column("quantity"),
            company=column("company_id"),
            unit=column("product_uom_id"),
            product=column("product_id"),
        )

    # Where to go from here.

    def action_open_order(self):
        check_record(self)
        return _open_form(self.production_id)

    def action_open_forecast(self):
        """What comes and goes of the component."""
        check_record(self)
        self.check_access("read")
        action = self.product_id.action_product_forecast_report()
        return {
            **action,
            "context": {
                "active_model": "product.product",
                "active_id": self.product_id.id,
                "default_product_id": self.product_id.id,
            },
        }

    def action_open_holders(self):
        """The document that has reserved the stock, or all that have."""
        check_record(self)
        self.check_access("read")
        documents = [
            document
            for document in map(get_document, self.holding_move_ids)
            if document is not None
        ]
        if len(set(documents)) == 1:
            return _open_form(documents[0])
        return {
            "name": self.env._("Reserved for"),
            "type": "ir.actions.act_window",
            "res_model": "stock.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.holding_move_ids.ids)],
        }


def _open_form(record):
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
    }
