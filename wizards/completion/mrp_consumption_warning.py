from collections import defaultdict

from odoo import api, fields, models


class MrpConsumptionWarning(models.TransientModel):
    _inherit = "mrp.consumption.warning"

    deviation_reason_id = fields.Many2one(
        "mrp.deviation.reason",
        string="Reason for All",
        store=False,
        help="Why more or less than planned was used: the same for all of these.",
    )
    is_reason_required = fields.Boolean(compute="_compute_is_reason_required")

    @api.depends("mrp_production_ids")
    def _compute_is_reason_required(self):
        for wizard in self:
            wizard.is_reason_required = any(
                order._is_reason_required() for order in wizard.mrp_production_ids
            )

    @api.onchange("deviation_reason_id")
    def _onchange_deviation_reason_id(self):
        if self.deviation_reason_id:
            self.mrp_consumption_warning_line_ids.deviation_reason_id = (
                self.deviation_reason_id
            )

    def action_confirm(self):
        for line in self.mrp_consumption_warning_line_ids:
            line._note_reason()
        return super().action_confirm()

    def action_set_qty(self):
        for line in self.mrp_consumption_warning_line_ids:
            # Nothing deviates any more.
            line.deviation_reason_id = False
            line._note_reason()
            line._set_quantity_per_component()
        return super().action_set_qty()


class MrpConsumptionWarningLine(models.TransientModel):
    _name = "mrp.consumption.warning.line"
    _inherit = ["mrp.consumption.warning.line", "mrp.checked.record"]

    reason = fields.Char(
        string="Deviation",
        compute="_compute_reason",
        help="Why what was consumed isn't what was to be consumed.",
    )

    deviation_reason_id = fields.Many2one(
        "mrp.deviation.reason",
        string="Reason",
        compute="_compute_deviation_reason_id",
        store=True,
        readonly=False,
        domain="[('company_id', 'in', [False, company_id])]",
        help="Why more or less than planned was used.",
    )
    company_id = fields.Many2one(related="mrp_production_id.company_id")

    @api.depends("mrp_production_id", "product_id")
    def _compute_deviation_reason_id(self):
        for line in self:
            components = line._get_components()
            line.deviation_reason_id = components.deviation_reason_id[:1]

    def _get_components(self):
        return self.mrp_production_id._get_components_of(self.product_id)

    def _note_reason(self):
        """On each component of the product: core asks about all of them together."""
        order = self.mrp_production_id
        # Somebody else may have completed it meanwhile, and said why.
        if order.state != "done":
            order._note_reason(self.product_id, self.deviation_reason_id)

    @api.depends(
        "mrp_production_id",
        "product_id",
        "product_consumed_qty_uom",
        "product_expected_qty_uom",
    )
    def _compute_reason(self):
        for line in self:
            line.reason = line._explain(line._get_components())

    def _explain(self, components):
        """Why the product is in the warning, in a few words.

        :param components: of the order, with this product
        """
        unit = self.product_id.uom_id
        if not components:
            return self.env._("Not a component of the order any more")
        if unit.is_zero(self.product_expected_qty_uom):
            return self.env._("Not in the bill of materials")
        excess = self.product_consumed_qty_uom - self.product_expected_qty_uom
        if unit.compare(excess, 0) > 0:
            return self.env._("More than planned")
        # Posted ones are open to nobody.
        unrecorded = components.filtered(
            lambda move: move._is_open_component() and not move.picked
        )
        if unit.is_zero(self.product_consumed_qty_uom):
            if unrecorded._has_manual():
                return self.env._("Nobody recorded it")
            if unrecorded:
                return self.env._("Nothing was reported")
            return self.env._("Recorded as none used")
        if unrecorded._has_manual():
            return self.env._("Nobody recorded the rest")
        return self.env._("Less than planned")

    def _set_quantity_per_component(self):
        """Give each component of the product its own part of the quantity.

        Core gives all of it to the first one and 0 to the others, which would issue
        a manual component out of a backflushed one. A line that was dealt with is
        taken out of the warning.
        """
        self.ensure_one()
        components = self.mrp_production_id.move_raw_ids.filtered(
            lambda move: (
                move.product_id == self.product_id and move._is_open_component()
            )
        )
        if any(components.mapped("is_issued_early")):
            # Core would write on what is posted.
            components._record_open_need()
            self.unlink()
            return
        # The quantity expected is that of the BoM: what was added to it had none.
        planned = components.filtered("bom_line_id")
        if len(components) < 2 or not planned or not components._has_manual():
            return
        shares = self._get_expected_shares()
        rest = self.product_expected_qty_uom
        for component in planned:
            line_shares = shares[component.bom_line_id.id]
            quantity = line_shares.pop(0) if line_shares else 0
            if component == planned[-1]:
                quantity = max(rest, 0)
            rest -= quantity
            quantity = self.product_uom_id._compute_quantity(
                quantity, component.product_uom
            )
            component.write({"quantity": quantity, "picked": True})
        (components - planned).filtered("picked").quantity = 0
        self.unlink()

    def _get_expected_shares(self):
        """What each BoM line calls for, as core explodes the BoM for its warning.

        :return: by BoM line's id the quantities of its components, in the product's
            unit
        """
        order = self.mrp_production_id
        shares = defaultdict(list)
        for values in order._get_moves_raw_values():
            if values["product_id"] == self.product_id.id:
                unit = self.env["uom.uom"].browse(values["product_uom"])
                quantity = unit._compute_quantity(
                    values["product_uom_qty"], self.product_uom_id
                )
                shares[values["bom_line_id"]].append(
                    quantity * order.qty_producing / order.product_qty
                )
        return shares
