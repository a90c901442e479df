import {registry} from "@web/core/registry";
import {FloatField, floatField} from "@web/views/fields/float/float_field";

/** What was counted: empty until something was, for 0 is counted, too. */
export class CountedQuantityField extends FloatField {
    get formattedValue() {
        const {counted_at: countedAt} = this.props.record.data;
        return countedAt || this.value ? super.formattedValue : "";
    }
}

export const countedQuantityField = {
    ...floatField,
    component: CountedQuantityField,
};

registry.category("fields").add("counted_quantity", countedQuantityField);
