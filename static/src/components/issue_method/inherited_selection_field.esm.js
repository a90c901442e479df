import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {user} from "@web/core/user";
import {session} from "@web/session";
import {
    SelectionField,
    selectionField,
} from "@web/views/fields/selection/selection_field";

// No value of a selection, and not what an empty one holds: the placeholder is shown.
const INHERIT = "";

/**
 * A selection that is inherited where it is empty. The option `inherited_field` names
 * the field that says what is inherited and from where: the first entry of the list
 * says so, and empties the selection.
 */
export class InheritedSelectionField extends SelectionField {
    static template = "mrp_backflush.InheritedSelectionField";

    static props = {
        ...SelectionField.props,
        inheritedField: {type: String, optional: true},
    };

    /** At Count is a choice where the company counts. */
    get options() {
        const counts = session.line_count_company_ids?.includes(this.companyId);
        return super.options.filter(
            ([value]) => counts || value !== "count" || this.value === value
        );
    }

    /** The company for which the method is chosen. */
    get companyId() {
        const {evalContext, fields} = this.props.record;
        const isOfActive = fields[this.props.name].company_dependent;
        const ofRecord = evalContext.company_id || evalContext.parent?.company_id;
        return (!isOfActive && ofRecord) || user.activeCompany?.id;
    }

    get inherited() {
        const {inheritedField, record} = this.props;
        return (inheritedField && record.data[inheritedField]) || "";
    }

    get choices() {
        if (!this.inherited) {
            return super.choices;
        }
        const label = _t("Inherit: %s", this.inherited);
        return [{value: INHERIT, label}, ...super.choices];
    }

    /** What the placeholder leaves out. */
    get tooltip() {
        return this.value ? this.string : this.inherited;
    }

    onChange(value) {
        super.onChange(value === INHERIT ? false : value);
    }
}

export const inheritedSelectionField = {
    ...selectionField,
    component: InheritedSelectionField,
    supportedTypes: ["selection"],
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...selectionField.extractProps(fieldInfo, dynamicInfo),
        inheritedField: fieldInfo.options.inherited_field,
    }),
    fieldDependencies: ({options}) =>
        [options.inherited_field, options.placeholder_field]
            .filter(Boolean)
            .map((name) => ({name, type: "char", readonly: true})),
};

registry.category("fields").add("inherited_selection", inheritedSelectionField);
