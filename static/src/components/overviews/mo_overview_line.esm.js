import {patch} from "@web/core/utils/patch";
import {MoOverviewLine} from "@mrp/components/mo_overview_line/mrp_mo_overview_line";

Object.assign(MoOverviewLine.props.data.shape, {
    move_id: {type: [Number, Boolean], optional: true},
    component_id: {type: [Number, Boolean], optional: true},
    issue_method: {type: [String, Boolean], optional: true},
    issue_method_label: {type: String, optional: true},
    issue_state: {type: [String, Boolean], optional: true},
    issue_state_label: {type: String, optional: true},
    quantity_planned: {type: Number, optional: true},
    quantity_issued: {type: Number, optional: true},
    quantity_difference: {type: Number, optional: true},
    cost_difference: {type: Number, optional: true},
    quantity_not_issued: {type: Number, optional: true},
    quantity_waiting: {type: Number, optional: true},
    quantity_left_to_count: {type: Number, optional: true},
    quantity_counted: {type: Number, optional: true},
    cost_counted: {type: Number, optional: true},
    waiting_reasons: {type: String, optional: true},
});

patch(MoOverviewLine.prototype, {
    /** A component's with its unit, also where core shows none. */
    get formattedQuantity() {
        const {component_id, uom_name} = this.data;
        const hasOwnUnit = component_id && !this.props.showOptions.uom;
        return hasOwnUnit
            ? `${super.formattedQuantity} ${uom_name}`
            : super.formattedQuantity;
    },
});
