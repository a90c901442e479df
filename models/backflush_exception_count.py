from odoo import fields, models


class BackflushExceptionCount(models.AbstractModel):
    """A record that shows how many open backflush exceptions concern it."""

    _name = "mrp.backflush.exception.count"
    _description = "Count of Open Backflush Exceptions"

    open_exception_count = fields.Integer(
        string="Open Exceptions",
        compute="_compute_open_exception_count",
        compute_sudo=False,
        help="How many components could not be issued yet and wait for stock.",
    )

    def _get_exception_path(self):
        """The field of an exception that leads to these records."""
        raise NotImplementedError

    def _get_exception_domain(self):
        return [(self._get_exception_path(), "in", self.ids)]

    def _compute_open_exception_count(self):
        exceptions = self.env["mrp.backflush.exception"]
        if not exceptions.has_access("read"):
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

    def action_view_backflush_exceptions(self):
        """The exceptions of these records, at first only what is open, if any is."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "mrp_backflush.mrp_backflush_exception_action"
        )
        action["domain"] = self._get_exception_domain()
        if not sum(self.mapped("open_exception_count")):
            action["context"] = {}
        return action
