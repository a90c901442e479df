import {registry} from "@web/core/registry";
import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";

// Colour is for what needs somebody: what waits, what was left out, and a manual
// component that nobody recorded.
const NEEDS_SOMEBODY = {
    parked: "text-bg-warning",
    partly_issued: "text-bg-warning",
    not_issued: "text-bg-danger",
};

/** The status of a component, and of one issued in part how much of it was. */
export class IssueStateField extends BadgeField {
    static template = "mrp_backflush.IssueStateField";

    get badgeClass() {
        const {issue_method, issue_state} = this.props.record.data;
        if (issue_state === "to_issue" && issue_method === "manual") {
            return "text-bg-warning";
        }
        return NEEDS_SOMEBODY[issue_state] || "text-bg-300";
    }

    get progress() {
        return this.props.record.data.issue_progress;
    }
}

registry.category("fields").add("issue_state", {
    ...badgeField,
    component: IssueStateField,
    supportedTypes: ["selection"],
});
