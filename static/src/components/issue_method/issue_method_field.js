import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

const BADGES = {
    manual: "text-bg-warning",
    start: "text-bg-primary",
    operation: "text-bg-success",
    completion: "text-bg-info",
};

/**
 * The issue method as a badge, a list to choose from while it is edited. Where it
 * is empty, the placeholder says what is inherited.
 */
export class IssueMethodField extends SelectionField {
    static template = "mrp_backflush.IssueMethodField";

    get badgeClass() {
        return BADGES[this.value] || "text-bg-secondary";
    }
}

export const issueMethodField = {
    ...selectionField,
    component: IssueMethodField,
    supportedTypes: ["selection"],
};

registry.category("fields").add("issue_method", issueMethodField);
