from odoo import api, fields, models
from odoo.tools import SQL

from ..access.arguments import check_records
from ..rules.issue_method import ISSUE_METHOD_SOURCES, ISSUE_METHODS
from .figures import get_figures

# Of a group a percentage is that of its sums: in money, or by quantity where it costs
# nothing.
_PERCENTAGES = {
    "usage_percent": ("usage_cost", "usage_quantity"),
    "scrap_percent": ("scrap_cost", "scrap_quantity"),
    "deviation_percent": ("deviation_cost", "deviation_quantity"),
}


class MrpConsumptionAnalysis(models.Model):
    """A row for each component of a completed order, whatever became of it: what was
    planned and what it came to, and where the difference comes from. By construction
    what was planned and all differences are what it came to."""

    _name = "mrp.consumption.analysis"
    _description = "Consumption Analysis"
    _inherit = ["mrp.checked.record"]
    _auto = False
    _order = "date desc, production_id desc, id"
    _rec_name = "product_id"

    production_id = fields.Many2one("mrp.production", string="Order", readonly=True)
    production_group_id = fields.Many2one(
        "mrp.production.group",
        string="Order with Backorders",
        readonly=True,
    )
    move_id = fields.Many2one("stock.move", string="Component Line", readonly=True)
    product_id = fields.Many2one("product.product", string="Component", readonly=True)
    categ_id = fields.Many2one(
        "product.category", string="Category of the Component", readonly=True
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        readonly=True,
        help="The unit that the component is stocked in: that of all quantities.",
    )
    finished_product_id = fields.Many2one(
        "product.product", string="Product Made", readonly=True
    )
    bom_id = fields.Many2one("mrp.bom", string="Bill of Materials", readonly=True)
    bom_line_id = fields.Many2one("mrp.bom.line", string="BoM Line", readonly=True)
    operation_id = fields.Many2one("mrp.routing.workcenter", readonly=True)
    workcenter_id = fields.Many2one(
        "mrp.workcenter", string="Work Center", readonly=True
    )
    issue_method = fields.Selection(ISSUE_METHODS, readonly=True)
    issue_method_source = fields.Selection(
        ISSUE_METHOD_SOURCES, string="Method from", readonly=True
    )
    deviation_reason_id = fields.Many2one(
        "mrp.deviation.reason",
        string="Reason",
        readonly=True,
        help="Why the component deviates, as a person said.",
    )
    date = fields.Datetime(
        string="Completed on", readonly=True, help="When the order was completed."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    is_provisional = fields.Boolean(
        string="Provisional",
        readonly=True,
        help="Something of it still waits, or is left to a count. Until then that is "
        "in here at the cost of the day when the order was completed.",
    )
    is_substitution = fields.Boolean(
        string="Not Planned",
        readonly=True,
        help="The bill of materials doesn't call for it: a person added it.",
    )
    is_not_issued = fields.Boolean(
        string="Not Issued",
        readonly=True,
        help="It was needed, nothing of it was issued, and nobody said that none was "
        "used.",
    )

    planned_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="What the bill of materials calls for, for the quantity produced: "
        "component scrap included, and its part of what is fixed per order. Not "
        "rounded.",
    )
    actual_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="What was issued or recorded as scrap, what still waits, and what counts "
        "have found.",
    )
    deviation_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="Actual less planned quantity.",
    )
    usage_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="More used than was needed, without scrap; less than nothing: less.",
    )
    scrap_quantity = fields.Float(
        digits="Product Unit",
        readonly=True,
        help="More recorded as scrap than was planned.",
    )
    planned_cost = fields.Monetary(
        readonly=True,
        help="The planned quantity at the component's cost when it was planned.",
    )
    price_cost = fields.Monetary(
        string="Price",
        readonly=True,
        help="What it cost more than when it was planned.",
    )
    usage_cost = fields.Monetary(
        string="Usage",
        readonly=True,
        help="What was used more than the order needed, without scrap.",
    )
    rounding_cost = fields.Monetary(
        string="Rounding",
        readonly=True,
        help="What the order needed more than the bill of materials says exactly: by "
        "whole units, or because a person changed the demand.",
    )
    scrap_cost = fields.Monetary(
        string="Scrap",
        readonly=True,
        help="What was recorded as scrap beyond the component scrap that was planned. "
        "Recorded scrap isn't in the cost of the finished product.",
    )
    lot_size_cost = fields.Monetary(
        string="Lot Size",
        readonly=True,
        help="What is fixed per order was shared out over another quantity than was "
        "planned.",
    )
    substitution_cost = fields.Monetary(
        string="Not Planned Components",
        readonly=True,
        help="Components that the bill of materials doesn't call for.",
    )
    not_issued_cost = fields.Monetary(
        string="Not Issued Components",
        readonly=True,
        help="What was needed and nobody issued, nor said that none was used.",
    )
    count_cost = fields.Monetary(
        string="Count",
        readonly=True,
        help="What line counts have found that was used beyond it.",
    )
    actual_cost = fields.Monetary(
        readonly=True,
        help="What it came to: the planned cost and all differences.",
    )
    deviation_cost = fields.Monetary(
        string="Deviation", readonly=True, help="Actual less planned cost."
    )
    usage_percent = fields.Float(
        string="Usage %",
        readonly=True,
        aggregator="avg",
        help="Usage in percent of what was planned.",
    )
    scrap_percent = fields.Float(
        string="Scrap %",
        readonly=True,
        aggregator="avg",
        help="Scrap in percent of what was planned.",
    )
    deviation_percent = fields.Float(
        string="Deviation %",
        readonly=True,
        aggregator="avg",
        help="Deviation in percent of what was planned.",
    )

    _depends = {
        "stock.move": [
            *("bom_line_id", "company_id", "component_scrap", "fixed_quantity"),
            "deviation_reason_id",
            *("is_fixed_issued", "is_recorded", "issue_component_id", "issue_method"),
            *("issue_method_source", "needed_quantity", "net_quantity_per_unit"),
            *("operation_id", "origin_returned_move_id", "planned_unit_cost"),
            *("product_id", "product_uom", "quantity", "raw_material_production_id"),
            *("reported_quantity", "scrap_id", "state", "unbuild_id"),
            *("uncounted_value", "workorder_id"),
        ],
        "mrp.production": [
            *("bom_id", "date_finished", "planned_lot_size", "product_id"),
            *("product_qty", "product_uom_id", "production_group_id"),
            *("qty_producing", "state"),
        ],
        "mrp.backflush.exception": [
            *("costed_quantity", "costed_value", "move_id", "product_uom_id"),
            *("quantity", "state"),
        ],
        "mrp.consumption.share": [
            *("base_quantity", "count_id", "is_at_count", "move_id", "quantity"),
            "value",
        ],
        "mrp.line.count": ["state"],
        "mrp.routing.workcenter": ["workcenter_id"],
        "mrp.unbuild": ["mo_id", "product_qty", "product_uom_id", "state"],
        "mrp.workorder": ["workcenter_id"],
        "product.product": ["product_tmpl_id"],
        "product.template": ["categ_id", "uom_id"],
        "res.company": ["currency_id"],
        "uom.uom": ["factor"],
    }

    @property
    def _table_query(self):
        # Of records that are known, nothing else is looked at.
        return get_figures(self._read_values_of_moves(), self.ids)

    @api.model
    def _read_values_of_moves(self):
        """
        :return: whether moves have values: a module that comes and goes adds them
        """
        moves = self.env["stock.move"]
        if "value" not in moves._fields:
            return False
        moves.flush_model(["value", "is_in", "is_out"])
        return True

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        # A pivot's totals: PostgreSQL adds up in one process, and would reckon in that
        # one, too, which takes longer than to hand the rows over.
        self.env.cr.execute("SET LOCAL parallel_tuple_cost = 0.01")
        return super()._read_grouping_sets(domain, grouping_sets, aggregates, order)

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, _function = aggregate_spec.partition(":")
        if name not in _PERCENTAGES:
            return super()._read_group_select(aggregate_spec, query)
        cost, quantity = _PERCENTAGES[name]
        names = {
            "cost": cost,
            "planned_cost": "planned_cost",
            "quantity": quantity,
            "planned_quantity": "planned_quantity",
        }
        return SQL(
            "COALESCE(SUM(%(cost)s) / NULLIF(SUM(%(planned_cost)s), 0),"
            " SUM(%(quantity)s) / NULLIF(SUM(%(planned_quantity)s), 0))",
            **{
                key: self._field_to_sql(self._table, field, query)
                for key, field in names.items()
            },
        )

    # Further down: to the component, its moves and their lots.

    def action_view_order(self):
        check_records(self)
        return self.production_id._get_records_action()

    def action_view_moves(self):
        """What was posted for these components: issued, recorded as scrap, and taken
        back by an unbuild."""
        check_records(self)
        return self._view(
            "stock.move",
            self.env._("Stock Moves"),
            self._get_posted_moves(),
            "mrp_backflush.consumption_analysis_move_view_list",
        )

    def action_view_lots(self):
        """The lots of what was posted for these components."""
        check_records(self)
        return self._view(
            "stock.move.line",
            self.env._("Lots Used"),
            self._get_posted_moves().move_line_ids,
            "mrp_backflush.consumption_analysis_move_line_view_list",
        )

    def action_view_shares(self):
        """What counts have found of these components."""
        check_records(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_backflush.mrp_consumption_share_action"
        )
        return {**action, "domain": [("move_id", "in", self.move_id.ids)]}

    def _get_posted_moves(self):
        components = self.move_id
        issues = components.issue_move_ids.filtered("raw_material_production_id")
        scrap = components.raw_material_production_id.all_move_raw_ids.filtered(
            lambda move: move._is_scrap() and move.product_id in components.product_id
        )
        posted = (components | issues | scrap).filtered(
            lambda move: move.state == "done"
        )
        back = posted.returned_move_ids.filtered(
            lambda move: move.unbuild_id and move.state == "done"
        )
        return posted | back

    def _view(self, model, name, records, view):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(self.env.ref(view).id, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
            "context": {"create": False},
        }
