import { registry } from "@web/core/registry";
import { FloatField, floatField } from "@web/views/fields/float/float_field";

/**
 * The quantity of a component. Until it is picked, core shows what is reserved in
 * the same column as what was consumed: here it says so.
 */
export class IssueQuantityField extends FloatField {
    static template = "mrp_backflush.IssueQuantityField";

    get isOnlyReserved() {
        const { quantity, picked, state } = this.props.record.data;
        return quantity !== 0 && !picked && state !== "done";
    }
}

export const issueQuantityField = {
    ...floatField,
    component: IssueQuantityField,
};

registry.category("fields").add("issue_quantity", issueQuantityField);
