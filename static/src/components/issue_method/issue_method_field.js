import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { SelectionField, selectionField } from "@web/views/fields/selection/selection_field";

// Colour is for what needs somebody: methods have none.
const BADGES = {
    manual: "border border-secondary text-body bg-transparent",
};

// In lists with little room: when it is backflushed says that it is.
const MOMENTS = {
    start: _t("At Start"),
    operation: _t("At Operation"),
    completion: _t("At Completion"),
};

/**
 * The issue method as a badge, a list to choose from while it is edited. Where it
 * is empty, the placeholder says what is inherited. The option `source_field` names
 * the field with the level that decided, shown below the badge; with `is_short` the
 * badge says the moment alone.
 */
export class IssueMethodField extends SelectionField {
    static template = "mrp_backflush.IssueMethodField";

    static props = {
        ...SelectionField.props,
        isShort: { type: Boolean, optional: true },
        sourceField: { type: String, optional: true },
    };

    get badgeClass() {
        return BADGES[this.value] || "text-bg-300";
    }

    get label() {
        return (this.props.isShort && MOMENTS[this.value]) || this.string;
    }

    get source() {
        const { record, sourceField } = this.props;
        const value = sourceField && record.data[sourceField];
        const labels = sourceField ? record.fields[sourceField].selection : [];
        return labels.find(([key]) => key === value)?.[1];
    }
}

export const issueMethodField = {
    ...selectionField,
    component: IssueMethodField,
    supportedTypes: ["selection"],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...selectionField.extractProps(fieldInfo, dynamicInfo),
        isShort: Boolean(fieldInfo.options.is_short),
        sourceField: fieldInfo.options.source_field,
    }),
};

registry.category("fields").add("issue_method", issueMethodField);
