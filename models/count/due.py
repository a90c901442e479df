"""Places that are counted in time, and those that aren't."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..access.arguments import check_record, check_records
from .mrp_line_count import DONE, DRAFT


class StockLocation(models.Model):
    _inherit = "stock.location"

    count_interval_days = fields.Integer(
        string="Days Between Line Counts",
        help="After so many days without a count this place is due. 0: as the company "
        "says.",
    )
    line_count_date = fields.Datetime(
        string="Last Line Count", compute="_compute_line_count_date"
    )
    count_due_date = fields.Date(
        string="Line Count Due", compute="_compute_line_count_date"
    )
    has_line_counts = fields.Boolean(compute="_compute_has_line_counts")
    open_line_count_id = fields.Many2one(
        "mrp.line.count", string="Open Sheet", compute="_compute_open_line_count_id"
    )

    _count_interval_days_positive = models.Constraint(
        "CHECK (count_interval_days >= 0)",
        "The number of days between counts can't be negative.",
    )

    @api.depends("count_interval_days")
    def _compute_line_count_date(self):
        last = dict(
            self.env["mrp.line.count"]
            .sudo()
            ._read_group(
                [("location_id", "in", self.ids), ("state", "=", DONE)],
                ["location_id"],
                ["date_done:max"],
            )
        )
        for location in self:
            company = location.company_id or self.env.company
            days = location.count_interval_days or company.count_interval_days
            counted = last.get(location)
            location.line_count_date = counted
            since = counted or location.create_date
            location.count_due_date = (
                (since + timedelta(days=days)).date() if days and since else False
            )

    @api.depends("company_id.use_line_count")
    @api.depends_context("company")
    def _compute_has_line_counts(self):
        for location in self:
            company = location.company_id or self.env.company
            location.has_line_counts = company._counts_lines()

    def _compute_open_line_count_id(self):
        sheets = self.env["mrp.line.count"].search(
            [("location_id", "in", self.ids), ("state", "=", DRAFT)], order="id"
        )
        by_location = {sheet.location_id: sheet for sheet in sheets}
        for location in self:
            location.open_line_count_id = by_location.get(location)

    def action_count_now(self):
        """The open sheet of this place, or a new one.

        :raise UserError: nothing is stored there, or the company doesn't count
        """
        check_record(self)
        sheet = self.open_line_count_id
        if not sheet:
            if self.usage != "internal":
                raise UserError(
                    self.env._("%s is no place of your own stock.", self.display_name)
                )
            sheet = sheet.create({"location_id": self.id})
        return sheet.action_open_counting()

    @api.model
    def _find_count_places(self, company):
        """Where backflush takes from, apart from orders' own source: what BoM lines and
        work centers name, and what was counted before or is left to a count."""
        names = [("supply_location_id", "!=", False), "|"]
        names += [("company_id", "=", company.id), ("company_id", "=", False)]
        places = self.browse()
        for model in ("mrp.bom.line", "mrp.workcenter"):
            [[found]] = (
                self.env[model]
                .sudo()
                ._read_group(names, [], ["supply_location_id:recordset"])
            )
            places |= found
        sheets = self.env["mrp.line.count"].sudo()
        [[counted]] = sheets._read_group(
            [("company_id", "=", company.id), ("state", "=", DONE)],
            [],
            ["location_id:recordset"],
        )
        # However many orders have left something to it.
        left = self.env["stock.move"]._find_pending_counts(company).location_id
        # Each by itself, but none that a count of a place above takes in.
        return (places | counted | left).filtered(
            lambda place: (
                place.active
                and place.usage == "internal"
                and place.company_id in (company, company.browse())
            )
        )

    @api.model
    def _find_count_due(self, company):
        if not company._counts_lines():
            return self.browse()
        today = fields.Date.context_today(self)
        return (
            self._find_count_places(company)
            .with_company(company)
            .filtered(
                lambda place: place.count_due_date and place.count_due_date <= today
            )
        )

    @api.model
    def _find_all_count_due(self):
        """In the companies that the user works in."""
        places = (self._find_count_due(company) for company in self.env.companies)
        return self.browse().union(*places)

    @api.model
    def _get_count_due_number(self):
        if not self.env.user.has_group("mrp.group_mrp_user"):
            return 0
        return len(self._find_all_count_due())

    @api.model
    def action_open_count_due(self):
        """The places that are due."""
        views = {
            "list": "stock_location_view_list_due",
            "kanban": "stock_location_view_kanban_due",
        }
        return {
            "name": self.env._("Count Due"),
            "type": "ir.actions.act_window",
            "res_model": "stock.location",
            "views": [
                (self.env.ref(f"mrp_backflush.{name}").id, kind)
                for kind, name in views.items()
            ],
            "mobile_view_mode": "kanban",
            "domain": [("id", "in", self._find_all_count_due().ids)],
            "context": {"create": False},
            "help": Markup("<p class='o_view_nocontent_smiling_face'>%s</p>")
            % self.env._("All places were counted in time."),
        }


class MrpLineCount(models.Model):
    _inherit = "mrp.line.count"

    @api.model
    def _remind_of_due(self):
        """By a scheduled action: a sheet for each place that is due, and an activity
        for who counted there last."""
        companies = self.env["res.company"].search([("use_line_count", "=", True)])
        for company in companies:
            places = self.env["stock.location"].with_company(company)
            for place in places._find_count_due(company):
                sheet = place.open_line_count_id or self._create_due(place, company)
                sheet._remind()

    @api.model
    def _create_due(self, place, company):
        last = self.search(
            [("location_id", "=", place.id), ("state", "=", DONE)], limit=1
        )
        return self.create(
            {
                "location_id": place.id,
                "company_id": company.id,
                "user_id": last.user_id.filtered("active").id,
            }
        )

    def _remind(self):
        if self.activity_ids or not self.user_id:
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Count due: %s", self.location_id.display_name),
            user_id=self.user_id.id,
        )


class MrpWorkcenter(models.Model):
    _inherit = "mrp.workcenter"

    has_line_counts = fields.Boolean(related="company_id.use_line_count")

    def action_count_now(self):
        """Count the place from which this work center takes.

        :raise UserError: it has none
        """
        check_record(self)
        if not self.supply_location_id:
            raise UserError(
                self.env._("Say first where %s takes its components from.", self.name)
            )
        return self.supply_location_id.action_count_now()


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    count_places_due = fields.Integer(
        string="Places to Count", compute="_compute_count_places_due"
    )

    def _compute_count_places_due(self):
        makers = self.filtered(lambda record: record.code == "mrp_operation")
        places = self.env["stock.location"]
        numbers = {
            company: len(places._find_count_due(company))
            for company in makers.company_id
        }
        for record in self:
            is_maker = record in makers
            record.count_places_due = numbers[record.company_id] if is_maker else 0

    def action_open_count_due(self):
        """From the overview: the places that are due."""
        check_records(self)
        return self.env["stock.location"].action_open_count_due()
