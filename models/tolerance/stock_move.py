from odoo import fields, models
from odoo.exceptions import AccessError

from ..call_scope import STATED_REASONS
from ..rules.issue_method import COUNT
from ..rules.tolerance import weigh

USER_GROUP = "mrp.group_mrp_user"


class StockMove(models.Model):
    _inherit = "stock.move"

    deviation_reason_id = fields.Many2one(
        "mrp.deviation.reason",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Why more or less of the component was used than planned.",
    )

    used_quantity = fields.Float(
        string="Used",
        compute="_compute_used_quantity",
        digits="Product Unit",
        help="What the order used of it: issued, waiting for stock or for a count.",
    )

    def _compute_used_quantity(self):
        for move in self:
            move.used_quantity = move._in_own_unit(move._get_all_use())

    def _write_reason(self, vals):
        """Write the values, the reason of the deviation among them.

        :raise AccessError: the user is no user of Manufacturing
        :raise UserError: it isn't there, was archived, or is another company's
        """
        if not self.env.su and not self.env.user.has_group(USER_GROUP):
            raise AccessError(
                self.env._("Only users of Manufacturing say why components deviate.")
            )
        self._check_is_reason(vals["deviation_reason_id"])
        self._hold_reason()
        self._write_plainly({"deviation_reason_id": vals["deviation_reason_id"]})
        self._check_company(["deviation_reason_id"])
        self._hold_reason()
        others = {key: vals[key] for key in vals if key != "deviation_reason_id"}
        return self.write(others) if others else True

    def _check_is_reason(self, reason_id):
        """:raise UserError: it isn't, or not any more"""
        is_new = any(move.deviation_reason_id.id != reason_id for move in self)
        # What was stated with a completion was looked at then: it may be days ago.
        if reason_id and is_new and not STATED_REASONS.is_open():
            self.raw_material_production_id._find_reasons([reason_id])

    def _hold_reason(self):
        """Note the reason, before and after it is changed, in the order's chatter."""
        label = self.fields_get(["deviation_reason_id"], ["string"])
        for move in self.filtered("raw_material_production_id"):
            reason = move.deviation_reason_id
            move._hold_line(
                label["deviation_reason_id"]["string"],
                reason.display_name or self.env._("none"),
            )

    # What orders used, and needed.

    def _get_all_use(self):
        """What a completed order used of this component: posted with it, before and
        after it, or still waiting for stock, or left to a count; in the product's unit
        and not rounded."""
        self.ensure_one()
        component, unit = self.sudo(), self.product_id.uom_id
        posted = component.issue_move_ids.filtered(
            lambda move: (
                move.state == "done"
                # What came back is no order's any more.
                and (move.raw_material_production_id or move.settles_exception_id)
            )
        )
        if component.state == "done":
            posted |= component
        is_at_count = component.issue_method == COUNT and not component.is_recorded
        if is_at_count and not component.quantity:
            other = component._get_quantity_needed()
        else:
            other = component._get_parked()
        other = component.product_uom._compute_quantity(other, unit, round=False)
        return other + sum(move._get_quantity_in(unit) for move in posted)

    def _get_quantity_needed(self):
        """What a completed order needed, in the component's unit."""
        if self.reported_quantity:
            return self.needed_quantity
        # Orders from before the module know their demand only.
        return self.product_uom_qty

    def _get_joint_tolerance(self, company):
        """How far components of one product may deviate together: each as much as its
        order calls for."""
        needs = self._get_whole_order_needs()
        return weigh(
            (
                company._resolve_tolerance(move.product_id, bom_line=move.bom_line_id)[
                    0
                ],
                move._in_product_unit(needs[move].total, is_exact=True),
            )
            for move in self
        )
