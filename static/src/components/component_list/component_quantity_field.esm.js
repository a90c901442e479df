import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {FloatField, floatField} from "@web/views/fields/float/float_field";
import {formatFloat} from "@web/views/fields/formatters";

function format({data, fields}, name, digits) {
    return formatFloat(data[name], {digits, field: fields[name]});
}

/** Without an ending for the plural, as in Unité(s): the unit has a column in full. */
function getUnit(record) {
    return (record.data.unit_name || "").replace(/\(\w+\)$/u, "");
}

/**
 * A quantity of a component, with its unit, which lists of core hide mostly.
 *
 * What is read is a text: each field says in `getText` of which record it is which. A
 * list of many rows shows it without a component for each cell, see
 * component_list_field.esm.js.
 */
export class ComponentQuantityField extends FloatField {
    static template = "mrp_backflush.ComponentQuantityField";

    static isText() {
        return true;
    }

    /**
     * @param {object} record of the component
     * @param {object} props of the field: its name, and what it says of the digits
     * @returns {object} {text, unit, isMuted}
     */
    static getText(record, {name, digits}) {
        return {text: format(record, name, digits), unit: getUnit(record)};
    }

    get read() {
        return this.constructor.getText(this.props.record, this.props);
    }

    get unit() {
        return getUnit(this.props.record);
    }
}

/**
 * The demand of a component, as planned: the demand is without what was issued before
 * completion and what waits. What is typed is the plan, too. Where a part is being
 * produced, what is due for it stands before the plan, as in core.
 */
export class PlannedQuantityField extends ComponentQuantityField {
    static props = {
        ...ComponentQuantityField.props,
        isDueShown: {type: Boolean, optional: true},
    };

    setup() {
        super.setup();
        this.notification = useService("notification");
    }

    static getText(record, {digits, isDueShown}) {
        const isOpen = !["draft", "done", "cancel"].includes(record.data.state);
        const due = isDueShown && isOpen;
        const planned = format(record, "planned_quantity", digits);
        return {
            text: due
                ? `${format(record, "should_consume_qty", digits)} / ${planned}`
                : planned,
            unit: getUnit(record),
        };
    }

    get value() {
        return this.props.record.data.planned_quantity;
    }

    /** What the demand doesn't have of the plan. */
    get settledQuantity() {
        const {issued_quantity, parked_quantity, state} = this.props.record.data;
        return state === "draft" ? 0 : issued_quantity + parked_quantity;
    }

    parse(value) {
        const demand = super.parse(value) - this.settledQuantity;
        if (demand < -1e-9) {
            const message = _t(
                "%(quantity)s %(unit)s were issued already or wait for stock. Plan at least that, or return what is too much with Return Components.",
                {
                    quantity: formatFloat(this.settledQuantity, {
                        digits: this.props.digits,
                    }),
                    unit: this.unit,
                }
            );
            this.notification.add(message, {type: "warning"});
            throw new Error(message);
        }
        return Math.max(demand, 0);
    }
}

/** A quantity of a component that is a sum: a click tells of what. */
export class ExplainedQuantityField extends ComponentQuantityField {
    static template = "mrp_backflush.ExplainedQuantityField";
    /** The component's method that opens what it is the sum of. */
    static method = "";

    setup() {
        super.setup();
        this.action = useService("action");
        this.orm = useService("orm");
    }

    static isExplained(record, name) {
        return Boolean(record.resId && record.data[name]);
    }

    /** What is explained is a button. */
    static isText(record, name) {
        return !this.isExplained(record, name);
    }

    get tooltip() {
        return "";
    }

    get isExplained() {
        return this.constructor.isExplained(this.props.record, this.props.name);
    }

    async explain() {
        const action = await this.orm.call("stock.move", this.constructor.method, [
            [this.props.record.resId],
        ]);
        await this.action.doAction(action);
    }
}

/** What was issued of a component: a click tells when, by whom and of which lots. */
export class IssuedQuantityField extends ExplainedQuantityField {
    static method = "action_view_issues";

    static isExplained({resId, data}) {
        return Boolean(resId && (data.is_issued_early || data.issued_quantity));
    }

    get tooltip() {
        return _t("When, by whom, of which lots");
    }
}

/** What counts found that it used: a click tells which. */
export class CountedShareField extends ExplainedQuantityField {
    static method = "action_view_count_shares";

    get tooltip() {
        return _t("Which counts found it");
    }
}

/**
 * What is used of a component. Until it is picked, core shows what is reserved in the
 * same column as what was consumed. Of a manual component it is a placeholder in an
 * empty cell, so that a person may record the same quantity by typing it.
 */
export class IssueQuantityField extends ComponentQuantityField {
    static template = "mrp_backflush.IssueQuantityField";

    static isOnlyReserved({data: {picked, state}}) {
        return !picked && !["draft", "done", "cancel"].includes(state);
    }

    static isToBeRecorded(record) {
        return this.isOnlyReserved(record) && record.data.issue_method === "manual";
    }

    static getReserved(record, {name, digits}) {
        return record.data[name] ? _t("%s reserved", format(record, name, digits)) : "";
    }

    static getText(record, props) {
        const isReserved = this.isOnlyReserved(record) && record.data[props.name];
        return isReserved || this.isToBeRecorded(record)
            ? {text: this.getReserved(record, props), isMuted: true}
            : super.getText(record, props);
    }

    get isToBeRecorded() {
        return this.constructor.isToBeRecorded(this.props.record);
    }

    get reserved() {
        return this.constructor.getReserved(this.props.record, this.props);
    }

    get formattedValue() {
        return this.isToBeRecorded ? "" : super.formattedValue;
    }

    parse(value) {
        const quantity = super.parse(value);
        if (this.isToBeRecorded && quantity === this.value) {
            // No other quantity, so no change for the form.
            this.props.record.update({picked: true});
        }
        return quantity;
    }
}

export const componentQuantityField = {
    ...floatField,
    component: ComponentQuantityField,
    fieldDependencies: [{name: "unit_name", type: "char", readonly: true}],
};

registry.category("fields").add("component_quantity", componentQuantityField);
registry.category("fields").add("planned_quantity", {
    ...componentQuantityField,
    component: PlannedQuantityField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...floatField.extractProps(fieldInfo, dynamicInfo),
        isDueShown: Boolean(fieldInfo.options.is_due_shown),
    }),
});
registry.category("fields").add("issued_quantity", {
    ...componentQuantityField,
    component: IssuedQuantityField,
});
registry.category("fields").add("counted_share", {
    ...componentQuantityField,
    component: CountedShareField,
});
registry.category("fields").add("issue_quantity", {
    ...componentQuantityField,
    component: IssueQuantityField,
});
