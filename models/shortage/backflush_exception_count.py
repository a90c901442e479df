import operator
from collections import Counter

from odoo import fields, models

from ..access.arguments import check_records

COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda count, values: count in values,
    "not in": lambda count, values: count not in values,
}


class BackflushExceptionCount(models.AbstractModel):
    """A record that shows how many open backflush exceptions concern it."""

    _name = "mrp.backflush.exception.count"
    _description = "Count of Waiting Components"

    open_exception_count = fields.Integer(
        string="Waiting",
        compute="_compute_open_exception_count",
        compute_sudo=False,
        search="_search_open_exception_count",
        help="How many components are waiting.",
    )

    def _get_exception_path(self):
        """The field of an exception that leads to these records."""
        raise NotImplementedError

    def _get_exception_domain(self):
        return [(self._get_exception_path(), "in", self.ids)]

    def _compute_open_exception_count(self):
        exceptions = self.env["mrp.backflush.exception"]
        if not exceptions.has_access("read") or not any(
            # Most companies have none, nor can have: nobody is asked.
            company._may_have_open_exceptions()
            for company in self.env.companies
        ):
            self.open_exception_count = 0
            return
        found = exceptions.search(
            [*self._get_exception_domain(), ("state", "=", "open")]
        )
        by_record = found.grouped(
            lambda exception: exception.mapped(self._get_exception_path())
        )
        for record in self:
            record.open_exception_count = len(by_record.get(record._origin, ()))

    def _search_open_exception_count(self, comparison, value):
        if comparison not in COMPARISONS:
            return NotImplemented
        compare = COMPARISONS[comparison]
        path = self._get_exception_path()
        found = self.env["mrp.backflush.exception"].search([("state", "=", "open")])
        counts = Counter(
            record.id for exception in found for record in exception.mapped(path)
        )
        if compare(0, value):
            others = [key for key, count in counts.items() if not compare(count, value)]
            return [("id", "not in", others)]
        return [
            (
                "id",
                "in",
                [key for key, count in counts.items() if compare(count, value)],
            )
        ]

    def action_view_backflush_exceptions(self):
        """The exceptions of these records, at first only what is open, if any is."""
        check_records(self)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mrp_backflush.mrp_backflush_exception_action"
        )
        action["domain"] = self._get_exception_domain()
        if not sum(self.mapped("open_exception_count")):
            action["context"] = {}
        return action
