"""Which orders wait for somebody: the filters and the tiles of the orders' list, and
the lines on the card of Manufacturing in the Inventory overview."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..access.arguments import check_records, shorten
from ..rules.issue_method import COUNT, MANUAL, ORDER_STATES_TO_ISSUE

# The filters behind the tiles, by name, with the field that each asks for.
TILES = {
    "with_open_exceptions": "is_waiting",
    "to_issue_by_hand": "is_to_issue_by_hand",
    "ready_to_complete": "is_ready_to_complete",
}


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    waiting_label = fields.Char(
        string="Number Waiting",
        compute="_compute_waiting_label",
        help="How many components are waiting.",
    )
    is_waiting = fields.Boolean(
        string="Components Waiting", store=False, search="_search_is_waiting"
    )
    is_to_issue_by_hand = fields.Boolean(
        string="To Issue by Hand", store=False, search="_search_is_to_issue_by_hand"
    )
    is_ready_to_complete = fields.Boolean(
        string="Ready to Complete", store=False, search="_search_is_ready_to_complete"
    )
    is_closed_with_deviations = fields.Boolean(
        string="Closed with Deviations",
        store=False,
        search="_search_is_closed_with_deviations",
    )

    @api.depends("open_exception_count")
    def _compute_waiting_label(self):
        for order in self:
            number = order.open_exception_count
            order.waiting_label = self.env._("%s Waiting", number) if number else False

    def _search_is_waiting(self, operator, values):
        """Components could not be issued yet."""
        # Whoever sees the order sees what it waits for.
        is_open = Domain("state", "=", "open")
        domain = Domain("backflush_exception_ids", "any!", is_open)
        return _answer(operator, values, domain)

    def _search_is_to_issue_by_hand(self, operator, values):
        """Nobody has recorded all of a manual component yet."""
        by_hand = _get_open_components() & Domain("issue_method", "=", MANUAL)
        domain = Domain("state", "in", ORDER_STATES_TO_ISSUE) & Domain(
            "move_raw_ids", "any!", by_hand
        )
        return _answer(operator, values, domain)

    def _search_is_ready_to_complete(self, operator, values):
        """Each component is reserved or recorded, serial numbers produced are entered,
        and not less is reported than planned. *Complete Orders* looks closer, at what
        the orders take from each other."""
        self.flush_model(["qty_producing", "product_qty", "state"])
        partly_reported = SQL(
            """
            (SELECT id FROM mrp_production
              WHERE state IN %s AND qty_producing > 0 AND qty_producing < product_qty)
            """,
            ORDER_STATES_TO_ISSUE,
        )
        # What is At Count needs nothing to be there.
        lacking = (
            _get_open_components()
            & Domain("issue_method", "!=", COUNT)
            & (Domain("issue_method", "=", MANUAL) | Domain("state", "!=", "assigned"))
        )
        domain = (
            Domain("state", "in", ORDER_STATES_TO_ISSUE)
            & ~Domain("move_raw_ids", "any!", lacking)
            & Domain("id", "not in", partly_reported)
            & (
                Domain("product_id.tracking", "!=", "serial")
                | Domain("lot_producing_ids", "!=", False)
            )
        )
        return _answer(operator, values, domain)

    def _search_is_closed_with_deviations(self, operator, values):
        """Completed orders of which a component waits, or was used otherwise than they
        needed it. What was needed is known since this module is there."""
        self.env["stock.move"].flush_model()
        domain = Domain("state", "=", "done") & Domain(
            "id", "in", self._get_deviating_sql()
        )
        return _answer(operator, values, domain)

    def _get_deviating_sql(self):
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return SQL(
            """
            (SELECT component.raw_material_production_id
               FROM stock_move component
              WHERE component.reported_quantity > 0
                AND component.raw_material_production_id IS NOT NULL
                AND component.issue_component_id IS NULL
                -- What is left to a count was used: it finds how much.
                AND (component.issue_method IS DISTINCT FROM 'count'
                     OR component.state = 'done' OR component.is_recorded)
                AND ABS(
                    component.needed_quantity
                    - CASE WHEN component.state = 'done'
                           THEN component.quantity ELSE 0 END
                    - CASE WHEN component.is_issued_early OR component.is_parked
                           THEN COALESCE((
                               SELECT SUM(issue.quantity * issue_unit.factor)
                                 FROM stock_move issue
                                 JOIN uom_uom issue_unit
                                   ON issue_unit.id = issue.product_uom
                                WHERE issue.issue_component_id = component.id
                                  AND issue.raw_material_production_id IS NOT NULL
                                  AND issue.state = 'done'
                           ), 0) / (
                               SELECT unit.factor FROM uom_uom unit
                                WHERE unit.id = component.product_uom
                           ) ELSE 0 END
                    ) >= %s
            )
            """,
            0.6 * 10**-digits,
        )

    # Tiles.

    @api.model
    @api.readonly
    def get_order_tiles(self, domain=None):
        """How many orders wait for somebody, for the tiles above their list.

        :param domain: of the list itself, without what a person searches for
        :return: the number of orders by the name of the filter that finds them; where
            Line Counts are on, in ``count_due`` that of the places to count
        :raise UserError: that is no domain
        """
        if not self.env.user._is_internal():
            # Subcontractors have a list of orders, too.
            return dict.fromkeys(TILES, 0)
        try:
            domain = Domain(domain or [])
            domain.validate(self)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("%s is not a domain.", shorten(domain))
            ) from error
        numbers = {
            name: self.search_count(domain & Domain(field, "=", True))
            if self._may_be_any(field)
            else 0
            for name, field in TILES.items()
        }
        if self.env.companies._has_any_line_count():
            numbers["count_due"] = self.env["stock.location"]._get_count_due_number()
        return numbers

    @api.model
    def _may_be_any(self, field):
        """Where nothing waits nor can, nobody is asked."""
        return field != "is_waiting" or self.env.companies._may_have_open_exceptions()


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    count_mo_with_waiting = fields.Integer(
        string="Orders with Waiting Components", compute="_compute_work_at_hand"
    )
    count_mo_to_issue = fields.Integer(
        string="Orders to Issue by Hand", compute="_compute_work_at_hand"
    )
    count_mo_ready = fields.Integer(
        string="Orders Ready to Complete", compute="_compute_work_at_hand"
    )
    count_mo_due = fields.Integer(
        string="Orders Due to Be Completed", compute="_compute_work_at_hand"
    )

    def _compute_work_at_hand(self):
        types = self.filtered(lambda record: record.code == "mrp_operation")
        domains = {
            "count_mo_with_waiting": Domain("is_waiting", "=", True),
            "count_mo_to_issue": Domain("is_to_issue_by_hand", "=", True),
            "count_mo_ready": Domain("is_ready_to_complete", "=", True),
            "count_mo_due": self._get_domain_of_due(),
        }
        if not self.env["mrp.production"]._may_be_any("is_waiting"):
            domains["count_mo_with_waiting"] = Domain.FALSE
        for name, domain in domains.items():
            counts = {}
            if types and not domain.is_false():
                counts = dict(types._count_orders(domain))
            for record in self:
                record[name] = counts.get(record._origin, 0)

    def _count_orders(self, domain):
        return self.env["mrp.production"]._read_group(
            Domain("picking_type_id", "in", self.ids) & domain,
            ["picking_type_id"],
            ["__count"],
        )

    @api.model
    def _get_domain_of_due(self):
        """Of the orders that should have been started by now, and are open."""
        return Domain("state", "in", ORDER_STATES_TO_ISSUE) & Domain(
            "date_start", "<=", fields.Datetime.now()
        )

    def action_complete_orders(self):
        """From the overview: the dialog *Complete Orders*, with what is due."""
        check_records(self)
        orders = self.env["mrp.production"].search(
            Domain("picking_type_id", "in", self.ids) & self._get_domain_of_due()
        )
        if not orders:
            raise UserError(self.env._("No order is due to be completed."))
        return orders.action_complete_orders()


def _answer(operator, values, domain):
    """What a search for a Boolean comes to.

    :param domain: of the records for which it is true
    """
    if operator != "in":
        return NotImplemented
    if True in values:
        return Domain.TRUE if False in values else domain
    return ~domain


def _get_open_components():
    """Of which the orders still need something that nobody has recorded."""
    return (
        Domain("state", "not in", ("draft", "done", "cancel"))
        & Domain("picked", "=", False)
        & Domain("product_uom_qty", ">", 0)
    )
