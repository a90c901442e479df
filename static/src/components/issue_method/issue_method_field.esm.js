import {registry} from "@web/core/registry";
import {formatSelection} from "@web/views/fields/formatters";
import {
    InheritedSelectionField,
    inheritedSelectionField,
} from "./inherited_selection_field.esm";

// Colour is for what needs somebody: methods have none.
const BADGES = {
    manual: "border border-secondary text-body bg-transparent",
};

/**
 * The issue method as a badge, a list to choose from while it is edited. Where it
 * is empty, the placeholder says what is inherited. The option `source_field` names
 * the field with the level that decided, shown below the badge.
 */
export class IssueMethodField extends InheritedSelectionField {
    static template = "mrp_backflush.IssueMethodField";

    static props = {
        ...InheritedSelectionField.props,
        sourceField: {type: String, optional: true},
    };

    /** What is inherited is a placeholder. */
    static isText({data}, name) {
        return Boolean(data[name]);
    }

    /** What is read, in a list of many rows without a component for each cell. */
    static getText({data, fields}, {name}) {
        const value = data[name];
        return {
            text: formatSelection(value, {field: fields[name]}),
            value,
            badge: BADGES[value] || "text-bg-300",
        };
    }

    get read() {
        return this.constructor.getText(this.props.record, this.props);
    }

    get source() {
        const {record, sourceField} = this.props;
        const value = sourceField && record.data[sourceField];
        const labels = sourceField ? record.fields[sourceField].selection : [];
        return labels.find(([key]) => key === value)?.[1];
    }
}

export const issueMethodField = {
    ...inheritedSelectionField,
    component: IssueMethodField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...inheritedSelectionField.extractProps(fieldInfo, dynamicInfo),
        sourceField: fieldInfo.options.source_field,
    }),
};

registry.category("fields").add("issue_method", issueMethodField);
