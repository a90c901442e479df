from odoo import fields, models

from .issue_method import COMPLETION, ISSUE_METHODS

SCAN_RULES = [
    ("automatic", "Automatic"),
    ("scan", "Must Be Scanned"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    issue_method = fields.Selection(
        ISSUE_METHODS,
        string="Default Issue Method",
        default=COMPLETION,
        required=True,
        help="How components are issued where neither the order, the BoM line, the "
        "product, its category nor the work center says anything.\n"
        "Manual: nobody but a person issues the component.\n"
        "Backflush at Completion: issued by itself when the order is marked done.",
    )
    unissued_rule = fields.Selection(
        [
            ("bom", "As the bill of materials says"),
            ("block", "Block the order"),
        ],
        string="Manual Components Not Issued",
        default="bom",
        required=True,
        help="What happens when an order is marked done and a manual component was "
        "neither issued nor recorded as not used.\n"
        "As the bill of materials says: its Flexible Consumption setting decides "
        "whether the order is closed, closed after a warning, or blocked for all but "
        "administrators.\n"
        "Block the order: it can't be completed, and a message lists the components.",
    )
    lot_rule = fields.Selection(
        SCAN_RULES,
        string="Lots of Components",
        default="automatic",
        required=True,
        help="How the lots of components tracked by lot are chosen.\n"
        "Automatic: by the removal strategy; such a lot is marked as inferred.\n"
        "Must Be Scanned: a person enters or confirms each lot, and an order can't be "
        "completed before.",
    )
    serial_rule = fields.Selection(
        SCAN_RULES,
        string="Serial Numbers of Components",
        default="automatic",
        required=True,
        help="How the serial numbers of components tracked by serial number are "
        "chosen.\n"
        "Automatic: by the removal strategy; such a number is marked as inferred.\n"
        "Must Be Scanned: a person enters or confirms each number, and an order can't "
        "be completed before.",
    )

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
        for source, record in self._get_issue_method_levels(
            product, category, **levels
        ):
            method = record.with_company(self).issue_method
            if method:
                return method, source, record
        return self.issue_method or COMPLETION, "company", self

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
