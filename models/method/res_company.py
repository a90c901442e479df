from odoo import api, fields, models, tools

from ..access.arguments import MODULE
from ..choice_log import hold_value
from ..rules.issue_method import (
    COMPLETION,
    COUNT,
    ISSUE_METHODS,
    ISSUE_METHODS_HELP,
    MANUAL,
)


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "mrp.checked.record", "mrp.logged.choices"]

    issue_method = fields.Selection(
        ISSUE_METHODS,
        string="Default Issue Method",
        default=COMPLETION,
        required=True,
        help=f"{ISSUE_METHODS_HELP}\n"
        "For components that have no method on the order, their BoM line, product, "
        "category or work center.",
    )
    unissued_rule = fields.Selection(
        [
            ("bom", "Follow the Bill of Materials"),
            ("block", "Must Be Recorded First"),
        ],
        string="Manual Components Nobody Recorded",
        default="bom",
        required=True,
        help="What happens when an order is marked done and a manual component was "
        "neither issued nor recorded.\n"
        "Follow the Bill of Materials: its Flexible Consumption setting decides "
        "whether the order is done without the component, after a warning, or only by "
        "an administrator.\n"
        "Must Be Recorded First: the order can't be completed, and a message lists "
        "the components.",
    )

    @api.model
    @tools.ormcache()
    def _get_logged_fields(self):
        return [
            name
            for name, field in self._fields.items()
            if field._modules == (MODULE,) and field.store
        ]

    def _hold_logged(self, name):
        # A company has no chatter, its contact has: any administrator finds that, and
        # Settings lead there. Nothing of it needs a model or rights of its own.
        self.ensure_one()
        title = self.env._("Backflush settings of %s", self.name)
        hold_value(self.partner_id, title, self, name)

    def _resolve_issue_method(self, product=None, category=None, **levels):
        """Find the first level that says how a component is issued.

        The order of levels is that of the docs: BoM line, product, category and
        its parents, work center, company. An override on the order stands above
        them and is the component's own.

        :param product: product.product or product.template
        :param category: product.category, where there is no product
        :param levels: ``bom_line`` and ``workcenter``, each a record or empty
        :return: (method, source, the record that says it)
        """
        self.ensure_one()
        for source, record in (
            *self._get_issue_method_levels(product, category, **levels),
            ("company", self),
        ):
            method = record.with_company(self).issue_method
            if method == COUNT and not self._may_be_at_count(product):
                method = COMPLETION
            if method:
                return method, source, record
        return COMPLETION, "company", self

    def _may_be_at_count(self, product):
        """Where nobody counts what lies there, and of serial numbers, it is issued at
        completion."""
        is_serial = product and product.tracking == "serial"
        return self._counts_lines() and not is_serial

    def _get_issue_method_levels(
        self, product=None, category=None, bom_line=None, workcenter=None
    ):
        """Yield (source, record) of the levels above the company's, strongest first."""
        if bom_line:
            yield "bom_line", bom_line
        if product:
            if product._name == "product.product":
                product = product.product_tmpl_id
            yield "product", product
            category = product.categ_id
        while category:
            yield "category", category
            category = category.parent_id
        if workcenter:
            yield "workcenter", workcenter

    def _has_work_center_with_issue_method(self):
        self.ensure_one()
        domain = [("issue_method", "!=", False), ("company_id", "in", [False, self.id])]
        return bool(self.env["mrp.workcenter"].sudo().search_count(domain, limit=1))

    def _resolve_supply_location(
        self, own_location, product, bom_line, workcenter, method=None
    ):
        """Find the first level that says where a component is taken from: BoM line,
        work center. Manual ones are taken from the order's source location.

        A person's choice on the order stands above them and is the component's own.

        :param own_location: source location of the order, or of its operation type
        :param method: the component's; None where its levels are to say
        :return: (location, source)
        """
        self.ensure_one()
        for source, level in (("bom_line", bom_line), ("workcenter", workcenter)):
            location = level.sudo().supply_location_id
            # A level that several companies share may name a location of one of them.
            if not location or location.company_id not in (
                self,
                location.company_id.browse(),
            ):
                continue
            if not method:
                method, _source, _record = self.sudo()._resolve_issue_method(
                    product.sudo(),
                    bom_line=bom_line.sudo(),
                    workcenter=workcenter.sudo(),
                )
            if method != MANUAL:
                return location, source
        return own_location, "production"
