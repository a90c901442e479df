"""What a line of a bill of materials should say, and why."""

from odoo import api, fields, models
from odoo.tools import format_amount

from ..access.system_fields import by_system
from ..rules.bom_proposal import FIXED, LEAST_OBSERVATIONS, QUANTITY, SCRAP
from ..texts import format_change, format_number, format_quantity

OPEN, NONE, APPLIED, REJECTED = "open", "none", "applied", "rejected"

NEVER_COUNTED, SHARED, FEW = "never_counted", "shared", "few"
RIGHT, CHANCE, SMALL, VALUE = "right", "chance", "small", "value"
ACCURACY, ASLEEP = "accuracy", "asleep"


class MrpBomProposal(models.Model):
    """One for each line of a BoM that orders use, whether there is something to
    propose or not; those that were applied or rejected stay beside it."""

    _name = "mrp.bom.proposal"
    _description = "BoM Proposal"
    _inherit = ["mrp.checked.record"]
    _order = "yearly_value desc, id desc"
    _rec_name = "product_id"

    bom_line_id = fields.Many2one(
        "mrp.bom.line",
        string="BoM Line",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    bom_id = fields.Many2one(
        related="bom_line_id.bom_id", string="Bill of Materials", store=True, index=True
    )
    product_id = fields.Many2one(
        related="bom_line_id.product_id", string="Component", store=True, index=True
    )
    categ_id = fields.Many2one(related="product_id.categ_id", string="Category")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    product_uom_id = fields.Many2one(
        related="bom_line_id.product_uom_id", string="Unit"
    )
    state = fields.Selection(
        [
            (OPEN, "Proposed"),
            (NONE, "No Proposal"),
            (APPLIED, "Applied"),
            (REJECTED, "Rejected"),
        ],
        string="Status",
        required=True,
        readonly=True,
        index=True,
    )
    kind = fields.Selection(
        [
            (QUANTITY, "Quantity"),
            (SCRAP, "Component Scrap"),
            (FIXED, "Fixed per Order"),
        ],
        readonly=True,
        help="Quantity: the quantity of the line is wrong.\n"
        "Component Scrap: what is lost is, as recorded scrap tells; or the quantity is "
        "too small a number to say it.\n"
        "Fixed per Order: something is used once per order, whatever is produced.",
    )
    no_proposal_reason = fields.Selection(
        [
            (NEVER_COUNTED, "Never counted"),
            (SHARED, "Shared, can't tell"),
            (FEW, "Too few observations"),
            (RIGHT, "As the BoM says"),
            (CHANCE, "May be chance"),
            (SMALL, "Small deviation"),
            (VALUE, "Small value"),
            (ACCURACY, "Below the unit's accuracy"),
            (ASLEEP, "Rejected before"),
        ],
        string="Why Not",
        readonly=True,
        help="Never counted: it is backflushed, so what was issued is what the BoM "
        "says. Only counts of its place tell what was really used.\n"
        "Shared, can't tell: it was counted where other BoM lines use it, too.\n"
        "Too few observations: at least 8 are needed since the line was changed.\n"
        "As the BoM says: what was used is what was needed, as far as it can be told.\n"
        "May be chance: among so many lines some deviate so much by chance.\n"
        "Small deviation: less than the settings ask for, or than the tolerance.\n"
        "Small value: less than the settings ask for.\n"
        "Below the unit's accuracy: the line can't say it.\n"
        "Rejected before: until there are half as many observations more.",
    )
    current_value = fields.Float(
        string="Now",
        digits=False,
        readonly=True,
        help="Quantity of the line, or its component scrap in percent.",
    )
    proposed_value = fields.Float(
        string="Proposed",
        digits=False,
        readonly=True,
        help="Quantity of the line, its component scrap in percent, or what is used "
        "once per order.",
    )
    proposed_quantity = fields.Float(
        string="Quantity Beside It",
        digits=False,
        readonly=True,
        help="Of what is used once per order: the quantity of the line itself. 0: all "
        "of it is used once per order.",
    )
    change_text = fields.Char(string="Proposal", compute="_compute_change_text")
    ratio = fields.Float(
        string="Used of Needed",
        digits=(16, 4),
        readonly=True,
        aggregator=None,
        help="What was used, divided by what the BoM needed: the mean of the "
        "observations.",
    )
    ratio_low = fields.Float(
        string="From", digits=(16, 4), readonly=True, aggregator=None
    )
    ratio_high = fields.Float(
        string="To", digits=(16, 4), readonly=True, aggregator=None
    )
    deviation = fields.Float(
        string="Deviation in Percent",
        compute="_compute_deviation",
        help="How much more than needed was used, in percent.",
    )
    deviation_text = fields.Char(
        string="Deviation",
        compute="_compute_deviation",
        help="How much more than needed was used, and between which limits the truth "
        "lies, 19 times of 20.",
    )
    observation_count = fields.Integer(
        string="Number of Observations",
        readonly=True,
        aggregator=None,
        help="Completed orders, backorders with theirs, in which the component was "
        "measured, or counts of the place that it is taken from.",
    )
    outlier_count = fields.Integer(
        string="Left Out",
        readonly=True,
        aggregator=None,
        help="Observations too far from all others, as typing errors are.",
    )
    yearly_value = fields.Monetary(
        string="Value per Year",
        readonly=True,
        help="What the deviation is worth: of what orders needed in the last twelve "
        "months, at the cost of the day when it was looked at.",
    )
    observations = fields.Json(readonly=True)
    looked_at = fields.Datetime(string="Looked at", readonly=True)
    line_changed_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(string="Decided on", readonly=True)
    closed_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    reject_reason = fields.Text(readonly=True)

    _current = models.UniqueIndex(
        "(bom_line_id, company_id) WHERE state IN ('open', 'none')"
    )

    @api.depends("product_id", "bom_id")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = self.env._(
                "%(component)s in %(product)s",
                component=proposal.product_id.display_name,
                product=proposal.bom_id.display_name,
            )

    @api.depends("ratio", "ratio_low", "ratio_high", "observation_count")
    @api.depends_context("lang")
    def _compute_deviation(self):
        for proposal in self:
            is_told = proposal.observation_count >= LEAST_OBSERVATIONS
            proposal.deviation = (proposal.ratio - 1) * 100 if is_told else 0.0
            proposal.deviation_text = is_told and self.env._(
                "%(ratio)s %% (%(low)s to %(high)s %%)",
                ratio=proposal._format_percent(proposal.ratio),
                low=proposal._format_percent(proposal.ratio_low),
                high=proposal._format_percent(proposal.ratio_high),
            )

    @api.depends("kind", "current_value", "proposed_value", "proposed_quantity")
    @api.depends_context("lang")
    def _compute_change_text(self):
        for proposal in self:
            proposal.change_text = proposal.kind and proposal._describe_change()

    def _describe_change(self):
        """From what to what, in words."""
        values = {
            "current": format_quantity(self.env, self.current_value),
            "proposed": format_quantity(self.env, self.proposed_value),
            "quantity": format_quantity(self.env, self.proposed_quantity),
            "unit": self.product_uom_id.name,
        }
        if self.kind == SCRAP:
            return self.env._(
                "Scrap %(current)s %% → %(proposed)s %%",
                current=format_number(self.env, self.current_value),
                proposed=format_number(self.env, self.proposed_value),
            )
        if self.kind == QUANTITY:
            return self.env._("%(current)s → %(proposed)s %(unit)s", **values)
        if not self.proposed_quantity:
            return self.env._("%(proposed)s %(unit)s once per order", **values)
        return self.env._(
            "%(quantity)s %(unit)s, and %(proposed)s %(unit)s once per order", **values
        )

    def _describe_evidence(self):
        """Why, in a sentence."""
        self.ensure_one()
        return self.env._(
            "%(number)s observations: %(deviation)s of what was needed, worth "
            "%(value)s a year.",
            number=self.observation_count,
            deviation=self.deviation_text,
            value=format_amount(self.env, self.yearly_value, self.currency_id),
        )

    def _proposes(self, vals):
        """:return: whether these values propose the same"""
        self.ensure_one()
        return (self.kind or None) == (vals["kind"] or None) and all(
            self[name] == vals[name]
            for name in ("current_value", "proposed_value", "proposed_quantity")
        )

    def _write_system(self, vals):
        with by_system(self.env):
            self.write(vals)

    @api.model
    def _format_percent(self, ratio):
        """+5.2 of 1.052."""
        return format_change(self.env, (ratio - 1) * 100)
