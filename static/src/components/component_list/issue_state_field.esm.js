import {registry} from "@web/core/registry";
import {BadgeField, badgeField} from "@web/views/fields/badge/badge_field";
import {formatSelection} from "@web/views/fields/formatters";

// Colour is for what needs somebody: what waits, what was left out, and a manual
// component that nobody recorded.
const NEEDS_SOMEBODY = {
    parked: "text-bg-warning",
    partly_issued: "text-bg-warning",
    not_issued: "text-bg-danger",
};

function getBadge({issue_method, issue_state}) {
    if (issue_state === "to_issue" && issue_method === "manual") {
        return "text-bg-warning";
    }
    return NEEDS_SOMEBODY[issue_state] || "text-bg-300";
}

/** The status of a component, and of one issued in part how much of it was. */
export class IssueStateField extends BadgeField {
    static template = "mrp_backflush.IssueStateField";

    static isText() {
        return true;
    }

    /** @see ComponentQuantityField.getText */
    static getText({data, fields}, {name}) {
        return {
            text: formatSelection(data[name], {field: fields[name]}),
            badge: getBadge(data),
            progress: data.issue_progress,
        };
    }

    get read() {
        return this.constructor.getText(this.props.record, this.props);
    }
}

registry.category("fields").add("issue_state", {
    ...badgeField,
    component: IssueStateField,
    supportedTypes: ["selection"],
});
