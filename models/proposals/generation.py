"""Looking for proposals: over all lines of the bills of materials that orders use."""

import logging
from dataclasses import replace
from functools import partial
from math import ceil

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..access.arguments import check_records
from ..access.system_fields import create_by_system
from ..rules import t_distribution
from ..rules.bom_proposal import (
    LEAST_OBSERVATIONS,
    Line,
    correct,
    estimate,
    find_true_alarms,
)
from ..turns.own_transaction import in_own_transaction
from .mrp_bom_proposal import (
    ACCURACY,
    ASLEEP,
    CHANCE,
    FEW,
    NEVER_COUNTED,
    NONE,
    OPEN,
    REJECTED,
    RIGHT,
    SHARED,
    SMALL,
    VALUE,
)
from .observations import read_evidence

_logger = logging.getLogger(__name__)


class MrpBomProposal(models.Model):
    _inherit = "mrp.bom.proposal"

    @api.model
    def action_open(self):
        """The list, the proposals worth most first; what is missing is said."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mrp_backflush.mrp_bom_proposal_action"
        )
        if t_distribution.is_there():
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self._describe_missing_library(),
                "next": action,
            },
        }

    def action_look(self):
        """The button of the list, whatever is selected there.

        :raise UserError: as said in ``generate``
        :raise AccessError: likewise
        """
        check_records(self)
        return self.generate()

    @api.model
    def generate(self):
        """Look at all BoM lines that orders of the user's companies used in the last
        twelve months, and propose what they should say. What was proposed and nobody
        decided on is looked at anew.

        :return: an action that says how many were found
        :raise UserError: no company analyses its consumption, or SciPy is missing
        :raise AccessError: the user is no administrator of Manufacturing
        """
        self.check_access("write")
        companies = self.env.companies.filtered(
            lambda company: company._analyses_consumption()
        )
        if not companies:
            raise UserError(
                self.env._(
                    "Switch on Consumption Analysis first, in the settings of "
                    "Manufacturing."
                )
            )
        if not t_distribution.is_there():
            raise UserError(self._describe_missing_library())
        for company in companies:
            self.sudo()._generate(company)
        return self._tell_of_proposals(companies)

    @api.model
    def _generate_monthly(self):
        companies = self.env["res.company"].search(
            [("use_consumption_analysis", "=", True)]
        )
        if companies and not t_distribution.is_there():
            _logger.warning("BoM proposals: %s", self._describe_missing_library())
            return
        for company in companies:
            generate = partial(self.with_company(company)._generate, company)
            collision = in_own_transaction(self.env, generate)
            if collision:
                _logger.warning(
                    "BoM proposals of company %s are left: %s", company.id, collision
                )

    @api.model
    def _describe_missing_library(self):
        return self.env._(
            "SciPy is missing on the server: without its t-distribution nobody can "
            "tell a deviation from chance. Have it installed (pip install scipy), and "
            "look for proposals again."
        )

    @api.model
    def _tell_of_proposals(self, companies):
        number = self.search_count(
            [("company_id", "in", companies.ids), ("state", "=", OPEN)]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if number else "info",
                "message": self.env._("Proposals: %s", number)
                if number
                else self.env._("There is nothing to propose."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _generate(self, company):
        """As the superuser."""
        since = fields.Datetime.now() - relativedelta(months=12)
        found = read_evidence(self.env, company, since)
        lines = self.env["mrp.bom.line"].browse(found).with_company(company)
        # All at once.
        lines.product_id.mapped("standard_price")
        looked = {line: _Look(line, found[line.id], company) for line in lines}
        alarms = find_true_alarms(
            {line: look.found.p_value for line, look in looked.items() if look.found}
        )
        asleep = self._find_asleep(company, looked)
        vals_by_line = {}
        for line, look in looked.items():
            value = look.get_yearly_value(company.currency_id)
            if line in asleep:
                reason = ASLEEP
            else:
                reason = look.explain(line in alarms)
            if not reason and value < company.proposal_least_value:
                reason = VALUE
            vals_by_line[line] = look.prepare_vals(reason, value)
        self._keep_current(company, vals_by_line)

    @api.model
    def _find_asleep(self, company, looked):
        """Lines whose last proposal was rejected, until there are half as many
        observations more."""
        rejected = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", REJECTED),
                ("bom_line_id", "in", [line.id for line in looked]),
            ],
            order="closed_at, id",
        )
        last = {proposal.bom_line_id: proposal for proposal in rejected}
        asleep = set()
        for line, proposal in last.items():
            is_same = proposal.line_changed_at == line.quantity_changed_at
            new = [
                each
                for each in looked[line].observations
                if each.key.date > proposal.closed_at
            ]
            if is_same and len(new) < ceil(proposal.observation_count / 2):
                asleep.add(line)
        return asleep

    @api.model
    def _keep_current(self, company, vals_by_line):
        """One record for each line that was looked at, what was decided on aside. What
        is proposed otherwise than before is a new one: who still sees the old one on
        the screen can't apply what nobody has seen."""
        self._keep_others_from_looking(company)
        current = self.search(
            [("company_id", "=", company.id), ("state", "in", (OPEN, NONE))]
        )
        by_line = {proposal.bom_line_id: proposal for proposal in current}
        new = []
        for line, vals in vals_by_line.items():
            proposal = by_line.get(line)
            if proposal and proposal._proposes(vals):
                proposal._write_system(vals)
                del by_line[line]
            else:
                new.append({"bom_line_id": line.id, "company_id": company.id, **vals})
        # With those that nobody makes any more.
        self.browse().union(*by_line.values()).unlink()
        create_by_system(self, new)

    @api.model
    def _keep_others_from_looking(self, company):
        """Whoever looks at the same lines at the same time waits, is tried again, and
        finds the records that are made here."""
        self.env.execute_query(
            SQL(
                "UPDATE res_company SET write_date = write_date WHERE id = %s"
                " RETURNING id",
                company.id,
            )
        )


