from odoo import Command, models

from .issue_method import MANUAL


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _is_subcontracted(self):
        """Subcontracting orders are completed by a receipt, with nobody to ask."""
        self.ensure_one()
        return self.bom_id.type == "subcontract"

    # Overrides of the issue method live as long as the order's work does.

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for vals in vals_list:
            for command in vals.get("move_raw_ids") or []:
                if command[0] != Command.CREATE:
                    continue
                component_vals = command[2]
                if component_vals.get("issue_method_source") != "order":
                    # A new component: the levels decide anew.
                    component_vals.pop("issue_method", None)
                    component_vals.pop("issue_method_source", None)
        return vals_list

    def action_merge(self):
        overrides = self._get_issue_method_overrides()
        action = super().action_merge()
        self.browse(action["res_id"])._restore_issue_method_overrides(overrides)
        return action

    def _link_bom(self, bom):
        overrides = self._get_issue_method_overrides()
        result = super()._link_bom(bom)
        # On a draft order core made the components anew.
        self._restore_issue_method_overrides(overrides)
        self.move_raw_ids._resolve_issue_method_again()
        return result

    def _get_issue_method_overrides(self):
        """What people chose on these orders, by BoM line and product.

        Where two orders disagree, manual wins: nothing is issued behind the back of
        the person who wanted to issue it.
        """
        overrides = {}
        for component in self.move_raw_ids:
            if component.issue_method_source != "order":
                continue
            key = (component.bom_line_id, component.product_id)
            if overrides.get(key) != MANUAL:
                overrides[key] = component.issue_method
        return overrides

    def _restore_issue_method_overrides(self, overrides):
        for component in self.move_raw_ids:
            method = overrides.get((component.bom_line_id, component.product_id))
            if method and component.issue_method_source != "order":
                component._override_issue_method(method)

    # Completion.

    def pre_button_mark_done(self):
        unissued = self._get_unissued_components()
        unissued._check_may_stay_unissued(
            is_confirmed=self.env.context.get("skip_consumption")
        )
        unissued._clear_core_manual_consumption()
        return super().pre_button_mark_done()

    def _get_unissued_components(self):
        return self.move_raw_ids.filtered(lambda move: move._is_unissued())

    def _split_productions(
        self, amounts=False, cancel_remaining_qty=False, set_consumed_qty=False
    ):
        if not set_consumed_qty or not self.move_raw_ids._has_manual():
            return super()._split_productions(
                amounts, cancel_remaining_qty, set_consumed_qty
            )
        productions = super(
            MrpProduction, self.with_context(spare_manual_components=True)
        )._split_productions(amounts, cancel_remaining_qty, set_consumed_qty)
        productions = productions.with_env(self.env)
        # Core gave them a quantity, whether there is stock or not.
        productions._get_unissued_components()._reserve_again()
        return productions

    def _post_inventory(self, cancel_backorder=False):
        # Core's dialogs also complete orders that it was not asked to complete.
        self._get_unissued_components()._check_may_stay_unissued(is_confirmed=True)
        recorded_unused = self.move_raw_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move._is_recorded()
                and move.product_uom.is_zero(move.quantity)
            )
        )
        result = super()._post_inventory(cancel_backorder=cancel_backorder)
        # Core cancels these, and forgets that a person had said something.
        recorded_unused.is_recorded = True
        return result