class _Look:
    """At one line of a BoM, for one company."""

    def __init__(self, line, evidence, company):
        self.line = line
        self.evidence = evidence
        observations = evidence.get_observations()
        self.is_scrap_alone = (
            len(observations) < LEAST_OBSERVATIONS and evidence.has_recorded_scrap()
        )
        if self.is_scrap_alone:
            observations = evidence.reckoned
        self.observations = self._in_unit_of_line(observations)
        self.found = estimate(self.observations)
        self.smallest = self._get_smallest(company)
        self.correction = self.found and correct(
            self._get_line(), self.found, self.smallest
        )

    def _get_smallest(self, company):
        """:return: ratios not farther from 1 are left alone"""
        least = company.proposal_least_deviation
        if self.found and company._uses_tolerance():
            tolerance, _source, _record = company._resolve_tolerance(
                self.line.product_id, bom_line=self.line
            )
            is_over = self.found.ratio > 1
            least = max(least, tolerance.over if is_over else tolerance.under)
        return least / 100

    def _in_unit_of_line(self, observations):
        line = self.line
        factor = line.product_id.uom_id._compute_quantity(
            1.0, line.product_uom_id, round=False
        )
        return [
            replace(
                each,
                needed=each.needed * factor,
                used=each.used * factor,
                scrapped=each.scrapped * factor,
            )
            for each in observations
        ]

    def _get_line(self):
        line = self.line
        return Line(
            quantity=line.product_qty,
            rounding=line.product_uom_id.rounding,
            scrap=line.component_scrap,
            is_fixed=line.is_fixed_quantity,
            is_scrap_alone=self.is_scrap_alone,
            may_have_fixed=not self.evidence.is_kit,
        )

    def get_yearly_value(self, currency):
        if not self.found:
            return 0.0
        deviation = abs(self.found.ratio - 1) * self.evidence.yearly
        return currency.round(deviation * self.line.product_id.standard_price)

    def explain(self, is_true_alarm):
        """:return: why there is nothing to propose; nothing where there is"""
        if not self.found:
            return self._explain_no_estimate()
        if self.found.low <= 1 <= self.found.high:
            return RIGHT
        if self.is_scrap_alone and self.found.ratio < 1:
            return RIGHT
        if abs(self.found.ratio - 1) <= self.smallest:
            return SMALL
        if not is_true_alarm:
            return CHANCE
        return None if self.correction else ACCURACY

    def _explain_no_estimate(self):
        evidence = self.evidence
        if evidence.measured or not evidence.reckoned:
            return SHARED if evidence.is_shared and not evidence.measured else FEW
        if evidence.is_shared:
            return SHARED
        return FEW if evidence.is_counted else NEVER_COUNTED

    def prepare_vals(self, reason, yearly_value):
        correction = None if reason else self.correction
        return {
            "state": NONE if reason else OPEN,
            "no_proposal_reason": reason,
            "kind": correction and correction.kind,
            "current_value": correction.current if correction else 0.0,
            "proposed_value": correction.proposed if correction else 0.0,
            "proposed_quantity": correction.quantity if correction else 0.0,
            "ratio": self.found.ratio if self.found else 0.0,
            "ratio_low": self.found.low if self.found else 0.0,
            "ratio_high": self.found.high if self.found else 0.0,
            "observation_count": len(self.found.kept)
            if self.found
            else len(self.observations),
            "outlier_count": len(self.found.outliers) if self.found else 0,
            "yearly_value": yearly_value,
            "observations": self._list_observations(),
            "looked_at": fields.Datetime.now(),
            "line_changed_at": self.line.quantity_changed_at,
        }

    def _list_observations(self):
        outliers = self.found.outliers if self.found else ()
        kept = self.found.kept if self.found else self.observations
        shown = {each.key for each in (*kept, *outliers)}
        return [
            {
                "model": each.key.model,
                "id": each.key.id,
                "name": each.key.name,
                "date": fields.Date.to_string(each.key.date),
                "needed": round(each.needed, 6),
                "used": round(each.used, 6),
                "scrapped": round(each.scrapped, 6),
                "is_outlier": each in outliers,
                "part": round(each.part, 4),
            }
            for each in self.observations
            if each.key in shown
        ]
